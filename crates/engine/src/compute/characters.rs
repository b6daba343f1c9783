//! Functions of single characters: numbers, kinds, replacement by place.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int32Array, Int64Array};
use datafusion::error::Result;
use yeoul_row::LogicalType;

use super::cast_text::is_number;
use super::function::{Call, Kernel};

/// The kernel of a function of characters.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "ascii" => ascii,
        "chr" => chr,
        "translate" => translate,
        "overlay" => overlay,
        "is_alpha" => |call| test(call, |_| false, |text| !text.is_empty() && text.chars().all(char::is_alphabetic)),
        "is_digit" => {
            |call| test(call, LogicalType::is_integer, |text| !text.is_empty() && text.chars().all(char::is_numeric))
        }
        "is_decimal" => |call| test(call, |logical| !matches!(logical, LogicalType::Decimal(..)), is_decimal),
        "count_char" => count_char,
        _ => return None,
    })
}

/// The first byte, with its sign.
fn ascii(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    let first = |text: &str| text.as_bytes().first().map_or(0, |byte| i32::from(byte.cast_signed()));
    Ok(Arc::new((0..call.rows).map(|row| texts.get(row).map(first)).collect::<Int32Array>()))
}

fn chr(call: &Call<'_>) -> Result<ArrayRef> {
    let numbers = call.ints(0)?;
    call.write_texts(|row, text| {
        let number = numbers.get(row)?;
        if let Ok(byte) = u8::try_from(number.max(-1) & 0xff)
            && number >= 0
        {
            text.push(char::from(byte));
        }
        Some(())
    })
}

fn translate(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, from, to) = (call.texts(0)?, call.texts(1)?, call.texts(2)?);
    call.write_texts(|row, text| {
        // Without characters to look for nothing is replaced, without others they are removed.
        let (value, from, to) = (texts.get(row)?, from.get(row).unwrap_or(""), to.get(row).unwrap_or(""));
        for c in value.chars() {
            match from.chars().position(|other| other == c) {
                None => text.push(c),
                Some(place) => text.extend(to.chars().nth(place)),
            }
        }
        Some(())
    })
}

/// `OVERLAY(a PLACING b FROM start [FOR length])`: a start outside of `a` changes nothing.
fn overlay(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, others, starts) = (call.texts(0)?, call.texts(1)?, call.ints(2)?);
    let lengths = call.optional_ints(3)?;
    call.write_texts(|row, text| {
        let (value, other, start) = (texts.get(row)?, others.get(row)?, starts.get(row)?);
        let count = |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        let length = match &lengths {
            Some(lengths) => lengths.get(row)?,
            None => count(other),
        };
        if start < 1 || start > count(value) {
            text.push_str(value);
            return Some(());
        }
        let end = start.saturating_add(length);
        text.extend(value.chars().take(usize::try_from(start - 1).unwrap_or(0)));
        text.push_str(other);
        if length > 0 && end <= count(value) {
            text.extend(value.chars().skip(usize::try_from(end - 1).unwrap_or(0)));
        }
        Some(())
    })
}

/// NULL is nothing of the kind. Of a number only its type counts, NULL or not.
fn test(call: &Call<'_>, number: fn(&LogicalType) -> bool, holds: fn(&str) -> bool) -> Result<ArrayRef> {
    let logical = &call.types[0].logical;
    if !logical.is_character() {
        return Ok(Arc::new(BooleanArray::from(vec![number(logical); call.rows])));
    }
    let texts = call.texts(0)?;
    Ok(Arc::new((0..call.rows).map(|row| Some(texts.get(row).is_some_and(holds))).collect::<BooleanArray>()))
}

/// A number as Java's `BigDecimal` reads it.
fn is_decimal(text: &str) -> bool {
    is_number(text.trim())
}

/// How often the first character of the second text is in the first.
fn count_char(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, wanted) = (call.texts(0)?, call.texts(1)?);
    let counts = (0..call.rows).map(|row| {
        let (text, wanted) = (texts.get(row)?, wanted.get(row)?.chars().next());
        let count = wanted.map_or(0, |wanted| text.chars().filter(|c| *c == wanted).count());
        i64::try_from(count).ok()
    });
    Ok(Arc::new(counts.collect::<Int64Array>()))
}
