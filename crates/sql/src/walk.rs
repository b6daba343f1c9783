//! Walks over bound expressions.

use std::collections::BTreeSet;

use crate::expr::{Expr, ExprKind};

/// `expr` with each child replaced by what `change` makes of it.
///
/// # Errors
/// The first of `change`.
pub(crate) fn map_children<E>(expr: &Expr, mut change: impl FnMut(&Expr) -> Result<Expr, E>) -> Result<Expr, E> {
    let kind = match &expr.kind {
        ExprKind::Column(_) | ExprKind::Literal(_) => expr.kind.clone(),
        ExprKind::Call { function, args } => {
            ExprKind::Call { function, args: args.iter().map(change).collect::<Result<_, E>>()? }
        }
        ExprKind::Cast { value, try_cast } => ExprKind::Cast { value: Box::new(change(value)?), try_cast: *try_cast },
        ExprKind::Case { arms, otherwise } => {
            let mut changed = Vec::with_capacity(arms.len());
            for (when, then) in arms {
                changed.push((change(when)?, change(then)?));
            }
            let otherwise = otherwise.as_ref().map(|e| change(e)).transpose()?.map(Box::new);
            ExprKind::Case { arms: changed, otherwise }
        }
        ExprKind::Field { row, field } => ExprKind::Field { row: Box::new(change(row)?), field: *field },
    };
    Ok(Expr { kind, data_type: expr.data_type.clone() })
}

/// Calls `visit` with each child.
pub(crate) fn for_children(expr: &Expr, mut visit: impl FnMut(&Expr)) {
    match &expr.kind {
        ExprKind::Column(_) | ExprKind::Literal(_) => {}
        ExprKind::Call { args, .. } => args.iter().for_each(visit),
        ExprKind::Cast { value, .. } => visit(value),
        ExprKind::Case { arms, otherwise } => {
            for (when, then) in arms {
                visit(when);
                visit(then);
            }
            if let Some(otherwise) = otherwise {
                visit(otherwise);
            }
        }
        ExprKind::Field { row, .. } => visit(row),
    }
}

/// The places of all columns that `expr` reads.
pub(crate) fn columns_of(expr: &Expr) -> BTreeSet<usize> {
    let mut columns = BTreeSet::new();
    collect_columns(expr, &mut columns);
    columns
}

/// Adds the places of all columns that `expr` reads.
pub(crate) fn collect_columns(expr: &Expr, columns: &mut BTreeSet<usize>) {
    if let ExprKind::Column(place) = expr.kind {
        columns.insert(place);
    }
    for_children(expr, |child| collect_columns(child, columns));
}

/// `expr` with each column moved to where `place` says; `None` where one is gone.
pub(crate) fn moved(expr: &Expr, place: &impl Fn(usize) -> Option<usize>) -> Option<Expr> {
    if let ExprKind::Column(column) = expr.kind {
        return place(column).map(|column| Expr::column(column, expr.data_type.clone()));
    }
    map_children(expr, |child| moved(child, place).ok_or(())).ok()
}

/// The parts of a conjunction.
pub(crate) fn conjuncts(expr: Expr) -> Vec<Expr> {
    match expr.kind {
        ExprKind::Call { function: "and", args } => args.into_iter().flat_map(conjuncts).collect(),
        _ => vec![expr],
    }
}
