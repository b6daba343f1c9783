//! `yeoul run`: a project's platform, or one file in this process.

use std::path::PathBuf;

use crate::commands::feed::FeedFlags;
use crate::commands::{PlatformArgs, RootFlags};
use crate::config::Config;
use crate::fault::Fault;
use crate::output::Output;
use crate::platform::{self, Start};
use crate::project::{Project, SqlFile};
use crate::run_file;

/// Runs a project (a folder) with everything embedded until Ctrl-C, or one `.sql` file in this process
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  yeoul run examples/flights\n  yeoul run report.sql --output csv")]
pub struct Args {
    /// A project's folder (`yeoul.toml`, `*.sql`, `data/`), or a `.sql` file
    path: PathBuf,
    #[command(flatten)]
    platform: PlatformArgs,
    #[command(flatten)]
    roots: RootFlags,
    #[command(flatten)]
    feed: FeedFlags,
    /// Don't start the project's feeds
    #[arg(long)]
    no_feed: bool,
    /// Begin anew: forget the jobs' checkpoints and state
    #[arg(long)]
    fresh: bool,
    /// For tests: stop each job of a file with a checkpoint once a source has read so many rows, forget everything but
    /// the checkpoint, and start it again from there
    #[arg(long, hide = true, value_name = "ROWS")]
    restart_at: Option<u64>,
    /// How a file's top-level SELECT is printed [default: table on a terminal, else jsonl]
    #[arg(long, value_enum)]
    output: Option<Output>,
}

/// Runs a folder or a file.
///
/// # Errors
/// What can't be started, or failed while running.
pub fn run(args: Args) -> Result<(), Fault> {
    if !args.path.is_dir() {
        let file = SqlFile::read(&args.path)?;
        let mut config = Config::default();
        args.roots.add_to(&mut config)?;
        let settings = args.platform.session_settings(&config)?;
        let output = args.output.unwrap_or_else(Output::for_stdout);
        return run_file::run(&file, &config, settings, output, args.restart_at);
    }
    if args.output.is_some() {
        return Err(Fault::usage("`--output` is for a `.sql` file; a project's results are views and topics"));
    }
    let mut project = Project::load(&args.path)?;
    args.roots.add_to(&mut project.config)?;
    if args.no_feed {
        project.config.feed.clear();
    }
    project.config.feed.iter_mut().for_each(|feed| args.feed.override_in(feed));
    platform::run(Start { project, args: args.platform, fresh: args.fresh })
}
