//! Constant patterns that Java reads and Yeoul doesn't: refused before anything runs, since a row could only be told that
//! nothing was found.

use super::Bound;
use super::expression::unsupported;
use crate::diagnostic::Span;
use crate::expr::{Expr, ExprKind, Literal};

/// Refuses a function of regular expressions whose constant pattern looks around, refers back or is possessive.
pub(crate) fn refuse_pattern(name: &str, args: &[Expr], span: Span) -> Bound<()> {
    if name != "REGEXP" && !name.starts_with("REGEXP_") {
        return Ok(());
    }
    match args.get(1).and_then(constant_text).and_then(java_only) {
        Some(what) => Err(unsupported(&format!("a regular expression with {what}"), span)
            .with_help("groups, classes, alternatives and repetitions are there")),
        None => Ok(()),
    }
}

/// Refuses a constant JSON path with a filter or a function.
pub(crate) fn refuse_path(path: &Expr, span: Span) -> Bound<()> {
    let quoted_apart = |text: &str| text.split(['\'', '"']).step_by(2).any(|part| part.contains(['(', '?']));
    match constant_text(path).is_some_and(quoted_apart) {
        true => Err(unsupported("a JSON path with a filter or a function", span)
            .with_help("paths have names, places, ranges and wildcards: `$.a.b[0]`, `$[1:3]`, `$..a`")),
        false => Ok(()),
    }
}

fn constant_text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::String(text)) => Some(text),
        ExprKind::Cast { value, .. } => constant_text(value),
        _ => None,
    }
}

/// What only Java's regular expressions have.
fn java_only(pattern: &str) -> Option<&'static str> {
    let mut chars = pattern.chars().peekable();
    let (mut class_depth, mut repeats) = (0_u32, false);
    while let Some(c) = chars.next() {
        let repeated = std::mem::take(&mut repeats);
        match c {
            '\\' => match chars.next() {
                Some('1'..='9' | 'k') if class_depth == 0 => return Some("a back reference"),
                // What is quoted is text.
                Some('Q') => return None,
                // A class or a character by its name: `\p{Alpha}`, `\x{e9}`.
                Some('p' | 'P' | 'x') if chars.peek() == Some(&'{') => {
                    chars.by_ref().find(|c| *c == '}');
                }
                _ => {}
            },
            '[' => class_depth += 1,
            ']' => class_depth = class_depth.saturating_sub(1),
            _ if class_depth > 0 => {}
            '+' if repeated => return Some("a possessive repetition"),
            '*' | '+' | '?' | '}' => repeats = !repeated,
            '(' if chars.peek() == Some(&'?') => {
                let mut ahead = chars.clone().skip(1);
                match (ahead.next(), ahead.next()) {
                    (Some('=' | '!'), _) | (Some('<'), Some('=' | '!')) => return Some("look-around"),
                    (Some('>'), _) => return Some("an atomic group"),
                    _ => {}
                }
                chars.next();
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::java_only;

    #[test]
    fn what_only_java_reads_is_found_and_nothing_else() {
        for pattern in
            ["(?=b)b", "a(?!b)", "(?<=a)b", "(?<!a)b", r"(a)\1", r"(?<n>a)\k<n>", "a++", "a{2}+", "a?+", "(?>a)"]
        {
            assert!(java_only(pattern).is_some(), "{pattern}");
        }
        for pattern in [
            "a+",
            "a+?",
            "(?:a)+",
            "(?i)a",
            "(?<name>a)",
            r"\Q(?=\E",
            "[(?=]",
            r"\++",
            r"\d+",
            r"\p{Alpha}+",
            "[a+]+",
            "a{2}",
        ] {
            assert_eq!(java_only(pattern), None, "{pattern}");
        }
    }
}
