//! `yeoul run file.sql`: the file's jobs in this process, without a data folder. Checkpoints live in memory.
//!
//! Statements run in the order of the text. A job over bounded input is run to its end before the next statement; one over
//! unbounded input goes on beside what follows, until Ctrl-C.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use yeoul_base::{Clock, SystemClock};
use yeoul_engine::materialize::MaterializeSink;
use yeoul_engine::plan::{Branch, JobPlan, Target};
use yeoul_engine::sink::Sink;
use yeoul_engine::{JobEnd, JobHandle, JobOptions, MemoryStore};
use yeoul_row::RowType;
use yeoul_sql::session::Step;

use crate::connections;
use crate::fault::{Fault, OrUsage};
use crate::interrupt::Interrupt;
use crate::jobs::{Environment, job_options};
use crate::output::{Output, rows, texts};
use crate::program;
use crate::project::SqlFile;

/// Runs `file` to its end, or until Ctrl-C.
///
/// # Errors
/// A fault of the text, or a job that fails.
pub fn run(
    file: &SqlFile,
    settings: BTreeMap<String, String>,
    output: Output,
    restart_at: Option<u64>,
) -> Result<(), Fault> {
    crate::logging::start("warn");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let connect = connections::in_process(file.path.parent().unwrap_or(Path::new("")), clock.clone());
    let steps = program::read(std::slice::from_ref(file), connect.clone(), settings)?;
    let environment = Environment { connections: connect, store: Arc::new(MemoryStore::new()), clock, log: None };
    let mut runner = Runner { restart_at, ..Runner::new(environment, output, Interrupt::new()) };
    for step in steps {
        runner.step(step)?;
        if runner.interrupt.came() {
            break;
        }
    }
    runner.finish()
}

/// Runs steps one behind the other.
pub struct Runner {
    /// What jobs need.
    pub environment: Environment,
    /// How rows are printed.
    pub output: Output,
    /// Ctrl-C.
    pub interrupt: Interrupt,
    restart_at: Option<u64>,
    /// Jobs over unbounded input, which go on beside what follows.
    beside: Vec<Running>,
}

impl Runner {
    /// Runs nothing yet.
    #[must_use]
    pub fn new(environment: Environment, output: Output, interrupt: Interrupt) -> Runner {
        Runner { environment, output, interrupt, restart_at: None, beside: Vec::new() }
    }

    /// Does a step: to its end, or beside what follows.
    ///
    /// # Errors
    /// A job that fails.
    pub fn step(&mut self, step: Step) -> Result<(), Fault> {
        let plan = match step {
            Step::Print { header, rows } => return texts::print(&header, &rows, self.output),
            Step::Job(plan) => plan,
        };
        let mut running = Running::start(&plan, &self.environment, self.output, self.restart_at)?;
        self.interrupt.stops(running.handle.clone())?;
        if self.restart_at.is_some() && !self.interrupt.came() && running.handle.wait()? == JobEnd::Stopped {
            running = running.again(&plan, &self.environment, self.output)?;
            self.interrupt.stops(running.handle.clone())?;
        }
        if ends(&plan) || running.result.is_some() {
            return running.finish(self.output);
        }
        self.beside.push(running);
        Ok(())
    }

    /// Stops what runs beside.
    pub fn stop(&self) {
        self.beside.iter().for_each(|running| running.handle.stop());
    }

    /// Waits for what runs beside.
    ///
    /// # Errors
    /// A job that fails.
    pub fn finish(self) -> Result<(), Fault> {
        let output = self.output;
        self.beside.into_iter().try_for_each(|running| running.finish(output))
    }
}

/// Whether a job's input ends.
#[must_use]
pub fn ends(plan: &JobPlan) -> bool {
    plan.branches.iter().all(|branch| branch.input.bounded)
}

/// A job under way.
struct Running {
    handle: Arc<JobHandle>,
    /// Where the rows of a top-level `SELECT` gather, unless they are printed as they come.
    result: Option<(Option<MaterializeSink>, Arc<RowType>)>,
}

impl Running {
    fn start(
        plan: &JobPlan,
        environment: &Environment,
        output: Output,
        stop_after_rows: Option<u64>,
    ) -> Result<Running, Fault> {
        let query = plan.branches.iter().find(|branch| matches!(branch.target, Target::Collect));
        // What comes from several subtasks has the order of its rows, not of its keys.
        let by_key = job_options(plan, false)?.parallelism == 1;
        let (result, sink) = query.map(|branch| collector(branch, output, by_key)).transpose()?.unzip();
        Running::with_sink(plan, environment, sink, result, stop_after_rows)
    }

    /// The job that has stopped, from its checkpoint; rows gather where they did.
    fn again(self, plan: &JobPlan, environment: &Environment, output: Output) -> Result<Running, Fault> {
        match self.result {
            Some((Some(rows), schema)) => {
                let sink: Box<dyn Sink> = Box::new(rows.clone());
                Running::with_sink(plan, environment, Some(sink), Some((Some(rows), schema)), None)
            }
            _ => Running::start(plan, environment, output, None),
        }
    }

    fn with_sink(
        plan: &JobPlan,
        environment: &Environment,
        sink: Option<Box<dyn Sink>>,
        result: Option<(Option<MaterializeSink>, Arc<RowType>)>,
        stop_after_rows: Option<u64>,
    ) -> Result<Running, Fault> {
        // What a shell runs begins anew; checkpoints in memory are of this process.
        let mut options = job_options(plan, environment.log.is_some())?;
        if !plan.settings.contains_key(CHECKPOINT_INTERVAL) && plan.branches.iter().all(|branch| branch.input.bounded) {
            options = JobOptions { checkpoint_interval: None, ..options };
        }
        options.stop_after_rows = stop_after_rows;
        options.keeps_state = stop_after_rows.is_some();
        let Environment { connections, store, clock, .. } = environment.clone();
        let handle = yeoul_engine::start(plan.clone(), options, connections, store, clock, sink).or_usage()?;
        Ok(Running { handle: Arc::new(handle), result })
    }

    /// Waits for the end, and prints the final rows.
    fn finish(self, output: Output) -> Result<(), Fault> {
        self.handle.wait()?;
        match self.result {
            Some((Some(sink), schema)) => rows::print(&sink.rows()?, &schema, output),
            _ => Ok(()),
        }
    }
}

const CHECKPOINT_INTERVAL: &str = "execution.checkpointing.interval";

type Collector = ((Option<MaterializeSink>, Arc<RowType>), Box<dyn Sink>);

fn collector(branch: &Branch, output: Output, by_key: bool) -> Result<Collector, Fault> {
    let schema = branch.input.schema.clone();
    if output == Output::Changelog {
        return Ok(((None, schema.clone()), Box::new(rows::ChangelogPrinter::new(schema))));
    }
    let append = branch.input.mode.is_append();
    if append && let Some(printer) = rows::RowPrinter::new(&schema, output)? {
        return Ok(((None, schema), Box::new(printer)));
    }
    let no_key = Vec::new();
    let key = if append || !by_key { &no_key } else { branch.input.upsert_keys.first().unwrap_or(&no_key) };
    let sink = MaterializeSink::new(schema.to_arrow(), key);
    Ok(((Some(sink.clone()), schema), Box::new(sink)))
}
