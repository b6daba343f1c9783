//! Texts and numbers as moments, and moments as texts.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, Int64Array};
use arrow::datatypes::DataType;
use chrono_tz::Tz;
use datafusion::error::Result;
use yeoul_row::{LogicalType, types::unit_of};

use super::calendar::{DAY, in_unit, parse_date, parse_timestamp};
use super::cast::doubles;
use super::columns::Texts;
use super::function::{Call, Kernel};
use super::java_pattern::{Moment, Pattern};
use super::moments::{from_ints, local_millis, units};
use super::row_error;
use super::simple_date;
use super::zones::{Patterns, USUAL, Zone, in_zone};
use crate::aggregate::cells::to_int;

/// The kernel of a function between moments and texts.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "to_timestamp" => to_timestamp,
        "to_date" => to_date,
        "to_timestamp_ltz" => to_timestamp_ltz,
        "date_format" => date_format,
        _ => return None,
    })
}

/// Days and nanoseconds of the day of a text, by a pattern where there is one.
fn local_moment(text: &str, pattern: Option<&Pattern>) -> Option<(i64, i64)> {
    if pattern.is_some_and(|pattern| !pattern.is_known()) {
        return None;
    }
    let with_pattern = pattern.and_then(|pattern| pattern.parse(text));
    with_pattern.or_else(|| parse_timestamp(text).filter(|_| text.trim() == text))
}

fn to_timestamp(call: &Call<'_>) -> Result<ArrayRef> {
    let LogicalType::Timestamp(precision) = call.result.logical else {
        return Err(row_error("TO_TIMESTAMP gives a TIMESTAMP"));
    };
    let (texts, patterns) = (call.texts(0)?, given_patterns(call, 1)?);
    let moments = (0..call.rows).map(|row| {
        let pattern = match &patterns {
            Some(patterns) => Some(patterns.get(row)?),
            None => None,
        };
        let (days, nanos) = local_moment(texts.get(row)?, pattern.as_deref())?;
        let step = 10_i64.pow(9 - u32::from(precision.min(9)));
        in_unit(days, nanos - nanos % step, unit_of(precision))
    });
    from_ints(moments.collect(), call)
}

fn given_patterns<'a>(call: &'a Call<'_>, place: usize) -> Result<Option<Patterns<'a>>> {
    (place < call.args.len()).then(|| Patterns::of(call, place)).transpose()
}

/// What Flink makes of the least BIGINT of milliseconds, which stands for a text that no pattern reads: a date of the year
/// 1,705,471. Its `TO_DATE` with a pattern is NULL for NULL only.
const UNREADABLE_DAYS: i32 = 622_191_233;

fn to_date(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    let Some(patterns) = given_patterns(call, 1)? else {
        let days = |row| texts.get(row).and_then(parse_date).and_then(|days| i32::try_from(days).ok());
        return Ok(Arc::new((0..call.rows).map(days).collect::<Date32Array>()));
    };
    let mut dates = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let (Some(text), Some(pattern)) = (texts.get(row), patterns.get(row)) else {
            dates.push(None);
            continue;
        };
        simple_date::check(&pattern).map_err(row_error)?;
        let days = simple_date::read(&pattern, text, Tz::UTC).map(|millis| millis.div_euclid(DAY));
        dates.push(Some(days.and_then(|days| i32::try_from(days).ok()).unwrap_or(UNREADABLE_DAYS)));
    }
    Ok(Arc::new(Date32Array::from(dates)))
}

fn to_timestamp_ltz(call: &Call<'_>) -> Result<ArrayRef> {
    if call.types[0].logical.is_character() {
        return instants_of_texts(call);
    }
    let precisions = call.optional_ints(1)?;
    let precision = |row: usize| precisions.as_ref().map_or(Some(3), |precisions| precisions.get(row));
    let values = call.array(0)?;
    let nanos: Box<dyn Fn(usize, i64) -> Option<i64>> = match values.data_type() {
        DataType::Float32 | DataType::Float64 => {
            let values = doubles(&values)?;
            Box::new(move |row, per_unit| nanos_of_double(values.value(row), per_unit))
        }
        // Decimals lose their fraction first.
        DataType::Decimal128(..) => {
            let whole = super::cast::whole_numbers(&values)?;
            Box::new(move |row, per_unit| {
                Some(i128::from(whole.value(row)) * i128::from(per_unit)).and_then(|n| i64::try_from(n).ok())
            })
        }
        _ => {
            let values = to_int(&values)?;
            Box::new(move |row, per_unit| values.value(row).checked_mul(per_unit))
        }
    };
    // In steps of the result's unit, so that milliseconds reach as far as they can.
    let per_second = units(&call.result.logical);
    let valid = call.array(0)?;
    let instants = (0..call.rows).map(|row| {
        let precision = u32::try_from(precision(row)?).ok().filter(|precision| *precision <= 9)?;
        if valid.is_null(row) {
            return None;
        }
        let per_unit = per_second / 10_i64.checked_pow(precision)?;
        let instant =
            if per_unit > 0 { nanos(row, per_unit)? } else { nanos(row, 1)? / (10_i64.pow(precision) / per_second) };
        YEARS.contains(&instant.div_euclid(per_second)).then_some(instant)
    });
    from_ints(instants.collect::<Vec<Option<i64>>>().into(), call)
}

/// Less than a billionth of the number's unit is cut off, then a fraction of the result's unit is rounded down.
#[expect(clippy::cast_possible_truncation, reason = "checked to be within a BIGINT, and to be a fraction")]
fn nanos_of_double(value: f64, per_unit: i64) -> Option<i64> {
    let whole = value.trunc();
    let finest = ((value - whole) * 1e9).trunc() as i64;
    let fraction = (i128::from(finest) * i128::from(per_unit)).div_euclid(1_000_000_000);
    (whole.abs() < 9.2e18)
        .then_some(whole as i128 * i128::from(per_unit) + fraction)
        .and_then(|n| i64::try_from(n).ok())
}

/// Instants from the year 1 to 9999, in seconds since 1970: numbers of others are NULL.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// `TO_TIMESTAMP_LTZ(text [, pattern [, zone]])`: local in UTC where no zone is given.
fn instants_of_texts(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, patterns) = (call.texts(0)?, given_patterns(call, 1)?);
    let zones = call.optional_texts(2)?;
    let constant = match &zones {
        None => Some(Zone::Named(Tz::UTC)),
        Some(Texts::Constant(name)) => name.map(in_zone),
        Some(Texts::Column(_)) => None,
    };
    let per_milli = units(&call.result.logical) / 1000;
    let instant = |row: usize| {
        let pattern = match &patterns {
            Some(patterns) => Some(patterns.get(row)?),
            None => None,
        };
        let (days, nanos) = local_moment(texts.get(row)?, pattern.as_deref())?;
        let zone = match (constant, &zones) {
            (Some(zone), _) => zone,
            (None, zones) => in_zone(zones.as_ref()?.get(row)?),
        };
        let local = days.checked_mul(DAY)?.checked_add(nanos / 1_000_000)?;
        zone.instant(local).checked_mul(per_milli)
    };
    let mut instants = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let found = instant(row);
        if let (None, None, Some(text)) = (found, &patterns, texts.get(row)) {
            return Err(row_error(format!(
                "`{text}` is no timestamp; with a pattern TO_TIMESTAMP_LTZ gives NULL instead"
            )));
        }
        instants.push(found);
    }
    from_ints(Int64Array::from(instants), call)
}

fn date_format(call: &Call<'_>) -> Result<ArrayRef> {
    let patterns = Patterns::of(call, 1)?;
    if call.types[0].logical.is_character() {
        return reformat(call, &patterns);
    }
    let moments = moments_of(call)?;
    let by_minute = patterns.constant().is_some_and(Pattern::stops_at_minutes);
    // Rows that follow one another are often of one minute.
    let mut last: Option<((i64, i64), String)> = None;
    call.try_write_texts(|row, text| {
        let (Some(moment), Some(pattern)) = (moments[row], patterns.get(row)) else { return Ok(None) };
        let minute = (moment.days, moment.nanos / NANOS_OF_MINUTE);
        if let Some((known, written)) = last.as_ref().filter(|_| by_minute)
            && *known == minute
        {
            text.push_str(written);
            return Ok(Some(()));
        }
        let start = text.len();
        pattern.format(moment, text).map_err(row_error)?;
        if by_minute {
            last = text.get(start..).map(|written| (minute, written.to_owned()));
        }
        Ok(Some(()))
    })
}

const NANOS_OF_MINUTE: i64 = 60_000_000_000;

/// A text is read as `yyyy-MM-dd HH:mm:ss`, and written by the pattern; both as `SimpleDateFormat` does.
fn reformat(call: &Call<'_>, patterns: &Patterns<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    let usual = Pattern::new(USUAL);
    call.try_write_texts(|row, text| {
        let (Some(from), Some(pattern)) = (texts.get(row), patterns.get(row)) else { return Ok(None) };
        let Some(instant) = simple_date::read(&usual, from, Tz::UTC) else { return Ok(None) };
        simple_date::write(&pattern, instant, Tz::UTC, text).map_err(row_error)?;
        Ok(Some(()))
    })
}

/// Days and nanoseconds of the day of the first argument, local.
fn moments_of(call: &Call<'_>) -> Result<Vec<Option<Moment>>> {
    let millis = local_millis(call, 0)?;
    let values = to_int(&call.array(0)?)?;
    let per_milli = units(&call.types[0].logical) / 1000;
    let finer = |value: i64| value.rem_euclid(per_milli) * (1_000_000 / per_milli);
    let is_date = call.types[0].logical == LogicalType::Date;
    let moment = |millis: i64, value: i64| Moment {
        days: millis.div_euclid(DAY),
        nanos: millis.rem_euclid(DAY) * 1_000_000 + if is_date { 0 } else { finer(value) },
    };
    Ok(millis.iter().zip(values.iter()).map(|(millis, value)| Some(moment(millis?, value?))).collect())
}
