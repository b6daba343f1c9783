//! `yeoul check`: is a project or a file valid? Runs nothing, opens no data folder.

use std::path::PathBuf;

use serde_json::json;
use yeoul_sql::diagnostic::Diagnostic;
use yeoul_sql::parser::Parser;

use crate::commands::RootFlags;
use crate::connections;
use crate::fault::Fault;
use crate::program;
use crate::project::{Project, SqlFile};

/// Checks a project or a `.sql` file without running it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  yeoul check examples/flights")]
pub struct Args {
    /// A project's folder, or a `.sql` file
    path: PathBuf,
    /// Default of a `SET` key; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = super::setting)]
    settings: Vec<(String, String)>,
    #[command(flatten)]
    roots: RootFlags,
    /// Stop behind the grammar: names, types and connectors are not looked at
    #[arg(long)]
    parse_only: bool,
    /// Print what was checked as JSON
    #[arg(long)]
    json: bool,
}

/// Checks.
///
/// # Errors
/// Any fault, after all were told.
pub fn run(args: &Args) -> Result<(), Fault> {
    let mut project = Project::of(&args.path)?;
    args.roots.add_to(&mut project.config)?;
    if args.parse_only {
        return parse_only(&project.files, args);
    }
    let mut settings = project.config.settings.clone();
    settings.extend(args.settings.iter().cloned());
    let connectors = connections::offline(&project.folder, &project.config, None);
    let steps = program::read(&project.files, connectors, settings)?;
    let files = project.files.len();
    let jobs = if args.path.is_dir() { program::jobs(steps)?.len() } else { steps.len() };
    let said = if args.json {
        json!({ "event": "checked", "files": files, "jobs": jobs }).to_string()
    } else {
        format!("{} is valid: files {files}, jobs {jobs}", args.path.display())
    };
    crate::output::print_text(&said)
}

/// Reads the texts' grammar alone; the first fault of each is told.
fn parse_only(files: &[SqlFile], args: &Args) -> Result<(), Fault> {
    let mut statements = 0;
    let mut sound = true;
    for file in files {
        match count_statements(&file.text) {
            Ok(count) => statements += count,
            Err(fault) => {
                sound = false;
                eprintln!("error: {}", fault.render(&file.name(), &file.text));
            }
        }
    }
    if !sound {
        return Err(Fault::Told);
    }
    let files = files.len();
    crate::output::print_text(&if args.json {
        json!({ "event": "parsed", "files": files, "statements": statements }).to_string()
    } else {
        format!("{} parses: files {files}, statements {statements}", args.path.display())
    })
}

fn count_statements(text: &str) -> Result<usize, Diagnostic> {
    let mut parser = Parser::new(text)?;
    let mut count = 0;
    while parser.next_statement()?.is_some() {
        parser.take_deferred();
        count += 1;
    }
    Ok(count)
}
