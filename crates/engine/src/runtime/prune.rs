//! Which partitions of a table a scan can pass over: those for which a filter right above it is never true, whatever the
//! other columns hold.
//!
//! The filter stays where it is. Only conditions over partition columns alone are looked at, made of comparisons that give the
//! same each time; a condition that can't be computed passes over nothing.

use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use yeoul_row::{RowBatch, Watermarks};
use yeoul_sql::expr::{Expr, ExprKind};
use yeoul_sql::plan::{Rel, RelOp};

use super::topology::Topology;
use crate::compute::{Compiled, ExprContext};
use crate::connections::Prune;

/// Functions that give the same for the same arguments each time.
const COMPARISONS: [&str; 21] = [
    "and",
    "or",
    "not",
    "equals",
    "not_equals",
    "less_than",
    "less_or_equal",
    "greater_than",
    "greater_or_equal",
    "in",
    "like",
    "is_null",
    "is_not_null",
    "is_true",
    "is_not_true",
    "is_false",
    "is_not_false",
    "is_distinct_from",
    "is_not_distinct_from",
    "plus",
    "minus",
];

/// What says which partitions a scan needs; none if all.
pub(crate) fn prune(topology: &Topology, scan: &Rel, context: &Arc<ExprContext>) -> Option<Prune> {
    let RelOp::Scan { table, projection, .. } = &scan.op else { return None };
    let vertex = topology.vertices.get(&scan.id).filter(|vertex| vertex.delivers.is_empty())?;
    let [(consumer, _)] = vertex.consumers.as_slice() else { return None };
    let RelOp::Filter { predicate, .. } = &topology.vertices.get(consumer)?.rel.op else { return None };
    let is_partition = |place: usize| projection.get(place).is_some_and(|place| table.partition_keys.contains(place));
    let mut conditions = Vec::new();
    add_conditions(predicate, &is_partition, &mut conditions);
    let schema = scan.schema.to_arrow();
    let compiled = conditions.iter().filter_map(|condition| Compiled::new(condition, &schema, context).ok());
    let compiled: Vec<Compiled> = compiled.collect();
    (!compiled.is_empty())
        .then(|| Prune(Arc::new(move |row| compiled.iter().all(|condition| may_hold(condition, row)))))
}

/// The conditions of a conjunction that are over partition columns alone.
fn add_conditions(predicate: &Expr, is_partition: &dyn Fn(usize) -> bool, conditions: &mut Vec<Expr>) {
    match &predicate.kind {
        ExprKind::Call { function: "and", args } => {
            args.iter().for_each(|part| add_conditions(part, is_partition, conditions));
        }
        _ if is_steady(predicate, is_partition) => conditions.push(predicate.clone()),
        _ => {}
    }
}

/// Whether an expression depends on partition columns alone.
fn is_steady(expr: &Expr, is_partition: &dyn Fn(usize) -> bool) -> bool {
    match &expr.kind {
        ExprKind::Column(place) => is_partition(*place),
        ExprKind::Literal(_) => true,
        ExprKind::Call { function, args } => {
            COMPARISONS.contains(function) && args.iter().all(|arg| is_steady(arg, is_partition))
        }
        ExprKind::Cast { value, .. } => is_steady(value, is_partition),
        ExprKind::Case { .. } | ExprKind::Field { .. } => false,
    }
}

/// Whether a condition is true for the one row, or can't be computed.
fn may_hold(condition: &Compiled, row: &RecordBatch) -> bool {
    let Ok(value) = condition.evaluate(&RowBatch::inserts(row.clone(), Watermarks::NONE)) else { return true };
    value.as_boolean_opt().is_none_or(|holds| holds.iter().next().flatten() == Some(true))
}
