//! A job's options, read once from its settings.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono_tz::Tz;
use thiserror::Error;

use crate::state::KEY_GROUPS;

/// How a job runs.
#[derive(Clone, PartialEq, Debug)]
pub struct JobOptions {
    /// `execution.checkpointing.interval`; `None`: only one checkpoint, at the end.
    pub checkpoint_interval: Option<Duration>,
    /// `yeoul.state.memory`: bytes of operator state beyond which the job fails.
    pub state_bytes_max: u64,
    /// `table.exec.resource.default-parallelism`, else `parallelism.default`: in how many subtasks operators with a key run.
    pub parallelism: usize,
    /// `table.exec.state.ttl`, in milliseconds: how long state lives that nobody writes; `None`: as long as the job.
    pub state_ttl: Option<u64>,
    /// The most rows of a batch that a source is asked for.
    pub batch_rows: usize,
    /// `yeoul.late-rows.topic`: where rows behind the watermark go; `None`: they are only counted.
    pub late_topic: Option<String>,
    /// `yeoul.dead-letter.topic`: where rows go that can't be decoded or have no event time; `None`: they fail the job.
    pub dead_letter_topic: Option<String>,
    /// `table.local-time-zone`
    pub zone: Tz,
    /// `execution.runtime-mode` is `batch`: nothing is late, and a global aggregate over nothing gives a row.
    pub batch: bool,
    /// `table.exec.sink.not-null-enforcer`
    pub not_null: NotNull,
    /// `yeoul.datagen.seed`: what sources begin with that make rows up by chance; `None`: anything.
    pub seed: Option<i64>,
    /// Whether to begin anew, dropping what the last checkpoint kept.
    pub fresh: bool,
    /// `table.optimizer.agg-phase-strategy`
    pub phases: Phases,
    /// Whether checkpoints hold state, so that the job can go on from them; else they only make output visible, and nothing
    /// remembers what changed: for jobs that end with their process.
    pub keeps_state: bool,
    /// Once a source has read so many rows it reads no more, and the job stops as if asked to: a last checkpoint, watermarks
    /// as they are. For tests of restarts; `None`: never.
    pub stop_after_rows: Option<u64>,
}

/// What becomes of a row that has NULL in a column of its target that takes none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum NotNull {
    /// It fails the job: Flink's default.
    #[default]
    Error,
    /// It is left out, and counted as refused.
    Drop,
}

/// Whether rows are combined per group before they change subtasks, where an aggregation's rows come from several
/// (Flink's local and global aggregation).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Phases {
    /// Where all rows would go to one subtask: an aggregation without a key.
    #[default]
    Auto,
    /// Nowhere.
    One,
    /// Wherever it can be.
    Two,
}

/// A setting that can't be read.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("setting `{key}` is `{value}`, {expected}")]
pub struct SettingError {
    /// The setting's key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What it should be.
    pub expected: String,
}

impl Default for JobOptions {
    fn default() -> JobOptions {
        JobOptions {
            checkpoint_interval: Some(Duration::from_secs(1)),
            state_bytes_max: 256 << 20,
            parallelism: 1,
            state_ttl: None,
            batch_rows: 8192,
            keeps_state: true,
            stop_after_rows: None,
            late_topic: None,
            dead_letter_topic: None,
            zone: Tz::UTC,
            batch: false,
            not_null: NotNull::Error,
            seed: None,
            phases: Phases::Auto,
            fresh: false,
        }
    }
}

impl JobOptions {
    /// Reads the settings in force; those that aren't the engine's are left alone.
    ///
    /// # Errors
    /// A value that can't be read.
    pub fn from_settings(settings: &BTreeMap<String, String>) -> Result<JobOptions, SettingError> {
        let mut options = JobOptions::default();
        if let Some((key, value)) = settings.get_key_value("execution.checkpointing.interval") {
            let interval = parse_duration(value).ok_or_else(|| refuse(key, value, "not a duration such as `1 s`"))?;
            options.checkpoint_interval = Some(interval).filter(|interval| !interval.is_zero());
        }
        if let Some((key, value)) = settings.get_key_value("yeoul.state.memory") {
            let bytes = parse_bytes(value).ok_or_else(|| refuse(key, value, "not a size such as `256 mb`"))?;
            options.state_bytes_max = bytes;
        }
        if let Some((key, value)) = settings.get_key_value("table.local-time-zone") {
            options.zone = parse_zone(value).ok_or_else(|| {
                refuse(key, value, "not a zone such as `UTC`, `Asia/Seoul` or `GMT+08:00` (whole hours)")
            })?;
        }
        options.parallelism = parallelism(settings)?;
        if let Some(rows) = mini_batch_rows(settings)? {
            options.batch_rows = options.batch_rows.min(rows);
        }
        if let Some((key, value)) = settings.get_key_value("table.exec.state.ttl") {
            let ttl = parse_duration(value).ok_or_else(|| refuse(key, value, "not a duration such as `1 h`"))?;
            options.state_ttl = u64::try_from(ttl.as_millis()).ok().filter(|millis| *millis > 0);
        }
        if let Some((key, value)) = settings.get_key_value("yeoul.datagen.seed") {
            options.seed = Some(value.trim().parse().map_err(|_| refuse(key, value, "not a whole number"))?);
        }
        let mode = settings.get("execution.runtime-mode");
        options.batch = mode.is_some_and(|mode| mode.eq_ignore_ascii_case("batch"));
        let enforcer = settings.get("table.exec.sink.not-null-enforcer");
        if enforcer.is_some_and(|enforcer| enforcer.eq_ignore_ascii_case("drop")) {
            options.not_null = NotNull::Drop;
        }
        options.phases = match settings.get("table.optimizer.agg-phase-strategy") {
            Some(phases) if phases.eq_ignore_ascii_case("one_phase") => Phases::One,
            Some(phases) if phases.eq_ignore_ascii_case("two_phase") => Phases::Two,
            _ => Phases::Auto,
        };
        let topic = |key: &str| settings.get(key).filter(|topic| !topic.is_empty()).cloned();
        options.late_topic = topic("yeoul.late-rows.topic");
        options.dead_letter_topic = topic("yeoul.dead-letter.topic");
        Ok(options)
    }
}

/// The most rows of a mini-batch, where `table.exec.mini-batch.enabled` is set: the changes of a key within one batch are
/// folded into one. Where something is aggregated, the planner has asked for latency and size. Batches never wait for
/// more rows, so that the latency is kept whatever it is.
fn mini_batch_rows(settings: &BTreeMap<String, String>) -> Result<Option<usize>, SettingError> {
    const LATENCY: &str = "table.exec.mini-batch.allow-latency";
    const SIZE: &str = "table.exec.mini-batch.size";
    let given = |key: &str| settings.get(key).cloned().unwrap_or_default();
    if !given("table.exec.mini-batch.enabled").eq_ignore_ascii_case("true") || given(LATENCY).is_empty() {
        return Ok(None);
    }
    let latency = parse_duration(&given(LATENCY)).filter(|latency| !latency.is_zero());
    latency.ok_or_else(|| refuse(LATENCY, &given(LATENCY), "not a duration above 0, which a mini-batch needs"))?;
    let size = given(SIZE).trim().parse().ok().filter(|size| *size > 0);
    size.map(Some).ok_or_else(|| refuse(SIZE, &given(SIZE), "not a number of rows above 0, which a mini-batch needs"))
}

/// The parallelism that the settings name: 1 to the number of key groups, and not above `pipeline.max-parallelism`.
fn parallelism(settings: &BTreeMap<String, String>) -> Result<usize, SettingError> {
    const MAX: &str = "pipeline.max-parallelism";
    let number = |key: &str| -> Result<Option<(String, String, i64)>, SettingError> {
        let Some(value) = settings.get(key) else { return Ok(None) };
        let number = value.trim().parse().map_err(|_| refuse(key, value, "not a number"))?;
        // -1 is Flink's default: the setting says nothing.
        Ok((number != -1).then(|| (key.to_owned(), value.clone(), number)))
    };
    let max = number(MAX)?.map_or(i64::MAX, |(_, _, max)| max).min(KEY_GROUPS.cast_signed());
    let chosen = match number("table.exec.resource.default-parallelism")? {
        Some(chosen) => Some(chosen),
        None => number("parallelism.default")?,
    };
    let Some((key, value, parallelism)) = chosen else { return Ok(1) };
    let parallelism = usize::try_from(parallelism).ok().filter(|number| (1..=max.max(1)).contains(&(*number as i64)));
    parallelism.ok_or_else(|| refuse(&key, &value, &format!("not between 1 and {} (`{MAX}`)", max.max(1))))
}

fn refuse(key: &str, value: &str, expected: &str) -> SettingError {
    SettingError { key: key.to_owned(), value: value.to_owned(), expected: expected.to_owned() }
}

/// A number and its unit: `10 s` is `(10, "s")`.
fn split_unit(text: &str) -> Option<(u64, String)> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.trim().to_ascii_lowercase()))
}

/// Flink's durations: a number and a unit, milliseconds without one.
fn parse_duration(text: &str) -> Option<Duration> {
    let (number, unit) = split_unit(text)?;
    let nanos: u64 = match unit.as_str() {
        "ns" | "nano" | "nanosecond" | "nanoseconds" => 1,
        "us" | "µs" | "micro" | "microsecond" | "microseconds" => 1_000,
        "" | "ms" | "milli" | "millisecond" | "milliseconds" => 1_000_000,
        "s" | "sec" | "second" | "seconds" => 1_000_000_000,
        "min" | "m" | "minute" | "minutes" => 60_000_000_000,
        "h" | "hour" | "hours" => 3_600_000_000_000,
        "d" | "day" | "days" => 86_400_000_000_000,
        _ => return None,
    };
    Some(Duration::from_nanos(number.checked_mul(nanos)?))
}

/// Flink's sizes: a number and a unit of 1024, bytes without one.
fn parse_bytes(text: &str) -> Option<u64> {
    let (number, unit) = split_unit(text)?;
    let shift = match unit.as_str() {
        "" | "b" | "bytes" => 0,
        "k" | "kb" | "kib" | "kibibytes" => 10,
        "m" | "mb" | "mib" | "mebibytes" => 20,
        "g" | "gb" | "gib" | "gibibytes" => 30,
        "t" | "tb" | "tib" | "tebibytes" => 40,
        _ => return None,
    };
    number.checked_mul(1 << shift)
}

/// A zone by name; Flink's `default` is UTC here, so that results don't depend on the machine.
fn parse_zone(text: &str) -> Option<Tz> {
    match text {
        "default" => Some(Tz::UTC),
        _ => text.parse().ok().or_else(|| offset_zone(text.strip_prefix("GMT")?)),
    }
}

/// The zone behind `GMT`: `+8`, `-03:00`. Of the zones that have a name these go by whole hours, with the sign turned.
fn offset_zone(offset: &str) -> Option<Tz> {
    let (sign, time) = match offset.split_at_checked(1)? {
        ("+", time) => ('-', time),
        ("-", time) => ('+', time),
        _ => return None,
    };
    let hours: u8 = time.strip_suffix(":00").unwrap_or(time).parse().ok()?;
    format!("Etc/GMT{sign}{hours}").parse().ok()
}
