//! `yeoul sql`: a shell for SQL, in this process.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::config::Config;
use crate::fault::Fault;
use crate::output::Output;
use crate::project::{Project, SqlFile};
use crate::shell::{Shell, ShellStart};

/// A SQL shell: runs statements in this process, over files, generated rows and, with `--data`, a platform's topics
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  yeoul sql\n  yeoul sql examples/flights --data .yeoul\n  yeoul sql -i tables.sql -f report.sql"
)]
pub struct Args {
    /// A project's folder, whose tables and views are there from the start; its jobs are not run
    project: Option<PathBuf>,
    /// Run a file and end
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Run a file before the first prompt, or before `--file`
    #[arg(short, long, value_name = "FILE")]
    init: Option<PathBuf>,
    /// Open a data folder that no platform has open, so that its topics can be read and written
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Default of a `SET` key; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = super::setting)]
    settings: Vec<(String, String)>,
    /// How rows are printed [default: table on a terminal, else jsonl]
    #[arg(long, value_enum)]
    output: Option<Output>,
}

/// Runs a shell.
///
/// # Errors
/// A folder or file that can't be read; of a file, what `yeoul run` fails for.
pub fn run(args: Args) -> Result<(), Fault> {
    let project = match &args.project {
        Some(folder) if folder.is_dir() => Project::load(folder)?,
        Some(other) => {
            return Err(Fault::usage(format!("`{}` is no folder; to run a file write `-f`", other.display())));
        }
        None => Project { folder: PathBuf::new(), config: Config::default(), files: Vec::new() },
    };
    let init = args.init.as_deref().map(SqlFile::read).transpose()?;
    let file = args.file.as_deref().map(SqlFile::read).transpose()?;
    let mut settings: BTreeMap<String, String> = project.config.settings.clone();
    settings.extend(args.settings);
    let output = args.output.unwrap_or_else(Output::for_stdout);
    let mut shell = Shell::start(ShellStart { project, settings, data: args.data, output })?;
    if let Some(init) = &init {
        shell.script(init)?;
    }
    match file {
        Some(file) => shell.script(&file)?,
        None => shell.read()?,
    }
    shell.end()
}
