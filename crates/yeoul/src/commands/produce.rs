//! `yeoul produce`: lines into a topic. What has come is sent before more is waited for, so that who types, or follows a
//! file, sees each line arrive; what comes meanwhile is the next batch.

mod input;

use std::path::PathBuf;

use serde_json::json;
use tokio::runtime::Runtime;
use yeoul_base::{Clock, SystemClock};
use yeoul_broker::client::{Client, NewTopic, Producer};
use yeoul_log::batch::{BatchBuilder, Compression};

use super::target::KafkaTarget;
use super::{client_runtime, setting};
use crate::fault::Fault;
use crate::partitioner::partition;
use input::Input;

/// A batch is sent when it is this large.
const BATCH_BYTES: usize = 256 << 10;

/// Writes lines to a topic, each acknowledged when it is on disk
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  echo 'ada:{\"amount\":3}' | yeoul produce landing.shop.orders --key-separator :")]
pub struct Args {
    /// The topic; created if need be
    topic: String,
    /// The file with the lines [default: standard input]
    file: Option<PathBuf>,
    #[command(flatten)]
    target: KafkaTarget,
    /// What separates a line's key from its value
    #[arg(short = 'K', long, value_name = "TEXT")]
    key_separator: Option<String>,
    /// The key of every record that has none of its own
    #[arg(short, long, value_name = "TEXT")]
    key: Option<String>,
    /// A header of every record; may be repeated
    #[arg(short = 'H', long = "header", value_name = "KEY=VALUE", value_parser = setting)]
    headers: Vec<(String, String)>,
    /// Take an empty key or value for null: a tombstone, on a compacted topic
    #[arg(short = 'Z', long)]
    null: bool,
    /// What separates records [default: the end of a line]
    #[arg(short = 'D', long, value_name = "CHARACTER", default_value = "\n", value_parser = delimiter, hide_default_value = true)]
    delimiter: u8,
    /// The partition [default: by the key, else in turn]
    #[arg(short, long)]
    partition: Option<i32>,
    /// none, gzip, snappy, lz4 or zstd
    #[arg(short = 'z', long, default_value = "none", value_parser = codec)]
    compression: Compression,
    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [byte] => Ok(*byte),
        br"\n" => Ok(b'\n'),
        br"\t" => Ok(b'\t'),
        br"\0" => Ok(0),
        _ => Err(format!("`{text}` can't separate records; write one character of one byte, or \\n, \\t, \\0")),
    }
}

fn codec(name: &str) -> Result<Compression, String> {
    Compression::from_name(name).ok_or_else(|| format!("`{name}` is no codec; write none, gzip, snappy, lz4 or zstd"))
}

/// Writes to the end of the input.
///
/// # Errors
/// Input that can't be read, a door that doesn't answer or refuses.
pub fn run(args: &Args) -> Result<(), Fault> {
    let runtime = client_runtime()?;
    let mut writer = runtime.block_on(Writer::open(args))?;
    let mut input = Input::open(args.file.as_deref(), args.delimiter)?;
    let mut line = Vec::new();
    loop {
        if writer.bytes >= BATCH_BYTES || (writer.has_lines() && input.would_wait()?) {
            writer.flush(&runtime)?;
        }
        if !input.read(&mut line)? {
            break;
        }
        writer.push(&line);
    }
    writer.flush(&runtime)?;
    if args.json {
        crate::output::print_text(&json!({ "topic": args.topic, "records": writer.written }).to_string())?;
    }
    Ok(())
}

/// Collects lines and sends them.
struct Writer<'a> {
    args: &'a Args,
    producer: Producer,
    clock: SystemClock,
    batches: Vec<BatchBuilder>,
    bytes: usize,
    taken: u64,
    written: u64,
}

impl<'a> Writer<'a> {
    async fn open(args: &'a Args) -> Result<Writer<'a>, Fault> {
        let mut client = Client::connect(args.target.client_config()?).await?;
        let partitions = match client.topic(&args.topic).await? {
            Some(topic) => topic.partitions.len(),
            None => {
                client.create_topic(&NewTopic::named(&args.topic)).await?;
                client.topic(&args.topic).await?.map_or(1, |topic| topic.partitions.len())
            }
        };
        if args.partition.is_some_and(|partition| usize::try_from(partition).map_or(true, |at| at >= partitions)) {
            return Err(Fault::usage(format!("topic `{}` has the partitions 0 to {}", args.topic, partitions - 1)));
        }
        let batches = (0..partitions).map(|_| BatchBuilder::new().compression(args.compression)).collect();
        let producer = Producer::new(client).await?;
        Ok(Writer { args, producer, clock: SystemClock::new(), batches, bytes: 0, taken: 0, written: 0 })
    }

    fn has_lines(&self) -> bool {
        self.batches.iter().any(|batch| !batch.is_empty())
    }

    fn push(&mut self, line: &[u8]) {
        let (key, value) = split(line, self.args.key_separator.as_deref());
        let key = key.or(self.args.key.as_deref().map(str::as_bytes));
        let given = |bytes: &&[u8]| !(self.args.null && bytes.is_empty());
        let (key, value) = (key.filter(given), Some(value).filter(given));
        let headers: Vec<(&str, Option<&[u8]>)> =
            self.args.headers.iter().map(|(key, value)| (key.as_str(), Some(value.as_bytes()))).collect();
        let chosen = self.args.partition.and_then(|partition| usize::try_from(partition).ok());
        let place = chosen.unwrap_or_else(|| partition(key, self.taken, self.batches.len()));
        self.taken += 1;
        if let Some(batch) = self.batches.get_mut(place) {
            batch.push(key, value, self.clock.now(), &headers);
            self.bytes += line.len();
        }
    }

    fn flush(&mut self, runtime: &Runtime) -> Result<(), Fault> {
        for (place, slot) in self.batches.iter_mut().enumerate() {
            let batch = std::mem::replace(slot, BatchBuilder::new().compression(self.args.compression));
            if !batch.is_empty() {
                let place = i32::try_from(place)?;
                let sent = runtime.block_on(self.producer.send(&self.args.topic, place, batch))?;
                self.written += sent.records as u64;
            }
        }
        self.bytes = 0;
        Ok(())
    }
}

/// A line's key and value.
fn split<'a>(line: &'a [u8], separator: Option<&str>) -> (Option<&'a [u8]>, &'a [u8]) {
    let Some(separator) = separator.map(str::as_bytes).filter(|separator| !separator.is_empty()) else {
        return (None, line);
    };
    match line.windows(separator.len()).position(|window| window == separator) {
        Some(at) => (line.get(..at), line.get(at + separator.len()..).unwrap_or_default()),
        None => (None, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_at_the_first_separator() {
        for (line, separator, key, value) in [
            ("a:b:c", Some(":"), Some("a"), "b:c"),
            ("abc", Some(":"), None, "abc"),
            ("a::b", Some("::"), Some("a"), "b"),
            ("a:b", None, None, "a:b"),
            (":", Some(":"), Some(""), ""),
        ] {
            assert_eq!(split(line.as_bytes(), separator), (key.map(str::as_bytes), value.as_bytes()), "{line}");
        }
    }
}
