//! Whether the changes of a key reach a sink in the order in which they were made, when a job runs in several subtasks.
//!
//! Each operator sends its rows by its own key. A row that is updated in a column of that key leaves one subtask and comes
//! in another, so its old image may reach the sink behind the new one. Flink says the same by dropping such upsert keys
//! (`FlinkRelMdUpsertKeys`), and materialises in front of the sink.

use std::collections::BTreeMap;

use crate::expr::ExprKind;
use crate::plan::{JoinHow, Rel, RelOp};

/// Whether operators with a key run in more than one subtask.
pub(crate) fn is_parallel(settings: &BTreeMap<String, String>) -> bool {
    let number = |key: &str| settings.get(key).and_then(|value| value.trim().parse::<i64>().ok());
    let chosen = number("table.exec.resource.default-parallelism").filter(|number| *number != -1);
    chosen.or_else(|| number("parallelism.default")).is_some_and(|parallelism| parallelism > 1)
}

/// Whether all changes of one value of `key`, a key of `rel`, come in order.
pub(crate) fn keeps_order(rel: &Rel, key: &[usize]) -> bool {
    if rel.mode.is_append() {
        return true;
    }
    match &rel.op {
        RelOp::Project { input, exprs } => {
            let column = |place: &usize| match exprs.get(*place)?.kind {
                ExprKind::Column(column) => Some(column),
                _ => None,
            };
            let columns: Option<Vec<usize>> = key.iter().map(column).collect();
            columns.is_some_and(|columns| keeps_order(input, &columns))
        }
        RelOp::Filter { input, .. }
        | RelOp::Watermark { input, .. }
        | RelOp::Window { input, .. }
        | RelOp::Join { left: input, how: JoinHow::Dictionary, .. } => keeps_order(input, key),
        RelOp::Unnest { input, .. } => {
            let width = input.schema.fields.len();
            let own: Vec<usize> = key.iter().copied().filter(|place| *place < width).collect();
            keeps_order(input, &own)
        }
        RelOp::Rank { input, keys, .. }
        | RelOp::WindowRank { input, keys, .. }
        | RelOp::Over { input, keys, .. }
        | RelOp::Deduplicate { input, keys, .. } => input.mode.is_append() || holds(key, keys),
        RelOp::Join { left, right, on, .. } => {
            let width = left.schema.fields.len();
            let moves = |rel: &Rel, touched: bool| touched && !rel.mode.is_append();
            let (lefts, rights): (Vec<usize>, Vec<usize>) = on.iter().map(|(l, r)| (*l, r + width)).unzip();
            let of_left = moves(left, key.iter().any(|place| *place < width));
            let of_right = moves(right, key.iter().any(|place| *place >= width));
            holds(key, &lefts) || holds(key, &rights) || !(of_left || of_right)
        }
        // Without a key there is one subtask; with one, it is the relation's key.
        RelOp::Scan { .. }
        | RelOp::Values { .. }
        | RelOp::Sort { .. }
        | RelOp::Limit { .. }
        | RelOp::SetComparison { .. }
        | RelOp::WindowAggregate { .. } => true,
        RelOp::GroupAggregate { keys, .. } => (0..keys.len()).all(|place| key.contains(&place)),
        RelOp::Materialize { keys, .. } | RelOp::Normalize { keys, .. } => holds(key, keys),
        RelOp::Union { .. } => false,
    }
}

fn holds(key: &[usize], columns: &[usize]) -> bool {
    columns.iter().all(|column| key.contains(column))
}
