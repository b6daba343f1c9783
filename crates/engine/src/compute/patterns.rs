//! `LIKE` and regular expressions.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringArray};
use arrow::datatypes::Int32Type;
use datafusion::error::Result;
use regex::Regex;

use super::function::{Call, Kernel};
use super::row_error;
use super::texts::text_at;

/// The kernel of a function of patterns.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "like" => like,
        "regexp" => regexp,
        "regexp_extract" => regexp_extract,
        "regexp_replace" => regexp_replace,
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
struct Expressions(HashMap<String, Option<Regex>>);

/// The longest compiled expression, in bytes.
const REGEX_BYTES_MAX: usize = 1 << 20;

impl Expressions {
    fn get(&mut self, pattern: &str) -> Option<&Regex> {
        let compile = || regex::RegexBuilder::new(pattern).size_limit(REGEX_BYTES_MAX).build().ok();
        if !self.0.contains_key(pattern) {
            self.0.insert(pattern.to_owned(), compile());
        }
        self.0.get(pattern)?.as_ref()
    }
}

fn regexp(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, patterns) = (call.array(0)?, call.array(1)?);
    let mut expressions = Expressions::default();
    let mut found = Vec::with_capacity(texts.len());
    for row in 0..texts.len() {
        let pair = text_at(&texts, row).zip(text_at(&patterns, row));
        found.push(match pair {
            Some((_, pattern)) if expressions.get(pattern).is_none() => return Err(refused(pattern)),
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

fn regexp_replace(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, patterns, replacements) = (call.array(0)?, call.array(1)?, call.array(2)?);
    let mut expressions = Expressions::default();
    let mut replaced = Vec::with_capacity(texts.len());
    for row in 0..texts.len() {
        let (Some(text), Some(pattern), Some(replacement)) =
            (text_at(&texts, row), text_at(&patterns, row), text_at(&replacements, row))
        else {
            replaced.push(None);
            continue;
        };
        let expression = expressions.get(pattern).ok_or_else(|| refused(pattern))?;
        replaced.push(Some(expression.replace_all(text, java_replacement(replacement).as_str()).into_owned()));
    }
    Ok(Arc::new(StringArray::from(replaced)))
}

/// Java's replacement (`$1`, `\$`) in the regex crate's words (`${1}`, `$$`).
fn java_replacement(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('$') => out.push_str("$$"),
                Some(other) => out.push(other),
                None => {}
            },
            '$' => {
                let mut group = String::new();
                while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                    group.push(digit);
                }
                out.push_str(&if group.is_empty() { "$$".to_owned() } else { format!("${{{group}}}") });
            }
            other => out.push(other),
        }
    }
    out
}
