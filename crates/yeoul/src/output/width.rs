//! How wide a text is on a terminal: Hangul, Han and most emoji take two columns, marks that combine take none.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The columns that a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text in at most `columns` columns; what is cut off is shown by `mark`, where that fits.
#[must_use]
pub fn cut(text: &str, columns: usize, mark: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let marked = width(mark) < columns;
    let room = if marked { columns - width(mark) } else { columns };
    let mut out = section(text, 0, room);
    if marked {
        out.push_str(mark);
    }
    out
}

/// The part of a text that stands from column `left` on, `columns` wide at most. Of what is cut in the middle, spaces are left.
#[must_use]
pub fn section(text: &str, left: usize, columns: usize) -> String {
    let mut out = String::new();
    let mut at = 0;
    for part in text.graphemes(true) {
        let end = at + width(part);
        if end > left + columns {
            break;
        }
        if at >= left {
            out.push_str(part);
        } else if end > left {
            out.push_str(&" ".repeat(end - left));
        }
        at = end;
    }
    out
}

/// A text with spaces before or behind it, to this many columns.
#[must_use]
pub fn pad(text: &str, columns: usize, right: bool) -> String {
    let blank = " ".repeat(columns.saturating_sub(width(text)));
    if right { blank + text } else { format!("{text}{blank}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_takes_two_columns() {
        assert_eq!((width("여울"), width("ab"), width("e\u{301}")), (4, 2, 1));
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        assert_eq!(cut("abcdef", 4, "…"), "abc…");
        assert_eq!(cut("여울물", 5, "…"), "여울…");
        assert_eq!(cut("여울물", 4, "…"), "여…");
        assert_eq!(cut("ab", 80, "…"), "ab");
        assert_eq!(cut("abc", 1, "..."), "a");
    }

    #[test]
    fn a_section_begins_and_ends_anywhere() {
        assert_eq!(section("abcdef", 2, 3), "cde");
        assert_eq!(section("여울물", 1, 4), " 울");
        assert_eq!(section("여울물", 0, 3), "여");
        assert_eq!(section("ab", 5, 3), "");
    }
}
