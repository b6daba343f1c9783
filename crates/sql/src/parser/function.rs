//! Names, calls, and the expressions that begin with a word: `CASE`, `CAST`, `EXTRACT`, `TRIM`, …

use super::{Parsed, Parser, not_supported};
use crate::ast::expression::{Call, Constant, Expression, ExpressionKind, Over, TrimSide};
use crate::ast::{Ident, ObjectName};
use crate::diagnostic::Span;
use crate::keyword::is_reserved;
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

/// Begin an expression in Flink, not yet in Yeoul.
const UNSUPPORTED: [&str; 17] = [
    "MULTISET",
    "CURSOR",
    "OVERLAY",
    "JSON_VALUE",
    "JSON_QUERY",
    "JSON_EXISTS",
    "JSON_OBJECT",
    "JSON_ARRAY",
    "JSON_OBJECTAGG",
    "JSON_ARRAYAGG",
    "PERIOD",
    "CLASSIFIER",
    "MATCH_NUMBER",
    "RUNNING",
    "NEXT",
    "PREV",
    "UNIQUE",
];

impl Parser {
    /// An expression that begins with a word.
    pub(super) fn word_expression(&mut self, word: &str) -> Parsed<Expression> {
        if let Some(literal) = self.moment_literal()? {
            return Ok(literal);
        }
        let start = self.here();
        let kind = match word {
            "NULL" => self.constant(Constant::Null),
            "TRUE" => self.constant(Constant::Boolean(true)),
            "FALSE" => self.constant(Constant::Boolean(false)),
            "UNKNOWN" => self.constant(Constant::Null),
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
            "EXISTS" => self.exists()?,
            _ if UNSUPPORTED.contains(&word) && (is_reserved(word) || self.at_mark_ahead(1, "(")) => {
                return self.unsupported(word);
            }
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

    fn case(&mut self) -> Parsed<ExpressionKind> {
        self.advance();
        let operand = if self.at_word("WHEN") { None } else { Some(Box::new(self.expression()?)) };
        let mut arms = Vec::new();
        while self.eat_word("WHEN") {
            let when = self.expression()?;
            self.expect_word("THEN")?;
            arms.push((when, self.expression()?));
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
        let data_type = self.data_type()?;
        self.expect_mark(")")?;
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

    /// `POSITION(needle IN hay)`
    fn position(&mut self) -> Parsed<ExpressionKind> {
        let name = self.function_word();
        self.expect_mark("(")?;
        // `needle IN hay` would be read as the operator `IN`, so the needle is read without it.
        let needle = self.needle()?;
        self.expect_word("IN")?;
        let hay = self.expression()?;
        self.expect_mark(")")?;
        Ok(call(name, vec![needle, hay]))
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

    fn exists(&mut self) -> Parsed<ExpressionKind> {
        self.advance();
        self.expect_mark("(")?;
        let query = Box::new(self.query()?);
        self.expect_mark(")")?;
        Ok(ExpressionKind::Exists(query))
    }

    fn bare_call(&mut self) -> Parsed<ExpressionKind> {
        let name = self.function_word();
        if self.eat_mark("(") {
            if !self.at_mark(")") {
                self.unsigned("a number of fractional digits")?;
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
            let name = ObjectName { parts, span: self.since(start) };
            return self.call_behind(name, start);
        }
        Ok(Expression::new(ExpressionKind::Name(parts), self.since(start)))
    }

    /// `(args) [FILTER (WHERE …)] [OVER (…)]` behind the function's name.
    fn call_behind(&mut self, name: ObjectName, start: Span) -> Parsed<Expression> {
        self.expect_mark("(")?;
        let mut call = Call { name, args: Vec::new(), star: false, distinct: false, filter: None, over: None };
        if self.eat_mark("*") {
            call.star = true;
        } else if !self.at_mark(")") {
            call.distinct = self.eat_word("DISTINCT");
            if !call.distinct {
                self.eat_word("ALL");
            }
            call.args = self.comma_list(Parser::argument)?;
        }
        self.expect_mark(")")?;
        self.refuse_call_suffixes()?;
        if self.at_words(&["FILTER"]) && self.at_mark_ahead(1, "(") {
            call.filter = Some(self.aggregate_filter()?);
        }
        if self.at_word("OVER") {
            call.over = Some(self.over()?);
        }
        Ok(Expression::new(ExpressionKind::Call(Box::new(call)), self.since(start)))
    }

    fn argument(&mut self) -> Parsed<Expression> {
        let start = self.here();
        if self.at_mark_ahead(1, "=>") {
            return self.unsupported("named arguments of scalar functions");
        }
        for word in ["TABLE", "DESCRIPTOR", "MODEL"] {
            if self.at_word(word)
                && !self.at_mark_ahead(1, ",")
                && !self.at_mark_ahead(1, ")")
                && !self.at_mark_ahead(1, ".")
            {
                return Err(not_supported(&format!("{word} as an argument here"), start)
                    .with_help("table functions stand in `FROM`"));
            }
        }
        self.expression()
    }

    fn refuse_call_suffixes(&mut self) -> Parsed<()> {
        for words in [["WITHIN", "GROUP"], ["IGNORE", "NULLS"], ["RESPECT", "NULLS"], ["WITHIN", "DISTINCT"]] {
            if self.at_words(&words) {
                return self.unsupported(&words.join(" "));
            }
        }
        Ok(())
    }

    fn aggregate_filter(&mut self) -> Parsed<Expression> {
        self.advance();
        self.expect_mark("(")?;
        self.expect_word("WHERE")?;
        let filter = self.expression()?;
        self.expect_mark(")")?;
        Ok(filter)
    }

    fn over(&mut self) -> Parsed<Over> {
        let start = self.here();
        self.advance();
        if !self.at_mark("(") {
            return self.unsupported("OVER window_name");
        }
        self.advance();
        let mut partition_by = Vec::new();
        if self.eat_words(&["PARTITION", "BY"]) {
            partition_by = self.comma_list(Parser::expression)?;
        }
        let order_by = if self.at_words(&["ORDER", "BY"]) { self.order_by()? } else { Vec::new() };
        let frame = self.frame()?;
        self.expect_mark(")")?;
        Ok(Over { partition_by, order_by, frame, span: self.since(start) })
    }

    fn frame(&mut self) -> Parsed<Option<Span>> {
        if !self.at_word("ROWS") && !self.at_word("RANGE") {
            return Ok(None);
        }
        let start = self.here();
        self.advance();
        if self.eat_word("BETWEEN") {
            self.frame_bound()?;
            self.expect_word("AND")?;
        }
        self.frame_bound()?;
        Ok(Some(self.since(start)))
    }

    fn frame_bound(&mut self) -> Parsed<()> {
        if self.eat_words(&["CURRENT", "ROW"]) {
            return Ok(());
        }
        if !self.eat_word("UNBOUNDED") {
            self.expression_tighter_than_in()?;
        }
        if self.eat_word("PRECEDING") || self.eat_word("FOLLOWING") {
            return Ok(());
        }
        Err(self.expected("`PRECEDING` or `FOLLOWING`"))
    }
}

fn call(name: ObjectName, args: Vec<Expression>) -> ExpressionKind {
    ExpressionKind::Call(Box::new(Call { name, args, star: false, distinct: false, filter: None, over: None }))
}
