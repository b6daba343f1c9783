//! Names, calls, and the expressions that begin with a word: `CASE`, `CAST`, `EXTRACT`, `TRIM`, …

use yeoul_row::LogicalType;

use super::{Parsed, Parser};
use crate::ast::expression::{Call, Constant, Expression, ExpressionKind, TrimSide};
use crate::ast::{Ident, ObjectName};
use crate::diagnostic::{Diagnostic, Span};
use crate::token::TokenKind;

/// Reserved words that call a function nevertheless.
const CALLABLE: [&str; 52] = [
    "ABS",
    "AVG",
    "CARDINALITY",
    "CEIL",
    "CEILING",
    "CHARACTER_LENGTH",
    "CHAR_LENGTH",
    "COALESCE",
    "COLLECT",
    "COUNT",
    "CONVERT",
    "CUME_DIST",
    "DENSE_RANK",
    "ELEMENT",
    "EXP",
    "FIRST_VALUE",
    "FLOOR",
    "GROUPING",
    "HOUR",
    "INTERSECTION",
    "LAG",
    "LAST_VALUE",
    "LEAD",
    "LEFT",
    "LN",
    "LOWER",
    "MAX",
    "MIN",
    "MINUTE",
    "MOD",
    "MONTH",
    "NTH_VALUE",
    "NTILE",
    "NULLIF",
    "OCTET_LENGTH",
    "PERCENT_RANK",
    "POWER",
    "RANK",
    "RIGHT",
    "ROW_NUMBER",
    "SECOND",
    "SQRT",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "SUBSTRING",
    "SUM",
    "TRANSLATE",
    "TRUNCATE",
    "UPPER",
    "VAR_POP",
    "VAR_SAMP",
    "YEAR",
];

/// Functions that stand without parentheses.
const BARE: [&str; 5] = ["CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"];

/// Aggregates and functions of `MATCH_RECOGNIZE` that are reserved words.
const OF_PATTERNS: [&str; 4] = ["CLASSIFIER", "MATCH_NUMBER", "NEXT", "PREV"];

impl Parser {
    /// An expression that begins with a word.
    pub(super) fn word_expression(&mut self, word: &str) -> Parsed<Expression> {
        if let Some(literal) = self.charset_literal()? {
            return Ok(literal);
        }
        if let Some(literal) = self.moment_literal()? {
            return Ok(literal);
        }
        let start = self.here();
        let kind = match word {
            "NULL" => self.constant(Constant::Null),
            "TRUE" => self.constant(Constant::Boolean(true)),
            "FALSE" => self.constant(Constant::Boolean(false)),
            "UNKNOWN" => self.unknown(),
            "INTERVAL" => return self.interval_literal(),
            "CASE" => self.case()?,
            "CAST" | "TRY_CAST" if self.at_mark_ahead(1, "(") => self.cast(word == "TRY_CAST")?,
            "EXTRACT" => self.extract()?,
            "TRIM" => self.trim()?,
            "POSITION" => self.position()?,
            "SUBSTRING" if self.at_mark_ahead(1, "(") => self.substring()?,
            "TIMESTAMPADD" | "TIMESTAMPDIFF" if self.at_mark_ahead(1, "(") => {
                self.timestamp_call(word == "TIMESTAMPADD")?
            }
            "FLOOR" | "CEIL" | "CEILING" if self.at_mark_ahead(1, "(") => self.round_call(word != "FLOOR")?,
            "ROW" if self.at_mark_ahead(1, "(") => self.row_constructor()?,
            "ARRAY" if self.at_mark_ahead(1, "[") => ExpressionKind::Array(self.bracketed()?),
            "MAP" if self.at_mark_ahead(1, "[") => ExpressionKind::Map(self.bracketed()?),
            "MULTISET" if self.at_mark_ahead(1, "[") => ExpressionKind::Multiset(self.bracketed()?),
            "ARRAY" | "MAP" | "MULTISET" | "CURSOR" if self.at_mark_ahead(1, "(") => return self.collected(word),
            "EXISTS" | "UNIQUE" if self.at_mark_ahead(1, "(") => self.exists(word == "EXISTS")?,
            "OVERLAY" if self.at_mark_ahead(1, "(") => self.overlay()?,
            "CONVERT" if self.at_mark_ahead(1, "(") => self.convert()?,
            "PERIOD" if self.at_mark_ahead(1, "(") => self.period()?,
            "NEXT" if self.at_word_ahead(1, "VALUE") => self.next_value()?,
            "RUNNING" | "FINAL" if self.at_call_ahead(1) => self.match_semantics()?,
            _ if super::json::is_json_function(word) && self.at_mark_ahead(1, "(") => return self.json_call(word),
            _ if OF_PATTERNS.contains(&word) && self.at_mark_ahead(1, "(") => return self.keyword_call(),
            _ if BARE.contains(&word) => self.bare_call()?,
            _ if CALLABLE.contains(&word) && self.at_mark_ahead(1, "(") => return self.keyword_call(),
            _ => return self.name_or_call(),
        };
        Ok(Expression::new(kind, self.since(start)))
    }

    fn constant(&mut self, constant: Constant) -> ExpressionKind {
        self.advance();
        ExpressionKind::Constant(constant)
    }

    /// `UNKNOWN`: NULL as a BOOLEAN.
    fn unknown(&mut self) -> ExpressionKind {
        let span = self.here();
        self.advance();
        let value = Box::new(Expression::new(ExpressionKind::Constant(Constant::Null), span));
        ExpressionKind::Cast { value, data_type: LogicalType::Boolean.nullable(), try_cast: false }
    }

    fn case(&mut self) -> Parsed<ExpressionKind> {
        self.advance();
        let operand = if self.at_word("WHEN") { None } else { Some(Box::new(self.expression()?)) };
        let mut arms = Vec::new();
        while self.eat_word("WHEN") {
            // `CASE x WHEN 1, 2 THEN …`
            let values = match operand {
                Some(_) => self.comma_list(Parser::expression)?,
                None => vec![self.expression()?],
            };
            self.expect_word("THEN")?;
            let then = self.expression()?;
            arms.extend(values.into_iter().map(|value| (value, then.clone())));
        }
        if arms.is_empty() {
            return Err(self.expected("`WHEN`"));
        }
        let otherwise = if self.eat_word("ELSE") { Some(Box::new(self.expression()?)) } else { None };
        self.expect_word("END")?;
        Ok(ExpressionKind::Case { operand, arms, otherwise })
    }

    fn cast(&mut self, try_cast: bool) -> Parsed<ExpressionKind> {
        self.advance();
        self.expect_mark("(")?;
        let value = Box::new(self.expression()?);
        self.expect_word("AS")?;
        let unit = self.interval_unit();
        let data_type = self.data_type()?;
        self.expect_mark(")")?;
        if let (Some(unit), ExpressionKind::Constant(Constant::Number(digits))) = (unit, &value.kind)
            && let Some(interval) = super::literal::interval_of_number(digits, unit)
        {
            return Ok(ExpressionKind::Constant(interval));
        }
        Ok(ExpressionKind::Cast { value, data_type, try_cast })
    }

    fn extract(&mut self) -> Parsed<ExpressionKind> {
        self.advance();
        self.expect_mark("(")?;
        let (unit, _) = self.time_unit()?;
        self.expect_word("FROM")?;
        let value = Box::new(self.expression()?);
        self.expect_mark(")")?;
        Ok(ExpressionKind::Extract(unit, value))
    }

    fn trim(&mut self) -> Parsed<ExpressionKind> {
        self.advance();
        self.expect_mark("(")?;
        let sides = [("BOTH", TrimSide::Both), ("LEADING", TrimSide::Leading), ("TRAILING", TrimSide::Trailing)];
        let side = sides.into_iter().find(|(word, _)| self.at_word(word)).map(|(_, side)| side);
        if side.is_some() {
            self.advance();
        }
        let first = if self.at_word("FROM") { None } else { Some(Box::new(self.expression()?)) };
        let (what, value) = if self.eat_word("FROM") {
            (first, Box::new(self.expression()?))
        } else {
            (None, first.ok_or_else(|| self.expected("`FROM`"))?)
        };
        self.expect_mark(")")?;
        Ok(ExpressionKind::Trim { side: side.unwrap_or(TrimSide::Both), what, value })
    }

    /// `POSITION(needle IN hay [FROM start])`
    fn position(&mut self) -> Parsed<ExpressionKind> {
        let name = self.function_word();
        self.expect_mark("(")?;
        // `needle IN hay` would be read as the operator `IN`, so the needle is read without it.
        let needle = self.needle()?;
        self.expect_word("IN")?;
        let mut args = vec![needle, self.expression()?];
        if self.eat_word("FROM") {
            args.push(self.expression()?);
        }
        self.expect_mark(")")?;
        Ok(call(name, args))
    }

    fn needle(&mut self) -> Parsed<Expression> {
        let start = self.here();
        let needle = self.expression_tighter_than_in()?;
        Ok(Expression { span: self.since(start), ..needle })
    }

    /// `SUBSTRING(x FROM start [FOR length])`, `SUBSTRING(x, start [, length])`
    fn substring(&mut self) -> Parsed<ExpressionKind> {
        let name = self.function_word();
        self.expect_mark("(")?;
        let mut args = vec![self.expression()?];
        for word in ["FROM", "FOR"] {
            if self.eat_mark(",") || self.eat_word(word) {
                args.push(self.expression()?);
            }
        }
        self.expect_mark(")")?;
        Ok(call(name, args))
    }

    fn timestamp_call(&mut self, add: bool) -> Parsed<ExpressionKind> {
        self.advance();
        self.expect_mark("(")?;
        let (unit, _) = self.time_unit()?;
        self.expect_mark(",")?;
        let first = Box::new(self.expression()?);
        self.expect_mark(",")?;
        let second = Box::new(self.expression()?);
        self.expect_mark(")")?;
        Ok(ExpressionKind::TimestampCall { add, unit, first, second })
    }

    /// `FLOOR(x)`, `FLOOR(x TO unit)`
    fn round_call(&mut self, up: bool) -> Parsed<ExpressionKind> {
        let name = self.function_word();
        self.expect_mark("(")?;
        let value = self.expression()?;
        let kind = if self.eat_word("TO") {
            let (unit, _) = self.time_unit()?;
            ExpressionKind::RoundTo(up, Box::new(value), unit)
        } else {
            call(name, vec![value])
        };
        self.expect_mark(")")?;
        Ok(kind)
    }

    fn row_constructor(&mut self) -> Parsed<ExpressionKind> {
        self.advance();
        self.expect_mark("(")?;
        let list = self.comma_list(Parser::expression)?;
        self.expect_mark(")")?;
        Ok(ExpressionKind::Row(list))
    }

    fn bracketed(&mut self) -> Parsed<Vec<Expression>> {
        self.advance();
        self.expect_mark("[")?;
        let list = if self.at_mark("]") { Vec::new() } else { self.comma_list(Parser::expression)? };
        self.expect_mark("]")?;
        Ok(list)
    }

    /// `EXISTS (query)`, `UNIQUE (query)`
    fn exists(&mut self, exists: bool) -> Parsed<ExpressionKind> {
        self.advance();
        self.expect_mark("(")?;
        let query = Box::new(self.query()?);
        self.expect_mark(")")?;
        Ok(if exists { ExpressionKind::Exists(query) } else { ExpressionKind::Foreign("UNIQUE (query)") })
    }

    /// `ARRAY(query)`, `MULTISET(query)`, …; `MAP(…)` and `ARRAY(…)` of values are calls.
    fn collected(&mut self, word: &str) -> Parsed<Expression> {
        let start = self.here();
        let name = self.function_word();
        let words = ["ARRAY", "MAP", "MULTISET", "CURSOR"];
        let found = words.into_iter().find(|known| *known == word);
        let begins = ["SELECT", "WITH", "VALUES"].iter().any(|word| self.at_word_ahead(1, word));
        let Some(word) = found.filter(|_| begins) else { return self.call_behind(name, start) };
        self.advance();
        let query = Box::new(self.query()?);
        self.expect_mark(")")?;
        Ok(Expression::new(ExpressionKind::Collected(word, query), self.since(start)))
    }

    /// `OVERLAY(x PLACING y FROM start [FOR length])`, `OVERLAY(x, y, start [, length])`
    fn overlay(&mut self) -> Parsed<ExpressionKind> {
        let name = self.function_word();
        self.expect_mark("(")?;
        let mut args = vec![self.expression()?];
        for word in ["PLACING", "FROM", "FOR"] {
            if self.eat_mark(",") || self.eat_word(word) {
                args.push(self.expression()?);
            }
        }
        self.expect_mark(")")?;
        Ok(call(name, args))
    }

    /// `CONVERT(x USING charset)`; `CONVERT(x, a, b)` is a call.
    fn convert(&mut self) -> Parsed<ExpressionKind> {
        let name = self.function_word();
        self.expect_mark("(")?;
        let mut args = vec![self.expression()?];
        let using = self.eat_word("USING");
        if using {
            self.ident("a character set")?;
        }
        while !using && self.eat_mark(",") {
            args.push(self.expression()?);
        }
        self.expect_mark(")")?;
        Ok(if using { ExpressionKind::Foreign("CONVERT(… USING …)") } else { call(name, args) })
    }

    /// `PERIOD(start, end)`
    fn period(&mut self) -> Parsed<ExpressionKind> {
        self.advance();
        self.expect_mark("(")?;
        self.comma_list(Parser::expression)?;
        self.expect_mark(")")?;
        Ok(ExpressionKind::Foreign("PERIOD"))
    }

    /// `NEXT VALUE FOR sequence`
    fn next_value(&mut self) -> Parsed<ExpressionKind> {
        self.advance();
        self.expect_words(&["VALUE", "FOR"])?;
        self.object_name("a sequence's name")?;
        Ok(ExpressionKind::Foreign("NEXT VALUE FOR"))
    }

    /// Whether a function's name and `(` stand at `ahead`.
    fn at_call_ahead(&self, ahead: usize) -> bool {
        matches!(self.peek_at(ahead).kind, TokenKind::Word(_)) && self.at_mark_ahead(ahead + 1, "(")
    }

    /// `RUNNING f(…)`, `FINAL f(…)` of `MATCH_RECOGNIZE`: the call with the word as its only wrapper.
    fn match_semantics(&mut self) -> Parsed<ExpressionKind> {
        let name = self.function_word();
        let inner = self.expression_tighter_than_in()?;
        Ok(call(name, vec![inner]))
    }

    /// `{fn f(…)}`, `{d '2024-01-31'}`, `{t '…'}`, `{ts '…'}`
    pub(super) fn braced(&mut self) -> Parsed<Expression> {
        let start = self.here();
        self.advance();
        if self.eat_word("FN") {
            self.nested(|parser| {
                parser.function_word();
                parser.bracketed_list(Parser::expression)
            })?;
            self.expect_mark("}")?;
            return Ok(Expression::new(ExpressionKind::Foreign("{fn …}"), self.since(start)));
        }
        let literal = self.braced_moment()?;
        self.expect_mark("}")?;
        Ok(Expression { span: self.since(start), ..literal })
    }

    fn bare_call(&mut self) -> Parsed<ExpressionKind> {
        let name = self.function_word();
        if self.eat_mark("(") {
            if !self.at_mark(")") {
                let span = self.unsigned("a number of fractional digits")?.1;
                let message = format!("`{}` takes no number of digits", name.last().to_ascii_uppercase());
                return Err(Diagnostic::new(message, span).with_help("cast the result: `CAST(… AS TIMESTAMP(0))`"));
            }
            self.expect_mark(")")?;
        }
        Ok(call(name, Vec::new()))
    }

    /// The word that stands here as a function's name.
    fn function_word(&mut self) -> ObjectName {
        let token = self.advance();
        let name = match token.kind {
            TokenKind::Word(name) | TokenKind::Quoted(name) => name,
            _ => String::new(),
        };
        ObjectName { parts: vec![Ident { name, span: token.span }], span: token.span }
    }

    fn keyword_call(&mut self) -> Parsed<Expression> {
        let start = self.here();
        let name = self.function_word();
        self.call_behind(name, start)
    }

    /// `a.b.c` or `f(…)`
    pub(super) fn name_or_call(&mut self) -> Parsed<Expression> {
        let start = self.here();
        let mut parts = vec![self.ident("an expression")?];
        while self.at_mark(".") && self.at_ident_ahead(1) {
            self.advance();
            parts.push(self.ident("a name behind `.`")?);
        }
        if self.at_mark("(") && parts.len() <= 3 {
            let name = self.function_name(ObjectName { parts, span: self.since(start) });
            return self.call_behind(name, start);
        }
        Ok(Expression::new(ExpressionKind::Name(parts), self.since(start)))
    }

    /// A function's name, or what stands for it if the user named it so.
    fn function_name(&self, name: ObjectName) -> ObjectName {
        match self.user_functions.get(&name.last().to_ascii_uppercase()) {
            Some(bound) => ObjectName { parts: vec![Ident { name: bound.clone(), span: name.span }], span: name.span },
            None => name,
        }
    }

    /// `(args) [FILTER (WHERE …)] [OVER (…)]` behind the function's name.
    fn call_behind(&mut self, name: ObjectName, start: Span) -> Parsed<Expression> {
        self.expect_mark("(")?;
        let mut call = Call::new(name, Vec::new());
        if self.eat_mark("*") {
            call.star = true;
        } else if !self.at_mark(")") {
            call.distinct = self.eat_word("DISTINCT");
            if !call.distinct {
                self.eat_word("ALL");
            }
            call.args = self.comma_list(Parser::argument)?;
            if self.at_words(&["ORDER", "BY"]) {
                call.order_by = self.order_by()?;
            }
            call.ignore_nulls = self.null_treatment();
        }
        self.expect_mark(")")?;
        if call.ignore_nulls.is_none() {
            call.ignore_nulls = self.null_treatment();
        }
        if self.eat_words(&["WITHIN", "GROUP"]) {
            self.expect_mark("(")?;
            call.within_group = self.order_by()?;
            self.expect_mark(")")?;
        }
        if self.at_words(&["WITHIN", "DISTINCT"]) {
            return self.unsupported("WITHIN DISTINCT");
        }
        if self.at_words(&["FILTER"]) && self.at_mark_ahead(1, "(") {
            call.filter = Some(self.aggregate_filter()?);
        }
        if self.at_word("OVER") {
            call.over = Some(self.over()?);
        }
        Ok(Expression::new(ExpressionKind::Call(Box::new(call)), self.since(start)))
    }

    /// `x`, `name => x`, and what only table functions take.
    fn argument(&mut self) -> Parsed<Expression> {
        let start = self.here();
        if self.at_mark_ahead(1, "=>") {
            let name = self.argument_name()?;
            let value = self.nested(Parser::argument)?;
            return Ok(Expression::new(ExpressionKind::Named(name, Box::new(value)), self.since(start)));
        }
        if self.at_words(&["DEFAULT"]) {
            self.advance();
            return Ok(Expression::new(ExpressionKind::Special("DEFAULT"), self.since(start)));
        }
        if let Some(word) = self.table_argument_word() {
            self.table_argument()?;
            return Ok(Expression::new(ExpressionKind::Special(word), self.since(start)));
        }
        if self.at_query() {
            let query = Box::new(self.query()?);
            return Ok(Expression::new(ExpressionKind::Subquery(query), self.since(start)));
        }
        self.expression()
    }

    /// `TABLE t`, `DESCRIPTOR(…)`, `MODEL m`: the word, where one of these stands here.
    fn table_argument_word(&self) -> Option<&'static str> {
        match () {
            () if self.at_word("TABLE") => Some("TABLE"),
            () if self.at_word("DESCRIPTOR") && self.at_mark_ahead(1, "(") => Some("DESCRIPTOR"),
            () if self.at_word("MODEL") && self.at_ident_ahead(1) => Some("MODEL"),
            () => None,
        }
    }

    /// `IGNORE NULLS` (true), `RESPECT NULLS` (false).
    fn null_treatment(&mut self) -> Option<(bool, Span)> {
        let start = self.here();
        let ignore = match () {
            () if self.eat_words(&["IGNORE", "NULLS"]) => true,
            () if self.eat_words(&["RESPECT", "NULLS"]) => false,
            () => return None,
        };
        Some((ignore, self.since(start)))
    }

    pub(super) fn aggregate_filter(&mut self) -> Parsed<Expression> {
        self.advance();
        self.expect_mark("(")?;
        self.expect_word("WHERE")?;
        let filter = self.expression()?;
        self.expect_mark(")")?;
        Ok(filter)
    }
}

/// A call with nothing but arguments.
fn call(name: ObjectName, args: Vec<Expression>) -> ExpressionKind {
    ExpressionKind::Call(Box::new(Call::new(name, args)))
}
