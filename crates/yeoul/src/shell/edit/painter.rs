//! Draws the edited text in place of what was drawn before.

use std::fmt::Write as _;

use super::layout::Layout;
use crate::output::width::width;
use crate::shell::terminal::Size;

/// What is drawn.
#[derive(Default)]
pub struct Painter {
    /// How wide each drawn row is.
    widths: Vec<usize>,
    /// The cursor's row and column among them.
    cursor: (usize, usize),
    /// How wide the terminal was.
    columns: usize,
}

impl Painter {
    /// What the terminal is to be told so that it shows `layout`, of which as much is shown as has room.
    #[must_use]
    pub fn paint(&mut self, layout: &Layout, size: Size) -> String {
        let mut out = format!("\x1b[?25l{}\x1b[J", self.to_top(size.columns));
        let room = size.rows.max(1);
        let first = layout.cursor.0.saturating_sub(room - 1).min(layout.rows.len().saturating_sub(room));
        let rows: Vec<&str> = layout.rows.iter().skip(first).take(room).map(String::as_str).collect();
        let _ = write!(out, "{}", rows.join("\r\n"));
        self.widths = rows.iter().map(|row| width(row)).collect();
        self.cursor = (layout.cursor.0 - first, layout.cursor.1);
        self.columns = size.columns;
        let below = rows.len().saturating_sub(1).saturating_sub(self.cursor.0);
        let _ = write!(out, "{}\r{}\x1b[?25h", moved(below, 'A'), moved(self.cursor.1, 'C'));
        out
    }

    /// What brings the cursor below what is drawn.
    #[must_use]
    pub fn leave(&mut self) -> String {
        let below = self.widths.len().saturating_sub(1).saturating_sub(self.cursor.0);
        *self = Painter::default();
        format!("{}\r\n", moved(below, 'B'))
    }

    /// Forgets what was drawn: the screen is empty.
    pub fn forget(&mut self) {
        *self = Painter::default();
    }

    /// What brings the cursor to the first row's beginning. Where the terminal has become narrower, rows take several of its rows.
    fn to_top(&self, columns: usize) -> String {
        let columns = columns.max(1);
        let above = self.widths.iter().take(self.cursor.0);
        let rows = match columns < self.columns {
            true => above.map(|width| width.div_ceil(columns).max(1)).sum::<usize>() + self.cursor.1 / columns,
            false => self.cursor.0,
        };
        format!("{}\r", moved(rows, 'A'))
    }
}

/// Moves the cursor `count` places in a direction.
fn moved(count: usize, direction: char) -> String {
    if count == 0 { String::new() } else { format!("\x1b[{count}{direction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(rows: &[&str], cursor: (usize, usize)) -> Layout {
        Layout { rows: rows.iter().map(|row| (*row).to_owned()).collect(), cursor }
    }

    #[test]
    fn what_was_drawn_is_drawn_over() {
        let (size, mut painter) = (Size { columns: 20, rows: 5 }, Painter::default());
        assert_eq!(
            painter.paint(&layout(&["> a", "- bc"], (0, 3)), size),
            "\x1b[?25l\r\x1b[J> a\r\n- bc\x1b[1A\r\x1b[3C\x1b[?25h"
        );
        assert_eq!(
            painter.paint(&layout(&["> a", "- bc"], (1, 4)), size),
            "\x1b[?25l\r\x1b[J> a\r\n- bc\r\x1b[4C\x1b[?25h"
        );
        assert_eq!(painter.paint(&layout(&["> "], (0, 2)), size), "\x1b[?25l\x1b[1A\r\x1b[J> \r\x1b[2C\x1b[?25h");
        assert_eq!(painter.leave(), "\r\n");
    }

    #[test]
    fn of_a_long_text_the_part_with_the_cursor_is_shown() {
        let (size, mut painter) = (Size { columns: 20, rows: 2 }, Painter::default());
        let drawn = painter.paint(&layout(&["a", "b", "c"], (2, 0)), size);
        assert!(drawn.contains("b\r\nc") && !drawn.contains('a'), "{drawn:?}");
        let drawn = painter.paint(&layout(&["a", "b", "c"], (0, 0)), size);
        assert!(drawn.contains("a\r\nb") && !drawn.contains('c'), "{drawn:?}");
    }

    #[test]
    fn a_narrower_terminal_has_wrapped_the_rows() {
        let mut painter = Painter::default();
        let _ = painter.paint(&layout(&["0123456789", "ab"], (1, 1)), Size { columns: 20, rows: 9 });
        assert!(painter.paint(&layout(&["x"], (0, 0)), Size { columns: 4, rows: 9 }).contains("\x1b[3A\r\x1b[J"));
    }
}
