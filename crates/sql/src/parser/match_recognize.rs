//! `MATCH_RECOGNIZE (…)`.

use super::{Parsed, Parser};
use crate::ast::Ident;
use crate::ast::expression::Expression;
use crate::ast::match_recognize::{MatchRecognize, MatchSkip, Pattern};
use crate::diagnostic::Diagnostic;

impl Parser {
    /// The clause, if it stands here.
    pub(super) fn match_recognize(&mut self) -> Parsed<Option<Box<MatchRecognize>>> {
        let start = self.here();
        if !self.eat_word("MATCH_RECOGNIZE") {
            return Ok(None);
        }
        self.expect_mark("(")?;
        let mut partition_by = Vec::new();
        if self.eat_words(&["PARTITION", "BY"]) {
            partition_by = self.comma_list(Parser::expression)?;
        }
        let order_by = if self.at_words(&["ORDER", "BY"]) { self.order_by()? } else { Vec::new() };
        let measures = if self.eat_word("MEASURES") { self.comma_list(Parser::measure)? } else { Vec::new() };
        let all_rows = self.rows_per_match()?;
        let skip = self.match_skip()?;
        let (from_start, pattern, to_end) = self.pattern_clause()?;
        let within = if self.eat_word("WITHIN") { Some(self.interval_literal()?) } else { None };
        let subsets = if self.eat_word("SUBSET") { self.comma_list(Parser::pattern_subset)? } else { Vec::new() };
        self.expect_word("DEFINE")?;
        let define = self.comma_list(Parser::pattern_definition)?;
        self.expect_mark(")")?;
        let span = self.since(start);
        Ok(Some(Box::new(MatchRecognize {
            partition_by,
            order_by,
            measures,
            all_rows,
            skip,
            pattern,
            from_start,
            to_end,
            within,
            subsets,
            define,
            span,
        })))
    }

    fn measure(&mut self) -> Parsed<(Expression, Ident)> {
        let value = self.expression()?;
        self.expect_word("AS")?;
        Ok((value, self.ident("a name")?))
    }

    fn rows_per_match(&mut self) -> Parsed<bool> {
        if self.eat_words(&["ONE", "ROW"]) {
            self.expect_words(&["PER", "MATCH"])?;
            return Ok(false);
        }
        if self.eat_words(&["ALL", "ROWS"]) {
            self.expect_words(&["PER", "MATCH"])?;
            return Ok(true);
        }
        Ok(false)
    }

    fn match_skip(&mut self) -> Parsed<Option<MatchSkip>> {
        if !self.eat_word("AFTER") {
            return Ok(None);
        }
        self.expect_words(&["MATCH", "SKIP"])?;
        if self.eat_words(&["PAST", "LAST", "ROW"]) {
            return Ok(Some(MatchSkip::PastLastRow));
        }
        self.expect_word("TO")?;
        if self.eat_words(&["NEXT", "ROW"]) {
            return Ok(Some(MatchSkip::NextRow));
        }
        // `FIRST` and `LAST` may be names of variables too.
        let first = self.at_word("FIRST") && self.at_ident_ahead(1);
        let last = self.at_word("LAST") && self.at_ident_ahead(1);
        if (first || last) && !self.at_word_ahead(1, "PATTERN") {
            self.advance();
        }
        let variable = self.ident("a pattern variable")?;
        Ok(Some(if first { MatchSkip::First(variable) } else { MatchSkip::Last(variable) }))
    }

    fn pattern_clause(&mut self) -> Parsed<(bool, Pattern, bool)> {
        self.expect_word("PATTERN")?;
        self.expect_mark("(")?;
        let from_start = self.eat_mark("^");
        let pattern = self.alternatives()?;
        let to_end = self.eat_mark("$");
        self.expect_mark(")")?;
        Ok((from_start, pattern, to_end))
    }

    fn alternatives(&mut self) -> Parsed<Pattern> {
        self.nested(|parser| {
            let mut parts = vec![parser.pattern_sequence()?];
            while parser.eat_mark("|") {
                parts.push(parser.pattern_sequence()?);
            }
            Ok(single(parts, Pattern::Alternatives))
        })
    }

    fn pattern_sequence(&mut self) -> Parsed<Pattern> {
        let mut parts = vec![self.pattern_factor()?];
        while self.at_ident_ahead(0) || self.at_mark("(") || self.at_mark("{") || self.at_word("PERMUTE") {
            parts.push(self.pattern_factor()?);
        }
        Ok(single(parts, Pattern::Sequence))
    }

    fn pattern_factor(&mut self) -> Parsed<Pattern> {
        let inner = self.pattern_term()?;
        let Some((least, most)) = self.quantifier()? else { return Ok(inner) };
        let reluctant = self.eat_mark("?");
        Ok(Pattern::Repeat { inner: Box::new(inner), least, most, reluctant })
    }

    fn pattern_term(&mut self) -> Parsed<Pattern> {
        if self.eat_mark("(") {
            let inner = self.alternatives()?;
            self.expect_mark(")")?;
            return Ok(inner);
        }
        if self.at_mark("{") && self.at_mark_ahead(1, "-") {
            self.advance();
            self.advance();
            let inner = self.alternatives()?;
            self.expect_mark("-")?;
            self.expect_mark("}")?;
            return Ok(Pattern::Exclude(Box::new(inner)));
        }
        if self.eat_word("PERMUTE") {
            self.expect_mark("(")?;
            let parts = self.comma_list(Parser::alternatives)?;
            self.expect_mark(")")?;
            return Ok(Pattern::Permute(parts));
        }
        self.ident("a pattern variable").map(Pattern::Variable)
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}`, `{,m}`, `{n,m}`
    fn quantifier(&mut self) -> Parsed<Option<(u32, Option<u32>)>> {
        match () {
            () if self.eat_mark("*") => return Ok(Some((0, None))),
            () if self.eat_mark("+") => return Ok(Some((1, None))),
            () if self.eat_mark("?") => return Ok(Some((0, Some(1)))),
            () if !self.at_mark("{") || self.at_mark_ahead(1, "-") => return Ok(None),
            () => {}
        }
        let start = self.here();
        self.advance();
        let least = if self.at_mark(",") { 0 } else { self.repetitions()? };
        let most = match () {
            () if !self.eat_mark(",") => Some(least),
            () if self.at_mark("}") => None,
            () => Some(self.repetitions()?),
        };
        self.expect_mark("}")?;
        if most.is_some_and(|most| most < least) {
            return Err(Diagnostic::new("the pattern repeats more often at least than at most", self.since(start)));
        }
        Ok(Some((least, most)))
    }

    fn repetitions(&mut self) -> Parsed<u32> {
        let (count, span) = self.unsigned("a number of repetitions")?;
        u32::try_from(count).map_err(|_| Diagnostic::new("the pattern repeats too often", span))
    }

    fn pattern_subset(&mut self) -> Parsed<(Ident, Vec<Ident>)> {
        let name = self.ident("a subset's name")?;
        self.expect_mark("=")?;
        Ok((name, self.idents("a pattern variable")?))
    }

    fn pattern_definition(&mut self) -> Parsed<(Ident, Expression)> {
        let name = self.ident("a pattern variable")?;
        self.expect_word("AS")?;
        Ok((name, self.expression()?))
    }
}

/// One part on its own, several in `wrap`.
fn single(mut parts: Vec<Pattern>, wrap: fn(Vec<Pattern>) -> Pattern) -> Pattern {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            wrap(parts)
        }
        (None, _) => wrap(parts),
    }
}
