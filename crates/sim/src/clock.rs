//! A clock that moves only when it is told to.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use yeoul_base::{Clock, Timestamp};

/// See the module.
#[derive(Debug, Default)]
pub struct SimClock {
    wall: AtomicI64,
    elapsed_ms: AtomicU64,
}

impl SimClock {
    /// A clock whose wall shows some time.
    #[must_use]
    pub fn at(wall: Timestamp) -> SimClock {
        SimClock { wall: AtomicI64::new(wall.0), elapsed_ms: AtomicU64::new(0) }
    }

    /// Lets time pass.
    pub fn advance(&self, ms: u64) {
        self.elapsed_ms.fetch_add(ms, Ordering::Relaxed);
        self.wall.fetch_add(ms.cast_signed(), Ordering::Relaxed);
    }

    /// Sets the wall clock, while no time passes.
    pub fn set_wall(&self, wall: Timestamp) {
        self.wall.store(wall.0, Ordering::Relaxed);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.wall.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.elapsed_ms.load(Ordering::Relaxed))
    }
}
