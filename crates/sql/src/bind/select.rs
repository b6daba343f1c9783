//! `SELECT`: items, `WHERE`, `GROUP BY`, `HAVING`, window functions, `QUALIFY`, `DISTINCT`, and the order of its query.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use yeoul_row::{Field, LogicalType, RowType};

use super::aggregate::{Collector, Grouping, group};
use super::expression::{ExprBinder, unsupported};
use super::from::Relation;
use super::group_window::{GroupWindow, is_group_window};
use super::grouping::groupings;
use super::lift::Domain;
use super::order::{Ordering, position};
use super::over::{Calls, Ordered, placed};
use super::rank::{Rank, held, take_range};
use super::scope::{Scope, ScopeColumn};
use super::{Binder, Bound, hints, node, state_ttl};
use crate::ast::Ident;
use crate::ast::expression::{Expression, ExpressionKind};
use crate::ast::query::{GroupBy, Query, QueryBody, Select, SelectItem};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{Rel, RelOp};
use crate::walk;

/// One column of the result.
#[derive(Clone)]
struct Item<'a> {
    expr: Expr,
    name: String,
    /// As written; absent for the columns of a star.
    source: Option<&'a Expression>,
}

impl Binder<'_> {
    /// One `SELECT` as a relation, in the order of the query that it is.
    pub(crate) fn select(&mut self, select: &Select, ordering: Ordering<'_>) -> Bound<Relation> {
        self.select_for(select, ordering, None)
    }

    /// The same for each row of a domain, whose columns stand behind the items.
    pub(crate) fn select_for(
        &mut self,
        select: &Select,
        ordering: Ordering<'_>,
        domain: Option<&Domain>,
    ) -> Bound<Relation> {
        hints::query_hints(select)?;
        let around = std::mem::replace(&mut self.lifetimes, state_ttl::lifetimes(select)?);
        let result = self.input(select, ordering, domain).and_then(|input| {
            let (input, window) = self.with_group_window(input, select)?;
            self.projected(input, select, window.as_ref(), ordering, domain)
        });
        self.lifetimes = around;
        result
    }

    /// Those rows for which all `conditions` hold, which also may hold a row number to a range.
    pub(crate) fn filtered(&self, input: Relation, conditions: &[&Expression]) -> Bound<Relation> {
        if conditions.is_empty() {
            return Ok(input);
        }
        let mut parts = Vec::new();
        for condition in conditions {
            parts.extend(walk::conjuncts(ExprBinder::new(&input.scope, "`WHERE`").condition(condition)?));
        }
        let mut rel = input.rel.clone();
        if let Some(rank) = input.rank.as_ref().filter(|_| !self.is_batch()) {
            match take_range(&mut parts, rank.place, rank.span)? {
                Some(range) => rel = held(&rel, rank.place, range, rank.span)?,
                None => input.refuse_rank()?,
            }
        }
        Ok(Relation { rel: node::filtered(rel, parts), scope: input.scope, rank: None })
    }

    /// The items over the input, or over its groups; window functions, `QUALIFY`, `DISTINCT` and the order on top.
    fn projected(
        &self,
        input: Relation,
        select: &Select,
        window: Option<&GroupWindow>,
        ordering: Ordering<'_>,
        domain: Option<&Domain>,
    ) -> Bound<Relation> {
        let width = input.rel.schema.fields.len();
        let completed = domain.filter(|domain| domain.keeps_empty && select.group_by.is_none());
        let mut collector = Collector::new(width + usize::from(completed.is_some()));
        collector.present = completed.map(|_| Expr::column(width, LogicalType::Boolean.nullable()));
        collector.state_ttl = state_ttl::of_aggregation(select, &self.lifetimes);
        let mut calls = Calls::new(&select.windows);
        let mut binder = ExprBinder::new(&input.scope, "`SELECT`");
        (binder.collector, binder.over, binder.group_window) = (Some(&mut collector), Some(&mut calls), window);
        let mut parts = Parts::bind(&mut binder, select, ordering)?;
        let named = std::mem::take(&mut binder.named);
        drop(binder);
        let grouped = select.group_by.is_some() || !collector.is_empty() || parts.having.is_some();
        let mut rank = input.rank.clone();
        let mut rel = input.rel.clone();
        if grouped {
            input.refuse_rank()?;
            rank = None;
            let input = completed.map_or(Ok(input.clone()), |domain| domain.completed(input.clone(), select.span))?;
            let groups = Groups { input, select, window, named: &named };
            rel = parts.group(&groups, &collector, &mut calls)?;
            self.refuse_keys(&rel, select.span)?;
        }
        if select.qualify.is_some() && calls.is_empty() {
            let span = select.qualify.as_ref().map_or(select.span, |qualify| qualify.span);
            return Err(
                Diagnostic::new("`QUALIFY` needs a window function", span).with_help("write `WHERE` or `HAVING`")
            );
        }
        if !calls.is_empty() {
            if domain.is_some() {
                return Err(unsupported("a window function in a correlated query", calls.span()));
            }
            rank.as_ref().and_then(|rank| rank.refusal.clone()).map_or(Ok(()), Err)?;
            (rel, rank) = self.over(rel, &calls, &mut parts)?;
        }
        self.finished(rel, rank, parts, select, ordering)
    }

    /// Refuses groups by what batch can't sort: it groups by sorting.
    fn refuse_keys(&self, rel: &Rel, span: Span) -> Bound<()> {
        let opaque = |field: &Field| field.data_type.logical.is_opaque();
        let grouped = match &rel.op {
            RelOp::GroupAggregate { keys, .. } => rel.schema.fields.iter().take(keys.len()).any(opaque),
            RelOp::Project { input, .. } | RelOp::Filter { input, .. } => return self.refuse_keys(input, span),
            _ => false,
        };
        if grouped && self.is_batch() {
            return Err(Diagnostic::new("batch can't group by a VARIANT or BITMAP, which have no order", span)
                .with_help("group by its text: `JSON_STRING(v)`, `BITMAP_TO_STRING(b)`"));
        }
        Ok(())
    }

    /// The window functions on top of `rel`, and the row number that a condition may hold.
    fn over(&self, rel: Arc<Rel>, calls: &Calls, parts: &mut Parts<'_>) -> Bound<(Arc<Rel>, Option<Rank>)> {
        let batch = self.is_batch();
        let refusal = calls.refusal(&rel, batch);
        let (mut rel, places) = calls.place(rel, batch)?;
        parts.for_each(|expr| {
            *expr = placed(expr, &places);
            Ok(())
        })?;
        let one_rank = calls.is_one_rank();
        if let Some(qualify) = parts.qualify.take() {
            let mut conjuncts = walk::conjuncts(qualify);
            let range = match places.first().filter(|_| one_rank && !batch) {
                Some(place) => take_range(&mut conjuncts, *place, calls.span())?.map(|range| (*place, range)),
                None => None,
            };
            match (range, refusal) {
                (Some((place, range)), _) => rel = held(&rel, place, range, calls.span())?,
                (None, Some(refusal)) => return Err(refusal),
                (None, None) => {}
            }
            return Ok((node::filtered(rel, conjuncts), None));
        }
        match (places.first().filter(|_| one_rank), refusal) {
            (Some(place), refusal) => Ok((rel, Some(Rank { place: *place, span: calls.span(), refusal }))),
            (None, Some(refusal)) => Err(refusal),
            (None, None) => Ok((rel, None)),
        }
    }

    /// The items over `rel`, distinct and in order where wanted. `rank` is a column of `rel`.
    fn finished(
        &self,
        rel: Arc<Rel>,
        rank: Option<Rank>,
        parts: Parts<'_>,
        select: &Select,
        ordering: Ordering<'_>,
    ) -> Bound<Relation> {
        let place = rank.as_ref().map(|rank| rank.place);
        let at = parts.items.iter().position(|item| Some(&item.expr.kind) == place.map(ExprKind::Column).as_ref());
        let rank = match (rank, at) {
            (Some(rank), Some(place)) if ordering.is_none() && !select.distinct => Some(Rank { place, ..rank }),
            (Some(Rank { refusal: Some(refusal), .. }), _) => return Err(refusal),
            _ => None,
        };
        let width = parts.items.len();
        let mut keys = parts.keys;
        let mut relation = project_items(rel, parts.items, &mut keys, select.distinct)?;
        relation.rank = rank;
        if select.distinct {
            relation = distinct(relation, select)?;
            self.refuse_keys(&relation.rel, select.span)?;
        }
        if ordering.is_none() {
            return Ok(relation);
        }
        let rel = self.sorted(relation.rel, &keys, width, ordering)?;
        Ok(Relation { scope: Scope::of(&rel, ""), rel, rank: None })
    }
}

/// What a `SELECT` is made of, over the columns of one relation.
#[derive(Clone)]
struct Parts<'a> {
    items: Vec<Item<'a>>,
    having: Option<Expr>,
    qualify: Option<Expr>,
    keys: Vec<Ordered>,
}

impl<'a> Parts<'a> {
    fn bind(binder: &mut ExprBinder<'_>, select: &'a Select, ordering: Ordering<'_>) -> Bound<Parts<'a>> {
        let mut items: Vec<Item<'a>> = Vec::new();
        for item in &select.items {
            let place = items.len();
            items.extend(expand(item, binder.scope, place, |e| binder.bind(e))?);
        }
        items.extend(
            (0..binder.scope.outer)
                .map(|place| Item { name: format!("outer{place}"), ..star_item(binder.scope, place) }),
        );
        let over = binder.over.take();
        let having = select.having.as_ref().map(|having| binder.condition(having)).transpose()?;
        binder.over = over;
        binder.aliases = (items.iter().map(|item| (item.name.clone(), item.expr.clone())).collect(), false);
        binder.clause = "`QUALIFY`";
        let qualify = select.qualify.as_ref().map(|qualify| binder.condition(qualify)).transpose()?;
        binder.aliases.1 = true;
        binder.clause = "`ORDER BY`";
        let mut keys = Vec::with_capacity(ordering.items.len());
        for item in ordering.items {
            keys.push(match position(&item.value, items.len())? {
                Some(place) => {
                    let nulls_first = item.nulls_first.unwrap_or(!item.descending);
                    Ordered { value: items[place].expr.clone(), descending: item.descending, nulls_first }
                }
                None => binder.ordered(item)?,
            });
        }
        Ok(Parts { items, having, qualify, keys })
    }

    fn for_each(&mut self, mut change: impl FnMut(&mut Expr) -> Bound<()>) -> Bound<()> {
        let items = self.items.iter_mut().map(|item| &mut item.expr);
        let keys = self.keys.iter_mut().map(|key| &mut key.value);
        items.chain(&mut self.qualify).chain(keys).try_for_each(&mut change)
    }

    /// Everything that is computed of the input's columns.
    fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let items = self.items.iter().map(|item| &item.expr);
        items.chain(&self.having).chain(&self.qualify).chain(self.keys.iter().map(|key| &key.value))
    }

    /// Groups the input, and rewrites all parts over the groups; several groupings are unioned.
    fn group(&mut self, groups: &Groups<'_>, collector: &Collector, calls: &mut Calls) -> Bound<Arc<Rel>> {
        let span = groups.span();
        let mut keys = groups.keys()?;
        // A query as a value is the same in all groups.
        let values = self.values(&groups.input.scope, &keys.concat(), calls)?;
        let domain: Vec<Expr> = node::columns(&groups.input.rel).into_iter().take(groups.input.scope.outer).collect();
        for keys in &mut keys {
            let fresh = domain.iter().chain(&values).filter(|key| !keys.contains(key)).cloned().collect::<Vec<Expr>>();
            keys.extend(fresh);
        }
        if let [keys] = &mut *keys {
            let grouping = group(groups.input.rel.clone(), std::mem::take(keys), collector.clone(), span)?;
            return self.over_groups(groups, &grouping, calls);
        }
        if !calls.is_empty() {
            return Err(unsupported("GROUPING SETS, CUBE or ROLLUP together with window functions", calls.span())
                .with_help("group in a subquery"));
        }
        let all: Vec<Expr> = keys.iter().flatten().cloned().collect();
        let mut results = Vec::with_capacity(keys.len());
        for keys in keys {
            let grouping = group(groups.input.rel.clone(), keys, collector.clone(), span)?.among(&all);
            let mut parts = self.clone();
            let rel = parts.over_groups(groups, &grouping, calls)?;
            results.push(parts.columns(rel)?);
        }
        let rel = node::union(results).ok_or_else(|| Diagnostic::new("`GROUP BY` has no groupings", span))?;
        self.having = None;
        let mut places = 0..;
        self.for_each(|expr| {
            *expr = node::column(&rel, places.next().unwrap_or_default());
            Ok(())
        })?;
        Ok(rel)
    }

    /// Rewrites all parts over the groups, those that `HAVING` lets through.
    fn over_groups(&mut self, groups: &Groups<'_>, grouping: &Grouping, calls: &mut Calls) -> Bound<Arc<Rel>> {
        let fallback = Expression::new(ExpressionKind::Name(Vec::new()), groups.span());
        let rewrite = |expr: &Expr, written: Option<&Expression>| {
            grouping.rewrite(expr, written.unwrap_or(&fallback), &groups.input.scope, groups.named)
        };
        for item in &mut self.items {
            item.expr = rewrite(&item.expr, item.source)?;
        }
        for expr in self.qualify.iter_mut().chain(self.keys.iter_mut().map(|key| &mut key.value)) {
            *expr = rewrite(expr, None)?;
        }
        calls.rewrite(|expr| rewrite(expr, None))?;
        match self.having.take() {
            Some(condition) => {
                let condition = rewrite(&condition, groups.select.having.as_ref())?;
                Ok(node::filter(grouping.rel.clone(), condition))
            }
            None => Ok(grouping.rel.clone()),
        }
    }

    /// All parts as columns of one relation.
    fn columns(&mut self, rel: Arc<Rel>) -> Bound<Arc<Rel>> {
        let mut names: Vec<String> = self.items.iter().map(|item| item.name.clone()).collect();
        let mut exprs = Vec::with_capacity(names.len());
        self.for_each(|expr| {
            exprs.push(expr.clone());
            Ok(())
        })?;
        names.extend((names.len()..exprs.len()).map(|place| format!("key{place}")));
        Ok(node::project(rel, exprs, unique(names)))
    }

    /// The columns of those queries as values that are read behind `GROUP BY`.
    fn values(&self, scope: &Scope, keys: &[Expr], calls: &mut Calls) -> Bound<Vec<Expr>> {
        let mut read = BTreeSet::new();
        self.exprs().for_each(|expr| columns_beside(expr, keys, &mut read));
        calls.rewrite(|expr| {
            columns_beside(expr, keys, &mut read);
            Ok(expr.clone())
        })?;
        let mut columns = Vec::new();
        for value in &scope.values {
            let mut own: Vec<Expr> = value.answer.exprs().into_iter().flat_map(columns_in).collect();
            own.retain(|column| walk::columns_of(column).is_disjoint(&value.reads));
            if !own.iter().any(|column| !walk::columns_of(column).is_disjoint(&read)) {
                continue;
            }
            let grouped = |place: &usize| keys.iter().any(|key| key.kind == ExprKind::Column(*place));
            if value.correlated || !value.reads.iter().all(grouped) {
                return Err(Diagnostic::new(
                    "what a query is asked for each row can't stand beside `GROUP BY`",
                    value.span,
                )
                .with_help("group in a subquery, and ask the other query above it"));
            }
            columns.extend(own);
        }
        Ok(columns)
    }
}

/// What a `SELECT` groups.
struct Groups<'a> {
    input: Relation,
    select: &'a Select,
    window: Option<&'a GroupWindow>,
    /// Where columns of the input are named.
    named: &'a BTreeMap<usize, Span>,
}

impl Groups<'_> {
    fn span(&self) -> Span {
        self.select.group_by.as_ref().map_or(self.select.span, |group_by| group_by.span)
    }

    /// The keys of each grouping.
    fn keys(&self) -> Bound<Vec<Vec<Expr>>> {
        let Some(group_by) = &self.select.group_by else { return Ok(vec![Vec::new()]) };
        groupings(group_by)?.iter().map(|written| self.group_keys(group_by, written)).collect()
    }

    fn group_keys(&self, group_by: &GroupBy, written: &[&Expression]) -> Bound<Vec<Expr>> {
        let scope = &self.input.scope;
        let mut binder = ExprBinder::new(scope, "`GROUP BY`");
        let mut keys: Vec<Expr> = Vec::new();
        for key in written {
            if is_group_window(key) && !group_by.keys.iter().any(|own| std::ptr::eq(own, *key)) {
                return Err(unsupported("a group window within GROUPING SETS, CUBE or ROLLUP", key.span));
            }
            let bound = match self.window.filter(|_| is_group_window(key)) {
                Some(window) => window.columns(scope),
                None => vec![binder.bind(key)?],
            };
            for key in bound {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        Ok(keys)
    }
}

/// Adds the columns that an expression reads besides what it takes of `keys`.
fn columns_beside(expr: &Expr, keys: &[Expr], columns: &mut BTreeSet<usize>) {
    if keys.contains(expr) {
        return;
    }
    if let ExprKind::Column(place) = expr.kind {
        columns.insert(place);
    }
    walk::for_children(expr, |child| columns_beside(child, keys, columns));
}

/// The columns that an expression reads.
fn columns_in(expr: &Expr) -> Vec<Expr> {
    if let ExprKind::Column(_) = expr.kind {
        return vec![expr.clone()];
    }
    let mut columns = Vec::new();
    walk::for_children(expr, |child| columns.extend(columns_in(child)));
    columns
}

/// What a `SELECT` without `FROM` reads: one row.
pub(crate) fn one_row() -> Relation {
    let schema = RowType::new(vec![Field::new("ZERO", LogicalType::Int.not_null())]);
    let rel = node::values(vec![vec![Literal::Integer(0)]], schema);
    let scope = Scope { columns: Vec::new(), ..Scope::of(&rel, "") };
    Relation { rel, scope, rank: None }
}

/// The items over `rel`, and behind them what the order needs besides; the keys are then columns.
fn project_items(rel: Arc<Rel>, items: Vec<Item<'_>>, keys: &mut [Ordered], distinct: bool) -> Bound<Relation> {
    let (mut exprs, mut names): (Vec<Expr>, Vec<String>) = items.into_iter().map(|item| (item.expr, item.name)).unzip();
    for key in keys {
        let known = exprs.iter().position(|expr| *expr == key.value);
        if known.is_none() && distinct {
            let message = "with `DISTINCT`, only what is selected can be ordered by";
            return Err(Diagnostic::new(message, Span::default()).with_help("select it too"));
        }
        let place = known.unwrap_or_else(|| {
            names.push(key_name(&rel, &key.value, exprs.len()));
            exprs.push(key.value.clone());
            exprs.len() - 1
        });
        key.value = Expr::column(place, key.value.data_type.clone());
    }
    let rel = node::project(rel, exprs, unique(names));
    let scope = Scope::of(&rel, "");
    Ok(Relation { rel, scope, rank: None })
}

/// What a key of an order is called: as the column that it is.
fn key_name(rel: &Rel, key: &Expr, place: usize) -> String {
    let column = match key.kind {
        ExprKind::Column(column) => rel.schema.fields.get(column),
        _ => None,
    };
    column.map_or_else(|| format!("key{place}"), |field| field.name.clone())
}

/// `SELECT DISTINCT`: a group per row.
fn distinct(relation: Relation, select: &Select) -> Bound<Relation> {
    let rel = distinct_rows(relation.rel, select.span)?;
    let scope = Scope::of(&rel, "");
    Ok(Relation { rel, scope, rank: None })
}

/// Each row once, the columns in their order.
pub(crate) fn distinct_rows(rel: Arc<Rel>, span: Span) -> Bound<Arc<Rel>> {
    let keys = node::columns(&rel);
    let names: Vec<String> = rel.schema.fields.iter().map(|field| field.name.clone()).collect();
    let scope = Scope::of(&rel, "");
    let grouping: Grouping = group(rel, keys.clone(), Collector::new(keys.len()), span)?;
    let written = Expression::new(ExpressionKind::Name(Vec::new()), span);
    let exprs = keys.iter().map(|key| grouping.rewrite(key, &written, &scope, &Default::default()));
    let exprs = exprs.collect::<Bound<Vec<Expr>>>()?;
    Ok(node::project(grouping.rel.clone(), exprs, names))
}

/// The columns that an item stands for, from `place` on.
fn expand<'a>(
    item: &'a SelectItem,
    scope: &Scope,
    place: usize,
    bind: impl FnOnce(&'a Expression) -> Bound<Expr>,
) -> Bound<Vec<Item<'a>>> {
    match item {
        SelectItem::Star(span) if scope.columns.is_empty() => Err(Diagnostic::new("`*` needs a `FROM`", *span)),
        SelectItem::Star(span) => {
            let shown = (scope.outer..scope.columns.len()).filter(|place| !scope.columns[*place].hidden);
            let shown: Vec<usize> = shown.collect();
            refuse_equal(scope, &shown, *span)?;
            Ok(shown.into_iter().map(|place| star_item(scope, place)).collect())
        }
        SelectItem::TableStar(name) => {
            let places = scope.places_of(name.last()).or_else(|| scope.places_of(&name.key()));
            if let Some(places) = places {
                refuse_equal(scope, &places, name.span)?;
                return Ok(places.into_iter().map(|place| star_item(scope, place)).collect());
            }
            row_star(&name.parts, scope)
        }
        SelectItem::Value(value, _) => {
            Ok(vec![Item { expr: bind(value)?, name: item_name(item, place), source: Some(value) }])
        }
    }
}

/// Refuses a star where a query of `FROM` selects two columns under one name.
fn refuse_equal(scope: &Scope, places: &[usize], span: Span) -> Bound<()> {
    let renamed = |place: &&usize| scope.columns[**place].name != scope.schema.fields[**place].name;
    let equal = |place: usize, other: usize| {
        let (one, two) = (&scope.columns[place], &scope.columns[other]);
        place != other && one.name == two.name && one.qualifier == two.qualifier
    };
    let twice = places.iter().filter(renamed).find(|place| places.iter().any(|other| equal(**place, *other)));
    match twice.map(|place| &scope.columns[*place].name) {
        Some(name) => Err(Diagnostic::new(format!("the column `{name}` is ambiguous"), span)
            .with_help("the query in `FROM` selects it twice; give one of them another name")),
        None => Ok(()),
    }
}

fn star_item<'a>(scope: &Scope, place: usize) -> Item<'a> {
    let ScopeColumn { name, .. } = &scope.columns[place];
    let data_type = scope.schema.fields[place].data_type.clone();
    Item { expr: Expr::column(place, data_type), name: name.clone(), source: None }
}

/// `r.*` of a column that is a ROW: its fields.
fn row_star<'a>(parts: &[Ident], scope: &Scope) -> Bound<Vec<Item<'a>>> {
    let Ok(row) = scope.resolve(parts) else {
        return Err(scope.unknown_star(&parts[0]));
    };
    let LogicalType::Row(fields) = row.data_type.logical.clone() else {
        return Err(scope.unknown_star(&parts[0]));
    };
    let fields = fields.fields.iter().enumerate().map(|(place, field)| {
        let data_type = field.data_type.clone().with_nullable(field.data_type.nullable || row.data_type.nullable);
        let kind = ExprKind::Field { row: Box::new(row.clone()), field: place };
        Item { expr: Expr { kind, data_type }, name: field.name.clone(), source: None }
    });
    Ok(fields.collect())
}

/// The alias, else the last part of a name, else `EXPR$n`.
fn item_name(item: &SelectItem, place: usize) -> String {
    match item {
        SelectItem::Value(_, Some(alias)) => alias.name.clone(),
        SelectItem::Value(Expression { kind: ExpressionKind::Name(parts), .. }, None) => {
            parts.last().map_or_else(String::new, |part| part.name.clone())
        }
        SelectItem::Value(Expression { kind: ExpressionKind::Field(_, field), .. }, None) => field.name.clone(),
        _ => format!("EXPR${place}"),
    }
}

/// The names that a query's own list gives its columns, none to one without; no names where a star stands in it, whose columns
/// are told apart by numbers.
pub(super) fn own_names(query: &Query) -> Vec<Option<&Ident>> {
    let mut body = &query.body;
    while let QueryBody::Set { inputs, .. } = body {
        let Some(first) = inputs.first() else { break };
        body = first;
    }
    match body {
        QueryBody::Select(select) if !select.items.iter().any(is_star) => select.items.iter().map(own_name).collect(),
        QueryBody::Nested(query) => own_names(query),
        _ => Vec::new(),
    }
}

fn is_star(item: &SelectItem) -> bool {
    !matches!(item, SelectItem::Value(..))
}

fn own_name(item: &SelectItem) -> Option<&Ident> {
    match item {
        SelectItem::Value(_, Some(alias)) => Some(alias),
        SelectItem::Value(Expression { kind: ExpressionKind::Name(parts), .. }, None) => parts.last(),
        _ => None,
    }
}

/// Refuses a name that is given twice.
pub(super) fn refuse_twice<'a>(mut names: impl Iterator<Item = &'a Ident>) -> Bound<()> {
    let mut taken = BTreeSet::new();
    match names.find(|name| !taken.insert(&name.name)) {
        Some(name) => Err(Diagnostic::new(format!("the name `{}` is given to two columns", name.name), name.span)
            .with_help("give one of them another name")),
        None => Ok(()),
    }
}

/// Equal names get a number, as Flink's do: `a`, `a0`, `a1`.
fn unique(names: Vec<String>) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut result = Vec::with_capacity(names.len());
    for name in names {
        let fresh = if taken.contains(&name) {
            (0..).map(|n| format!("{name}{n}")).find(|candidate| !taken.contains(candidate)).unwrap_or(name)
        } else {
            name
        };
        taken.insert(fresh.clone());
        result.push(fresh);
    }
    result
}
