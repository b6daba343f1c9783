//! kcat's format strings: `%t [%p] at %o: %k=%s\\n`.

use yeoul_broker::client::FetchedRecord;

/// A format, read once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Format(Vec<Part>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Text(Vec<u8>),
    Topic,
    Partition,
    Offset,
    Timestamp,
    Key,
    KeyLength,
    Value,
    ValueLength,
    Headers,
}

/// What is printed.
pub(super) struct Printed<'a> {
    pub(super) topic: &'a str,
    pub(super) partition: i32,
    pub(super) record: &'a FetchedRecord,
    /// What stands for a key or value that is null.
    pub(super) null: &'a [u8],
}

/// Reads a format.
pub(super) fn parse(text: &str) -> Result<Format, String> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            plain.push(letter);
            continue;
        }
        let named = letters.next();
        let part = match named {
            Some('%') => {
                plain.push('%');
                continue;
            }
            Some(name) => part(name).ok_or_else(|| unknown(text, name))?,
            None => return Err(format!("`{text}` ends with a single `%`; write `%%` for a percent sign")),
        };
        parts.extend(taken(&mut plain)?);
        parts.push(part);
    }
    parts.extend(taken(&mut plain)?);
    Ok(Format(parts))
}

fn taken(plain: &mut String) -> Result<Option<Part>, String> {
    let text = std::mem::take(plain);
    Ok(if text.is_empty() { None } else { Some(Part::Text(unescape(&text)?)) })
}

fn unknown(text: &str, name: char) -> String {
    format!("`%{name}` in `{text}` stands for nothing; there are %t %p %o %T %k %K %s %S %h and %%")
}

fn part(name: char) -> Option<Part> {
    Some(match name {
        't' => Part::Topic,
        'p' => Part::Partition,
        'o' => Part::Offset,
        'T' => Part::Timestamp,
        'k' => Part::Key,
        'K' => Part::KeyLength,
        's' => Part::Value,
        'S' => Part::ValueLength,
        'h' => Part::Headers,
        _ => return None,
    })
}

/// Bytes that were written with escapes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unescaped(pub(super) Vec<u8>);

pub(super) fn unescaped(text: &str) -> Result<Unescaped, String> {
    unescape(text).map(Unescaped)
}

/// Text with `\\n`, `\\t`, `\\r`, `\\0`, `\\\\` and `\\xNN` read as what they stand for.
fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let wrong = || format!("`{text}` has a `\\` that escapes nothing; there are \\n \\t \\r \\0 \\xNN and \\\\");
        let (&escaped, behind) = rest.split_first().ok_or_else(wrong)?;
        rest = behind;
        out.push(match escaped {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'0' => 0,
            b'\\' => b'\\',
            b'x' => {
                let (digits, behind) = rest.split_at_checked(2).ok_or_else(wrong)?;
                rest = behind;
                let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
                u8::from_str_radix(digits, 16).map_err(|_| wrong())?
            }
            _ => return Err(wrong()),
        });
    }
    Ok(out)
}

impl Format {
    pub(super) fn print(&self, out: &mut Vec<u8>, printed: &Printed<'_>) {
        for part in &self.0 {
            part.print(out, printed);
        }
    }
}

impl Part {
    fn print(&self, out: &mut Vec<u8>, printed: &Printed<'_>) {
        let record = printed.record;
        // kcat's length of a null is -1.
        let length = |bytes: Option<&Vec<u8>>| bytes.map_or("-1".to_owned(), |bytes| bytes.len().to_string());
        match self {
            Part::Text(text) => out.extend_from_slice(text),
            Part::Topic => out.extend_from_slice(printed.topic.as_bytes()),
            Part::Partition => out.extend_from_slice(printed.partition.to_string().as_bytes()),
            Part::Offset => out.extend_from_slice(record.offset.0.to_string().as_bytes()),
            Part::Timestamp => out.extend_from_slice(record.timestamp.0.to_string().as_bytes()),
            Part::Key => out.extend_from_slice(record.key.as_deref().unwrap_or(printed.null)),
            Part::KeyLength => out.extend_from_slice(length(record.key.as_ref()).as_bytes()),
            Part::Value => out.extend_from_slice(record.value.as_deref().unwrap_or(printed.null)),
            Part::ValueLength => out.extend_from_slice(length(record.value.as_ref()).as_bytes()),
            Part::Headers => headers(out, printed),
        }
    }
}

/// `key=value,key=value`, a null value as `NULL`.
fn headers(out: &mut Vec<u8>, printed: &Printed<'_>) {
    for (index, (key, value)) in printed.record.headers.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(key);
        out.push(b'=');
        out.extend_from_slice(value.as_deref().unwrap_or(b"NULL"));
    }
}

#[cfg(test)]
mod tests {
    use yeoul_base::{Offset, Timestamp};

    use super::*;

    fn check(format: &str, expected: &str) {
        let record = FetchedRecord {
            offset: Offset(7),
            timestamp: Timestamp(1000),
            key: Some(b"ada".to_vec()),
            value: None,
            headers: vec![(b"h".to_vec(), Some(b"1".to_vec())), (b"h".to_vec(), None)],
        };
        let mut out = Vec::new();
        let format = parse(format).expect("a good format");
        format.print(&mut out, &Printed { topic: "t", partition: 3, record: &record, null: b"NULL" });
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn each_part_is_printed() {
        check("%t [%p] %o %T %k/%K=%s/%S %h%%\\n", "t [3] 7 1000 ada/3=NULL/-1 h=1,h=NULL%\n");
        check("\\x41\\t\\\\", "A\t\\");
    }

    #[test]
    fn what_stands_for_nothing_is_refused() {
        for wrong in ["%z", "%", "\\q", "\\x4", "\\"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
