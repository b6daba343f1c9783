//! `yeoul check`: is a project or a file valid? Runs nothing, opens no data folder.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::config::Config;
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
    /// Print what was checked as JSON
    #[arg(long)]
    json: bool,
}

/// Checks.
///
/// # Errors
/// Any fault, after all were told.
pub fn run(args: &Args) -> Result<(), Fault> {
    let project = load(&args.path)?;
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

fn load(path: &Path) -> Result<Project, Fault> {
    if path.is_dir() {
        return Project::load(path);
    }
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    Ok(Project { folder, config: Config::default(), files: vec![SqlFile::read(path)?] })
}
