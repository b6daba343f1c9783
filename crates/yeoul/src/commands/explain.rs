//! `yeoul explain`: what a file's or a project's jobs would do, and which of their state grows without bound. Runs nothing.

use std::path::PathBuf;

use serde_json::json;
use yeoul_sql::growth::{Growth, growing};
use yeoul_sql::plan::JobPlan;
use yeoul_sql::render::plan_text;
use yeoul_sql::session::Step;

use crate::commands::RootFlags;
use crate::connections;
use crate::fault::Fault;
use crate::output::print_text;
use crate::program;
use crate::project::Project;

/// Shows the plans of a `.sql` file or a project: operators, changelog modes, and the state that grows without bound
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  yeoul explain pipeline.sql\n  yeoul explain examples/flights")]
pub struct Args {
    /// A `.sql` file, or a project's folder
    path: PathBuf,
    /// Default of a `SET` key; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = super::setting)]
    settings: Vec<(String, String)>,
    #[command(flatten)]
    roots: RootFlags,
    /// Print one JSON object a job
    #[arg(long)]
    json: bool,
}

/// Explains.
///
/// # Errors
/// Any fault of the text, after all were told.
pub fn run(args: &Args) -> Result<(), Fault> {
    let mut project = Project::of(&args.path)?;
    args.roots.add_to(&mut project.config)?;
    let connectors = connections::offline(&project.folder, &project.config, None);
    let settings = project.config.settings.into_iter().chain(args.settings.iter().cloned()).collect();
    let steps = program::read(&project.files, connectors, settings)?;
    let jobs = steps.iter().filter_map(|step| match step {
        Step::Job(plan) => Some(plan),
        Step::Print { .. } => None,
    });
    for job in jobs {
        let text = if args.json { as_json(job) } else { as_text(job) };
        print_text(text.trim_end())?;
    }
    Ok(())
}

fn as_text(job: &JobPlan) -> String {
    let plan = plan_text(&job.branches);
    let growing = growing(job);
    if growing.is_empty() {
        return format!("job {}\n{plan}state: bounded\n", job.name);
    }
    let lines: Vec<String> = growing.iter().map(line).collect();
    format!("job {}\n{plan}state that grows without bound:\n{}\n", job.name, lines.join("\n"))
}

fn line(growth: &Growth) -> String {
    format!("  #{} {}: {}; {}", growth.node, growth.operator, growth.reason, growth.remedy)
}

fn as_json(job: &JobPlan) -> String {
    let growing: Vec<serde_json::Value> = growing(job)
        .iter()
        .map(|growth| {
            json!({ "node": growth.node, "operator": growth.operator, "reason": growth.reason, "remedy": growth.remedy })
        })
        .collect();
    json!({ "job": job.name, "plan": plan_text(&job.branches), "grows": growing }).to_string()
}
