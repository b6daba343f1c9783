//! `yeoul query`: SQL over the views of a running platform.

use clap::ValueEnum;
use serde_json::json;

use crate::commands::Target;
use crate::fault::Fault;
use crate::output::Output;

/// Asks a running platform: SQL over its views
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  yeoul query \"SELECT origin, SUM(cancelled) AS cancelled FROM airport_hourly GROUP BY origin\""
)]
pub struct Args {
    /// The query
    sql: String,
    #[command(flatten)]
    target: Target,
    /// How rows are printed [default: table on a terminal, else jsonl]
    #[arg(long, value_enum)]
    output: Option<Asked>,
    /// The same as `--output jsonl`
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Asked {
    Table,
    Jsonl,
    Csv,
}

/// Asks and prints.
///
/// # Errors
/// No platform, or a query that it refuses.
pub fn run(args: &Args) -> Result<(), Fault> {
    let place = args.target.place()?;
    let asked = args.output.or(args.json.then_some(Asked::Jsonl));
    let output = match asked {
        Some(Asked::Table) => Output::Table,
        Some(Asked::Jsonl) => Output::Jsonl,
        Some(Asked::Csv) => Output::Csv,
        None => Output::for_stdout(),
    };
    let accept = if output == Output::Csv { "text/csv" } else { "application/x-ndjson" };
    let answer = place.post("/v1/query", accept, &json!({ "sql": args.sql }))?;
    if output == Output::Table {
        return crate::output::table::print_json_lines(&answer);
    }
    crate::output::print_text(&answer)
}
