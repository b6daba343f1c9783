//! Which names a query can use, and which column of its input each stands for.

use std::sync::Arc;

use yeoul_row::{LogicalType, RowType};

use super::Bound;
use crate::ast::Ident;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind};
use crate::nearest::did_you_mean;
use crate::plan::{Rel, TimeAttribute};

/// The columns of a relation under the names that a query gives them.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// One per column of the relation.
    pub(crate) columns: Vec<ScopeColumn>,
    pub(crate) schema: Arc<RowType>,
    pub(crate) time: Vec<TimeAttribute>,
}

/// One name.
#[derive(Clone, Debug)]
pub(crate) struct ScopeColumn {
    /// The table's alias or name; empty: none.
    pub(crate) qualifier: String,
    pub(crate) name: String,
}

/// What a name stands for.
pub(crate) struct Resolved {
    pub(crate) place: usize,
    /// How many parts of the name were used; the rest are fields.
    pub(crate) used: usize,
}

impl Scope {
    /// The columns of `rel`, all of the table `qualifier`.
    pub(crate) fn of(rel: &Rel, qualifier: &str) -> Scope {
        let columns = rel.schema.fields.iter();
        let columns = columns.map(|field| ScopeColumn { qualifier: qualifier.to_owned(), name: field.name.clone() });
        Scope { columns: columns.collect(), schema: rel.schema.clone(), time: rel.time.clone() }
    }

    /// Both sides of a join, whose schema and time attributes are `rel`'s.
    pub(crate) fn joined(left: &Scope, right: &Scope, rel: &Rel) -> Scope {
        let columns = left.columns.iter().chain(&right.columns).cloned().collect();
        Scope { columns, schema: rel.schema.clone(), time: rel.time.clone() }
    }

    /// No columns: for constants.
    pub(crate) fn empty() -> Scope {
        Scope { columns: Vec::new(), schema: Arc::new(RowType::default()), time: Vec::new() }
    }

    /// The column for a name, with the fields behind it.
    pub(crate) fn resolve(&self, parts: &[Ident]) -> Bound<Expr> {
        let resolved = self.find(parts)?;
        let mut expr = Expr::column(resolved.place, self.schema.fields[resolved.place].data_type.clone());
        for part in &parts[resolved.used..] {
            expr = field_of(expr, part)?;
        }
        Ok(expr)
    }

    fn find(&self, parts: &[Ident]) -> Bound<Resolved> {
        let [first, rest @ ..] = parts else { return Err(Diagnostic::new("the name is empty", Span::default())) };
        if let Some(second) = rest.first()
            && self.columns.iter().any(|column| column.qualifier == first.name)
        {
            let place = self.unique(Some(&first.name), second)?;
            return Ok(Resolved { place, used: 2 });
        }
        if !rest.is_empty() && !self.columns.iter().any(|column| column.name == first.name) {
            return Err(self.unknown_table(first));
        }
        Ok(Resolved { place: self.unique(None, first)?, used: 1 })
    }

    /// The one column of this name (and table, if given).
    fn unique(&self, qualifier: Option<&str>, name: &Ident) -> Bound<usize> {
        let fits = |column: &ScopeColumn| column.name == name.name && qualifier.is_none_or(|q| q == column.qualifier);
        let mut places = self.columns.iter().enumerate().filter(|(_, column)| fits(column)).map(|(place, _)| place);
        let Some(place) = places.next() else { return Err(self.unknown_column(qualifier, name)) };
        if places.next().is_some() {
            return Err(self.ambiguous(name));
        }
        Ok(place)
    }

    fn unknown_column(&self, qualifier: Option<&str>, name: &Ident) -> Diagnostic {
        let columns = self.columns.iter().filter(|column| qualifier.is_none_or(|q| q == column.qualifier));
        let names: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
        let place = qualifier.map_or(String::new(), |table| format!(" in `{table}`"));
        let mut help = did_you_mean(&name.name, &names, "columns");
        if names.iter().any(|other| other.eq_ignore_ascii_case(&name.name)) {
            help.push_str(" (names are case-sensitive)");
        }
        Diagnostic::new(format!("unknown column `{}`{place}", name.name), name.span).with_help(help)
    }

    fn ambiguous(&self, name: &Ident) -> Diagnostic {
        let tables = self.columns.iter().filter(|column| column.name == name.name && !column.qualifier.is_empty());
        let full: Vec<String> = tables.map(|column| format!("`{}.{}`", column.qualifier, column.name)).collect();
        Diagnostic::new(format!("the column `{}` is ambiguous", name.name), name.span)
            .with_help(format!("say which: {}", full.join(" or ")))
    }

    fn unknown_table(&self, name: &Ident) -> Diagnostic {
        let mut tables: Vec<&str> = self.columns.iter().map(|column| column.qualifier.as_str()).collect();
        tables.retain(|table| !table.is_empty());
        tables.dedup();
        Diagnostic::new(format!("unknown table `{}`", name.name), name.span).with_help(did_you_mean(
            &name.name,
            &tables,
            "tables here",
        ))
    }

    /// The places of a table's columns, `None` if there is no such table.
    pub(crate) fn places_of(&self, qualifier: &str) -> Option<Vec<usize>> {
        let places = self.columns.iter().enumerate().filter(|(_, column)| column.qualifier == qualifier);
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        (!places.is_empty()).then_some(places)
    }

    /// The refusal of `t.*`.
    pub(crate) fn unknown_star(&self, name: &Ident) -> Diagnostic {
        self.unknown_table(name)
    }
}

/// A field of a ROW.
pub(crate) fn field_of(row: Expr, name: &Ident) -> Bound<Expr> {
    let LogicalType::Row(fields) = &row.data_type.logical else {
        let found = &row.data_type;
        return Err(Diagnostic::new(
            format!("`{}` is asked of a value that is no ROW, but `{found}`", name.name),
            name.span,
        ));
    };
    let Some(place) = fields.index_of(&name.name) else {
        let names: Vec<&str> = fields.fields.iter().map(|field| field.name.as_str()).collect();
        let help = did_you_mean(&name.name, &names, "fields");
        return Err(Diagnostic::new(format!("unknown field `{}`", name.name), name.span).with_help(help));
    };
    let own = &fields.fields[place].data_type;
    let data_type = own.clone().with_nullable(own.nullable || row.data_type.nullable);
    Ok(Expr { kind: ExprKind::Field { row: Box::new(row), field: place }, data_type })
}
