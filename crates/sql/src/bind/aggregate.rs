//! `GROUP BY`, aggregates, `DISTINCT`: per window where the keys hold a window's bounds, else updating per key.
//!
//! Select items are bound over the input first; an aggregate call becomes a column behind the input's last one (its
//! place in the [`Collector`]), and [`Grouping::rewrite`] then turns keys and such columns into the result's columns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use yeoul_row::LogicalType;

use super::aggregate_call::{AggregateCall, function_of, never_null, unmerged};
use super::expression::{ExprBinder, unsupported};
use super::operator::balanced;
use super::over::OVER_BASE;
use super::scope::Scope;
use super::variance::{Variance, result_type};
use super::window::{Stripped, attached, bounds_of, part_of, strip};
use super::{Bound, node, state_ttl};
use crate::ast::expression::{Call, Expression};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{Aggregate, AggregateFunction, Rel, RelOp, WindowKind, WindowSpec};
use crate::walk::moved;

/// Stands for `GROUPING` until the grouping is known.
const GROUPING: &str = "grouping";

/// The aggregate calls of one `SELECT`.
#[derive(Clone, Default)]
pub(crate) struct Collector {
    /// The number of the input's columns: the first aggregate's place.
    width: usize,
    calls: Vec<Collected>,
    /// How long the state of the aggregation lives, where a hint says so.
    pub(crate) state_ttl: Option<u64>,
    /// What holds of the rows that count: others only stand for groups without rows.
    pub(crate) present: Option<Expr>,
}

/// One aggregate call, and which rows it takes.
#[derive(Clone, PartialEq)]
pub(super) struct Collected {
    pub(super) call: AggregateCall,
    pub(super) filter: Option<Expr>,
}

impl Collector {
    /// For a relation of this many columns; `grouped`: whether there are keys.
    pub(crate) fn new(width: usize) -> Collector {
        Collector { width, ..Collector::default() }
    }

    /// Whether nothing was collected.
    pub(crate) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The call over rows that count.
    fn of_present(&self, Collected { call, filter }: Collected) -> Collected {
        let Some(present) = &self.present else { return Collected { call, filter } };
        let parts = filter.into_iter().chain(Some(present.clone())).collect();
        Collected { call: call.filtered(true), filter: Some(balanced("and", parts)) }
    }

    fn place(&mut self, call: Collected) -> usize {
        let known = self.calls.iter().position(|other| *other == call);
        let at = known.unwrap_or_else(|| {
            self.calls.push(call);
            self.calls.len() - 1
        });
        self.width + at
    }
}

impl ExprBinder<'_> {
    /// The call over columns behind the input, if it is an aggregate.
    pub(crate) fn aggregate_call(&mut self, call: &Call, name: &str, span: Span) -> Bound<Option<Expr>> {
        if matches!(name, "GROUPING" | "GROUPING_ID" | "GROUP_ID") {
            return self.grouping_call(call, name, span).map(Some);
        }
        if let Some(variance) = Variance::named(name) {
            let mut result = LogicalType::Null.nullable();
            let parts = self.collected(name, span, |binder| {
                let arg = binder.variance_argument(call, name, span)?;
                let filter = binder.aggregate_filter(call)?;
                result = result_type(&arg);
                let parts = variance.parts(&arg, call.distinct);
                Ok(parts.into_iter().map(|call| Collected { call, filter: filter.clone() }).collect())
            })?;
            return variance.of_group(parts, &result, span).map(Some);
        }
        let Some(function) = function_of(name) else { return Ok(None) };
        let columns = self.collected(name, span, |binder| {
            let bound = binder.aggregate(function, call, name, span)?;
            let filter = binder.aggregate_filter(call)?;
            Ok(vec![Collected { call: bound.filtered(filter.is_some()), filter }])
        })?;
        Ok(columns.into_iter().next())
    }

    fn aggregate_filter(&mut self, call: &Call) -> Bound<Option<Expr>> {
        call.filter.as_ref().map(|filter| self.boolean(filter, "FILTER")).transpose()
    }

    /// Calls of an aggregate as columns behind the input.
    pub(super) fn collected(
        &mut self,
        name: &str,
        span: Span,
        collect: impl FnOnce(&mut Self) -> Bound<Vec<Collected>>,
    ) -> Bound<Vec<Expr>> {
        let Some(collector) = self.collector.take() else {
            return Err(Diagnostic::new(format!("the aggregate `{name}` can't stand in {}", self.clause), span));
        };
        let outside = (self.clause, std::mem::take(&mut self.named));
        self.clause = "the argument of an aggregate";
        let collected = collect(self);
        (self.clause, self.named) = outside;
        let result = collected.map(|calls| {
            let place = |collected: Collected| {
                let collected = collector.of_present(collected);
                let data_type = collected.call.data_type.clone();
                Expr::column(collector.place(collected), data_type)
            };
            calls.into_iter().map(place).collect()
        });
        self.collector = Some(collector);
        result
    }

    /// `GROUPING(key, …)`: a bit per key, set where the row's grouping leaves it out. Known when the grouping is.
    fn grouping_call(&mut self, call: &Call, name: &str, span: Span) -> Bound<Expr> {
        if self.collector.is_none() {
            return Err(Diagnostic::new(format!("`{name}` can't stand in {}", self.clause), span));
        }
        if (name == "GROUP_ID") != call.args.is_empty() {
            return Err(Diagnostic::new("`GROUPING` takes keys of `GROUP BY`, `GROUP_ID` nothing", span));
        }
        let args = call.args.iter().map(|arg| self.bind(arg)).collect::<Bound<Vec<Expr>>>()?;
        Ok(super::operator::call(GROUPING, args, LogicalType::BigInt.not_null()))
    }
}

/// What `GROUP BY` gives.
pub(crate) struct Grouping {
    pub(crate) rel: Arc<Rel>,
    /// The keys over the input, and each one's place in the result.
    keys: Vec<(Expr, usize)>,
    /// Keys of other groupings, NULL in this one.
    absent: Vec<Expr>,
    /// The first aggregate's place among the input's columns, and in the result.
    aggregates: (usize, usize),
}

/// Groups `input` by `keys`.
pub(crate) fn group(input: Arc<Rel>, keys: Vec<Expr>, collector: Collector, span: Span) -> Bound<Grouping> {
    let mut columns = Columns::default();
    let key_places: Vec<usize> = keys.iter().map(|key| columns.place(key)).collect();
    let grouped = !keys.is_empty();
    let aggregates: Vec<Aggregate> = collector.calls.into_iter().map(|call| columns.aggregate(call, grouped)).collect();
    let base = collector.width;
    let prepared = columns.project(input);
    let grouped = Grouped::new(prepared, key_places, aggregates, span)?;
    let keys = keys.into_iter().zip(grouped.key_places).collect();
    let rel = state_ttl::living(grouped.rel, vec![collector.state_ttl]);
    Ok(Grouping { rel, keys, absent: Vec::new(), aggregates: (base, grouped.aggregate_base) })
}

/// The columns that keys and aggregates need, each once.
#[derive(Default)]
struct Columns {
    exprs: Vec<Expr>,
}

impl Columns {
    fn place(&mut self, expr: &Expr) -> usize {
        let known = self.exprs.iter().position(|other| other == expr);
        known.unwrap_or_else(|| {
            self.exprs.push(expr.clone());
            self.exprs.len() - 1
        })
    }

    fn aggregate(&mut self, Collected { call, filter }: Collected, grouped: bool) -> Aggregate {
        let places = call.args.iter().map(|arg| self.place(arg)).collect();
        let filter = filter.as_ref().map(|filter| self.place(filter));
        let nullable = call.data_type.nullable || !(grouped || never_null(call.function));
        call.placed(places, filter, nullable)
    }

    fn project(self, input: Arc<Rel>) -> Arc<Rel> {
        let name = |(place, expr): (usize, &Expr)| match expr.kind {
            ExprKind::Column(column) => input.schema.fields[column].name.clone(),
            _ => format!("expr{place}"),
        };
        let names = self.exprs.iter().enumerate().map(name).collect();
        node::project(input.clone(), self.exprs, names)
    }
}

/// An aggregation node with the places of what was asked for.
struct Grouped {
    rel: Arc<Rel>,
    key_places: Vec<usize>,
    aggregate_base: usize,
}

impl Grouped {
    fn new(input: Arc<Rel>, keys: Vec<usize>, aggregates: Vec<Aggregate>, span: Span) -> Bound<Grouped> {
        match bounds_of(&input, &keys) {
            Some(_) => Grouped::windowed(input, keys, aggregates, span),
            None => Ok(Grouped::plain(input, keys, aggregates)),
        }
    }

    fn plain(input: Arc<Rel>, keys: Vec<usize>, aggregates: Vec<Aggregate>) -> Grouped {
        let key_places = (0..keys.len()).collect();
        let aggregate_base = keys.len();
        Grouped { rel: node::group_aggregate(input, keys, aggregates), key_places, aggregate_base }
    }

    fn windowed(input: Arc<Rel>, keys: Vec<usize>, aggregates: Vec<Aggregate>, span: Span) -> Bound<Grouped> {
        let parts: Vec<Option<usize>> = keys.iter().map(|key| part_of(&input, *key)).collect();
        let grouped = match Grouped::assigning(&input, &keys, &aggregates, &parts) {
            Some(grouped) => grouped,
            None => Grouped::attached(&input, &keys, aggregates, &parts)
                .ok_or_else(|| unsupported("this use of a window", span))?,
        };
        grouped.check_merging(span)?;
        Ok(grouped)
    }

    /// The aggregation assigns the windows itself; `None` where rows must carry them.
    fn assigning(
        input: &Arc<Rel>,
        keys: &[usize],
        aggregates: &[Aggregate],
        parts: &[Option<usize>],
    ) -> Option<Grouped> {
        let Stripped { rel, map, window, deferred } = strip(input)?;
        let plain = keys.iter().zip(parts).filter(|(_, part)| part.is_none()).map(|(key, _)| map[*key]);
        let plain = plain.collect::<Option<Vec<usize>>>()?;
        let own: BTreeSet<usize> = plain.iter().copied().collect();
        let partition: BTreeSet<usize> = window.partition.iter().copied().collect();
        if matches!(window.kind, WindowKind::Session { .. }) && own != partition {
            return None;
        }
        let aggregates = aggregates.iter().map(|aggregate| {
            let args = aggregate.args.iter().map(|arg| map[*arg]).collect::<Option<Vec<usize>>>()?;
            let filter = match aggregate.filter {
                Some(filter) => Some(map[filter]?),
                None => None,
            };
            Some(Aggregate { args, filter, ..aggregate.clone() })
        });
        let aggregates = aggregates.collect::<Option<Vec<Aggregate>>>()?;
        Grouped::from_window(rel, window, plain, aggregates, parts).filtered(deferred, keys)
    }

    /// The rows carry their windows.
    fn attached(
        input: &Arc<Rel>,
        keys: &[usize],
        aggregates: Vec<Aggregate>,
        parts: &[Option<usize>],
    ) -> Option<Grouped> {
        let window = attached(input, keys)?;
        let plain = keys.iter().zip(parts).filter(|(_, part)| part.is_none()).map(|(key, _)| *key).collect();
        Some(Grouped::from_window(input.clone(), window, plain, aggregates, parts))
    }

    /// Windows that are put together from parts need aggregates that can be.
    fn check_merging(&self, span: Span) -> Bound<()> {
        let RelOp::WindowAggregate { input, window, aggregates, .. } = &self.rel.op else { return Ok(()) };
        // A session that a row has left still stretches those of Flink: it depends on each step between.
        if matches!(window.kind, WindowKind::Session { .. }) && !input.mode.is_append() {
            return Err(unsupported("sessions over updating rows", span));
        }
        let merges =
            matches!(window.kind, WindowKind::Hop { .. } | WindowKind::Cumulate { .. } | WindowKind::Session { .. });
        let overlap = matches!(window.kind, WindowKind::Hop { .. });
        if overlap && aggregates.iter().any(|call| call.distinct && call.function == AggregateFunction::Sum) {
            return Err(Diagnostic::new("`SUM(DISTINCT …)` has no form for windows that overlap", span)
                .with_help("use `TUMBLE` or `CUMULATE`, or take the distinct values in a window below"));
        }
        let unmerged = aggregates.iter().find_map(|aggregate| unmerged(aggregate.function));
        match unmerged.filter(|_| merges) {
            Some((name, help)) => {
                let message = format!("`{name}` can't be merged, as these windows need");
                Err(Diagnostic::new(message, span).with_help(format!("use it over tumbling windows, or {help}")))
            }
            None => Ok(()),
        }
    }

    /// Applies what was asked of the window's columns below the aggregation.
    fn filtered(self, deferred: Vec<Expr>, keys: &[usize]) -> Option<Grouped> {
        if deferred.is_empty() {
            return Some(self);
        }
        let place = |column: usize| {
            let at = keys.iter().position(|key| *key == column)?;
            self.key_places.get(at).copied()
        };
        let parts: Option<Vec<Expr>> = deferred.iter().map(|part| moved(part, &place)).collect();
        let rel = node::filter(self.rel.clone(), balanced("and", parts?));
        Some(Grouped { rel, ..self })
    }

    /// Columns: plain keys, aggregates, the window's three.
    fn from_window(
        rel: Arc<Rel>,
        window: WindowSpec,
        plain: Vec<usize>,
        aggregates: Vec<Aggregate>,
        parts: &[Option<usize>],
    ) -> Grouped {
        let aggregate_base = plain.len();
        let window_base = plain.len() + aggregates.len();
        let mut next_plain = 0..;
        let place = |part: &Option<usize>| match part {
            Some(part) => window_base + part,
            None => next_plain.next().unwrap_or_default(),
        };
        let key_places = parts.iter().map(place).collect();
        Grouped { rel: node::window_aggregate(rel, window, plain, aggregates), key_places, aggregate_base }
    }
}

impl Grouping {
    /// The same grouping among others, whose keys are `keys`.
    pub(crate) fn among(self, keys: &[Expr]) -> Grouping {
        let own = |key: &Expr| self.keys.iter().any(|(own, _)| own == key);
        let absent = keys.iter().filter(|key| !own(key)).cloned().collect();
        Grouping { absent, ..self }
    }

    /// An expression over the input as one over the result.
    pub(crate) fn rewrite(
        &self,
        expr: &Expr,
        item: &Expression,
        scope: &Scope,
        named: &BTreeMap<usize, Span>,
    ) -> Bound<Expr> {
        self.rewritten(expr).map_err(|column| {
            let name = scope.columns.get(column).map_or("", |column| column.name.as_str());
            let span = named.get(&column).copied().unwrap_or(item.span);
            Diagnostic::new(format!("the column `{name}` is not grouped"), span)
                .with_help("put it into `GROUP BY`, or into an aggregate")
        })
    }

    /// A bit per key, the last the lowest, set where this grouping leaves it out.
    fn bits(&self, keys: &[Expr]) -> i64 {
        keys.iter().fold(0, |bits, key| bits << 1 | i64::from(self.absent.contains(key)))
    }

    fn rewritten(&self, expr: &Expr) -> Result<Expr, usize> {
        if let Some((_, place)) = self.keys.iter().find(|(key, _)| key == expr) {
            return Ok(node::column(&self.rel, *place));
        }
        if self.absent.contains(expr) {
            return Ok(Expr::literal(Literal::Null, expr.data_type.clone().with_nullable(true)));
        }
        if let ExprKind::Call { function: GROUPING, args } = &expr.kind {
            let known = |arg: &&Expr| self.absent.contains(arg) || self.keys.iter().any(|(key, _)| key == *arg);
            if let Some(other) = args.iter().find(|arg| !known(arg)) {
                return Err(crate::walk::columns_of(other).first().copied().unwrap_or_default());
            }
            return Ok(Expr::literal(Literal::Integer(self.bits(args)), expr.data_type.clone()));
        }
        if let ExprKind::Column(place) = expr.kind {
            if place >= OVER_BASE {
                return Ok(expr.clone());
            }
            let (base, result) = self.aggregates;
            return match place.checked_sub(base) {
                Some(at) => Ok(node::column(&self.rel, result + at)),
                None => Err(place),
            };
        }
        crate::walk::map_children(expr, |child| self.rewritten(child))
    }
}
