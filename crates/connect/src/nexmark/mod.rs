//! The `nexmark` connector: the events of the NEXMark benchmark, by the official generator's published formulas, table layout,
//! option names and defaults.
//!
//! Reading order: [`options`], [`event`] (the formulas), [`columns`] (the layout), [`source`].
//!
//! Unlike the official generator, whose runs never repeat, every event is made from the seed 0 and its number alone, and
//! event time begins at 2015-07-15 00:00 UTC: the same table always holds the same rows, and a job goes on exactly where
//! its checkpoint was.

mod columns;
mod event;
pub(crate) mod options;
mod random;
mod source;

use std::sync::Arc;

use arrow::datatypes::Schema;
use yeoul_base::Clock;
use yeoul_engine::catalog::{OptionError, SourceAbilities, TableSpec};
use yeoul_engine::connections::SourceRequest;
use yeoul_engine::plan::ChangelogMode;
use yeoul_engine::source::Source;

use crate::options::fault;

/// Checks a table that is to be read.
pub(crate) fn check_source(table: &TableSpec) -> Result<SourceAbilities, OptionError> {
    let options = options::Options::of(table)?;
    if let Some(message) = columns::fault_of(&table.physical) {
        return Err(fault(
            "connector",
            message,
            "declare the columns as the generator makes them (see `docs/connectors.md`)",
        ));
    }
    Ok(SourceAbilities { bounded: options.bounded(), upsert: false, mode: ChangelogMode::APPEND, metadata: Vec::new() })
}

/// A source of a table that was checked.
pub(crate) fn source(request: SourceRequest<'_>, clock: Arc<dyn Clock>) -> Result<Box<dyn Source>, OptionError> {
    check_source(request.table)?;
    let options = options::Options::of(request.table)?;
    let readable = request.table.readable().to_arrow_fields();
    let fields: Vec<_> = request.projection.iter().filter_map(|place| readable.get(*place).cloned()).collect();
    Ok(Box::new(source::NexmarkSource::new(options, Schema::new(fields), clock)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use yeoul_base::SystemClock;
    use yeoul_engine::source::Poll;
    use yeoul_row::{LogicalType, RowType};

    use super::*;

    /// The options of a table with these.
    pub(super) fn options(given: &[(&str, &str)]) -> options::Options {
        options::Options::of(&table(given)).expect("valid options")
    }

    fn table(given: &[(&str, &str)]) -> TableSpec {
        let options = given.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        TableSpec {
            name: "nexmark".to_owned(),
            physical: RowType::new(vec![yeoul_row::Field::new("event_type", LogicalType::Int.nullable())]),
            metadata: Vec::new(),
            primary_key: Vec::new(),
            partition_keys: Vec::new(),
            options: options.collect::<BTreeMap<_, _>>(),
        }
    }

    fn read(source: &mut source::NexmarkSource) -> Vec<i32> {
        use arrow::array::AsArray;
        use arrow::datatypes::Int32Type;
        let mut kinds = Vec::new();
        while let Poll::Batch(batch) = source.poll(7).expect("readable") {
            kinds.extend(batch.columns.column(0).as_primitive::<Int32Type>().values());
        }
        kinds
    }

    fn new_source(events: &str) -> source::NexmarkSource {
        let schema = Schema::new(table(&[]).physical.to_arrow_fields());
        source::NexmarkSource::new(options(&[("events.num", events)]), schema, Arc::new(SystemClock::new()))
    }

    #[test]
    fn a_bounded_table_ends_and_goes_on_where_it_was() {
        let whole = read(&mut new_source("100"));
        assert_eq!((whole.len(), whole[0], whole[1], whole[4]), (100, 0, 1, 2));
        let mut restored = new_source("100");
        restored.restore(&[("0".to_owned(), 60)].into()).expect("restored");
        assert_eq!(read(&mut restored), whole[60..]);
    }

    #[test]
    fn options_are_the_generators() {
        let refused = |given: &[(&str, &str)]| options::Options::of(&table(given)).expect_err("refused");
        assert_eq!(refused(&[("events", "3")]).key, "events");
        assert_eq!(refused(&[("bid.proportion", "0")]).key, "bid.proportion");
        assert_eq!(refused(&[("next-event.rate", "20000")]).key, "first-event.rate");
        assert!(options(&[("first-event.rate", "5"), ("next-event.rate", "5")]).rate == 5);
        assert_eq!(options(&[("events.num", "9"), ("stop-at", "7")]).events, 7);
        assert_eq!(options(&[("stop-at", "0")]).events, 0);
        assert!(!options(&[("events.num", "9"), ("keep-alive", "true")]).bounded());
        assert!(options(&[("max-emit-speed", "false")]).limited && !options(&[]).limited);
        let mut wrong = table(&[]);
        wrong.physical.fields[0].data_type = LogicalType::BigInt.nullable();
        assert!(check_source(&wrong).expect_err("refused").message.contains("`INT`"));
    }
}
