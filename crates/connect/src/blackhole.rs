//! The `blackhole` connector: takes every row and keeps none.

use yeoul_engine::catalog::{OptionError, SinkAbilities, TableSpec};
use yeoul_engine::sink::{Prepared, Restored, Sink, SinkError};
use yeoul_row::RowBatch;

use crate::options::Given;
use crate::print::EVERY_KIND;

pub(crate) fn check_sink(table: &TableSpec) -> Result<SinkAbilities, OptionError> {
    Given::new(table).refuse_others(&[], &[])?;
    Ok(SinkAbilities { mode: EVERY_KIND, upsert: false, metadata: Vec::new() })
}

/// Takes every row and keeps none.
pub(crate) struct Blackhole;

impl Sink for Blackhole {
    fn open(&mut self, _restored: Restored) -> Result<(), SinkError> {
        Ok(())
    }

    fn write(&mut self, _batch: &RowBatch) -> Result<(), SinkError> {
        Ok(())
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        Ok(Prepared::default())
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
