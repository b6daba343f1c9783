//! The catalog: tables and views as statements create them, and reading them.
//!
//! Reading a table is a scan of its physical and metadata columns, a projection to its declared columns (computed ones
//! among them), and its watermark.

use std::collections::BTreeMap;
use std::sync::Arc;

use yeoul_row::{DataType, Field, LogicalType, RowType};

use super::cast::{can_cast, cast, coerce};
use super::expression::ExprBinder;
use super::from::{Relation, refuse_hints};
use super::scope::Scope;
use super::select::{own_names, refuse_twice};
use super::{Binder, Bound, VIEW_READS_MAX, node};
use crate::ast::create::{ColumnKind, CreateTable, CreateView};
use crate::ast::query::Query;
use crate::ast::{Hint, ObjectName, OptionPair};
use crate::catalog::{MetadataColumn, OptionError, TableSpec};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind};
use crate::nearest::did_you_mean;
use crate::plan::{Rel, ViewSpec, WatermarkEmit};
use crate::settings;
use crate::walk;

/// Everything that statements have created.
#[derive(Clone, Default)]
pub(crate) struct Tables {
    entries: BTreeMap<String, Entry>,
    /// `TEMPORARY` ones, which hide those of the same name.
    temporary: BTreeMap<String, Entry>,
}

/// One thing of the catalog.
#[derive(Clone)]
pub(crate) enum Entry {
    Table(Arc<Table>),
    View(Arc<View>),
    Materialized(Arc<ViewSpec>),
}

/// A table with a connector.
pub(crate) struct Table {
    pub(crate) spec: TableSpec,
    /// What it was made of.
    pub(crate) definition: Arc<CreateTable>,
    /// The columns in the order of the text.
    pub(crate) columns: Vec<Column>,
    pub(crate) watermark: Option<Watermark>,
    /// Where each option stands, and in which text.
    option_spans: BTreeMap<String, Span>,
    text_id: u64,
}

/// A column of a table.
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) source: ColumnSource,
    pub(crate) data_type: DataType,
    /// `COMMENT`
    pub(crate) comment: Option<String>,
}

/// Where a column's value comes from.
pub(crate) enum ColumnSource {
    /// The place among the readable columns.
    Readable(usize),
    /// A value over the readable columns.
    Computed {
        expr: Expr,
        /// As written, for people.
        text: String,
    },
}

pub(crate) struct Watermark {
    /// Among the declared columns.
    pub(crate) rowtime: usize,
    /// Over the declared columns.
    expr: Expr,
    /// As written, for people.
    pub(crate) text: String,
}

/// A view.
pub(crate) struct View {
    query: Query,
    pub(crate) names: Vec<String>,
    /// The query as written.
    pub(crate) text: String,
    pub(crate) comment: Option<String>,
    text_id: u64,
}

impl Table {
    /// What of the table needs one of its columns, for people.
    pub(crate) fn user_of(&self, name: &str) -> Option<String> {
        let spec = &self.spec;
        let readable = spec.readable().index_of(name);
        let computed = self.columns.iter().find(|column| match &column.source {
            ColumnSource::Computed { expr, .. } => {
                readable.is_some_and(|place| walk::columns_of(expr).contains(&place))
            }
            ColumnSource::Readable(_) => false,
        });
        if let Some(column) = computed {
            return Some(format!("the computed column `{}`", column.name));
        }
        let declared = self.columns.iter().position(|column| column.name == name);
        let watermark = self.watermark.as_ref().zip(declared);
        if watermark.is_some_and(|(mark, place)| mark.rowtime == place || walk::columns_of(&mark.expr).contains(&place))
        {
            return Some("the watermark".to_owned());
        }
        let physical = spec.physical.index_of(name)?;
        let distribution = self.definition.distribution.iter().flat_map(|d| &d.columns);
        match () {
            () if spec.primary_key.contains(&physical) => Some("the primary key".to_owned()),
            () if spec.partition_keys.contains(&physical) => Some("`PARTITIONED BY`".to_owned()),
            () if distribution.clone().any(|column| column.name == name) => Some("`DISTRIBUTED BY`".to_owned()),
            () => None,
        }
    }
}

impl Tables {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.temporary.get(key).or_else(|| self.entries.get(key))
    }

    /// What is of this name among the temporary ones, or among the others.
    pub(crate) fn get_of(&self, temporary: bool, key: &str) -> Option<&Entry> {
        if temporary { self.temporary.get(key) } else { self.entries.get(key) }
    }

    /// Whether a temporary one of this name hides any other.
    pub(crate) fn is_temporary(&self, key: &str) -> bool {
        self.temporary.contains_key(key)
    }

    pub(crate) fn insert(&mut self, temporary: bool, key: String, entry: Entry) {
        self.space(temporary).insert(key, entry);
    }

    pub(crate) fn remove(&mut self, temporary: bool, key: &str) {
        self.space(temporary).remove(key);
    }

    fn space(&mut self, temporary: bool) -> &mut BTreeMap<String, Entry> {
        if temporary { &mut self.temporary } else { &mut self.entries }
    }

    /// Names with what stands behind them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Entry)> {
        let seen = self.entries.iter().filter(|(key, _)| !self.temporary.contains_key(*key));
        let all: BTreeMap<&String, &Entry> = seen.chain(&self.temporary).collect();
        all.into_iter()
    }

    /// The refusal of an unknown name.
    pub(crate) fn unknown(&self, name: &ObjectName) -> Diagnostic {
        let names: Vec<&str> = self.entries.keys().map(String::as_str).collect();
        Diagnostic::new(format!("unknown table `{}`", name.key()), name.span).with_help(did_you_mean(
            &name.key(),
            &names,
            "tables",
        ))
    }
}

/// A table as `CREATE TABLE` says, in the text of this number.
pub(crate) fn table_of(create: &CreateTable, text_id: u64) -> Bound<Table> {
    refuse_duplicates(create)?;
    let spec = spec_of(create)?;
    let readable = spec.readable();
    let columns = columns_of(create, &readable)?;
    let watermark = watermark_of(create, &columns)?;
    let option_spans = create.options.iter().map(|option| (option.key.clone(), option.span)).collect();
    Ok(Table { spec, definition: Arc::new(create.clone()), columns, watermark, option_spans, text_id })
}

fn refuse_duplicates(create: &CreateTable) -> Bound<()> {
    if create.columns.is_empty() {
        return Err(Diagnostic::new("the table has no columns", create.span)
            .with_help("declare them: `CREATE TABLE t (id BIGINT, …) WITH (…)`"));
    }
    for (place, column) in create.columns.iter().enumerate() {
        if create.columns[..place].iter().any(|other| other.name.name == column.name.name) {
            return Err(Diagnostic::new(
                format!("the column `{}` is declared twice", column.name.name),
                column.name.span,
            ));
        }
    }
    for (place, option) in create.options.iter().enumerate() {
        if create.options[..place].iter().any(|other| other.key == option.key) {
            return Err(Diagnostic::new(format!("the option `{}` is given twice", option.key), option.span));
        }
    }
    Ok(())
}

fn spec_of(create: &CreateTable) -> Bound<TableSpec> {
    let mut physical = Vec::new();
    let mut metadata = Vec::new();
    for column in &create.columns {
        let name = &column.name.name;
        match &column.kind {
            ColumnKind::Physical(data_type) => {
                check_column_type(data_type, column.name.span)?;
                physical.push(Field::new(name, data_type.clone()));
            }
            ColumnKind::Metadata { data_type, from, is_virtual } => metadata.push(MetadataColumn {
                name: name.clone(),
                key: from.clone().unwrap_or_else(|| name.clone()),
                data_type: data_type.clone(),
                is_virtual: *is_virtual,
            }),
            ColumnKind::Computed(_) => {}
            ColumnKind::OfQuery => {
                return Err(Diagnostic::new(format!("the column `{name}` has no type"), column.name.span)
                    .with_help("write one, or add `AS SELECT …`"));
            }
        }
    }
    let mut physical = RowType::new(physical);
    let keys = create.primary_key.as_ref().map_or(&[][..], |key| &key.columns);
    let primary_key = places(keys, &physical, "a primary key")?;
    for place in &primary_key {
        physical.fields[*place].data_type.nullable = false;
    }
    let partition_keys = places(&create.partitioned_by, &physical, "`PARTITIONED BY`")?;
    let options = create.options.iter().map(|option| (option.key.clone(), option.value.clone())).collect();
    Ok(TableSpec { name: create.name.key(), physical, metadata, primary_key, partition_keys, options })
}

fn check_column_type(data_type: &DataType, span: Span) -> Bound<()> {
    match data_type.logical {
        LogicalType::IntervalDayTime | LogicalType::IntervalYearMonth => {
            Err(Diagnostic::new(format!("a column can't be of type `{data_type}`"), span))
        }
        _ => Ok(()),
    }
}

/// The places of physical columns.
fn places(names: &[crate::ast::Ident], physical: &RowType, what: &str) -> Bound<Vec<usize>> {
    let mut places = Vec::with_capacity(names.len());
    for name in names {
        let place = physical.index_of(&name.name).ok_or_else(|| {
            let columns: Vec<&str> = physical.fields.iter().map(|field| field.name.as_str()).collect();
            Diagnostic::new(format!("{what} names `{}`, which is no physical column", name.name), name.span)
                .with_help(did_you_mean(&name.name, &columns, "physical columns"))
        })?;
        if places.contains(&place) {
            return Err(Diagnostic::new(format!("{what} names `{}` twice", name.name), name.span));
        }
        places.push(place);
    }
    Ok(places)
}

fn columns_of(create: &CreateTable, readable: &RowType) -> Bound<Vec<Column>> {
    let scan = node::values(Vec::new(), readable.clone());
    let scope = Scope::of(&scan, create.name.last());
    let mut columns = Vec::with_capacity(create.columns.len());
    for column in &create.columns {
        let name = column.name.name.clone();
        let comment = column.comment.clone();
        columns.push(match &column.kind {
            ColumnKind::Computed(written) => {
                let expr = ExprBinder::new(&scope, "a computed column").bind(&written.value)?;
                let data_type = expr.data_type.clone();
                let source = ColumnSource::Computed { expr, text: written.text.clone() };
                Column { name, data_type, source, comment }
            }
            _ => {
                let place = readable.index_of(&name).ok_or_else(|| lost(&name, column.name.span))?;
                let data_type = readable.fields[place].data_type.clone();
                Column { name, data_type, source: ColumnSource::Readable(place), comment }
            }
        });
    }
    Ok(columns)
}

fn lost(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("unknown column `{name}`"), span)
}

fn watermark_of(create: &CreateTable, columns: &[Column]) -> Bound<Option<Watermark>> {
    let Some(definition) = &create.watermark else { return Ok(None) };
    let fields = columns.iter().map(|column| Field::new(&column.name, column.data_type.clone())).collect();
    let declared = node::values(Vec::new(), RowType::new(fields));
    let scope = Scope::of(&declared, create.name.last());
    let [column] = definition.column.as_slice() else {
        let span = definition.column.last().map_or(definition.span, |field| field.span);
        return Err(super::expression::unsupported("WATERMARK FOR a nested field", span)
            .with_help("take the field out with a computed column: `ts AS r.ts`"));
    };
    let place = scope.resolve(std::slice::from_ref(column))?;
    let rowtime = declared.schema.index_of(&column.name).ok_or_else(|| lost(&column.name, column.span))?;
    if !is_rowtime_type(&place.data_type.logical) {
        return Err(Diagnostic::new(
            format!(
                "a watermark needs a `TIMESTAMP(p)` or `TIMESTAMP_LTZ(p)` with p from 0 to 3, `{}` is `{}`",
                column.name, place.data_type
            ),
            column.span,
        ));
    }
    if let ColumnSource::Computed { expr, .. } = &columns[rowtime].source
        && matches!(expr.kind, ExprKind::Call { function: "proctime", .. })
    {
        return Err(Diagnostic::new("a processing time can't have a watermark", column.span));
    }
    let expr = ExprBinder::new(&scope, "a watermark").bind(&definition.value.value)?;
    if !expr.data_type.logical.is_timestamp() {
        return Err(Diagnostic::new(
            format!("the watermark must be a timestamp, this is `{}`", expr.data_type),
            definition.value.value.span,
        ));
    }
    if !can_cast(&expr.data_type.logical, &place.data_type.logical) {
        return Err(Diagnostic::new("the watermark must have the type of its column", definition.value.value.span));
    }
    let text = definition.value.text.clone();
    Ok(Some(Watermark { rowtime, expr: coerce(expr, &place.data_type.logical), text }))
}

fn is_rowtime_type(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::Timestamp(0..=3) | LogicalType::TimestampLtz(0..=3))
}

pub(crate) fn view_of(binder: &mut Binder<'_>, create: &CreateView, text: &str) -> Bound<View> {
    let relation = binder.query(&create.query)?;
    let fields = &relation.rel.schema.fields;
    if !create.columns.is_empty() && create.columns.len() != fields.len() {
        let (given, there) = (create.columns.len(), fields.len());
        return Err(Diagnostic::new(format!("{given} names are given to {there} columns"), create.name.span));
    }
    if create.columns.is_empty() {
        refuse_twice(own_names(&create.query).into_iter().flatten())?;
    }
    refuse_twice(create.columns.iter())?;
    let names = if create.columns.is_empty() {
        fields.iter().map(|field| field.name.clone()).collect()
    } else {
        create.columns.iter().map(|name| name.name.clone()).collect()
    };
    let span = create.query.span;
    let text = text.get(span.start..span.end).unwrap_or_default().to_owned();
    let comment = create.comment.clone();
    Ok(View { query: create.query.clone(), names, text, comment, text_id: binder.text_id })
}

impl Binder<'_> {
    /// A table or view of the catalog as a relation.
    pub(crate) fn catalog_table(&mut self, name: &ObjectName, hints: &[Hint]) -> Bound<Relation> {
        match self.tables.get(&name.key()).cloned() {
            None => Err(self.tables.unknown(name)),
            Some(Entry::Table(table)) => self.read_table(&table, name, hints),
            Some(Entry::View(view)) => {
                refuse_hints(hints)?;
                self.read_view(&view, name)
            }
            Some(Entry::Materialized(view)) => {
                Err(super::expression::unsupported(&format!("reading the materialized table {}", view.name), name.span))
            }
        }
    }

    fn read_view(&mut self, view: &View, name: &ObjectName) -> Bound<Relation> {
        self.view_reads += 1;
        if self.view_reads > VIEW_READS_MAX {
            return Err(Diagnostic::new(
                format!("the statement reads views more than {VIEW_READS_MAX} times"),
                name.span,
            )
            .with_help(
                "each view that reads another twice doubles what stands below; name such a query once in `WITH`",
            ));
        }
        // A view does not see the queries of `WITH` around its use.
        let common = std::mem::take(&mut self.common);
        let relation = self.query(&view.query);
        self.common = common;
        let relation =
            relation.map_err(|fault| if view.text_id == self.text_id { fault } else { at_use(fault, name) })?;
        let unchanged = relation.rel.schema.fields.iter().map(|field| &field.name).eq(&view.names);
        if unchanged {
            return Ok(relation);
        }
        let rel = node::project(relation.rel.clone(), node::columns(&relation.rel), view.names.clone());
        Ok(Relation { scope: Scope::of(&rel, ""), rel, rank: relation.rank })
    }

    fn read_table(&mut self, table: &Table, name: &ObjectName, hints: &[Hint]) -> Bound<Relation> {
        let spec = hinted(&table.spec, hints);
        let abilities = self.connectors.source(&spec).map_err(|error| self.option_fault(table, name, hints, error))?;
        check_metadata(&spec, &abilities.metadata, name.span, "read")?;
        if self.is_batch() && !abilities.bounded {
            let message = format!("the table `{}` has no end, which batch can't read", table.spec.name);
            return Err(Diagnostic::new(message, name.span).with_help("SET 'execution.runtime-mode' = 'streaming'"));
        }
        let scanned = cast_metadata(node::scan(Arc::new(offered(&spec, &abilities.metadata)), &abilities), &spec);
        let declared = declared(scanned, table);
        let marked = self.watermarked(declared, table, &spec, name)?;
        let rel = if abilities.upsert { self.normalized(marked, table, name)? } else { marked };
        Ok(Relation { scope: Scope::of(&rel, name.last()), rel, rank: None })
    }

    /// Upserts by the table's primary key as a whole changelog.
    fn normalized(&self, rel: Arc<Rel>, table: &Table, name: &ObjectName) -> Bound<Arc<Rel>> {
        if self.is_batch() {
            let message =
                format!("the table `{}` is updated and deleted from, which batch can't read", table.spec.name);
            return Err(Diagnostic::new(message, name.span).with_help("SET 'execution.runtime-mode' = 'streaming'"));
        }
        let place = |key: &usize| {
            table.columns.iter().position(|column| matches!(column.source, ColumnSource::Readable(at) if at == *key))
        };
        let keys: Vec<usize> = table.spec.primary_key.iter().filter_map(place).collect();
        Ok(node::normalize(rel, keys))
    }

    fn watermarked(&self, rel: Arc<Rel>, table: &Table, spec: &TableSpec, name: &ObjectName) -> Bound<Arc<Rel>> {
        let Some(watermark) = &table.watermark else { return Ok(rel) };
        let fault = |key: &str, message: String| {
            let error = OptionError { key: key.to_owned(), message, help: String::new() };
            self.option_fault(table, name, &[], error)
        };
        let emit = match spec.options.get("scan.watermark.emit.strategy").map(String::as_str) {
            Some("on-event") => WatermarkEmit::OnEvent,
            None | Some("on-periodic") => WatermarkEmit::Periodic(settings::watermark_interval(self.settings)),
            Some(other) => {
                let message = format!("`{other}` is not `on-event` or `on-periodic`");
                return Err(fault("scan.watermark.emit.strategy", message));
            }
        };
        let idle = match spec.options.get("scan.watermark.idle-timeout") {
            None => settings::idle_timeout(self.settings),
            Some(text) => settings::duration_millis(text)
                .map_err(|message| fault("scan.watermark.idle-timeout", message))
                .map(|millis| (millis > 0).then_some(millis))?,
        };
        Ok(node::watermark(rel, watermark.rowtime, watermark.expr.clone(), emit, idle))
    }

    /// Refuses an option with which the table can neither be read nor written. One that is missing may still come, with
    /// `LIKE` or a hint.
    pub(crate) fn check_options(&self, table: &Table, name: &ObjectName) -> Bound<()> {
        let Err(reading) = self.connectors.source(&table.spec) else { return Ok(()) };
        let Err(writing) = self.connectors.sink(&table.spec) else { return Ok(()) };
        // Of what its connector can't do at all nothing else is said: then the other says what is wrong.
        let error = if writing.key == "connector" { reading } else { writing };
        if table.spec.options.contains_key(&error.key) {
            return Err(self.option_fault(table, name, &[], error));
        }
        Ok(())
    }

    /// A connector's refusal at the option's place, if that is in this text.
    pub(crate) fn option_fault(
        &self,
        table: &Table,
        name: &ObjectName,
        hints: &[Hint],
        error: OptionError,
    ) -> Diagnostic {
        let hinted = hints.iter().flat_map(|hint| &hint.options).find(|option| option.key == error.key);
        let declared = table.option_spans.get(&error.key).filter(|_| table.text_id == self.text_id).copied();
        let span = hinted.map(|option: &OptionPair| option.span).or(declared).unwrap_or(name.span);
        Diagnostic::new(format!("table `{}`: {}", table.spec.name, error.message), span).with_help(error.help)
    }
}

/// A fault within a view of another text, shown where the view is used.
fn at_use(fault: Diagnostic, name: &ObjectName) -> Diagnostic {
    Diagnostic { message: format!("view `{}`: {}", name.key(), fault.message), span: name.span, help: fault.help }
}

/// The table with the options of its hints.
pub(crate) fn hinted(spec: &TableSpec, hints: &[Hint]) -> TableSpec {
    let mut spec = spec.clone();
    for option in hints.iter().flat_map(|hint| &hint.options) {
        spec.options.insert(option.key.clone(), option.value.clone());
    }
    spec
}

/// Refuses metadata columns that the connector doesn't have.
pub(crate) fn check_metadata(
    spec: &TableSpec,
    offered: &[(&'static str, DataType)],
    span: Span,
    verb: &str,
) -> Bound<()> {
    for column in spec.metadata.iter().filter(|column| verb == "read" || !column.is_virtual) {
        let keys: Vec<&str> = offered.iter().map(|(key, _)| *key).collect();
        let Some((_, data_type)) = offered.iter().find(|(key, _)| *key == column.key) else {
            let message = format!("table `{}`: its connector can't {verb} the metadata `{}`", spec.name, column.key);
            return Err(Diagnostic::new(message, span).with_help(did_you_mean(&column.key, &keys, "metadata keys")));
        };
        if !can_cast(&data_type.logical, &column.data_type.logical) {
            let message = format!(
                "table `{}`: the metadata `{}` is `{data_type}`, which can't be cast to `{}`",
                spec.name, column.key, column.data_type
            );
            return Err(Diagnostic::new(message, span));
        }
    }
    Ok(())
}

/// The table with the types that its connector gives of metadata, where a cast of the plan's is needed for those that are declared: to
/// a timestamp it goes by the session's time zone, which no connector knows.
fn offered(spec: &TableSpec, offered: &[(&'static str, DataType)]) -> TableSpec {
    let mut spec = spec.clone();
    for column in &mut spec.metadata {
        let found = offered.iter().find(|(key, _)| *key == column.key).map(|(_, data_type)| data_type);
        if let Some(data_type) = found.filter(|found| !casts_itself(&found.logical, &column.data_type.logical)) {
            column.data_type = data_type.clone();
        }
    }
    spec
}

/// Whether a connector casts metadata of one type to another itself.
fn casts_itself(from: &LogicalType, to: &LogicalType) -> bool {
    match (from, to) {
        (LogicalType::TimestampLtz(_), LogicalType::TimestampLtz(_)) => true,
        (LogicalType::Int | LogicalType::BigInt, to) => to.is_integer() || *to == LogicalType::STRING,
        _ => from == to,
    }
}

/// What was scanned in the types that the table declares.
fn cast_metadata(scanned: Arc<Rel>, spec: &TableSpec) -> Arc<Rel> {
    let declared = spec.readable();
    if declared == *scanned.schema {
        return scanned;
    }
    let columns = node::columns(&scanned).into_iter().zip(&declared.fields);
    let exprs = columns.map(|(column, field)| match column.data_type.logical == field.data_type.logical {
        true => column,
        false => cast(column, field.data_type.clone(), false),
    });
    let exprs = exprs.collect();
    node::project(scanned, exprs, declared.fields.iter().map(|field| field.name.clone()).collect())
}

/// The columns in the order of the text, computed ones among them.
fn declared(scanned: Arc<Rel>, table: &Table) -> Arc<Rel> {
    let exprs: Vec<Expr> = table
        .columns
        .iter()
        .map(|column| match &column.source {
            ColumnSource::Readable(place) => node::column(&scanned, *place),
            ColumnSource::Computed { expr, .. } => expr.clone(),
        })
        .collect();
    if exprs == node::columns(&scanned) {
        return scanned;
    }
    let names = table.columns.iter().map(|column| column.name.clone()).collect();
    node::project(scanned, exprs, names)
}
