//! What tables are made of, and what the validator asks of connectors.

use std::collections::BTreeMap;

use yeoul_row::{DataType, Field, RowType};

use crate::plan::ChangelogMode;

/// A table as its connector sees it: physical columns, metadata columns, options.
#[derive(Clone, PartialEq, Debug)]
pub struct TableSpec {
    /// The table's name as written: `departures`, `cat.db.departures`.
    pub name: String,
    /// The physical columns: what the connector's format encodes.
    pub physical: RowType,
    /// The metadata columns that the query may read or the sink writes.
    pub metadata: Vec<MetadataColumn>,
    /// Places, in `physical`, of the primary key's columns.
    pub primary_key: Vec<usize>,
    /// Places, in `physical`, of the `PARTITIONED BY` columns.
    pub partition_keys: Vec<usize>,
    /// `WITH` options, hints applied.
    pub options: BTreeMap<String, String>,
}

/// `name type METADATA [FROM 'key'] [VIRTUAL]`
#[derive(Clone, PartialEq, Debug)]
pub struct MetadataColumn {
    /// The column's name.
    pub name: String,
    /// The connector's key: `offset`, `timestamp`, …
    pub key: String,
    /// The column's type; the connector casts.
    pub data_type: DataType,
    /// Not written by sinks.
    pub is_virtual: bool,
}

impl TableSpec {
    /// What a scan can read: the physical columns, then the metadata columns.
    #[must_use]
    pub fn readable(&self) -> RowType {
        let metadata = self.metadata.iter().map(|column| Field::new(&column.name, column.data_type.clone()));
        RowType::new(self.physical.fields.iter().cloned().chain(metadata).collect())
    }

    /// What a sink is given: the physical columns, then the metadata columns that aren't virtual.
    #[must_use]
    pub fn writable(&self) -> RowType {
        let metadata = self.metadata.iter().filter(|column| !column.is_virtual);
        let metadata = metadata.map(|column| Field::new(&column.name, column.data_type.clone()));
        RowType::new(self.physical.fields.iter().cloned().chain(metadata).collect())
    }
}

/// What the validator asks of connectors. Implemented above this crate.
pub trait Connectors: Send + Sync {
    /// Checks a table that is about to be read.
    ///
    /// # Errors
    /// The option at fault.
    fn source(&self, table: &TableSpec) -> Result<SourceAbilities, OptionError>;

    /// Checks a table that is about to be written.
    ///
    /// # Errors
    /// The option at fault.
    fn sink(&self, table: &TableSpec) -> Result<SinkAbilities, OptionError>;

    /// Notes that a statement writes a table, so that statements behind it may read what isn't there yet.
    fn writes(&self, table: &TableSpec) {
        let _ = table;
    }
}

/// What a source does.
#[derive(Clone, PartialEq, Debug)]
pub struct SourceAbilities {
    /// Whether it ends.
    pub bounded: bool,
    /// Which row kinds it emits.
    pub mode: ChangelogMode,
    /// Whether what it emits are upserts by the table's primary key: rows that take the place of the one with their key, and
    /// deletions of which only the key counts.
    pub upsert: bool,
    /// The metadata keys that it offers, with their types.
    pub metadata: Vec<(&'static str, DataType)>,
}

/// What a sink takes.
#[derive(Clone, PartialEq, Debug)]
pub struct SinkAbilities {
    /// Which row kinds it takes; it takes updates by the table's primary key if `upsert`.
    pub mode: ChangelogMode,
    /// Whether it keeps rows by the primary key, so that it needs no `-U`.
    pub upsert: bool,
    /// The metadata keys that it writes, with their types.
    pub metadata: Vec<(&'static str, DataType)>,
}

/// A `WITH` option that a connector refuses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OptionError {
    /// The option's key (`connector` itself for an unknown connector, a missing key's name for a missing one).
    pub key: String,
    /// What is wrong with it.
    pub message: String,
    /// What to write instead; names the nearest valid key for an unknown one.
    pub help: String,
}
