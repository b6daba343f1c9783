//! Hints: `OPTIONS` behind a table is applied where the table is read; those of a query are checked here as Flink checks
//! them.
//!
//! How a join is to be computed (`BROADCAST`, `SHUFFLE_HASH`, …) means nothing on a stream, in Flink neither; `LOOKUP` says
//! when rows of another system are fetched, which changes no result unless it retries.

use super::Bound;
use super::expression::unsupported;
use crate::ast::Hint;
use crate::ast::query::{From, Select, Table, TableKind};
use crate::diagnostic::{Diagnostic, Span};
use crate::nearest::did_you_mean;
use crate::settings::duration_millis;

/// Hints that name the tables of a join, and how to join them.
const JOIN_HINTS: [&str; 5] = ["BROADCAST", "SHUFFLE_HASH", "SHUFFLE_MERGE", "NEST_LOOP", "MULTI_JOIN"];

/// Flink's hints; anything else Flink refuses too.
const HINTS: [&str; 8] =
    ["BROADCAST", "SHUFFLE_HASH", "SHUFFLE_MERGE", "NEST_LOOP", "MULTI_JOIN", "LOOKUP", "STATE_TTL", "OPTIONS"];

/// The options of `LOOKUP`; those that retry are among them.
const LOOKUP_OPTIONS: [&str; 10] = [
    "table",
    "async",
    "output-mode",
    "capacity",
    "timeout",
    "shuffle",
    "retry-predicate",
    "retry-strategy",
    "fixed-delay",
    "max-attempts",
];

/// Checks the hints of a query.
pub(crate) fn query_hints(select: &Select) -> Bound<()> {
    let inputs = Inputs::of(select);
    select.hints.iter().try_for_each(|hint| match hint.name.name.to_ascii_uppercase().as_str() {
        name if JOIN_HINTS.contains(&name) => join_hint(hint, &inputs),
        "LOOKUP" => lookup(hint, &inputs),
        "STATE_TTL" => state_ttl(hint, &inputs),
        "OPTIONS" => Err(unsupported("the hint OPTIONS behind SELECT", hint.name.span)
            .with_help("put it behind the table's name: `t /*+ OPTIONS('key' = 'value') */`")),
        _ => Err(unknown(hint)),
    })
}

/// The tables that a query reads, by the names that its hints use.
struct Inputs<'a> {
    /// All of them.
    names: Vec<&'a str>,
    /// Those that stand on the right of a join.
    right: Vec<&'a str>,
    /// Whether rows are grouped: then the hint of a state's time must name an input.
    grouped: bool,
}

impl<'a> Inputs<'a> {
    fn of(select: &'a Select) -> Inputs<'a> {
        let mut inputs = Inputs { names: Vec::new(), right: Vec::new(), grouped: select.group_by.is_some() };
        if let Some(from) = &select.from {
            inputs.add(from);
        }
        inputs
    }

    fn add(&mut self, from: &'a From) {
        self.add_table(&from.first);
        for join in &from.joins {
            let before = self.names.len();
            self.add_table(&join.table);
            self.right.extend(&self.names[before..]);
        }
    }

    fn add_table(&mut self, table: &'a Table) {
        match (&table.alias, &table.kind) {
            (Some(alias), _) => self.names.push(&alias.name),
            (None, TableKind::Named(name, _)) => self.names.push(name.last()),
            (None, TableKind::Joined(from)) => self.add(from),
            (None, _) => {}
        }
    }

    fn joined(&self) -> bool {
        !self.right.is_empty()
    }

    fn check(&self, name: &str, span: Span) -> Bound<()> {
        if self.names.contains(&name) {
            return Ok(());
        }
        Err(Diagnostic::new(format!("the hint names `{name}`, which this query doesn't read"), span)
            .with_help(did_you_mean(name, &self.names, "tables")))
    }
}

fn join_hint(hint: &Hint, inputs: &Inputs<'_>) -> Bound<()> {
    if hint.names.is_empty() || !hint.options.is_empty() {
        let name = &hint.name.name;
        return Err(Diagnostic::new(format!("`{name}` takes the names of tables"), hint.name.span)
            .with_help(format!("write it like `{name}(t)`")));
    }
    if !inputs.joined() {
        return Ok(());
    }
    hint.names.iter().try_for_each(|name| inputs.check(&name.name, name.span))
}

fn lookup(hint: &Hint, inputs: &Inputs<'_>) -> Bound<()> {
    pairs_only(hint)?;
    let option = |key: &str| hint.options.iter().find(|option| option.key == key);
    if let Some(other) = hint.options.iter().find(|option| !LOOKUP_OPTIONS.contains(&option.key.as_str())) {
        return Err(Diagnostic::new(format!("unknown option `{}` of `LOOKUP`", other.key), other.span)
            .with_help(did_you_mean(&other.key, &LOOKUP_OPTIONS, "options")));
    }
    let Some(table) = option("table") else {
        return Err(Diagnostic::new("`LOOKUP` misses its option `table`", hint.name.span)
            .with_help("name the table that is looked up"));
    };
    if inputs.joined() && !inputs.right.contains(&table.value.as_str()) {
        return Err(Diagnostic::new(format!("`{}` is not the right side of a join", table.value), table.span)
            .with_help(did_you_mean(&table.value, &inputs.right, "tables")));
    }
    for key in ["async", "shuffle"] {
        let wrong = option(key).filter(|option| !["true", "false"].contains(&&*option.value.to_ascii_lowercase()));
        if let Some(option) = wrong {
            return Err(Diagnostic::new(format!("`{key}` of `LOOKUP` is `true` or `false`"), option.span));
        }
    }
    match option("retry-predicate").or(option("retry-strategy")) {
        Some(retry) => Err(unsupported("LOOKUP that retries", retry.span)),
        None => Ok(()),
    }
}

/// What they say is taken by [`lifetimes`](super::state_ttl::lifetimes).
fn state_ttl(hint: &Hint, inputs: &Inputs<'_>) -> Bound<()> {
    pairs_only(hint)?;
    for option in &hint.options {
        duration_millis(&option.value)
            .map_err(|message| Diagnostic::new(message, option.span).with_help("write it like `1 d`, `12 h`"))?;
        if inputs.joined() || inputs.grouped {
            inputs.check(&option.key, option.span)?;
        }
    }
    Ok(())
}

fn pairs_only(hint: &Hint) -> Bound<()> {
    if !hint.names.is_empty() || hint.options.is_empty() {
        return Err(Diagnostic::new(format!("`{}` takes `'key' = 'value'` pairs", hint.name.name), hint.name.span));
    }
    Ok(())
}

/// Refuses hints behind a table that aren't `OPTIONS('key' = 'value', …)`.
pub(crate) fn table_hints(hints: &[Hint]) -> Bound<()> {
    for hint in hints {
        if !hint.name.name.eq_ignore_ascii_case("OPTIONS") {
            let known = HINTS.contains(&hint.name.name.to_ascii_uppercase().as_str());
            return Err(match known {
                // Flink takes it there, to no effect.
                true => unsupported(&format!("the hint {} behind a table", hint.name.name), hint.name.span)
                    .with_help("it stands behind `SELECT`"),
                false => unknown(hint),
            });
        }
        pairs_only(hint)?;
    }
    Ok(())
}

fn unknown(hint: &Hint) -> Diagnostic {
    Diagnostic::new(format!("unknown hint `{}`", hint.name.name), hint.name.span).with_help(did_you_mean(
        &hint.name.name,
        &HINTS,
        "hints",
    ))
}
