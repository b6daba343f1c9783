//! Where each character of the edited text stands on a terminal of a given width.

use unicode_segmentation::UnicodeSegmentation;

use crate::output::width::width;

/// How a tab looks.
const TAB: &str = "    ";
/// How a control character looks.
const CONTROL: &str = "\u{fffd}";

/// What stands before the first line, and before each further one.
#[derive(Clone, Debug)]
pub struct Prompts {
    /// Before the first line.
    pub first: String,
    /// Before each further line.
    pub next: String,
}

/// The rows of a terminal, and the cursor's place.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Layout {
    /// No row is wider than the terminal.
    pub rows: Vec<String>,
    /// The cursor's row and column, from 0.
    pub cursor: (usize, usize),
}

/// Lays `text` out; `at` is the cursor's byte.
#[must_use]
pub fn lay_out(prompts: &Prompts, text: &str, at: usize, columns: usize) -> Layout {
    let mut pen = Pen { columns: columns.max(2), layout: Layout::default(), column: 0 };
    pen.line(&prompts.first);
    for (place, part) in text.grapheme_indices(true) {
        if part.contains('\n') {
            pen.mark(place == at);
            pen.line(&prompts.next);
            continue;
        }
        pen.put(shown(part), place == at);
    }
    pen.mark(at >= text.len());
    pen.layout
}

fn shown(part: &str) -> &str {
    match part {
        "\t" => TAB,
        part if part.contains(char::is_control) => CONTROL,
        part => part,
    }
}

struct Pen {
    columns: usize,
    layout: Layout,
    /// The next character's column.
    column: usize,
}

impl Pen {
    fn row(&mut self) {
        self.layout.rows.push(String::new());
        self.column = 0;
    }

    fn line(&mut self, prompt: &str) {
        self.row();
        prompt.graphemes(true).for_each(|part| self.put(part, false));
    }

    fn put(&mut self, part: &str, is_cursor: bool) {
        let wide = width(part).min(self.columns);
        if self.column + wide > self.columns {
            self.row();
        }
        if is_cursor {
            self.layout.cursor = (self.layout.rows.len() - 1, self.column);
        }
        if let Some(row) = self.layout.rows.last_mut() {
            row.push_str(part);
        }
        self.column += wide;
    }

    /// The cursor stands behind what there is, on the next row where this one is full.
    fn mark(&mut self, is_cursor: bool) {
        if !is_cursor {
            return;
        }
        if self.column >= self.columns {
            self.row();
        }
        self.layout.cursor = (self.layout.rows.len() - 1, self.column);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, at: usize, columns: usize, rows: &[&str], cursor: (usize, usize)) {
        let prompts = Prompts { first: "> ".to_owned(), next: "- ".to_owned() };
        let layout = lay_out(&prompts, text, at, columns);
        assert_eq!(
            (layout.rows.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), layout.cursor),
            (rows, cursor)
        );
    }

    #[test]
    fn a_long_line_goes_on_in_the_next_row() {
        check("abcdefgh", 4, 6, &["> abcd", "efgh"], (1, 0));
        check("abcdefgh", 8, 6, &["> abcd", "efgh"], (1, 4));
        check("abcd", 4, 6, &["> abcd", ""], (1, 0));
        check("", 0, 6, &["> "], (0, 2));
    }

    #[test]
    fn wide_characters_are_not_cut() {
        check("여울물", 6, 7, &["> 여울", "물"], (1, 0));
        check("여울물", 3, 7, &["> 여울", "물"], (0, 4));
    }

    #[test]
    fn further_lines_have_their_own_prompt() {
        check("a\nbc\n", 2, 20, &["> a", "- bc", "- "], (1, 2));
        check("a\nbc\n", 5, 20, &["> a", "- bc", "- "], (2, 2));
        check("a\nbc\n", 1, 20, &["> a", "- bc", "- "], (0, 3));
        check("\tx\u{7}", 6, 20, &[">     x\u{fffd}"], (0, 8));
    }
}
