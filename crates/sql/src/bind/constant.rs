//! What Flink computes otherwise when it merges a projection into `VALUES` while it plans.
//!
//! A double becomes a decimal there by its binary value, digit for digit, and elsewhere by the shortest digits that tell it
//! from its neighbours: `0.1E0` is `0.100000000000000006` and `0.1`.

use std::convert::Infallible;

use yeoul_row::LogicalType;

use crate::expr::{Expr, ExprKind};
use crate::plan::{Rel, RelOp};
use crate::walk;

/// The expressions over rows of `input`, as Flink computes them where these are written in the text.
pub(crate) fn computed_at_planning(exprs: Vec<Expr>, input: &Rel) -> Vec<Expr> {
    match input.op {
        RelOp::Values { .. } => exprs.iter().map(exact).collect(),
        _ => exprs,
    }
}

fn exact(expr: &Expr) -> Expr {
    let Ok(expr) = walk::map_children(expr, |child| Ok::<Expr, Infallible>(exact(child)));
    match expr.kind {
        ExprKind::Cast { value, .. } if is_inexact(&value, &expr.data_type.logical) => {
            Expr { kind: ExprKind::Call { function: "exact_decimal", args: vec![*value] }, data_type: expr.data_type }
        }
        kind => Expr { kind, ..expr },
    }
}

fn is_inexact(value: &Expr, target: &LogicalType) -> bool {
    matches!(value.data_type.logical, LogicalType::Float | LogicalType::Double)
        && matches!(target, LogicalType::Decimal(..))
}
