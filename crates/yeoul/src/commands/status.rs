//! `yeoul status`: topics, jobs, fates of rows, and views of a running platform.

use std::fmt::Write as _;

use serde_json::Value;

use crate::commands::Target;
use crate::fault::Fault;
use crate::output::table;

/// Shows what a running platform does: topics, jobs, what became of every row, views
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  yeoul status --data examples/flights/.yeoul")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Print the platform's whole answer as JSON
    #[arg(long)]
    json: bool,
}

/// Asks and prints.
///
/// # Errors
/// No platform.
pub fn run(args: &Args) -> Result<(), Fault> {
    let answer = args.target.place()?.get("/v1/status")?;
    if args.json {
        return crate::output::print_text(&answer);
    }
    crate::output::print_text(&render(&serde_json::from_str(&answer)?))
}

fn render(status: &Value) -> String {
    let mut out = String::new();
    section(&mut out, "topics", &["topic", "partitions", "records", "bytes"], topics(status));
    section(&mut out, "jobs", &["job", "state", "checkpoint", "state bytes", "error"], jobs(status));
    section(&mut out, "sources", &["job", "source", "rows", "lag", "watermark"], sources(status));
    section(
        &mut out,
        "branches",
        &["job", "writes", "input", "applied", "filtered", "late", "refused", "failed", "waiting", "output"],
        branches(status),
    );
    section(&mut out, "views", &["view", "rows"], views(status));
    out
}

fn section(out: &mut String, title: &str, header: &[&str], rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let _ = writeln!(out, "{title}\n{}", table::render(&header, &rows));
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A value as people read it; nothing for what isn't there.
fn cell(value: &Value, key: &str) -> String {
    match value.get(key) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn cells(value: &Value, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| cell(value, key)).collect()
}

fn topics(status: &Value) -> Vec<Vec<String>> {
    list(status, "topics").map(topic_row).collect()
}

fn topic_row(topic: &Value) -> Vec<String> {
    let partitions: Vec<&Value> = list(topic, "partitions").collect();
    let number = |partition: &Value, key| partition.get(key).and_then(Value::as_i64).unwrap_or(0);
    let records: i64 = partitions.iter().map(|p| number(p, "high_watermark") - number(p, "log_start")).sum();
    let bytes: i64 = partitions.iter().map(|p| number(p, "bytes")).sum();
    vec![cell(topic, "name"), partitions.len().to_string(), records.to_string(), bytes.to_string()]
}

fn jobs(status: &Value) -> Vec<Vec<String>> {
    list(status, "jobs").map(|job| cells(job, &["name", "state", "checkpoint", "state_bytes", "error"])).collect()
}

/// One row per `part` of each job, the job's name first.
fn parts(status: &Value, part: &str, row: impl Fn(&Value) -> Vec<String>) -> Vec<Vec<String>> {
    let of_job = |job: &Value| -> Vec<Vec<String>> {
        let with_name = |part| std::iter::once(cell(job, "name")).chain(row(part)).collect();
        list(job, part).map(with_name).collect()
    };
    list(status, "jobs").flat_map(of_job).collect()
}

fn sources(status: &Value) -> Vec<Vec<String>> {
    parts(status, "sources", |source| {
        let mut row = cells(source, &["table", "rows", "lag"]);
        row.push(source.get("watermark").and_then(Value::as_i64).map_or(String::new(), time));
        row
    })
}

fn branches(status: &Value) -> Vec<Vec<String>> {
    parts(status, "branches", |branch| {
        let filtered = branch.get("filtered").and_then(Value::as_object);
        let filtered: u64 = filtered.into_iter().flat_map(|causes| causes.values()).filter_map(Value::as_u64).sum();
        let mut row = cells(branch, &["writes", "input", "applied"]);
        row.push(filtered.to_string());
        row.extend(cells(branch, &["late", "refused", "failed", "waiting", "output"]));
        row
    })
}

fn views(status: &Value) -> Vec<Vec<String>> {
    list(status, "views").map(|view| cells(view, &["name", "rows"])).collect()
}

/// Milliseconds since 1970 as `yyyy-MM-dd HH:mm:ss`.
fn time(millis: i64) -> String {
    let (days, of_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000) / 1000);
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// The Gregorian date of a day since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_dates() {
        assert_eq!(time(0), "1970-01-01 00:00:00");
        assert_eq!(time(1_360_299_600_000), "2013-02-08 05:00:00");
        assert_eq!(time(951_782_400_000), "2000-02-29 00:00:00");
    }

    #[test]
    fn a_status_is_rendered_section_by_section() {
        let status = serde_json::json!({
            "topics": [{"name": "t", "partitions": [{"log_start": 1, "high_watermark": 5, "bytes": 90}]}],
            "jobs": [{"name": "j", "state": "running", "checkpoint": 3, "state_bytes": 0, "error": null,
                "sources": [{"table": "s", "rows": 4, "lag": 0, "watermark": 0}],
                "branches": [{"writes": "w", "input": 4, "applied": 2, "filtered": {"where": 1, "duplicate": 1}, "late": 0,
                    "refused": 0, "failed": 0, "waiting": 0, "output": 2}]}],
            "views": [{"name": "v", "rows": 2}],
        });
        let text = render(&status);
        for part in ["topics", "1970-01-01", "running", "views"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }
}
