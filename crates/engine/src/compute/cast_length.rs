//! Lengths that a cast gives: `CHAR(n)` and `BINARY(n)` are filled up (with blanks, with zeros), and what is longer than the type
//! allows is cut. A length of texts counts code points, one of bytes bytes.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, BinaryBuilder, StringArray, StringBuilder};
use datafusion::error::Result;
use yeoul_row::{LogicalType, types::LENGTH_UNBOUNDED};

use super::row_error;

/// What a column's values may hold together: Arrow counts their bytes in 31 bits.
const COLUMN_BYTES_MAX: usize = i32::MAX as usize;

/// Texts of type `from` as such of type `to`.
pub(super) fn fit_texts(texts: &StringArray, from: &LogicalType, to: &LogicalType) -> Result<ArrayRef> {
    let Some((length, pads)) = fitting(from, to) else { return Ok(Arc::new(texts.clone())) };
    let mut builder = StringBuilder::new();
    for text in texts {
        let Some(text) = text else {
            builder.append_null();
            continue;
        };
        let end = text.char_indices().nth(length).map_or(text.len(), |(place, _)| place);
        let kept = text.get(..end).unwrap_or(text);
        let missing = if pads { length - kept.chars().count() } else { 0 };
        has_room(builder.values_slice().len(), kept.len(), missing, to)?;
        if missing == 0 {
            builder.append_value(kept);
        } else {
            let mut filled = kept.to_owned();
            filled.extend(std::iter::repeat_n(' ', missing));
            builder.append_value(filled);
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// Bytes of type `from` as such of type `to`. What was a text is as long as it is: `from` says nothing of its bytes.
pub(super) fn fit_bytes(values: &BinaryArray, from: &LogicalType, to: &LogicalType) -> Result<ArrayRef> {
    let Some((length, pads)) = fitting(from, to) else { return Ok(Arc::new(values.clone())) };
    let mut builder = BinaryBuilder::new();
    for value in values {
        let Some(value) = value else {
            builder.append_null();
            continue;
        };
        let kept = value.get(..length).unwrap_or(value);
        let missing = if pads { length - kept.len() } else { 0 };
        has_room(builder.values_slice().len(), kept.len(), missing, to)?;
        if missing == 0 {
            builder.append_value(kept);
        } else {
            let mut filled = kept.to_vec();
            filled.resize(length, 0);
            builder.append_value(filled);
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// The length to bring values to, and whether shorter ones are filled up; none where all fit as they are.
fn fitting(from: &LogicalType, to: &LogicalType) -> Option<(usize, bool)> {
    let (length, pads) = match to {
        LogicalType::Char(length) | LogicalType::Binary(length) => (*length, true),
        LogicalType::Varchar(length) | LogicalType::Varbinary(length) => (*length, false),
        _ => return None,
    };
    let known = match (from, to) {
        (LogicalType::Char(known) | LogicalType::Varchar(known), LogicalType::Varchar(_))
        | (LogicalType::Binary(known) | LogicalType::Varbinary(known), LogicalType::Varbinary(_)) => *known,
        _ => LENGTH_UNBOUNDED,
    };
    (pads || known.min(LENGTH_UNBOUNDED) > length).then_some((length as usize, pads))
}

fn has_room(held: usize, kept: usize, missing: usize, to: &LogicalType) -> Result<()> {
    let wanted = held.saturating_add(kept).saturating_add(missing);
    if wanted > COLUMN_BYTES_MAX {
        return Err(row_error(format!(
            "a batch of values of type `{to}` takes more than 2 GiB; cast to a shorter type"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;

    use super::*;

    #[test]
    fn a_column_beyond_what_arrow_counts_is_an_error() {
        let to = LogicalType::Char(LENGTH_UNBOUNDED);
        assert!(has_room(0, 1, COLUMN_BYTES_MAX - 1, &to).is_ok());
        let refused = has_room(1, 1, COLUMN_BYTES_MAX - 1, &to).expect_err("it is one byte too many");
        assert!(refused.to_string().contains("more than 2 GiB"), "{refused}");
    }

    #[test]
    fn lengths_count_code_points_of_texts_and_bytes_of_bytes() {
        let texts = StringArray::from(vec![Some("여울물"), Some("ab"), None]);
        let cut = fit_texts(&texts, &LogicalType::STRING, &LogicalType::Char(3)).expect("it has room");
        assert_eq!(cut.as_string::<i32>().iter().collect::<Vec<_>>(), [Some("여울물"), Some("ab "), None]);
        let bytes = BinaryArray::from(vec![Some(b"abc".as_slice()), Some(b"a"), None]);
        let cut = fit_bytes(&bytes, &LogicalType::BYTES, &LogicalType::Binary(2)).expect("it has room");
        assert_eq!(cut.as_binary::<i32>().iter().collect::<Vec<_>>(), [Some(b"ab".as_slice()), Some(b"a\0"), None]);
    }
}
