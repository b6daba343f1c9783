//! The `datagen` connector: rows made up by chance or by counting, with the option names of Flink's.
//!
//! Every value follows from a seed, its column and the row's number, so that a job goes on exactly after a restart: the
//! seed is kept among the positions. Without `SET 'yeoul.datagen.seed'` each new job draws its own.
//!
//! Differences from Flink, which has no seed: none in what may be generated. Options that Flink takes and that can't be met
//! (a sequence that leaves its column's type, a NULL rate of a column that is NOT NULL) are refused.

mod options;
mod random;
mod source;
mod values;

use std::sync::Arc;

use yeoul_base::Clock;
use yeoul_engine::catalog::{OptionError, SourceAbilities, TableSpec};
use yeoul_engine::connections::SourceRequest;
use yeoul_engine::plan::ChangelogMode;
use yeoul_engine::source::Source;

use options::Options;
use source::GeneratedSource;

/// Checks a table that is about to be read. Like in Flink, only `number-of-rows` makes it bounded for the planner: a table
/// with a sequence ends as well, but by itself.
pub(crate) fn check_source(table: &TableSpec) -> Result<SourceAbilities, OptionError> {
    let options = Options::parse(table)?;
    Ok(SourceAbilities {
        bounded: options.rows.is_some(),
        upsert: false,
        mode: ChangelogMode::APPEND,
        metadata: Vec::new(),
    })
}

/// Opens a table to be read.
pub(crate) fn source(request: SourceRequest<'_>, clock: Arc<dyn Clock>) -> Result<Box<dyn Source>, OptionError> {
    let options = Options::parse(request.table)?;
    Ok(Box::new(GeneratedSource::new(options, &request, clock)))
}
