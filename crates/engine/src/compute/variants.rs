//! `VARIANT`: made of JSON, its parts, and as JSON again.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, LargeBinaryArray, LargeBinaryBuilder};
use arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};
use yeoul_row::variant::{Part, element, field, write_json};
use yeoul_row::variant_parse::parse;

use super::function::{Call, Kernel};
use super::row_error;

/// The kernel of a function of `VARIANT`.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "parse_json" => |call| parse_json(call, false),
        "try_parse_json" => |call| parse_json(call, true),
        "variant_get" => part,
        _ => return None,
    })
}

/// `lenient`: a text that is no JSON gives NULL.
fn parse_json(call: &Call<'_>, lenient: bool) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    let flags = if call.args.len() > 1 { Some(call.array(1)?) } else { None };
    write_variants(call, |row| {
        let keep_last = match &flags {
            Some(flags) if flags.is_null(row) => return Err(row_error("the second argument of `PARSE_JSON` is NULL")),
            Some(flags) => flags.as_boolean().value(row),
            None => false,
        };
        let Some(text) = texts.get(row) else { return Ok(None) };
        match parse(text, keep_last) {
            Ok(variant) => Ok(Some(variant)),
            Err(_) if lenient => Ok(None),
            Err(error) => Err(row_error(format!("`{text}` can't be a VARIANT: {error}"))),
        }
    })
}

/// A `VARIANT` for each row.
fn write_variants(call: &Call<'_>, mut make: impl FnMut(usize) -> Result<Option<Vec<u8>>>) -> Result<ArrayRef> {
    let mut builder = LargeBinaryBuilder::new();
    for row in 0..call.rows {
        builder.append_option(make(row)?);
    }
    Ok(Arc::new(builder.finish()))
}

/// The field of a name, or the element of a place from 1.
fn part(call: &Call<'_>) -> Result<ArrayRef> {
    let variants = call.array(0)?;
    let variants = variants.as_binary::<i64>();
    if call.array(1)?.data_type() == &DataType::Utf8 {
        let names = call.texts(1)?;
        return parts(call, variants, |row, variant| Some(field(variant, names.get(row)?)), "field", "object");
    }
    let places = call.ints(1)?;
    let at = |place: i64| usize::try_from(place).ok().and_then(|place| place.checked_sub(1));
    parts(call, variants, |row, variant| Some(element(variant, at(places.get(row)?))), "element", "array")
}

/// What `find` says of each row: nothing where the place is NULL, a part, or that the bytes are no `VARIANT`.
fn parts(
    call: &Call<'_>,
    variants: &LargeBinaryArray,
    find: impl Fn(usize, &[u8]) -> Option<Option<Part>>,
    what: &str,
    shape: &str,
) -> Result<ArrayRef> {
    write_variants(call, |row| {
        if variants.is_null(row) {
            return Ok(None);
        }
        match find(row, variants.value(row)) {
            None | Some(Some(Part::Missing)) => Ok(None),
            Some(Some(Part::Found(part))) => Ok(Some(part)),
            Some(Some(Part::WrongShape)) => {
                Err(row_error(format!("a VARIANT that is no {shape} has no {what}: {}", shown(variants.value(row)))))
            }
            Some(None) => Err(unreadable()),
        }
    })
}

/// The beginning of a value, for an error.
fn shown(variant: &[u8]) -> String {
    let mut json = Vec::new();
    let _ = write_json(variant, &mut json);
    let text = String::from_utf8_lossy(&json);
    format!("`{}`", text.chars().take(100).collect::<String>())
}

fn unreadable() -> DataFusionError {
    row_error("the bytes of a VARIANT can't be read")
}

/// Appends the `VARIANT` of a row as JSON. It is not NULL.
pub(super) fn variant_text(array: &ArrayRef, row: usize, out: &mut String) -> Result<()> {
    let mut json = Vec::new();
    write_json(array.as_binary::<i64>().value(row), &mut json).ok_or_else(unreadable)?;
    out.push_str(&String::from_utf8_lossy(&json));
    Ok(())
}
