//! Statements as written.

use yeoul_row::DataType;

use super::expression::Expression;
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
    CreateTable(CreateTable),
    /// `CREATE VIEW`
    CreateView(CreateView),
    /// `CREATE MATERIALIZED TABLE`
    CreateMaterializedTable(CreateMaterializedTable),
    /// `DROP TABLE`, `DROP VIEW`, `DROP MATERIALIZED TABLE`
    Drop(Drop),
    /// `INSERT INTO`
    Insert(Insert),
    /// `EXECUTE STATEMENT SET BEGIN … END`
    StatementSet(Vec<Insert>, Span),
    /// A query on its own.
    Query(Query),
    /// `EXPLAIN …`
    Explain(Box<Statement>),
    /// `SHOW TABLES`, `SHOW VIEWS`
    Show(Show),
    /// `DESCRIBE t`
    Describe(ObjectName),
}

/// What `SHOW` lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Show {
    /// Tables and views.
    Tables,
    /// Views.
    Views,
    /// Functions.
    Functions,
}

/// `CREATE [TEMPORARY] TABLE [IF NOT EXISTS] name (…) … WITH (…)`
#[derive(Clone, PartialEq, Debug)]
pub struct CreateTable {
    /// Its name.
    pub name: ObjectName,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// The columns.
    pub columns: Vec<ColumnDefinition>,
    /// `WATERMARK FOR column AS expression`
    pub watermark: Option<WatermarkDefinition>,
    /// `PRIMARY KEY (columns) NOT ENFORCED`
    pub primary_key: Option<PrimaryKey>,
    /// `PARTITIONED BY (columns)`
    pub partitioned_by: Vec<Ident>,
    /// `WITH`
    pub options: Vec<OptionPair>,
    /// Where it stands, from `CREATE` to the name.
    pub span: Span,
}

/// One column of a table.
#[derive(Clone, PartialEq, Debug)]
pub struct ColumnDefinition {
    /// Its name.
    pub name: Ident,
    /// What it is made of.
    pub kind: ColumnKind,
    /// `COMMENT`
    pub comment: Option<String>,
}

/// What a column is made of.
#[derive(Clone, PartialEq, Debug)]
pub enum ColumnKind {
    /// `name type`
    Physical(DataType),
    /// `name AS expression`
    Computed(Expression),
    /// `name type METADATA [FROM 'key'] [VIRTUAL]`
    Metadata {
        /// The type.
        data_type: DataType,
        /// `FROM 'key'`; the name if absent.
        from: Option<String>,
        /// `VIRTUAL`
        is_virtual: bool,
    },
}

/// `WATERMARK FOR column AS expression`
#[derive(Clone, PartialEq, Debug)]
pub struct WatermarkDefinition {
    /// The rowtime column.
    pub column: Ident,
    /// The watermark.
    pub value: Expression,
    /// Where it stands.
    pub span: Span,
}

/// `PRIMARY KEY (columns) NOT ENFORCED`
#[derive(Clone, PartialEq, Debug)]
pub struct PrimaryKey {
    /// The columns.
    pub columns: Vec<Ident>,
    /// Where it stands.
    pub span: Span,
}

/// `CREATE [TEMPORARY] VIEW [IF NOT EXISTS] name [(columns)] AS query`
#[derive(Clone, PartialEq, Debug)]
pub struct CreateView {
    /// Its name.
    pub name: ObjectName,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// Names of its columns, if given.
    pub columns: Vec<Ident>,
    /// The query.
    pub query: Query,
}

/// `CREATE MATERIALIZED TABLE name … AS query`
#[derive(Clone, PartialEq, Debug)]
pub struct CreateMaterializedTable {
    /// Its name.
    pub name: ObjectName,
    /// `PRIMARY KEY (columns) NOT ENFORCED`
    pub primary_key: Option<PrimaryKey>,
    /// `PARTITIONED BY (columns)`
    pub partitioned_by: Vec<Ident>,
    /// `WITH`
    pub options: Vec<OptionPair>,
    /// `REFRESH_MODE = FULL`, and where it stands.
    pub full_refresh: Option<Span>,
    /// The query.
    pub query: Query,
}

/// `DROP [TEMPORARY] kind [IF EXISTS] name`
#[derive(Clone, PartialEq, Debug)]
pub struct Drop {
    /// What is dropped.
    pub kind: DropKind,
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
}

/// `INSERT INTO t [/*+ OPTIONS(…) */] [(columns)] query`
#[derive(Clone, PartialEq, Debug)]
pub struct Insert {
    /// The target.
    pub table: ObjectName,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// `(columns)`
    pub columns: Vec<Ident>,
    /// What is inserted.
    pub query: Query,
    /// From `INSERT` to the target.
    pub span: Span,
}
