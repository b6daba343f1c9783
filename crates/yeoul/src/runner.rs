//! Jobs of this process, as statements ask for them: one to its end, or beside what follows.

use std::sync::Arc;

use yeoul_base::Timestamp;
use yeoul_engine::plan::{Branch, JobPlan, Target};
use yeoul_engine::sink::Sink;
use yeoul_engine::status::JobState;
use yeoul_engine::{JobEnd, JobHandle, JobOptions};

use crate::fault::{Fault, OrUsage};
use crate::interrupt::Interrupt;
use crate::jobs::{Environment, job_options};
use crate::output::Output;
use crate::output::collected::Collected;

const CHECKPOINT_INTERVAL: &str = "execution.checkpointing.interval";
/// How many jobs that have ended are remembered.
const ENDED_MAX: usize = 100;

/// Runs jobs.
pub struct Runner {
    /// What jobs need.
    pub environment: Environment,
    /// Ctrl-C.
    pub interrupt: Interrupt,
    restart_at: Option<u64>,
    /// Jobs that go on beside what follows, and those of them that have ended.
    beside: Vec<Beside>,
}

/// A job beside what follows.
pub struct Beside {
    /// The job.
    pub handle: Arc<JobHandle>,
    /// When it was started.
    pub since: Timestamp,
    /// Whether the user knows that it has failed.
    told: bool,
}

impl Beside {
    /// Whether it has ended, and well, or the user knows that it has failed.
    fn has_nothing_to_tell(&self) -> bool {
        self.handle.finished() && (self.told || self.handle.status().state != JobState::Failed)
    }
}

impl Runner {
    /// Runs nothing yet. `restart_at`: each job is stopped once a source has read so many rows, and started again.
    #[must_use]
    pub fn new(environment: Environment, interrupt: Interrupt, restart_at: Option<u64>) -> Runner {
        Runner { environment, interrupt, restart_at, beside: Vec::new() }
    }

    /// Runs a job to its end, or until Ctrl-C, and prints the rows of a top-level `SELECT`.
    ///
    /// # Errors
    /// A job that can't be started, or fails.
    pub fn complete(&mut self, plan: &JobPlan, output: Output) -> Result<JobEnd, Fault> {
        let mut running = Running::start(plan, &self.environment, output, self.restart_at)?;
        self.interrupt.stops(running.handle.clone())?;
        if self.restart_at.is_some() && !self.interrupt.came() && running.handle.wait()? == JobEnd::Stopped {
            running = running.again(plan, &self.environment, output)?;
            self.interrupt.stops(running.handle.clone())?;
        }
        running.finish(output)
    }

    /// Starts a job that goes on beside what follows.
    ///
    /// # Errors
    /// A job that can't be started.
    pub fn submit(&mut self, plan: &JobPlan) -> Result<(), Fault> {
        let running = Running::start(plan, &self.environment, Output::Jsonl, None)?;
        self.interrupt.stops(running.handle.clone())?;
        if self.beside.len() >= ENDED_MAX
            && let Some(ended) = self.beside.iter().position(Beside::has_nothing_to_tell)
        {
            self.beside.remove(ended);
        }
        self.beside.push(Beside { handle: running.handle, since: self.environment.clock.now(), told: false });
        Ok(())
    }

    /// The jobs beside, those that have ended among them.
    #[must_use]
    pub fn beside(&self) -> &[Beside] {
        &self.beside
    }

    /// Why jobs beside have failed since the last call.
    pub fn failures(&mut self) -> Vec<String> {
        let ended = self.beside.iter_mut().filter(|job| !job.told && job.handle.finished());
        let told = ended.filter_map(|job| {
            job.told = true;
            let status = job.handle.status();
            (status.state == JobState::Failed)
                .then(|| format!("job `{}`: {}", status.name, status.error.unwrap_or_default()))
        });
        told.collect()
    }

    /// Asks the jobs beside to stop.
    pub fn stop(&self) {
        self.beside.iter().for_each(|job| job.handle.stop());
    }

    /// Waits for the jobs beside.
    ///
    /// # Errors
    /// A job that failed, unless that was told before.
    pub fn finish(self) -> Result<(), Fault> {
        self.beside.iter().try_for_each(|job| self.interrupt.stops(job.handle.clone()))?;
        for job in self.beside {
            let ended = job.handle.wait();
            if !job.told {
                ended?;
            }
        }
        Ok(())
    }
}

/// Whether a job's input ends.
#[must_use]
pub fn ends(plan: &JobPlan) -> bool {
    plan.branches.iter().all(|branch| branch.input.bounded)
}

/// The branch of a top-level `SELECT`.
#[must_use]
pub fn query_of(plan: &JobPlan) -> Option<&Branch> {
    plan.branches.iter().find(|branch| matches!(branch.target, Target::Collect))
}

/// Whether the changes of one key come in their order: what comes from several subtasks has the order of its rows only.
///
/// # Errors
/// A setting that can't be.
pub fn is_by_key(plan: &JobPlan) -> Result<bool, Fault> {
    Ok(job_options(plan, false)?.parallelism == 1)
}

/// Starts a job of this process: one without a log remembers nothing, one with a log begins anew.
///
/// # Errors
/// A job that can't be started.
pub fn start(
    plan: &JobPlan,
    environment: &Environment,
    sink: Option<Box<dyn Sink>>,
    stop_after_rows: Option<u64>,
) -> Result<JobHandle, Fault> {
    let mut options = job_options(plan, environment.log.is_some())?;
    if !plan.settings.contains_key(CHECKPOINT_INTERVAL) && ends(plan) {
        options = JobOptions { checkpoint_interval: None, ..options };
    }
    options.stop_after_rows = stop_after_rows;
    options.keeps_state = stop_after_rows.is_some();
    let Environment { connections, store, clock, .. } = environment.clone();
    yeoul_engine::start(plan.clone(), options, connections, store, clock, sink).or_usage()
}

/// A job under way.
struct Running {
    handle: Arc<JobHandle>,
    /// The rows of a top-level `SELECT`.
    result: Option<Collected>,
}

impl Running {
    fn start(
        plan: &JobPlan,
        environment: &Environment,
        output: Output,
        stop_after_rows: Option<u64>,
    ) -> Result<Running, Fault> {
        let by_key = is_by_key(plan)?;
        let collected = query_of(plan).map(|branch| Collected::new(branch, &plan.settings, output, by_key));
        let (result, sink) = collected.transpose()?.unzip();
        let handle = start(plan, environment, sink, stop_after_rows)?;
        Ok(Running { handle: Arc::new(handle), result })
    }

    /// The job that has stopped, from its checkpoint; rows go where they went.
    fn again(self, plan: &JobPlan, environment: &Environment, output: Output) -> Result<Running, Fault> {
        let Some(sink) = self.result.as_ref().and_then(Collected::again) else {
            return Running::start(plan, environment, output, None);
        };
        let handle = start(plan, environment, Some(sink), None)?;
        Ok(Running { handle: Arc::new(handle), result: self.result })
    }

    /// Waits for the end, and prints what is left to be printed.
    fn finish(self, output: Output) -> Result<JobEnd, Fault> {
        let end = self.handle.wait()?;
        self.result.map_or(Ok(()), |result| result.end(output))?;
        Ok(end)
    }
}
