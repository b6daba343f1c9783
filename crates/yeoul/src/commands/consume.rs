//! `yeoul consume`: a topic's records, as lines.

mod format;

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};
use yeoul_base::{Offset, Timestamp};
use yeoul_broker::client::{Client, FetchedRecord, OffsetAt};

use super::client_runtime;
use super::target::KafkaTarget;
use crate::fault::Fault;
use format::{Format, Printed, Unescaped};

/// How long one fetch of the only partition waits for records.
const WAIT: Duration = Duration::from_millis(250);
/// How long to wait before several partitions are asked again that had nothing.
const PAUSE: Duration = Duration::from_millis(50);
/// The most that one fetch brings.
const FETCH_BYTES: i32 = 4 << 20;

/// Reads a topic's records, from its beginning and on and on unless told otherwise
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  yeoul consume production.airport.alerts --count 5 --json\n  \
                        yeoul consume landing.shop.orders --exit --format '%p %o %k: %s\\n'")]
pub struct Args {
    /// The topic
    topic: String,
    #[command(flatten)]
    target: KafkaTarget,
    /// Where to begin: beginning, end, an offset, -N for the last N, or s@MILLISECONDS for a time since 1970
    #[arg(short, long, default_value = "beginning", allow_hyphen_values = true, value_parser = begin)]
    offset: Begin,
    /// The partition [default: all]
    #[arg(short, long)]
    partition: Option<i32>,
    /// End after so many records
    #[arg(short, long)]
    count: Option<u64>,
    /// End at the end of the topic
    #[arg(short, long)]
    exit: bool,
    /// Print one JSON object a record: topic, partition, offset, timestamp, key, headers, value. What isn't UTF-8 has
    /// replacement characters; `--format` prints the bytes as they are
    #[arg(short = 'J', long)]
    json: bool,
    /// Print each record so: %t topic, %p partition, %o offset, %T timestamp, %k key, %K its length, %s value, %S its
    /// length, %h headers, %% a percent sign; \n, \t, \r, \0 and \xNN
    #[arg(short, long, value_name = "FORMAT", value_parser = format::parse, conflicts_with_all = ["json", "key_separator"])]
    format: Option<Format>,
    /// Print the key before the value, and this between them
    #[arg(short = 'K', long, value_name = "TEXT", conflicts_with = "json")]
    key_separator: Option<String>,
    /// What is printed after each record
    #[arg(short = 'D', long, value_name = "TEXT", default_value = "\n", value_parser = format::unescaped, hide_default_value = true)]
    delimiter: Unescaped,
    /// What is printed for a key or value that is null
    #[arg(short = 'Z', long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    null: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Begin {
    Beginning,
    End,
    At(i64),
    Last(i64),
    /// The first record of this time, in milliseconds since 1970, or a later one.
    Since(i64),
}

fn begin(text: &str) -> Result<Begin, String> {
    match text {
        "beginning" | "earliest" => Ok(Begin::Beginning),
        "end" | "latest" => Ok(Begin::End),
        _ => match (text.strip_prefix("s@").map(str::parse), text.parse::<i64>()) {
            (Some(Ok(time)), _) => Ok(Begin::Since(time)),
            (None, Ok(offset)) if text.starts_with('-') => Ok(Begin::Last(offset.saturating_neg())),
            (None, Ok(offset)) => Ok(Begin::At(offset)),
            _ => {
                let known = "beginning, end, an offset, -N for the last N, or s@MILLISECONDS for a time since 1970";
                Err(format!("`{text}` is no place to begin; write {known}"))
            }
        },
    }
}

/// Reads until the count, the end, or Ctrl-C.
///
/// # Errors
/// A door that doesn't answer, a topic that isn't there.
pub fn run(args: &Args) -> Result<(), Fault> {
    client_runtime()?.block_on(consume(args))
}

async fn consume(args: &Args) -> Result<(), Fault> {
    let mut client = Client::connect(args.target.client_config()?).await?;
    let Some(topic) = client.topic(&args.topic).await? else {
        return Err(Fault::usage(format!(
            "topic `{}` doesn't exist; `yeoul topic list` shows what there is",
            args.topic
        )));
    };
    let mut cursors = Vec::new();
    for partition in topic.partitions.iter().map(|partition| partition.index) {
        if args.partition.is_none_or(|wanted| wanted == partition) {
            cursors.push(Cursor::open(&mut client, args, partition).await?);
        }
    }
    if cursors.is_empty() {
        return Err(Fault::usage(format!("topic `{}` has {} partitions, from 0", args.topic, topic.partitions.len())));
    }
    match read_all(&mut client, args, &mut cursors).await {
        // Who read has gone away: `yeoul consume … | head`.
        Err(Stopped::Print(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Stopped::Print(error)) => Err(Fault::failed(format!("can't write to standard output: {error}"))),
        Err(Stopped::Read(fault)) => Err(fault),
        Ok(()) => Ok(()),
    }
}

/// Why reading ended early.
enum Stopped {
    Read(Fault),
    /// What was read can't be printed.
    Print(io::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Stopped {
    fn from(error: E) -> Stopped {
        let error: anyhow::Error = error.into();
        Stopped::Read(error.into())
    }
}

/// Reads the partitions in turn, until the count or the end.
async fn read_all(client: &mut Client, args: &Args, cursors: &mut [Cursor]) -> Result<(), Stopped> {
    let mut left = args.count.unwrap_or(u64::MAX);
    // One partition is waited for by the broker; for several, none is to wait for another.
    let wait = if cursors.len() == 1 { WAIT } else { Duration::ZERO };
    while left > 0 {
        let mut idle = true;
        for cursor in cursors.iter_mut() {
            idle &= cursor.read(client, args, wait, &mut left).await? == 0;
            if left == 0 {
                return Ok(());
            }
        }
        if args.exit && cursors.iter().all(|cursor| cursor.next >= cursor.end) {
            return Ok(());
        }
        if idle && cursors.len() > 1 {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// Where reading of a partition stands.
struct Cursor {
    partition: i32,
    next: Offset,
    /// The end when reading began.
    end: Offset,
}

impl Cursor {
    async fn open(client: &mut Client, args: &Args, partition: i32) -> Result<Cursor, Fault> {
        let first = client.offset(&args.topic, partition, OffsetAt::Earliest).await?.unwrap_or(Offset::ZERO);
        let end = client.offset(&args.topic, partition, OffsetAt::Latest).await?.unwrap_or(Offset::ZERO);
        let next = match args.offset {
            Begin::Beginning => first,
            Begin::End => end,
            Begin::At(offset) => within(args, partition, Offset(offset), first, end),
            Begin::Since(time) => {
                client.offset(&args.topic, partition, OffsetAt::Time(Timestamp(time))).await?.unwrap_or(end)
            }
            Begin::Last(records) => end.plus(records.saturating_neg()).max(first),
        };
        Ok(Cursor { partition, next, end })
    }

    /// Prints what there is, waiting up to `wait` for it; tells how many records were read.
    async fn read(
        &mut self,
        client: &mut Client,
        args: &Args,
        wait: Duration,
        left: &mut u64,
    ) -> Result<usize, Stopped> {
        let wait = if self.next < self.end { Duration::ZERO } else { wait };
        if args.exit && self.next >= self.end {
            return Ok(0);
        }
        let fetched = client.fetch(&args.topic, self.partition, self.next, wait, FETCH_BYTES).await?;
        let (records, next) = fetched.records()?;
        self.next = next;
        self.print(args, &records, left).map_err(Stopped::Print)?;
        Ok(records.len())
    }

    fn print(&self, args: &Args, records: &[FetchedRecord], left: &mut u64) -> io::Result<()> {
        let mut out = io::stdout().lock();
        for record in records {
            if *left == 0 || (args.exit && record.offset >= self.end) {
                break;
            }
            *left -= 1;
            if args.json {
                writeln!(out, "{}", as_json(&args.topic, self.partition, record))?;
            } else {
                out.write_all(&as_text(args, self.partition, record))?;
            }
        }
        out.flush()
    }
}

/// The nearest offset that the partition holds; says so where that is another than was asked for.
fn within(args: &Args, partition: i32, asked: Offset, first: Offset, end: Offset) -> Offset {
    let nearest = asked.clamp(first, end.max(first));
    if nearest != asked {
        let place = format!("topic `{}`, partition {partition}", args.topic);
        eprintln!(
            "warning: {place} holds the offsets from {first} up to {end}, not {asked}: reading begins at {nearest}"
        );
    }
    nearest
}

fn as_text(args: &Args, partition: i32, record: &FetchedRecord) -> Vec<u8> {
    let null = args.null.as_bytes();
    let mut line = Vec::new();
    if let Some(format) = &args.format {
        format.print(&mut line, &Printed { topic: &args.topic, partition, record, null });
        return line;
    }
    if let Some(separator) = &args.key_separator {
        line.extend_from_slice(record.key.as_deref().unwrap_or(null));
        line.extend_from_slice(separator.as_bytes());
    }
    line.extend_from_slice(record.value.as_deref().unwrap_or(null));
    line.extend_from_slice(&args.delimiter.0);
    line
}

/// Headers are a list of keys and values in turn, as kcat's: a key may occur again.
fn as_json(topic: &str, partition: i32, record: &FetchedRecord) -> Value {
    let pair = |(key, value): &(Vec<u8>, Option<Vec<u8>>)| [text(Some(key)), text(value.as_deref())];
    json!({
        "topic": topic,
        "partition": partition,
        "offset": record.offset.0,
        "timestamp": record.timestamp.0,
        "key": text(record.key.as_deref()),
        "headers": record.headers.iter().flat_map(pair).collect::<Vec<_>>(),
        "value": text(record.value.as_deref()),
    })
}

/// Bytes as text; what isn't UTF-8 is shown with replacement characters.
fn text(bytes: Option<&[u8]>) -> Value {
    bytes.map_or(Value::Null, |bytes| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_to_begin_are_kcats() {
        assert_eq!(begin("beginning"), Ok(Begin::Beginning));
        assert_eq!(begin("end"), Ok(Begin::End));
        assert_eq!(begin("17"), Ok(Begin::At(17)));
        assert_eq!(begin("-3"), Ok(Begin::Last(3)));
        assert_eq!(begin("s@1700000000000"), Ok(Begin::Since(1_700_000_000_000)));
        assert!(begin("soon").is_err() && begin("s@noon").is_err());
    }
}
