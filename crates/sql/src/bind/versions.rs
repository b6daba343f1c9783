//! What stands on the right of a temporal join and isn't a plain table: views that keep the last row of each key by event time, and
//! tables of upserts.
//!
//! A deduplication gives what a batch of rows changes in sum, and a temporal join needs each version. So the join reads the
//! deduplication's input, and leaves out itself what the deduplication would: a row that is older than its key's last.

use std::sync::Arc;

use yeoul_row::LogicalType;

use super::node;
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{Keep, Rel, RelOp, TimeAttribute};

/// What the versions of a view are made of.
pub(crate) struct VersionedView {
    /// All rows of which the view keeps the last, in the view's columns.
    pub(crate) rows: Arc<Rel>,
    /// Of which columns it keeps the last row.
    pub(crate) keys: Vec<usize>,
}

/// The view behind a relation that keeps the last row of each key and does nothing else but name and compute columns.
pub(crate) fn versioned_view(rel: &Rel) -> Option<VersionedView> {
    match &rel.op {
        RelOp::Project { input, exprs } => {
            let view = versioned_view(input)?;
            let place =
                |key: &usize| exprs.iter().position(|expr| matches!(expr.kind, ExprKind::Column(at) if at == *key));
            let keys = view.keys.iter().map(place).collect::<Option<Vec<usize>>>()?;
            Some(VersionedView { rows: named(view.rows, exprs.clone(), rel), keys })
        }
        RelOp::Deduplicate { input, keys, order, keep: Keep::Last, row_number } => {
            if !input.mode.is_append() || input.time.get(*order) != Some(&TimeAttribute::Rowtime) {
                return None;
            }
            let mut columns = node::columns(input);
            if *row_number {
                columns.push(Expr::literal(Literal::Integer(1), LogicalType::BigInt.not_null()));
            }
            Some(VersionedView { rows: named(input.clone(), columns, rel), keys: keys.clone() })
        }
        _ => None,
    }
}

/// The upserts behind a table that is read as a whole changelog, in its columns: each is a version as it comes, at its own time. A
/// whole changelog would take a row back at the time of the row.
pub(crate) fn upserts(rel: &Rel) -> Option<Arc<Rel>> {
    match &rel.op {
        RelOp::Project { input, exprs } => Some(named(upserts(input)?, exprs.clone(), rel)),
        RelOp::Normalize { input, keys } => {
            let mut rows = Rel::clone(input);
            rows.upsert_keys = vec![keys.clone()];
            Some(Arc::new(rows))
        }
        _ => None,
    }
}

/// Columns under the names of another relation's.
fn named(input: Arc<Rel>, columns: Vec<Expr>, like: &Rel) -> Arc<Rel> {
    node::project(input, columns, like.schema.fields.iter().map(|field| field.name.clone()).collect())
}
