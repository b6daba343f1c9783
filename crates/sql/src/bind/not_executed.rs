//! What Flink's grammar has and Yeoul doesn't execute, refused by its name: the parser reads it all, so that
//! `yeoul check --parse-only` and the places of other faults stay right.

use super::Bound;
use super::expression::unsupported;
use crate::ast::expression::{Call, ExpressionKind, IsTest};
use crate::ast::query::{Query, Table, TableArgument};
use crate::ast::statement::Insert;
use crate::diagnostic::{Diagnostic, Span};

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
        ExpressionKind::InQuery { .. } => unsupported("IN (query) at this place", span),
        ExpressionKind::Exists(_) => unsupported("EXISTS (query) at this place", span),
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
    let name = call.name.last().to_ascii_uppercase();
    match (call.within_group.first(), call.order_by.first()) {
        (Some(item), _) if name == "COLLECT" => return Err(unsupported("WITHIN GROUP (ORDER BY …)", item.value.span)),
        (Some(item), _) => {
            return Err(Diagnostic::new(format!("`{name}` takes no `WITHIN GROUP`"), item.value.span)
                .with_help("leave it out: values are taken in order of arrival"));
        }
        (None, Some(item)) if name != "ARRAY_AGG" => {
            return Err(unsupported(&format!("ORDER BY within {name}"), item.value.span));
        }
        _ => {}
    }
    match call.ignore_nulls {
        Some(_) if call.name.last().eq_ignore_ascii_case("ARRAY_AGG") => Ok(()),
        Some((true, span)) => Err(unsupported("IGNORE NULLS", span)),
        Some((false, span)) => Err(unsupported("RESPECT NULLS", span)),
        None => Ok(()),
    }
}

/// Refuses the clauses of an `INSERT` that aren't executed.
pub(crate) fn insert_clauses(insert: &Insert) -> Bound<()> {
    insert.overwrite.map_or(Ok(()), |span| Err(unsupported("INSERT OVERWRITE", span)))
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
