//! Runs jobs from one thread, in an order that a seed determines.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use yeoul_base::{Clock, JobName};
use yeoul_sql::plan::JobPlan;
use yeoul_sql::session::{Session, Step};

use super::tables::{Rows, World, WorldConnections};
use super::{ManualClock, Random};
use crate::MemoryStore;
use crate::StartError;
use crate::checkpoint::{CheckpointStore, Snapshot};
use crate::options::JobOptions;
use crate::runtime::chain::Progress;
use crate::runtime::job::{Job, prepare};
use crate::runtime::queue::lock;
use crate::status::{BranchStatus, JobState, JobStatus};

/// The most steps of a run: more mean that it hangs.
const STEPS_MAX: usize = 2_000_000;

/// When a run is cut off and started again from its last checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Crash {
    /// Never.
    Never,
    /// After each step with a chance of one in so many, at most so many times.
    Often {
        /// One in so many steps.
        one_in: u64,
        /// At most so often.
        most: usize,
    },
}

/// A world, a clock, and SQL.
pub(crate) struct Lab {
    pub(crate) world: Arc<World>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) options: JobOptions,
    /// In how many subtasks each start runs, around; none: as the options say.
    pub(crate) subtasks: Vec<usize>,
    tables: String,
}

/// What a run gave.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Outcome {
    /// The materialised rows of each sink, sorted.
    pub(crate) rows: BTreeMap<String, Vec<String>>,
    /// Which chain did what.
    pub(crate) trace: Vec<(usize, Progress)>,
    /// The job at its end.
    pub(crate) status: JobStatus,
    /// How often it was cut off.
    pub(crate) crashes: usize,
    /// The state of the last checkpoint.
    pub(crate) state: Option<Snapshot>,
    /// Why it failed.
    pub(crate) error: Option<String>,
}

impl Lab {
    /// An empty laboratory.
    pub(crate) fn new() -> Lab {
        let options = JobOptions { checkpoint_interval: Some(Duration::from_millis(20)), ..JobOptions::default() };
        let (world, clock) = (Arc::new(World::default()), Arc::new(ManualClock::new()));
        Lab { world, clock, store: Arc::new(MemoryStore::new()), options, subtasks: Vec::new(), tables: String::new() }
    }

    /// Adds tables (`CREATE TABLE … WITH ('connector' = 'lab')`).
    pub(crate) fn tables(mut self, ddl: &str) -> Lab {
        self.tables.push_str(ddl);
        self
    }

    /// Gives a table rows in one split.
    pub(crate) fn rows(self, table: &str, rows: &[&str]) -> Lab {
        self.split(table, "a", rows.iter().map(|row| (*row).to_owned()).collect())
    }

    /// Gives a table rows in a split.
    pub(crate) fn split(self, table: &str, split: &str, rows: Rows) -> Lab {
        lock(&self.world.tables).entry(table.to_owned()).or_default().insert(split.to_owned(), rows);
        self
    }

    /// Adds rows to a split, also while a job reads it.
    pub(crate) fn append(&self, table: &str, split: &str, rows: Rows) {
        lock(&self.world.tables).entry(table.to_owned()).or_default().entry(split.to_owned()).or_default().extend(rows);
    }

    /// The last job of the text.
    pub(crate) fn plan(&self, sql: &str) -> JobPlan {
        let mut session = Session::new(Arc::new(WorldConnections(self.world.clone())), BTreeMap::new());
        let steps = session.read(&format!("{}\n{sql}", self.tables)).unwrap_or_else(|fault| panic!("{fault:?}"));
        let jobs = steps.into_iter().filter_map(|step| match step {
            Step::Job(plan) => Some(plan),
            Step::Print { .. } => None,
        });
        jobs.last().expect("the text holds a job")
    }

    /// Starts a job without threads.
    pub(crate) fn job(&self, plan: &JobPlan) -> Job {
        self.job_in(plan, self.options.parallelism)
    }

    /// Starts a job in so many subtasks.
    pub(crate) fn job_in(&self, plan: &JobPlan, parallelism: usize) -> Job {
        self.prepare(plan, parallelism).unwrap()
    }

    /// Starts a job without threads, or says why not.
    pub(crate) fn try_job(&self, plan: &JobPlan) -> Result<(), StartError> {
        self.prepare(plan, self.options.parallelism).map(drop)
    }

    fn prepare(&self, plan: &JobPlan, parallelism: usize) -> Result<Job, StartError> {
        let connections = WorldConnections(self.world.clone());
        let options = JobOptions { parallelism, ..self.options.clone() };
        prepare(plan, &options, &connections, self.store.clone(), self.clock.clone(), None)
    }

    /// How many entries of state the last checkpoint of a job holds.
    pub(crate) fn store_entries(&self, job: &str) -> usize {
        self.store.load(&JobName(job.to_owned())).unwrap().map_or(0, |snapshot| snapshot.state.len())
    }

    /// Runs the last job of the text to its end.
    pub(crate) fn run(&self, sql: &str, seed: u64, crash: Crash) -> Outcome {
        let plan = self.plan(sql);
        let mut random = Random::new(seed);
        let (mut trace, mut crashes) = (Vec::new(), 0);
        loop {
            let mut job = match self.subtasks.len() {
                0 => self.job(&plan),
                starts => self.job_in(&plan, self.subtasks[crashes % starts]),
            };
            let chance = match crash {
                Crash::Often { one_in, most } if crashes < most => Some(one_in),
                _ => None,
            };
            let (ended, error) = drive(&mut job, &self.clock, &mut random, chance, &mut trace);
            if ended {
                return self.outcome(&plan, &job, trace, crashes, error);
            }
            crashes += 1;
        }
    }

    fn outcome(
        &self,
        plan: &JobPlan,
        job: &Job,
        trace: Vec<(usize, Progress)>,
        crashes: usize,
        error: Option<String>,
    ) -> Outcome {
        let state = self.store.load(&JobName(plan.name.clone())).unwrap();
        let rows = lock(&self.world.committed).iter().map(|(sink, rows)| (sink.clone(), materialized(rows))).collect();
        let state_of = if error.is_some() { JobState::Failed } else { JobState::Finished };
        Outcome { rows, trace, status: job.status(state_of), crashes, state, error }
    }
}

/// The rows that changes add up to, sorted.
pub(crate) fn materialized(changes: &[(String, bool)]) -> Vec<String> {
    let mut counts: BTreeMap<&String, i64> = BTreeMap::new();
    for (row, adds) in changes {
        *counts.entry(row).or_default() += if *adds { 1 } else { -1 };
    }
    assert!(counts.values().all(|count| *count >= 0), "a row was taken back that was not there: {counts:?}");
    counts
        .into_iter()
        .flat_map(|(row, count)| std::iter::repeat_n(row.clone(), count.unsigned_abs() as usize))
        .collect()
}

/// Steps chains until the job is over; whether it is (not: it was cut off), and why it failed.
fn drive(
    job: &mut Job,
    clock: &ManualClock,
    random: &mut Random,
    chance: Option<u64>,
    trace: &mut Vec<(usize, Progress)>,
) -> (bool, Option<String>) {
    let mut still = 0;
    for _ in 0..STEPS_MAX {
        let place = random.below(job.chains.len() as u64 + 1) as usize;
        let progress = match job.chains.get_mut(place) {
            Some(chain) => chain.step().map_err(|error| error.to_string()),
            None => job.coordinator.step().map_err(|error| error.to_string()),
        };
        let progress = match progress {
            Ok(progress) => progress,
            Err(error) => return (true, Some(error)),
        };
        trace.push((place, progress));
        if job.coordinator.ended().is_some() {
            return (true, None);
        }
        still = if progress == Progress::Worked { 0 } else { still + 1 };
        if still > 4 * (job.chains.len() + 1) {
            clock.advance(7);
            still = 0;
        }
        if random.below(50) == 0 {
            clock.advance(1);
        }
        if chance.is_some_and(|one_in| random.below(one_in) == 0) {
            return (false, None);
        }
    }
    panic!("the job hangs at {:?}", clock.now());
}

impl Outcome {
    /// The rows of the only sink.
    pub(crate) fn only(&self) -> Vec<&str> {
        assert!(self.rows.len() <= 1, "{:?}", self.rows.keys());
        assert_eq!(self.error, None);
        self.rows.values().flatten().map(String::as_str).collect()
    }

    /// Panics unless every branch's fates add up.
    pub(crate) fn assert_adds_up(&self) -> &Outcome {
        for branch in &self.status.branches {
            let BranchStatus { input, applied, filtered, late, refused, failed, waiting, .. } = branch;
            let fates = applied + filtered.values().sum::<u64>() + late + refused + failed + waiting;
            assert_eq!(*input, fates, "{branch:?}");
        }
        self
    }
}
