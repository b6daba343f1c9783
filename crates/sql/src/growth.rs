//! Which state of a job grows as long as its input does, and why.
//!
//! An input that ends bounds everything, and a window bounds what it holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::plan::{JobPlan, JoinHow, Rel, RelOp};

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
    for input in rel.inputs() {
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
        RelOp::Join { how: JoinHow::Regular, .. } => {
            ("join", "keeps the rows of both sides, as any may still find its partner", "join within windows")
        }
        RelOp::SetComparison { .. } => {
            ("set operation", "keeps each row that it has ever seen", "compare within windows, by a window join")
        }
        RelOp::Materialize { .. } => {
            ("rows by the sink's key", "keeps the rows of each key", "let the sink's key be the query's")
        }
        _ => return None,
    };
    Some(Growth { node: rel.id, operator, reason, remedy })
}
