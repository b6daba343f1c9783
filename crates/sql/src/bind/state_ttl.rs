//! `STATE_TTL('t' = '1 d', …)` behind `SELECT`: how long the state lives that a regular join or an aggregation of this query
//! keeps of one of its tables. A table goes by its alias, else by its name; the result of a join has no name, so the state of
//! the left side of a further join lives as the settings say.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Bound;
use crate::ast::query::{Select, Table, TableKind};
use crate::diagnostic::Diagnostic;
use crate::plan::{JoinHow, Rel, RelOp};
use crate::settings::duration_millis;

/// For each table that the hints name, how long state of it lives, in milliseconds.
pub(crate) type Lifetimes = BTreeMap<String, u64>;

/// What the hints of a query say, which [`query_hints`](super::hints::query_hints) has checked.
///
/// # Errors
/// A value that is no duration.
pub(crate) fn lifetimes(select: &Select) -> Bound<Lifetimes> {
    let mut lifetimes = Lifetimes::new();
    let hints = select.hints.iter().filter(|hint| hint.name.name.eq_ignore_ascii_case("STATE_TTL"));
    for hint in hints {
        for option in &hint.options {
            let millis = duration_millis(&option.value);
            let millis = millis
                .map_err(|message| Diagnostic::new(message, option.span).with_help("write it like `1 d`, `12 h`"))?;
            lifetimes.entry(option.key.clone()).or_insert(millis);
        }
    }
    Ok(lifetimes)
}

/// What a table is called in its query; empty: nothing.
pub(crate) fn name_of(table: &Table) -> &str {
    match (&table.alias, &table.kind) {
        (Some(alias), _) => &alias.name,
        (None, TableKind::Named(name, _)) => name.last(),
        (None, _) => "",
    }
}

/// The lifetime of the state of an aggregation: of the only table that its query reads.
pub(crate) fn of_aggregation(select: &Select, lifetimes: &Lifetimes) -> Option<u64> {
    let from = select.from.as_ref().filter(|from| from.joins.is_empty())?;
    lifetimes.get(name_of(&from.first)).copied()
}

/// A regular join or an aggregation whose state lives so long, for each input.
pub(crate) fn living(mut rel: Arc<Rel>, state_ttl: Vec<Option<u64>>) -> Arc<Rel> {
    let keeps = matches!(rel.op, RelOp::GroupAggregate { .. } | RelOp::Join { how: JoinHow::Regular, .. });
    if keeps && state_ttl.iter().any(Option::is_some) {
        Arc::make_mut(&mut rel).state_ttl = state_ttl;
    }
    rel
}
