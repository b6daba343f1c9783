//! Where rows end in a file: at each line feed, but not within quotes of CSV.

use crate::csv_decode::begins_comment;
use crate::decoder::BYTE_ORDER_MARK;
use crate::options::Format;

/// Finds the ends of rows.
#[derive(Clone, Debug)]
pub struct Splitter {
    /// The characters of CSV that matter: the quote, the escape and the delimiter.
    csv: Option<Csv>,
}

#[derive(Clone, Copy, Debug)]
struct Csv {
    quote: u8,
    escape: Option<u8>,
    delimiter: u8,
    comments: bool,
}

/// One row's place in a buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Split {
    /// How many bytes the row has, its line end left out.
    pub row: usize,
    /// How many bytes the row and its line end have: where the next one begins.
    pub next: usize,
}

impl Splitter {
    /// A splitter for files of this format.
    #[must_use]
    pub fn new(format: &Format) -> Splitter {
        let Format::Csv(options) = format else { return Splitter { csv: None } };
        let csv = options.quote.map(|quote| Csv {
            quote,
            escape: options.escape,
            delimiter: options.field_delimiter,
            comments: options.allow_comments,
        });
        Splitter { csv }
    }

    /// The first row of `bytes`; none if it isn't whole. `ends`: nothing follows `bytes`, so what is left is a row.
    #[must_use]
    pub fn first(&self, bytes: &[u8], ends: bool) -> Option<Split> {
        let feed = match self.csv {
            None => memchr::memchr(b'\n', bytes),
            Some(csv) => line_feed(bytes, csv),
        };
        match feed {
            Some(feed) => {
                let row = if feed > 0 && bytes.get(feed - 1) == Some(&b'\r') { feed - 1 } else { feed };
                Some(Split { row, next: feed + 1 })
            }
            None if ends && !bytes.is_empty() => Some(Split { row: bytes.len(), next: bytes.len() }),
            None => None,
        }
    }
}

/// The first line feed outside quotes.
fn line_feed(bytes: &[u8], csv: Csv) -> Option<usize> {
    let line = memchr::memchr(b'\n', bytes);
    let head = bytes.get(..line.unwrap_or(bytes.len()))?;
    let comment = csv.comments && begins_comment(head);
    if comment || memchr::memchr(csv.quote, head).is_none() && csv.escape.is_none() {
        return line;
    }
    let (mut quoted, mut starts) = (false, true);
    let mut at = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    while let Some(byte) = bytes.get(at).copied() {
        if Some(byte) == csv.escape {
            at += 1;
        } else if byte == csv.quote && (quoted || starts) {
            // A doubled quote closes and opens again: nothing but a quote may follow a closing one.
            quoted = !quoted;
            starts = !quoted;
            at += 1;
            continue;
        } else if byte == b'\n' && !quoted {
            return Some(at);
        }
        starts = !quoted && byte == csv.delimiter;
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn rows(format: &str, text: &str) -> Vec<String> {
        let splitter = Splitter::new(&Format::parse(format, &BTreeMap::new()).unwrap());
        let mut rest = text.as_bytes();
        let mut rows = Vec::new();
        while let Some(split) = splitter.first(rest, true) {
            rows.push(String::from_utf8(rest[..split.row].to_vec()).unwrap());
            rest = &rest[split.next..];
        }
        rows
    }

    #[test]
    fn lines_are_rows() {
        assert_eq!(rows("json", "{}\n{\"a\":\"x\"}\r\n\n{}"), ["{}", "{\"a\":\"x\"}", "", "{}"]);
    }

    #[test]
    fn a_line_feed_in_quotes_belongs_to_the_row() {
        assert_eq!(rows("csv", "a,\"b\nc\",d\ne\n"), ["a,\"b\nc\",d", "e"]);
        assert_eq!(rows("csv", "\"a\"\"\nb\",c\nd\n"), ["\"a\"\"\nb\",c", "d"]);
        assert_eq!(rows("csv", "\u{feff}\"a\nb\",c\nd\n"), ["\u{feff}\"a\nb\",c", "d"]);
        assert_eq!(rows("csv", "5\" pipe,x\ny,z\n"), ["5\" pipe,x", "y,z"]);
    }

    #[test]
    fn a_row_that_is_not_whole_waits_for_more() {
        let splitter = Splitter::new(&Format::parse("csv", &BTreeMap::new()).unwrap());
        assert_eq!(splitter.first(b"a,\"b\nc", false), None);
        assert_eq!(splitter.first(b"a,b", false), None);
        assert_eq!(splitter.first(b"", true), None);
    }
}
