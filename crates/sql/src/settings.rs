//! Settings (`SET 'key' = 'value'`): which exist, and values that the planner reads.
//!
//! Flink keeps any key; so does Yeoul, but for keys of its own (`yeoul.…`), where a misspelt one is refused, and for
//! values that would silently mean something else.

use std::collections::BTreeMap;

use crate::nearest::did_you_mean;

/// Yeoul's own keys.
pub const OWN: [&str; 5] = [
    "yeoul.datagen.seed",
    "yeoul.dead-letter.topic",
    "yeoul.join.bounded-side-first",
    "yeoul.late-rows.topic",
    "yeoul.state.memory",
];

/// Settings of Flink's that change what a query gives, and that Yeoul has one value of.
const FIXED: [(&str, &str); 9] = [
    ("table.exec.sink.type-length-enforcer", "ignore"),
    ("table.exec.sink.nested-constraint-enforcer", "ignore"),
    ("table.exec.legacy-cast-behaviour", "disabled"),
    ("table.exec.emit.early-fire.enabled", "false"),
    ("table.exec.emit.late-fire.enabled", "false"),
    ("table.exec.emit.allow-lateness", "0 ms"),
    ("table.sql-dialect", "default"),
    ("table.column-expansion-strategy", ""),
    ("table.exec.source.cdc-events-duplicate", "false"),
];

/// Further settings of Flink's that are looked at.
const READ: [&str; 16] = [
    "execution.checkpointing.interval",
    "execution.runtime-mode",
    "parallelism.default",
    "pipeline.auto-watermark-interval",
    "pipeline.max-parallelism",
    "pipeline.name",
    MAX_COLUMN_WIDTH,
    MAX_ROWS,
    RESULT_MODE,
    "table.dml-sync",
    "table.exec.resource.default-parallelism",
    "table.exec.sink.not-null-enforcer",
    "table.exec.source.idle-timeout",
    "table.exec.state.ttl",
    "table.local-time-zone",
    "table.optimizer.agg-phase-strategy",
];

/// How a shell shows what a query gives.
pub const RESULT_MODE: &str = "sql-client.execution.result-mode";
/// The values of [`RESULT_MODE`].
pub const RESULT_MODES: [&str; 3] = ["table", "changelog", "tableau"];
/// How many rows a shell keeps of a query.
pub const MAX_ROWS: &str = "sql-client.execution.max-table-result.rows";
/// How wide a column of texts gets in a shell.
pub const MAX_COLUMN_WIDTH: &str = "table.display.max-column-width";

/// Every setting that means something, in order.
#[must_use]
pub fn known() -> Vec<&'static str> {
    let mut keys: Vec<&str> = OWN.into_iter().chain(READ).chain(FIXED.map(|(key, _)| key)).collect();
    keys.sort_unstable();
    keys
}

/// Flink's default of `pipeline.auto-watermark-interval`.
const WATERMARK_INTERVAL_MS: u64 = 200;

/// Checks a setting before it is kept.
///
/// # Errors
/// What is wrong, and the remedy.
pub(crate) fn check(key: &str, value: &str) -> Result<(), (String, String)> {
    if key.starts_with("yeoul.") && !OWN.contains(&key) {
        return Err((format!("unknown setting `{key}`"), did_you_mean(key, &OWN, "settings")));
    }
    match key {
        "yeoul.join.bounded-side-first" => one_of(key, value, &["true", "false"]),
        RESULT_MODE => one_of(key, value, &RESULT_MODES),
        "table.dml-sync" => one_of(key, value, &["true", "false"]),
        MAX_ROWS | MAX_COLUMN_WIDTH => count(key, value),
        "execution.runtime-mode" => one_of(key, value, &["streaming", "batch", "automatic"]),
        "table.exec.mini-batch.enabled" => one_of(key, value, &["true", "false"]),
        "table.optimizer.agg-phase-strategy" => one_of(key, value, &["auto", "one_phase", "two_phase"]),
        "table.exec.sink.not-null-enforcer" => one_of(key, value, &["error", "drop"]),
        "table.local-time-zone" => zone(value),
        "yeoul.datagen.seed" => whole_number(value),
        "execution.checkpointing.interval"
        | "table.exec.source.idle-timeout"
        | "table.exec.state.ttl"
        | "pipeline.auto-watermark-interval" => duration(value).map(drop),
        "parallelism.default" | "table.exec.resource.default-parallelism" | "pipeline.max-parallelism" => {
            parallelism(key, value)
        }
        _ => match FIXED.iter().find(|(fixed, _)| *fixed == key) {
            Some((_, only)) => only_value(key, value, only),
            None => Ok(()),
        },
    }
}

/// What a mini-batch lacks, where it is switched on: as in Flink, latency and size have no defaults then.
pub(crate) fn mini_batch_fault(settings: &BTreeMap<String, String>) -> Option<(String, String)> {
    let given = |key: &str| settings.get(key).map_or("", |value| value.trim());
    if !given("table.exec.mini-batch.enabled").eq_ignore_ascii_case("true") {
        return None;
    }
    let latency = duration_millis(given("table.exec.mini-batch.allow-latency")).is_ok_and(|millis| millis > 0);
    let size = given("table.exec.mini-batch.size").parse::<i64>().is_ok_and(|rows| rows > 0);
    let (key, example) = match (latency, size) {
        (true, true) => return None,
        (false, _) => ("table.exec.mini-batch.allow-latency", "1 s"),
        (true, false) => ("table.exec.mini-batch.size", "5000"),
    };
    Some((format!("a mini-batch needs `{key}` above 0"), format!("`SET '{key}' = '{example}'`")))
}

/// A setting that would change results and has one value here: Flink's default.
fn only_value(key: &str, value: &str, only: &str) -> Result<(), (String, String)> {
    if only.eq_ignore_ascii_case(value) {
        return Ok(());
    }
    Err((format!("`{key}` = `{value}` is not supported"), format!("leave it at its default, `{only}`")))
}

fn duration(text: &str) -> Result<u64, (String, String)> {
    duration_millis(text).map_err(|message| (message, "write it like `5 s`, `200 ms`, `1 min`".to_owned()))
}

/// -1 says nothing (Flink's default), else the number of subtasks.
fn parallelism(key: &str, value: &str) -> Result<(), (String, String)> {
    match value.trim().parse::<i64>() {
        Ok(-1 | 1..=32_768) => Ok(()),
        _ => Err((format!("`{value}` is no value of `{key}`"), "write a number of subtasks, from 1 on".to_owned())),
    }
}

fn one_of(key: &str, value: &str, allowed: &[&str]) -> Result<(), (String, String)> {
    if allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(value)) {
        return Ok(());
    }
    Err((format!("`{value}` is no value of `{key}`"), did_you_mean(value, allowed, "values")))
}

fn count(key: &str, value: &str) -> Result<(), (String, String)> {
    match value.trim().parse::<u32>() {
        Ok(1..) => Ok(()),
        _ => Err((format!("`{value}` is no value of `{key}`"), "write a whole number, from 1 on".to_owned())),
    }
}

fn whole_number(value: &str) -> Result<(), (String, String)> {
    let parsed = value.trim().parse::<i64>().map(drop);
    parsed.map_err(|_| (format!("`{value}` is no whole number"), "write it like `42`".to_owned()))
}

fn zone(value: &str) -> Result<(), (String, String)> {
    let offset = value.strip_prefix("GMT").or_else(|| value.strip_prefix("UTC"));
    let fixed = offset.is_some_and(|offset| offset.is_empty() || offset.starts_with(['+', '-']));
    // Java knows these three as abbreviations of others.
    let abbreviated = ["EST", "HST", "MST"].contains(&value);
    if value == "default" || fixed || !abbreviated && value.parse::<chrono_tz::Tz>().is_ok() {
        return Ok(());
    }
    Err((format!("unknown time zone `{value}`"), "write it like `UTC` or `America/New_York`".to_owned()))
}

/// `5 s`, `200 ms`, `1 min`, `2 h`, `1 d`, or a bare number of milliseconds, in milliseconds.
///
/// # Errors
/// What is wrong with the text.
pub fn duration_millis(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000,
        "m" | "min" | "minute" | "minutes" => 60_000,
        "h" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        _ => return Err(format!("`{text}` is no duration")),
    };
    let number: u64 = number.parse().map_err(|_| format!("`{text}` is no duration"))?;
    number.checked_mul(factor).ok_or_else(|| format!("`{text}` is too long"))
}

/// Whether a join reads a bounded right side to its end first, so that it keeps nothing of the left.
pub(crate) fn dictionaries(settings: &BTreeMap<String, String>) -> bool {
    settings.get("yeoul.join.bounded-side-first").is_none_or(|value| value.eq_ignore_ascii_case("true"))
}

/// How often periodic watermarks are emitted.
pub(crate) fn watermark_interval(settings: &BTreeMap<String, String>) -> u64 {
    millis_of(settings, "pipeline.auto-watermark-interval").unwrap_or(WATERMARK_INTERVAL_MS)
}

/// After how long a silent split counts as idle.
pub(crate) fn idle_timeout(settings: &BTreeMap<String, String>) -> Option<u64> {
    millis_of(settings, "table.exec.source.idle-timeout").filter(|millis| *millis > 0)
}

fn millis_of(settings: &BTreeMap<String, String>, key: &str) -> Option<u64> {
    settings.get(key).and_then(|text| duration_millis(text).ok())
}
