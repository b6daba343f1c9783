//! Tests of batches and their watermarks.

use std::sync::Arc;

use arrow::array::{Array, BinaryArray, BooleanArray, Int32Array, Int64Array, RecordBatch, UInt32Array};

use crate::{Field, LogicalType, Origin, RowBatch, RowKind, RowType, Watermarks};

fn batch(values: &[i32]) -> RowBatch {
    let schema = RowType::new(vec![Field::new("x", LogicalType::Int.not_null())]).to_arrow();
    let columns = RecordBatch::try_new(schema, vec![Arc::new(Int32Array::from(values.to_vec()))]).unwrap();
    RowBatch::inserts(columns, Watermarks::steady(7))
}

fn full(values: &[i32]) -> RowBatch {
    let rows = values.len() as i64;
    let raw: Vec<[u8; 1]> = (0..values.len()).map(|row| [b'a' + row as u8]).collect();
    let origin = Origin {
        split: Arc::from("s"),
        positions: Int64Array::from_iter_values(10..10 + rows),
        raw: BinaryArray::from_iter_values(raw),
    };
    let kinds = [RowKind::Insert, RowKind::UpdateBefore, RowKind::UpdateAfter, RowKind::Delete];
    RowBatch {
        kinds: Some(kinds.iter().copied().cycle().take(values.len()).collect()),
        watermarks: Watermarks { start: 1, before: Some((1..=rows).collect()), end: 99 },
        origin: Some(Arc::new(origin)),
        ..batch(values)
    }
}

#[test]
fn a_batch_without_kinds_holds_inserts() {
    assert_eq!(batch(&[1, 2]).kind(1), RowKind::Insert);
    assert_eq!(full(&[1, 2]).kind(1), RowKind::UpdateBefore);
}

#[test]
fn a_filter_keeps_kind_watermark_and_origin_of_each_row() {
    let keep = BooleanArray::from(vec![Some(false), Some(true), None, Some(true)]);
    let kept = full(&[5, 6, 7, 8]).filter(&keep).unwrap();
    assert_eq!(kept.rows(), 2);
    assert_eq!((kept.kind(0), kept.kind(1)), (RowKind::UpdateBefore, RowKind::Delete));
    assert_eq!((kept.watermarks.before(0), kept.watermarks.before(1), kept.watermarks.end), (2, 4, 99));
    let origin = kept.origin.unwrap();
    assert_eq!(origin.positions.values(), &[11, 13]);
    assert_eq!((origin.raw.value(0), origin.raw.value(1)), (&b"b"[..], &b"d"[..]));
}

#[test]
fn a_filter_of_plain_inserts_keeps_the_one_watermark() {
    let kept = batch(&[1, 2, 3]).filter(&BooleanArray::from(vec![true, false, true])).unwrap();
    assert_eq!((kept.rows(), kept.watermarks), (2, Watermarks::steady(7)));
}

#[test]
fn rows_are_taken_in_any_order() {
    let taken = full(&[5, 6, 7]).take(&UInt32Array::from(vec![2, 0])).unwrap();
    let column = taken.columns.column(0).as_any().downcast_ref::<Int32Array>().unwrap();
    assert_eq!(column.values(), &[7, 5]);
    assert_eq!(taken.kind(0), RowKind::UpdateAfter);
}

#[test]
fn types_are_written_as_in_flink() {
    assert_eq!(LogicalType::STRING.nullable().to_string(), "STRING");
    assert_eq!(LogicalType::Timestamp(3).not_null().to_string(), "TIMESTAMP(3) NOT NULL");
    assert_eq!(LogicalType::Decimal(10, 2).nullable().to_string(), "DECIMAL(10, 2)");
}
