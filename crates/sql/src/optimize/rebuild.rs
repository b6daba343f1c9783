//! The plan anew, with the required columns only.
//!
//! A rebuilt node may still have columns that one reader doesn't want; each reader finds its columns by the node's map
//! from old places to new ones. A join or a group keeps what it has of its inputs: its own projection above prunes.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::share::Shared;
use crate::bind::{node, state_ttl};
use crate::expr::{Expr, ExprKind};
use crate::plan::{Aggregate, JoinHow, OverCall, OverFunction, Rel, RelOp, SortKey, WindowKind, WindowSpec};
use crate::walk;

/// A rebuilt node.
#[derive(Clone)]
struct Rebuilt {
    rel: Arc<Rel>,
    /// Where each old column is now; `None`: dropped.
    map: Vec<Option<usize>>,
}

impl Rebuilt {
    /// The new place of an old column that is required.
    fn at(&self, place: usize) -> usize {
        self.map[place].unwrap_or_default()
    }

    fn moved(&self, expr: &Expr) -> Expr {
        walk::moved(expr, &|place| self.map[place]).unwrap_or_else(|| expr.clone())
    }
}

/// The branches' inputs anew.
pub(crate) fn rebuilt(plan: &Shared, required: &[BTreeSet<usize>]) -> Vec<Arc<Rel>> {
    let mut done: Vec<Rebuilt> = Vec::with_capacity(plan.nodes.len());
    let readers = readers(plan);
    for (place, rel) in plan.nodes.iter().enumerate() {
        let below: Vec<Rebuilt> = rel.inputs().into_iter().map(|input| done[Shared::place(input)].clone()).collect();
        let below_shared = rel.inputs().into_iter().any(|input| readers[Shared::place(input)] > 1);
        done.push(rebuild(rel, &below, &required[place], below_shared));
    }
    plan.tops.iter().map(|top| whole(&plan.nodes[*top], &done[*top])).collect()
}

/// How many nodes and branches read each node.
fn readers(plan: &Shared) -> Vec<usize> {
    let mut readers = vec![0; plan.nodes.len()];
    plan.tops.iter().for_each(|top| readers[*top] += 1);
    for input in plan.nodes.iter().flat_map(|rel| rel.inputs()) {
        readers[Shared::place(input)] += 1;
    }
    readers
}

/// A branch's input with exactly its columns.
fn whole(rel: &Rel, rebuilt: &Rebuilt) -> Arc<Rel> {
    let width = rel.schema.fields.len();
    let same = rebuilt.rel.schema.fields.len() == width && (0..width).all(|place| rebuilt.map[place] == Some(place));
    if same {
        return rebuilt.rel.clone();
    }
    let exprs = (0..width).map(|place| node::column(&rebuilt.rel, rebuilt.at(place))).collect();
    let names = rel.schema.fields.iter().map(|field| field.name.clone()).collect();
    node::project(rebuilt.rel.clone(), exprs, names)
}

fn rebuild(rel: &Arc<Rel>, below: &[Rebuilt], wanted: &BTreeSet<usize>, below_shared: bool) -> Rebuilt {
    match &rel.op {
        RelOp::Scan { table, projection, fields } => scan(rel, (table, projection, fields), wanted),
        RelOp::Values { .. } => Rebuilt { rel: rel.clone(), map: (0..rel.schema.fields.len()).map(Some).collect() },
        RelOp::Project { exprs, .. } => project(rel, &below[0], exprs, wanted, below_shared),
        RelOp::Filter { predicate, .. } => {
            let filtered = node::filter(below[0].rel.clone(), below[0].moved(predicate));
            Rebuilt { rel: filtered, map: below[0].map.clone() }
        }
        RelOp::Watermark { rowtime, expr, emit, idle_timeout, .. } => {
            let input = &below[0];
            let marked =
                node::watermark(input.rel.clone(), input.at(*rowtime), input.moved(expr), *emit, *idle_timeout);
            Rebuilt { rel: marked, map: input.map.clone() }
        }
        RelOp::Window { window, .. } => windowed(&below[0], window),
        RelOp::WindowAggregate { window, keys, aggregates, .. } => {
            let (keys, aggregates) = moved_aggregates(&below[0], keys, aggregates);
            unchanged(
                rel,
                node::window_aggregate(below[0].rel.clone(), moved_window(&below[0], window), keys, aggregates),
            )
        }
        RelOp::GroupAggregate { keys, aggregates, .. } => {
            let (keys, aggregates) = moved_aggregates(&below[0], keys, aggregates);
            let grouped = node::group_aggregate(below[0].rel.clone(), keys, aggregates);
            unchanged(rel, state_ttl::living(grouped, rel.state_ttl.clone()))
        }
        RelOp::Deduplicate { .. } => deduplicated(rel, &below[0], wanted),
        RelOp::Rank { .. } | RelOp::WindowRank { .. } => ranked(rel, &below[0], wanted),
        RelOp::Sort { order, at_end, .. } => {
            let sorted = node::sort(below[0].rel.clone(), moved_order(&below[0], order), *at_end);
            Rebuilt { rel: sorted, map: below[0].map.clone() }
        }
        RelOp::Limit { offset, count, .. } => {
            Rebuilt { rel: node::limit(below[0].rel.clone(), *offset, *count), map: below[0].map.clone() }
        }
        RelOp::Over { .. } => over(rel, &below[0]),
        RelOp::Join { .. } => joined(rel, &below[0], &below[1]),
        RelOp::SetComparison { operation, all, .. } => {
            let whole = |side: &Rebuilt, input: &Rel| whole(input, side);
            let [left, right] = [0, 1].map(|at| whole(&below[at], rel.inputs()[at]));
            unchanged(rel, node::set_comparison(left, right, *operation, *all))
        }
        RelOp::Unnest { value, ordinality, outer, .. } => unnested(&below[0], value, *ordinality, *outer),
        RelOp::Normalize { keys, .. } => {
            let keys = keys.iter().map(|key| below[0].at(*key)).collect();
            Rebuilt { rel: node::normalize(below[0].rel.clone(), keys), map: below[0].map.clone() }
        }
        RelOp::Materialize { keys, .. } => {
            unchanged(rel, node::materialize(whole(rel.inputs()[0], &below[0]), keys.clone()))
        }
        RelOp::Union { .. } => united(rel, below, wanted),
    }
}

fn unchanged(old: &Rel, rel: Arc<Rel>) -> Rebuilt {
    Rebuilt { rel, map: (0..old.schema.fields.len()).map(Some).collect() }
}

/// Of a scan its table, projection and fields.
type ScanParts<'a> = (&'a Arc<crate::catalog::TableSpec>, &'a [usize], &'a [Option<Vec<usize>>]);

fn scan(rel: &Rel, (table, projection, fields): ScanParts<'_>, wanted: &BTreeSet<usize>) -> Rebuilt {
    let kept: Vec<usize> = wanted.iter().copied().collect();
    let mut scan = rel.clone();
    scan.op = RelOp::Scan {
        table: table.clone(),
        projection: kept.iter().map(|place| projection[*place]).collect(),
        fields: kept.iter().map(|place| fields[*place].clone()).collect(),
    };
    scan.schema =
        Arc::new(yeoul_row::RowType::new(kept.iter().map(|place| rel.schema.fields[*place].clone()).collect()));
    scan.time = kept.iter().map(|place| rel.time[*place]).collect();
    let map = positions(rel.schema.fields.len(), &kept);
    let key = |key: &Vec<usize>| key.iter().map(|place| map[*place]).collect();
    scan.upsert_keys = rel.upsert_keys.iter().filter_map(key).collect();
    Rebuilt { rel: Arc::new(scan), map }
}

/// Where each of `width` columns is among `kept`.
fn positions(width: usize, kept: &[usize]) -> Vec<Option<usize>> {
    (0..width).map(|place| kept.iter().position(|kept| *kept == place)).collect()
}

fn project(rel: &Rel, input: &Rebuilt, exprs: &[Expr], wanted: &BTreeSet<usize>, shared: bool) -> Rebuilt {
    let kept: Vec<usize> = wanted.iter().copied().collect();
    let map = positions(exprs.len(), &kept);
    let exprs: Vec<Expr> = kept.iter().map(|place| input.moved(&exprs[*place])).collect();
    let names: Vec<String> = kept.iter().map(|place| rel.schema.fields[*place].name.clone()).collect();
    if is_identity(&exprs, &names, &input.rel) {
        return Rebuilt { rel: input.rel.clone(), map };
    }
    if let Some((below, exprs)) = merged(&input.rel, &exprs, shared) {
        return Rebuilt { rel: node::project(below, exprs, names), map };
    }
    Rebuilt { rel: node::project(input.rel.clone(), exprs, names), map }
}

fn is_identity(exprs: &[Expr], names: &[String], input: &Rel) -> bool {
    let fields = &input.schema.fields;
    exprs.len() == fields.len()
        && exprs.iter().enumerate().all(|(place, expr)| expr.kind == ExprKind::Column(place))
        && fields.iter().zip(names).all(|(field, name)| field.name == *name)
}

/// A projection over a projection as one, where nothing is computed twice by it.
fn merged(input: &Rel, exprs: &[Expr], shared: bool) -> Option<(Arc<Rel>, Vec<Expr>)> {
    let RelOp::Project { input: below, exprs: lower } = &input.op else { return None };
    let simple = |expr: &Expr| matches!(expr.kind, ExprKind::Column(_) | ExprKind::Literal(_));
    let cheap = lower.iter().all(simple) || (!shared && exprs.iter().all(simple));
    if !cheap {
        return None;
    }
    Some((below.clone(), exprs.iter().map(|expr| substituted(expr, lower)).collect()))
}

fn substituted(expr: &Expr, lower: &[Expr]) -> Expr {
    if let ExprKind::Column(place) = expr.kind {
        return lower[place].clone();
    }
    let never: Result<Expr, std::convert::Infallible> = walk::map_children(expr, |child| Ok(substituted(child, lower)));
    match never {
        Ok(expr) => expr,
        Err(impossible) => match impossible {},
    }
}

fn moved_window(input: &Rebuilt, window: &WindowSpec) -> WindowSpec {
    let partition = window.partition.iter().map(|place| input.at(*place)).collect();
    let kind = match window.kind {
        WindowKind::Attached { start, end } => WindowKind::Attached { start: input.at(start), end: input.at(end) },
        kind => kind,
    };
    WindowSpec { time: input.at(window.time), partition, kind, ..window.clone() }
}

fn moved_order(input: &Rebuilt, order: &[SortKey]) -> Vec<SortKey> {
    order.iter().map(|key| SortKey { column: input.at(key.column), ..*key }).collect()
}

/// The rank is only computed where it is read.
fn ranked(rel: &Rel, input: &Rebuilt, wanted: &BTreeSet<usize>) -> Rebuilt {
    let number = rel.schema.fields.len() - 1;
    let below = input.rel.clone();
    let moved = |places: &[usize]| -> Vec<usize> { places.iter().map(|place| input.at(*place)).collect() };
    let (with_rank, rebuilt) = match &rel.op {
        RelOp::Rank { keys, order, range, rank, .. } => {
            let wanted = *rank && wanted.contains(&number);
            (*rank, node::rank(below, moved(keys), moved_order(input, order), *range, wanted))
        }
        RelOp::WindowRank { window, keys, order, range, last_wins, rank, .. } => {
            let wanted = *rank && wanted.contains(&number);
            let window = (input.at(window.0), input.at(window.1));
            let order = moved_order(input, order);
            (*rank, node::window_rank(below, window, moved(keys), order, *range, *last_wins, wanted))
        }
        _ => return unchanged(rel, Arc::new(rel.clone())),
    };
    let width = input.rel.schema.fields.len();
    let has = rebuilt.schema.fields.len() > width;
    let map = input.map.iter().copied().chain(with_rank.then_some(has.then_some(width))).collect();
    Rebuilt { rel: rebuilt, map }
}

fn over(rel: &Rel, input: &Rebuilt) -> Rebuilt {
    let RelOp::Over { keys, order, frame, calls, batch, .. } = &rel.op else {
        return unchanged(rel, Arc::new(rel.clone()));
    };
    let keys = keys.iter().map(|key| input.at(*key)).collect();
    let calls: Vec<OverCall> = calls.iter().map(|call| moved_call(input, call)).collect();
    let width = input.rel.schema.fields.len();
    let map = input.map.iter().copied().chain((width..width + calls.len()).map(Some)).collect();
    let rel = node::over(input.rel.clone(), keys, moved_order(input, order), *frame, calls, *batch);
    Rebuilt { rel, map }
}

fn moved_call(input: &Rebuilt, call: &OverCall) -> OverCall {
    let function = match &call.function {
        OverFunction::Aggregate(aggregate) => {
            let (_, mut moved) = moved_aggregates(input, &[], std::slice::from_ref(aggregate));
            OverFunction::Aggregate(moved.pop().unwrap_or_else(|| aggregate.clone()))
        }
        OverFunction::Lag { value, offset, default } => OverFunction::Lag {
            value: input.at(*value),
            offset: *offset,
            default: default.map(|default| input.at(default)),
        },
        other => other.clone(),
    };
    OverCall { function, data_type: call.data_type.clone() }
}

fn windowed(input: &Rebuilt, window: &WindowSpec) -> Rebuilt {
    let rel = node::window(input.rel.clone(), moved_window(input, window));
    let width = input.rel.schema.fields.len();
    let map = input.map.iter().copied().chain((width..width + 3).map(Some)).collect();
    Rebuilt { rel, map }
}

fn moved_aggregates(input: &Rebuilt, keys: &[usize], aggregates: &[Aggregate]) -> (Vec<usize>, Vec<Aggregate>) {
    let keys = keys.iter().map(|key| input.at(*key)).collect();
    let aggregates = aggregates.iter().map(|aggregate| Aggregate {
        args: aggregate.args.iter().map(|arg| input.at(*arg)).collect(),
        filter: aggregate.filter.map(|filter| input.at(filter)),
        ..aggregate.clone()
    });
    (keys, aggregates.collect())
}

/// The row number is only computed where it is read.
fn deduplicated(rel: &Rel, input: &Rebuilt, wanted: &BTreeSet<usize>) -> Rebuilt {
    let RelOp::Deduplicate { keys, order, keep, .. } = &rel.op else { return unchanged(rel, Arc::new(rel.clone())) };
    let keys = keys.iter().map(|key| input.at(*key)).collect();
    let deduplicated = node::deduplicate(input.rel.clone(), keys, input.at(*order), *keep);
    let number = rel.schema.fields.len() - 1;
    let new_number = deduplicated.schema.fields.len() - 1;
    let numbered = wanted.contains(&number);
    let map = input.map.iter().copied().chain([numbered.then_some(new_number)]).collect();
    let rel = if numbered { deduplicated } else { without_number(&deduplicated) };
    Rebuilt { rel, map }
}

fn without_number(rel: &Rel) -> Arc<Rel> {
    let mut rel = rel.clone();
    if let RelOp::Deduplicate { row_number, .. } = &mut rel.op {
        *row_number = false;
    }
    let mut fields = rel.schema.fields.clone();
    fields.pop();
    rel.time.pop();
    rel.schema = Arc::new(yeoul_row::RowType::new(fields));
    Arc::new(rel)
}

fn joined(rel: &Rel, left: &Rebuilt, right: &Rebuilt) -> Rebuilt {
    let RelOp::Join { kind, on, residual, how, .. } = &rel.op else { return unchanged(rel, Arc::new(rel.clone())) };
    let width = left.rel.schema.fields.len();
    let right_map = right.map.iter().map(|place| place.map(|place| place + width));
    let both: Vec<Option<usize>> = left.map.iter().copied().chain(right_map).collect();
    let on = on.iter().map(|(l, r)| (left.at(*l), right.at(*r))).collect();
    let residual = residual.as_ref().and_then(|residual| walk::moved(residual, &|place| both[place]));
    let pair = |(l, r): (usize, usize)| (left.at(l), right.at(r));
    let how = match *how {
        JoinHow::Dictionary | JoinHow::Regular => *how,
        JoinHow::Interval { times, event_time, lower, upper } => {
            JoinHow::Interval { times: pair(times), event_time, lower, upper }
        }
        JoinHow::Window { ends, instant } => JoinHow::Window { ends: pair(ends), instant },
        JoinHow::Temporal { times, ascending } => JoinHow::Temporal { times: pair(times), ascending },
    };
    let map = if kind.is_half() { left.map.clone() } else { both };
    let parts = node::JoinParts { kind: *kind, on, residual, how };
    let joined = node::join(left.rel.clone(), right.rel.clone(), parts);
    Rebuilt { rel: state_ttl::living(joined, rel.state_ttl.clone()), map }
}

fn unnested(input: &Rebuilt, value: &Expr, ordinality: bool, outer: bool) -> Rebuilt {
    let rel = node::unnest(input.rel.clone(), input.moved(value), ordinality, outer);
    let width = input.rel.schema.fields.len();
    let added = (width..rel.schema.fields.len()).map(Some);
    Rebuilt { map: input.map.iter().copied().chain(added).collect(), rel }
}

/// Inputs of a union have the wanted columns in one order.
fn united(rel: &Rel, below: &[Rebuilt], wanted: &BTreeSet<usize>) -> Rebuilt {
    let kept: Vec<usize> = wanted.iter().copied().collect();
    let inputs: Vec<Arc<Rel>> = below.iter().map(|input| united_input(rel, input, &kept)).collect();
    let map = positions(rel.schema.fields.len(), &kept);
    match node::union(inputs) {
        Some(rel) => Rebuilt { rel, map },
        None => unchanged(rel, Arc::new(rel.clone())),
    }
}

fn united_input(rel: &Rel, input: &Rebuilt, kept: &[usize]) -> Arc<Rel> {
    let exprs: Vec<Expr> = kept.iter().map(|place| node::column(&input.rel, input.at(*place))).collect();
    let own: Vec<String> = input.rel.schema.fields.iter().map(|field| field.name.clone()).collect();
    if is_identity(&exprs, &own, &input.rel) {
        return input.rel.clone();
    }
    let names = kept.iter().map(|place| rel.schema.fields[*place].name.clone()).collect();
    node::project(input.rel.clone(), exprs, names)
}
