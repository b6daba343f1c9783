//! The abstract syntax tree of Flink SQL: a module per family. Every node knows its place in the text.

pub mod alter;
pub mod create;
pub mod expression;
pub mod json;
pub mod match_recognize;
pub mod query;
pub mod statement;

use crate::diagnostic::Span;

/// A name without its quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ident {
    /// The name, case-sensitive.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// A name of one to three parts: `table`, `database.table`, `catalog.database.table`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectName {
    /// Its parts; at least one.
    pub parts: Vec<Ident>,
    /// From the first part to the last.
    pub span: Span,
}

impl ObjectName {
    /// The parts joined by dots, without the names of the built-in catalog and database.
    #[must_use]
    pub fn key(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|part| part.name.as_str()).collect();
        match parts.as_slice() {
            ["default_catalog", "default_database", name] | ["default_database", name] => (*name).to_owned(),
            parts => parts.join("."),
        }
    }

    /// The last part.
    #[must_use]
    pub fn last(&self) -> &str {
        self.parts.last().map_or("", |part| part.name.as_str())
    }
}

/// A hint: `OPTIONS('k' = 'v')`, `STATE_TTL('a' = '1 d')`, `BROADCAST(t)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hint {
    /// Its name.
    pub name: Ident,
    /// Its `'key' = 'value'` pairs.
    pub options: Vec<OptionPair>,
    /// Its names and texts: `BROADCAST(t1, t2)`.
    pub names: Vec<Ident>,
}

/// `'key' = 'value'` of `WITH`, a hint, or `SET`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OptionPair {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
    /// From the key to the value.
    pub span: Span,
}
