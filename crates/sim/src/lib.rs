//! For tests only: a disk that loses what it may lose, a clock that stands still, workloads that are determined by
//! a seed, and a checker that compares what the log holds with what it promised.
//!
//! Start with [`SimDisk`] for what a power cut does, [`World`] for what is done to a log, [`History`] for what must
//! hold afterwards; with [`anomalies`] for what clients of the broker saw. A checker is trusted only after it has caught planted bugs: see [`Bug`].

mod anomalies;
mod clock;
mod disk;
mod history;
mod hooked;
mod transactions;
mod world;

pub use anomalies::{Anomaly, Observations, Outcome, Poll, Send, Transaction, anomalies};
pub use clock::SimClock;
pub use disk::{Bug, Crash, Fault, SimDisk};
pub use history::{History, Output, Violation};
pub use hooked::{Hook, HookedDisk, Operation};
pub use world::{World, WorldConfig};
