//! The replay tool: a file's lines into a topic, at the speed of their event time, as an ordinary client of the Kafka door.
//!
//! Every record carries its place in the sequence of [`emission`]s in the header `yeoul.source-position`. A later run
//! reads the last record of each partition and goes on behind it, so that no line is sent twice, whatever killed the
//! run before. That holds since a line's partition depends on nothing but its key, or its position where it has none.

mod emission;
mod event_time;
mod lines;
mod pace;
mod replay;

pub use emission::Shares;
pub use replay::{Done, Replay};
