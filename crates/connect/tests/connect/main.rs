//! The connectors from outside: through the traits that the front end and the engine use, over a real log.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod checkpoints;
mod crashes;
mod files;
mod kafka;
mod options;
mod support;
