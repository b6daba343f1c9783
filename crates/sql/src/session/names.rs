//! What the catalog can name, for whoever completes what is typed in.

use super::Session;
use crate::ast::{Ident, ObjectName};
use crate::bind::tables::Entry;
use crate::diagnostic::Span;

impl Session {
    /// The names of tables, views and materialized tables, in order.
    #[must_use]
    pub fn table_names(&self) -> Vec<String> {
        self.tables.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The names of the functions that statements created, in order.
    #[must_use]
    pub fn user_function_names(&self) -> Vec<String> {
        self.user_functions.keys().cloned().collect()
    }

    /// The columns of a table or view, in its order; none if there is no such, or if a view's query doesn't hold any more.
    #[must_use]
    pub fn column_names(&self, table: &str) -> Vec<String> {
        match self.tables.get(table) {
            None => Vec::new(),
            Some(Entry::Table(table)) => table.columns.iter().map(|column| column.name.clone()).collect(),
            Some(Entry::Materialized(view)) => view.schema.fields.iter().map(|field| field.name.clone()).collect(),
            Some(Entry::View(_)) => self.view_columns(table),
        }
    }

    fn view_columns(&self, view: &str) -> Vec<String> {
        let name =
            ObjectName { parts: vec![Ident { name: view.to_owned(), span: Span::default() }], span: Span::default() };
        let relation = self.binder().catalog_table(&name, &[]);
        let schema = relation.map(|relation| relation.rel.schema.clone());
        schema.map(|schema| schema.fields.iter().map(|field| field.name.clone()).collect()).unwrap_or_default()
    }
}
