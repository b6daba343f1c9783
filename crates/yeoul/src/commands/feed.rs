//! `yeoul feed`: replays a file into a topic.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use yeoul_base::{Clock, SystemClock};

use super::client_runtime;
use super::target::KafkaTarget;
use crate::config::{Feed, Speed};
use crate::fault::Fault;
use crate::feed::{Done, Replay, Shares};

/// Replays a file of lines into a topic, at the speed of its event time
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  yeoul feed data/departures.jsonl landing.airport.departures --time-field reported --speed 25000"
)]
pub struct Args {
    /// The file, one record a line
    file: PathBuf,
    /// The topic; created if need be
    topic: String,
    #[command(flatten)]
    target: KafkaTarget,
    /// The field of a line that holds its event time
    #[arg(long, value_name = "FIELD")]
    time_field: Option<String>,
    /// The field of a line that becomes the record's key
    #[arg(long, value_name = "FIELD")]
    key_field: Option<String>,
    #[command(flatten)]
    flags: FeedFlags,
    /// Print what was sent as JSON
    #[arg(long)]
    json: bool,
}

/// How a file is replayed.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct FeedFlags {
    /// Seconds of event time in each second, or `max` [default: max]
    #[arg(long)]
    speed: Option<Speed>,
    /// Share of lines that are sent again later, as 0.01
    #[arg(long, value_name = "SHARE", value_parser = share)]
    duplicates: Option<f64>,
    /// Share of broken lines that are added, as 0.005
    #[arg(long, value_name = "SHARE", value_parser = share)]
    malformed: Option<f64>,
    /// Decides which lines the shares hit [default: 1]
    #[arg(long)]
    seed: Option<u64>,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("`{text}` is not a share; write a number from 0 to 1"))
}

impl FeedFlags {
    /// Puts these in the place of what a project's file says.
    pub fn override_in(&self, feed: &mut Feed) {
        feed.speed = self.speed.unwrap_or(feed.speed);
        feed.duplicates = self.duplicates.unwrap_or(feed.duplicates);
        feed.malformed = self.malformed.unwrap_or(feed.malformed);
        feed.seed = self.seed.unwrap_or(feed.seed);
    }
}

/// Replays to the file's end.
///
/// # Errors
/// A file that can't be read, a door that doesn't answer.
pub fn run(args: Args) -> Result<(), Fault> {
    crate::logging::start("warn,yeoul=info");
    let replay = replay(&args)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let done = client_runtime()?.block_on(replay.run(clock))?;
    crate::output::print_text(&said(&args, done))
}

fn replay(args: &Args) -> Result<Replay, Fault> {
    if !args.file.is_file() {
        return Err(Fault::usage(format!("`{}` is not a file; name a file of lines", args.file.display())));
    }
    let flags = &args.flags;
    let speed = flags.speed.unwrap_or_default();
    if speed != Speed::Max && args.time_field.is_none() {
        return Err(Fault::usage(
            "a `--speed` other than `max` needs `--time-field`, the field with a line's event time",
        ));
    }
    let shares = Shares {
        duplicates: flags.duplicates.unwrap_or(0.0),
        malformed: flags.malformed.unwrap_or(0.0),
        seed: flags.seed.unwrap_or(1),
    };
    Ok(Replay {
        kafka: args.target.client_config()?,
        file: args.file.clone(),
        topic: args.topic.clone(),
        time: args.time_field.clone(),
        speed,
        key: args.key_field.clone(),
        shares,
    })
}

fn said(args: &Args, done: Done) -> String {
    let Done { sent, resumed_behind, duplicates, malformed } = done;
    if args.json {
        json!({ "sent": sent, "resumed_behind": resumed_behind, "duplicates": duplicates, "malformed": malformed })
            .to_string()
    } else {
        format!(
            "sent {sent} records to {}, {duplicates} of them again and {malformed} broken; it held {resumed_behind} already",
            args.topic
        )
    }
}
