//! Rows that are made up.

use arrow::array::{Array, RecordBatch};
use arrow::compute::concat_batches;
use yeoul_engine::catalog::{Connectors, TableSpec};
use yeoul_engine::source::Poll;
use yeoul_row::{LogicalType, RowType};

use crate::support::{Platform, drain, integers, numbered, row, table};

fn generated(row: RowType, more: &[(&str, &str)]) -> TableSpec {
    let options = [("connector", "datagen"), ("rows-per-second", "1000000000")];
    table("g", row, &options.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

fn every_type() -> RowType {
    let element = |logical: LogicalType| Box::new(logical.nullable());
    row(&[
        ("b", LogicalType::Boolean),
        ("i", LogicalType::Int),
        ("dc", LogicalType::Decimal(38, 10)),
        ("d", LogicalType::Double),
        ("s", LogicalType::Varchar(9)),
        ("bin", LogicalType::Binary(3)),
        ("a", LogicalType::Array(element(LogicalType::BigInt))),
        ("m", LogicalType::Map(Box::new(LogicalType::TinyInt.not_null()), element(LogicalType::STRING))),
        ("ms", LogicalType::Multiset(element(LogicalType::SmallInt))),
        ("r", LogicalType::Row(std::sync::Arc::new(numbered()))),
    ])
}

#[test]
fn the_same_seed_gives_the_same_rows_however_they_are_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let rows = [("number-of-rows", "500"), ("fields.i.null-rate", "0.3"), ("fields.m.length", "40")];
    let table = generated(every_type(), &rows);
    platform.clock.advance(1_000);
    let all = |rows_max: usize| -> RecordBatch {
        let mut source = platform.source(&table);
        assert!(matches!(source.poll(1).unwrap(), Poll::Batch(_)));
        platform.clock.advance(1_000);
        let mut source = platform.source(&table);
        let mut batches = vec![];
        loop {
            match source.poll(rows_max).unwrap() {
                Poll::Batch(batch) => batches.push(batch.columns),
                Poll::Pending => platform.clock.advance(1),
                Poll::End => break concat_batches(&batches[0].schema(), &batches).unwrap(),
            }
        }
    };
    let whole = all(10_000);
    assert_eq!(whole.num_rows(), 500);
    assert_eq!(whole, all(7));
    let nulls = whole.column(1).null_count();
    assert!((80..240).contains(&nulls), "{nulls} of 500 are NULL");
    // A map has no key twice.
    let map = whole.column(7);
    assert!(map.len() == 500 && map.null_count() == 0);
}

#[test]
fn a_restart_goes_on_with_the_next_row_and_the_same_seed() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let table = generated(numbered(), &[("number-of-rows", "20")]);
    let take = |source: &mut dyn yeoul_engine::source::Source, rows: usize| -> Vec<i64> {
        platform.clock.advance(1_000);
        let Poll::Batch(first) = source.poll(1).unwrap() else { panic!("no row") };
        platform.clock.advance(1_000);
        let Poll::Batch(rest) = source.poll(rows - 1).unwrap() else { panic!("no rows") };
        [first, rest].iter().flat_map(|batch| integers(batch.columns.column(0).as_ref())).collect()
    };
    let mut source = platform.source(&table);
    let mut seen = take(source.as_mut(), 8);
    let mut positions = source.positions();
    assert_eq!((positions["0"], positions["0#seed"]), (8, 7));
    let mut source = platform.source(&table);
    source.restore(&positions).unwrap();
    seen.extend(take(source.as_mut(), 12));
    assert!(matches!(source.poll(1).unwrap(), Poll::End));
    assert_eq!(seen, take(platform.source(&table).as_mut(), 20));
    // Another seed, as a checkpoint has it, gives other rows.
    positions.insert("0#seed".to_owned(), 8);
    positions.insert("0".to_owned(), 0);
    let mut source = platform.source(&table);
    source.restore(&positions).unwrap();
    assert_ne!(seen, take(source.as_mut(), 20));
}

#[test]
fn rows_come_no_faster_than_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let mut table = generated(numbered(), &[]);
    table.options.insert("rows-per-second".to_owned(), "10".to_owned());
    assert!(!Connectors::source(&platform.connect, &table).unwrap().bounded);
    let mut source = platform.source(&table);
    assert_eq!(drain(source.as_mut(), 100).iter().map(|batch| batch.columns.num_rows()).sum::<usize>(), 1);
    platform.clock.advance(499);
    assert_eq!(drain(source.as_mut(), 100).iter().map(|batch| batch.columns.num_rows()).sum::<usize>(), 4);
    assert!(matches!(source.poll(100).unwrap(), Poll::Pending));
}
