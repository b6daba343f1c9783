//! What `CREATE` statements say.

use yeoul_row::DataType;

use super::expression::Expression;
use super::query::Query;
use super::{Ident, ObjectName, OptionPair};
use crate::diagnostic::Span;

/// `CREATE [OR REPLACE] [TEMPORARY] TABLE [IF NOT EXISTS] name (…) … WITH (…) [LIKE …] [AS query]`
#[derive(Clone, PartialEq, Debug)]
pub struct CreateTable {
    /// Its name.
    pub name: ObjectName,
    /// `TEMPORARY`
    pub temporary: bool,
    /// `OR REPLACE`, and where it stands.
    pub replace: Option<Span>,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// The columns.
    pub columns: Vec<ColumnDefinition>,
    /// `WATERMARK FOR column AS expression`
    pub watermark: Option<WatermarkDefinition>,
    /// `PRIMARY KEY (columns) NOT ENFORCED`
    pub primary_key: Option<PrimaryKey>,
    /// `COMMENT`
    pub comment: Option<String>,
    /// `DISTRIBUTED …`
    pub distribution: Option<Distribution>,
    /// `PARTITIONED BY (columns)`
    pub partitioned_by: Vec<Ident>,
    /// `WITH`
    pub options: Vec<OptionPair>,
    /// `LIKE t (…)`
    pub like: Option<Like>,
    /// `AS query`
    pub query: Option<Query>,
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

impl ColumnDefinition {
    /// The same column, without NULLs if `key` has it.
    #[must_use]
    pub fn not_null_in(mut self, key: &PrimaryKey) -> ColumnDefinition {
        if let ColumnKind::Physical(data_type) = &mut self.kind
            && key.columns.iter().any(|column| column.name == self.name.name)
        {
            data_type.nullable = false;
        }
        self
    }
}

/// What a column is made of.
#[derive(Clone, PartialEq, Debug)]
pub enum ColumnKind {
    /// `name type`
    Physical(DataType),
    /// `name AS expression`
    Computed(Written),
    /// `name type METADATA [FROM 'key'] [VIRTUAL]`
    Metadata {
        /// The type.
        data_type: DataType,
        /// `FROM 'key'`; the name if absent.
        from: Option<String>,
        /// `VIRTUAL`
        is_virtual: bool,
    },
    /// `name` alone: a column of the query behind `AS`.
    OfQuery,
}

/// An expression that outlives its text.
#[derive(Clone, PartialEq, Debug)]
pub struct Written {
    /// The expression.
    pub value: Expression,
    /// As Flink writes it: names in backticks, one blank between words.
    pub text: String,
}

/// `WATERMARK FOR column AS expression`
#[derive(Clone, PartialEq, Debug)]
pub struct WatermarkDefinition {
    /// The rowtime column; behind it the fields of a nested one.
    pub column: Vec<Ident>,
    /// The watermark.
    pub value: Written,
    /// Where it stands.
    pub span: Span,
}

/// `[CONSTRAINT name] PRIMARY KEY (columns) NOT ENFORCED`
#[derive(Clone, PartialEq, Debug)]
pub struct PrimaryKey {
    /// The constraint's name.
    pub name: Option<Ident>,
    /// The columns.
    pub columns: Vec<Ident>,
    /// Where it stands.
    pub span: Span,
}

/// `DISTRIBUTED BY [HASH | RANGE] (columns) [INTO n BUCKETS]`, `DISTRIBUTED INTO n BUCKETS`
#[derive(Clone, PartialEq, Debug)]
pub struct Distribution {
    /// `HASH`, `RANGE`; the connector chooses if absent.
    pub kind: Option<DistributionKind>,
    /// The columns.
    pub columns: Vec<Ident>,
    /// `INTO n BUCKETS`
    pub buckets: Option<u64>,
    /// Where it stands.
    pub span: Span,
}

/// How rows are distributed to buckets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DistributionKind {
    /// `HASH`
    Hash,
    /// `RANGE`
    Range,
}

/// `LIKE t (INCLUDING ALL EXCLUDING OPTIONS …)`
#[derive(Clone, PartialEq, Debug)]
pub struct Like {
    /// The table that is taken after.
    pub table: ObjectName,
    /// What is taken, the later rule above the earlier.
    pub rules: Vec<LikeRule>,
}

/// `{INCLUDING | EXCLUDING | OVERWRITING} feature`
#[derive(Clone, PartialEq, Debug)]
pub struct LikeRule {
    /// What is done.
    pub merging: Merging,
    /// With what.
    pub feature: LikeFeature,
    /// Where it stands.
    pub span: Span,
}

/// What is done with a feature of the table that is taken after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Merging {
    /// `INCLUDING`: taken; it fails where both have it.
    Including,
    /// `EXCLUDING`: left.
    Excluding,
    /// `OVERWRITING`: taken where the new table doesn't say otherwise.
    Overwriting,
}

/// What a table has that can be taken over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LikeFeature {
    /// Everything.
    All,
    /// The primary key.
    Constraints,
    /// `DISTRIBUTED`
    Distribution,
    /// Computed columns.
    Generated,
    /// Metadata columns.
    Metadata,
    /// `WITH`
    Options,
    /// `PARTITIONED BY`
    Partitions,
    /// `WATERMARK FOR`
    Watermarks,
}

/// `CREATE [TEMPORARY] VIEW [IF NOT EXISTS] name [(columns)] [COMMENT 'text'] AS query`
#[derive(Clone, PartialEq, Debug)]
pub struct CreateView {
    /// Its name.
    pub name: ObjectName,
    /// `TEMPORARY`
    pub temporary: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// Names of its columns, if given.
    pub columns: Vec<Ident>,
    /// `COMMENT`
    pub comment: Option<String>,
    /// The query.
    pub query: Query,
}

/// `CREATE [OR ALTER] MATERIALIZED TABLE name … AS query`
#[derive(Clone, PartialEq, Debug)]
pub struct CreateMaterializedTable {
    /// Its name.
    pub name: ObjectName,
    /// `OR ALTER`, and where it stands.
    pub or_alter: Option<Span>,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// The columns, if given.
    pub columns: Vec<ColumnDefinition>,
    /// `WATERMARK FOR column AS expression`
    pub watermark: Option<WatermarkDefinition>,
    /// `PRIMARY KEY (columns) NOT ENFORCED`
    pub primary_key: Option<PrimaryKey>,
    /// `DISTRIBUTED …`
    pub distribution: Option<Distribution>,
    /// `PARTITIONED BY (columns)`
    pub partitioned_by: Vec<Ident>,
    /// `WITH`
    pub options: Vec<OptionPair>,
    /// `REFRESH_MODE = FULL`, and where it stands.
    pub full_refresh: Option<Span>,
    /// `START_MODE = …`, and where it stands.
    pub start_mode: Option<Span>,
    /// The query.
    pub query: Query,
}

/// `CREATE [TEMPORARY [SYSTEM]] FUNCTION [IF NOT EXISTS] name AS 'class' [LANGUAGE …] [USING JAR '…'] [WITH (…)]`
#[derive(Clone, PartialEq, Debug)]
pub struct CreateFunction {
    /// Its name.
    pub name: ObjectName,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// The class that implements it, and where it stands.
    pub class: (String, Span),
}
