//! The jobs of a platform: started in the order in which they feed each other, restarted from their last checkpoint when
//! they fail, stopped together.
//!
//! A job that fails again and again without a new checkpoint in between meets the same fault each time; after
//! [`QUICK_FAILURES_MAX`] it stays failed and is shown so, while the other jobs go on.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use yeoul_base::Clock;
use yeoul_engine::checkpoint::CheckpointStore;
use yeoul_engine::connections::Connections;
use yeoul_engine::plan::{JobPlan, Rel, RelOp, Target};
use yeoul_engine::status::{JobState, JobStatus};
use yeoul_engine::{JobHandle, JobOptions, StartError};
use yeoul_log::{Health, Log};

use crate::fault::Fault;

/// Failures in a row, without a checkpoint between them, after which a job stays failed.
const QUICK_FAILURES_MAX: u32 = 5;
/// The pause before the first restart; it doubles with each further one.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
/// The longest pause before a restart.
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// Stack of a thread that waits for a job.
const STACK_BYTES: usize = 256 << 10;

/// What every job needs to run.
#[derive(Clone)]
pub struct Environment {
    /// Where sources and sinks come from.
    pub connections: Arc<dyn Connections>,
    /// Where checkpoints go.
    pub store: Arc<dyn CheckpointStore>,
    /// The engine's clock.
    pub clock: Arc<dyn Clock>,
    /// The log that jobs write to, if there is one: while it takes nothing, a failure isn't the job's own.
    pub log: Option<Log>,
}

/// All jobs of a platform.
#[derive(Default)]
pub struct Jobs {
    jobs: Vec<Arc<Job>>,
    /// Those that wait for the jobs' ends; none once they are stopped.
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// One job and whoever runs it now.
struct Job {
    plan: JobPlan,
    options: JobOptions,
    environment: Environment,
    now: Mutex<Now>,
    changed: Condvar,
}

/// What changes over a job's life.
struct Now {
    handle: Arc<JobHandle>,
    /// Why it isn't running, between a failure and the restart, or for good.
    failed: Option<JobStatus>,
    stopping: bool,
}

impl Jobs {
    /// Starts `plans`, each behind those that write what it reads.
    ///
    /// # Errors
    /// A setting that can't be, a table that can't be opened, or state that doesn't fit a job's changed plan. What was
    /// started before stops when the value is dropped.
    pub fn start(plans: Vec<JobPlan>, fresh: bool, environment: &Environment) -> Result<Jobs, Fault> {
        let mut jobs = Jobs::default();
        for plan in in_order(plans) {
            let job = Arc::new(Job::start(plan, fresh, environment.clone())?);
            jobs.jobs.push(job.clone());
            let watcher = std::thread::Builder::new().name("yeoul-job-watch".into()).stack_size(STACK_BYTES);
            let thread = watcher.spawn(move || job.watch())?;
            jobs.threads().push(thread);
        }
        Ok(jobs)
    }

    /// What each job tells of itself.
    #[must_use]
    pub fn statuses(&self) -> Vec<JobStatus> {
        self.jobs.iter().map(|job| job.status()).collect()
    }

    /// Stops all jobs, each with a last checkpoint, and waits until they have ended.
    pub fn stop(&self) {
        self.jobs.iter().for_each(|job| job.stop());
        let threads = std::mem::take(&mut *self.threads());
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("the thread that watched a job panicked");
            }
        }
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Job {
    fn start(plan: JobPlan, fresh: bool, environment: Environment) -> Result<Job, Fault> {
        let options = job_options(&plan, fresh)?;
        let handle = launch(&plan, options.clone(), &environment).map_err(|error| Fault::Usage(error.into()))?;
        // A restart goes on where the job was: only its first start is fresh.
        let options = JobOptions { fresh: false, ..options };
        let now = Mutex::new(Now { handle: Arc::new(handle), failed: None, stopping: false });
        Ok(Job { plan, options, environment, now, changed: Condvar::new() })
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn status(&self) -> JobStatus {
        let now = self.now();
        now.failed.clone().unwrap_or_else(|| now.handle.status())
    }

    fn stop(&self) {
        let mut now = self.now();
        now.stopping = true;
        now.handle.stop();
        self.changed.notify_all();
    }

    /// Waits for the job's end; after a failure, starts it again from its last checkpoint.
    fn watch(&self) {
        let mut failures = 0;
        let mut checkpoint = 0;
        loop {
            let handle = self.now().handle.clone();
            let Err(error) = handle.wait() else { return };
            let mut error = error.to_string();
            let status = handle.status();
            drop(handle);
            failures = if status.checkpoint > checkpoint { 0 } else { failures };
            checkpoint = status.checkpoint;
            loop {
                failures = self.count(failures);
                self.fail(&status, &error, failures);
                if failures >= QUICK_FAILURES_MAX || !self.pause(failures) {
                    return;
                }
                match launch(&self.plan, self.options.clone(), &self.environment) {
                    Ok(handle) => break self.resume(handle),
                    Err(refused) => error = refused.to_string(),
                }
            }
        }
    }

    /// One failure more; while the log takes nothing, never the last one.
    fn count(&self, failures: u32) -> u32 {
        let serving = self.environment.log.as_ref().is_none_or(|log| log.health() == Health::Serving);
        if serving { failures + 1 } else { (failures + 1).min(QUICK_FAILURES_MAX - 1) }
    }

    fn fail(&self, status: &JobStatus, error: &str, failures: u32) {
        let stays = failures >= QUICK_FAILURES_MAX;
        tracing::error!(job = %self.plan.name, error, failures, stays_failed = stays, "job failed");
        let failed = JobStatus { state: JobState::Failed, error: Some(error.to_owned()), ..status.clone() };
        self.now().failed = Some(failed);
    }

    /// Waits before the next restart; false if the job is to stop instead.
    fn pause(&self, failures: u32) -> bool {
        let pause = PAUSE_FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(PAUSE_MAX);
        let now = self.now();
        let waited = self.changed.wait_timeout_while(now, pause, |now| !now.stopping);
        let (now, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !now.stopping
    }

    fn resume(&self, handle: JobHandle) {
        tracing::info!(job = %self.plan.name, "job restarted from its last checkpoint");
        let mut now = self.now();
        now.failed = None;
        if now.stopping {
            handle.stop();
        }
        now.handle = Arc::new(handle);
    }
}

/// A job's options, from the settings in force where it stands in the text.
///
/// # Errors
/// A setting that can't be.
pub fn job_options(plan: &JobPlan, fresh: bool) -> Result<JobOptions, Fault> {
    let options = JobOptions::from_settings(&plan.settings);
    let options = options.map_err(|error| Fault::usage(format!("job `{}`: {error}", plan.name)))?;
    Ok(JobOptions { fresh, ..options })
}

fn launch(plan: &JobPlan, options: JobOptions, environment: &Environment) -> Result<JobHandle, StartError> {
    let Environment { connections, store, clock, .. } = environment.clone();
    yeoul_engine::start(plan.clone(), options, connections, store, clock, None)
}

/// The plans, each behind those that write a topic that it reads; the order of the text otherwise, and in a circle.
fn in_order(plans: Vec<JobPlan>) -> Vec<JobPlan> {
    let mut left: Vec<(JobPlan, BTreeSet<String>, BTreeSet<String>)> =
        plans.into_iter().map(|plan| (reads(&plan), writes(&plan), plan)).map(|(r, w, plan)| (plan, r, w)).collect();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let free = (0..left.len()).find(|&at| !waits(&left, at)).unwrap_or(0);
        ordered.push(left.remove(free).0);
    }
    ordered
}

/// Whether another plan that is still left writes what the one at `at` reads.
fn waits(left: &[(JobPlan, BTreeSet<String>, BTreeSet<String>)], at: usize) -> bool {
    let Some((_, reads, _)) = left.get(at) else { return false };
    left.iter().enumerate().any(|(other, (_, _, writes))| other != at && !reads.is_disjoint(writes))
}

fn writes(plan: &JobPlan) -> BTreeSet<String> {
    let tables = plan.branches.iter().filter_map(|branch| match &branch.target {
        Target::Table(table) => table.options.get("topic").cloned(),
        Target::View(_) | Target::Collect => None,
    });
    tables.collect()
}

fn reads(plan: &JobPlan) -> BTreeSet<String> {
    let mut topics = BTreeSet::new();
    let mut open: Vec<&Rel> = plan.branches.iter().map(|branch| branch.input.as_ref()).collect();
    while let Some(rel) = open.pop() {
        if let RelOp::Scan { table, .. } = &rel.op {
            topics.extend(table.options.get("topic").cloned());
        }
        open.extend(rel.inputs().into_iter().map(AsRef::as_ref));
    }
    topics
}
