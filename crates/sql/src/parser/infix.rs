//! Operators of two operands that are words: `OVERLAPS`, `MEMBER OF`, `MULTISET UNION`, … Flink's grammar has them all,
//! few are executed.

use super::expression::{COMPARISON, MULTISET, RANGE};
use super::{Parsed, Parser};
use crate::ast::expression::{Expression, ExpressionKind, InfixOperator};

const COMPARISONS: [(&[&str], InfixOperator); 9] = [
    (&["OVERLAPS"], InfixOperator::Overlaps),
    (&["CONTAINS"], InfixOperator::Contains),
    (&["EQUALS"], InfixOperator::Equals),
    (&["PRECEDES"], InfixOperator::Precedes),
    (&["SUCCEEDS"], InfixOperator::Succeeds),
    (&["IMMEDIATELY", "PRECEDES"], InfixOperator::ImmediatelyPrecedes),
    (&["IMMEDIATELY", "SUCCEEDS"], InfixOperator::ImmediatelySucceeds),
    (&["MEMBER", "OF"], InfixOperator::MemberOf),
    (&["SUBMULTISET", "OF"], InfixOperator::SubmultisetOf),
];

const MULTISETS: [(&[&str], InfixOperator); 3] = [
    (&["MULTISET", "UNION"], InfixOperator::MultisetUnion),
    (&["MULTISET", "INTERSECT"], InfixOperator::MultisetIntersect),
    (&["MULTISET", "EXCEPT"], InfixOperator::MultisetExcept),
];

/// The level of the operator that stands here, if it is one of these.
pub(super) fn level(parser: &Parser) -> Option<u8> {
    let stands = |(words, _): &(&[&str], InfixOperator)| parser.at_words(words);
    match () {
        () if COMPARISONS.iter().any(stands) => Some(COMPARISON),
        () if MULTISETS.iter().any(stands) => Some(MULTISET),
        () => None,
    }
}

impl Parser {
    /// Goes on behind `left` with the operator that stands here.
    pub(super) fn infix_word(&mut self, left: Expression, level: u8) -> Parsed<ExpressionKind> {
        let negated = self.eat_word("NOT");
        let found = COMPARISONS.into_iter().chain(MULTISETS).find(|(words, _)| self.at_words(words));
        let Some((words, operator)) = found else { return Err(self.expected("an operator")) };
        words.iter().for_each(|_| drop(self.advance()));
        if level == MULTISET && !self.eat_word("ALL") {
            self.eat_word("DISTINCT");
        }
        let right = Box::new(self.expression_above(level)?);
        Ok(ExpressionKind::Infix { operator, left: Box::new(left), right, negated })
    }

    /// `x RLIKE pattern`, `x ILIKE pattern`, which Flink's grammar has and its functions have not.
    pub(super) fn library_like(&mut self, left: Box<Expression>, negated: bool) -> Parsed<ExpressionKind> {
        let operator = match () {
            () if self.eat_word("RLIKE") => InfixOperator::Rlike,
            () if self.eat_word("ILIKE") => InfixOperator::Ilike,
            () => return Err(self.expected("`BETWEEN`, `IN`, `LIKE` or `SIMILAR TO`")),
        };
        let right = Box::new(self.expression_above(RANGE)?);
        Ok(ExpressionKind::Infix { operator, left, right, negated })
    }
}
