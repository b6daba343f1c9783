//! Equal sub-plans become one node; nodes get their numbers, inputs before what reads them.

use std::collections::HashMap;
use std::sync::Arc;

use super::with_inputs;
use crate::plan::{Rel, RelOp};

/// A plan whose equal nodes are one, in an order with inputs first; a node's id is its place here plus one.
pub(crate) struct Shared {
    pub(crate) nodes: Vec<Arc<Rel>>,
    /// The places of the branches' inputs.
    pub(crate) tops: Vec<usize>,
}

impl Shared {
    /// The branches' inputs.
    pub(crate) fn roots(&self) -> Vec<Arc<Rel>> {
        self.tops.iter().map(|top| self.nodes[*top].clone()).collect()
    }

    /// The place of a node of this plan.
    pub(crate) fn place(rel: &Rel) -> usize {
        rel.id as usize - 1
    }
}

/// Shares the nodes below `roots`.
pub(crate) fn shared(roots: &[Arc<Rel>]) -> Shared {
    let mut interner = Interner::default();
    let tops = roots.iter().map(|root| interner.intern(root)).collect();
    Shared { nodes: interner.nodes, tops }
}

#[derive(Default)]
struct Interner {
    nodes: Vec<Arc<Rel>>,
    by_text: HashMap<String, usize>,
    /// Nodes seen already, by address, so that shared ones are walked once. The originals outlive the interner.
    by_address: HashMap<*const Rel, usize>,
}

impl Interner {
    /// The place of the node that equals `rel`.
    fn intern(&mut self, rel: &Arc<Rel>) -> usize {
        if let Some(place) = self.by_address.get(&Arc::as_ptr(rel)) {
            return *place;
        }
        let below: Vec<usize> = rel.inputs().into_iter().map(|input| self.intern(input)).collect();
        let text = text_of(rel, &below);
        let known = self.by_text.get(&text).copied();
        let place = known.unwrap_or_else(|| self.add(rel, &below, text));
        self.by_address.insert(Arc::as_ptr(rel), place);
        place
    }

    fn add(&mut self, rel: &Rel, below: &[usize], text: String) -> usize {
        let inputs: Vec<Arc<Rel>> = below.iter().map(|place| self.nodes[*place].clone()).collect();
        let place = self.nodes.len();
        let id = u32::try_from(place + 1).unwrap_or(u32::MAX);
        let op = with_inputs(&rel.op, &inputs);
        self.nodes.push(Arc::new(Rel { id, op, ..rel.clone() }));
        self.by_text.insert(text, place);
        place
    }
}

/// Everything that tells a node from others; its inputs by their places.
fn text_of(rel: &Rel, below: &[usize]) -> String {
    let own = match &rel.op {
        RelOp::Scan { table, projection, fields } => format!("scan {table:?} {projection:?} {fields:?}"),
        RelOp::Values { rows } => format!("values {rows:?}"),
        RelOp::Project { exprs, .. } => format!("project {exprs:?}"),
        RelOp::Filter { predicate, .. } => format!("filter {predicate:?}"),
        RelOp::Watermark { rowtime, expr, emit, idle_timeout, .. } => {
            format!("watermark {rowtime} {expr:?} {emit:?} {idle_timeout:?}")
        }
        RelOp::Window { window, .. } => format!("window {window:?}"),
        RelOp::WindowAggregate { window, keys, aggregates, .. } => {
            format!("window aggregate {window:?} {keys:?} {aggregates:?}")
        }
        RelOp::GroupAggregate { keys, aggregates, .. } => {
            format!("aggregate {keys:?} {aggregates:?} {:?}", rel.state_ttl)
        }
        RelOp::Deduplicate { keys, order, keep, row_number, .. } => {
            format!("deduplicate {keys:?} {order} {keep:?} {row_number}")
        }
        RelOp::Rank { keys, order, range, rank, .. } => format!("rank {keys:?} {order:?} {range:?} {rank}"),
        RelOp::WindowRank { window, keys, order, range, last_wins, rank, .. } => {
            format!("window rank {window:?} {keys:?} {order:?} {range:?} {last_wins} {rank}")
        }
        RelOp::Sort { order, at_end, .. } => format!("sort {order:?} {at_end}"),
        RelOp::Limit { offset, count, .. } => format!("limit {offset} {count:?}"),
        RelOp::Over { keys, order, frame, calls, batch, .. } => {
            format!("over {keys:?} {order:?} {frame:?} {calls:?} {batch}")
        }
        RelOp::Join { kind, on, residual, how, .. } => {
            format!("join {kind:?} {on:?} {residual:?} {how:?} {:?}", rel.state_ttl)
        }
        RelOp::SetComparison { operation, all, .. } => format!("compare {operation:?} {all}"),
        RelOp::Unnest { value, ordinality, outer, .. } => format!("unnest {value:?} {ordinality} {outer}"),
        RelOp::Materialize { keys, .. } => format!("materialize {keys:?}"),
        RelOp::Normalize { keys, .. } => format!("normalize {keys:?}"),
        RelOp::Union { .. } => "union".to_owned(),
    };
    format!("{own} over {below:?} as {:?}", rel.schema)
}
