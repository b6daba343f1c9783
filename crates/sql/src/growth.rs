//! Which state of a job grows as long as its input does, and why.
//!
//! An input that ends bounds everything, a window bounds what it holds, and a lifetime (`table.exec.state.ttl`, `STATE_TTL`) what it
//! is for.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::plan::{
    Aggregate, AggregateFunction, Branch, Frame, FrameBound, JobPlan, JoinHow, OverCall, OverFunction, Rel, RelOp,
    SortKey, Target, TimeAttribute,
};
use crate::settings::duration_millis;

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
    let lifetime = job.settings.get("table.exec.state.ttl").and_then(|text| duration_millis(text).ok()).unwrap_or(0);
    for branch in &job.branches {
        found.extend(growth_of_target(branch));
        collect(&branch.input, lifetime, &mut seen, &mut found);
    }
    found
}

/// A served table keeps its rows for those who read it.
fn growth_of_target(branch: &Branch) -> Option<Growth> {
    let grows = matches!(branch.target, Target::View(_)) && !has_few_rows(&branch.input);
    grows.then_some(Growth {
        node: branch.input.id,
        operator: "served table",
        reason: "keeps every row of its result, to serve it",
        remedy: "ask for the first rows of an order, or write to a topic or to files",
    })
}

/// Whether the result has no more rows the longer it runs.
fn has_few_rows(rel: &Rel) -> bool {
    rel.bounded
        || match &rel.op {
            RelOp::GroupAggregate { keys, .. } => keys.is_empty(),
            RelOp::Rank { keys, range, .. } => keys.is_empty() && range.last < u64::MAX,
            RelOp::Limit { count, .. } => count.is_some(),
            RelOp::Project { input, .. } | RelOp::Filter { input, .. } => has_few_rows(input),
            RelOp::Join { left, right, .. } => has_few_rows(left) && has_few_rows(right),
            RelOp::Union { inputs } => inputs.iter().all(|input| has_few_rows(input)),
            _ => false,
        }
}

fn collect(rel: &Arc<Rel>, lifetime: u64, seen: &mut BTreeSet<u32>, found: &mut Vec<Growth>) {
    if rel.bounded || !seen.insert(rel.id) {
        return;
    }
    found.extend(growth_of(rel).filter(|_| !is_forgotten(rel, lifetime)));
    for input in rel.inputs() {
        collect(input, lifetime, seen, found);
    }
}

/// Whether a node forgets what nobody has written for a time, of each of its inputs; `lifetime`: in milliseconds as the settings
/// say, 0 for none.
fn is_forgotten(rel: &Rel, lifetime: u64) -> bool {
    let honours = matches!(
        rel.op,
        RelOp::GroupAggregate { .. }
            | RelOp::Deduplicate { .. }
            | RelOp::Rank { .. }
            | RelOp::SetComparison { .. }
            | RelOp::Materialize { .. }
            | RelOp::Normalize { .. }
            | RelOp::Join { how: JoinHow::Regular, .. }
    );
    let of_input = |port: usize| rel.state_ttl.get(port).copied().flatten().unwrap_or(lifetime);
    honours && (0..rel.inputs().len()).all(|port| of_input(port) > 0)
}

fn growth_of(rel: &Rel) -> Option<Growth> {
    let (operator, reason, remedy) = match &rel.op {
        RelOp::GroupAggregate { input, keys, aggregates } if keys.is_empty() => {
            let appends = input.mode.is_append();
            aggregates.iter().find(|aggregate| keeps_values(aggregate, appends))?;
            (
                "aggregate",
                "keeps the values that it was given",
                "aggregate within windows, or set `table.exec.state.ttl`",
            )
        }
        RelOp::GroupAggregate { .. } => (
            "GROUP BY",
            "keeps a row for each key that it has ever seen",
            "group by a window, or set `table.exec.state.ttl`",
        ),
        RelOp::Deduplicate { .. } => (
            "deduplication",
            "keeps each key that it has ever seen",
            "deduplicate within windows, or set `table.exec.state.ttl`",
        ),
        RelOp::Join { left, right, how: JoinHow::Regular, .. } if has_few_rows(left) && has_few_rows(right) => {
            return None;
        }
        RelOp::Join { how: JoinHow::Temporal { .. }, .. } => (
            "temporal join",
            "keeps the last version of each key of its right side",
            "delete keys there that are over with",
        ),
        RelOp::Join { how: JoinHow::Regular, .. } => (
            "join",
            "keeps the rows of both sides, as any may still find its partner",
            "join within windows, or set `table.exec.state.ttl`",
        ),
        RelOp::SetComparison { .. } => (
            "INTERSECT or EXCEPT",
            "keeps each row that it has ever seen",
            "compare within windows, or set `table.exec.state.ttl`",
        ),
        RelOp::Rank { keys, .. } if !keys.is_empty() => (
            "Top-N",
            "keeps rows for each key that it has ever seen",
            "rank within windows, or set `table.exec.state.ttl`",
        ),
        RelOp::Rank { input, .. } if !input.mode.is_append() => (
            "Top-N",
            "keeps all rows, as any that is ahead may be taken back",
            "rank within windows, or set `table.exec.state.ttl`",
        ),
        RelOp::Over { input, order, .. } if !by_time(input, order) => {
            ("window function", "keeps all rows, as any that comes may lie ahead", "order by a time attribute")
        }
        RelOp::Over { keys, frame, .. } if !keys.is_empty() && !is_span(*frame) => {
            ("window function", "keeps each key that it has ever seen", "let the frame be a span of time")
        }
        RelOp::Over { input, frame, calls, .. }
            if !is_short(*frame) && calls.iter().any(|call| gathers(call, input)) =>
        {
            (
                "window function",
                "keeps the values that it was given",
                "let the frame begin some rows or some time before",
            )
        }
        RelOp::Materialize { .. } => (
            "keeping rows by key",
            "keeps the rows of each key that it has ever seen",
            "write by the query's own key, or set `table.exec.state.ttl`",
        ),
        RelOp::Normalize { .. } => (
            "upserts",
            "keeps the last row of each key that was not deleted",
            "delete keys that are over with, or set `table.exec.state.ttl`",
        ),
        _ => return None,
    };
    Some(Growth { node: rel.id, operator, reason, remedy })
}

/// Whether an aggregate holds what it was given, not only what it makes of it; `appends`: nothing is taken back.
fn keeps_values(aggregate: &Aggregate, appends: bool) -> bool {
    use AggregateFunction as Of;
    match aggregate.function {
        Of::Collect | Of::ListAgg | Of::ArrayAgg { .. } | Of::Percentile => true,
        Of::JsonObjectAgg { .. } | Of::JsonArrayAgg { .. } | Of::Bitmap(_) => true,
        Of::Min | Of::Max => !appends,
        Of::FirstValue | Of::LastValue => !appends || aggregate.distinct,
        Of::Count | Of::Sum | Of::Avg | Of::SquaredDeviations => aggregate.distinct,
    }
}

fn gathers(call: &OverCall, input: &Rel) -> bool {
    matches!(&call.function, OverFunction::Aggregate(aggregate) if keeps_values(aggregate, input.mode.is_append()))
}

/// Whether an order begins with a time attribute.
fn by_time(input: &Rel, order: &[SortKey]) -> bool {
    let time = order.first().and_then(|key| input.time.get(key.column));
    time.is_some_and(|time| *time != TimeAttribute::None)
}

/// Whether a frame begins so much time back: a key without rows for so long is forgotten.
fn is_span(frame: Frame) -> bool {
    !frame.rows && is_short(frame)
}

/// Whether a frame begins so many rows, or so much time, back.
fn is_short(frame: Frame) -> bool {
    matches!(frame.start, FrameBound::Preceding(_))
}
