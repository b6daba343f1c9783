//! Texts as JSON strings, and back.

use std::fmt::Write;

use arrow::array::ArrayRef;
use datafusion::error::Result;

use super::function::{Call, Kernel};

/// The kernel of a function of JSON strings.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "json_quote" => json_quote,
        "json_unquote" => json_unquote,
        _ => return None,
    })
}

/// Everything beyond ASCII is escaped, and so is the slash.
fn json_quote(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    call.write_texts(|row, out| {
        out.push('"');
        for c in texts.get(row)?.chars() {
            match c {
                '"' | '\\' | '/' => {
                    out.push('\\');
                    out.push(c);
                }
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                ' '..='~' => out.push(c),
                // Of two units Flink writes the whole character's number, then the second.
                c => {
                    write!(out, "\\u{:04x}", u32::from(c)).ok()?;
                    if let [_, second] = c.encode_utf16(&mut [0; 2]) {
                        write!(out, "\\u{second:04x}").ok()?;
                    }
                }
            }
        }
        out.push('"');
        Some(())
    })
}

/// A text that is no JSON string stays as it is.
fn json_unquote(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    call.write_texts(|row, out| {
        let text = texts.get(row)?;
        let quoted = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
        match quoted.then(|| serde_json::from_str::<String>(text)) {
            Some(Ok(inner)) => out.push_str(&inner),
            _ => out.push_str(text),
        }
        Some(())
    })
}
