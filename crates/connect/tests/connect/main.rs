//! The connectors from outside: through the traits that the front end and the engine use, over a real log.

mod checkpoints;
mod crashes;
mod files;
mod kafka;
mod options;
mod support;
