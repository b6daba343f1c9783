//! SQL files to steps: one session over all files in their order, faults told with file, line, column and caret.

use std::collections::BTreeMap;
use std::sync::Arc;

use yeoul_sql::catalog::Connectors;
use yeoul_sql::plan::JobPlan;
use yeoul_sql::session::{Session, Step};

use crate::fault::Fault;
use crate::faults::read_all;
use crate::project::SqlFile;

/// Reads `files` in order; every fault is told on standard error.
///
/// # Errors
/// Any fault, after all were told.
pub fn read(
    files: &[SqlFile],
    connectors: Arc<dyn Connectors>,
    settings: BTreeMap<String, String>,
) -> Result<Vec<Step>, Fault> {
    let mut session = Session::new(connectors, settings);
    let mut steps = Vec::new();
    let mut missing = Vec::new();
    let mut sound = true;
    for file in files {
        let reading = read_all(&mut session, &file.text, &mut missing);
        sound &= reading.faults.is_empty();
        reading.faults.iter().for_each(|fault| eprintln!("error: {}", fault.render(&file.name(), &file.text)));
        steps.extend(reading.steps);
    }
    if sound { Ok(steps) } else { Err(Fault::Told) }
}

/// The jobs among `steps`; tables to print go to standard error.
///
/// # Errors
/// A top-level `SELECT`, whose rows a platform has nowhere to put; two jobs of one name.
pub fn jobs(steps: Vec<Step>) -> Result<Vec<JobPlan>, Fault> {
    let mut plans: Vec<JobPlan> = Vec::new();
    for step in steps {
        match step {
            Step::Print { header, rows } => eprint!("{}", crate::output::table::render(&header, &rows)),
            Step::Job(plan) if is_query(&plan) => {
                return Err(Fault::usage(
                    "a project's top-level `SELECT` has nowhere to go; write `INSERT INTO …` or `CREATE MATERIALIZED TABLE …`, \
                     or run the file by itself: `yeoul run file.sql`",
                ));
            }
            Step::Job(plan) if plans.iter().any(|other| other.name == plan.name) => {
                return Err(Fault::usage(format!(
                    "two jobs are called `{}`; give each its own name with `SET 'pipeline.name' = '…'` before it",
                    plan.name
                )));
            }
            Step::Job(plan) => plans.push(plan),
        }
    }
    Ok(plans)
}

/// Whether the plan is a top-level `SELECT`.
#[must_use]
pub fn is_query(plan: &JobPlan) -> bool {
    plan.branches.iter().any(|branch| matches!(branch.target, yeoul_sql::plan::Target::Collect))
}
