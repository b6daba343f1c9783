//! `MATCH_RECOGNIZE` as written.

use super::Ident;
use super::expression::Expression;
use super::query::OrderItem;
use crate::diagnostic::Span;

/// `MATCH_RECOGNIZE (PARTITION BY … ORDER BY … MEASURES … PATTERN (…) [WITHIN …] DEFINE …)`
#[derive(Clone, PartialEq, Debug)]
pub struct MatchRecognize {
    /// `PARTITION BY`
    pub partition_by: Vec<Expression>,
    /// `ORDER BY`
    pub order_by: Vec<OrderItem>,
    /// `MEASURES value AS name`
    pub measures: Vec<(Expression, Ident)>,
    /// `ALL ROWS PER MATCH`, not `ONE ROW PER MATCH`.
    pub all_rows: bool,
    /// `AFTER MATCH SKIP …`; `PAST LAST ROW` if absent.
    pub skip: Option<MatchSkip>,
    /// `PATTERN (…)`
    pub pattern: Pattern,
    /// `^` before the pattern.
    pub from_start: bool,
    /// `$` behind the pattern.
    pub to_end: bool,
    /// `WITHIN INTERVAL …`
    pub within: Option<Expression>,
    /// `SUBSET name = (variables)`
    pub subsets: Vec<(Ident, Vec<Ident>)>,
    /// `DEFINE variable AS condition`
    pub define: Vec<(Ident, Expression)>,
    /// Where it stands.
    pub span: Span,
}

/// Where the search goes on behind a match.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MatchSkip {
    /// `TO NEXT ROW`
    NextRow,
    /// `PAST LAST ROW`
    PastLastRow,
    /// `TO FIRST variable`
    First(Ident),
    /// `TO LAST variable`, `TO variable`
    Last(Ident),
}

/// What rows a match is made of.
#[derive(Clone, PartialEq, Debug)]
pub enum Pattern {
    /// A variable.
    Variable(Ident),
    /// `a b c`
    Sequence(Vec<Pattern>),
    /// `a | b`
    Alternatives(Vec<Pattern>),
    /// `a*`, `a+?`, `a{2,3}`
    Repeat {
        /// What is repeated.
        inner: Box<Pattern>,
        /// The least times.
        least: u32,
        /// The most times; any number if absent.
        most: Option<u32>,
        /// `?` behind it: as few as possible.
        reluctant: bool,
    },
    /// `{- a -}`: matched, not put out.
    Exclude(Box<Pattern>),
    /// `PERMUTE (a, b)`
    Permute(Vec<Pattern>),
}
