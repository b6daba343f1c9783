//! Plans as text: for `EXPLAIN`, for tests, and the fingerprint of a job's state.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use yeoul_row::{DataType, LogicalType, RowType};

use crate::catalog::TableSpec;
use crate::changelog::Changelogs;
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{
    Aggregate, AggregateFunction, BitmapFold, Branch, Frame, FrameBound, JoinHow, JoinKind, Keep, OverCall,
    OverFunction, RankRange, Rel, RelOp, SetOperation, SortKey, Target, TimeAttribute, WatermarkEmit, WindowKind,
    WindowSpec,
};

/// The branches as an indented tree, one node a line: operation, columns, changelog mode. A node that is shared is
/// spelt out where it is first read.
#[must_use]
pub fn plan_text(branches: &[Branch]) -> String {
    let mut text = String::new();
    let mut seen = BTreeSet::new();
    let changelogs = Changelogs::of(branches);
    for branch in branches {
        let _ = writeln!(text, "{}", target_text(branch));
        tree(&branch.input, 1, &changelogs, &mut seen, &mut text);
    }
    text
}

fn target_text(branch: &Branch) -> String {
    match &branch.target {
        Target::Table(table) => format!("Sink({})", table.name),
        Target::View(view) => format!("View({}, key=[{}])", view.name, places(&view.key, &view.schema)),
        Target::Collect => "Collect".to_owned(),
    }
}

fn tree(rel: &Arc<Rel>, depth: usize, changelogs: &Changelogs, seen: &mut BTreeSet<u32>, text: &mut String) {
    let indent = "  ".repeat(depth);
    if !seen.insert(rel.id) {
        let _ = writeln!(text, "{indent}#{} (above)", rel.id);
        return;
    }
    let (node, columns, mode) = (node_text(rel), columns(rel), changelogs.text(rel));
    let _ = writeln!(text, "{indent}#{} {node} -> {columns} {mode}{}", rel.id, lifetime_text(rel));
    for input in rel.inputs() {
        tree(input, depth + 1, changelogs, seen, text);
    }
}

/// How long the state lives that is kept of each input, where a hint says so.
fn lifetime_text(rel: &Rel) -> String {
    let of_input = |ttl: &Option<u64>| ttl.map_or("as set".to_owned(), |millis| format!("{millis}ms"));
    match rel.state_ttl.as_slice() {
        [] => String::new(),
        inputs => format!(" state ttl [{}]", inputs.iter().map(of_input).collect::<Vec<_>>().join(", ")),
    }
}

/// The columns with their types; time attributes marked.
fn columns(rel: &Rel) -> String {
    let fields = rel.schema.fields.iter().zip(&rel.time).map(|(field, time)| {
        let mark = match time {
            TimeAttribute::None => "",
            TimeAttribute::Rowtime => " *ROWTIME*",
            TimeAttribute::Proctime => " *PROCTIME*",
        };
        format!("{} {}{mark}", field.name, field.data_type)
    });
    format!("({})", fields.collect::<Vec<_>>().join(", "))
}

/// A scan: its columns, and the fields of their rows where not all are read.
fn scan_text(table: &TableSpec, projection: &[usize], fields: &[Option<Vec<usize>>]) -> String {
    let readable = table.readable();
    let column = |(place, fields): (&usize, &Option<Vec<usize>>)| {
        let name = name_at(*place, &readable);
        match (fields, readable.fields.get(*place).map(|field| &field.data_type.logical)) {
            (Some(read), Some(LogicalType::Row(row))) => format!("{name}({})", places(read, row)),
            _ => name,
        }
    };
    let columns: Vec<String> = projection.iter().zip(fields).map(column).collect();
    format!("Scan({}, [{}])", table.name, columns.join(", "))
}

/// One node without its inputs.
fn node_text(rel: &Rel) -> String {
    match &rel.op {
        RelOp::Scan { table, projection, fields } => scan_text(table, projection, fields),
        RelOp::Values { rows } => format!("Values({} rows)", rows.len()),
        RelOp::Project { input, exprs } => format!("Project({})", list(exprs, &input.schema)),
        RelOp::Filter { input, predicate } => format!("Filter({})", expr_text(predicate, &input.schema)),
        RelOp::Watermark { input, rowtime, expr, emit, idle_timeout } => {
            let idle = idle_timeout.map_or(String::new(), |millis| format!(", idle={millis}ms"));
            let (rowtime, expr) = (name_at(*rowtime, &input.schema), expr_text(expr, &input.schema));
            format!("Watermark({rowtime} AS {expr}, {}{idle})", emit_text(*emit))
        }
        RelOp::Window { input, window } => format!("Window({})", window_text(window, &input.schema)),
        RelOp::WindowAggregate { input, window, keys, aggregates } => format!(
            "WindowAggregate({}, keys=[{}], {})",
            window_text(window, &input.schema),
            places(keys, &input.schema),
            aggregates_text(aggregates, &input.schema)
        ),
        RelOp::GroupAggregate { input, keys, aggregates } => {
            format!(
                "GroupAggregate(keys=[{}], {})",
                places(keys, &input.schema),
                aggregates_text(aggregates, &input.schema)
            )
        }
        RelOp::Deduplicate { input, keys, order, keep, row_number } => {
            let keep = if *keep == Keep::First { "first" } else { "last" };
            let number = if *row_number { ", with row number" } else { "" };
            let (keys, order) = (places(keys, &input.schema), name_at(*order, &input.schema));
            format!("Deduplicate(keep {keep} by {order}, keys=[{keys}]{number})")
        }
        RelOp::Rank { input, keys, order, range, rank } => {
            let number = if *rank { ", with rank" } else { "" };
            format!("Rank({}{number})", ranks_text(keys, order, *range, &input.schema))
        }
        RelOp::WindowRank { input, window, keys, order, range, last_wins, rank } => {
            let number = if *rank { ", with rank" } else { "" };
            let ties = if *last_wins { ", last of equals" } else { "" };
            let window = places(&[window.0, window.1], &input.schema);
            format!("WindowRank([{window}], {}{ties}{number})", ranks_text(keys, order, *range, &input.schema))
        }
        RelOp::Sort { input, order, .. } => format!("Sort({})", order_text(order, &input.schema)),
        RelOp::Limit { offset, count, .. } => {
            format!("Limit({}, offset={offset})", count.map_or("all".to_owned(), |count| count.to_string()))
        }
        RelOp::Over { input, keys, order, frame, calls, .. } => over_text(keys, order, *frame, calls, &input.schema),
        RelOp::Join { .. } => join_text(rel),
        RelOp::SetComparison { operation, all, .. } => {
            let operation = if *operation == SetOperation::Intersect { "Intersect" } else { "Except" };
            format!("{operation}({})", if *all { "all" } else { "distinct" })
        }
        RelOp::Unnest { input, value, ordinality, outer } => {
            let number = if *ordinality { ", with ordinality" } else { "" };
            let outer = if *outer { ", outer" } else { "" };
            format!("Unnest({}{number}{outer})", expr_text(value, &input.schema))
        }
        RelOp::Materialize { input, keys } => format!("Materialize(keys=[{}])", places(keys, &input.schema)),
        RelOp::Normalize { input, keys } => format!("Normalize(keys=[{}])", places(keys, &input.schema)),
        RelOp::Union { inputs } => format!("Union({} inputs)", inputs.len()),
    }
}

fn join_text(rel: &Rel) -> String {
    let RelOp::Join { left, right, kind, on, residual, how } = &rel.op else { return String::new() };
    let (l, r) = (&left.schema, &right.schema);
    let pairs = on.iter().map(|(left, right)| format!("{} = {}", name_at(*left, l), name_at(*right, r)));
    let both = RowType::new(l.fields.iter().chain(&r.fields).cloned().collect());
    let residual =
        residual.as_ref().map_or(String::new(), |residual| format!(", where {}", expr_text(residual, &both)));
    let how = match how {
        JoinHow::Dictionary => "Join".to_owned(),
        JoinHow::Regular => "RegularJoin".to_owned(),
        JoinHow::Interval { times: (left, right), lower, upper, .. } => {
            format!("IntervalJoin {} - {} in {lower}ms to {upper}ms", name_at(*left, l), name_at(*right, r))
        }
        JoinHow::Window { .. } => "WindowJoin".to_owned(),
        JoinHow::Temporal { times: (left, right), ascending } => {
            let last = if *ascending { ", the last of each key" } else { "" };
            format!("TemporalJoin {} at {}{last}", name_at(*right, r), name_at(*left, l))
        }
    };
    format!("{how}({}, on [{}]{residual})", kind_text(*kind), pairs.collect::<Vec<_>>().join(", "))
}

fn kind_text(kind: JoinKind) -> &'static str {
    match kind {
        JoinKind::Inner => "inner",
        JoinKind::Left => "left",
        JoinKind::Right => "right",
        JoinKind::Full => "full",
        JoinKind::Semi => "semi",
        JoinKind::Anti => "anti",
    }
}

fn emit_text(emit: WatermarkEmit) -> String {
    match emit {
        WatermarkEmit::OnEvent => "on-event".to_owned(),
        WatermarkEmit::Periodic(millis) => format!("every {millis}ms"),
    }
}

fn window_text(window: &WindowSpec, schema: &RowType) -> String {
    let shift = |offset: i64| if offset == 0 { String::new() } else { format!(", offset={offset}ms") };
    let time = name_at(window.time, schema);
    match window.kind {
        WindowKind::Tumble { size, offset } => format!("TUMBLE {time} size={size}ms{}", shift(offset)),
        WindowKind::Hop { size, slide, offset } => {
            format!("HOP {time} size={size}ms slide={slide}ms{}", shift(offset))
        }
        WindowKind::Cumulate { size, step, offset } => {
            format!("CUMULATE {time} size={size}ms step={step}ms{}", shift(offset))
        }
        WindowKind::Session { gap } => {
            format!("SESSION {time} gap={gap}ms by=[{}]", places(&window.partition, schema))
        }
        WindowKind::Attached { start, end } => format!("window [{}]", places(&[start, end], schema)),
    }
}

fn ranks_text(keys: &[usize], order: &[SortKey], range: RankRange, schema: &RowType) -> String {
    let RankRange { first, last } = range;
    format!("{first}..{last} by {}, keys=[{}]", order_text(order, schema), places(keys, schema))
}

fn order_text(order: &[SortKey], schema: &RowType) -> String {
    let keys = order.iter().map(|key| {
        let way = if key.descending { " desc" } else { "" };
        let nulls = if key.nulls_first == key.descending {
            if key.nulls_first { " nulls first" } else { " nulls last" }
        } else {
            ""
        };
        format!("{}{way}{nulls}", name_at(key.column, schema))
    });
    format!("[{}]", keys.collect::<Vec<_>>().join(", "))
}

fn over_text(keys: &[usize], order: &[SortKey], frame: Frame, calls: &[OverCall], schema: &RowType) -> String {
    let unit = if frame.rows { "rows" } else { "range" };
    let bounds = format!("{unit} {} to {}", bound_text(frame.start), bound_text(frame.end));
    let calls: Vec<String> = calls.iter().map(|call| over_call_text(call, schema)).collect();
    let (keys, order) = (places(keys, schema), order_text(order, schema));
    format!("Over(keys=[{keys}], order={order}, {bounds}, [{}])", calls.join(", "))
}

fn bound_text(bound: FrameBound) -> String {
    match bound {
        FrameBound::UnboundedPreceding => "unbounded preceding".to_owned(),
        FrameBound::Preceding(by) => format!("{by} preceding"),
        FrameBound::CurrentRow => "current row".to_owned(),
        FrameBound::Following(by) => format!("{by} following"),
        FrameBound::UnboundedFollowing => "unbounded following".to_owned(),
    }
}

fn over_call_text(call: &OverCall, schema: &RowType) -> String {
    match &call.function {
        OverFunction::Aggregate(aggregate) => aggregate_text(aggregate, schema),
        OverFunction::RowNumber => "row_number()".to_owned(),
        OverFunction::Rank => "rank()".to_owned(),
        OverFunction::DenseRank => "dense_rank()".to_owned(),
        OverFunction::PercentRank => "percent_rank()".to_owned(),
        OverFunction::CumeDist => "cume_dist()".to_owned(),
        OverFunction::Ntile(parts) => format!("ntile({parts})"),
        OverFunction::Lag { value, offset, default } => {
            let default = default.map_or(String::new(), |place| format!(", {}", name_at(place, schema)));
            format!("lag({}, {offset}{default})", name_at(*value, schema))
        }
    }
}

fn name_at(place: usize, schema: &RowType) -> String {
    schema.fields.get(place).map_or_else(|| format!("${place}"), |field| field.name.clone())
}

fn places(places: &[usize], schema: &RowType) -> String {
    places.iter().map(|place| name_at(*place, schema)).collect::<Vec<_>>().join(", ")
}

fn list(exprs: &[Expr], schema: &RowType) -> String {
    exprs.iter().map(|expr| expr_text(expr, schema)).collect::<Vec<_>>().join(", ")
}

fn aggregates_text(aggregates: &[Aggregate], schema: &RowType) -> String {
    let texts = aggregates.iter().map(|aggregate| aggregate_text(aggregate, schema));
    format!("aggregates=[{}]", texts.collect::<Vec<_>>().join(", "))
}

fn aggregate_text(aggregate: &Aggregate, schema: &RowType) -> String {
    let name = match aggregate.function {
        AggregateFunction::Count => "count",
        AggregateFunction::Sum => "sum",
        AggregateFunction::Avg => "avg",
        AggregateFunction::Min => "min",
        AggregateFunction::Max => "max",
        AggregateFunction::FirstValue => "first_value",
        AggregateFunction::LastValue => "last_value",
        AggregateFunction::Collect => "collect",
        AggregateFunction::ListAgg => "listagg",
        AggregateFunction::ArrayAgg { nulls: true } => "array_agg",
        AggregateFunction::ArrayAgg { nulls: false } => "array_agg_ignoring_nulls",
        AggregateFunction::Bitmap(BitmapFold::Build) => "bitmap_build",
        AggregateFunction::Bitmap(BitmapFold::And) => "bitmap_and",
        AggregateFunction::Bitmap(BitmapFold::Or) => "bitmap_or",
        AggregateFunction::Bitmap(BitmapFold::Xor) => "bitmap_xor",
        AggregateFunction::SquaredDeviations => "squared_deviations",
        AggregateFunction::Percentile => "percentile",
        AggregateFunction::JsonObjectAgg { nulls: true } => "json_objectagg",
        AggregateFunction::JsonObjectAgg { nulls: false } => "json_objectagg_without_nulls",
        AggregateFunction::JsonArrayAgg { nulls: true } => "json_arrayagg",
        AggregateFunction::JsonArrayAgg { nulls: false } => "json_arrayagg_without_nulls",
    };
    let distinct = if aggregate.distinct { "distinct " } else { "" };
    let mut args = if aggregate.args.is_empty() { "*".to_owned() } else { places(&aggregate.args, schema) };
    for parameter in &aggregate.parameters {
        let _ = write!(args, ", {}", literal_text(parameter, &aggregate.data_type));
    }
    let filter = aggregate.filter.map_or(String::new(), |place| format!(" filter {}", name_at(place, schema)));
    format!("{name}({distinct}{args}){filter}")
}

/// An expression over the columns of `schema`: `plus(a, 1)`.
#[must_use]
pub fn expr_text(expr: &Expr, schema: &RowType) -> String {
    match &expr.kind {
        ExprKind::Column(place) => name_at(*place, schema),
        ExprKind::Literal(literal) => literal_text(literal, &expr.data_type),
        ExprKind::Call { function, args } => format!("{function}({})", list(args, schema)),
        ExprKind::Cast { value, try_cast } => {
            let word = if *try_cast { "try_cast" } else { "cast" };
            format!("{word}({} as {})", expr_text(value, schema), expr.data_type.logical)
        }
        ExprKind::Case { arms, otherwise } => {
            let mut text = "case".to_owned();
            for (when, then) in arms {
                let _ = write!(text, " when {} then {}", expr_text(when, schema), expr_text(then, schema));
            }
            if let Some(otherwise) = otherwise {
                let _ = write!(text, " else {}", expr_text(otherwise, schema));
            }
            text + " end"
        }
        ExprKind::Field { row, field } => format!("{}.{field}", expr_text(row, schema)),
    }
}

fn literal_text(literal: &Literal, data_type: &DataType) -> String {
    match literal {
        Literal::Null => "null".to_owned(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(value) => value.to_string(),
        Literal::Decimal(value) => format!("{value}:{}", data_type.logical),
        Literal::Double(value) => format!("{value:?}"),
        Literal::String(text) => format!("'{text}'"),
        Literal::Binary(bytes) => bytes.iter().fold("x'".to_owned(), |text, byte| text + &format!("{byte:02x}")) + "'",
        Literal::Date(days) => format!("date {days}d"),
        Literal::Time(millis) => format!("time {millis}ms"),
        Literal::Timestamp(millis, nanos) => format!("timestamp {millis}ms+{nanos}ns"),
        Literal::Months(months) => format!("{months}months"),
        Literal::Millis(millis) => format!("{millis}ms"),
    }
}

/// One line per node that keeps state or positions: what must stay for state of one plan to fit another.
pub(crate) fn fingerprint(branches: &[Branch]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut seen = BTreeSet::new();
    for branch in branches {
        stateful(&branch.input, &mut seen, &mut lines);
    }
    lines.extend(branches.iter().map(|branch| format!("branch {}: {}", branch.name, sink_text(branch))));
    lines
}

fn stateful(rel: &Arc<Rel>, seen: &mut BTreeSet<u32>, lines: &mut Vec<String>) {
    if !seen.insert(rel.id) {
        return;
    }
    rel.inputs().into_iter().for_each(|input| stateful(input, seen, lines));
    let line = match &rel.op {
        RelOp::Scan { table, .. } => format!("Scan({}: {})", table.name, identity(&table.options)),
        RelOp::Watermark { .. }
        | RelOp::WindowAggregate { .. }
        | RelOp::GroupAggregate { .. }
        | RelOp::Deduplicate { .. }
        | RelOp::Rank { .. }
        | RelOp::WindowRank { .. }
        | RelOp::Sort { .. }
        | RelOp::Limit { .. }
        | RelOp::Window { window: WindowSpec { kind: WindowKind::Session { .. }, .. }, .. }
        | RelOp::Over { .. } => {
            format!("{} over {}", node_text(rel), input_types(rel))
        }
        RelOp::Join { how: JoinHow::Dictionary, .. } => return,
        RelOp::Join { .. } | RelOp::SetComparison { .. } | RelOp::Materialize { .. } | RelOp::Normalize { .. } => {
            let rows = rel.inputs().into_iter().map(|input| types_text(&input.schema));
            format!("{} over {}", node_text(rel), rows.collect::<Vec<_>>().join(" and "))
        }
        _ => return,
    };
    lines.push(format!("#{} {line}", rel.id));
}

/// All columns: what keeps whole rows.
fn types_text(schema: &RowType) -> String {
    let fields: Vec<String> =
        schema.fields.iter().map(|field| format!("{} {}", field.name, field.data_type.logical)).collect();
    format!("({})", fields.join(", "))
}

fn input_types(rel: &Rel) -> String {
    let used = match &rel.op {
        RelOp::WindowAggregate { keys, aggregates, window, .. } => {
            aggregate_columns(keys, aggregates, Some(window.time))
        }
        RelOp::GroupAggregate { keys, aggregates, .. } => aggregate_columns(keys, aggregates, None),
        RelOp::Deduplicate { keys, order, .. } => keys.iter().copied().chain([*order]).collect(),
        RelOp::Watermark { rowtime, .. } => BTreeSet::from([*rowtime]),
        // These keep whole rows.
        RelOp::Rank { input, .. }
        | RelOp::WindowRank { input, .. }
        | RelOp::Sort { input, .. }
        | RelOp::Window { input, .. }
        | RelOp::Over { input, .. } => (0..input.schema.fields.len()).collect(),
        _ => BTreeSet::new(),
    };
    let Some(input) = rel.inputs().first().copied() else { return String::new() };
    let fields = used.iter().filter_map(|place| input.schema.fields.get(*place));
    let fields: Vec<String> = fields.map(|field| format!("{} {}", field.name, field.data_type.logical)).collect();
    format!("({})", fields.join(", "))
}

fn aggregate_columns(keys: &[usize], aggregates: &[Aggregate], time: Option<usize>) -> BTreeSet<usize> {
    let args = aggregates.iter().flat_map(|aggregate| aggregate.args.iter().copied().chain(aggregate.filter));
    keys.iter().copied().chain(args).chain(time).collect()
}

/// The options that say which data a table is.
fn identity(options: &std::collections::BTreeMap<String, String>) -> String {
    let keys = ["connector", "topic", "topic-pattern", "path", "url", "table-name"];
    let parts = keys.into_iter().filter_map(|key| options.get(key).map(|value| format!("{key}={value}")));
    parts.collect::<Vec<_>>().join(" ")
}

fn sink_text(branch: &Branch) -> String {
    let schema: Vec<String> =
        branch.input.schema.fields.iter().map(|field| format!("{} {}", field.name, field.data_type.logical)).collect();
    match &branch.target {
        Target::Table(table) => format!("{} {} ({})", table.name, identity(&table.options), schema.join(", ")),
        Target::View(view) => {
            format!("view {} key [{}] ({})", view.name, places(&view.key, &view.schema), schema.join(", "))
        }
        Target::Collect => "collect".to_owned(),
    }
}
