//! Where the rows of a top-level `SELECT` go while it runs, and what is printed at its end.

use std::collections::BTreeMap;
use std::sync::Arc;

use yeoul_engine::JobOptions;
use yeoul_engine::materialize::MaterializeSink;
use yeoul_engine::plan::Branch;
use yeoul_engine::sink::Sink;
use yeoul_format::text::Look;
use yeoul_row::RowType;
use yeoul_sql::settings as keys;

use super::tableau::{COLUMN_WIDTH_MAX, NULL, Tableau};
use super::{Output, rows};
use crate::fault::Fault;

/// What there is of a query's rows.
#[derive(Clone)]
pub enum Collected {
    /// They are printed as they come.
    Printed,
    /// They gather, and are printed at the end.
    Gathered(MaterializeSink, Arc<RowType>, Look),
    /// They are printed as they come, and counted.
    Counted(Tableau),
}

impl Collected {
    /// Where the rows of `branch` go under these settings. `by_key`: whether changes of one key come in their order.
    ///
    /// # Errors
    /// A column that the format can't carry.
    pub fn new(
        branch: &Branch,
        settings: &BTreeMap<String, String>,
        output: Output,
        by_key: bool,
    ) -> Result<(Collected, Box<dyn Sink>), Fault> {
        let schema = branch.input.schema.clone();
        let is_batch = settings.get("execution.runtime-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("batch"));
        if output == Output::Changelog {
            return Ok((Collected::Printed, Box::new(rows::ChangelogPrinter::new(schema))));
        }
        if output == Output::Tableau && !is_batch {
            let tableau = Tableau::new(schema, column_width_max(settings), look(settings)?);
            return Ok((Collected::Counted(tableau.clone()), Box::new(tableau)));
        }
        let append = branch.input.mode.is_append();
        if append && let Some(printer) = rows::RowPrinter::new(&schema, output)? {
            return Ok((Collected::Printed, Box::new(printer)));
        }
        let no_key = Vec::new();
        let key = if append || !by_key { &no_key } else { branch.input.upsert_keys.first().unwrap_or(&no_key) };
        let sink = MaterializeSink::new(schema.to_arrow(), key);
        Ok((Collected::Gathered(sink.clone(), schema, look(settings)?), Box::new(sink)))
    }

    /// The sink of the same query, started again: rows go where they went.
    #[must_use]
    pub fn again(&self) -> Option<Box<dyn Sink>> {
        match self {
            Collected::Printed => None,
            Collected::Gathered(sink, ..) => Some(Box::new(sink.clone())),
            Collected::Counted(tableau) => Some(Box::new(tableau.clone())),
        }
    }

    /// Prints what is left to be printed once the query has ended.
    ///
    /// # Errors
    /// Standard output that can't be written.
    pub fn end(&self, output: Output) -> Result<(), Fault> {
        match self {
            Collected::Printed => Ok(()),
            Collected::Gathered(sink, schema, look) => rows::print(&sink.rows()?, schema, output, *look),
            Collected::Counted(tableau) => tableau.end(),
        }
    }
}

/// How tables show values under these settings.
///
/// # Errors
/// A setting that can't be.
pub fn look(settings: &BTreeMap<String, String>) -> Result<Look, Fault> {
    let zone = JobOptions::from_settings(settings).map_err(|error| Fault::usage(error.to_string()))?.zone;
    Ok(Look { null: NULL, zone })
}

/// How tables show values without settings.
#[cfg(test)]
#[must_use]
pub fn plain() -> Look {
    look(&BTreeMap::new()).expect("no setting is a fault")
}

/// How wide a column of texts gets.
#[must_use]
pub fn column_width_max(settings: &BTreeMap<String, String>) -> usize {
    let set = settings.get(keys::MAX_COLUMN_WIDTH).and_then(|width| width.trim().parse().ok());
    set.unwrap_or(COLUMN_WIDTH_MAX)
}
