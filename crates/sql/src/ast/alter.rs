//! What `ALTER TABLE` and `ALTER VIEW` say.

use super::create::{ColumnDefinition, Distribution, PrimaryKey, WatermarkDefinition};
use super::query::Query;
use super::{Ident, ObjectName, OptionPair};
use crate::diagnostic::Span;

/// `ALTER TABLE [IF EXISTS] name action`
#[derive(Clone, PartialEq, Debug)]
pub struct AlterTable {
    /// The table.
    pub name: ObjectName,
    /// `IF EXISTS`
    pub if_exists: bool,
    /// What is changed.
    pub action: AlterTableAction,
}

/// What is changed of a table.
#[derive(Clone, PartialEq, Debug)]
pub enum AlterTableAction {
    /// `RENAME TO name`
    RenameTo(ObjectName),
    /// `RENAME column TO name`
    RenameColumn(Vec<Ident>, Ident),
    /// `SET ('key' = 'value', …)`
    Set(Vec<OptionPair>),
    /// `RESET ('key', …)`
    Reset(Vec<(String, Span)>),
    /// `ADD …`: what is named must be new.
    Add(Vec<TableChange>),
    /// `MODIFY …`: what is named must be there.
    Modify(Vec<TableChange>),
    /// `DROP column`, `DROP (columns)`
    DropColumns(Vec<Vec<Ident>>),
    /// `DROP CONSTRAINT name`
    DropConstraint(Ident),
    /// `DROP PRIMARY KEY`, and where it stands.
    DropPrimaryKey(Span),
    /// `DROP WATERMARK`, and where it stands.
    DropWatermark(Span),
    /// `DROP DISTRIBUTION`, and where it stands.
    DropDistribution(Span),
    /// `ADD PARTITION`, `DROP PARTITION`, `COMPACT`: its words, and where they stand.
    NotExecuted(&'static str, Span),
}

/// One thing that `ADD` and `MODIFY` name.
#[derive(Clone, PartialEq, Debug)]
pub enum TableChange {
    /// A column.
    Column {
        /// What it is; its name may be a path to a nested field.
        column: ColumnDefinition,
        /// The fields behind the first part of its name.
        path: Vec<Ident>,
        /// Where it goes; to the end, or where it is, if absent.
        position: Option<ColumnPosition>,
    },
    /// `WATERMARK FOR …`
    Watermark(WatermarkDefinition),
    /// `PRIMARY KEY …`
    PrimaryKey(PrimaryKey),
    /// `DISTRIBUTION …`
    Distribution(Distribution),
}

/// Where a column goes.
#[derive(Clone, PartialEq, Debug)]
pub enum ColumnPosition {
    /// `FIRST`
    First,
    /// `AFTER column`
    After(Ident),
}

/// `ALTER VIEW name action`
#[derive(Clone, PartialEq, Debug)]
pub struct AlterView {
    /// The view.
    pub name: ObjectName,
    /// `IF EXISTS`
    pub if_exists: bool,
    /// What is changed.
    pub action: AlterViewAction,
}

/// What is changed of a view.
#[derive(Clone, PartialEq, Debug)]
pub enum AlterViewAction {
    /// `RENAME TO name`
    RenameTo(ObjectName),
    /// `AS query`
    As(Query),
}
