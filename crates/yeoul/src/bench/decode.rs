//! JSON to Arrow: the flights' departures, all columns of the example's table and then three of them.

use std::sync::Arc;

use serde_json::json;
use yeoul_base::Clock;
use yeoul_format::{Format, RowDecoder};
use yeoul_row::{DataType, Field, LogicalType, RowType};

use super::{Figure, median};
use crate::fault::Fault;

const ROWS: usize = 200_000;
const BATCH_ROWS: usize = 8192;
const ROUNDS: usize = 5;
/// Minutes of February.
const MINUTES: usize = 28 * 1440;

/// Runs it.
///
/// # Errors
/// None in practice: the rows are made here.
pub fn run(clock: &Arc<dyn Clock>) -> Result<Figure, Fault> {
    let lines: Vec<String> = (0..ROWS).map(|number| departure(number, ROWS)).collect();
    let bytes: usize = lines.iter().map(String::len).sum();
    let row = row_type();
    let all: Vec<usize> = (0..row.fields.len()).collect();
    let whole = rate(&lines, &row, &all, clock)?;
    let projected = rate(&lines, &row, &[0, 4, 7], clock)?;
    let mb = bytes as f64 / ROWS as f64 / 1e6;
    let text = format!(
        "decode JSON to Arrow, one core: {:.2} million rows/s ({:.0} MB/s) of 11 columns, {:.2} million of 3 of them, ratio {:.2}",
        whole / 1e6,
        whole * mb,
        projected / 1e6,
        projected / whole
    );
    let json = json!({
        "rows_per_s": whole, "mb_per_s": whole * mb, "projected_rows_per_s": projected, "ratio": projected / whole,
    });
    Ok(Figure { name: "decode", text, json })
}

fn row_type() -> RowType {
    let text = || LogicalType::STRING.nullable();
    let int = || LogicalType::Int.nullable();
    let time = || LogicalType::Timestamp(3).nullable();
    let columns: [(&str, DataType); 11] = [
        ("id", text()),
        ("carrier", text()),
        ("flight", int()),
        ("tailnum", text()),
        ("origin", text()),
        ("dest", text()),
        ("distance", int()),
        ("sched_dep", time()),
        ("dep_time", time()),
        ("dep_delay", int()),
        ("cancelled", LogicalType::Boolean.nullable()),
    ];
    RowType::new(columns.into_iter().map(|(name, data_type)| Field::new(name, data_type)).collect())
}

/// Line `number` of `count`, like those of the example: a month in the order of its time.
pub fn departure(number: usize, count: usize) -> String {
    let minutes = number * MINUTES / count.max(1);
    let (day, hour, minute) = (1 + minutes / 1440, minutes / 60 % 24, minutes % 60);
    let origin = ["EWR", "JFK", "LGA"].get(number % 3).copied().unwrap_or("EWR");
    format!(
        "{{\"id\":\"2013-02-{day:02}-{number}\",\"carrier\":\"UA\",\"flight\":{number},\"tailnum\":\"N24211\",\"origin\":\"{origin}\",\
         \"dest\":\"IAH\",\"distance\":1400,\"sched_dep\":\"2013-02-{day:02} {hour:02}:{minute:02}:00\",\
         \"dep_time\":\"2013-02-{day:02} {hour:02}:{minute:02}:30\",\"dep_delay\":{},\"cancelled\":false}}",
        number % 90
    )
}

/// Rows a second, the median of the rounds.
fn rate(lines: &[String], row: &RowType, projection: &[usize], clock: &Arc<dyn Clock>) -> Result<f64, Fault> {
    let format =
        Format::parse("json", &std::collections::BTreeMap::new()).map_err(|error| Fault::failed(error.message))?;
    let mut decoder = RowDecoder::new(&format, row, projection).map_err(|error| Fault::failed(error.message))?;
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let began = clock.elapsed();
        for batch in lines.chunks(BATCH_ROWS) {
            for line in batch {
                decoder.push(line.as_bytes())?;
            }
            std::hint::black_box(decoder.finish()?);
        }
        rates.push(lines.len() as f64 / (clock.elapsed() - began).as_secs_f64());
    }
    Ok(median(&mut rates))
}
