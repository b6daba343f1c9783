//! Rows as people read them: as Flink's `print` connector writes them (`+I[JFK, 3, 2013-02-08T05:00]`), and in a table.

use arrow::array::RecordBatch;
use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;
use unicode_width::UnicodeWidthStr;
use yeoul_row::{RowKind, RowType, bitmap, text, variant};

use crate::decimal;
use crate::error::EncodeError;
use crate::temporal;
use crate::view::{Moments, Value, View, views};

/// Which texts values become.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Java's `toString`, as `print` shows them.
    Java,
    /// SQL's, for a table, as Flink's SQL client shows them; instants in this zone.
    Sql(Tz),
}

/// How a table for a terminal shows values.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// What stands for NULL.
    pub null: &'static str,
    /// The zone in which instants are shown.
    pub zone: Tz,
}

/// Appends a row as Flink's `print` connector shows it, without a line feed.
///
/// # Errors
/// Columns that aren't those of `row_type`.
pub fn write_print(
    batch: &RecordBatch,
    row_type: &RowType,
    kind: impl Fn(usize) -> RowKind,
    mut line: impl FnMut(&[u8]),
) -> Result<(), EncodeError> {
    let fields = views(batch, row_type)?;
    let mut out = Vec::new();
    for row in 0..batch.num_rows() {
        out.clear();
        out.extend_from_slice(kind(row).text().as_bytes());
        write_fields(&fields, row, Style::Java, &mut out);
        line(&out);
    }
    Ok(())
}

/// A batch as a table with a header, for a terminal.
///
/// # Errors
/// Columns that aren't those of `row_type`.
pub fn table(batches: &[RecordBatch], row_type: &RowType, look: Look) -> Result<String, EncodeError> {
    let mut lines: Vec<Vec<String>> = vec![row_type.fields.iter().map(|field| field.name.clone()).collect()];
    for batch in batches {
        lines.extend(cells(batch, row_type, look)?);
    }
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|text| text.width()).max();
    let widths: Vec<usize> = (0..row_type.fields.len()).map(|column| width(column).unwrap_or(0)).collect();
    let right: Vec<bool> = row_type.fields.iter().map(|field| field.data_type.logical.is_numeric()).collect();
    let rule: String = widths.iter().map(|width| format!("+{}", "-".repeat(width + 2))).collect::<String>() + "+\n";
    let mut text = rule.clone();
    for (place, line) in lines.iter().enumerate() {
        text.push_str(&table_line(line, &widths, &right));
        if place == 0 {
            text.push_str(&rule);
        }
    }
    text.push_str(&rule);
    Ok(text)
}

/// The rows of a batch as texts for a terminal, without control characters.
///
/// # Errors
/// Columns that aren't those of `row_type`.
pub fn cells(batch: &RecordBatch, row_type: &RowType, look: Look) -> Result<Vec<Vec<String>>, EncodeError> {
    let fields = views(batch, row_type)?;
    Ok((0..batch.num_rows()).map(|row| fields.iter().map(|(_, view)| cell(view, row, look)).collect()).collect())
}

fn cell(view: &View<'_>, row: usize, look: Look) -> String {
    let mut out = Vec::new();
    match view.value(row) {
        Value::Null => out.extend_from_slice(look.null.as_bytes()),
        value => write_value(value, Style::Sql(look.zone), &mut out),
    }
    // A control character would break the table, or the terminal.
    String::from_utf8_lossy(&out).replace(char::is_control, "\u{fffd}")
}

fn table_line(cells: &[String], widths: &[usize], right: &[bool]) -> String {
    let mut line = String::new();
    for ((text, width), right) in cells.iter().zip(widths).zip(right) {
        let pad = " ".repeat(width.saturating_sub(text.width()));
        let (before, behind) = if *right { (pad.as_str(), "") } else { ("", pad.as_str()) };
        line.push_str(&format!("| {before}{text}{behind} "));
    }
    line + "|\n"
}

fn write_fields(fields: &[(String, View<'_>)], row: usize, style: Style, out: &mut Vec<u8>) {
    let (open, close) = if style == Style::Java { (b'[', b']') } else { (b'(', b')') };
    out.push(open);
    for (place, (_, view)) in fields.iter().enumerate() {
        if place > 0 {
            out.extend_from_slice(b", ");
        }
        write_value(view.value(row), style, out);
    }
    out.push(close);
}

fn write_value(value: Value<'_>, style: Style, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(if style == Style::Java { b"null" } else { b"NULL" }),
        Value::Boolean(value) => write_boolean(value, style, out),
        Value::Integer(value) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
        Value::Months(months) => write_months(months, out),
        Value::Millis(millis) => write_millis(millis, out),
        Value::Float(value) => text::write_java_float(value, f64::from(value), out),
        Value::Double(value) => text::write_java_float(value, value, out),
        Value::Decimal(unscaled, scale) if style == Style::Java => decimal::write_scientific(unscaled, scale, out),
        Value::Decimal(unscaled, scale) => text::write_decimal(unscaled, usize::from(scale), out),
        Value::Date(days) => text::write_date(days, out),
        Value::Time(nanos) if style == Style::Java => temporal::write_local_time(nanos, out),
        Value::Time(nanos) => text::write_time(nanos, out),
        Value::Timestamp(value, of) => match style {
            Style::Java => write_java_moment(value, of.unit, of.instant, out),
            Style::Sql(zone) => write_sql_moment(value, of, zone, out),
        },
        Value::Text(value) => out.extend_from_slice(value.as_bytes()),
        Value::Bytes(bytes) => write_bytes(bytes, style, out),
        Value::Bitmap(bytes) => bitmap::write_text(bytes, out).unwrap_or_default(),
        Value::Variant(bytes) => variant::write_json(bytes, out).unwrap_or_default(),
        Value::List(elements, places) => {
            write_joined(out, b"[", b"]", places, |place, out| write_value(elements.value(place), style, out));
        }
        Value::Map(keys, values, places) => write_joined(out, b"{", b"}", places, |place, out| {
            write_value(keys.value(place), style, out);
            out.push(b'=');
            write_value(values.value(place), style, out);
        }),
        Value::Row(fields, row) => {
            if style == Style::Java {
                out.extend_from_slice(b"+I");
            }
            write_fields(fields, row, style, out);
        }
    }
}

/// Appends an interval of months: `+1-02`.
fn write_months(months: i64, out: &mut Vec<u8>) {
    let (sign, months) = (if months < 0 { '-' } else { '+' }, months.unsigned_abs());
    out.extend_from_slice(format!("{sign}{}-{:02}", months / 12, months % 12).as_bytes());
}

/// Appends an interval of milliseconds: `+1 02:03:04.567`.
fn write_millis(millis: i64, out: &mut Vec<u8>) {
    let (sign, millis) = (if millis < 0 { '-' } else { '+' }, millis.unsigned_abs());
    let (days, seconds) = (millis / 86_400_000, millis / 1000 % 86_400);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let text = format!("{sign}{days} {hours:02}:{minutes:02}:{seconds:02}.{:03}", millis % 1000);
    out.extend_from_slice(text.as_bytes());
}

fn write_boolean(value: bool, style: Style, out: &mut Vec<u8>) {
    out.extend_from_slice(match (style, value) {
        (Style::Java, true) => b"true",
        (Style::Java, false) => b"false",
        (Style::Sql(_), true) => b"TRUE",
        (Style::Sql(_), false) => b"FALSE",
    });
}

/// Appends a moment with all digits of its type: `2013-02-08 05:00:00.000`.
fn write_sql_moment(value: i64, of: Moments, zone: Tz, out: &mut Vec<u8>) {
    let (days, nanos) = temporal::split(value, of.unit);
    let (days, nanos) = if of.instant { local(days, nanos, zone) } else { (days, nanos) };
    text::write_date(days, out);
    out.push(b' ');
    let start = out.len();
    text::write_time(nanos, out);
    let written = (out.len() - start).saturating_sub("05:00:00.".len());
    if of.digits > 0 && written == 0 {
        out.push(b'.');
    }
    out.extend(std::iter::repeat_n(b'0', usize::from(of.digits).saturating_sub(written)));
}

/// Day and time of an instant in a zone; its own where the calendar doesn't reach.
fn local(days: i64, nanos: i64, zone: Tz) -> (i64, i64) {
    const SECONDS_OF_DAY: i64 = 86_400;
    const NANOS_OF_SECOND: i64 = 1_000_000_000;
    let seconds = days * SECONDS_OF_DAY + nanos / NANOS_OF_SECOND;
    let Some(time) = DateTime::from_timestamp(seconds, 0) else { return (days, nanos) };
    let shifted = seconds + i64::from(zone.offset_from_utc_datetime(&time.naive_utc()).fix().local_minus_utc());
    let time = shifted.rem_euclid(SECONDS_OF_DAY) * NANOS_OF_SECOND + nanos % NANOS_OF_SECOND;
    (shifted.div_euclid(SECONDS_OF_DAY), time)
}

fn write_java_moment(value: i64, unit: arrow::datatypes::TimeUnit, instant: bool, out: &mut Vec<u8>) {
    let (days, nanos) = temporal::split(value, unit);
    text::write_date(days, out);
    out.push(b'T');
    if instant {
        // `Instant.toString` always has its seconds.
        text::write_time(nanos, out);
        out.push(b'Z');
    } else {
        temporal::write_local_time(nanos, out);
    }
}

fn write_bytes(bytes: &[u8], style: Style, out: &mut Vec<u8>) {
    if style != Style::Java {
        out.extend_from_slice(b"x'");
        out.extend(bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()));
        return out.push(b'\'');
    }
    write_joined(out, b"[", b"]", 0..bytes.len(), |place, out| {
        let signed = bytes.get(place).map_or(0, |byte| byte.cast_signed());
        out.extend_from_slice(itoa::Buffer::new().format(signed).as_bytes());
    });
}

fn write_joined(
    out: &mut Vec<u8>,
    open: &[u8],
    close: &[u8],
    places: std::ops::Range<usize>,
    mut write: impl FnMut(usize, &mut Vec<u8>),
) {
    out.extend_from_slice(open);
    let start = places.start;
    for place in places {
        if place > start {
            out.extend_from_slice(b", ");
        }
        write(place, out);
    }
    out.extend_from_slice(close);
}

/// The values of some columns as the texts of Java's `toString`, column by column; NULL is none. Folder names of
/// partitioned tables are made of them.
///
/// # Errors
/// Columns that aren't those of `row_type`.
pub fn java_texts(batch: &RecordBatch, row_type: &RowType) -> Result<Vec<Vec<Option<String>>>, EncodeError> {
    let fields = views(batch, row_type)?;
    let text = |view: &View<'_>, row: usize| match view.value(row) {
        Value::Null => None,
        value => {
            let mut out = Vec::new();
            write_value(value, Style::Java, &mut out);
            Some(String::from_utf8_lossy(&out).into_owned())
        }
    };
    Ok(fields.iter().map(|(_, view)| (0..batch.num_rows()).map(|row| text(view, row)).collect()).collect())
}
