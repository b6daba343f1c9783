//! `OVER (…)`, `OVER name`, `WINDOW name AS (…)`, frames.

use super::{Parsed, Parser};
use crate::ast::expression::{Frame, FrameBound, Over};
use crate::ast::query::NamedWindow;

impl Parser {
    /// `OVER (…)`, `OVER name`
    pub(super) fn over(&mut self) -> Parsed<Over> {
        let start = self.here();
        self.expect_word("OVER")?;
        if self.at_mark("(") {
            let over = self.window_definition()?;
            return Ok(Over { span: self.since(start), ..over });
        }
        let window = Some(self.ident("a window's name or `(`")?);
        Ok(Over { window, partition_by: Vec::new(), order_by: Vec::new(), frame: None, span: self.since(start) })
    }

    /// `WINDOW name AS (…), …`, if it stands here.
    pub(super) fn named_windows(&mut self) -> Parsed<Vec<NamedWindow>> {
        if !self.eat_word("WINDOW") {
            return Ok(Vec::new());
        }
        self.comma_list(|parser| {
            let name = parser.ident("a window's name")?;
            parser.expect_word("AS")?;
            Ok(NamedWindow { name, over: parser.window_definition()? })
        })
    }

    /// `([name] [PARTITION BY …] [ORDER BY …] [frame])`
    fn window_definition(&mut self) -> Parsed<Over> {
        let start = self.here();
        self.expect_mark("(")?;
        let window = if self.at_ident_ahead(0) { Some(self.ident("a window's name")?) } else { None };
        let mut partition_by = Vec::new();
        if self.eat_words(&["PARTITION", "BY"]) {
            partition_by = self.comma_list(Parser::expression)?;
        }
        let order_by = if self.at_words(&["ORDER", "BY"]) { self.order_by()? } else { Vec::new() };
        let frame = self.frame()?;
        self.expect_mark(")")?;
        Ok(Over { window, partition_by, order_by, frame, span: self.since(start) })
    }

    fn frame(&mut self) -> Parsed<Option<Frame>> {
        if !self.at_word("ROWS") && !self.at_word("RANGE") {
            return Ok(None);
        }
        let start = self.here();
        let rows = self.at_word("ROWS");
        self.advance();
        let (first, end) = if self.eat_word("BETWEEN") {
            let first = self.frame_bound()?;
            self.expect_word("AND")?;
            (first, Some(self.frame_bound()?))
        } else {
            (self.frame_bound()?, None)
        };
        if self.at_word("EXCLUDE") {
            return self.unsupported("EXCLUDE of a frame");
        }
        Ok(Some(Frame { rows, start: first, end, span: self.since(start) }))
    }

    fn frame_bound(&mut self) -> Parsed<FrameBound> {
        if self.eat_words(&["CURRENT", "ROW"]) {
            return Ok(FrameBound::CurrentRow);
        }
        let value = if self.eat_word("UNBOUNDED") { None } else { Some(Box::new(self.expression_tighter_than_in()?)) };
        let preceding = self.eat_word("PRECEDING");
        if !preceding && !self.eat_word("FOLLOWING") {
            return Err(self.expected("`PRECEDING` or `FOLLOWING`"));
        }
        Ok(match (value, preceding) {
            (None, true) => FrameBound::UnboundedPreceding,
            (None, false) => FrameBound::UnboundedFollowing,
            (Some(value), true) => FrameBound::Preceding(value),
            (Some(value), false) => FrameBound::Following(value),
        })
    }
}
