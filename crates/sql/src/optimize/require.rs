//! Which columns of each node are read by anyone.

use std::collections::BTreeSet;

use super::share::Shared;
use crate::plan::{Aggregate, JoinHow, Rel, RelOp, WindowKind, WindowSpec};
use crate::walk::collect_columns;

/// For each node of a plan the columns that its readers need, by place.
pub(crate) fn required(plan: &Shared) -> Vec<BTreeSet<usize>> {
    let mut required = vec![BTreeSet::new(); plan.nodes.len()];
    for top in &plan.tops {
        required[*top].extend(0..plan.nodes[*top].schema.fields.len());
    }
    // Readers stand behind what they read, so that each node's set is complete when its turn comes.
    for place in (0..plan.nodes.len()).rev() {
        // A row without columns can't be counted, so one column stays.
        if required[place].is_empty() && !plan.nodes[place].schema.fields.is_empty() {
            required[place].insert(0);
        }
        let wanted = required[place].clone();
        for (input, columns) in needs(&plan.nodes[place], &wanted) {
            required[Shared::place(input)].extend(columns);
        }
    }
    required
}

/// What a node needs of each input to give the columns `wanted`.
fn needs<'a>(rel: &'a Rel, wanted: &BTreeSet<usize>) -> Vec<(&'a Rel, BTreeSet<usize>)> {
    let mut needed = BTreeSet::new();
    match &rel.op {
        RelOp::Scan { .. } | RelOp::Values { .. } => Vec::new(),
        RelOp::Project { input, exprs } => {
            wanted.iter().for_each(|place| collect_columns(&exprs[*place], &mut needed));
            vec![(input, needed)]
        }
        RelOp::Filter { input, predicate } => {
            needed.extend(wanted);
            collect_columns(predicate, &mut needed);
            vec![(input, needed)]
        }
        RelOp::Watermark { input, rowtime, expr, .. } => {
            needed.extend(wanted);
            needed.insert(*rowtime);
            collect_columns(expr, &mut needed);
            vec![(input, needed)]
        }
        RelOp::Window { input, window } => {
            needed.extend(wanted.iter().filter(|place| **place < input.schema.fields.len()));
            needed.extend(columns_of_window(window));
            vec![(input, needed)]
        }
        RelOp::WindowAggregate { input, window, keys, aggregates } => {
            needed.extend(columns_of_window(window));
            aggregate_needs(keys, aggregates, &mut needed);
            vec![(input, needed)]
        }
        RelOp::GroupAggregate { input, keys, aggregates } => {
            aggregate_needs(keys, aggregates, &mut needed);
            vec![(input, needed)]
        }
        RelOp::Deduplicate { input, keys, order, .. } => {
            needed.extend(wanted.iter().filter(|place| **place < input.schema.fields.len()));
            needed.extend(keys);
            needed.insert(*order);
            vec![(input, needed)]
        }
        // Rows are told apart by all of their columns where they can be taken back.
        RelOp::Rank { input, .. } | RelOp::WindowRank { input, .. } if !input.mode.is_append() => {
            needed.extend(0..input.schema.fields.len());
            vec![(input, needed)]
        }
        RelOp::Rank { input, keys, order, .. } => {
            needed.extend(wanted.iter().filter(|place| **place < input.schema.fields.len()));
            needed.extend(keys.iter().copied().chain(order.iter().map(|key| key.column)));
            vec![(input, needed)]
        }
        RelOp::WindowRank { input, window, keys, order, .. } => {
            needed.extend(wanted.iter().filter(|place| **place < input.schema.fields.len()));
            needed.extend(keys.iter().copied().chain(order.iter().map(|key| key.column)));
            needed.extend([window.0, window.1]);
            vec![(input, needed)]
        }
        RelOp::Sort { input, .. } if !input.mode.is_append() => {
            needed.extend(0..input.schema.fields.len());
            vec![(input, needed)]
        }
        RelOp::Sort { input, order, .. } => {
            needed.extend(wanted.iter().copied().chain(order.iter().map(|key| key.column)));
            vec![(input, needed)]
        }
        RelOp::Limit { input, .. } => vec![(input, wanted.clone())],
        RelOp::Over { input, .. } => {
            needed.extend(0..input.schema.fields.len());
            vec![(input, needed)]
        }
        RelOp::Join { left, right, on, residual, how, .. } => {
            let mut needs = join_needs(left, right, on, residual.as_ref(), wanted);
            let (left_places, right_places) = how_needs(how);
            needs[0].1.extend(left_places);
            needs[1].1.extend(right_places);
            needs
        }
        // Rows are compared whole.
        RelOp::SetComparison { left, right, .. } => {
            let all = |rel: &Rel| (0..rel.schema.fields.len()).collect();
            vec![(left, all(left)), (right, all(right))]
        }
        RelOp::Unnest { input, value, .. } => {
            needed.extend(wanted.iter().filter(|place| **place < input.schema.fields.len()));
            collect_columns(value, &mut needed);
            vec![(input, needed)]
        }
        RelOp::Normalize { input, keys } => {
            needed.extend(wanted.iter().chain(keys));
            vec![(input, needed)]
        }
        RelOp::Materialize { input, .. } => vec![(input, (0..input.schema.fields.len()).collect())],
        RelOp::Union { inputs } => inputs.iter().map(|input| (&**input, wanted.clone())).collect(),
    }
}

/// The columns that say which windows a row lies in.
fn columns_of_window(window: &WindowSpec) -> Vec<usize> {
    let mut columns = vec![window.time];
    columns.extend(&window.partition);
    if let WindowKind::Attached { start, end } = window.kind {
        columns.extend([start, end]);
    }
    columns
}

fn aggregate_needs(keys: &[usize], aggregates: &[Aggregate], needed: &mut BTreeSet<usize>) {
    needed.extend(keys);
    for aggregate in aggregates {
        needed.extend(&aggregate.args);
        needed.extend(aggregate.filter);
    }
}

/// The columns by which a join times its rows.
fn how_needs(how: &JoinHow) -> (Option<usize>, Option<usize>) {
    match how {
        JoinHow::Dictionary | JoinHow::Regular => (None, None),
        JoinHow::Interval { times: (l, r), .. }
        | JoinHow::Window { ends: (l, r), .. }
        | JoinHow::Temporal { times: (l, r), .. } => (Some(*l), Some(*r)),
    }
}

fn join_needs<'a>(
    left: &'a Rel,
    right: &'a Rel,
    on: &[(usize, usize)],
    residual: Option<&crate::expr::Expr>,
    wanted: &BTreeSet<usize>,
) -> Vec<(&'a Rel, BTreeSet<usize>)> {
    let width = left.schema.fields.len();
    let mut columns = wanted.clone();
    if let Some(residual) = residual {
        collect_columns(residual, &mut columns);
    }
    let mut of_left: BTreeSet<usize> = columns.iter().copied().filter(|place| *place < width).collect();
    let mut of_right: BTreeSet<usize> = columns.iter().filter_map(|place| place.checked_sub(width)).collect();
    of_left.extend(on.iter().map(|(left, _)| left));
    of_right.extend(on.iter().map(|(_, right)| right));
    vec![(left, of_left), (right, of_right)]
}
