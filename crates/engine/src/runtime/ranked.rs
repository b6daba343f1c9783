//! Operators that keep rows in an order: window table functions, Top-N, sorting, limits, window functions.

use yeoul_sql::plan::{Frame, OverCall, OverFunction, Rel, RelOp, SortKey, TimeAttribute, WindowKind, WindowSpec};

use super::graph::{BuildError, Builder};
use crate::aggregate::AggregateColumns;
use crate::operator::Operator;
use crate::operators::frames::Frames;
use crate::operators::limit::Limit;
use crate::operators::over::{Over, OverSettings, OverTime};
use crate::operators::over_all::{OverAll, OverAllSettings};
use crate::operators::rank::{Rank, RankSettings};
use crate::operators::session_window::{SessionWindow, SessionWindowSettings};
use crate::operators::sort::{Sort, SortBy};
use crate::operators::window::{Window, Windows};
use crate::operators::window_rank::{WindowRank, WindowRankSettings};

type Built = Result<Box<dyn Operator>, BuildError>;

impl Builder<'_> {
    /// The operator of a node of this module. `reports`: whether late rows may be reported.
    pub(super) fn ranked(&self, rel: &Rel, reports: bool) -> Built {
        match &rel.op {
            RelOp::Window { input, window } => self.window(rel, input, window),
            RelOp::Rank { .. } => self.rank(rel),
            RelOp::WindowRank { .. } => self.window_rank(rel, reports),
            RelOp::Sort { input, order, at_end } => self.sort(rel, input, order, *at_end),
            RelOp::Limit { offset, count, .. } => {
                Ok(Box::new(Limit::new(rel.id, *offset, *count, self.budget.clone())))
            }
            RelOp::Over { .. } => self.over(rel),
            _ => Err(BuildError::Unsupported("the node keeps no order".to_owned())),
        }
    }

    fn window(&self, rel: &Rel, input: &Rel, window: &WindowSpec) -> Built {
        let (input, schema) = (input.schema.to_arrow(), rel.schema.to_arrow());
        let windows = Windows::new(window, &input, self.context.zone);
        let WindowKind::Session { gap } = window.kind else {
            return Ok(Box::new(Window::new(windows, schema, self.clock.clone())));
        };
        let settings = SessionWindowSettings { windows, gap, partition: window.partition.clone(), input, schema };
        Ok(Box::new(SessionWindow::new(rel.id, settings, self.budget.clone(), self.clock.clone())?))
    }

    fn rank(&self, rel: &Rel) -> Built {
        let RelOp::Rank { input, keys, order, range, rank } = &rel.op else {
            return Err(BuildError::Unsupported("not a Top-N".to_owned()));
        };
        let settings = RankSettings {
            keys: keys.clone(),
            order: order.clone(),
            range: *range,
            with_rank: *rank,
            retracts: !input.mode.is_append(),
            input: input.schema.to_arrow(),
            schema: rel.schema.to_arrow(),
        };
        Ok(Box::new(Rank::new(rel.id, settings, self.budget.clone())?.living(self.ttl(rel, 0))))
    }

    fn window_rank(&self, rel: &Rel, reports: bool) -> Built {
        let RelOp::WindowRank { input, window, keys, order, range, last_wins, rank } = &rel.op else {
            return Err(BuildError::Unsupported("not a window Top-N".to_owned()));
        };
        let schema = input.schema.to_arrow();
        let local = WindowSpec {
            time: time_of_window(input).unwrap_or(window.1),
            event_time: true,
            kind: WindowKind::Tumble { size: 1, offset: 0 },
            partition: Vec::new(),
        };
        let settings = WindowRankSettings {
            window: *window,
            windows: Windows::new(&local, &schema, self.context.zone),
            keys: keys.clone(),
            order: order.clone(),
            range: *range,
            last_wins: *last_wins,
            with_rank: *rank,
            retracts: !input.mode.is_append(),
            input: schema,
            schema: rel.schema.to_arrow(),
        };
        let failures = self.failures(self.options.late_topic.as_ref().filter(|_| reports))?;
        Ok(Box::new(WindowRank::new(rel.id, settings, self.budget.clone(), failures)?))
    }

    fn sort(&self, rel: &Rel, input: &Rel, order: &[SortKey], at_end: bool) -> Built {
        let first = order.first().map(|key| key.column);
        let by = match first.and_then(|place| input.time.get(place).map(|time| (place, *time))) {
            _ if at_end => SortBy::End,
            Some((place, TimeAttribute::Rowtime)) => SortBy::EventTime(place),
            Some((_, TimeAttribute::Proctime)) => SortBy::ProcessingTime,
            _ => {
                let reason = "`ORDER BY` other than a time attribute is not supported on a stream";
                return Err(BuildError::Unsupported(reason.to_owned()));
            }
        };
        Ok(Box::new(Sort::new(rel.id, by, order, &input.schema.to_arrow(), self.budget.clone())?))
    }

    fn over(&self, rel: &Rel) -> Built {
        let RelOp::Over { input, keys, order, frame, calls, batch } = &rel.op else {
            return Err(BuildError::Unsupported("no window functions".to_owned()));
        };
        let first = order.first().map(|key| key.column);
        let time = first.and_then(|place| input.time.get(place).map(|time| (place, *time)));
        let time = match time {
            Some((place, TimeAttribute::Rowtime)) if !batch => OverTime::Event(place),
            Some((_, TimeAttribute::Proctime)) if !batch => OverTime::Processing,
            _ => return self.over_all(rel, keys, *frame, order, calls, *batch),
        };
        let schema = input.schema.to_arrow();
        let aggregates: Vec<_> = calls
            .iter()
            .filter_map(|call| match &call.function {
                OverFunction::Aggregate(aggregate) => Some(aggregate.clone()),
                _ => None,
            })
            .collect();
        let bounded = frame.start != yeoul_sql::plan::FrameBound::UnboundedPreceding;
        let columns = AggregateColumns::new(&aggregates, &schema, bounded).map_err(BuildError::Unsupported)?;
        let settings = OverSettings {
            keys: keys.clone(),
            time,
            frame: *frame,
            calls: calls.clone(),
            input: schema,
            schema: rel.schema.to_arrow(),
        };
        Ok(Box::new(Over::new(rel.id, settings, columns, self.budget.clone(), self.clock.clone())?))
    }

    fn over_all(
        &self,
        rel: &Rel,
        keys: &[usize],
        frame: Frame,
        order: &[SortKey],
        calls: &[OverCall],
        at_end: bool,
    ) -> Built {
        let RelOp::Over { input, .. } = &rel.op else {
            return Err(BuildError::Unsupported("no window functions".to_owned()));
        };
        let frames = Frames { order: order.to_vec(), frame, calls: calls.to_vec() };
        let (input, schema) = (input.schema.to_arrow(), rel.schema.to_arrow());
        let settings = OverAllSettings { keys: keys.to_vec(), frames, at_end, input, schema };
        Ok(Box::new(OverAll::new(rel.id, settings, self.budget.clone())?))
    }
}

/// The column that is the time of the rows' window, by whose type its zone is known.
fn time_of_window(input: &Rel) -> Option<usize> {
    input.time.iter().rposition(|time| *time == TimeAttribute::Rowtime)
}
