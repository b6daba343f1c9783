//! Nodes of the plan with the properties that follow from their inputs: columns, time attributes, changelog mode,
//! upsert keys, boundedness. Ids are given when the job is complete ([`crate::optimize`]).

use std::sync::Arc;

use yeoul_row::{DataType, Field, LogicalType, RowType};

use super::operator::balanced;
use super::types;
use crate::catalog::{SourceAbilities, TableSpec};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{
    Aggregate, ChangelogMode, Frame, JoinHow, JoinKind, Keep, OverCall, RankRange, Rel, RelOp, SetOperation, SortKey,
    TimeAttribute, WatermarkEmit, WindowSpec,
};

/// A node whose properties are those of `like`, but for its operation.
fn same(like: &Arc<Rel>, op: RelOp) -> Rel {
    Rel {
        id: 0,
        state_ttl: Vec::new(),
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
        state_ttl: Vec::new(),
        op: RelOp::Scan { table, projection: (0..width).collect(), fields: vec![None; width] },
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
        state_ttl: Vec::new(),
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
    let exprs = super::constant::computed_at_planning(exprs, &input);
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

/// Keeps rows for which all of `conjuncts` are true.
pub(crate) fn filtered(input: Arc<Rel>, conjuncts: Vec<Expr>) -> Arc<Rel> {
    if conjuncts.is_empty() { input } else { filter(input, balanced("and", conjuncts)) }
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
        state_ttl: Vec::new(),
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
    let mode = ChangelogMode { updates: !aggregates.is_empty(), deletes: !append };
    Arc::new(Rel {
        id: 0,
        state_ttl: Vec::new(),
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
    let op = RelOp::Deduplicate { input: input.clone(), keys: keys.clone(), order, keep, row_number: true };
    let mut rel = same(&input, op);
    rel.schema = Arc::new(RowType::new(fields));
    rel.time.push(TimeAttribute::None);
    rel.mode = ChangelogMode { updates: keep == Keep::Last, deletes: false };
    rel.upsert_keys = vec![keys];
    Arc::new(rel)
}

/// Keeps the rows of each key whose rank lies in `range`; with the rank as a last column if wanted.
pub(crate) fn rank(
    input: Arc<Rel>,
    keys: Vec<usize>,
    order: Vec<SortKey>,
    range: RankRange,
    with_rank: bool,
) -> Arc<Rel> {
    let op = RelOp::Rank { input: input.clone(), keys: keys.clone(), order, range, rank: with_rank };
    let mut rel = same(&input, op);
    let number = rel.schema.fields.len();
    if range.first == range.last {
        rel.upsert_keys.push(keys.clone());
    }
    if with_rank {
        push_column(&mut rel, "rownum", LogicalType::BigInt.not_null());
        rel.upsert_keys = vec![keys.into_iter().chain([number]).collect()];
    }
    rel.mode = ChangelogMode { updates: true, deletes: true };
    Arc::new(rel)
}

/// Keeps the rows of each window and key whose row number lies in `range`.
pub(crate) fn window_rank(
    input: Arc<Rel>,
    window: (usize, usize),
    keys: Vec<usize>,
    order: Vec<SortKey>,
    range: RankRange,
    last_wins: bool,
    with_rank: bool,
) -> Arc<Rel> {
    let op = RelOp::WindowRank {
        input: input.clone(),
        window,
        keys: keys.clone(),
        order,
        range,
        last_wins,
        rank: with_rank,
    };
    let mut rel = same(&input, op);
    let number = rel.schema.fields.len();
    let key = || keys.iter().copied().chain([window.0, window.1]);
    if range.first == range.last {
        rel.upsert_keys.push(key().collect());
    }
    if with_rank {
        push_column(&mut rel, "rownum", LogicalType::BigInt.not_null());
        rel.upsert_keys.push(key().chain([number]).collect());
    }
    rel.mode = ChangelogMode::APPEND;
    Arc::new(rel)
}

fn push_column(rel: &mut Rel, name: &str, data_type: DataType) {
    let mut fields = rel.schema.fields.clone();
    fields.push(Field::new(name, data_type));
    rel.schema = Arc::new(RowType::new(fields));
    rel.time.push(TimeAttribute::None);
}

/// Rows in an order.
pub(crate) fn sort(input: Arc<Rel>, order: Vec<SortKey>, at_end: bool) -> Arc<Rel> {
    let mut rel = same(&input, RelOp::Sort { input: input.clone(), order, at_end });
    if at_end {
        rel.mode = ChangelogMode::APPEND;
    }
    Arc::new(rel)
}

/// The first `count` rows behind `offset` ones; the input appends only.
pub(crate) fn limit(input: Arc<Rel>, offset: u64, count: Option<u64>) -> Arc<Rel> {
    Arc::new(same(&input, RelOp::Limit { input: input.clone(), offset, count }))
}

/// Each row with what its frame gives, in a column per call.
pub(crate) fn over(
    input: Arc<Rel>,
    keys: Vec<usize>,
    order: Vec<SortKey>,
    frame: Frame,
    calls: Vec<OverCall>,
    batch: bool,
) -> Arc<Rel> {
    let timed = order.first().is_some_and(|key| input.time[key.column] != TimeAttribute::None);
    let columns: Vec<DataType> = calls.iter().map(|call| call.data_type.clone()).collect();
    let mut rel = same(&input, RelOp::Over { input: input.clone(), keys, order, frame, calls, batch });
    for (place, data_type) in columns.into_iter().enumerate() {
        push_column(&mut rel, &format!("over{place}"), data_type);
    }
    if batch {
        rel.mode = ChangelogMode::APPEND;
    } else if !timed {
        // A row that comes changes those behind it.
        rel.mode = ChangelogMode { updates: true, deletes: true };
    }
    Arc::new(rel)
}

/// What a join is besides its sides.
#[derive(Clone)]
pub(crate) struct JoinParts {
    pub(crate) kind: JoinKind,
    pub(crate) on: Vec<(usize, usize)>,
    pub(crate) residual: Option<Expr>,
    pub(crate) how: JoinHow,
}

pub(crate) fn join(left: Arc<Rel>, right: Arc<Rel>, parts: JoinParts) -> Arc<Rel> {
    let JoinParts { kind, on, residual, how } = parts;
    let side = |rel: &Rel, may_miss: bool| -> Vec<Field> {
        let field = |field: &Field| {
            Field::new(&field.name, field.data_type.clone().with_nullable(field.data_type.nullable || may_miss))
        };
        rel.schema.fields.iter().map(field).collect()
    };
    let mut fields = side(&left, kind.keeps_right());
    let mut time = joined_time(&left, how);
    if !kind.is_half() {
        fields.extend(side(&right, kind.keeps_left()));
        time.extend(match how {
            // The version's own time says nothing of the result's.
            JoinHow::Temporal { .. } => vec![TimeAttribute::None; right.time.len()],
            _ => joined_time(&right, how),
        });
    }
    let upsert_keys = joined_keys(&left, &right, kind, &on);
    Arc::new(Rel {
        id: 0,
        state_ttl: Vec::new(),
        bounded: left.bounded && right.bounded,
        time,
        mode: joined_mode(&left, &right, kind, how),
        upsert_keys,
        op: RelOp::Join { left, right, kind, on, residual, how },
        schema: Arc::new(RowType::new(fields)),
    })
}

/// A join that keeps rows for as long as it runs makes plain columns of time attributes (Flink's rule).
fn joined_time(side: &Rel, how: JoinHow) -> Vec<TimeAttribute> {
    match how {
        JoinHow::Regular | JoinHow::Dictionary => vec![TimeAttribute::None; side.time.len()],
        JoinHow::Interval { .. } | JoinHow::Window { .. } | JoinHow::Temporal { .. } => side.time.clone(),
    }
}

fn joined_mode(left: &Rel, right: &Rel, kind: JoinKind, how: JoinHow) -> ChangelogMode {
    match how {
        JoinHow::Interval { .. } | JoinHow::Window { .. } => ChangelogMode::APPEND,
        // The right side is complete before the first row comes.
        JoinHow::Dictionary | JoinHow::Temporal { .. } => left.mode,
        JoinHow::Regular if kind.updates() => ChangelogMode { updates: true, deletes: true },
        JoinHow::Regular => both_modes(left.mode, right.mode),
    }
}

fn both_modes(a: ChangelogMode, b: ChangelogMode) -> ChangelogMode {
    ChangelogMode { updates: a.updates || b.updates, deletes: a.deletes || b.deletes }
}

/// The keys of a side stay keys where each of its rows is in the result once at most; else both sides' keys together.
fn joined_keys(left: &Rel, right: &Rel, kind: JoinKind, on: &[(usize, usize)]) -> Vec<Vec<usize>> {
    if kind.is_half() {
        return left.upsert_keys.clone();
    }
    let within =
        |rel: &Rel, columns: &[usize]| rel.upsert_keys.iter().any(|key| key.iter().all(|k| columns.contains(k)));
    let (lefts, rights): (Vec<usize>, Vec<usize>) = on.iter().copied().unzip();
    let width = left.schema.fields.len();
    let shifted = |key: &Vec<usize>| -> Vec<usize> { key.iter().map(|k| k + width).collect() };
    let mut keys = Vec::new();
    if within(right, &rights) && !kind.keeps_right() {
        keys.extend(left.upsert_keys.iter().cloned());
    }
    if within(left, &lefts) && !kind.keeps_left() {
        keys.extend(right.upsert_keys.iter().map(shifted));
    }
    if !keys.is_empty() {
        return keys;
    }
    let both = |l: &Vec<usize>, r: &Vec<usize>| l.iter().copied().chain(shifted(r)).collect();
    left.upsert_keys.iter().flat_map(|l| right.upsert_keys.iter().map(move |r| both(l, r))).collect()
}

/// The inputs must have equal columns, but for their names.
pub(crate) fn set_comparison(left: Arc<Rel>, right: Arc<Rel>, operation: SetOperation, all: bool) -> Arc<Rel> {
    let mut rel = same(&left, RelOp::SetComparison { left: left.clone(), right: right.clone(), operation, all });
    rel.bounded = left.bounded && right.bounded;
    rel.time = vec![TimeAttribute::None; left.time.len()];
    let field = |(l, r): (&Field, &Field)| {
        let nullable = l.data_type.nullable || r.data_type.nullable;
        Field::new(&l.name, l.data_type.clone().with_nullable(nullable))
    };
    rel.schema = Arc::new(RowType::new(left.schema.fields.iter().zip(&right.schema.fields).map(field).collect()));
    let intersects = operation == SetOperation::Intersect;
    let appends = intersects && left.mode.is_append() && right.mode.is_append();
    rel.mode = if appends { ChangelogMode::APPEND } else { ChangelogMode { updates: true, deletes: true } };
    if !all {
        rel.upsert_keys.push((0..rel.schema.fields.len()).collect());
    }
    Arc::new(rel)
}

/// The columns that `value`'s elements are unnested to.
pub(crate) fn element_fields(value: &Expr) -> Option<Vec<Field>> {
    let element = match &value.data_type.logical {
        LogicalType::Array(element) | LogicalType::Multiset(element) => element,
        LogicalType::Map(key, value) => {
            return Some(vec![Field::new("KEY", (**key).clone()), Field::new("VALUE", (**value).clone())]);
        }
        _ => return None,
    };
    Some(match &element.logical {
        LogicalType::Row(row) => {
            let field = |field: &Field| {
                let nullable = field.data_type.nullable || element.nullable;
                Field::new(&field.name, field.data_type.clone().with_nullable(nullable))
            };
            row.fields.iter().map(field).collect()
        }
        _ => vec![Field::new("EXPR$0", (**element).clone())],
    })
}

/// A row per element of `value`, an array, map or multiset over the input's columns.
pub(crate) fn unnest(input: Arc<Rel>, value: Expr, ordinality: bool, outer: bool) -> Arc<Rel> {
    let mut added = element_fields(&value).unwrap_or_default();
    if ordinality {
        added.push(Field::new("ORDINALITY", LogicalType::Int.not_null()));
    }
    let field = |field: Field| {
        let nullable = field.data_type.nullable || outer;
        Field::new(&field.name, field.data_type.with_nullable(nullable))
    };
    let mut rel = same(&input, RelOp::Unnest { input: input.clone(), value, ordinality, outer });
    rel.time.extend(added.iter().map(|_| TimeAttribute::None));
    let fields = input.schema.fields.iter().cloned().chain(added.into_iter().map(field));
    rel.schema = Arc::new(RowType::new(fields.collect()));
    let number = rel.schema.fields.len() - 1;
    let numbered = |key: &Vec<usize>| key.iter().copied().chain([number]).collect();
    rel.upsert_keys = if ordinality { input.upsert_keys.iter().map(numbered).collect() } else { Vec::new() };
    Arc::new(rel)
}

/// Rows by key, the last of each.
pub(crate) fn materialize(input: Arc<Rel>, keys: Vec<usize>) -> Arc<Rel> {
    let mut rel = same(&input, RelOp::Materialize { input: input.clone(), keys: keys.clone() });
    rel.mode = ChangelogMode { updates: true, deletes: true };
    rel.upsert_keys = vec![keys];
    Arc::new(rel)
}

/// A whole changelog of upserts by `keys`.
pub(crate) fn normalize(input: Arc<Rel>, keys: Vec<usize>) -> Arc<Rel> {
    let mut rel = same(&input, RelOp::Normalize { input: input.clone(), keys: keys.clone() });
    rel.mode = ChangelogMode { updates: true, deletes: true };
    rel.upsert_keys = vec![keys];
    Arc::new(rel)
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
    let mode = inputs.iter().fold(ChangelogMode::APPEND, |mode, input| both_modes(mode, input.mode));
    Some(Arc::new(Rel {
        id: 0,
        state_ttl: Vec::new(),
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

/// The first `count` columns of a relation.
pub(crate) fn leading(rel: Arc<Rel>, count: usize) -> Arc<Rel> {
    if rel.schema.fields.len() == count {
        return rel;
    }
    let names = rel.schema.fields.iter().take(count).map(|field| field.name.clone()).collect();
    let exprs = columns(&rel).into_iter().take(count).collect();
    project(rel, exprs, names)
}
