//! `yeoul serve`: the platform without a project.

use std::path::{Path, PathBuf};

use crate::commands::PlatformArgs;
use crate::config::Config;
use crate::fault::Fault;
use crate::platform::{self, Start};
use crate::project::Project;

/// Runs the platform without a project: topics, doors, page, until Ctrl-C
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  yeoul serve --data /var/lib/yeoul --kafka 127.0.0.1:9092")]
pub struct Args {
    #[command(flatten)]
    platform: PlatformArgs,
}

/// Serves until a signal.
///
/// # Errors
/// What can't be started.
pub fn run(args: Args) -> Result<(), Fault> {
    let config = Config { feed: Vec::new(), ..Config::load(Path::new("."))? };
    let project = Project { folder: PathBuf::from("."), config, files: Vec::new() };
    platform::run(Start { project, args: args.platform, fresh: false })
}
