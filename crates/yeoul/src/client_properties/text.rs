//! Java's format of properties: `key=value` or `key: value` a line, comments, escapes, lines that go on.

use std::collections::BTreeMap;

/// The settings of a text; of one that is set twice, the last counts.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    for (number, line) in logical_lines(text) {
        let Some(at) = separator(&line) else {
            return Err(format!("line {number} has no value; write `key=value`"));
        };
        let (key, value) = line.split_at(at);
        // Behind the key: blanks, one separator, blanks.
        let value = value.trim_start().trim_start_matches(['=', ':']).trim_start();
        found.insert(unescape(key.trim_end(), number)?, unescape(value, number)?);
    }
    Ok(found)
}

/// Lines put together where they end in a backslash, with the number of the first; no comments, nothing blank.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim_start();
        if !goes_on && (line.is_empty() || line.starts_with(['#', '!'])) {
            continue;
        }
        let backslashes = line.bytes().rev().take_while(|&byte| byte == b'\\').count();
        let part = if backslashes % 2 == 1 { line.strip_suffix('\\').unwrap_or(line) } else { line };
        match lines.last_mut().filter(|_| goes_on) {
            Some((_, whole)) => whole.push_str(part),
            None => lines.push((number, part.to_owned())),
        }
        goes_on = backslashes % 2 == 1;
    }
    lines
}

/// Where a key ends: before the first separator or blank that is not escaped. None if nothing separates it from a value.
fn separator(line: &str) -> Option<usize> {
    let mut escaped = false;
    let end = line.char_indices().find(|&(_, character)| {
        let ends = !escaped && (matches!(character, '=' | ':') || character.is_whitespace());
        escaped = !escaped && character == '\\';
        ends
    });
    let at = end.map(|(at, _)| at)?;
    // A key and a value with a blank between them are taken by Java; here it would be a slip more often than not.
    line.get(at..)?.trim_start().starts_with(['=', ':']).then_some(at)
}

fn unescape(text: &str, line: usize) -> Result<String, String> {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some('u') => {
                let digits: String = characters.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                plain.push(code.ok_or_else(|| format!("line {line}: `\\u{digits}` is no character"))?);
            }
            Some(other) => plain.push(other),
            None => {}
        }
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(text).unwrap().into_iter().collect()
    }

    #[test]
    fn lines_are_read_as_java_reads_them() {
        let text = "# no\n! no\n\n a = 1 \nb:2\r\nc\\=d=e\\u00e9\\n\nlong=one \\\n   two\\\\\nlast=\n";
        let expected = [("a", "1 "), ("b", "2"), ("c=d", "eé\n"), ("last", ""), ("long", "one two\\")];
        let expected: Vec<_> = expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(pairs(text), expected);
    }

    #[test]
    fn what_is_no_setting_is_refused_with_its_line() {
        for (text, said) in [("a=1\nword", "line 2"), ("a=\\u00zz", "line 1"), ("two words", "line 1")] {
            assert!(parse(text).unwrap_err().contains(said), "{text}");
        }
    }
}
