//! What Flink's grammar has and Yeoul doesn't execute, refused by its name: the parser reads it all, so that
//! `yeoul check --parse-only` and the places of other faults stay right.

use super::Bound;
use super::expression::unsupported;
use crate::ast::Hint;
use crate::ast::expression::{Call, ExpressionKind, IsTest};
use crate::ast::query::{Query, Select, Table, TableArgument};
use crate::ast::statement::Insert;
use crate::diagnostic::{Diagnostic, Span};

/// Flink's hints of a query; anything else Flink refuses too.
const QUERY_HINTS: [&str; 8] =
    ["BROADCAST", "SHUFFLE_HASH", "SHUFFLE_MERGE", "NEST_LOOP", "MULTI_JOIN", "LOOKUP", "STATE_TTL", "OPTIONS"];

/// The refusal of an expression of this kind.
pub(crate) fn expression(kind: &ExpressionKind, span: Span) -> Diagnostic {
    match kind {
        ExpressionKind::Similar { .. } => unsupported("SIMILAR TO", span),
        ExpressionKind::Quantified { operator, all, .. } => {
            unsupported(&format!("{} {} (…)", operator.text(), if *all { "ALL" } else { "ANY" }), span)
        }
        ExpressionKind::Infix { operator, .. } => unsupported(operator.text(), span),
        ExpressionKind::Multiset(_) => unsupported("MULTISET[…]", span),
        ExpressionKind::Collected(word, _) => unsupported(&format!("{word}(query)"), span),
        ExpressionKind::Json(call) => unsupported(call.name(), span),
        ExpressionKind::Named(name, _) => {
            unsupported("named arguments of scalar functions", name.span).with_help("give the arguments by place")
        }
        ExpressionKind::Special(word) => {
            unsupported(&format!("{word} as an argument here"), span).with_help("table functions stand in `FROM`")
        }
        ExpressionKind::Foreign(what) => unsupported(what, span),
        ExpressionKind::Map(_) => unsupported("MAP[…]", span),
        ExpressionKind::InQuery { .. } => unsupported("IN (query) other than as a condition of WHERE", span),
        ExpressionKind::Exists(_) => unsupported("EXISTS (query) other than as a condition of WHERE", span),
        ExpressionKind::Subquery(_) => unsupported("a query as a value at this place", span),
        _ => unsupported("this expression", span),
    }
}

/// Refuses tests of `IS` that aren't executed.
pub(crate) fn is_test(test: IsTest, span: Span) -> Bound<()> {
    match test {
        IsTest::Null | IsTest::True | IsTest::False | IsTest::Unknown => Ok(()),
        IsTest::Json(_) => Err(unsupported("IS JSON", span)),
        IsTest::ASet => Err(unsupported("IS A SET", span)),
        IsTest::Empty => Err(unsupported("IS EMPTY", span)),
    }
}

/// Refuses what may stand behind a call's arguments.
pub(crate) fn call_suffixes(call: &Call) -> Bound<()> {
    if let Some(item) = call.within_group.first() {
        return Err(unsupported("WITHIN GROUP (ORDER BY …)", item.value.span));
    }
    match call.ignore_nulls {
        Some((true, span)) => Err(unsupported("IGNORE NULLS", span)),
        Some((false, span)) => Err(unsupported("RESPECT NULLS", span)),
        None => Ok(()),
    }
}

/// Refuses the clauses of a `SELECT` that aren't executed.
pub(crate) fn select_clauses(select: &Select) -> Bound<()> {
    query_hints(&select.hints)?;
    Ok(())
}

/// Refuses the clauses of an `INSERT` that aren't executed.
pub(crate) fn insert_clauses(insert: &Insert) -> Bound<()> {
    if let Some(span) = insert.overwrite {
        return Err(unsupported("INSERT OVERWRITE", span));
    }
    insert.on_conflict.map_or(Ok(()), |(_, span)| Err(unsupported("ON CONFLICT", span)))
}

/// Refuses hints of a query: those of Flink by name, others as Flink does.
pub(crate) fn query_hints(hints: &[Hint]) -> Bound<()> {
    let Some(hint) = hints.iter().find(|hint| !hint.name.name.eq_ignore_ascii_case("STATE_TTL")) else { return Ok(()) };
    let name = hint.name.name.to_ascii_uppercase();
    if name == "OPTIONS" {
        return Err(Diagnostic::new("`OPTIONS` can only stand on a table", hint.name.span));
    }
    if !QUERY_HINTS.contains(&name.as_str()) {
        return Err(unknown_hint(hint));
    }
    Err(unsupported(&format!("the hint {name}"), hint.name.span).with_help("leave it out: it changes no result"))
}

/// Refuses hints behind a table that aren't `OPTIONS('key' = 'value')`.
pub(crate) fn table_hints(hints: &[Hint]) -> Bound<()> {
    for hint in hints {
        if !hint.name.name.eq_ignore_ascii_case("OPTIONS") {
            let known = QUERY_HINTS.contains(&hint.name.name.to_ascii_uppercase().as_str());
            let misplaced = format!("the hint `{}` can't stand on a table", hint.name.name);
            return Err(match known {
                true => Diagnostic::new(misplaced, hint.name.span).with_help("it stands behind `SELECT`"),
                false => unknown_hint(hint),
            });
        }
        if let Some(name) = hint.names.first() {
            return Err(Diagnostic::new("`OPTIONS` takes `'key' = 'value'` pairs", name.span));
        }
    }
    Ok(())
}

fn unknown_hint(hint: &Hint) -> Diagnostic {
    Diagnostic::new(format!("unknown hint `{}`", hint.name.name), hint.name.span)
        .with_help(crate::nearest::did_you_mean(&hint.name.name, &QUERY_HINTS, "hints"))
}

/// Refuses the clauses behind a table that aren't executed.
pub(crate) fn table_clauses(table: &Table) -> Bound<()> {
    if let Some(matching) = &table.matching {
        return Err(unsupported("MATCH_RECOGNIZE", matching.span));
    }
    table.suffix.as_ref().map_or(Ok(()), |suffix| Err(unsupported(suffix.word, suffix.span)))
}

/// Refuses `WITH RECURSIVE`.
pub(crate) fn recursion(query: &Query) -> Bound<()> {
    query.recursive.map_or(Ok(()), |span| Err(unsupported("WITH RECURSIVE", span)))
}

/// Refuses the clauses of a table argument that its function doesn't take.
pub(crate) fn argument_clauses(argument: &TableArgument, function: &str) -> Bound<()> {
    let clause = match (argument.partition_by.first(), argument.order_by.first()) {
        (Some(key), _) => ("PARTITION BY", key.span),
        (None, Some(item)) => ("ORDER BY", item.value.span),
        (None, None) => return Ok(()),
    };
    Err(Diagnostic::new(format!("`{function}` takes no `{}`", clause.0), clause.1))
}
