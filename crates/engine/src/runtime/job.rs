//! Starting a job, and the handle to one that runs.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder as ThreadBuilder, JoinHandle};
use std::time::Duration;

use thiserror::Error;
use yeoul_base::{Clock, JobName};
use yeoul_sql::plan::{JobPlan, Target};

use super::chain::{Chain, Progress, seen, sink_node};
use super::control::Control;
use super::coordinator::{Coordinator, CoordinatorSettings, Cut, JobEnd, sums};
use super::graph::{BuildError, Builder, Graph, SourceEntry, state_ttl};
use super::queue::lock;
use super::source_driver::SourceFigures;
use super::topology::Topology;
use crate::checkpoint::{CheckpointError, CheckpointStore, Snapshot, StateOwner};
use crate::compute::ExprContext;
use crate::connections::{ConnectError, Connections};
use crate::counters::Fates;
use crate::options::JobOptions;
use crate::sink::{Restored, Sink};
use crate::state::{Budget, by_operator};
use crate::status::{BranchStatus, JobState, JobStatus, SourceStatus};

/// Why a job can't be started.
#[derive(Debug, Error)]
pub enum StartError {
    /// A source or sink can't be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The plan holds what the engine doesn't do.
    #[error("job `{job}`: {reason}")]
    Unsupported {
        /// The job.
        job: String,
        /// What, and what to do.
        reason: String,
    },
    /// The last checkpoint can't be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The job's state was written by another query.
    #[error("job `{job}` has state of another query: {change}; start it with `--fresh` to begin anew")]
    Changed {
        /// The job.
        job: String,
        /// The first line of the plan that changed.
        change: String,
    },
    /// A source, operator or sink can't go on from the last checkpoint.
    #[error("job `{job}`: {reason}")]
    Restore {
        /// The job.
        job: String,
        /// Why.
        reason: String,
    },
    /// The system gives no thread.
    #[error("job `{job}`: no thread to run it: {reason}")]
    Thread {
        /// The job.
        job: String,
        /// Why.
        reason: String,
    },
}

/// Why a running job failed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("job `{job}` failed: {reason}")]
pub struct JobError {
    /// The job.
    pub job: String,
    /// Why, and what to do.
    pub reason: String,
    /// Whether it comes of the rows themselves, or is a fault of the program: started again, the job fails again.
    pub of_rows: bool,
}

/// A job's chains and coordinator, restored, not yet driven by anyone.
pub(crate) struct Job {
    pub(crate) name: JobName,
    pub(crate) chains: Vec<Chain>,
    pub(crate) coordinator: Coordinator,
    pub(crate) control: Arc<Control>,
    view: View,
}

/// What a job's status is made of.
#[derive(Clone)]
struct View {
    cut: Arc<Mutex<Cut>>,
    sources: Arc<Vec<SourceEntry>>,
    branches: Arc<Vec<BranchView>>,
    budget: Arc<Budget>,
}

struct BranchView {
    name: String,
    writes: String,
    weights: Vec<(u32, u64)>,
    sink: u32,
    watermark: Arc<AtomicI64>,
}

/// Makes a job ready to run.
pub(crate) fn prepare(
    plan: &JobPlan,
    options: &JobOptions,
    connections: &dyn Connections,
    store: Arc<dyn CheckpointStore>,
    clock: Arc<dyn Clock>,
    collect: Option<Box<dyn Sink>>,
) -> Result<Job, StartError> {
    let name = JobName(plan.name.clone());
    let fingerprint = fingerprint(plan, options);
    let snapshot = load(&name, &fingerprint, options, store.as_ref())?;
    let budget = if options.keeps_state { Budget::new } else { Budget::untracked };
    let (control, budget) = (Arc::new(Control::default()), budget(options.state_bytes_max));
    let context = Arc::new(ExprContext::new(clock.clone(), options.zone));
    let builder = Builder {
        job: name.clone(),
        options,
        connections,
        clock: clock.clone(),
        budget: budget.clone(),
        control: control.clone(),
        context,
    };
    let graph = builder.build(plan, collect).map_err(|error| build_error(&name, error))?;
    let mut view = View::new(plan, &graph, budget);
    let Graph { mut chains, sources, .. } = graph;
    view.sources = Arc::new(sources);
    let settings = CoordinatorSettings {
        job: name.clone(),
        fingerprint,
        interval: options.checkpoint_interval,
        chains: chains.len(),
        sink_chains: chains.iter().filter(|chain| chain.has_sinks()).count(),
        id: snapshot.id,
        positions: snapshot.positions.clone(),
        records: snapshot.records.clone(),
    };
    restore(&name, &mut chains, snapshot, &view)?;
    let coordinator = Coordinator::new(settings, control.clone(), store, clock, view.cut.clone());
    Ok(Job { name, chains, coordinator, control, view })
}

fn build_error(job: &JobName, error: BuildError) -> StartError {
    match error {
        BuildError::Connect(error) => StartError::Connect(error),
        other => StartError::Unsupported { job: job.to_string(), reason: other.to_string() },
    }
}

/// The plan's fingerprint, and for each input whose state lives for a time that it does: its entries are laid out otherwise.
fn fingerprint(plan: &JobPlan, options: &JobOptions) -> Vec<String> {
    let (mut nodes, mut open) = (BTreeMap::new(), Vec::new());
    open.extend(plan.branches.iter().map(|branch| &branch.input));
    while let Some(rel) = open.pop() {
        if nodes.insert(rel.id, rel).is_none() {
            open.extend(rel.inputs());
        }
    }
    let lives = nodes.values().flat_map(|rel| {
        let inputs = (0..rel.inputs().len()).filter(|port| state_ttl(rel, *port, options).is_some());
        inputs.map(|port| format!("#{} keeps state of input {port} that lives for a time", rel.id))
    });
    plan.fingerprint.iter().cloned().chain(lives).collect()
}

fn load(
    job: &JobName,
    fingerprint: &[String],
    options: &JobOptions,
    store: &dyn CheckpointStore,
) -> Result<Snapshot, StartError> {
    if options.fresh {
        store.forget(job)?;
    }
    let Some(snapshot) = store.load(job)? else { return Ok(Snapshot::default()) };
    if snapshot.fingerprint != fingerprint {
        let change = first_change(&snapshot.fingerprint, fingerprint);
        return Err(StartError::Changed { job: job.to_string(), change });
    }
    Ok(snapshot)
}

/// The first line in which two fingerprints differ, for people.
fn first_change(before: &[String], now: &[String]) -> String {
    let differs = (0..before.len().max(now.len())).find(|line| before.get(*line) != now.get(*line));
    let line = |lines: &[String]| differs.and_then(|line| lines.get(line).cloned());
    match (line(before), line(now)) {
        (Some(before), Some(now)) => format!("`{before}` became `{now}`"),
        (Some(before), None) => format!("`{before}` is gone"),
        (None, Some(now)) => format!("`{now}` is new"),
        (None, None) => "nothing that can be named".to_owned(),
    }
}

fn restore(job: &JobName, chains: &mut [Chain], snapshot: Snapshot, view: &View) -> Result<(), StartError> {
    let failed =
        |error: crate::operator::OperatorError| StartError::Restore { job: job.to_string(), reason: error.to_string() };
    let mut sinks: BTreeMap<u32, Restored> = BTreeMap::new();
    for (branch, record) in &snapshot.records {
        sinks.entry(*branch).or_default().record = record.clone();
    }
    for (owner, key, value) in &snapshot.state {
        if let StateOwner::Sink(branch) = owner {
            sinks.entry(*branch).or_default().state.push((key.clone(), value.clone()));
        }
    }
    let id = snapshot.id;
    let mut rest = Snapshot { state: Vec::new(), ..snapshot.clone() };
    let operators = by_operator(snapshot.state);
    rest.records.clear();
    for chain in chains.iter_mut() {
        chain.restore(&rest, &operators).map_err(failed)?;
        for sink in &mut chain.sinks {
            sink.open(sinks.remove(&sink.branch).unwrap_or_default()).map_err(failed)?;
        }
    }
    let mut cut = lock(&view.cut);
    cut.id = id;
    cut.fates = sums(chains.iter().flat_map(Chain::fates));
    Ok(())
}

impl View {
    fn new(plan: &JobPlan, graph: &Graph, budget: Arc<Budget>) -> View {
        let watermarks: BTreeMap<u32, Arc<AtomicI64>> = graph.chains.iter().flat_map(Chain::sink_watermarks).collect();
        let branches = plan.branches.iter().zip(0_u32..).map(|(branch, number)| BranchView {
            name: branch.name.clone(),
            writes: writes(&branch.target, &branch.name),
            weights: weights(&graph.topology, number),
            sink: sink_node(number),
            watermark: watermarks.get(&number).cloned().unwrap_or_default(),
        });
        let branches = Arc::new(branches.collect());
        View { cut: Arc::default(), sources: Arc::default(), branches, budget }
    }

    fn status(&self, job: &JobName, state: JobState, error: Option<String>) -> JobStatus {
        let cut = lock(&self.cut).clone();
        JobStatus {
            name: job.to_string(),
            state,
            error,
            checkpoint: cut.id,
            checkpoint_at: cut.at,
            checkpoint_ms: cut.took_ms,
            state_bytes: self.budget.used(),
            sources: self.sources.iter().map(source_status).collect(),
            branches: self.branches.iter().map(|branch| branch.status(&cut)).collect(),
        }
    }
}

fn writes(target: &Target, branch: &str) -> String {
    match target {
        Target::Table(table) => {
            let named = table.options.get("topic").or_else(|| table.options.get("path"));
            named.unwrap_or(&table.name).clone()
        }
        Target::View(view) => view.name.clone(),
        Target::Collect => branch.to_owned(),
    }
}

fn weights(topology: &Topology, branch: u32) -> Vec<(u32, u64)> {
    let nodes = topology.vertices.iter();
    nodes.filter_map(|(id, vertex)| Some((*id, *vertex.weights.get(&branch)?))).collect()
}

fn source_status(source: &SourceEntry) -> SourceStatus {
    let figures: Vec<SourceFigures> = source.figures.iter().map(|figures| lock(figures).clone()).collect();
    SourceStatus {
        table: source.table.clone(),
        reads: source.reads.clone(),
        rows: figures.iter().map(|figures| figures.rows).sum(),
        lag: figures.iter().map(|figures| figures.lag).sum(),
        watermark: figures.iter().filter_map(|figures| figures.watermark).min(),
    }
}

impl BranchView {
    fn status(&self, cut: &Cut) -> BranchStatus {
        let mut sum = Fates::default();
        for (node, weight) in &self.weights {
            if let Some(fates) = cut.fates.get(node) {
                sum.add(fates, *weight);
            }
        }
        let sink = cut.fates.get(&self.sink).cloned().unwrap_or_default();
        sum.add(&sink, 1);
        BranchStatus {
            name: self.name.clone(),
            writes: self.writes.clone(),
            input: sum.input,
            applied: sum.applied,
            filtered: sum.filtered.into_iter().map(|(cause, rows)| (cause.to_owned(), rows)).collect(),
            late: sum.late,
            refused: sum.refused,
            failed: sum.failed,
            waiting: sum.waiting,
            output: sink.output,
            watermark: seen(&self.watermark),
        }
    }
}

impl Job {
    /// The job's status, as one that is in `state`.
    #[cfg(test)]
    pub(crate) fn status(&self, state: JobState) -> JobStatus {
        self.view.status(&self.name, state, None)
    }
}

/// A job that runs, has ended or has failed.
pub struct JobHandle {
    name: JobName,
    control: Arc<Control>,
    shared: Arc<Shared>,
    view: View,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    /// How the job ended, once all its threads have.
    end: Mutex<Option<Result<JobEnd, String>>>,
    ended: Condvar,
    running: Mutex<usize>,
    clean: Mutex<Option<JobEnd>>,
}

/// Starts a job: opens its sources and sinks, goes on from its last checkpoint, and runs it in threads of its own.
/// `collect` takes the rows of a top-level `SELECT` ([`Target::Collect`]).
///
/// # Errors
/// What keeps the job from starting; nothing runs then.
pub fn start(
    plan: JobPlan,
    options: JobOptions,
    connections: Arc<dyn Connections>,
    store: Arc<dyn CheckpointStore>,
    clock: Arc<dyn Clock>,
    collect: Option<Box<dyn Sink>>,
) -> Result<JobHandle, StartError> {
    let job = prepare(&plan, &options, connections.as_ref(), store, clock, collect)?;
    let Job { name, chains, coordinator, control, view } = job;
    let shared = Arc::new(Shared::default());
    *lock(&shared.running) = chains.len() + 1;
    let handle = JobHandle { name, control, shared, view, threads: Mutex::new(Vec::new()) };
    for chain in chains {
        handle.spawn(chain.name.clone(), move |control| drive_chain(chain, control))?;
    }
    let shared = handle.shared.clone();
    handle.spawn(format!("{}/checkpoints", handle.name), move |control| {
        drive_coordinator(coordinator, control, &shared)
    })?;
    Ok(handle)
}

fn drive_chain(mut chain: Chain, control: &Control) -> Result<(), String> {
    while !control.is_over() {
        let step = chain.step().inspect_err(|error| control.note_fault(error.is_of_rows()));
        match step.map_err(|error| error.to_string())? {
            Progress::Worked => {}
            Progress::Over => break,
            progress => chain.wait(progress),
        }
    }
    Ok(())
}

fn drive_coordinator(mut coordinator: Coordinator, control: &Control, shared: &Shared) -> Result<(), String> {
    while !control.is_over() {
        match coordinator.step().map_err(|error| error.to_string())? {
            Progress::Worked => {}
            Progress::Over => break,
            Progress::Idle | Progress::Blocked => coordinator.wait(),
        }
    }
    *lock(&shared.clean) = coordinator.ended();
    Ok(())
}

/// The text of a panic.
fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message");
    format!("an operator panicked: {text}; this is a fault of Yeoul, please report it")
}

impl JobHandle {
    fn spawn(
        &self,
        name: String,
        run: impl FnOnce(&Control) -> Result<(), String> + Send + 'static,
    ) -> Result<(), StartError> {
        let (control, shared) = (self.control.clone(), self.shared.clone());
        let body = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| run(&control)));
            let outcome = outcome.unwrap_or_else(|panic| {
                control.note_fault(true);
                Err(panic_text(panic.as_ref()))
            });
            if let Err(reason) = outcome {
                control.fail(reason);
            }
            shared.leave(&control);
        };
        let spawned = ThreadBuilder::new().name(name).spawn(body);
        let thread = spawned.map_err(|error| {
            self.control.fail(error.to_string());
            StartError::Thread { job: self.name.to_string(), reason: error.to_string() }
        })?;
        lock(&self.threads).push(thread);
        Ok(())
    }

    /// The job's name.
    #[must_use]
    pub fn name(&self) -> &JobName {
        &self.name
    }

    /// The job as it is now.
    #[must_use]
    pub fn status(&self) -> JobStatus {
        let (state, error) = match &*lock(&self.shared.end) {
            None => (JobState::Running, None),
            Some(Ok(JobEnd::Finished)) => (JobState::Finished, None),
            Some(Ok(JobEnd::Stopped)) => (JobState::Stopped, None),
            Some(Err(reason)) => (JobState::Failed, Some(reason.clone())),
        };
        self.view.status(&self.name, state, error)
    }

    /// Asks the job to take a last checkpoint, with watermarks as they are, and to end. Doesn't wait for it.
    pub fn stop(&self) {
        self.control.stop();
    }

    /// Ends the job's threads without another checkpoint: it goes on from its last one. Doesn't wait for it.
    pub fn abandon(&self) {
        self.control.fail("abandoned".to_owned());
    }

    /// Whether the job has ended or failed.
    #[must_use]
    pub fn finished(&self) -> bool {
        lock(&self.shared.end).is_some()
    }

    /// Blocks until the job ends.
    ///
    /// # Errors
    /// Why the job failed.
    pub fn wait(&self) -> Result<JobEnd, JobError> {
        let mut end = lock(&self.shared.end);
        while end.is_none() {
            end = self.shared.ended.wait(end).unwrap_or_else(PoisonError::into_inner);
        }
        self.outcome(end.clone())
    }

    /// Blocks until the job ends, `timeout` at most; `None`: it still runs.
    ///
    /// # Errors
    /// Why the job failed.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<Option<JobEnd>, JobError> {
        let end = lock(&self.shared.end);
        let waited = self.shared.ended.wait_timeout_while(end, timeout, |end| end.is_none());
        let (end, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if end.is_none() { Ok(None) } else { self.outcome(end.clone()).map(Some) }
    }

    fn outcome(&self, end: Option<Result<JobEnd, String>>) -> Result<JobEnd, JobError> {
        let reason = match end {
            Some(Ok(end)) => return Ok(end),
            Some(Err(reason)) => reason,
            None => "it still runs".to_owned(),
        };
        Err(JobError { job: self.name.to_string(), reason, of_rows: self.control.fault_of_rows() })
    }
}

impl Drop for JobHandle {
    fn drop(&mut self) {
        if !self.finished() {
            self.abandon();
        }
        for thread in lock(&self.threads).drain(..) {
            // Panics are caught in the thread and reported by `wait`.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// A thread ends; the last one says how the job did.
    fn leave(&self, control: &Control) {
        let mut running = lock(&self.running);
        *running -= 1;
        if *running > 0 {
            return;
        }
        let clean = lock(&self.clean).take();
        let end = match (control.failure(), clean) {
            (Some(reason), _) => Err(reason),
            (None, Some(end)) => Ok(end),
            (None, None) => Err("its threads ended early".to_owned()),
        };
        *lock(&self.end) = Some(end);
        self.ended.notify_all();
    }
}
