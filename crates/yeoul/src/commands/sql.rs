//! `yeoul sql`: a shell for SQL, in this process.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;

use crate::commands::RootFlags;
use crate::config::Config;
use crate::fault::Fault;
use crate::output::Output;
use crate::project::{Project, SqlFile};
use crate::shell::script::Source;
use crate::shell::{Next, Shell, ShellStart};

/// A SQL shell: runs statements in this process, over files, generated rows and, with `--data`, a platform's topics
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  yeoul sql\n  yeoul sql examples/flights --data examples/flights/.yeoul\n  yeoul sql -i tables.sql -f report.sql\n  yeoul sql -e \"SELECT 1 + 1\""
)]
pub struct Args {
    /// A project's folder, whose tables and views are there from the start; its jobs are not run
    project: Option<PathBuf>,
    /// Run a file first
    #[arg(short, long, value_name = "FILE")]
    init: Option<PathBuf>,
    /// Run a file and end
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Run these statements and end, behind the file if there is one
    #[arg(short, long, value_name = "SQL")]
    execute: Option<String>,
    /// Open a data folder that no platform has open, so that its topics can be read and written
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Default of a `SET` key; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = super::setting)]
    settings: Vec<(String, String)>,
    #[command(flatten)]
    roots: RootFlags,
    /// How rows are printed, until `sql-client.execution.result-mode` is set [default: table on a terminal, else jsonl]
    #[arg(long, value_enum)]
    output: Option<Output>,
}

/// Runs a shell.
///
/// # Errors
/// A folder or file that can't be read; of statements that nobody types, the first fault.
pub fn run(args: Args) -> Result<(), Fault> {
    let mut project = match &args.project {
        Some(folder) if folder.is_dir() => Project::load(folder)?,
        Some(other) => {
            return Err(Fault::usage(format!("`{}` is no folder; to run a file write `-f`", other.display())));
        }
        None => Project { folder: PathBuf::new(), config: Config::default(), files: Vec::new() },
    };
    args.roots.add_to(&mut project.config)?;
    let files = [&args.init, &args.file].map(|path| path.as_deref().map(SqlFile::read).transpose());
    let [init, file] = files;
    let (init, file) = (init?, file?);
    let mut settings: BTreeMap<String, String> = project.config.settings.clone();
    settings.extend(args.settings.iter().cloned());
    let output = args.output.unwrap_or_else(Output::for_stdout);
    let mut shell = Shell::start(ShellStart { project, settings, data: args.data.clone(), output })?;
    let ran = texts(&mut shell, init.as_ref(), file.as_ref(), args.execute.as_deref());
    let ended = shell.end(ran.is_err());
    ran.and(ended)
}

/// Runs what was given; without a file or statements, what is typed in or written to standard input.
fn texts(
    shell: &mut Shell,
    init: Option<&SqlFile>,
    file: Option<&SqlFile>,
    execute: Option<&str>,
) -> Result<(), Fault> {
    for given in [init, file].into_iter().flatten() {
        if shell.file(given)? == Next::End {
            return Ok(());
        }
    }
    match execute {
        Some(text) => shell.text(&Source { name: "sql", text, line: 1 }).map(drop),
        None if file.is_some() => Ok(()),
        None if std::io::stdin().is_terminal() => shell.talk(),
        None => shell.stream("stdin", std::io::stdin().lock()).map(drop),
    }
}
