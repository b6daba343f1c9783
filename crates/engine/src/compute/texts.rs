//! Functions of texts. Lengths and places count characters, from 1.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int32Array, StringArray, StringBuilder};
use arrow::datatypes::Int32Type;
use datafusion::error::Result;

use super::columns::Ints;
use super::function::{Call, Kernel};

/// The kernel of a function of texts.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "upper" => |call| map(call, str::to_uppercase),
        "lower" => |call| map(call, str::to_lowercase),
        "initcap" => |call| map(call, initcap),
        "reverse" => |call| map(call, |text| text.chars().rev().collect()),
        "char_length" => char_length,
        "trim" | "btrim" => |call| trim(call, true, true),
        "ltrim" => |call| trim(call, true, false),
        "rtrim" => |call| trim(call, false, true),
        "substring" => substring,
        "left" => |call| with_int(call, |text, count| Some(take(text, count))),
        "right" => |call| with_int(call, |text, count| Some(take_last(text, count))),
        "repeat" => |call| with_int(call, |text, count| Some(text.repeat(count_of(count)))),
        "replace" => replace,
        "concat" => concat,
        "concat_ws" => concat_ws,
        "lpad" => |call| pad(call, true),
        "rpad" => |call| pad(call, false),
        "position" | "locate" => find,
        "instr" => instr,
        "startswith" => |call| affix(call, <[u8]>::starts_with),
        "endswith" => |call| affix(call, <[u8]>::ends_with),
        _ => return None,
    })
}

fn count_of(count: i32) -> usize {
    usize::try_from(count).unwrap_or_default()
}

fn map(call: &Call<'_>, value: impl Fn(&str) -> String) -> Result<ArrayRef> {
    let texts = call.array(0)?;
    let mapped = texts.as_string::<i32>().iter().map(|text| text.map(&value));
    Ok(Arc::new(mapped.collect::<StringArray>()))
}

fn with_int(call: &Call<'_>, value: fn(&str, i32) -> Option<String>) -> Result<ArrayRef> {
    let (texts, counts) = (call.array(0)?, call.array(1)?);
    let pairs = texts.as_string::<i32>().iter().zip(counts.as_primitive::<Int32Type>().iter());
    Ok(Arc::new(pairs.map(|(text, count)| value(text?, count?)).collect::<StringArray>()))
}

/// The first letter of each word large, the others small; words are runs of ASCII letters and digits, as in Flink.
fn initcap(text: &str) -> String {
    let mut inside = false;
    let letter = |c: char| {
        let was_inside = std::mem::replace(&mut inside, c.is_ascii_alphanumeric());
        if was_inside { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }
    };
    text.chars().map(letter).collect()
}

fn char_length(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.array(0)?;
    let length = |text: &str| {
        let chars = if text.is_ascii() { text.len() } else { text.chars().count() };
        i32::try_from(chars).unwrap_or(i32::MAX)
    };
    Ok(Arc::new(texts.as_string::<i32>().iter().map(|text| text.map(length)).collect::<Int32Array>()))
}

fn trim(call: &Call<'_>, front: bool, back: bool) -> Result<ArrayRef> {
    let texts = call.array(0)?;
    let what = if call.args.len() > 1 { Some(call.array(1)?) } else { None };
    let trimmed = (0..texts.len()).map(|row| {
        let mut text = text_at(&texts, row)?;
        let set = what.as_ref().map_or(Some(" "), |what| text_at(what, row))?;
        if front {
            text = text.trim_start_matches(|c| set.contains(c));
        }
        if back {
            text = text.trim_end_matches(|c| set.contains(c));
        }
        Some(text)
    });
    Ok(Arc::new(trimmed.collect::<StringArray>()))
}

/// The text in a row.
pub(super) fn text_at(texts: &ArrayRef, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.as_string::<i32>().value(row))
}

fn int_at(ints: &ArrayRef, row: usize) -> Option<i32> {
    ints.is_valid(row).then(|| ints.as_primitive::<Int32Type>().value(row))
}

fn take(text: &str, count: i32) -> String {
    text.chars().take(count_of(count)).collect()
}

fn take_last(text: &str, count: i32) -> String {
    let skip = text.chars().count().saturating_sub(count_of(count));
    text.chars().skip(skip).collect()
}

fn substring(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, starts) = (call.array(0)?, call.array(1)?);
    let lengths = if call.args.len() > 2 { Some(call.array(2)?) } else { None };
    let parts = (0..texts.len()).map(|row| {
        let length = match &lengths {
            Some(lengths) => int_at(lengths, row).filter(|length| *length >= 0)?,
            None => i32::MAX,
        };
        Some(part(text_at(&texts, row)?, int_at(&starts, row)?, length))
    });
    Ok(Arc::new(parts.collect::<StringArray>()))
}

/// From 0 is from 1; a negative start counts from the end.
fn part(text: &str, start: i32, length: i32) -> &str {
    let chars = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let from = match i64::from(start) {
        0 => 0,
        start if start > 0 => start - 1,
        start => chars + start,
    };
    if length <= 0 || from >= chars || from < 0 {
        return "";
    }
    let byte = |place: i64| {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        text.char_indices().nth(place).map_or(text.len(), |(byte, _)| byte)
    };
    &text[byte(from)..byte(from.saturating_add(i64::from(length)))]
}

fn replace(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, from, to) = (call.array(0)?, call.array(1)?, call.array(2)?);
    let replaced = (0..texts.len()).map(|row| {
        let (text, from, to) = (text_at(&texts, row)?, text_at(&from, row)?, text_at(&to, row)?);
        Some(text.replace(from, to))
    });
    Ok(Arc::new(replaced.collect::<StringArray>()))
}

fn concat(call: &Call<'_>) -> Result<ArrayRef> {
    let columns: Vec<ArrayRef> = (0..call.args.len()).map(|place| call.array(place)).collect::<Result<_>>()?;
    let mut builder = StringBuilder::new();
    let mut text = String::new();
    for row in 0..call.rows {
        text.clear();
        let complete = columns.iter().all(|column| text_at(column, row).map(|part| text.push_str(part)).is_some());
        builder.append_option(complete.then_some(&text));
    }
    Ok(Arc::new(builder.finish()))
}

fn concat_ws(call: &Call<'_>) -> Result<ArrayRef> {
    let columns: Vec<ArrayRef> = (0..call.args.len()).map(|place| call.array(place)).collect::<Result<_>>()?;
    let Some((separators, columns)) = columns.split_first() else { return concat(call) };
    let joined = (0..call.rows).map(|row| {
        let separator = text_at(separators, row)?;
        let parts: Vec<&str> = columns.iter().filter_map(|column| text_at(column, row)).collect();
        Some(parts.join(separator))
    });
    Ok(Arc::new(joined.collect::<StringArray>()))
}

fn pad(call: &Call<'_>, front: bool) -> Result<ArrayRef> {
    let (texts, lengths, pads) = (call.array(0)?, call.array(1)?, call.array(2)?);
    let padded = (0..texts.len()).map(|row| {
        let (text, length, pad) = (text_at(&texts, row)?, int_at(&lengths, row)?, text_at(&pads, row)?);
        if length < 0 || pad.is_empty() {
            return None;
        }
        let length = count_of(length);
        let mut units: Vec<u16> = text.encode_utf16().take(length).collect();
        let filling: Vec<u16> = pad.encode_utf16().collect();
        let filling = filling.iter().copied().cycle().take(length - units.len());
        if front {
            units.splice(0..0, filling);
        } else {
            units.extend(filling);
        }
        Some(from_utf16(units))
    });
    Ok(Arc::new(padded.collect::<StringArray>()))
}

/// Java's texts as UTF-8: half a pair is a question mark.
fn from_utf16(units: Vec<u16>) -> String {
    char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect()
}

/// Whether the bytes of the first argument begin or end with those of the second.
fn affix(call: &Call<'_>, holds: fn(&[u8], &[u8]) -> bool) -> Result<ArrayRef> {
    let (values, affixes) = (call.bytes(0)?, call.bytes(1)?);
    let pairs = values.iter().zip(affixes.iter());
    Ok(Arc::new(pairs.map(|(value, affix)| Some(holds(value?, affix?))).collect::<BooleanArray>()))
}

/// The place of a needle in a hay, from the place of the third argument on; 0 where there is none.
fn find(call: &Call<'_>) -> Result<ArrayRef> {
    let (needles, hays) = (call.texts(0)?, call.texts(1)?);
    let starts = call.optional_ints(2)?;
    let found = (0..call.rows).map(|row| {
        let start = match &starts {
            Some(starts) => starts.get(row)?,
            None => 1,
        };
        Some(place_of(needles.get(row)?, hays.get(row)?, i32::try_from(start).unwrap_or(i32::MAX)))
    });
    Ok(Arc::new(found.collect::<Int32Array>()))
}

/// `INSTR(hay, needle [, start [, appearance]])`; from a negative start backwards.
fn instr(call: &Call<'_>) -> Result<ArrayRef> {
    let (hays, needles) = (call.texts(0)?, call.texts(1)?);
    let (starts, times) = (call.optional_ints(2)?, call.optional_ints(3)?);
    let or_one = |ints: &Option<Ints>, row: usize| ints.as_ref().map_or(Some(1), |ints| ints.get(row));
    let mut found = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let (start, times) = (or_one(&starts, row), or_one(&times, row));
        let (Some(hay), Some(needle), Some(start), Some(times)) = (hays.get(row), needles.get(row), start, times)
        else {
            found.push(None);
            continue;
        };
        if times < 1 {
            return Err(super::row_error("the appearance that INSTR looks for must be positive"));
        }
        found.push(Some(appearance(hay, needle, start, times)));
    }
    Ok(Arc::new(Int32Array::from(found)))
}

/// The place of a needle's n-th appearance, 0 where there is none.
fn appearance(hay: &str, needle: &str, start: i64, times: i64) -> i32 {
    if start == 0 {
        return 0;
    }
    if start < 0 {
        let reversed = |text: &str| text.chars().rev().collect::<String>();
        let (chars, length) = (hay.chars().count() as i64, needle.chars().count() as i64);
        let found = i64::from(appearance(&reversed(hay), &reversed(needle), -start, times));
        return if found == 0 { 0 } else { i32::try_from(chars + 2 - found - length).unwrap_or(0) };
    }
    let mut place = i32::try_from(start).unwrap_or(i32::MAX);
    for time in 0..times {
        place = place_of(needle, hay, place.saturating_add(i32::from(time > 0)));
        if place == 0 {
            break;
        }
    }
    place
}

fn place_of(needle: &str, hay: &str, start: i32) -> i32 {
    if needle.is_empty() {
        return 1;
    }
    let start = start.max(1);
    let skipped = hay.char_indices().nth(count_of(start) - 1).map_or(hay.len(), |(byte, _)| byte);
    let Some(found) = hay[skipped..].find(needle) else { return 0 };
    let chars = hay[..skipped + found].chars().count() + 1;
    i32::try_from(chars).unwrap_or(i32::MAX)
}
