//! Java's regular expressions in the words of the `regex` crate.
//!
//! The two agree on most; here is what differs: Java's `\d`, `\w` and `\s` are ASCII, `$` and `\Z` also match before a
//! line end at the end, `\Q…\E` quotes, `\p{Alpha}` and its like are POSIX classes. Look-around, back references and
//! possessive quantifiers have no translation: such an expression doesn't compile.

use std::iter::Peekable;
use std::str::Chars;

/// The POSIX classes, which Java writes as properties.
const POSIX: [(&str, &str); 13] = [
    ("Lower", "a-z"),
    ("Upper", "A-Z"),
    ("ASCII", r"\x00-\x7F"),
    ("Alpha", "a-zA-Z"),
    ("Digit", "0-9"),
    ("Alnum", "a-zA-Z0-9"),
    ("Punct", r"!-/:-@\[-`{-~"),
    ("Graph", "!-~"),
    ("Print", " -~"),
    ("Blank", r" \t"),
    ("Cntrl", r"\x00-\x1F\x7F"),
    ("XDigit", "0-9a-fA-F"),
    ("Space", r" \t\n\x0B\f\r"),
];

/// The expression for the `regex` crate.
pub(super) fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut class_depth = 0_u32;
    while let Some(c) = chars.next() {
        match c {
            '\\' => escape(&mut chars, class_depth > 0, &mut out),
            '[' => {
                class_depth += 1;
                out.push(c);
            }
            ']' => {
                class_depth = class_depth.saturating_sub(1);
                out.push(c);
            }
            '$' if class_depth == 0 => out.push_str(r"(?:\n?\z)"),
            // Alone these are texts in Java's classes, operators in the crate's.
            '~' | '-' if class_depth > 0 && chars.peek() == Some(&c) => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn escape(chars: &mut Peekable<Chars<'_>>, in_class: bool, out: &mut String) {
    match chars.next() {
        Some('d') => out.push_str("[0-9]"),
        Some('D') => out.push_str("[^0-9]"),
        Some('w') => out.push_str("[a-zA-Z0-9_]"),
        Some('W') => out.push_str("[^a-zA-Z0-9_]"),
        Some('s') => out.push_str(r"[ \t\n\x0B\f\r]"),
        Some('S') => out.push_str(r"[^ \t\n\x0B\f\r]"),
        Some('h') => out.push_str(r"[ \t\x{A0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]"),
        Some('R') if !in_class => out.push_str(r"(?:\r\n|[\n\x0B\f\r\x{85}\x{2028}\x{2029}])"),
        Some('Z') if !in_class => out.push_str(r"(?:\n?\z)"),
        Some('e') => out.push_str(r"\x1B"),
        Some('Q') => quoted(chars, out),
        Some(kind @ ('p' | 'P')) => property(chars, kind == 'P', out),
        Some(other) => {
            out.push('\\');
            out.push(other);
        }
        // A lone backslash doesn't compile, there as here.
        None => out.push('\\'),
    }
}

/// What stands between `\Q` and `\E`, or the end.
fn quoted(chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        if c == '\\' && chars.next_if_eq(&'E').is_some() {
            break;
        }
        text.push(c);
    }
    out.push_str(&regex::escape(&text));
}

fn property(chars: &mut Peekable<Chars<'_>>, negated: bool, out: &mut String) {
    let mut name = String::new();
    if chars.next_if_eq(&'{').is_some() {
        name.extend(chars.by_ref().take_while(|c| *c != '}'));
    } else {
        name.extend(chars.next());
    }
    if let Some((_, class)) = POSIX.iter().find(|(posix, _)| *posix == name) {
        out.push_str(if negated { "[^" } else { "[" });
        out.push_str(class);
        out.push(']');
        return;
    }
    let name = name.strip_prefix("Is").unwrap_or(&name);
    out.push_str(if negated { r"\P{" } else { r"\p{" });
    out.push_str(name);
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::translate;

    fn finds(pattern: &str, text: &str) -> bool {
        regex::Regex::new(&translate(pattern)).unwrap().is_match(text)
    }

    #[test]
    fn classes_are_ascii_also_within_classes() {
        assert!(finds(r"^[\d.]+$", "1.5") && !finds(r"\d", "٣"));
        assert!(!finds(r"\w", "é") && finds(r"[^\w]", "é"));
        assert!(finds(r"\p{Punct}", "]") && !finds(r"\P{Alpha}", "abc"));
    }

    #[test]
    fn quoted_text_stands_for_itself() {
        assert!(finds(r"^\Qa.b\E+$", "a.bbb") && !finds(r"\Qa.b\E", "axb"));
    }

    #[test]
    fn the_end_may_have_a_line_end_behind_it() {
        assert!(finds("a$", "a\n") && !finds("a$", "a\nb"));
    }
}
