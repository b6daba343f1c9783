//! The connectors from outside: through the traits that the front end and the engine use, over a real log.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod checkpoints;
mod crashes;
mod files;
mod generated;
mod kafka;
mod options;
mod parquet;
mod partition_commit;
mod socket;
mod support;
mod upserts;
