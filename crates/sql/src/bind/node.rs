//! Nodes of the plan with the properties that follow from their inputs: columns, time attributes, changelog mode,
//! upsert keys, boundedness. Ids are given when the job is complete ([`crate::optimize`]).

use std::sync::Arc;

use yeoul_row::{DataType, Field, LogicalType, RowType};

use super::types;
use crate::catalog::{SourceAbilities, TableSpec};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{Aggregate, ChangelogMode, JoinKind, Keep, Rel, RelOp, TimeAttribute, WatermarkEmit, WindowSpec};

/// A node whose properties are those of `like`, but for its operation.
fn same(like: &Arc<Rel>, op: RelOp) -> Rel {
    Rel {
        id: 0,
        op,
        schema: like.schema.clone(),
        time: like.time.clone(),
        mode: like.mode,
        upsert_keys: like.upsert_keys.clone(),
        bounded: like.bounded,
    }
}

pub(crate) fn scan(table: Arc<TableSpec>, abilities: &SourceAbilities) -> Arc<Rel> {
    let schema = table.readable();
    let width = schema.fields.len();
    let upsert_keys = if table.primary_key.is_empty() { Vec::new() } else { vec![table.primary_key.clone()] };
    Arc::new(Rel {
        id: 0,
        op: RelOp::Scan { table, projection: (0..width).collect() },
        schema: Arc::new(schema),
        time: vec![TimeAttribute::None; width],
        mode: abilities.mode,
        upsert_keys,
        bounded: abilities.bounded,
    })
}

pub(crate) fn values(rows: Vec<Vec<Literal>>, schema: RowType) -> Arc<Rel> {
    let time = vec![TimeAttribute::None; schema.fields.len()];
    Arc::new(Rel {
        id: 0,
        op: RelOp::Values { rows },
        schema: Arc::new(schema),
        time,
        mode: ChangelogMode::APPEND,
        upsert_keys: Vec::new(),
        bounded: true,
    })
}

/// Computes columns, named in order.
pub(crate) fn project(input: Arc<Rel>, exprs: Vec<Expr>, names: Vec<String>) -> Arc<Rel> {
    let fields = names.into_iter().zip(&exprs).map(|(name, expr)| Field::new(name, expr.data_type.clone()));
    let schema = Arc::new(RowType::new(fields.collect()));
    let time = exprs.iter().map(|expr| time_of(expr, &input)).collect();
    let upsert_keys = projected_keys(&input, &exprs);
    let mut rel = same(&input, RelOp::Project { input: input.clone(), exprs });
    (rel.schema, rel.time, rel.upsert_keys) = (schema, time, upsert_keys);
    Arc::new(rel)
}

fn time_of(expr: &Expr, input: &Rel) -> TimeAttribute {
    match &expr.kind {
        ExprKind::Column(place) => input.time[*place],
        ExprKind::Call { function: "proctime", .. } => TimeAttribute::Proctime,
        _ => TimeAttribute::None,
    }
}

/// The upsert keys whose columns are all still there.
fn projected_keys(input: &Rel, exprs: &[Expr]) -> Vec<Vec<usize>> {
    let place = |column: &usize| exprs.iter().position(|expr| expr.kind == ExprKind::Column(*column));
    input.upsert_keys.iter().filter_map(|key| key.iter().map(place).collect()).collect()
}

pub(crate) fn filter(input: Arc<Rel>, predicate: Expr) -> Arc<Rel> {
    Arc::new(same(&input, RelOp::Filter { input: input.clone(), predicate }))
}

pub(crate) fn watermark(
    input: Arc<Rel>,
    rowtime: usize,
    expr: Expr,
    emit: WatermarkEmit,
    idle_timeout: Option<u64>,
) -> Arc<Rel> {
    let mut rel = same(&input, RelOp::Watermark { input: input.clone(), rowtime, expr, emit, idle_timeout });
    rel.time[rowtime] = TimeAttribute::Rowtime;
    Arc::new(rel)
}

/// `window_start`, `window_end`, `window_time` as columns.
fn window_fields(input: &Rel, window: &WindowSpec) -> [(Field, TimeAttribute); 3] {
    let bound = LogicalType::Timestamp(3).not_null();
    let (time, attribute) = if window.event_time {
        (input.schema.fields[window.time].data_type.clone().with_nullable(false), TimeAttribute::Rowtime)
    } else {
        (LogicalType::TimestampLtz(3).not_null(), TimeAttribute::Proctime)
    };
    [
        (Field::new("window_start", bound.clone()), TimeAttribute::None),
        (Field::new("window_end", bound), TimeAttribute::None),
        (Field::new("window_time", time), attribute),
    ]
}

pub(crate) fn window(input: Arc<Rel>, window: WindowSpec) -> Arc<Rel> {
    let mut fields = input.schema.fields.clone();
    let mut rel = same(&input, RelOp::Window { input: input.clone(), window: window.clone() });
    for (field, attribute) in window_fields(&input, &window) {
        fields.push(field);
        rel.time.push(attribute);
    }
    rel.schema = Arc::new(RowType::new(fields));
    Arc::new(rel)
}

fn key_fields(input: &Rel, keys: &[usize]) -> Vec<Field> {
    keys.iter().map(|key| input.schema.fields[*key].clone()).collect()
}

fn aggregate_fields(aggregates: &[Aggregate]) -> impl Iterator<Item = Field> {
    aggregates
        .iter()
        .enumerate()
        .map(|(place, aggregate)| Field::new(format!("agg{place}"), aggregate.data_type.clone()))
}

pub(crate) fn window_aggregate(
    input: Arc<Rel>,
    window: WindowSpec,
    keys: Vec<usize>,
    aggregates: Vec<Aggregate>,
) -> Arc<Rel> {
    let mut fields = key_fields(&input, &keys);
    fields.extend(aggregate_fields(&aggregates));
    let mut time = vec![TimeAttribute::None; fields.len()];
    let start = fields.len();
    for (field, attribute) in window_fields(&input, &window) {
        fields.push(field);
        time.push(attribute);
    }
    let upsert_key: Vec<usize> = (0..keys.len()).chain([start, start + 1]).collect();
    Arc::new(Rel {
        id: 0,
        bounded: input.bounded,
        op: RelOp::WindowAggregate { input, window, keys, aggregates },
        schema: Arc::new(RowType::new(fields)),
        time,
        mode: ChangelogMode::APPEND,
        upsert_keys: vec![upsert_key],
    })
}

pub(crate) fn group_aggregate(input: Arc<Rel>, keys: Vec<usize>, aggregates: Vec<Aggregate>) -> Arc<Rel> {
    let mut fields = key_fields(&input, &keys);
    fields.extend(aggregate_fields(&aggregates));
    let append = input.mode.is_append();
    // A group of an append-only input never goes; a bare DISTINCT over one never changes.
    let mode = ChangelogMode { updates: !aggregates.is_empty(), deletes: !append && !keys.is_empty() };
    Arc::new(Rel {
        id: 0,
        bounded: input.bounded,
        time: vec![TimeAttribute::None; fields.len()],
        mode,
        upsert_keys: vec![(0..keys.len()).collect()],
        op: RelOp::GroupAggregate { input, keys, aggregates },
        schema: Arc::new(RowType::new(fields)),
    })
}

/// Keeps one row per key, and appends the row number.
pub(crate) fn deduplicate(input: Arc<Rel>, keys: Vec<usize>, order: usize, keep: Keep) -> Arc<Rel> {
    let mut fields = input.schema.fields.clone();
    fields.push(Field::new("rownum", LogicalType::BigInt.not_null()));
    let append = keep == Keep::First && input.time[order] == TimeAttribute::Proctime;
    let op = RelOp::Deduplicate { input: input.clone(), keys: keys.clone(), order, keep, row_number: true };
    let mut rel = same(&input, op);
    rel.schema = Arc::new(RowType::new(fields));
    rel.time.push(TimeAttribute::None);
    rel.mode = ChangelogMode { updates: !append, deletes: false };
    rel.upsert_keys = vec![keys];
    Arc::new(rel)
}

pub(crate) fn join(
    left: Arc<Rel>,
    right: Arc<Rel>,
    kind: JoinKind,
    on: Vec<(usize, usize)>,
    residual: Option<Expr>,
) -> Arc<Rel> {
    let outer = kind == JoinKind::Left;
    let mut fields = left.schema.fields.clone();
    fields.extend(right.schema.fields.iter().map(|field| {
        let nullable = field.data_type.nullable || outer;
        Field::new(&field.name, field.data_type.clone().with_nullable(nullable))
    }));
    let upsert_keys = joined_keys(&left, &right, &on);
    Arc::new(Rel {
        id: 0,
        bounded: left.bounded && right.bounded,
        // A regular join keeps rows for as long as it runs, so no column stays a time attribute (Flink's rule).
        time: vec![TimeAttribute::None; fields.len()],
        mode: left.mode,
        upsert_keys,
        op: RelOp::Join { left, right, kind, on, residual },
        schema: Arc::new(RowType::new(fields)),
    })
}

/// The left side's keys stay keys where each of its rows finds at most one on the right; else both keys together.
fn joined_keys(left: &Rel, right: &Rel, on: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let unique = right.upsert_keys.iter().any(|key| key.iter().all(|k| on.iter().any(|(_, r)| r == k)));
    if unique {
        return left.upsert_keys.clone();
    }
    let width = left.schema.fields.len();
    let both = |l: &Vec<usize>, r: &Vec<usize>| l.iter().copied().chain(r.iter().map(|k| k + width)).collect();
    left.upsert_keys.iter().flat_map(|l| right.upsert_keys.iter().map(move |r| both(l, r))).collect()
}

/// The inputs must have as many columns each; their types are the common ones already.
pub(crate) fn union(inputs: Vec<Arc<Rel>>) -> Option<Arc<Rel>> {
    let first = inputs.first()?;
    let fields = (0..first.schema.fields.len()).map(|place| {
        let data_type = types::common_type(inputs.iter().map(|input| &input.schema.fields[place].data_type));
        let own = &first.schema.fields[place];
        Field::new(&own.name, data_type.unwrap_or_else(|| own.data_type.clone()))
    });
    let schema = RowType::new(fields.collect());
    let time = (0..schema.fields.len()).map(|place| common_time(&inputs, place)).collect();
    let mode = inputs.iter().fold(ChangelogMode::APPEND, |mode, input| ChangelogMode {
        updates: mode.updates || input.mode.updates,
        deletes: mode.deletes || input.mode.deletes,
    });
    Some(Arc::new(Rel {
        id: 0,
        bounded: inputs.iter().all(|input| input.bounded),
        time,
        mode,
        upsert_keys: Vec::new(),
        schema: Arc::new(schema),
        op: RelOp::Union { inputs },
    }))
}

fn common_time(inputs: &[Arc<Rel>], place: usize) -> TimeAttribute {
    let first = inputs[0].time[place];
    if inputs.iter().all(|input| input.time[place] == first) { first } else { TimeAttribute::None }
}

/// The column at `place` of `rel` as an expression.
pub(crate) fn column(rel: &Rel, place: usize) -> Expr {
    Expr::column(place, rel.schema.fields[place].data_type.clone())
}

/// Every column of `rel`.
pub(crate) fn columns(rel: &Rel) -> Vec<Expr> {
    (0..rel.schema.fields.len()).map(|place| column(rel, place)).collect()
}

/// A BOOLEAN-or-other type with the nullability that `args` give it.
pub(crate) fn nullable_with(logical: LogicalType, args: &[Expr]) -> DataType {
    DataType { logical, nullable: args.iter().any(|arg| arg.data_type.nullable) }
}
