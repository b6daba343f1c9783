//! `INSERT INTO`: the query's columns as the sink wants them, and whether the sink can take what the query emits.

use std::sync::Arc;

use yeoul_row::{DataType, LogicalType};

use super::cast::{can_store, coerce};
use super::expression::unsupported;
use super::from::Relation;
use super::key_order::{is_parallel, keeps_order};
use super::tables::{Column, ColumnSource, Entry, Table, check_metadata, hinted};
use super::{Binder, Bound, hints, literal, node, not_executed};
use crate::ast::statement::{Insert, OnConflict};
use crate::catalog::{SinkAbilities, TableSpec};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::Expr;
use crate::nearest::did_you_mean;
use crate::plan::{Branch, JoinHow, JoinKind, Rel, RelOp, SetOperation, Target};

impl Binder<'_> {
    /// One `INSERT` as a branch.
    pub(crate) fn insert(&mut self, insert: &Insert) -> Bound<Branch> {
        let table = match self.tables.get(&insert.table.key()).cloned() {
            None => return Err(self.tables.unknown(&insert.table)),
            Some(Entry::Table(table)) => table,
            Some(Entry::View(_) | Entry::Materialized(_)) => {
                return Err(Diagnostic::new(
                    format!("`{}` is no table to insert into", insert.table.key()),
                    insert.table.span,
                ));
            }
        };
        hints::table_hints(&insert.hints)?;
        not_executed::insert_clauses(insert)?;
        let relation = self.query(&insert.query)?;
        relation.refuse_rank()?;
        let spec = hinted(&table.spec, &insert.hints);
        let abilities = self
            .connectors
            .sink(&spec)
            .map_err(|error| self.option_fault(&table, &insert.table, &insert.hints, error))?;
        check_metadata(&spec, &abilities.metadata, insert.table.span, "write")?;
        let input = stored(&relation, &table, insert)?;
        check_mode(&input, &spec, &abilities, insert.table.span)?;
        self.check_conflicts(insert, &relation, &input, &spec, &abilities)?;
        let input = if abilities.upsert { by_key(input, &spec.primary_key, is_parallel(self.settings)) } else { input };
        self.connectors.writes(&spec);
        Ok(Branch { name: spec.name.clone(), input, target: Target::Table(Arc::new(spec)) })
    }
}

impl Binder<'_> {
    /// Refuses a query whose rows aren't told apart by the sink's key, unless the text says what then counts. Flink does so
    /// on streams, where the sink takes updates (`table.exec.sink.require-on-conflict`).
    fn check_conflicts(
        &self,
        insert: &Insert,
        relation: &Relation,
        input: &Rel,
        spec: &TableSpec,
        abilities: &SinkAbilities,
    ) -> Bound<()> {
        let takes_changes = abilities.upsert || updating(input).is_some();
        let (key, batch) = (&spec.primary_key, self.is_batch());
        if let Some((action, span)) = insert.on_conflict {
            if !takes_changes || batch {
                return Err(Diagnostic::new(
                    "`ON CONFLICT` needs a sink that takes updates, and a query of a stream",
                    span,
                ));
            }
            return match action {
                OnConflict::Deduplicate => Ok(()),
                _ => Err(unsupported("ON CONFLICT other than DO DEDUPLICATE", span)),
            };
        }
        let required = self.settings.get("table.exec.sink.require-on-conflict").is_none_or(|value| value != "false");
        let within = |unique: &Vec<usize>| unique.iter().all(|place| key.contains(place));
        let keyed = input.upsert_keys.iter().any(within) || told_apart(relation, spec, insert);
        if batch || !required || !takes_changes || key.is_empty() || keyed {
            return Ok(());
        }
        let names: Vec<String> = key.iter().map(|place| format!("`{}`", spec.physical.fields[*place].name)).collect();
        let message = format!("several rows of the query may have one key ({}) of `{}`", names.join(", "), spec.name);
        Err(Diagnostic::new(message, insert.table.span)
            .with_help("write `ON CONFLICT DO DEDUPLICATE` behind the query: the last one counts; or group by the key"))
    }
}

/// Whether the columns that go to the sink's key tell the query's rows apart, before they are cast.
fn told_apart(relation: &Relation, spec: &TableSpec, insert: &Insert) -> bool {
    if !insert.columns.is_empty() || !insert.partition.is_empty() {
        return false;
    }
    relation.rel.upsert_keys.iter().any(|unique| unique.iter().all(|place| spec.primary_key.contains(place)))
}

/// The columns that the query gives, in the sink's order and types.
fn stored(relation: &Relation, table: &Table, insert: &Insert) -> Bound<Arc<Rel>> {
    let targets = targets(table, insert)?;
    let given = relation.rel.schema.fields.len();
    if given != targets.len() {
        return Err(mismatch(
            format!("the query has {given} columns, `{}` takes {}", table.spec.name, targets.len()),
            relation,
            &targets,
            insert,
        ));
    }
    let writable = table.spec.writable();
    let mut exprs = Vec::with_capacity(writable.fields.len());
    for field in &writable.fields {
        let place = targets.iter().position(|target| target.name == field.name);
        exprs.push(match place {
            Some(place) => {
                let expr = node::column(&relation.rel, place);
                if !can_store(&expr.data_type.logical, &field.data_type.logical) {
                    let message = format!(
                        "column {} of the query is `{}`, the sink's column `{}` is `{}`",
                        place + 1,
                        expr.data_type,
                        field.name,
                        field.data_type
                    );
                    return Err(mismatch(message, relation, &targets, insert));
                }
                coerce(expr, &field.data_type.logical)
            }
            None => match partition_value(&field.name, insert)? {
                Some(value) => coerce(value, &field.data_type.logical),
                None => absent(&field.name, &field.data_type, insert)?,
            },
        });
    }
    let names: Vec<String> = writable.fields.iter().map(|field| field.name.clone()).collect();
    Ok(node::project(relation.rel.clone(), exprs, names))
}

/// The value that `PARTITION (…)` gives a column.
fn partition_value(name: &str, insert: &Insert) -> Bound<Option<Expr>> {
    let given = insert.partition.iter().find(|(column, _)| column.name == name);
    given.map(|(column, value)| literal::bind_constant(value, column.span)).transpose()
}

/// Refuses values for columns that the table isn't partitioned by.
fn check_partition(table: &Table, insert: &Insert) -> Bound<()> {
    let spec = &table.spec;
    let keys: Vec<&str> = spec.partition_keys.iter().map(|key| spec.physical.fields[*key].name.as_str()).collect();
    match insert.partition.iter().find(|(column, _)| !keys.contains(&column.name.as_str())) {
        Some((column, _)) => {
            let message = format!("`{}` is not partitioned by `{}`", spec.name, column.name);
            Err(Diagnostic::new(message, column.span).with_help(did_you_mean(&column.name, &keys, "partition columns")))
        }
        None => Ok(()),
    }
}

/// NULL for a column that the list leaves out.
fn absent(name: &str, data_type: &DataType, insert: &Insert) -> Bound<Expr> {
    if !data_type.nullable {
        return Err(Diagnostic::new(format!("the column `{name}` is NOT NULL and is not inserted"), insert.span));
    }
    Ok(coerce(literal::null(), &data_type.logical))
}

/// The columns that the query's columns go to, in their order.
fn targets<'a>(table: &'a Table, insert: &Insert) -> Bound<Vec<&'a Column>> {
    let virtual_metadata =
        |name: &str| table.spec.metadata.iter().any(|column| column.name == name && column.is_virtual);
    let persisted =
        |column: &&Column| matches!(column.source, ColumnSource::Readable(_)) && !virtual_metadata(&column.name);
    check_partition(table, insert)?;
    let fixed = |name: &str| insert.partition.iter().any(|(column, _)| column.name == name);
    if insert.columns.is_empty() {
        return Ok(table.columns.iter().filter(persisted).filter(|column| !fixed(&column.name)).collect());
    }
    let mut targets: Vec<&Column> = Vec::with_capacity(insert.columns.len());
    for name in &insert.columns {
        let column = table.columns.iter().filter(persisted).find(|column| column.name == name.name);
        let column = column.ok_or_else(|| {
            let names: Vec<&str> = table.columns.iter().filter(persisted).map(|column| column.name.as_str()).collect();
            Diagnostic::new(format!("`{}` has no column `{}` to insert into", table.spec.name, name.name), name.span)
                .with_help(did_you_mean(&name.name, &names, "columns"))
        })?;
        if targets.iter().any(|other| other.name == column.name) {
            return Err(Diagnostic::new(format!("the column `{}` is named twice", name.name), name.span));
        }
        targets.push(column);
    }
    Ok(targets)
}

/// Both lists of columns, so that the difference is seen at once.
fn mismatch(message: String, relation: &Relation, targets: &[&Column], insert: &Insert) -> Diagnostic {
    let query: Vec<String> =
        relation.rel.schema.fields.iter().map(|field| format!("{} {}", field.name, field.data_type)).collect();
    let sink: Vec<String> = targets.iter().map(|column| format!("{} {}", column.name, column.data_type)).collect();
    Diagnostic::new(message, insert.query.span).with_help(format!(
        "query: [{}]; sink: [{}]",
        query.join(", "),
        sink.join(", ")
    ))
}

/// Refuses updates where the sink takes none, as Flink does.
fn check_mode(input: &Rel, spec: &TableSpec, abilities: &SinkAbilities, span: Span) -> Bound<()> {
    let Some(source) = updating(input) else { return Ok(()) };
    let takes = abilities.mode;
    let fits = takes.updates && (takes.deletes || !input.mode.deletes);
    if !fits {
        return Err(Diagnostic::new(
            format!("the sink `{}` takes inserts only, but {source} produces updates", spec.name),
            span,
        )
        .with_help("use a sink that keeps rows by key (a materialized table), or aggregate per window"));
    }
    if abilities.upsert && spec.primary_key.is_empty() {
        return Err(Diagnostic::new(format!("the sink `{}` keeps rows by key and has none", spec.name), span)
            .with_help("declare `PRIMARY KEY (…) NOT ENFORCED` on it"));
    }
    Ok(())
}

/// Changes for a sink that keeps one row per `key`: where several rows of the query may have one key, the last that is
/// there counts. `parallel`: whether the job runs in several subtasks.
pub(crate) fn by_key(input: Arc<Rel>, key: &[usize], parallel: bool) -> Arc<Rel> {
    let within = |unique: &Vec<usize>| {
        unique.iter().all(|place| key.contains(place)) && (!parallel || keeps_order(&input, unique))
    };
    if input.mode.is_append() || key.is_empty() || input.upsert_keys.iter().any(within) {
        return input;
    }
    node::materialize(input, key.to_vec())
}

/// What makes a relation's result updating in Flink, for people; `None`: nothing does.
///
/// A left join counts although ours emits inserts only (its right side is complete before it starts): in Flink it
/// updates, and what Flink refuses is refused here.
pub(crate) fn updating(rel: &Rel) -> Option<String> {
    match &rel.op {
        RelOp::Scan { table, .. } => (!rel.mode.is_append()).then(|| format!("the table `{}`", table.name)),
        RelOp::Values { .. } | RelOp::WindowAggregate { .. } => None,
        RelOp::Project { input, .. }
        | RelOp::Filter { input, .. }
        | RelOp::Watermark { input, .. }
        | RelOp::Window { input, .. }
        | RelOp::Sort { input, at_end: false, .. }
        | RelOp::Limit { input, .. } => updating(input),
        RelOp::WindowRank { .. } | RelOp::Sort { at_end: true, .. } | RelOp::Over { batch: true, .. } => None,
        RelOp::Rank { .. } => Some("a Top-N".to_owned()),
        RelOp::Over { input, .. } => {
            updating(input).or_else(|| (!rel.mode.is_append()).then(|| "an `OVER` without a time attribute".to_owned()))
        }
        RelOp::GroupAggregate { aggregates, .. } if aggregates.is_empty() => {
            Some("a `DISTINCT`, a `UNION` or a `GROUP BY` without aggregates".to_owned())
        }
        RelOp::GroupAggregate { .. } => Some("a `GROUP BY` without a window".to_owned()),
        RelOp::Deduplicate { .. } => (!rel.mode.is_append()).then(|| "this deduplication".to_owned()),
        RelOp::Join { how: JoinHow::Interval { .. } | JoinHow::Window { .. }, .. } => None,
        RelOp::Join { left, how: JoinHow::Temporal { .. }, .. } => updating(left),
        RelOp::Join { left, right, kind, .. } => match kind {
            JoinKind::Inner | JoinKind::Semi => updating(left).or_else(|| updating(right)),
            JoinKind::Left => Some("a `LEFT JOIN`".to_owned()),
            JoinKind::Right => Some("a `RIGHT JOIN`".to_owned()),
            JoinKind::Full => Some("a `FULL JOIN`".to_owned()),
            JoinKind::Anti => Some("a `NOT IN` or `NOT EXISTS`".to_owned()),
        },
        RelOp::SetComparison { operation: SetOperation::Except, .. } => Some("`EXCEPT`".to_owned()),
        RelOp::SetComparison { .. } => Some("`INTERSECT`".to_owned()),
        RelOp::Unnest { input, .. } | RelOp::Materialize { input, .. } | RelOp::Normalize { input, .. } => {
            updating(input)
        }
        RelOp::Union { inputs } => inputs.iter().find_map(|input| updating(input)),
    }
}

/// Refuses types that no result can show.
pub(crate) fn check_result(rel: &Rel, span: Span) -> Bound<()> {
    let interval =
        |logical: &LogicalType| matches!(logical, LogicalType::IntervalDayTime | LogicalType::IntervalYearMonth);
    match rel.schema.fields.iter().find(|field| interval(&field.data_type.logical)) {
        Some(field) => Err(unsupported(&format!("a result of type {} (`{}`)", field.data_type, field.name), span)),
        None => Ok(()),
    }
}
