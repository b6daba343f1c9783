//! Queries: `WITH`, set operations, `VALUES`; nesting is bounded here.

use yeoul_row::{Field, LogicalType, RowType};

use super::cast::coerce;
use super::expression::{ExprBinder, common_result};
use super::from::Relation;
use super::order::Ordering;
use super::scope::Scope;
use super::select::{own_names, refuse_twice};
use super::{Binder, Bound, QUERY_DEPTH_MAX, node, not_executed, sets};
use crate::ast::expression::{Constant, Expression, ExpressionKind};
use crate::ast::query::{CommonTable, Query, QueryBody, Table, ValuesRow};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};

/// A query of `WITH`, bound once and shared by all who name it.
pub(crate) struct CommonQuery {
    pub(crate) name: String,
    pub(crate) relation: Relation,
}

impl Binder<'_> {
    /// A query as a relation.
    pub(crate) fn query(&mut self, query: &Query) -> Bound<Relation> {
        if self.depth >= QUERY_DEPTH_MAX {
            return Err(Diagnostic::new("queries and views are nested too deeply", query.span)
                .with_help(format!("{QUERY_DEPTH_MAX} levels are the most")));
        }
        not_executed::recursion(query)?;
        let outermost = self.depth == 0;
        self.depth += 1;
        let outer = self.common.len();
        let result = self.with_and_body(query, outermost);
        self.common.truncate(outer);
        self.depth -= 1;
        result
    }

    fn with_and_body(&mut self, query: &Query, outermost: bool) -> Bound<Relation> {
        for common in &query.with {
            let relation = self.common_query(common)?;
            self.common.push(CommonQuery { name: common.name.name.clone(), relation });
        }
        let ordering = Ordering::of(query, outermost);
        if let QueryBody::Select(select) = &query.body {
            return self.select(select, ordering);
        }
        let relation = self.body(&query.body)?;
        self.in_order(relation, ordering)
    }

    fn common_query(&mut self, common: &CommonTable) -> Bound<Relation> {
        let relation = self.query(&common.query)?;
        if common.columns.is_empty() {
            refuse_twice(own_names(&common.query).into_iter().flatten())?;
            return Ok(relation);
        }
        refuse_twice(common.columns.iter())?;
        let width = relation.rel.schema.fields.len();
        if common.columns.len() != width {
            let given = common.columns.len();
            return Err(Diagnostic::new(format!("{given} names are given to {width} columns"), common.name.span));
        }
        let names = common.columns.iter().map(|name| name.name.clone()).collect();
        let rel = node::project(relation.rel.clone(), node::columns(&relation.rel), names);
        Ok(Relation { scope: Scope::of(&rel, ""), rel, rank: relation.rank })
    }

    fn body(&mut self, body: &QueryBody) -> Bound<Relation> {
        match body {
            QueryBody::Select(select) => self.select(select, Ordering::NONE),
            QueryBody::Values(rows, span) => values(rows, *span),
            QueryBody::Nested(query) => self.query(query),
            QueryBody::Table(name) => self.table(&Table::named(name.clone())),
            QueryBody::Set { operation, all, inputs, span } => {
                let inputs = inputs.iter().map(|input| self.body(input)).collect::<Bound<Vec<Relation>>>()?;
                sets::combined(inputs, *operation, *all, *span)
            }
        }
    }
}

/// `VALUES`: constants in one node, anything else computed row by row.
fn values(rows: &[ValuesRow], span: Span) -> Bound<Relation> {
    let width = rows.first().map_or(0, |row| row.values.len());
    let mut bound: Vec<Vec<Expr>> = Vec::with_capacity(rows.len());
    for row in rows {
        if row.values.len() != width {
            let found = row.values.len();
            return Err(Diagnostic::new(format!("this row has {found} values, the first has {width}"), row.span));
        }
        bound.push(values_row(row)?);
    }
    let types = (0..width).map(|place| {
        let column: Vec<Expr> = bound.iter().map(|row| row[place].clone()).collect();
        common_result(&column, "VALUES", span)
    });
    let types = types.collect::<Bound<Vec<_>>>()?;
    for row in &mut bound {
        let cast = row.drain(..).zip(&types).map(|(value, data_type)| coerce(value, &data_type.logical));
        *row = cast.collect();
    }
    let fields = types.into_iter().enumerate().map(|(place, data_type)| Field::new(format!("EXPR${place}"), data_type));
    let rel = values_node(bound, RowType::new(fields.collect()), span)?;
    Ok(Relation { scope: Scope::of(&rel, ""), rel, rank: None })
}

fn values_row(row: &ValuesRow) -> Bound<Vec<Expr>> {
    let scope = Scope::empty();
    let bind = |value: &Expression| {
        if value.kind == ExpressionKind::Constant(Constant::Null) {
            return Err(Diagnostic::new("`NULL` in `VALUES` has no type", value.span)
                .with_help("give it one: `CAST(NULL AS INT)`"));
        }
        ExprBinder::new(&scope, "`VALUES`").bind(value)
    };
    row.values.iter().map(bind).collect()
}

fn values_node(rows: Vec<Vec<Expr>>, schema: RowType, span: Span) -> Bound<std::sync::Arc<crate::plan::Rel>> {
    let literals: Option<Vec<Vec<Literal>>> = rows.iter().map(|row| row.iter().map(literal_of).collect()).collect();
    if let Some(literals) = literals {
        return Ok(node::values(literals, schema));
    }
    let names: Vec<String> = schema.fields.iter().map(|field| field.name.clone()).collect();
    let one = RowType::new(vec![Field::new("ZERO", LogicalType::Int.not_null())]);
    let one = node::values(vec![vec![Literal::Integer(0)]], one);
    let mut inputs: Vec<_> = rows.into_iter().map(|row| node::project(one.clone(), row, names.clone())).collect();
    if inputs.len() == 1 {
        return Ok(inputs.remove(0));
    }
    node::union(inputs).ok_or_else(|| Diagnostic::new("`VALUES` has no rows", span))
}

fn literal_of(expr: &Expr) -> Option<Literal> {
    match &expr.kind {
        ExprKind::Literal(literal) => Some(literal.clone()),
        _ => None,
    }
}
