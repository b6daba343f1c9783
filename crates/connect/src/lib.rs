//! Sources and sinks behind Flink's connector names, and the store that keeps checkpoints in the log.
//!
//! Reading order: [`Connect`] (which connector a table is), one module per connector, [`LogCheckpointStore`] (how a
//! checkpoint's positions, state and output become durable by one record).
//!
//! Invariants: options are parsed once, into a typed struct per connector, and an unknown key is refused with the
//! nearest known one; a file outside the allowed folders is never opened; nothing that a sink writes is visible before
//! its checkpoint's record is durable (but for `print`, which shows rows as they pass). This crate knows no SQL text,
//! no HTTP and no Kafka wire protocol.

mod blackhole;
mod checkpoint_store;
mod connect;
mod datagen;
mod durable_dirs;
mod filesystem;
mod kafka;
mod nexmark;
mod option_keys;
mod options;
mod outputs;
mod print;
mod raw;
mod socket;

pub use checkpoint_store::LogCheckpointStore;
pub use connect::{Connect, ConnectConfig, Views};
pub use option_keys::{connectors, option_keys};
pub use print::Terminal;
