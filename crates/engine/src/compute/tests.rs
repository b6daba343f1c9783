//! Tests of expressions. What functions give is asked of Flink's answers by the SQL cases of the repository.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int32Array, RecordBatch};
use arrow::datatypes::Int32Type;
use chrono_tz::Tz;
use yeoul_base::SystemClock;
use yeoul_row::{DataType, Field, LogicalType, RowBatch, RowType, Watermarks};
use yeoul_sql::expr::{Expr, ExprKind, Literal};
use yeoul_sql::functions;

use super::cast_text::{double_text, float_text};
use super::function::kernel;
use super::{Compiled, ExprContext};

fn int() -> DataType {
    LogicalType::Int.nullable()
}

fn call(function: &'static str, args: Vec<Expr>, data_type: DataType) -> Expr {
    Expr { kind: ExprKind::Call { function, args }, data_type }
}

fn evaluate(expr: &Expr, values: Vec<Option<i32>>) -> Result<ArrayRef, crate::operator::OperatorError> {
    let schema = RowType::new(vec![Field::new("x", int())]).to_arrow();
    let columns = RecordBatch::try_new(schema.clone(), vec![Arc::new(Int32Array::from(values))]).unwrap();
    let context = Arc::new(ExprContext::new(Arc::new(SystemClock::new()), Tz::UTC));
    Compiled::new(expr, &schema, &context).unwrap().evaluate(&RowBatch::inserts(columns, Watermarks::steady(5_000)))
}

fn ints(expr: &Expr, values: Vec<Option<i32>>) -> Vec<Option<i32>> {
    evaluate(expr, values).unwrap().as_primitive::<Int32Type>().iter().collect()
}

#[test]
fn every_function_of_the_front_end_is_computed() {
    let special = ["and", "or"];
    let missing: Vec<&str> = functions::all()
        .map(|function| function.name)
        .filter(|name| !special.contains(name) && kernel(name).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn integers_wrap_and_divide_towards_zero() {
    let x = || Expr::column(0, int());
    let number = |value| Expr::literal(Literal::Integer(value), int());
    let plus = call("plus", vec![x(), number(1)], int());
    assert_eq!(ints(&plus, vec![Some(i32::MAX), None]), [Some(i32::MIN), None]);
    let divide = call("divide", vec![x(), number(-1)], int());
    assert_eq!(ints(&divide, vec![Some(i32::MIN), Some(7)]), [Some(i32::MIN), Some(-7)]);
    let by_x = call("divide", vec![number(7), x()], int());
    assert_eq!(ints(&by_x, vec![Some(-2), None]), [Some(-3), None]);
    assert!(evaluate(&by_x, vec![Some(0)]).unwrap_err().to_string().contains("division by zero"));
}

#[test]
fn the_right_side_of_and_is_computed_only_where_it_matters() {
    let boolean = || LogicalType::Boolean.nullable();
    let x = || Expr::column(0, int());
    let zero = || Expr::literal(Literal::Integer(0), int());
    let ten = Expr::literal(Literal::Integer(10), int());
    let quotient = call("divide", vec![ten, x()], int());
    let left = call("not_equals", vec![x(), zero()], boolean());
    let right = call("greater_than", vec![quotient, zero()], boolean());
    let both = call("and", vec![left, right], boolean());
    let found = evaluate(&both, vec![Some(0), Some(5), None, Some(-5)]).unwrap();
    assert_eq!(found.as_boolean().iter().collect::<Vec<_>>(), [Some(false), Some(true), None, Some(false)]);
}

#[test]
fn the_current_watermark_is_the_one_before_the_row() {
    let timestamp = || LogicalType::Timestamp(3).nullable();
    let rowtime = Expr::literal(Literal::Null, timestamp());
    let found = evaluate(&call("current_watermark", vec![rowtime], timestamp()), vec![None]).unwrap();
    assert_eq!(format!("{found:?}").matches("1970-01-01T00:00:05").count(), 1, "{found:?}");
}

#[test]
fn floating_point_is_written_as_in_java() {
    let double = |value| {
        let mut text = String::new();
        double_text(value, &mut text);
        text
    };
    let cases = [
        (1.0, "1.0"),
        (1e7, "1.0E7"),
        (9_999_999.0, "9999999.0"),
        (0.001, "0.001"),
        (1e-4, "1.0E-4"),
        (1e21, "1.0E21"),
        (123_456_789.125, "1.23456789125E8"),
        (-0.0, "-0.0"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-Infinity"),
        (100.5, "100.5"),
    ];
    for (value, text) in cases {
        assert_eq!(double(value), text);
    }
    let mut text = String::new();
    float_text(0.1, &mut text);
    assert_eq!(text, "0.1");
}
