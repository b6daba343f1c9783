//! A part of a table that is too large for the terminal: what of it is shown, and where somebody has moved to.

use std::fmt::Write as _;
use std::sync::Arc;

use yeoul_row::RowType;

use super::live_rows::{Keep, LiveRows, Window};
use super::terminal::Size;
use crate::fault::Fault;
use crate::output::grid::Grid;
use crate::output::table;
use crate::output::width::{pad, section};

/// Lines besides the rows: two rules, the header, and the line that says where one is.
const OTHER_LINES: usize = 4;
/// How far the table moves sideways at once.
const SIDEWAYS: usize = 10;

/// What is shown.
pub struct Frame {
    grid: Grid,
    keep: Keep,
    /// The number of the first row that is shown.
    top: usize,
    /// How many columns of the terminal are left out on the left.
    left: usize,
    /// Whether the last rows are shown, whatever comes.
    follows: bool,
}

/// Where to move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Left,
    Right,
}

impl Frame {
    /// The first rows; of rows that only come, the last ones.
    #[must_use]
    pub fn new(schema: &Arc<RowType>, keep: Keep, width_max: usize) -> Frame {
        let leading = (keep == Keep::Changes).then_some("op");
        Frame { grid: Grid::new(schema, leading, width_max), keep, top: 0, left: 0, follows: keep != Keep::All }
    }

    /// Moves; the next drawing shows it.
    pub fn move_by(&mut self, moved: Move, size: Size) {
        let page = room(size);
        match moved {
            Move::Up => self.top = self.top.saturating_sub(1),
            Move::Down => self.top = self.top.saturating_add(1),
            Move::PageUp => self.top = self.top.saturating_sub(page),
            Move::PageDown => self.top = self.top.saturating_add(page),
            Move::First => self.top = 0,
            Move::Last => self.top = usize::MAX,
            Move::Left => self.left = self.left.saturating_sub(SIDEWAYS),
            Move::Right => self.left = self.left.saturating_add(SIDEWAYS),
        }
        match moved {
            Move::Last => self.follows = true,
            Move::Left | Move::Right => {}
            _ => self.follows = false,
        }
    }

    /// What the terminal is to be told so that it shows the rows.
    ///
    /// # Errors
    /// Arrow's.
    pub fn draw(&mut self, rows: &LiveRows, size: Size) -> Result<String, Fault> {
        let from = if self.follows { usize::MAX } else { self.top };
        let window = rows.window(from, room(size))?;
        self.top = window.start;
        let at_end = window.start + window.rows.len() >= window.total;
        self.follows |= self.keep != Keep::All && at_end && window.start > window.first;
        let lines = self.lines(&window);
        let widest = lines.first().map_or(0, String::len);
        self.left = self.left.min(widest.saturating_sub(size.columns.min(widest)));
        let mut out = String::from("\x1b[H");
        for line in &lines {
            let _ = write!(out, "\x1b[K{}\r\n", section(line, self.left, size.columns));
        }
        let status = section(&status(&window, self.keep), 0, size.columns);
        let _ = write!(out, "\x1b[J\x1b[7m{}\x1b[0m", pad(&status, size.columns, false));
        Ok(out)
    }

    /// The rows that were shown last, for the screen that the shell goes on with; `count` at most.
    ///
    /// # Errors
    /// Arrow's.
    pub fn last(&mut self, rows: &LiveRows, count: usize) -> Result<String, Fault> {
        let from = if self.follows { usize::MAX } else { self.top };
        let window = rows.window(from, count)?;
        let lines = self.lines(&window).join("\n");
        let all = window.rows.len() == window.total;
        let said = if all { table::count(window.total) } else { format!("{}\n", place(&window)) };
        Ok(format!("{lines}\n{said}"))
    }

    fn lines(&mut self, window: &Window) -> Vec<String> {
        window.rows.iter().for_each(|row| self.grid.fit(row));
        let rule = self.grid.rule();
        let rows = window.rows.iter().map(|row| self.grid.line(row));
        let mut lines = vec![rule.clone(), self.grid.header(), rule];
        lines.extend(rows);
        lines
    }
}

/// How many rows there is room for.
fn room(size: Size) -> usize {
    size.rows.saturating_sub(OTHER_LINES).max(1)
}

/// `rows 1 to 20 of 342`
fn place(window: &Window) -> String {
    match window.rows.len() {
        0 => "no rows".to_owned(),
        shown => format!("rows {} to {} of {}", window.start + 1, window.start + shown, window.total),
    }
}

fn status(window: &Window, keep: Keep) -> String {
    let what = if keep == Keep::Changes { "changes, " } else { "" };
    let kept = match window.first {
        0 => String::new(),
        _ => format!(", the last {} are kept", window.total - window.first),
    };
    format!(" {what}{}{kept} · arrows, PgUp, PgDn, Home, End: move · q: end ", place(window))
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, RecordBatch};
    use yeoul_engine::sink::Sink;
    use yeoul_row::{DataType, Field, LogicalType, RowBatch, Watermarks};

    use super::*;
    use crate::output::collected::plain;

    const SIZE: Size = Size { columns: 40, rows: 7 };

    fn rows(keep: Keep, count: i64) -> (LiveRows, Frame) {
        let schema =
            Arc::new(RowType::new(vec![Field::new("여울", DataType { logical: LogicalType::BigInt, nullable: true })]));
        let mut rows = LiveRows::new(&schema, keep, &[], 1000, plain());
        let column = Arc::new(Int64Array::from_iter_values(1..=count));
        let batch = RecordBatch::try_new(schema.to_arrow(), vec![column]).expect("a column");
        rows.write(&RowBatch::inserts(batch, Watermarks::NONE)).expect("rows");
        (rows, Frame::new(&schema, keep, 30))
    }

    /// The lines that a terminal shows.
    fn drawn(frame: &mut Frame, rows: &LiveRows) -> Vec<String> {
        let told = frame.draw(rows, SIZE).expect("drawn");
        let plain =
            ["\x1b[H", "\x1b[K", "\x1b[7m", "\x1b[0m", "\x1b[J"].iter().fold(told, |text, code| text.replace(code, ""));
        plain.split("\r\n").map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn as_many_rows_are_shown_as_have_room() {
        let (rows, mut frame) = rows(Keep::All, 5);
        let lines = drawn(&mut frame, &rows);
        assert_eq!(lines[..4], ["+------+", "| 여울 |", "+------+", "|    1 |"]);
        assert_eq!((lines.len(), lines[6].starts_with(" rows 1 to 3 of 5")), (7, true), "{lines:?}");
        frame.move_by(Move::Down, SIZE);
        assert!(drawn(&mut frame, &rows)[6].contains("rows 2 to 4 of 5"));
        frame.move_by(Move::PageDown, SIZE);
        assert!(drawn(&mut frame, &rows)[6].contains("rows 3 to 5 of 5"));
        frame.move_by(Move::First, SIZE);
        assert!(drawn(&mut frame, &rows)[6].contains("rows 1 to 3 of 5"));
    }

    #[test]
    fn of_rows_that_only_come_the_last_ones_are_shown_until_somebody_moves() {
        let (rows, mut frame) = rows(Keep::Last, 5);
        assert!(drawn(&mut frame, &rows)[6].contains("rows 3 to 5 of 5"));
        frame.move_by(Move::Up, SIZE);
        assert!(drawn(&mut frame, &rows)[6].contains("rows 2 to 4 of 5"));
        assert!(!frame.follows);
        frame.move_by(Move::Last, SIZE);
        assert!(drawn(&mut frame, &rows)[6].contains("rows 3 to 5 of 5") && frame.follows);
    }

    #[test]
    fn what_is_left_on_the_screen_says_how_many_there_are() {
        let (rows, mut frame) = rows(Keep::All, 2);
        assert!(frame.last(&rows, 20).expect("rows").ends_with("|    2 |\n(2 rows)\n"));
        assert!(frame.last(&rows, 1).expect("rows").ends_with("rows 1 to 1 of 2\n"));
    }
}
