//! `yeoul run file.sql`: the file's jobs in this process, without a data folder. Checkpoints live in memory.
//!
//! Statements run in the order of the text. A job over bounded input is run to its end before the next statement; one over
//! unbounded input goes on beside what follows, until Ctrl-C.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use yeoul_base::{Clock, SystemClock};
use yeoul_engine::MemoryStore;
use yeoul_sql::session::Step;

use crate::config::Config;
use crate::connections;
use crate::fault::Fault;
use crate::interrupt::Interrupt;
use crate::jobs::Environment;
use crate::output::{Output, texts};
use crate::program::{self, is_query};
use crate::project::SqlFile;
use crate::runner::{Runner, ends};

/// Runs `file` to its end, or until Ctrl-C.
///
/// # Errors
/// A fault of the text, or a job that fails.
pub fn run(
    file: &SqlFile,
    config: &Config,
    settings: BTreeMap<String, String>,
    output: Output,
    restart_at: Option<u64>,
) -> Result<(), Fault> {
    crate::logging::start("warn");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let connect = connections::in_process(file.path.parent().unwrap_or(Path::new("")), config, clock.clone());
    let steps = program::read(std::slice::from_ref(file), connect.clone(), settings)?;
    let environment = Environment { connections: connect, store: Arc::new(MemoryStore::new()), clock, log: None };
    let mut runner = Runner::new(environment, Interrupt::new(), restart_at);
    for step in steps {
        match step {
            Step::Print { header, rows } => texts::print(&header, &rows, output)?,
            Step::Job(plan) if ends(&plan) || is_query(&plan) => drop(runner.complete(&plan, output)?),
            Step::Job(plan) => runner.submit(&plan)?,
        }
        if runner.interrupt.came() {
            break;
        }
    }
    runner.finish()
}
