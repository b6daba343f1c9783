//! `FROM`: named tables, views, subqueries, table functions, joins.

use std::sync::Arc;

use super::dedup::{Rank, not_held};
use super::expression::unsupported;
use super::scope::{Scope, ScopeColumn};
use super::{Binder, Bound, not_executed};
use crate::ast::query::{From, Table, TableKind};
use crate::ast::{Hint, Ident, ObjectName};
use crate::diagnostic::Diagnostic;
use crate::plan::Rel;

/// A relation and the names of its columns.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    pub(crate) rel: Arc<Rel>,
    pub(crate) scope: Scope,
    /// A row number that the query around must hold to 1.
    pub(crate) rank: Option<Rank>,
}

impl Relation {
    /// Fails where a row number was not held to 1.
    pub(crate) fn refuse_rank(&self) -> Bound<()> {
        self.rank.as_ref().map_or(Ok(()), |rank| Err(not_held(rank)))
    }
}

impl Binder<'_> {
    /// The relation behind `FROM`.
    pub(crate) fn from(&mut self, from: &From) -> Bound<Relation> {
        let mut left = self.table(&from.first)?;
        for join in &from.joins {
            left.refuse_rank()?;
            let right = self.table(&join.table)?;
            right.refuse_rank()?;
            refuse_same_name(&left, &right, &join.table)?;
            left = self.join(left, right, join)?;
        }
        Ok(left)
    }

    /// One table of `FROM` under its alias.
    pub(crate) fn table(&mut self, table: &Table) -> Bound<Relation> {
        not_executed::table_clauses(table)?;
        let (mut relation, own_name) = match &table.kind {
            TableKind::Named(name, hints) => (self.named_table(name, hints)?, name.last().to_owned()),
            TableKind::Query(query) => (self.query(query)?, String::new()),
            TableKind::Function(function) => (self.table_function(function, table.span)?, String::new()),
            TableKind::Lateral(query) => return Err(unsupported("LATERAL (query)", query.span)),
            TableKind::Unnest { .. } => return Err(unsupported("UNNEST", table.span)),
            TableKind::Joined(from) => {
                let relation = self.from(from)?;
                if table.alias.is_none() {
                    return Ok(relation);
                }
                (relation, String::new())
            }
        };
        let qualifier = table.alias.as_ref().map_or(own_name, |alias| alias.name.clone());
        relation.scope = aliased(&relation.rel, &qualifier, &table.columns)?;
        Ok(relation)
    }

    fn named_table(&mut self, name: &ObjectName, hints: &[Hint]) -> Bound<Relation> {
        not_executed::table_hints(hints)?;
        if let [only] = name.parts.as_slice()
            && let Some(common) = self.common.iter().rev().find(|common| common.name == only.name)
        {
            refuse_hints(hints)?;
            return Ok(common.relation.clone());
        }
        self.catalog_table(name, hints)
    }
}

/// Two tables of one name can't be told apart.
fn refuse_same_name(left: &Relation, right: &Relation, table: &Table) -> Bound<()> {
    let name = right.scope.columns.first().map_or("", |column| column.qualifier.as_str());
    let taken = !name.is_empty() && left.scope.columns.iter().any(|column| column.qualifier == name);
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

fn rename(columns: &mut [ScopeColumn], names: &[Ident]) -> Bound<()> {
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
