//! A body as records: where each one's bytes begin and end. They are stored as they came.

use std::ops::Range;

use axum::http::{HeaderMap, StatusCode, header};

use crate::fault::Fault;
use crate::json_check::{Checker, JsonError, Problem};

/// How a body holds its records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// One value, or an array of values.
    Json,
    /// One value a line; blank lines are nothing.
    Lines,
}

impl Shape {
    /// What the content type says.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Shape, Fault> {
        let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let refused = |error: String| {
            let help = "send `application/json` or `application/x-ndjson`, in UTF-8";
            Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error, help))
        };
        let charset = parts.find_map(|part| part.to_ascii_lowercase().strip_prefix("charset=").map(str::to_owned));
        if charset.is_some_and(|charset| charset.trim_matches('"') != "utf-8") {
            return refused(format!("`{text}` is not UTF-8"));
        }
        match name.as_str() {
            "application/json" => Ok(Shape::Json),
            "application/x-ndjson" | "application/jsonl" => Ok(Shape::Lines),
            "" => refused("the body has no content type".to_owned()),
            _ => refused(format!("content type `{name}` is not taken")),
        }
    }
}

/// The records of a body, in order; at least one.
pub(crate) fn records(shape: Shape, body: &[u8]) -> Result<Vec<Range<usize>>, Fault> {
    let records = match shape {
        Shape::Json => json(body),
        Shape::Lines => lines(body),
    };
    let records = records.map_err(|error| malformed(body, &error))?;
    if records.is_empty() {
        return Err(Fault::bad("the body holds no record", "send at least one JSON value"));
    }
    Ok(records)
}

fn malformed(body: &[u8], error: &JsonError) -> Fault {
    let error_text = format!("the body is not sound JSON: {error}");
    Fault::bad(error_text, "correct it, and send all records again: none was taken").at(body, error.at)
}

fn json(body: &[u8]) -> Result<Vec<Range<usize>>, JsonError> {
    let mut checker = Checker::new(body, 0);
    checker.skip_blanks();
    let records = match checker.peek() {
        None => return Ok(Vec::new()),
        Some(b'[') => array(&mut checker)?,
        Some(_) => vec![value(&mut checker)?],
    };
    checker.skip_blanks();
    if checker.peek().is_some() {
        return checker.fail(Problem::Expected("the end of the body"));
    }
    Ok(records)
}

fn value(checker: &mut Checker<'_>) -> Result<Range<usize>, JsonError> {
    checker.skip_blanks();
    let from = checker.position();
    checker.value()?;
    Ok(from..checker.position())
}

fn array(checker: &mut Checker<'_>) -> Result<Vec<Range<usize>>, JsonError> {
    let mut records = Vec::new();
    checker.byte(b'[', "`[`")?;
    checker.skip_blanks();
    if checker.peek() == Some(b']') {
        checker.byte(b']', "`]`")?;
        return Ok(records);
    }
    loop {
        records.push(value(checker)?);
        checker.skip_blanks();
        if checker.peek() == Some(b']') {
            checker.byte(b']', "`]`")?;
            return Ok(records);
        }
        checker.byte(b',', "`,` or `]`")?;
    }
}

fn lines(body: &[u8]) -> Result<Vec<Range<usize>>, JsonError> {
    let mut records = Vec::new();
    let mut from = 0;
    for line in body.split(|byte| *byte == b'\n') {
        let end = from + line.len();
        if !line.trim_ascii().is_empty() {
            // The checker sees nothing behind the line's end.
            let mut checker = Checker::new(body.get(..end).unwrap_or_default(), from);
            records.push(value(&mut checker)?);
            checker.skip_blanks();
            if checker.peek().is_some() {
                return checker.fail(Problem::Expected("the end of the line"));
            }
        }
        from = end + 1;
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(shape: Shape, body: &str) -> Result<Vec<&str>, Fault> {
        Ok(records(shape, body.as_bytes())?.into_iter().map(|range| &body[range]).collect())
    }

    #[test]
    fn records_are_the_bytes_that_came() {
        assert_eq!(split(Shape::Json, " {\"a\": 1.50 } \n").unwrap(), ["{\"a\": 1.50 }"]);
        assert_eq!(
            split(Shape::Json, "[ {\"b\":2,  \"a\":[]} ,1e5, \"x\" ]").unwrap(),
            ["{\"b\":2,  \"a\":[]}", "1e5", "\"x\""]
        );
        assert_eq!(split(Shape::Lines, "{}\r\n\n [1] \n\"é\"").unwrap(), ["{}", "[1]", "\"é\""]);
    }

    #[test]
    fn an_empty_body_is_refused() {
        for (shape, body) in [(Shape::Json, " "), (Shape::Json, "[]"), (Shape::Lines, "\n\n"), (Shape::Lines, "")] {
            assert!(split(shape, body).is_err(), "{body:?}");
        }
    }

    #[test]
    fn a_fault_has_its_line_and_column() {
        let fault = |shape, body: &str| format!("{:?}", split(shape, body).unwrap_err());
        assert!(fault(Shape::Lines, "{}\n{\"a\" 1}\n{}").contains("Some((2, 6))"));
        assert!(fault(Shape::Lines, "{} {}").contains("Some((1, 4))"));
        assert!(fault(Shape::Json, "[1,\n 2,\n x]").contains("Some((3, 2))"));
        assert!(fault(Shape::Lines, "{\"a\":\n1}").contains("Some((1, 6))"));
    }
}
