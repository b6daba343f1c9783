//! Expressions, by precedence climbing. Levels as in Flink, loosest first: `MULTISET …`, `OR`, `AND`, `NOT`, `IS`,
//! comparison, `BETWEEN` `IN` `LIKE`, `+ -`, `* / % ||`, unary `+ -`. Operators that are words: [`super::infix`].

use super::{DEPTH_MAX, Parsed, Parser, too_deep};
use crate::ast::expression::{BinaryOperator, Constant, Expression, ExpressionKind, IsTest, Quantified, UnaryOperator};
use crate::ast::json::JsonShape;
use crate::diagnostic::{Diagnostic, Span};
use crate::token::TokenKind;

pub(super) const MULTISET: u8 = 14;
const OR: u8 = 22;
const AND: u8 = 24;
const NOT: u8 = 26;
const IS: u8 = 28;
pub(super) const COMPARISON: u8 = 30;
pub(super) const RANGE: u8 = 32;
const SUM: u8 = 40;
const PRODUCT: u8 = 60;
const SIGN: u8 = 80;

const OPERATORS: [(&str, BinaryOperator, u8); 13] = [
    ("=", BinaryOperator::Equals, COMPARISON),
    ("<>", BinaryOperator::NotEquals, COMPARISON),
    ("!=", BinaryOperator::NotEquals, COMPARISON),
    ("<", BinaryOperator::Less, COMPARISON),
    ("<=", BinaryOperator::LessOrEqual, COMPARISON),
    (">", BinaryOperator::Greater, COMPARISON),
    (">=", BinaryOperator::GreaterOrEqual, COMPARISON),
    ("+", BinaryOperator::Plus, SUM),
    ("-", BinaryOperator::Minus, SUM),
    ("*", BinaryOperator::Times, PRODUCT),
    ("/", BinaryOperator::Divide, PRODUCT),
    ("%", BinaryOperator::Modulo, PRODUCT),
    ("||", BinaryOperator::Concat, PRODUCT),
];

impl Parser {
    /// An expression.
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.expression_above(0)
    }

    /// An expression that ends before `IN`, `BETWEEN`, comparisons and anything looser.
    pub(super) fn expression_tighter_than_in(&mut self) -> Parsed<Expression> {
        self.expression_above(RANGE)
    }

    /// An expression whose operators bind tighter than `floor`.
    pub(super) fn expression_above(&mut self, floor: u8) -> Parsed<Expression> {
        self.nested(|parser| {
            let mut left = parser.prefix()?;
            loop {
                match parser.infix(left, floor)? {
                    Step::Done(expression) => return Ok(expression),
                    Step::More(expression) => left = expression,
                }
            }
        })
    }

    /// Goes on behind `left` with one operator that binds tighter than `floor`.
    fn infix(&mut self, left: Expression, floor: u8) -> Parsed<Step> {
        if left.depth > DEPTH_MAX {
            return Err(too_deep(left.span));
        }
        let level = self.level();
        if level <= floor {
            return Ok(Step::Done(left));
        }
        let start = left.span;
        let kind = match level {
            OR | AND => self.logical(left, level)?,
            IS => self.is_test(left)?,
            RANGE => self.range(left)?,
            _ if matches!(self.peek().kind, TokenKind::Word(_)) => self.infix_word(left, level)?,
            _ => self.binary(left, level)?,
        };
        Ok(Step::More(Expression::new(kind, self.since(start))))
    }

    /// The level of the operator that stands here; 0: none.
    fn level(&self) -> u8 {
        match &self.peek().kind {
            TokenKind::Mark(mark) => OPERATORS.iter().find(|(text, ..)| text == mark).map_or(0, |(_, _, level)| *level),
            TokenKind::Word(word) => word_level(word, self),
            _ => 0,
        }
    }

    fn binary(&mut self, left: Expression, level: u8) -> Parsed<ExpressionKind> {
        let token = self.advance();
        let TokenKind::Mark(mark) = token.kind else { return Err(self.expected("an operator")) };
        if mark == "!=" {
            return Err(Diagnostic::new("`!=` is not used in Flink SQL", token.span).with_help("write `<>`"));
        }
        let operator = OPERATORS.iter().find(|(text, ..)| *text == mark).map(|(_, operator, _)| *operator);
        let operator = operator.ok_or_else(|| self.expected("an operator"))?;
        if level == COMPARISON && ["ANY", "ALL", "SOME"].iter().any(|word| self.at_word(word)) {
            return self.quantified(left, operator);
        }
        let right = self.expression_above(level)?;
        Ok(ExpressionKind::Binary(operator, Box::new(left), Box::new(right)))
    }

    /// `ANY (…)`, `SOME (…)`, `ALL (…)` behind a comparison.
    fn quantified(&mut self, left: Expression, operator: BinaryOperator) -> Parsed<ExpressionKind> {
        let all = self.at_word("ALL");
        self.advance();
        self.expect_mark("(")?;
        let right = self.list_or_query()?;
        self.expect_mark(")")?;
        Ok(ExpressionKind::Quantified { left: Box::new(left), operator, all, right })
    }

    /// A chain of `AND` or `OR`, in one node.
    fn logical(&mut self, left: Expression, level: u8) -> Parsed<ExpressionKind> {
        let word = if level == AND { "AND" } else { "OR" };
        let mut operands = vec![left];
        while self.eat_word(word) {
            operands.push(self.expression_above(level)?);
        }
        Ok(ExpressionKind::Logical(level == AND, operands))
    }

    fn is_test(&mut self, left: Expression) -> Parsed<ExpressionKind> {
        self.advance();
        let negated = self.eat_word("NOT");
        if self.eat_words(&["DISTINCT", "FROM"]) {
            let right = self.expression_above(IS)?;
            return Ok(ExpressionKind::Distinct { left: Box::new(left), right: Box::new(right), negated });
        }
        let tests =
            [("NULL", IsTest::Null), ("TRUE", IsTest::True), ("FALSE", IsTest::False), ("UNKNOWN", IsTest::Unknown)];
        let test = tests.into_iter().find(|(word, _)| self.at_word(word)).map(|(_, test)| test);
        let value = Box::new(left);
        if let Some(test) = test {
            self.advance();
            return Ok(ExpressionKind::Is { value, test, negated });
        }
        let test = match () {
            () if self.eat_words(&["A", "SET"]) => IsTest::ASet,
            () if self.eat_word("EMPTY") => IsTest::Empty,
            () if self.eat_word("JSON") => IsTest::Json(self.json_shape()),
            () => return Err(self.expected("`NULL`, `TRUE`, `FALSE`, `UNKNOWN`, `JSON` or `DISTINCT FROM`")),
        };
        Ok(ExpressionKind::Is { value, test, negated })
    }

    /// What stands behind `IS JSON`.
    fn json_shape(&mut self) -> JsonShape {
        match () {
            () if self.eat_word("OBJECT") => JsonShape::Object,
            () if self.eat_word("ARRAY") => JsonShape::Array,
            () if self.eat_word("SCALAR") => JsonShape::Scalar,
            () => {
                self.eat_word("VALUE");
                JsonShape::Value
            }
        }
    }

    /// `[NOT] BETWEEN | IN | LIKE …`
    fn range(&mut self, left: Expression) -> Parsed<ExpressionKind> {
        let negated = self.eat_word("NOT");
        let value = Box::new(left);
        if self.eat_word("BETWEEN") {
            self.between(value, negated)
        } else if self.eat_word("IN") {
            self.in_list(value, negated)
        } else if self.eat_word("LIKE") {
            let (pattern, escape) = self.pattern()?;
            Ok(ExpressionKind::Like { value, pattern, escape, negated })
        } else if self.eat_words(&["SIMILAR", "TO"]) {
            let (pattern, escape) = self.pattern()?;
            Ok(ExpressionKind::Similar { value, pattern, escape, negated })
        } else {
            self.library_like(value, negated)
        }
    }

    /// `pattern [ESCAPE 'c']`
    fn pattern(&mut self) -> Parsed<(Box<Expression>, Option<Box<Expression>>)> {
        let pattern = Box::new(self.expression_above(RANGE)?);
        let escape = if self.eat_word("ESCAPE") { Some(Box::new(self.expression_above(RANGE)?)) } else { None };
        Ok((pattern, escape))
    }

    fn between(&mut self, value: Box<Expression>, negated: bool) -> Parsed<ExpressionKind> {
        let symmetric = self.eat_word("SYMMETRIC");
        if !symmetric {
            self.eat_word("ASYMMETRIC");
        }
        let low = Box::new(self.expression_above(RANGE)?);
        self.expect_word("AND")?;
        let high = Box::new(self.expression_above(RANGE)?);
        Ok(ExpressionKind::Between { value, low, high, negated, symmetric })
    }

    fn in_list(&mut self, value: Box<Expression>, negated: bool) -> Parsed<ExpressionKind> {
        self.expect_mark("(")?;
        let among = self.list_or_query()?;
        self.expect_mark(")")?;
        Ok(match among {
            Quantified::Query(query) => ExpressionKind::InQuery { value, query, negated },
            Quantified::List(list) => ExpressionKind::InList { value, list, negated },
        })
    }

    /// What stands in the parentheses of `IN (…)`, `ANY (…)`.
    fn list_or_query(&mut self) -> Parsed<Quantified> {
        if self.at_query() {
            return Ok(Quantified::Query(Box::new(self.query()?)));
        }
        let mut list = self.comma_list(Parser::expression)?;
        match list.pop() {
            Some(Expression { kind: ExpressionKind::Subquery(query), .. }) if list.is_empty() => {
                let more = self.at_set_operation();
                Ok(Quantified::Query(if more { Box::new(self.query_behind(*query)?) } else { query }))
            }
            last => {
                list.extend(last);
                Ok(Quantified::List(list))
            }
        }
    }

    fn prefix(&mut self) -> Parsed<Expression> {
        let start = self.here();
        let unary = [("-", UnaryOperator::Minus), ("+", UnaryOperator::Plus)];
        for (mark, operator) in unary {
            if self.eat_mark(mark) {
                let operand = self.expression_above(SIGN)?;
                return Ok(Expression::new(ExpressionKind::Unary(operator, Box::new(operand)), self.since(start)));
            }
        }
        if self.eat_word("NOT") {
            let operand = self.expression_above(NOT)?;
            let kind = ExpressionKind::Unary(UnaryOperator::Not, Box::new(operand));
            return Ok(Expression::new(kind, self.since(start)));
        }
        let primary = self.primary()?;
        self.postfix(primary, start)
    }

    /// `x[i]`, `x.field`
    fn postfix(&mut self, mut value: Expression, start: Span) -> Parsed<Expression> {
        loop {
            let kind = if self.eat_mark("[") {
                let index = self.expression()?;
                self.expect_mark("]")?;
                ExpressionKind::Index(Box::new(value), Box::new(index))
            } else if self.at_mark(".") && self.at_ident_ahead(1) {
                self.advance();
                ExpressionKind::Field(Box::new(value), self.ident("a field's name")?)
            } else {
                return Ok(value);
            };
            value = Expression::new(kind, self.since(start));
            if value.depth > DEPTH_MAX {
                return Err(too_deep(value.span));
            }
        }
    }

    fn primary(&mut self) -> Parsed<Expression> {
        let token = self.peek().clone();
        let constant = |kind| Expression::new(ExpressionKind::Constant(kind), token.span);
        match token.kind.clone() {
            TokenKind::Number(digits) => {
                self.advance();
                Ok(constant(Constant::Number(digits)))
            }
            TokenKind::Text(_) => self.joined_text(),
            TokenKind::Bytes(bytes) => {
                self.advance();
                Ok(constant(Constant::Bytes(bytes)))
            }
            TokenKind::Mark("(") => self.parenthesised(),
            TokenKind::Quoted(_) => self.name_or_call(),
            TokenKind::Word(word) => self.word_expression(&word.to_ascii_uppercase()),
            TokenKind::Mark("?") => {
                self.advance();
                Ok(Expression::new(ExpressionKind::Foreign("a dynamic parameter `?`"), token.span))
            }
            TokenKind::Mark("{") => self.braced(),
            TokenKind::Mark("$") => {
                let message = "a function whose name begins with `$` is not supported yet";
                Err(Diagnostic::new(message, token.span).with_help("call the one without: `SUM`, `AVG`, …"))
            }
            _ => Err(self.expected("an expression")),
        }
    }

    /// `'a'` and, on another line, `'b'` are `'ab'`.
    fn joined_text(&mut self) -> Parsed<Expression> {
        let start = self.here();
        let (mut text, mut before) = self.text("a text")?;
        while let TokenKind::Text(_) = self.peek().kind {
            if self.here().line == before.line {
                return Err(Diagnostic::new("two texts follow one another", self.here())
                    .with_help("join them with `||`; without it they must stand on different lines"));
            }
            let (more, span) = self.text("a text")?;
            text.push_str(&more);
            before = span;
        }
        Ok(Expression::new(ExpressionKind::Constant(Constant::Text(text)), self.since(start)))
    }

    fn parenthesised(&mut self) -> Parsed<Expression> {
        let start = self.here();
        self.advance();
        if self.at_query() {
            let query = Box::new(self.query()?);
            self.expect_mark(")")?;
            return Ok(Expression::new(ExpressionKind::Subquery(query), self.since(start)));
        }
        let mut list = self.comma_list(Parser::expression)?;
        if self.at_set_operation()
            && let Some(Expression { kind: ExpressionKind::Subquery(query), .. }) = list.pop_if(|_| true)
        {
            let query = Box::new(self.query_behind(*query)?);
            self.expect_mark(")")?;
            return Ok(Expression::new(ExpressionKind::Subquery(query), self.since(start)));
        }
        self.expect_mark(")")?;
        if list.len() > 1 {
            return Ok(Expression::new(ExpressionKind::Row(list), self.since(start)));
        }
        let inner = list.pop().ok_or_else(|| self.expected("an expression"))?;
        let difference = matches!(inner.kind, ExpressionKind::Binary(BinaryOperator::Minus, ..));
        if self.at_time_unit() || difference && self.at_interval_unit() {
            return self.apart(inner, start);
        }
        Ok(Expression { span: self.since(start), ..inner })
    }

    /// The unit behind `(a - b)`.
    fn apart(&mut self, difference: Expression, start: Span) -> Parsed<Expression> {
        let months = self.interval_months()?;
        let ExpressionKind::Binary(BinaryOperator::Minus, first, second) = difference.kind else {
            return Err(Diagnostic::new("a unit of time stands behind a difference only", difference.span)
                .with_help("write `(a - b) DAY`, or `INTERVAL '1' DAY` for an interval"));
        };
        Ok(Expression::new(ExpressionKind::Apart { months, first, second }, self.since(start)))
    }
}

/// How an expression goes on.
enum Step {
    Done(Expression),
    More(Expression),
}

fn word_level(word: &str, parser: &Parser) -> u8 {
    match word.to_ascii_uppercase().as_str() {
        "OR" => OR,
        "AND" => AND,
        "IS" => IS,
        "BETWEEN" | "IN" | "LIKE" | "RLIKE" | "ILIKE" => RANGE,
        "SIMILAR" if parser.at_word_ahead(1, "TO") => RANGE,
        "NOT" => not_level(parser),
        _ => super::infix::level(parser).unwrap_or(0),
    }
}

/// `NOT` goes on an expression only before `BETWEEN`, `IN`, `LIKE` and their kin (else: `NOT ENFORCED`, `NOT NULL`).
fn not_level(parser: &Parser) -> u8 {
    let follows = ["BETWEEN", "IN", "LIKE", "SIMILAR", "RLIKE", "ILIKE"];
    let negates = follows.iter().any(|word| parser.at_word_ahead(1, word));
    match () {
        () if negates => RANGE,
        () if parser.at_word_ahead(1, "MEMBER") || parser.at_word_ahead(1, "SUBMULTISET") => COMPARISON,
        () => 0,
    }
}
