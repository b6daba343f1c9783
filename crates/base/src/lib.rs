//! Ground that every other crate stands on: identifiers, time, limits, error kinds, the capped decoder,
//! and the traits through which the outside world is reached ([`Disk`](disk::Disk), [`Clock`](time::Clock)).
//!
//! This crate knows no async runtime, no Arrow and no protocol.

pub mod decode;
pub mod disk;
pub mod id;
pub mod limits;
pub mod time;

pub use disk::{Disk, DiskFile, RealDisk};
pub use id::{JobName, Offset, PartitionId, TopicId};
pub use time::{Clock, EventTime, SystemClock, Timestamp};
