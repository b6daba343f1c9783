//! Queries as written.

use super::expression::{Expression, Over};
use super::match_recognize::MatchRecognize;
use super::{Hint, Ident, ObjectName};
use crate::diagnostic::Span;

/// `[WITH …] body [ORDER BY …] [LIMIT …]`
#[derive(Clone, PartialEq, Debug)]
pub struct Query {
    /// `WITH name [(columns)] AS (query)`
    pub with: Vec<CommonTable>,
    /// `RECURSIVE`, and where it stands.
    pub recursive: Option<Span>,
    /// What is between.
    pub body: QueryBody,
    /// `ORDER BY`
    pub order_by: Vec<OrderItem>,
    /// `OFFSET n`
    pub offset: Option<(u64, Span)>,
    /// `LIMIT n`, `FETCH FIRST n ROWS ONLY`
    pub limit: Option<(u64, Span)>,
    /// Where it stands.
    pub span: Span,
}

/// One query of `WITH`.
#[derive(Clone, PartialEq, Debug)]
pub struct CommonTable {
    /// Its name.
    pub name: Ident,
    /// Names of its columns, if given.
    pub columns: Vec<Ident>,
    /// The query.
    pub query: Query,
}

/// The body of a query.
#[derive(Clone, PartialEq, Debug)]
pub enum QueryBody {
    /// `SELECT …`
    Select(Box<Select>),
    /// `VALUES (…), (…)`
    Values(Vec<ValuesRow>, Span),
    /// `(query)`
    Nested(Box<Query>),
    /// `TABLE t`
    Table(ObjectName),
    /// `a UNION ALL b UNION ALL c`: two inputs or more under one operation.
    Set {
        /// Which.
        operation: SetOperation,
        /// `ALL`
        all: bool,
        /// The inputs.
        inputs: Vec<QueryBody>,
        /// Where the operation's first keyword stands.
        span: Span,
    },
}

/// One row of `VALUES`.
#[derive(Clone, PartialEq, Debug)]
pub struct ValuesRow {
    /// Its values.
    pub values: Vec<Expression>,
    /// Where it stands.
    pub span: Span,
}

/// `UNION`, `INTERSECT`, `EXCEPT`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetOperation {
    /// `UNION`
    Union,
    /// `INTERSECT`
    Intersect,
    /// `EXCEPT`
    Except,
}

/// One key of `ORDER BY`.
#[derive(Clone, PartialEq, Debug)]
pub struct OrderItem {
    /// By what.
    pub value: Expression,
    /// `DESC`
    pub descending: bool,
    /// `NULLS FIRST` (true), `NULLS LAST` (false)
    pub nulls_first: Option<bool>,
}

/// `SELECT … FROM … WHERE … GROUP BY … HAVING …`
#[derive(Clone, PartialEq, Debug)]
pub struct Select {
    /// `/*+ … */`
    pub hints: Vec<Hint>,
    /// `DISTINCT`
    pub distinct: bool,
    /// What is selected.
    pub items: Vec<SelectItem>,
    /// `FROM`
    pub from: Option<From>,
    /// `WHERE`
    pub filter: Option<Expression>,
    /// `GROUP BY`
    pub group_by: Option<GroupBy>,
    /// `HAVING`
    pub having: Option<Expression>,
    /// `WINDOW name AS (…)`
    pub windows: Vec<NamedWindow>,
    /// `QUALIFY`
    pub qualify: Option<Expression>,
    /// Where it stands.
    pub span: Span,
}

/// `GROUP BY …`: the keys' columns, once for each combination of what `sets` stand for.
#[derive(Clone, PartialEq, Debug)]
pub struct GroupBy {
    /// The plain keys; with no `sets` either: `GROUP BY ()`.
    pub keys: Vec<Expression>,
    /// `GROUPING SETS`, `CUBE`, `ROLLUP`; several are multiplied with one another.
    pub sets: Vec<GroupingSets>,
    /// `GROUP BY DISTINCT`: equal grouping sets count once.
    pub distinct: bool,
    /// Where it stands.
    pub span: Span,
}

/// Several groupings in one `GROUP BY`.
#[derive(Clone, PartialEq, Debug)]
pub struct GroupingSets {
    /// Which.
    pub kind: GroupingSetsKind,
    /// Where it stands.
    pub span: Span,
}

/// How several groupings are written.
#[derive(Clone, PartialEq, Debug)]
pub enum GroupingSetsKind {
    /// `GROUPING SETS (a, (a, b), (), ROLLUP (a, b))`
    Sets(Vec<GroupingSet>),
    /// `CUBE (a, (b, c))`: every subset of its elements; each element is one or several keys.
    Cube(Vec<Vec<Expression>>),
    /// `ROLLUP (a, (b, c))`: every prefix of its elements, the empty one too.
    Rollup(Vec<Vec<Expression>>),
}

/// One element of `GROUPING SETS`.
#[derive(Clone, PartialEq, Debug)]
pub enum GroupingSet {
    /// `a`, `(a, b)`, `()`
    Keys(Vec<Expression>),
    /// `CUBE (…)`, `ROLLUP (…)`, `GROUPING SETS (…)` within.
    Nested(GroupingSets),
}

/// `WINDOW name AS (PARTITION BY … ORDER BY …)`
#[derive(Clone, PartialEq, Debug)]
pub struct NamedWindow {
    /// Its name.
    pub name: Ident,
    /// What it stands for.
    pub over: Over,
}

/// One item of `SELECT`.
#[derive(Clone, PartialEq, Debug)]
pub enum SelectItem {
    /// `*`
    Star(Span),
    /// `t.*`
    TableStar(ObjectName),
    /// `expression [AS alias]`
    Value(Expression, Option<Ident>),
}

/// `FROM first join …`
#[derive(Clone, PartialEq, Debug)]
pub struct From {
    /// The first table.
    pub first: Table,
    /// What is joined to it, one after the other.
    pub joins: Vec<Join>,
}

/// A join with what stands left of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Join {
    /// Which.
    pub kind: JoinWord,
    /// `NATURAL`
    pub natural: bool,
    /// The right side.
    pub table: Table,
    /// On what.
    pub on: JoinOn,
    /// Where its keyword (or comma) stands.
    pub span: Span,
}

/// Kinds of joins as written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JoinWord {
    /// `,` and `CROSS JOIN`
    Cross,
    /// `[INNER] JOIN`
    Inner,
    /// `LEFT [OUTER] JOIN`
    Left,
    /// `RIGHT [OUTER] JOIN`
    Right,
    /// `FULL [OUTER] JOIN`
    Full,
}

/// What a join's rows have in common.
#[derive(Clone, PartialEq, Debug)]
pub enum JoinOn {
    /// Nothing is said.
    Nothing,
    /// `ON condition`
    Condition(Expression),
    /// `USING (columns)`
    Using(Vec<Ident>),
}

/// A table in `FROM`.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    /// Which.
    pub kind: TableKind,
    /// `FOR SYSTEM_TIME AS OF moment`
    pub system_time: Option<Expression>,
    /// `MATCH_RECOGNIZE (…)`
    pub matching: Option<Box<MatchRecognize>>,
    /// `PIVOT`, `UNPIVOT`, `TABLESAMPLE`: parsed, not executed.
    pub suffix: Option<TableSuffix>,
    /// `AS name`
    pub alias: Option<Ident>,
    /// `AS name (columns)`
    pub columns: Vec<Ident>,
    /// Where it stands.
    pub span: Span,
}

impl Table {
    /// A table by its name alone.
    #[must_use]
    pub fn named(name: ObjectName) -> Table {
        let span = name.span;
        let kind = TableKind::Named(name, Vec::new());
        Table { kind, system_time: None, matching: None, suffix: None, alias: None, columns: Vec::new(), span }
    }
}

/// What stands in `FROM`.
#[derive(Clone, PartialEq, Debug)]
pub enum TableKind {
    /// `t /*+ OPTIONS(…) */`
    Named(ObjectName, Vec<Hint>),
    /// `(query)`
    Query(Box<Query>),
    /// `LATERAL (query)`: the query sees the columns of the tables to its left.
    Lateral(Box<Query>),
    /// `TABLE(f(…))`, `f(…)`, `LATERAL TABLE(f(…))`
    Function(TableFunction),
    /// `UNNEST(array, …) [WITH ORDINALITY]`: sees the columns of the tables to its left.
    Unnest {
        /// Arrays, maps or multisets.
        values: Vec<Expression>,
        /// `WITH ORDINALITY`
        ordinality: bool,
    },
    /// `(a JOIN b ON …)`
    Joined(Box<From>),
}

/// A table function's call.
#[derive(Clone, PartialEq, Debug)]
pub struct TableFunction {
    /// Its name.
    pub name: ObjectName,
    /// Its arguments.
    pub args: Vec<TableArgument>,
    /// `LATERAL`: its arguments see the columns of the tables to its left.
    pub lateral: bool,
}

/// A clause behind a table that Yeoul doesn't execute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableSuffix {
    /// Its first word.
    pub word: &'static str,
    /// Where it stands.
    pub span: Span,
}

/// One argument of a table function.
#[derive(Clone, PartialEq, Debug)]
pub struct TableArgument {
    /// `NAME =>`
    pub name: Option<Ident>,
    /// What is given.
    pub value: TableArgumentValue,
    /// `PARTITION BY` behind a table.
    pub partition_by: Vec<Expression>,
    /// `ORDER BY` behind a table.
    pub order_by: Vec<OrderItem>,
    /// Where it stands.
    pub span: Span,
}

/// What is given to a table function.
#[derive(Clone, PartialEq, Debug)]
pub enum TableArgumentValue {
    /// `TABLE t`, `(query)`
    Table(Box<Table>),
    /// `DESCRIPTOR(columns)`
    Descriptor(Vec<Ident>),
    /// `MODEL m`
    Model(ObjectName),
    /// `DEFAULT`
    Default,
    /// Anything else.
    Scalar(Expression),
}
