//! Every accumulator: what it gives survives being written and read, and rows that are taken out leave no trace.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType as ArrowType, Field, Schema};
use yeoul_base::decode::Decoder;
use yeoul_row::{DataType, LogicalType, RowKind};
use yeoul_sql::expr::Literal;
use yeoul_sql::plan::{Aggregate, AggregateFunction};

use super::AggregateColumns;
use crate::state::StateColumns;

const INT: usize = 0;
const TEXT: usize = 1;
const DOUBLE: usize = 2;

fn schema() -> Schema {
    let fields = [("i", ArrowType::Int32), ("s", ArrowType::Utf8), ("d", ArrowType::Float64)];
    Schema::new(fields.map(|(name, data_type)| Field::new(name, data_type, true)).to_vec())
}

fn rows(values: &[(Option<i32>, Option<&str>, Option<f64>)]) -> RecordBatch {
    let ints: ArrayRef = Arc::new(values.iter().map(|row| row.0).collect::<Int32Array>());
    let texts: ArrayRef = Arc::new(values.iter().map(|row| row.1).collect::<StringArray>());
    let doubles: ArrayRef = Arc::new(values.iter().map(|row| row.2).collect::<Float64Array>());
    RecordBatch::try_new(Arc::new(schema()), vec![ints, texts, doubles]).unwrap()
}

fn call(function: AggregateFunction, args: &[usize], logical: LogicalType) -> Aggregate {
    let parameters = match function {
        AggregateFunction::ListAgg => vec![Literal::String("; ".to_owned())],
        AggregateFunction::Percentile => vec![Literal::Double(0.5)],
        _ => Vec::new(),
    };
    let data_type = DataType { logical, nullable: true };
    Aggregate { function, args: args.to_vec(), parameters, distinct: false, filter: None, data_type }
}

fn array(logical: LogicalType) -> LogicalType {
    LogicalType::Array(Box::new(logical.nullable()))
}

/// One call of each function, and some over distinct values.
fn calls() -> Vec<Aggregate> {
    use AggregateFunction as F;
    let text = || LogicalType::STRING;
    let mut calls = vec![
        call(F::Count, &[INT], LogicalType::BigInt),
        call(F::Sum, &[INT], LogicalType::Int),
        call(F::Avg, &[DOUBLE], LogicalType::Double),
        call(F::Min, &[TEXT], text()),
        call(F::Max, &[INT], LogicalType::Int),
        call(F::FirstValue, &[TEXT], text()),
        call(F::LastValue, &[DOUBLE], LogicalType::Double),
        call(F::Collect, &[TEXT], LogicalType::Multiset(Box::new(text().nullable()))),
        call(F::ListAgg, &[TEXT], text()),
        call(F::ArrayAgg { nulls: true }, &[INT], array(LogicalType::Int)),
        call(F::ArrayAgg { nulls: false }, &[TEXT], array(text())),
        call(F::SquaredDeviations, &[INT], LogicalType::Double),
        call(F::Percentile, &[DOUBLE], LogicalType::Double),
        call(F::JsonObjectAgg { nulls: true }, &[TEXT, TEXT], text()),
        call(F::JsonArrayAgg { nulls: true }, &[TEXT], text()),
        call(F::JsonArrayAgg { nulls: false }, &[TEXT], text()),
    ];
    let of_values = |call: &&Aggregate| call.args.len() == 1;
    let distinct: Vec<Aggregate> =
        calls.iter().filter(of_values).map(|call| Aggregate { distinct: true, ..call.clone() }).collect();
    calls.extend(distinct);
    calls
}

fn columns(retracts: bool) -> AggregateColumns {
    let mut columns = AggregateColumns::new(&calls(), &schema(), retracts).unwrap();
    columns.grow(2);
    columns
}

fn results(columns: &AggregateColumns, slot: u32) -> Vec<String> {
    let results = columns.evaluate(&[slot]).unwrap();
    results.iter().map(|column| format!("{column:?}")).collect()
}

const SOME: [(Option<i32>, Option<&str>, Option<f64>); 4] = [
    (Some(7), Some("b"), Some(1.5)),
    (None, Some("a"), None),
    (Some(7), Some("c"), Some(-2.0)),
    (Some(9), Some("d"), Some(4.25)),
];

#[test]
fn what_is_written_is_read_back() {
    for retracts in [false, true] {
        let mut columns = columns(retracts);
        columns.update(&[0; 4], &rows(&SOME), None).unwrap();
        let before = results(&columns, 0);
        let mut bytes = Vec::new();
        columns.write(0, &mut bytes);
        let mut decoder = Decoder::new(&bytes);
        columns.read(1, &mut decoder).unwrap();
        assert_eq!(results(&columns, 1), before);
        columns.reset(0);
        columns.reset(1);
        assert_eq!(results(&columns, 0), results(&self::columns(retracts), 0));
    }
}

#[test]
fn rows_that_are_taken_out_leave_nothing_behind() {
    let mut columns = columns(true);
    let all = rows(&SOME);
    columns.update(&[0; 4], &all, None).unwrap();
    let before = results(&columns, 0);
    let more = rows(&[(Some(100), Some("z"), Some(8.0)), (None, Some("y"), Some(0.5))]);
    columns.update(&[0; 2], &more, None).unwrap();
    assert_ne!(results(&columns, 0), before);
    columns.update(&[0; 2], &more, Some(&[RowKind::Delete; 2])).unwrap();
    columns.update(&[1; 4], &all, None).unwrap();
    // Sums of squares come back but for their last digits, and of equal values in a list the first goes, as in Flink.
    let inexact = [AggregateFunction::SquaredDeviations, AggregateFunction::ArrayAgg { nulls: true }];
    let exact = |slot: u32| {
        let named = calls().into_iter().zip(results(&columns, slot));
        named.filter(|(call, _)| !inexact.contains(&call.function)).collect::<Vec<_>>()
    };
    assert_eq!(exact(0), exact(1));
}

#[test]
fn squared_deviations_come_back_when_a_row_goes() {
    let squares = call(AggregateFunction::SquaredDeviations, &[INT], LogicalType::Double);
    let mut columns = AggregateColumns::new(&[squares], &schema(), true).unwrap();
    columns.grow(1);
    let far = rows(&[(Some(1_000_000), None, None)]);
    columns.update(&[0; 4], &rows(&SOME), None).unwrap();
    columns.update(&[0], &far, None).unwrap();
    columns.update(&[0], &far, Some(&[RowKind::Delete])).unwrap();
    let result = columns.evaluate(&[0]).unwrap();
    let result = result[0].as_any().downcast_ref::<Float64Array>().unwrap().value(0);
    assert!((result - 8.0 / 3.0).abs() < 1e-3, "{result}");
}

#[test]
fn a_value_taken_out_before_it_comes_is_owed_until_groups_are_merged() {
    let list = call(AggregateFunction::ListAgg, &[TEXT], LogicalType::STRING);
    let mut columns = AggregateColumns::new(&[list], &schema(), true).unwrap();
    columns.grow(2);
    let one = rows(&SOME[..1]);
    columns.update(&[0], &one, Some(&[RowKind::Delete])).unwrap();
    columns.update(&[1], &one, None).unwrap();
    assert!(results(&columns, 1)[0].contains("\"b\""));
    columns.merge(0, 1);
    assert!(!results(&columns, 0)[0].contains("\"b\""));
}

#[test]
fn a_key_that_comes_twice_has_no_object() {
    let object = call(AggregateFunction::JsonObjectAgg { nulls: true }, &[TEXT, TEXT], LogicalType::STRING);
    let mut columns = AggregateColumns::new(&[object], &schema(), false).unwrap();
    columns.grow(1);
    columns.update(&[0; 2], &rows(&[SOME[0], SOME[0]]), None).unwrap();
    let fault = columns.evaluate(&[0]).unwrap_err().to_string();
    assert!(fault.starts_with("the key `b` comes twice"), "{fault}");
}
