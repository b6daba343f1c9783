//! The text that is edited: of any number of lines, with a cursor between two of its characters as people count them.

use unicode_segmentation::UnicodeSegmentation;

use crate::output::width::width;

/// A text and a cursor.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Buffer {
    text: String,
    /// A byte, at the beginning of a character as people count them, or behind the last one.
    at: usize,
    /// The column that moving up and down keeps to.
    column: Option<usize>,
}

/// What a step takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// One character as people count them.
    Character,
    /// To the end of a run of letters and digits.
    Word,
    /// To the end of a run of what is no space.
    Chunk,
    /// To the line's end.
    Line,
    /// To the text's end.
    Text,
}

impl Buffer {
    /// A text, the cursor behind it.
    #[must_use]
    pub fn of(text: impl Into<String>) -> Buffer {
        let text = text.into();
        Buffer { at: text.len(), text, column: None }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The cursor's byte.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// The text before the cursor.
    #[must_use]
    pub fn before(&self) -> &str {
        self.text.get(..self.at).unwrap_or(&self.text)
    }

    fn behind(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The line's text before the cursor.
    #[must_use]
    pub fn line_before(&self) -> &str {
        self.before().rsplit('\n').next().unwrap_or("")
    }

    /// Puts a text before the cursor.
    pub fn insert(&mut self, text: &str) {
        self.text.insert_str(self.at, text);
        self.at += text.len();
        self.column = None;
    }

    /// Puts `text` in place of what stands between `start` and the cursor.
    pub fn replace_from(&mut self, start: usize, text: &str) {
        if start <= self.at && self.text.is_char_boundary(start) {
            self.text.replace_range(start..self.at, text);
            self.at = start + text.len();
            self.column = None;
        }
    }

    /// Moves towards the beginning.
    pub fn back(&mut self, unit: Unit) {
        self.at -= self.length_back(unit);
        self.column = None;
    }

    /// Moves towards the end.
    pub fn forward(&mut self, unit: Unit) {
        self.at += self.length_forward(unit);
        self.column = None;
    }

    /// Takes out what stands before the cursor.
    pub fn take_back(&mut self, unit: Unit) -> String {
        let end = self.at;
        self.back(unit);
        self.text.drain(self.at..end).collect()
    }

    /// Takes out what stands behind the cursor. At a line's end, [`Unit::Line`] takes the line break.
    pub fn take_forward(&mut self, unit: Unit) -> String {
        let length = self.length_forward(unit);
        let length = if length == 0 && unit == Unit::Line { self.length_forward(Unit::Character) } else { length };
        self.column = None;
        self.text.drain(self.at..self.at + length).collect()
    }

    /// Moves a line up; false in the first one.
    pub fn up(&mut self) -> bool {
        let line = self.line_before();
        let (column, start) = (self.column.unwrap_or_else(|| width(line)), self.at - line.len());
        let Some(above) = start.checked_sub(1).and_then(|end| self.text.get(..end)) else { return false };
        let above = above.rsplit('\n').next().unwrap_or("");
        self.at = start - 1 - above.len() + bytes_to(above, column);
        self.column = Some(column);
        true
    }

    /// Moves a line down; false in the last one.
    pub fn down(&mut self) -> bool {
        let column = self.column.unwrap_or_else(|| width(self.line_before()));
        let Some(end) = self.behind().find('\n') else { return false };
        let start = self.at + end + 1;
        let below = self.text.get(start..).and_then(|rest| rest.split('\n').next()).unwrap_or("");
        self.at = start + bytes_to(below, column);
        self.column = Some(column);
        true
    }

    fn length_back(&self, unit: Unit) -> usize {
        let before = self.before();
        match unit {
            Unit::Character => before.graphemes(true).next_back().map_or(0, str::len),
            Unit::Word => before.len() - before.trim_end_matches(|c| !is_word(c)).trim_end_matches(is_word).len(),
            Unit::Chunk => {
                let rest = before.trim_end_matches(char::is_whitespace);
                before.len() - rest.trim_end_matches(|c: char| !c.is_whitespace()).len()
            }
            Unit::Line => self.line_before().len(),
            Unit::Text => before.len(),
        }
    }

    fn length_forward(&self, unit: Unit) -> usize {
        let behind = self.behind();
        match unit {
            Unit::Character => behind.graphemes(true).next().map_or(0, str::len),
            Unit::Word => behind.len() - behind.trim_start_matches(|c| !is_word(c)).trim_start_matches(is_word).len(),
            Unit::Chunk => {
                let rest = behind.trim_start_matches(char::is_whitespace);
                behind.len() - rest.trim_start_matches(|c: char| !c.is_whitespace()).len()
            }
            Unit::Line => behind.find('\n').unwrap_or(behind.len()),
            Unit::Text => behind.len(),
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The bytes of a line's characters that stand before a column.
fn bytes_to(line: &str, column: usize) -> usize {
    let mut reached = 0;
    let fits = |part: &&str| {
        reached += width(part);
        reached <= column
    };
    line.graphemes(true).take_while(fits).map(str::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text in which `|` stands for the cursor.
    fn buffer(text: &str) -> Buffer {
        let at = text.find('|').expect("a cursor");
        Buffer { text: text.replacen('|', "", 1), at, column: None }
    }

    fn check(before: &str, change: impl FnOnce(&mut Buffer), after: &str) {
        let mut changed = buffer(before);
        change(&mut changed);
        let mut shown = changed.text.clone();
        shown.insert(changed.at, '|');
        assert_eq!(shown, after, "from {before}");
    }

    #[test]
    fn the_cursor_moves_by_characters_as_people_count_them() {
        check("여울|", |b| b.back(Unit::Character), "여|울");
        check("e\u{301}|x", |b| b.back(Unit::Character), "|e\u{301}x");
        check("|👨‍👩‍👧a", |b| b.forward(Unit::Character), "👨‍👩‍👧|a");
        check("|", |b| b.back(Unit::Character), "|");
        check("a|", |b| b.forward(Unit::Character), "a|");
    }

    #[test]
    fn the_cursor_moves_by_words_and_lines() {
        check("SELECT foo_1, |b", |b| b.back(Unit::Word), "SELECT |foo_1, b");
        check("SELECT| foo_1, b", |b| b.forward(Unit::Word), "SELECT foo_1|, b");
        check("a\nbc|d\ne", |b| b.back(Unit::Line), "a\n|bcd\ne");
        check("a\nbc|d\ne", |b| b.forward(Unit::Line), "a\nbcd|\ne");
        check("a\nbc|d\ne", |b| b.back(Unit::Text), "|a\nbcd\ne");
    }

    #[test]
    fn up_and_down_keep_the_column() {
        check("abcd\n여|\nabcd", |b| assert!(b.up()), "ab|cd\n여\nabcd");
        check("abc|d\nx\nabcd", |b| assert!(b.down() && b.down()), "abcd\nx\nabc|d");
        check("abc|d\nx\nabcd", |b| assert!(b.down() && b.up()), "abc|d\nx\nabcd");
        check("a|b", |b| assert!(!b.up() && !b.down()), "a|b");
        check("\n\n|", |b| assert!(b.up() && b.up() && !b.up()), "|\n\n");
    }

    #[test]
    fn what_is_taken_out_is_given_back() {
        let mut text = buffer("SELECT a.b |FROM t\nWHERE c");
        assert_eq!(text.take_forward(Unit::Line), "FROM t");
        assert_eq!(text.take_forward(Unit::Line), "\n");
        assert_eq!(text.take_back(Unit::Chunk), "a.b ");
        assert_eq!(text.take_back(Unit::Line), "SELECT ");
        assert_eq!(text.text(), "WHERE c");
        check("여울|", |b| drop(b.take_back(Unit::Character)), "여|");
    }

    #[test]
    fn a_completion_takes_the_place_of_what_was_typed() {
        check("FROM or|;", |b| b.replace_from(5, "orders"), "FROM orders|;");
    }
}
