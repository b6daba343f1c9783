//! `FROM`: named tables, views, subqueries, table functions, joins.
//!
//! The tables of a chain of joins are bound one after the other; what `ON` and `WHERE` ask is then handed to the
//! lowest place where it means the same: a filter on one table, a condition of an inner join.

use std::sync::Arc;

use yeoul_row::{Field, LogicalType, RowType};

use super::expression::{ExprBinder, unsupported};
use super::join::{Sides, join_kind, on_parts};
use super::operator::balanced;
use super::rank::Rank;
use super::scope::{Scope, ScopeColumn};
use super::select::{own_names, refuse_twice};
use super::state_ttl::name_of;
use super::subquery::{bare_select, is_global_aggregate};
use super::{Binder, Bound, hints, node, not_executed};
use crate::ast::expression::Expression;
use crate::ast::query::{From, Join, JoinOn, JoinWord, Query, Table, TableKind};
use crate::ast::{Hint, Ident, ObjectName};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{JoinKind, Rel};
use crate::{settings, walk};

/// A relation and the names of its columns.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    pub(crate) rel: Arc<Rel>,
    pub(crate) scope: Scope,
    /// A row number that the query around may hold to a range.
    pub(crate) rank: Option<Rank>,
}

impl Relation {
    /// Fails where a row number that can't stand alone was not held to a range.
    pub(crate) fn refuse_rank(&self) -> Bound<()> {
        let refusal = self.rank.as_ref().and_then(|rank| rank.refusal.clone());
        refusal.map_or(Ok(()), Err)
    }
}

impl Binder<'_> {
    /// The rows of `FROM` for which all `conditions` hold.
    pub(crate) fn from(&mut self, from: &From, conditions: &[&Expression]) -> Bound<Relation> {
        let first = self.table(&from.first)?;
        if from.joins.is_empty() {
            return self.filtered(first, conditions);
        }
        first.refuse_rank()?;
        let mut chain = Chain::new(first, settings::dictionaries(self.settings));
        chain.state_ttl = self.lifetimes.get(name_of(&from.first)).copied();
        for join in &from.joins {
            chain = self.chained(chain, join)?;
        }
        chain.finish(conditions)
    }

    /// The rows of `FROM` for each row of `domain`, for which all `conditions` hold.
    pub(crate) fn bind_from_for(
        &mut self,
        domain: &Relation,
        from: &From,
        conditions: &[&Expression],
    ) -> Bound<Relation> {
        let mut chain = Chain::new(domain.clone(), settings::dictionaries(self.settings));
        let first = Join {
            kind: JoinWord::Cross,
            natural: false,
            table: from.first.clone(),
            on: JoinOn::Nothing,
            span: from.first.span,
        };
        if from.joins.iter().all(keeps_left_rows) {
            for join in std::iter::once(&first).chain(&from.joins) {
                chain = self.chained(chain, join)?;
            }
            return chain.finish(conditions);
        }
        let right = self.from(from, &[])?;
        right.refuse_rank()?;
        chain.join(right, &first, None, None)?.finish(conditions)
    }

    /// One more table joined to those on the left.
    fn chained(&mut self, chain: Chain, join: &Join) -> Bound<Chain> {
        let lifetime = self.lifetimes.get(name_of(&join.table)).copied();
        match (&join.table.kind, &join.table.system_time) {
            (TableKind::Unnest { values, ordinality }, None) => chain.unnest(values, *ordinality, join),
            (TableKind::Lateral(query), None) => self.lateral_join(chain, query, join, lifetime),
            (_, moment) => {
                let right = self.untimed_table(&join.table)?;
                right.refuse_rank()?;
                chain.join(right, join, moment.as_ref(), lifetime)
            }
        }
    }

    /// `LATERAL (query)`: where the query names columns of the tables on the left, it is computed for each of their rows.
    fn lateral_join(&mut self, chain: Chain, query: &Query, join: &Join, lifetime: Option<u64>) -> Bound<Chain> {
        let fault = match self.query(query) {
            Ok(mut right) => {
                right.refuse_rank()?;
                let qualifier = join.table.alias.as_ref().map_or("", |alias| &alias.name);
                right.scope = aliased(&right.rel, qualifier, &join.table.columns)?;
                return chain.join(right, join, None, lifetime);
            }
            Err(fault) => fault,
        };
        not_executed::table_clauses(&join.table)?;
        let kind = join_kind(join)?;
        if !matches!(kind, JoinKind::Inner | JoinKind::Left) || join.natural || matches!(join.on, JoinOn::Using(_)) {
            return Err(unsupported("a correlated LATERAL in such a join", join.span));
        }
        let dictionaries = chain.dictionaries;
        let left = chain.finish(&[])?;
        let lifted = self.lift(&left, query, kind == JoinKind::Left, fault)?;
        if lifted.computes_of_outer() || (is_global_aggregate(query) && reads_unnest(query)) {
            return Err(unsupported(
                "LATERAL (query) that computes with columns of the tables to its left",
                query.span,
            )
            .with_help("compute in the SELECT around it"));
        }
        let items = lifted.rel.schema.fields.get(..lifted.items).unwrap_or_default();
        let both = Scope::joined(&left.scope, &named(Scope::of_fields(items), &join.table)?, JoinKind::Inner);
        let mut parts = lifted.links(&left.rel, kind == JoinKind::Left);
        if let JoinOn::Condition(condition) = &join.on {
            parts.extend(on_parts(condition, &both)?);
        }
        let joined = Sides::new(left.rel, lifted.rel, kind, join.span, dictionaries).joined(parts)?;
        let rel = node::leading(joined, both.columns.len());
        let scope = Scope { schema: rel.schema.clone(), time: rel.time.clone(), ..both };
        Ok(Chain::new(Relation { rel, scope, rank: None }, dictionaries))
    }

    /// One table of `FROM` under its alias.
    pub(crate) fn table(&mut self, table: &Table) -> Bound<Relation> {
        if let Some(moment) = &table.system_time {
            return Err(Diagnostic::new("`FOR SYSTEM_TIME AS OF` belongs on the right side of a join", moment.span));
        }
        self.untimed_table(table)
    }

    /// One table under its alias; which version of it is meant is the join's matter.
    fn untimed_table(&mut self, table: &Table) -> Bound<Relation> {
        not_executed::table_clauses(table)?;
        let (mut relation, own_name) = match &table.kind {
            TableKind::Named(name, hints) => (self.named_table(name, hints)?, name.last().to_owned()),
            TableKind::Query(query) => (self.query(query)?, String::new()),
            TableKind::Function(function) => (self.table_function(function, table.span)?, String::new()),
            TableKind::Lateral(query) => (self.query(query)?, String::new()),
            TableKind::Unnest { values, ordinality } => (unnested(values, *ordinality, table.span)?, String::new()),
            TableKind::Joined(from) => {
                let relation = self.from(from, &[])?;
                if table.alias.is_none() {
                    return Ok(relation);
                }
                (relation, String::new())
            }
        };
        let qualifier = table.alias.as_ref().map_or(own_name, |alias| alias.name.clone());
        relation.scope = aliased(&relation.rel, &qualifier, &table.columns)?;
        if let (TableKind::Query(query) | TableKind::Lateral(query), true) = (&table.kind, table.columns.is_empty()) {
            keep_equal_names(&mut relation.scope.columns, query);
        }
        Ok(relation)
    }

    fn named_table(&mut self, name: &ObjectName, hints: &[Hint]) -> Bound<Relation> {
        hints::table_hints(hints)?;
        if let [only] = name.parts.as_slice()
            && let Some(common) = self.common.iter().rev().find(|common| common.name == only.name)
        {
            refuse_hints(hints)?;
            return Ok(common.relation.clone());
        }
        self.catalog_table(name, hints)
    }
}

/// Tables joined one after the other, not yet in nodes of the plan.
struct Chain {
    first: Arc<Rel>,
    /// How long state of the first table lives, where a hint says so.
    state_ttl: Option<u64>,
    links: Vec<Link>,
    /// The names of all columns so far.
    scope: Scope,
    dictionaries: bool,
}

/// One more table.
struct Link {
    right: Right,
    kind: JoinKind,
    /// What `ON` asks, over the columns of all tables up to this one.
    parts: Vec<Expr>,
    span: Span,
    /// How long state of this table lives, where a hint says so.
    state_ttl: Option<u64>,
}

/// What stands on the right of a join.
enum Right {
    /// A table.
    Table(Arc<Rel>),
    /// A table whose version at a time is meant: the place of the left side's time attribute.
    Version(Arc<Rel>, usize),
    /// The elements of a value of the tables on the left.
    Unnest { value: Expr, ordinality: bool, width: usize },
}

impl Right {
    /// How many columns it has.
    fn width(&self) -> usize {
        match self {
            Right::Table(rel) | Right::Version(rel, _) => rel.schema.fields.len(),
            Right::Unnest { width, .. } => *width,
        }
    }
}

impl Link {
    /// The tables on the left joined to this one.
    fn joined(self, left: Arc<Rel>, left_ttl: Option<u64>, dictionaries: bool) -> Bound<Arc<Rel>> {
        let (kind, span) = (self.kind, self.span);
        match self.right {
            Right::Table(right) => {
                let sides = Sides::new(left, right, kind, span, dictionaries);
                sides.living([left_ttl, self.state_ttl]).joined(self.parts)
            }
            Right::Version(right, moment) => {
                Sides::new(left, right, kind, span, dictionaries).versioned(moment, self.parts)
            }
            Right::Unnest { value, ordinality, .. } => {
                let rel = node::unnest(left, value, ordinality, kind == JoinKind::Left);
                Ok(filter(rel, self.parts))
            }
        }
    }

    /// Whether the conditions of an inner join mean the same as a filter on its result.
    fn takes_filters(&self) -> bool {
        self.kind == JoinKind::Inner && matches!(self.right, Right::Table(_))
    }
}

/// `UNNEST` of a value of no table: that of one row.
fn unnested(values: &[Expression], ordinality: bool, span: Span) -> Bound<Relation> {
    let [value] = values else { return Err(unsupported("UNNEST of several values", span)) };
    let bound = ExprBinder::new(&Scope::empty(), "`UNNEST`").bind(value)?;
    check_unnest(&bound, value.span)?;
    let one = RowType::new(vec![Field::new("ZERO", LogicalType::Int.not_null())]);
    let one = node::values(vec![vec![Literal::Integer(0)]], one);
    let elements = node::unnest(one, bound, ordinality, false);
    let places = 1..elements.schema.fields.len();
    let names = elements.schema.fields.iter().skip(1).map(|field| field.name.clone()).collect();
    let rel = node::project(elements.clone(), places.map(|place| node::column(&elements, place)).collect(), names);
    Ok(Relation { scope: Scope::of(&rel, ""), rel, rank: None })
}

fn check_unnest(value: &Expr, span: Span) -> Bound<()> {
    match node::element_fields(value) {
        Some(_) => Ok(()),
        None => {
            let found = &value.data_type;
            Err(Diagnostic::new(format!("`UNNEST` takes an ARRAY, MAP or MULTISET, not `{found}`"), span))
        }
    }
}

impl Chain {
    fn new(first: Relation, dictionaries: bool) -> Chain {
        Chain { first: first.rel, state_ttl: None, links: Vec::new(), scope: first.scope, dictionaries }
    }

    /// Joins one more table.
    fn join(
        mut self,
        right: Relation,
        join: &Join,
        moment: Option<&Expression>,
        state_ttl: Option<u64>,
    ) -> Bound<Chain> {
        refuse_same_name(&self.scope, &right, &join.table)?;
        let kind = join_kind(join)?;
        let width = self.scope.columns.len();
        let both = Scope::joined(&self.scope, &right.scope, JoinKind::Inner);
        let shared = match (&join.on, join.natural) {
            (JoinOn::Using(names), _) => names.clone(),
            (_, true) => common_names(&self.scope, &right.scope, join.span),
            _ => Vec::new(),
        };
        let parts = match &join.on {
            JoinOn::Condition(condition) => on_parts(condition, &both)?,
            _ => shared.iter().map(|name| both.equal(name, width)).collect::<Bound<Vec<Expr>>>()?,
        };
        let rel = match moment {
            Some(moment) => Right::Version(right.rel, time_column(moment, &self.scope)?),
            None => Right::Table(right.rel),
        };
        self.scope = Scope::joined(&self.scope, &right.scope, kind);
        self.links.push(Link { right: rel, kind, parts, span: join.span, state_ttl });
        if shared.is_empty() {
            return Ok(self);
        }
        let dictionaries = self.dictionaries;
        let merged = self.finish(&[])?.merged(&shared, width, kind)?;
        Ok(Chain::new(merged, dictionaries))
    }

    /// Adds the elements of a value of the tables so far.
    fn unnest(mut self, values: &[Expression], ordinality: bool, join: &Join) -> Bound<Chain> {
        not_executed::table_clauses(&join.table)?;
        let [value] = values else { return Err(unsupported("UNNEST of several values", join.table.span)) };
        let kind = join_kind(join)?;
        if !matches!(kind, JoinKind::Inner | JoinKind::Left) {
            return Err(Diagnostic::new("`UNNEST` can stand behind `CROSS JOIN` and `LEFT JOIN` only", join.span));
        }
        let bound = ExprBinder::new(&self.scope, "`UNNEST`").bind(value)?;
        check_unnest(&bound, value.span)?;
        // For the names and types alone: the node is made when the tables on the left are joined.
        let unnested = node::unnest(empty_rel(&self.scope), bound.clone(), ordinality, kind == JoinKind::Left);
        let width = self.scope.columns.len();
        let added = Scope::of_fields(&unnested.schema.fields[width..]);
        let added = named(added, &join.table)?;
        let both = Scope::joined(&self.scope, &added, JoinKind::Inner);
        let parts = match &join.on {
            JoinOn::Condition(condition) => on_parts(condition, &both)?,
            JoinOn::Nothing => Vec::new(),
            JoinOn::Using(_) => return Err(Diagnostic::new("`UNNEST` takes no `USING`", join.span)),
        };
        let always = |part: &Expr| part.kind == ExprKind::Literal(Literal::Boolean(true));
        if kind == JoinKind::Left && !parts.iter().all(always) {
            return Err(unsupported("LEFT JOIN UNNEST under another condition than TRUE", join.span));
        }
        let right = Right::Unnest { value: bound, ordinality, width: added.columns.len() };
        self.scope = both;
        self.links.push(Link { right, kind, parts, span: join.span, state_ttl: None });
        Ok(self)
    }

    /// The rows for which all `conditions` hold.
    fn finish(mut self, conditions: &[&Expression]) -> Bound<Relation> {
        let mut binder = ExprBinder::new(&self.scope, "`WHERE`");
        let mut wanted = Vec::new();
        for condition in conditions {
            wanted.extend(walk::conjuncts(binder.condition(condition)?));
        }
        let mut filters = vec![Vec::new(); self.links.len() + 1];
        let last = self.links.len();
        wanted.into_iter().for_each(|part| self.place(part, last, &mut filters));
        self.lower_inner_conditions(&mut filters);
        let mut filters = filters.into_iter();
        let mut rel = filter(self.first, filters.next().unwrap_or_default());
        let mut of_left = self.state_ttl;
        for (link, above) in self.links.into_iter().zip(filters) {
            rel = filter(link.joined(rel, of_left.take(), self.dictionaries)?, above);
        }
        let mut scope = self.scope;
        (scope.schema, scope.time) = (rel.schema.clone(), rel.time.clone());
        Ok(Relation { rel, scope, rank: None })
    }

    /// Hands a condition that holds above link `above` (0: the first table) to the lowest place: it can pass joins that
    /// keep each left row as it is, and joins an inner join's own conditions.
    fn place(&mut self, part: Expr, above: usize, filters: &mut [Vec<Expr>]) {
        let columns = walk::columns_of(&part);
        let lowest = columns.last().map_or(above, |last| self.table_of(*last));
        let blocked = (lowest + 1..=above).rev().find(|link| self.links[link - 1].kind.keeps_right());
        let at = blocked.unwrap_or(lowest).min(above);
        match at.checked_sub(1).and_then(|link| self.links.get_mut(link)) {
            Some(link) if link.takes_filters() => link.parts.push(part),
            _ => filters[at].push(part),
        }
    }

    /// What inner joins ask of tables further left filters those.
    fn lower_inner_conditions(&mut self, filters: &mut [Vec<Expr>]) {
        for link in (1..=self.links.len()).rev() {
            if self.links[link - 1].takes_filters() {
                let parts = std::mem::take(&mut self.links[link - 1].parts);
                parts.into_iter().for_each(|part| self.place(part, link, filters));
            }
        }
    }

    /// Which table a column is of; 0: the first.
    fn table_of(&self, column: usize) -> usize {
        let mut end = self.first.schema.fields.len();
        for (table, link) in self.links.iter().enumerate() {
            if column < end {
                return table;
            }
            end += link.right.width();
        }
        self.links.len()
    }
}

/// Whether a query reads the elements of a value.
fn reads_unnest(query: &Query) -> bool {
    let Some(from) = bare_select(query).and_then(|select| select.from.as_ref()) else { return false };
    let tables = std::iter::once(&from.first).chain(from.joins.iter().map(|join| &join.table));
    tables.into_iter().any(|table| matches!(table.kind, TableKind::Unnest { .. }))
}

/// Whether a join means the same for each row of more tables on the left.
fn keeps_left_rows(join: &Join) -> bool {
    let named = join.natural || matches!(join.on, JoinOn::Using(_));
    !named && matches!(join.kind, JoinWord::Cross | JoinWord::Inner | JoinWord::Left)
}

/// The left side's column in `FOR SYSTEM_TIME AS OF`.
fn time_column(moment: &Expression, scope: &Scope) -> Bound<usize> {
    match ExprBinder::new(scope, "FOR SYSTEM_TIME").bind(moment)?.kind {
        ExprKind::Column(place) => Ok(place),
        _ => Err(Diagnostic::new("`FOR SYSTEM_TIME AS OF` takes a time attribute of the left side", moment.span)
            .with_help("write a column of the table on the left that has a watermark, or one `AS PROCTIME()`")),
    }
}

/// A relation with the columns of a scope and nothing else, to ask for the columns of nodes over it.
fn empty_rel(scope: &Scope) -> Arc<Rel> {
    node::values(Vec::new(), (*scope.schema).clone())
}

/// The columns of an unnested value under the names that the table gives them.
fn named(mut scope: Scope, table: &Table) -> Bound<Scope> {
    let qualifier = table.alias.as_ref().map_or("", |alias| &alias.name);
    for column in &mut scope.columns {
        qualifier.clone_into(&mut column.qualifier);
    }
    if !table.columns.is_empty() {
        rename(&mut scope.columns, &table.columns)?;
    }
    Ok(scope)
}

fn filter(rel: Arc<Rel>, parts: Vec<Expr>) -> Arc<Rel> {
    if parts.is_empty() { rel } else { node::filter(rel, balanced("and", parts)) }
}

impl Relation {
    /// The columns that `USING` names once, then all others; a table's own are still found by its name.
    fn merged(self, names: &[Ident], width: usize, kind: JoinKind) -> Bound<Relation> {
        let mut exprs = Vec::new();
        let mut columns = Vec::new();
        let mut scope = self.scope;
        for name in names {
            let (left, right) = scope.pair(name, width)?;
            let (l, r) = (node::column(&self.rel, left), node::column(&self.rel, right));
            exprs.push(match kind {
                JoinKind::Right => r,
                JoinKind::Full => super::operator::first_known(l, r, name.span)?,
                _ => l,
            });
            columns.push(ScopeColumn { qualifier: String::new(), name: name.name.clone(), hidden: false });
            for place in [left, right] {
                scope.columns[place].hidden = true;
            }
        }
        exprs.extend(node::columns(&self.rel));
        columns.append(&mut scope.columns);
        let names = columns.iter().map(|column| column.name.clone()).collect();
        let rel = node::project(self.rel, exprs, names);
        let scope = Scope { columns, ..Scope::of(&rel, "") };
        Ok(Relation { rel, scope, rank: self.rank })
    }
}

/// The names that both sides have: what `NATURAL` joins by.
fn common_names(left: &Scope, right: &Scope, span: Span) -> Vec<Ident> {
    let visible = |scope: &Scope| -> Vec<String> {
        scope.columns.iter().filter(|column| !column.hidden).map(|column| column.name.clone()).collect()
    };
    let rights = visible(right);
    let mut names = visible(left);
    names.retain(|name| rights.contains(name));
    names.into_iter().map(|name| Ident { name, span }).collect()
}

/// Two tables of one name can't be told apart.
fn refuse_same_name(left: &Scope, right: &Relation, table: &Table) -> Bound<()> {
    let name = right.scope.columns.first().map_or("", |column| column.qualifier.as_str());
    let mut own = left.columns.iter().skip(left.outer);
    let taken = !name.is_empty() && own.any(|column| column.qualifier == name);
    if !taken {
        return Ok(());
    }
    Err(Diagnostic::new(format!("two tables in `FROM` are named `{name}`"), table.span)
        .with_help("give one of them another name: `AS other`"))
}

/// Hints belong to tables with a connector.
pub(crate) fn refuse_hints(hints: &[Hint]) -> Bound<()> {
    hints.first().map_or(Ok(()), |hint| {
        Err(Diagnostic::new("`OPTIONS` can only stand on a table with a connector", hint.name.span))
    })
}

/// The columns of `rel` under a table's name and, if given, columns' names.
fn aliased(rel: &Rel, qualifier: &str, names: &[Ident]) -> Bound<Scope> {
    let mut scope = Scope::of(rel, qualifier);
    if names.is_empty() {
        return Ok(scope);
    }
    rename(&mut scope.columns, names)?;
    Ok(scope)
}

/// Gives columns that a query selects twice under one name that name, so that it is ambiguous where it is used. (Within results
/// equal names are told apart by numbers.)
fn keep_equal_names(columns: &mut [ScopeColumn], query: &Query) {
    let names = own_names(query);
    if names.len() == columns.len() {
        for (column, name) in columns.iter_mut().zip(names) {
            column.name = name.map_or_else(|| std::mem::take(&mut column.name), |name| name.name.clone());
        }
    }
}

fn rename(columns: &mut [ScopeColumn], names: &[Ident]) -> Bound<()> {
    refuse_twice(names.iter())?;
    if names.len() != columns.len() {
        let span = names.first().map(|name| name.span).unwrap_or_default();
        let (given, there) = (names.len(), columns.len());
        return Err(Diagnostic::new(format!("{given} names are given to {there} columns"), span));
    }
    for (column, name) in columns.iter_mut().zip(names) {
        column.name.clone_from(&name.name);
    }
    Ok(())
}
