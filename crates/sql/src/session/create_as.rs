//! `CREATE TABLE … AS query`: the table's columns from the query's (FLIP-218).

use yeoul_row::RowType;

use crate::ast::Ident;
use crate::ast::create::{ColumnDefinition, ColumnKind, CreateTable};
use crate::diagnostic::{Diagnostic, Span};
use crate::nearest::did_you_mean;

/// The definition with all its columns, and the names of those that the query gives, in the query's order.
///
/// # Errors
/// Columns that the query doesn't have.
pub(super) fn with_columns(create: &CreateTable, query: &RowType, span: Span) -> Result<CreateTable, Diagnostic> {
    let of_query = create.columns.iter().filter(|column| column.kind == ColumnKind::OfQuery).count();
    let columns = match of_query {
        0 => declared_and_given(create, query, span),
        count if count == create.columns.len() => reordered(create, query, span)?,
        _ => return Err(mixed(create)),
    };
    Ok(CreateTable { columns, query: None, ..create.clone() })
}

/// The declared columns that the query doesn't have, then the query's; a declared type wins over the query's.
fn declared_and_given(create: &CreateTable, query: &RowType, span: Span) -> Vec<ColumnDefinition> {
    let own = create.columns.iter().filter(|column| query.index_of(&column.name.name).is_none());
    let given = query.fields.iter().map(|field| {
        let declared = create.columns.iter().find(|column| column.name.name == field.name);
        declared.cloned().unwrap_or_else(|| ColumnDefinition {
            name: Ident { name: field.name.clone(), span },
            kind: ColumnKind::Physical(field.data_type.clone()),
            comment: None,
        })
    });
    own.cloned().chain(given).collect()
}

/// `CREATE TABLE t (b, a) AS SELECT a, b`: the query's columns in the list's order.
fn reordered(create: &CreateTable, query: &RowType, span: Span) -> Result<Vec<ColumnDefinition>, Diagnostic> {
    if create.columns.len() != query.fields.len() {
        let (listed, given) = (create.columns.len(), query.fields.len());
        return Err(Diagnostic::new(format!("the table lists {listed} columns, the query has {given}"), span));
    }
    let names: Vec<&str> = query.fields.iter().map(|field| field.name.as_str()).collect();
    let column = |column: &ColumnDefinition| {
        let name = &column.name;
        let field = query.fields.iter().find(|field| field.name == name.name).ok_or_else(|| {
            Diagnostic::new(format!("the query has no column `{}`", name.name), name.span)
                .with_help(did_you_mean(&name.name, &names, "columns"))
        })?;
        let kind = ColumnKind::Physical(field.data_type.clone());
        Ok(ColumnDefinition { kind, ..column.clone() })
    };
    create.columns.iter().map(column).collect()
}

fn mixed(create: &CreateTable) -> Diagnostic {
    let bare = create.columns.iter().find(|column| column.kind == ColumnKind::OfQuery);
    let span = bare.map_or(create.span, |column| column.name.span);
    Diagnostic::new("names alone and declared columns can't be mixed", span)
        .with_help("list the query's columns by name alone, or declare columns with their types")
}
