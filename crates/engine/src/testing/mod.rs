//! A laboratory for jobs: tables of text, a clock that tests drive, sinks that check the protocol, and a scheduler that
//! steps chains in an order that a seed determines, with crashes where wanted.

mod schedule;
mod tables;

pub(crate) use schedule::{Crash, Lab, Outcome, materialized};
pub(crate) use tables::WorldConnections;

use std::sync::Mutex;
use std::time::Duration;

use yeoul_base::{Clock, Timestamp};

use crate::runtime::queue::lock;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub(crate) struct ManualClock {
    millis: Mutex<i64>,
}

impl ManualClock {
    /// A clock at 2024-01-01T00:00:00Z.
    pub(crate) fn new() -> ManualClock {
        ManualClock { millis: Mutex::new(1_704_067_200_000) }
    }

    /// Moves it on.
    pub(crate) fn advance(&self, millis: i64) {
        *lock(&self.millis) += millis;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(*lock(&self.millis))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis((*lock(&self.millis) - 1_704_067_200_000).unsigned_abs())
    }
}

/// Small random numbers (xorshift).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Numbers that this seed determines.
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}
