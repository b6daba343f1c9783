//! Functions that take texts apart: `SPLIT`, `SPLIT_INDEX`, `STR_TO_MAP`, and `ELT`, which chooses among several.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListBuilder, MapBuilder, MapFieldNames, StringBuilder};
use arrow::datatypes::{DataType, Field};
use datafusion::error::Result;

use super::columns::Texts;
use super::function::{Call, Kernel};
use super::java_hash::in_hash_order;
use super::patterns::Expressions;
use super::row_error;

/// The kernel of a function that takes texts apart.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "split" => split,
        "split_index" => split_index,
        "str_to_map" => str_to_map,
        "elt" => elt,
        _ => return None,
    })
}

/// A builder of `ARRAY<STRING>`.
pub(super) fn text_lists() -> ListBuilder<StringBuilder> {
    ListBuilder::new(StringBuilder::new()).with_field(Arc::new(Field::new("item", DataType::Utf8, true)))
}

fn split(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, separators) = (call.texts(0)?, call.texts(1)?);
    let mut lists = text_lists();
    for row in 0..call.rows {
        let (Some(text), Some(separator)) = (texts.get(row), separators.get(row)) else {
            lists.append(false);
            continue;
        };
        if text.is_empty() {
            lists.append(true);
            continue;
        }
        if separator.is_empty() {
            let mut buffer = [0; 4];
            text.chars().for_each(|c| lists.values().append_value(c.encode_utf8(&mut buffer)));
        } else {
            text.split(separator).for_each(|part| lists.values().append_value(part));
        }
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}

/// The part at a place from 0; the separator is a text, or a character's number.
fn split_index(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, places) = (call.texts(0)?, call.ints(2)?);
    let mut builder = StringBuilder::new();
    if call.types[1].logical.is_character() {
        let separators = call.texts(1)?;
        for row in 0..call.rows {
            let part = (|| {
                let (text, separator, place) = (texts.get(row)?, separators.get(row)?, place_of(places.get(row)?)?);
                part_at(text, separator, place)
            })();
            builder.append_option(part);
        }
    } else {
        let numbers = call.ints(1)?;
        for row in 0..call.rows {
            let part = (|| {
                let (text, place) = (texts.get(row)?, place_of(places.get(row)?)?);
                let number = numbers.get(row).filter(|number| (1..=255).contains(number))?;
                let separator = char::from(u8::try_from(number).ok()?);
                text.split(separator).nth(place).filter(|_| !text.is_empty())
            })();
            builder.append_option(part);
        }
    }
    Ok(Arc::new(builder.finish()))
}

fn place_of(place: i64) -> Option<usize> {
    usize::try_from(place).ok()
}

fn part_at<'a>(text: &'a str, separator: &str, place: usize) -> Option<&'a str> {
    if text.is_empty() {
        return None;
    }
    // Java splits by blanks where the separator is empty.
    if separator.is_empty() { text.split_whitespace().nth(place) } else { text.split(separator).nth(place) }
}

/// Pairs and their separator are split by regular expressions, as Java's `String.split` does; a pair without a separator
/// has no value, and of a key's values the last one stays.
fn str_to_map(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    let pairs = call.optional_texts(1)?.unwrap_or(Texts::Constant(Some(",")));
    let values = call.optional_texts(2)?.unwrap_or(Texts::Constant(Some("=")));
    let mut expressions = Expressions::default();
    let names = MapFieldNames { entry: "entries".to_owned(), key: "key".to_owned(), value: "value".to_owned() };
    let mut maps = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
    for row in 0..call.rows {
        let (Some(text), Some(pair), Some(value)) = (texts.get(row), pairs.get(row), values.get(row)) else {
            maps.append(false)?;
            continue;
        };
        let parts = java_split(text, pair, None, &mut expressions)?;
        let mut entries: Vec<(&str, Option<&str>)> = Vec::with_capacity(parts.len());
        for part in &parts {
            let entry = java_split(part, value, Some(2), &mut expressions)?;
            let entry = if let [key, value] = entry[..] { (key, Some(value)) } else { (*part, None) };
            match entries.iter_mut().find(|(key, _)| *key == entry.0) {
                Some(known) => known.1 = entry.1,
                None => entries.push(entry),
            }
        }
        for (key, value) in in_hash_order(entries, parts.len()) {
            maps.keys().append_value(key);
            maps.values().append_option(value);
        }
        maps.append(true)?;
    }
    Ok(Arc::new(maps.finish()))
}

/// Java's `String.split`: empty parts at the end are dropped where there is no limit.
fn java_split<'a>(
    text: &'a str,
    pattern: &str,
    limit: Option<usize>,
    expressions: &mut Expressions,
) -> Result<Vec<&'a str>> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let expression = expressions.get(pattern);
    let expression =
        expression.ok_or_else(|| row_error(format!("`{pattern}` is no regular expression to split by")))?;
    let mut parts: Vec<&str> = match limit {
        Some(limit) => expression.splitn(text, limit).collect(),
        None => expression.split(text).collect(),
    };
    // A match of no length at the beginning makes no empty part.
    if parts.len() > 1 && parts[0].is_empty() && expression.find(text).is_some_and(|found| found.end() == 0) {
        parts.remove(0);
    }
    while limit.is_none() && parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    Ok(parts)
}

/// The argument at a place from 1.
fn elt(call: &Call<'_>) -> Result<ArrayRef> {
    let places = call.ints(0)?;
    let texts: Vec<Texts<'_>> = (1..call.args.len()).map(|place| call.texts(place)).collect::<Result<_>>()?;
    let mut builder = StringBuilder::new();
    for row in 0..call.rows {
        let place = places.get(row).and_then(|place| usize::try_from(place).ok()?.checked_sub(1));
        builder.append_option(place.and_then(|place| texts.get(place)?.get(row)));
    }
    Ok(Arc::new(builder.finish()))
}
