//! A full disk is a normal state: a part of the disk is kept for what has to go on (deletions, commits, settings, index
//! checkpoints, rewriting), and producers are told to try again while there is no more than that. When there is room
//! again, things go on by themselves.

use std::sync::atomic::Ordering;

use crate::error::Unavailable;
use crate::log::Health;
use crate::shared::{Shared, write};

pub(crate) const FULL: &str = "the disk is full; make room, and it goes on by itself";

/// Tells producers to try again.
pub(crate) fn full() -> Unavailable {
    Unavailable { reason: FULL.into(), retriable: true }
}

impl Shared {
    /// What is kept of the disk, in bytes.
    fn reserve_bytes(&self) -> u64 {
        self.config.reserve_bytes.unwrap_or(self.config.file_bytes.saturating_mul(2))
    }

    /// Looks how much room there is, and lets producers wait or go on.
    pub(crate) fn look_at_space(&self) {
        let space = match self.disk.space(&self.folder.dir) {
            Ok(space) => space,
            Err(error) => {
                tracing::warn!(%error, "can't tell how much room is on the disk");
                None
            }
        };
        let reserve = self.reserve_bytes();
        // A quarter more than is kept, to go on: else each file that is made and removed would change it.
        let needed = if self.scarce.load(Ordering::Acquire) { reserve.saturating_add(reserve / 4) } else { reserve };
        let scarce = space.is_some_and(|space| space.free < needed);
        self.scarce.store(scarce, Ordering::Release);
        self.tell_space();
    }

    /// Whether the next file of the write-ahead log could be made.
    pub(crate) fn set_stuck(&self, stuck: bool) {
        self.stuck.store(stuck, Ordering::Release);
        self.tell_space();
    }

    fn tell_space(&self) {
        let full = self.scarce.load(Ordering::Acquire) || self.stuck.load(Ordering::Acquire);
        self.set_health(if full { Health::Full(FULL.to_owned()) } else { Health::Serving });
    }

    fn set_health(&self, health: Health) {
        let mut current = write(&self.health);
        if *current != health && !matches!(*current, Health::Failed(_)) {
            tracing::warn!(from = ?*current, to = ?health, "the log's health changes");
            *current = health;
        }
    }
}
