//! From the plan's expressions to DataFusion's.

use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{CaseExpr, Column, Literal as PhysicalLiteral};
use datafusion::scalar::ScalarValue;
use yeoul_row::{DataType, LogicalType};
use yeoul_sql::expr::{Expr, ExprKind};
use yeoul_sql::functions;

use super::function::call;
use super::literal::scalar;
use super::logic::Logic;
use super::{ExprContext, ExprError};

type Physical = Arc<dyn PhysicalExpr>;

/// The physical expression of `expr` over rows of this schema.
pub(super) fn lower(expr: &Expr, input: &Schema, context: &Arc<ExprContext>) -> Result<Physical, ExprError> {
    match &expr.kind {
        ExprKind::Column(place) => {
            let name = input.fields().get(*place).map_or("", |field| field.name());
            Ok(Arc::new(Column::new(name, *place)))
        }
        ExprKind::Literal(literal) => Ok(Arc::new(PhysicalLiteral::new(scalar(literal, &expr.data_type)?))),
        ExprKind::Call { function, args } => lower_call(function, args, &expr.data_type, input, context),
        ExprKind::Cast { value, try_cast } => {
            let name = if *try_cast { "try_cast" } else { "cast" };
            call(name, vec![lower(value, input, context)?], vec![value.data_type.clone()], &expr.data_type, context)
        }
        ExprKind::Case { arms, otherwise } => lower_case(arms, otherwise.as_deref(), &expr.data_type, input, context),
        ExprKind::Field { row, field } => {
            let place = i32::try_from(*field).unwrap_or(i32::MAX);
            let place: Physical = Arc::new(PhysicalLiteral::new(ScalarValue::Int32(Some(place))));
            let types = vec![row.data_type.clone(), LogicalType::Int.not_null()];
            call("field", vec![lower(row, input, context)?, place], types, &expr.data_type, context)
        }
    }
}

fn lower_call(
    function: &'static str,
    args: &[Expr],
    result: &DataType,
    input: &Schema,
    context: &Arc<ExprContext>,
) -> Result<Physical, ExprError> {
    match function {
        "and" | "or" => lower_logic(function == "and", args, input, context),
        // Arguments behind the first that isn't NULL are not looked at.
        "coalesce" | "ifnull" if args.iter().any(can_fail) => lower_coalesce(args, result, input, context),
        "current_watermark" => {
            let place = input.fields().len().saturating_sub(1);
            let column: Physical = Arc::new(Column::new(super::WATERMARK_COLUMN, place));
            call("cast", vec![column], vec![LogicalType::Timestamp(3).nullable()], result, context)
        }
        _ => {
            let types = args.iter().map(|arg| arg.data_type.clone()).collect();
            let args: Result<Vec<_>, _> = args.iter().map(|arg| lower(arg, input, context)).collect();
            call(function, args?, types, result, context)
        }
    }
}

fn lower_logic(is_and: bool, args: &[Expr], input: &Schema, context: &Arc<ExprContext>) -> Result<Physical, ExprError> {
    let mut args = args.iter();
    let Some(first) = args.next() else { return Err(ExprError::Plan("AND and OR need arguments".to_owned())) };
    let mut left = lower(first, input, context)?;
    for arg in args {
        left = Arc::new(Logic::new(is_and, left, lower(arg, input, context)?, can_fail(arg)));
    }
    Ok(left)
}

fn lower_case(
    arms: &[(Expr, Expr)],
    otherwise: Option<&Expr>,
    result: &DataType,
    input: &Schema,
    context: &Arc<ExprContext>,
) -> Result<Physical, ExprError> {
    let mut lowered = Vec::with_capacity(arms.len());
    for (condition, value) in arms {
        lowered.push((lower(condition, input, context)?, lower(value, input, context)?));
    }
    let otherwise = otherwise.map(|value| lower(value, input, context)).transpose()?;
    if lowered.is_empty() {
        let null = ScalarValue::try_from(&result.logical.to_arrow())?;
        return Ok(otherwise.unwrap_or_else(|| Arc::new(PhysicalLiteral::new(null))));
    }
    Ok(Arc::new(CaseExpr::try_new(None, lowered, otherwise)?))
}

fn lower_coalesce(
    args: &[Expr],
    result: &DataType,
    input: &Schema,
    context: &Arc<ExprContext>,
) -> Result<Physical, ExprError> {
    let Some((last, first)) = args.split_last() else {
        return Err(ExprError::Plan("COALESCE needs arguments".to_owned()));
    };
    let is_there = |arg: &Expr| Expr {
        kind: ExprKind::Call { function: "is_not_null", args: vec![arg.clone()] },
        data_type: LogicalType::Boolean.not_null(),
    };
    let arms: Vec<(Expr, Expr)> = first.iter().map(|arg| (is_there(arg), arg.clone())).collect();
    lower_case(&arms, Some(last), result, input, context)
}

/// The parts of an expression.
fn children(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Column(_) | ExprKind::Literal(_) => Vec::new(),
        ExprKind::Call { args, .. } => args.iter().collect(),
        ExprKind::Cast { value, .. } => vec![value],
        ExprKind::Case { arms, otherwise } => {
            let arms = arms.iter().flat_map(|(condition, value)| [condition, value]);
            arms.chain(otherwise.as_deref()).collect()
        }
        ExprKind::Field { row, .. } => vec![row],
    }
}

/// Whether an expression calls a function.
pub(super) fn uses(expr: &Expr, name: &str) -> bool {
    let calls = matches!(&expr.kind, ExprKind::Call { function, .. } if *function == name);
    calls || children(expr).into_iter().any(|child| uses(child, name))
}

/// Whether an expression can fail for a row, so that it must not be computed where it isn't needed.
fn can_fail(expr: &Expr) -> bool {
    let fails = match &expr.kind {
        ExprKind::Call { function, .. } => functions::by_name(function).is_some_and(|function| function.fails),
        ExprKind::Cast { value, try_cast } => !try_cast && !value.data_type.logical.is_numeric(),
        _ => false,
    };
    fails || children(expr).into_iter().any(can_fail)
}
