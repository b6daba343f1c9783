//! Which aggregations run in two phases: rows are combined per group in the subtasks where they are, and what comes out is
//! put together where the group is ([`crate::operators::combine`]).
//!
//! By itself this is done where all rows would otherwise go to one subtask: an aggregation without a key.
//! `table.optimizer.agg-phase-strategy` asks for it with keys as well (`TWO_PHASE`: few keys, or one that most rows have), or
//! forbids it (`ONE_PHASE`). Rows that may be taken back, processing time, sessions, aggregates that can't be put together, lists
//! of distinct values (whose order would be lost), and a topic for late rows (which wants each row) leave one phase.

use yeoul_sql::plan::{Aggregate, AggregateFunction, Rel, RelOp, WindowKind, WindowSpec};

use super::distribution::Route;
use super::graph::{BuildError, Builder};
use super::topology::Topology;
use crate::aggregate::AggregateColumns;
use crate::operators::combine::{Combined, Combiner};
use crate::operators::window::Windows;
use crate::options::Phases;

/// What an aggregation does.
struct Parts<'a> {
    input: &'a Rel,
    keys: &'a [usize],
    window: Option<&'a WindowSpec>,
    aggregates: &'a [Aggregate],
}

fn parts(rel: &Rel) -> Option<Parts<'_>> {
    match &rel.op {
        RelOp::GroupAggregate { input, keys, aggregates } => Some(Parts { input, keys, window: None, aggregates }),
        RelOp::WindowAggregate { input, window, keys, aggregates } => {
            Some(Parts { input, keys, window: Some(window), aggregates })
        }
        _ => None,
    }
}

/// Whether a result shows in which order distinct values came.
fn lists_distinct(aggregate: &Aggregate) -> bool {
    use AggregateFunction::{ArrayAgg, JsonArrayAgg, ListAgg};
    aggregate.distinct && matches!(aggregate.function, ListAgg | ArrayAgg { .. } | JsonArrayAgg { .. })
}

impl Builder<'_> {
    /// How the rows of an aggregation come if they are combined before; none: as they are.
    pub(super) fn combined(&self, rel: &Rel, topology: Option<&Topology>) -> Option<Combined> {
        let (topology, parts) = topology.zip(parts(rel))?;
        let wanted = match topology.route(parts.input.id, rel.id, 0) {
            Route::Forward => false,
            Route::ToFirst => self.options.phases != Phases::One,
            Route::ByKey(_) => self.options.phases == Phases::Two,
        };
        let lists = parts.aggregates.iter().any(lists_distinct);
        if !wanted || lists || !parts.window.is_none_or(|window| self.can_combine(window)) {
            return None;
        }
        let columns = AggregateColumns::new(parts.aggregates, &parts.input.schema.to_arrow(), false);
        let merges = parts.input.mode.is_append() && columns.is_ok_and(|columns| columns.unmergeable().is_none());
        merges.then(|| Combined::new(parts.keys.len(), self.windows(&parts).as_ref()))
    }

    fn can_combine(&self, window: &WindowSpec) -> bool {
        let bounds_follow = match window.kind {
            WindowKind::Session { .. } => false,
            // Between such windows are gaps, whose rows are told as filtered.
            WindowKind::Hop { size, slide, .. } => slide <= size,
            _ => true,
        };
        bounds_follow && window.event_time && self.options.late_topic.is_none()
    }

    fn windows(&self, parts: &Parts<'_>) -> Option<Windows> {
        parts.window.map(|window| Windows::new(window, &parts.input.schema.to_arrow(), self.context.zone))
    }

    /// What combines the rows of one subtask for this aggregation.
    pub(super) fn combiner(&self, rel: &Rel) -> Result<Combiner, BuildError> {
        let parts = parts(rel).ok_or_else(|| BuildError::Unsupported("not an aggregation".to_owned()))?;
        let input = parts.input.schema.to_arrow();
        let columns = AggregateColumns::new(parts.aggregates, &input, false).map_err(BuildError::Unsupported)?;
        Ok(Combiner::new(&input, parts.keys, self.windows(&parts), columns, self.clock.clone())?)
    }
}
