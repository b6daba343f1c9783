//! `yeoul consume`: a topic's records, as lines.

mod format;

use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};
use yeoul_base::{Offset, Timestamp};
use yeoul_broker::client::{Client, FetchedRecord, OffsetAt};

use super::client_runtime;
use super::target::KafkaTarget;
use crate::fault::Fault;
use format::{Format, Printed, Unescaped};

/// How long one fetch waits for records.
const WAIT: Duration = Duration::from_millis(250);
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
    /// Print one JSON object a record: topic, partition, offset, timestamp, key, headers, value
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
    let mut left = args.count.unwrap_or(u64::MAX);
    loop {
        for cursor in &mut cursors {
            cursor.read(&mut client, args, &mut left).await?;
            if left == 0 {
                return Ok(());
            }
        }
        if args.exit && cursors.iter().all(|cursor| cursor.next >= cursor.end) {
            return Ok(());
        }
    }
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
            Begin::At(offset) => Offset(offset),
            Begin::Since(time) => {
                client.offset(&args.topic, partition, OffsetAt::Time(Timestamp(time))).await?.unwrap_or(end)
            }
            Begin::Last(records) => end.plus(records.saturating_neg()).max(first),
        };
        Ok(Cursor { partition, next, end })
    }

    async fn read(&mut self, client: &mut Client, args: &Args, left: &mut u64) -> Result<(), Fault> {
        let wait = if self.next < self.end { Duration::ZERO } else { WAIT };
        if args.exit && self.next >= self.end {
            return Ok(());
        }
        let fetched = client.fetch(&args.topic, self.partition, self.next, wait, FETCH_BYTES).await?;
        let (records, next) = fetched.records()?;
        self.next = next;
        let mut out = std::io::stdout().lock();
        for record in &records {
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
        Ok(out.flush()?)
    }
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
