//! From the relations of a statement set to its final plan: equal sub-plans are one node, columns that nobody reads
//! are not read, and nodes are numbered.
//!
//! 0. *Push*: filters go below projections.
//! 1. *Share*: bottom-up, nodes with the same operation over the same inputs become one `Arc`.
//! 2. *Require*: from the branches down, which columns of each node anyone reads (the union over all readers).
//! 3. *Rebuild*: bottom-up with those columns only; projections that change nothing fall away.
//! 4. *Flatten*: fields of rows that a scan reads become columns right above it, and 1 to 3 are done again.
//! 5. *Number*: in the order in which the branches first need the nodes, inputs first.

mod flatten;
mod push;
mod rebuild;
mod require;
mod share;

use std::sync::Arc;

use crate::plan::{Branch, Rel, RelOp};

/// The final plan of a job's branches.
pub(crate) fn optimize(branches: Vec<Branch>) -> Vec<Branch> {
    let roots: Vec<Arc<Rel>> = branches.iter().map(|branch| branch.input.clone()).collect();
    let pushed = push::lowered(&roots);
    let shared = share::shared(&pushed);
    let required = require::required(&shared);
    let rebuilt = rebuild::rebuilt(&shared, &required);
    let numbered = match flatten::flattened(&share::shared(&rebuilt)) {
        None => share::shared(&rebuilt),
        Some(flat) => {
            let shared = share::shared(&flat);
            share::shared(&rebuild::rebuilt(&shared, &require::required(&shared)))
        }
    };
    branches.into_iter().zip(numbered.roots()).map(|(branch, input)| Branch { input, ..branch }).collect()
}

/// The same operation over other inputs, as many and in the same order.
pub(crate) fn with_inputs(op: &RelOp, inputs: &[Arc<Rel>]) -> RelOp {
    let mut op = op.clone();
    match &mut op {
        RelOp::Scan { .. } | RelOp::Values { .. } => {}
        RelOp::Project { input, .. }
        | RelOp::Filter { input, .. }
        | RelOp::Watermark { input, .. }
        | RelOp::Window { input, .. }
        | RelOp::WindowAggregate { input, .. }
        | RelOp::GroupAggregate { input, .. }
        | RelOp::Deduplicate { input, .. }
        | RelOp::Rank { input, .. }
        | RelOp::WindowRank { input, .. }
        | RelOp::Sort { input, .. }
        | RelOp::Limit { input, .. }
        | RelOp::Over { input, .. }
        | RelOp::Unnest { input, .. }
        | RelOp::Materialize { input, .. }
        | RelOp::Normalize { input, .. } => *input = inputs[0].clone(),
        RelOp::Join { left, right, .. } | RelOp::SetComparison { left, right, .. } => {
            (*left, *right) = (inputs[0].clone(), inputs[1].clone())
        }
        RelOp::Union { inputs: all } => *all = inputs.to_vec(),
    }
    op
}
