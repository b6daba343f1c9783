//! Which state of a job grows as long as its input does, and why.
//!
//! An input that ends bounds everything, and a window bounds what it holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::optimize::inputs;
use crate::plan::{JobPlan, Rel, RelOp};

/// One operator's state that grows without bound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Growth {
    /// The node's number in the plan's text.
    pub node: u32,
    /// What it is.
    pub operator: &'static str,
    /// What it keeps.
    pub reason: &'static str,
    /// What bounds it.
    pub remedy: &'static str,
}

/// The growing state of a job, in the order of its plan's text.
#[must_use]
pub fn growing(job: &JobPlan) -> Vec<Growth> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for branch in &job.branches {
        collect(&branch.input, &mut seen, &mut found);
    }
    found
}

fn collect(rel: &Arc<Rel>, seen: &mut BTreeSet<u32>, found: &mut Vec<Growth>) {
    if rel.bounded || !seen.insert(rel.id) {
        return;
    }
    found.extend(growth_of(rel));
    for input in inputs(&rel.op) {
        collect(input, seen, found);
    }
}

fn growth_of(rel: &Rel) -> Option<Growth> {
    let (operator, reason, remedy) = match &rel.op {
        RelOp::GroupAggregate { .. } => {
            ("GROUP BY", "keeps a row for each key that it has ever seen", "group by a window")
        }
        RelOp::Deduplicate { .. } => {
            ("deduplication", "keeps each key that it has ever seen", "deduplicate within windows")
        }
        RelOp::Join { left, right, .. } if !left.bounded && !right.bounded => {
            ("join", "keeps the rows of both sides, as any may still find its partner", "join within windows")
        }
        _ => return None,
    };
    Some(Growth { node: rel.id, operator, reason, remedy })
}
