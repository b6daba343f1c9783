//! `yeoul produce`: lines into a topic.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use serde_json::json;
use tokio::runtime::Runtime;
use yeoul_base::{Clock, SystemClock};
use yeoul_broker::client::{Client, ClientConfig, NewTopic, Producer};
use yeoul_log::batch::{BatchBuilder, Compression};

use super::client_runtime;
use super::target::KafkaTarget;
use crate::fault::Fault;
use crate::partitioner::partition;

/// A batch is sent when it is this large.
const BATCH_BYTES: usize = 256 << 10;
/// The longest line that is taken.
const LINE_BYTES_MAX: u64 = 1 << 20;

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
    let mut input = open(args)?;
    let mut line = Vec::new();
    while read(&mut input, &mut line)? {
        writer.push(&line);
        if writer.bytes >= BATCH_BYTES {
            writer.flush(&runtime)?;
        }
    }
    writer.flush(&runtime)?;
    if args.json {
        crate::output::print_text(&json!({ "topic": args.topic, "records": writer.written }).to_string())?;
    }
    Ok(())
}

fn open(args: &Args) -> Result<Box<dyn BufRead>, Fault> {
    let Some(path) = &args.file else { return Ok(Box::new(std::io::stdin().lock())) };
    let file = std::fs::File::open(path);
    let file = file.map_err(|error| Fault::usage(format!("can't read `{}`: {error}", path.display())))?;
    Ok(Box::new(BufReader::new(file)))
}

/// The next line, without its end; false at the end.
fn read(input: &mut dyn BufRead, line: &mut Vec<u8>) -> Result<bool, Fault> {
    line.clear();
    if input.take(LINE_BYTES_MAX + 1).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.len() as u64 > LINE_BYTES_MAX {
        return Err(Fault::usage(format!("a line is longer than {LINE_BYTES_MAX} bytes")));
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok(true)
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
        let mut client = Client::connect(ClientConfig::new(&args.target.address()?)).await?;
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

    fn push(&mut self, line: &[u8]) {
        let (key, value) = split(line, self.args.key_separator.as_deref());
        let chosen = self.args.partition.and_then(|partition| usize::try_from(partition).ok());
        let place = chosen.unwrap_or_else(|| partition(key, self.taken, self.batches.len()));
        self.taken += 1;
        if let Some(batch) = self.batches.get_mut(place) {
            batch.push(key, Some(value), self.clock.now(), &[]);
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
