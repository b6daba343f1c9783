//! `LIKE` and regular expressions.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int32Array, StringArray, StringBuilder};
use arrow::datatypes::Int32Type;
use datafusion::error::Result;
use regex::Regex;

use super::function::{Call, Kernel};
use super::java_regex::translate;
use super::row_error;
use super::splitting::text_lists;
use super::texts::text_at;

/// The kernel of a function of patterns.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "like" => like,
        "similar" => similar,
        "regexp" => regexp,
        "regexp_extract" => regexp_extract,
        "regexp_replace" => regexp_replace,
        "regexp_extract_all" => regexp_extract_all,
        "regexp_count" => |call| first_match(call, |expression, text| expression.find_iter(text).count()),
        "regexp_instr" => |call| {
            first_match(call, |expression, text| {
                expression.find(text).map_or(0, |found| text[..found.start()].encode_utf16().count() + 1)
            })
        },
        "regexp_substr" => regexp_substr,
        _ => return None,
    })
}

/// One piece of a `LIKE` pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece {
    /// This character.
    Char(char),
    /// `_`
    One,
    /// `%`
    Any,
}

fn pieces(pattern: &str, escape: Option<char>) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        pieces.push(match c {
            c if Some(c) == escape => match chars.next() {
                Some(next) if next == '%' || next == '_' || Some(next) == escape => Piece::Char(next),
                _ => {
                    return Err(row_error(format!(
                        "the pattern `{pattern}` has its escape character before what needs none"
                    )));
                }
            },
            '%' => Piece::Any,
            '_' => Piece::One,
            c => Piece::Char(c),
        });
    }
    Ok(pieces)
}

/// Whether a text matches, in time proportional to the product of the lengths at worst.
fn matches(text: &[char], pieces: &[Piece]) -> bool {
    let (mut at, mut piece) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pieces.get(piece) {
            Some(Piece::Any) => {
                retry = Some((piece + 1, at));
                piece += 1;
                continue;
            }
            Some(Piece::One) => (at, piece) = (at + 1, piece + 1),
            Some(Piece::Char(c)) if *c == text[at] => (at, piece) = (at + 1, piece + 1),
            _ => {
                let Some((behind, from)) = retry else { return false };
                retry = Some((behind, from + 1));
                (at, piece) = (from + 1, behind);
            }
        }
    }
    pieces[piece..].iter().all(|piece| *piece == Piece::Any)
}

fn like(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, patterns) = (call.array(0)?, call.array(1)?);
    let escapes = if call.args.len() > 2 { Some(call.array(2)?) } else { None };
    let mut known: HashMap<(String, Option<char>), Vec<Piece>> = HashMap::new();
    let mut found = Vec::with_capacity(texts.len());
    for row in 0..texts.len() {
        let (Some(text), Some(pattern)) = (text_at(&texts, row), text_at(&patterns, row)) else {
            found.push(None);
            continue;
        };
        let escape =
            escapes.as_ref().and_then(|escapes| text_at(escapes, row)).and_then(|escape| escape.chars().next());
        let key = (pattern.to_owned(), escape);
        if !known.contains_key(&key) {
            known.insert(key.clone(), pieces(pattern, escape)?);
        }
        let text: Vec<char> = text.chars().collect();
        found.push(known.get(&key).map(|pieces| matches(&text, pieces)));
    }
    Ok(Arc::new(BooleanArray::from(found)))
}

/// Compiled expressions of a batch, by text. One that can't be compiled is `None`, and matches nothing (Flink's NULL).
#[derive(Default)]
pub(super) struct Expressions {
    places: HashMap<String, usize>,
    compiled: Vec<(String, Option<Regex>)>,
    /// The place of the one that was asked for last: mostly it is asked for again.
    last: usize,
}

/// The longest compiled expression, in bytes.
const REGEX_BYTES_MAX: usize = 1 << 20;

impl Expressions {
    /// The expression of a Java pattern.
    pub(super) fn get(&mut self, pattern: &str) -> Option<&Regex> {
        if self.compiled.get(self.last).is_none_or(|(last, _)| last != pattern) {
            self.last = self.places.get(pattern).copied().unwrap_or_else(|| self.compile(pattern));
        }
        self.compiled.get(self.last)?.1.as_ref()
    }

    fn compile(&mut self, pattern: &str) -> usize {
        let expression = regex::RegexBuilder::new(&translate(pattern)).size_limit(REGEX_BYTES_MAX).build().ok();
        self.compiled.push((pattern.to_owned(), expression));
        self.places.insert(pattern.to_owned(), self.compiled.len() - 1);
        self.compiled.len() - 1
    }
}

fn regexp(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, patterns) = (call.array(0)?, call.array(1)?);
    let mut expressions = Expressions::default();
    let mut found = Vec::with_capacity(texts.len());
    for row in 0..texts.len() {
        let pair = text_at(&texts, row).zip(text_at(&patterns, row));
        found.push(match pair {
            // Nothing is found by an empty or invalid pattern.
            Some((_, pattern)) if pattern.is_empty() || expressions.get(pattern).is_none() => Some(false),
            Some((text, pattern)) => expressions.get(pattern).map(|expression| expression.is_match(text)),
            None => None,
        });
    }
    Ok(Arc::new(BooleanArray::from(found)))
}

fn refused(pattern: &str) -> datafusion::error::DataFusionError {
    row_error(format!(
        "the regular expression `{pattern}` can't be used; look-around and back references are not supported"
    ))
}

fn regexp_extract(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, patterns) = (call.array(0)?, call.array(1)?);
    let groups = if call.args.len() > 2 { Some(call.array(2)?) } else { None };
    let mut expressions = Expressions::default();
    let extracted = (0..texts.len()).map(|row| {
        let (text, pattern) = (text_at(&texts, row)?, text_at(&patterns, row)?);
        let group = match &groups {
            Some(groups) if groups.is_valid(row) => groups.as_primitive::<Int32Type>().value(row),
            Some(_) => return None,
            None => 0,
        };
        let captures = expressions.get(pattern)?.captures(text)?;
        Some(captures.get(usize::try_from(group).ok()?)?.as_str())
    });
    Ok(Arc::new(extracted.collect::<StringArray>()))
}

/// The replacement stands for itself: `$1` is no group in Flink.
fn regexp_replace(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, patterns, replacements) = (call.texts(0)?, call.texts(1)?, call.texts(2)?);
    let mut expressions = Expressions::default();
    call.try_write_texts(|row, out| {
        let (Some(text), Some(pattern), Some(replacement)) = (texts.get(row), patterns.get(row), replacements.get(row))
        else {
            return Ok(None);
        };
        let expression = match expressions.get(pattern) {
            Some(expression) => expression,
            None if call.result.nullable => return Ok(None),
            None => return Err(refused(pattern)),
        };
        out.push_str(&expression.replace_all(text, regex::NoExpand(replacement)));
        Ok(Some(()))
    })
}

/// A number that follows from pattern and text; NULL for an invalid pattern.
fn first_match(call: &Call<'_>, number: fn(&Regex, &str) -> usize) -> Result<ArrayRef> {
    let (texts, patterns) = (call.texts(0)?, call.texts(1)?);
    let mut expressions = Expressions::default();
    let numbers = (0..call.rows).map(|row| {
        let text = texts.get(row)?;
        i32::try_from(number(expressions.get(patterns.get(row)?)?, text)).ok()
    });
    Ok(Arc::new(numbers.collect::<Int32Array>()))
}

fn regexp_substr(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, patterns) = (call.texts(0)?, call.texts(1)?);
    let mut expressions = Expressions::default();
    let mut builder = StringBuilder::new();
    for row in 0..call.rows {
        let found = texts.get(row).zip(patterns.get(row));
        let found = found.and_then(|(text, pattern)| expressions.get(pattern)?.find(text));
        builder.append_option(found.map(|found| found.as_str()));
    }
    Ok(Arc::new(builder.finish()))
}

fn regexp_extract_all(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, patterns) = (call.texts(0)?, call.texts(1)?);
    let groups = call.optional_ints(2)?;
    let mut expressions = Expressions::default();
    let mut lists = text_lists();
    for row in 0..call.rows {
        let group = groups.as_ref().map_or(Some(1), |groups| groups.get(row));
        let group = group.and_then(|group| usize::try_from(group).ok());
        let (Some(text), Some(pattern), Some(group)) = (texts.get(row), patterns.get(row), group) else {
            lists.append(false);
            continue;
        };
        let expression = expressions.get(pattern).filter(|expression| group < expression.captures_len());
        if let Some(expression) = expression {
            let found = expression.captures_iter(text).map(|found| found.get(group).map(|found| found.as_str()));
            found.for_each(|found| lists.values().append_option(found));
        }
        lists.append(expression.is_some());
    }
    Ok(Arc::new(lists.finish()))
}

/// SQL's regular expressions: `%`, `_`, and `| * + ? {} () []`.
fn similar(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, patterns) = (call.texts(0)?, call.texts(1)?);
    let escapes = call.optional_texts(2)?;
    let mut known: HashMap<String, Regex> = HashMap::new();
    let mut found = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let escape = escapes.as_ref().and_then(|escapes| escapes.get(row)).and_then(|escape| escape.chars().next());
        let (Some(text), Some(pattern)) = (texts.get(row), patterns.get(row)) else {
            found.push(None);
            continue;
        };
        let expression = similar_expression(pattern, escape);
        if !known.contains_key(&expression) {
            let compiled = regex::RegexBuilder::new(&expression).size_limit(REGEX_BYTES_MAX).build();
            known.insert(expression.clone(), compiled.map_err(|_| refused(pattern))?);
        }
        found.push(known.get(&expression).map(|expression| expression.is_match(text)));
    }
    Ok(Arc::new(BooleanArray::from(found)))
}

fn similar_expression(pattern: &str, escape: Option<char>) -> String {
    let mut out = String::from("^(?:");
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            c if Some(c) == escape => out.extend(chars.next().map(|next| regex::escape(&next.to_string()))),
            '%' => out.push_str("(?s:.*)"),
            '_' => out.push('.'),
            // Other characters mean what they mean in Java, `.` any.
            c => out.push(c),
        }
    }
    out.push_str(")$");
    out
}
