//! Queries into JSON texts: `JSON_VALUE`, `JSON_QUERY`, `JSON_EXISTS`, `IS JSON`.
//!
//! In the strict mode a path that leads nowhere is an error, and so is a result of the wrong kind (`JSON_VALUE` of an object,
//! `JSON_QUERY` of a number); in the lax mode both are empty results. A text that is no JSON is an error in the strict mode,
//! empty in the lax one; the text `null` is always an error.

use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int32Array, StringBuilder};
use arrow::compute::cast;
use arrow::datatypes::Int32Type;
use datafusion::error::{DataFusionError, Result};
use yeoul_row::LogicalType;

use super::columns::Texts;
use super::function::{Call, Kernel};
use super::json_parse::{Json, parse};
use super::json_path::{BadPath, Mode, Path};
use super::json_write::{big_decimal_text, write_json};
use super::row_error;
use super::splitting::text_lists;

/// The kernel of a query into JSON.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "json_value" => json_value,
        "json_query" => json_query,
        "json_exists" => json_exists,
        "is_json" => is_json,
        _ => return None,
    })
}

/// What a path leads to in a text.
enum Outcome<'j, 'a> {
    /// It can't be followed.
    Error,
    /// Nothing, or the JSON `null`.
    Empty,
    /// One value.
    One(&'j Json<'a>),
    /// The values of a path that may lead to several.
    Many(Vec<&'j Json<'a>>),
}

fn follow<'j, 'a>(root: Option<&'j Json<'a>>, path: &Path) -> Outcome<'j, 'a> {
    let lax = path.mode == Mode::Lax;
    let nothing = || if lax { Outcome::Empty } else { Outcome::Error };
    match root {
        None => nothing(),
        Some(Json::Null) => Outcome::Error,
        Some(root) => match (path.find(root), path.is_definite()) {
            (Some(found), true) => match found.first() {
                Some(Json::Null) | None => Outcome::Empty,
                Some(value) => Outcome::One(value),
            },
            (Some(found), false) => Outcome::Many(found),
            (None, true) => nothing(),
            (None, false) => {
                if lax {
                    Outcome::Many(Vec::new())
                } else {
                    Outcome::Error
                }
            }
        },
    }
}

/// The paths of the rows.
struct Paths<'a> {
    constant: Option<Path>,
    texts: Texts<'a>,
}

impl<'a> Paths<'a> {
    fn of(call: &'a Call<'_>, place: usize) -> Result<Paths<'a>> {
        let texts = call.texts(place)?;
        let constant = match &texts {
            Texts::Constant(Some(text)) => usable(text)?,
            _ => None,
        };
        Ok(Paths { constant, texts })
    }

    /// NULL where the path is; `None` within for what is no path.
    fn get(&self, row: usize) -> Result<Option<Option<std::borrow::Cow<'_, Path>>>> {
        if let Some(path) = &self.constant {
            return Ok(Some(Some(std::borrow::Cow::Borrowed(path))));
        }
        let Some(text) = self.texts.get(row) else { return Ok(None) };
        Ok(Some(usable(text)?.map(std::borrow::Cow::Owned)))
    }
}

fn usable(text: &str) -> Result<Option<Path>> {
    match Path::parse(text) {
        Ok(path) => Ok(Some(path)),
        Err(BadPath::Invalid) => Ok(None),
        Err(BadPath::Unsupported) => Err(row_error(format!(
            "the JSON path `{text}` has a filter, a function or several names, which is not supported yet"
        ))),
    }
}

/// The error that `ERROR ON EMPTY` and `ERROR ON ERROR` ask for.
fn asked_for(function: &str, empty: bool) -> DataFusionError {
    row_error(if empty {
        format!("{function} found nothing, and `ERROR ON EMPTY` is set")
    } else {
        format!("{function} can't follow its path, and `ERROR ON ERROR` is set")
    })
}

fn json_exists(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, paths) = (call.texts(0)?, Paths::of(call, 1)?);
    let on_error = call.constant_text(2).unwrap_or("FALSE");
    let mut found = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let (Some(text), Some(path)) = (texts.get(row), paths.get(row)?) else {
            found.push(None);
            continue;
        };
        let root = parse(text);
        let outcome = path.as_ref().map_or(Outcome::Error, |path| follow(root.as_ref(), path));
        found.push(match (outcome, on_error) {
            (Outcome::One(_) | Outcome::Many(_), _) => Some(true),
            (Outcome::Empty, _) => Some(false),
            (Outcome::Error, "TRUE") => Some(true),
            (Outcome::Error, "UNKNOWN") => None,
            (Outcome::Error, "ERROR") => return Err(asked_for("JSON_EXISTS", false)),
            (Outcome::Error, _) => Some(false),
        });
    }
    Ok(Arc::new(BooleanArray::from(found)))
}

/// What a row of `JSON_VALUE` gives.
enum Value {
    /// NULL.
    Null,
    /// The value behind `DEFAULT … ON EMPTY` (true), `ON ERROR` (false).
    Default(bool),
    /// A scalar as a text, and whether it is a number, a boolean or a text.
    Scalar(String, Kind),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Number,
    Boolean,
    Text,
}

/// `json_value(input, path, on empty, on error, default on empty, default on error)`
fn json_value(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, paths) = (call.texts(0)?, Paths::of(call, 1)?);
    let behaviors = [call.constant_text(2).unwrap_or("NULL"), call.constant_text(3).unwrap_or("NULL")];
    let otherwise = |empty: bool| match behaviors[usize::from(!empty)] {
        "DEFAULT" => Ok(Value::Default(empty)),
        "ERROR" => Err(asked_for("JSON_VALUE", empty)),
        _ => Ok(Value::Null),
    };
    let mut values = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let (Some(text), Some(path)) = (texts.get(row), paths.get(row)?) else {
            values.push(Value::Null);
            continue;
        };
        let root = parse(text);
        let Some(path) = path else {
            values.push(otherwise(false)?);
            continue;
        };
        values.push(match follow(root.as_ref(), &path) {
            Outcome::One(value) if value.is_scalar() => scalar(value),
            Outcome::One(_) | Outcome::Many(_) => otherwise(path.mode == Mode::Lax)?,
            Outcome::Empty => otherwise(true)?,
            Outcome::Error => otherwise(false)?,
        });
    }
    typed(call, &values)
}

fn scalar(value: &Json<'_>) -> Value {
    match value {
        Json::Number(text) => Value::Scalar(big_decimal_text(text), Kind::Number),
        Json::Boolean(value) => Value::Scalar(value.to_string(), Kind::Boolean),
        Json::Text(text) => Value::Scalar(text.clone().into_owned(), Kind::Text),
        Json::Null | Json::Array(_) | Json::Object(_) => Value::Null,
    }
}

/// The values in the type behind `RETURNING`. As in Flink a value of another kind fails.
fn typed(call: &Call<'_>, values: &[Value]) -> Result<ArrayRef> {
    let defaults = [cast(&call.array(5)?, &call.result_arrow())?, cast(&call.array(4)?, &call.result_arrow())?];
    let unfit = |text: &str| row_error(format!("JSON_VALUE found `{text}`, which is no {}", call.result.logical));
    match call.result.logical {
        LogicalType::Boolean => {
            let values = values.iter().enumerate().map(|(row, value)| match value {
                Value::Null => Ok(None),
                Value::Default(empty) => {
                    let array = &defaults[usize::from(*empty)];
                    Ok(array.is_valid(row).then(|| array.as_boolean().value(row)))
                }
                Value::Scalar(text, Kind::Boolean) => Ok(Some(text == "true")),
                Value::Scalar(text, _) => Err(unfit(text)),
            });
            Ok(Arc::new(values.collect::<Result<BooleanArray>>()?))
        }
        LogicalType::Int => {
            let values = values.iter().enumerate().map(|(row, value)| match value {
                Value::Null => Ok(None),
                Value::Default(empty) => {
                    let array = &defaults[usize::from(*empty)];
                    Ok(array.is_valid(row).then(|| array.as_primitive::<Int32Type>().value(row)))
                }
                Value::Scalar(text, Kind::Number) => text.parse().map(Some).map_err(|_| unfit(text)),
                Value::Scalar(text, _) => Err(unfit(text)),
            });
            Ok(Arc::new(values.collect::<Result<Int32Array>>()?))
        }
        LogicalType::Double => {
            let values = values.iter().enumerate().map(|(row, value)| match value {
                Value::Null => Ok(None),
                Value::Default(empty) => {
                    let array = super::cast::doubles(&defaults[usize::from(*empty)])?;
                    Ok(array.is_valid(row).then(|| array.value(row)))
                }
                // A whole number is no DOUBLE.
                Value::Scalar(text, Kind::Number) if text.contains(['.', 'E']) => {
                    text.parse().map(Some).map_err(|_| unfit(text))
                }
                Value::Scalar(text, _) => Err(unfit(text)),
            });
            Ok(Arc::new(values.collect::<Result<Float64Array>>()?))
        }
        _ => call.write_texts(|row, out| match &values[row] {
            Value::Null => None,
            Value::Default(empty) => {
                let array = &defaults[usize::from(*empty)];
                array.is_valid(row).then(|| out.push_str(array.as_string::<i32>().value(row)))
            }
            Value::Scalar(text, _) => {
                out.push_str(text);
                Some(())
            }
        }),
    }
}

/// What a row of `JSON_QUERY` gives.
enum Answer<'j, 'a> {
    Null,
    EmptyArray,
    EmptyObject,
    Value(&'j Json<'a>),
    Items(Vec<&'j Json<'a>>),
    /// What several places hold, as the one item of an array.
    Wrapped(Vec<&'j Json<'a>>),
}

/// `json_query(input, path, wrapper, on empty, on error)`
fn json_query(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, paths) = (call.texts(0)?, Paths::of(call, 1)?);
    let [wrapper, on_empty, on_error] = [2, 3, 4].map(|place| call.constant_text(place).unwrap_or("NULL"));
    let as_array = matches!(call.result.logical, LogicalType::Array(_));
    let (mut lists, mut builder) = (text_lists(), StringBuilder::new());
    let mut out = String::new();
    for row in 0..call.rows {
        let (Some(text), Some(path)) = (texts.get(row), paths.get(row)?) else {
            if as_array {
                lists.append(false)
            } else {
                builder.append_null()
            }
            continue;
        };
        let root = parse(text);
        let result = query(root.as_ref(), path.as_deref(), wrapper, on_empty, on_error)?;
        if as_array {
            append_items(&result, &mut lists);
            continue;
        }
        out.clear();
        match result {
            Answer::Null => {
                builder.append_null();
                continue;
            }
            Answer::EmptyArray => out.push_str("[]"),
            Answer::EmptyObject => out.push_str("{}"),
            Answer::Value(value) => write_json(value, &mut out),
            Answer::Items(items) => write_items(&items, &mut out),
            Answer::Wrapped(items) => {
                out.push('[');
                write_items(&items, &mut out);
                out.push(']');
            }
        }
        builder.append_value(&out);
    }
    Ok(if as_array { Arc::new(lists.finish()) } else { Arc::new(builder.finish()) })
}

fn query<'j, 'a>(
    root: Option<&'j Json<'a>>,
    path: Option<&Path>,
    wrapper: &str,
    on_empty: &str,
    on_error: &str,
) -> Result<Answer<'j, 'a>> {
    let otherwise = |empty: bool| match if empty { on_empty } else { on_error } {
        "EMPTY ARRAY" => Ok(Answer::EmptyArray),
        "EMPTY OBJECT" => Ok(Answer::EmptyObject),
        "ERROR" => Err(asked_for("JSON_QUERY", empty)),
        _ => Ok(Answer::Null),
    };
    let Some(path) = path else { return otherwise(false) };
    match (follow(root, path), wrapper) {
        (Outcome::Error, _) => otherwise(false),
        (Outcome::Empty, _) => otherwise(true),
        (Outcome::Many(items), "UNCONDITIONAL") => Ok(Answer::Wrapped(items)),
        (Outcome::Many(items), _) => Ok(Answer::Items(items)),
        (Outcome::One(value @ Json::Array(_)), "CONDITIONAL") => Ok(Answer::Value(value)),
        (Outcome::One(value), "CONDITIONAL" | "UNCONDITIONAL") => Ok(Answer::Items(vec![value])),
        (Outcome::One(value), _) if value.is_scalar() => otherwise(path.mode == Mode::Lax),
        (Outcome::One(value), _) => Ok(Answer::Value(value)),
    }
}

fn write_items(items: &[&Json<'_>], out: &mut String) {
    out.push('[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write_json(item, out);
    }
    out.push(']');
}

/// Appends the items of an array as texts; what is no array is NULL.
fn append_items(result: &Answer<'_, '_>, lists: &mut arrow::array::ListBuilder<StringBuilder>) {
    let items: Vec<&Json<'_>> = match result {
        Answer::Wrapped(items) => {
            let mut text = String::new();
            write_items(items, &mut text);
            lists.values().append_value(text);
            return lists.append(true);
        }
        Answer::Items(items) => items.clone(),
        Answer::Value(Json::Array(items)) => items.iter().collect(),
        Answer::EmptyArray => Vec::new(),
        _ => return lists.append(false),
    };
    for item in items {
        match item {
            Json::Null => lists.values().append_null(),
            Json::Text(text) => lists.values().append_value(text),
            other => {
                let mut text = String::new();
                write_json(other, &mut text);
                lists.values().append_value(text);
            }
        }
    }
    lists.append(true);
}

/// `is_json(text, shape)`: NULL is none.
fn is_json(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    let shape = call.constant_text(1).unwrap_or("VALUE").to_owned();
    let fits = |value: &Json<'_>| match shape.as_str() {
        "OBJECT" => matches!(value, Json::Object(_)),
        "ARRAY" => matches!(value, Json::Array(_)),
        "SCALAR" => value.is_scalar(),
        _ => true,
    };
    let found = (0..call.rows).map(|row| Some(texts.get(row).and_then(parse).is_some_and(|value| fits(&value))));
    Ok(Arc::new(found.collect::<BooleanArray>()))
}
