//! `UNION`, `INTERSECT`, `EXCEPT`: inputs of one width, their columns cast to common types.

use std::sync::Arc;

use yeoul_row::LogicalType;

use super::cast::coerce;
use super::expression::unsupported;
use super::from::Relation;
use super::scope::Scope;
use super::select::distinct_rows;
use super::types::common_type;
use super::{Bound, node};
use crate::ast::query::SetOperation;
use crate::diagnostic::{Diagnostic, Span};
use crate::plan::{self, Rel};

/// `inputs` under one operation, `ALL` or distinct.
pub(crate) fn combined(inputs: Vec<Relation>, operation: SetOperation, all: bool, span: Span) -> Bound<Relation> {
    inputs.iter().try_for_each(Relation::refuse_rank)?;
    let inputs = aligned(inputs, word(operation), span)?;
    let rel = match operation {
        SetOperation::Union => {
            let rel = node::union(inputs).ok_or_else(|| Diagnostic::new("`UNION` has no inputs", span))?;
            if all { rel } else { distinct_rows(rel, span)? }
        }
        SetOperation::Intersect => compared(inputs, plan::SetOperation::Intersect, all, span)?,
        SetOperation::Except => compared(inputs, plan::SetOperation::Except, all, span)?,
    };
    Ok(Relation { scope: Scope::of(&rel, ""), rel, rank: None })
}

fn word(operation: SetOperation) -> &'static str {
    match operation {
        SetOperation::Union => "UNION",
        SetOperation::Intersect => "INTERSECT",
        SetOperation::Except => "EXCEPT",
    }
}

/// The inputs compared from left to right.
fn compared(inputs: Vec<Arc<Rel>>, operation: plan::SetOperation, all: bool, span: Span) -> Bound<Arc<Rel>> {
    let mut inputs = inputs.into_iter();
    let first = inputs.next().ok_or_else(|| Diagnostic::new("the operation has no inputs", span))?;
    Ok(inputs.fold(first, |left, right| node::set_comparison(left, right, operation, all)))
}

/// The inputs with columns of common types.
fn aligned(inputs: Vec<Relation>, word: &str, span: Span) -> Bound<Vec<Arc<Rel>>> {
    let width = inputs.first().map_or(0, |input| input.rel.schema.fields.len());
    if let Some(other) = inputs.iter().map(|input| input.rel.schema.fields.len()).find(|other| *other != width) {
        return Err(Diagnostic::new(format!("the inputs of `{word}` have {width} and {other} columns"), span));
    }
    let mut types = Vec::with_capacity(width);
    for place in 0..width {
        let columns = inputs.iter().map(|input| &input.rel.schema.fields[place].data_type);
        let timestamps = columns.clone().all(|data_type| data_type.logical.is_timestamp());
        let common = common_type(columns).ok_or_else(|| no_common_column(place, timestamps, word, span))?;
        types.push(common);
    }
    let logical: Vec<LogicalType> = types.iter().map(|data_type| data_type.logical.clone()).collect();
    Ok(inputs.into_iter().map(|input| cast_columns(input, &logical)).collect())
}

fn no_common_column(place: usize, timestamps: bool, word: &str, span: Span) -> Diagnostic {
    if timestamps {
        return unsupported(&format!("{word} of TIMESTAMP and TIMESTAMP_LTZ"), span);
    }
    Diagnostic::new(format!("column {} of the inputs of `{word}` has no common type", place + 1), span)
        .with_help("cast it to one type")
}

/// An input with its columns cast to `types`.
fn cast_columns(input: Relation, types: &[LogicalType]) -> Arc<Rel> {
    let fields = &input.rel.schema.fields;
    if fields.iter().zip(types).all(|(field, logical)| field.data_type.logical == *logical) {
        return input.rel;
    }
    let exprs = node::columns(&input.rel).into_iter().zip(types).map(|(expr, logical)| coerce(expr, logical)).collect();
    let names = fields.iter().map(|field| field.name.clone()).collect();
    node::project(input.rel, exprs, names)
}
