//! Statements as written. What they create stands in [`super::create`], what they change in [`super::alter`].

use super::alter::{AlterTable, AlterView};
use super::create::{CreateFunction, CreateMaterializedTable, CreateTable, CreateView};
use super::expression::Constant;
use super::query::Query;
use super::{Hint, Ident, ObjectName, OptionPair};
use crate::diagnostic::Span;

/// One statement.
#[derive(Clone, PartialEq, Debug)]
pub enum Statement {
    /// `SET 'key' = 'value'`, bare `SET`
    Set(Option<OptionPair>),
    /// `RESET 'key'`, bare `RESET`
    Reset(Option<(String, Span)>),
    /// `CREATE TABLE`
    CreateTable(Box<CreateTable>),
    /// `CREATE VIEW`
    CreateView(Box<CreateView>),
    /// `CREATE MATERIALIZED TABLE`
    CreateMaterializedTable(Box<CreateMaterializedTable>),
    /// `CREATE FUNCTION`
    CreateFunction(CreateFunction),
    /// `ALTER TABLE`
    AlterTable(Box<AlterTable>),
    /// `ALTER VIEW`
    AlterView(Box<AlterView>),
    /// `DROP …`
    Drop(Drop),
    /// `INSERT INTO`
    Insert(Box<Insert>),
    /// `EXECUTE STATEMENT SET BEGIN … END`
    StatementSet(Vec<Insert>, Span),
    /// A query on its own.
    Query(Box<Query>),
    /// `EXPLAIN [details] …`
    Explain(Box<Statement>, Vec<ExplainDetail>),
    /// `SHOW …`
    Show(Show),
    /// `DESCRIBE t`
    Describe(ObjectName),
    /// `USE CATALOG c`
    UseCatalog(Ident),
    /// `USE database`
    UseDatabase(ObjectName),
    /// A statement of Flink's grammar that Yeoul has nothing for.
    NotExecuted(NotExecuted),
}

/// A statement that is read and refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotExecuted {
    /// Its leading words.
    pub name: String,
    /// What to do instead; empty if there is nothing to say.
    pub help: &'static str,
    /// Where its leading words stand.
    pub span: Span,
}

/// What `EXPLAIN` is asked to add.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExplainDetail {
    /// `ESTIMATED_COST`
    EstimatedCost,
    /// `CHANGELOG_MODE`
    ChangelogMode,
    /// `PLAN_ADVICE`
    PlanAdvice,
    /// `JSON_EXECUTION_PLAN`
    JsonExecutionPlan,
}

impl ExplainDetail {
    /// As written.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        match self {
            ExplainDetail::EstimatedCost => "ESTIMATED_COST",
            ExplainDetail::ChangelogMode => "CHANGELOG_MODE",
            ExplainDetail::PlanAdvice => "PLAN_ADVICE",
            ExplainDetail::JsonExecutionPlan => "JSON_EXECUTION_PLAN",
        }
    }
}

/// `SHOW kind [{FROM | IN} place] [[NOT] {LIKE | ILIKE} 'pattern']`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Show {
    /// What is shown.
    pub kind: ShowKind,
    /// `FROM`, `IN`: of which database or catalog.
    pub place: Option<ObjectName>,
    /// Which names.
    pub filter: Option<ShowFilter>,
}

/// What `SHOW` shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ShowKind {
    /// Tables and views.
    Tables,
    /// Views.
    Views,
    /// Materialized tables.
    MaterializedTables,
    /// Functions; those of users alone if true.
    Functions(bool),
    /// Catalogs.
    Catalogs,
    /// `CURRENT CATALOG`
    CurrentCatalog,
    /// Databases.
    Databases,
    /// `CURRENT DATABASE`
    CurrentDatabase,
    /// `COLUMNS FROM t`
    Columns(ObjectName),
    /// `CREATE TABLE t`
    CreateTable(ObjectName),
    /// `CREATE VIEW v`
    CreateView(ObjectName),
    /// Modules; with those that aren't used if true.
    Modules(bool),
    /// Jars.
    Jars,
}

/// `[NOT] {LIKE | ILIKE} 'pattern'`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShowFilter {
    /// `%`: any characters, `_`: any one.
    pub pattern: String,
    /// `ILIKE`: whatever the case.
    pub any_case: bool,
    /// `NOT`
    pub negated: bool,
}

/// `DROP [TEMPORARY] kind [IF EXISTS] name`
#[derive(Clone, PartialEq, Debug)]
pub struct Drop {
    /// What is dropped.
    pub kind: DropKind,
    /// `TEMPORARY`
    pub temporary: bool,
    /// Its name.
    pub name: ObjectName,
    /// `IF EXISTS`
    pub if_exists: bool,
}

/// What can be dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DropKind {
    /// A table with a connector.
    Table,
    /// A view.
    View,
    /// A materialized table.
    MaterializedTable,
    /// A function.
    Function,
}

/// `INSERT {INTO | OVERWRITE} t [/*+ OPTIONS(…) */] [PARTITION (…)] [(columns)] query [ON CONFLICT DO …]`
#[derive(Clone, PartialEq, Debug)]
pub struct Insert {
    /// The target.
    pub table: ObjectName,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// `OVERWRITE`, and where it stands.
    pub overwrite: Option<Span>,
    /// `PARTITION (column = value, …)`: columns that the query doesn't give.
    pub partition: Vec<(Ident, Constant)>,
    /// `(columns)`
    pub columns: Vec<Ident>,
    /// What is inserted.
    pub query: Query,
    /// `ON CONFLICT DO …`
    pub on_conflict: Option<(OnConflict, Span)>,
    /// From `INSERT` to the target.
    pub span: Span,
}

/// What happens to rows of one key from several sources (new in Flink 2.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnConflict {
    /// `DO ERROR`
    Error,
    /// `DO NOTHING`
    Nothing,
    /// `DO DEDUPLICATE`
    Deduplicate,
}
