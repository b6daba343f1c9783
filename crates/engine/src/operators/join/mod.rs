//! Joins.
//!
//! [`dictionary`] looks rows up in a bounded side that was read to its end; the others keep rows of both sides as
//! state ([`rows`]), find pairs ([`pairs`]) and emit what follows from them: [`regular`] (inner, outer, semi and anti
//! joins of changelogs), [`append`] (inner joins of inserts, whose rows stay in columns: [`chunks`], packed in time: [`packed`]), [`interval`] (times within bounds of one another), [`window`] (equal windows), [`temporal`]
//! (the version that was valid at a row's time).

pub(crate) mod append;
pub(crate) mod chunks;
pub(crate) mod dictionary;
pub(crate) mod interval;
mod packed;
pub(crate) mod pairs;
pub(crate) mod regular;
pub(crate) mod rows;
pub(crate) mod temporal;
pub(crate) mod versions;
pub(crate) mod window;

use arrow::datatypes::SchemaRef;
use yeoul_sql::plan::JoinKind;

use crate::compute::Compiled;

/// What every join that keeps both sides is set up with.
pub(crate) struct JoinSettings {
    /// Which rows are emitted.
    pub(crate) kind: JoinKind,
    /// Equal columns: place on the left, place on the right.
    pub(crate) on: Vec<(usize, usize)>,
    /// What must hold besides, over left and right columns.
    pub(crate) residual: Option<Compiled>,
    /// Each side's schema.
    pub(crate) sides: [SchemaRef; 2],
    /// The columns of both sides: what `residual` reads.
    pub(crate) both: SchemaRef,
    /// The result's schema.
    pub(crate) schema: SchemaRef,
    /// For each side, whether the fates of its rows are decided here.
    pub(crate) decides: [bool; 2],
}

impl JoinSettings {
    /// The places of the key columns of a side.
    pub(crate) fn keys(&self, side: usize) -> Vec<usize> {
        self.on.iter().map(|(left, right)| if side == 0 { *left } else { *right }).collect()
    }

    /// Whether rows of a side without a match are emitted with NULLs for the other side.
    pub(crate) fn is_outer(&self, side: usize) -> bool {
        match self.kind {
            JoinKind::Full => true,
            JoinKind::Left => side == 0,
            JoinKind::Right => side == 1,
            JoinKind::Inner | JoinKind::Semi | JoinKind::Anti => false,
        }
    }

    /// Whether only rows of the left side are emitted.
    pub(crate) fn is_half(&self) -> bool {
        matches!(self.kind, JoinKind::Semi | JoinKind::Anti)
    }
}
