//! `yeoul bench`: the figures of the README, measured here.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use serde_json::{Map, Value};
use yeoul_base::{Clock, SystemClock};

use crate::bench::{Figure, append, decode, latency, window};
use crate::fault::Fault;

/// Measures on this machine what the README says: decoding, durable append, windows, latency
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  yeoul bench append window --json")]
pub struct Args {
    /// What to measure [default: all]
    #[arg(value_enum)]
    what: Vec<What>,
    /// Folder on the disk to be measured
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum What {
    /// JSON to Arrow
    Decode,
    /// Append with flush, against the disk's fdatasync
    Append,
    /// A tumbling window from topic to view
    Window,
    /// From door to view at 10,000 events/s
    Latency,
}

/// Measures and prints.
///
/// # Errors
/// What fails while being measured.
pub fn run(args: &Args) -> Result<(), Fault> {
    crate::logging::start("warn");
    let all = [What::Decode, What::Append, What::Window, What::Latency];
    let chosen = if args.what.is_empty() { &all[..] } else { &args.what[..] };
    let mut figures = Map::new();
    for what in chosen {
        let figure = measure(*what, args)?;
        if !args.json {
            crate::output::print_text(&figure.text)?;
        }
        figures.insert(figure.name.to_owned(), figure.json);
    }
    if args.json {
        crate::output::print_text(&Value::Object(figures).to_string())?;
    }
    Ok(())
}

fn measure(what: What, args: &Args) -> Result<Figure, Fault> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    match what {
        What::Decode => decode::run(&clock),
        What::Append => append::run(&args.dir, &clock),
        What::Window => window::run(&args.dir, &clock),
        What::Latency => latency::run(&args.dir, &clock),
    }
}
