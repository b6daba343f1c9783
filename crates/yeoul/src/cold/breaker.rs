//! Keeps readers from waiting, one after the other, for an object store that does not answer.
//!
//! After a request that failed for another reason than the object, one reader at a time asks, and the others are told at
//! once that the store is away, until one is answered. Before the first one failed, [`WAITING_MAX`] of them may wait. So a
//! store that is away leaves threads to those who read records that lie here.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, TryLockError};

use crate::platform::BLOCKING_THREADS_MAX;

/// How many readers may wait for the store: half of the threads that there are for what blocks.
const WAITING_MAX: usize = BLOCKING_THREADS_MAX / 2;

#[derive(Default)]
pub(super) struct Breaker {
    waiting: AtomicUsize,
    /// The last request failed.
    is_away: AtomicBool,
    /// Held by the one who asks while the store is away.
    probe: Mutex<()>,
}

/// A reader that waits.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(waiting: &'a AtomicUsize) -> Option<Waiting<'a>> {
        let before = waiting.fetch_add(1, Ordering::AcqRel);
        // Dropped, and counted back, where there are too many.
        Some(Waiting(waiting)).filter(|_| before < WAITING_MAX)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Breaker {
    /// Asks the store, or says that it is away.
    pub(super) fn through<T>(&self, ask: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let _waiting = Waiting::begin(&self.waiting).ok_or_else(away)?;
        let _probe = if self.is_away.load(Ordering::Acquire) {
            match self.probe.try_lock() {
                Err(TryLockError::WouldBlock) => return Err(away()),
                Err(TryLockError::Poisoned(probe)) => Some(probe.into_inner()),
                Ok(probe) => Some(probe),
            }
        } else {
            None
        };
        let answer = ask();
        self.is_away.store(answer.as_ref().is_err_and(is_about_the_store), Ordering::Release);
        answer
    }
}

fn away() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the object store does not answer; try again")
}

/// Whether an error says nothing of the object.
fn is_about_the_store(error: &io::Error) -> bool {
    !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing() -> io::Result<()> {
        Err(io::Error::other("503"))
    }

    #[test]
    fn while_the_store_is_away_one_asks_and_the_others_are_told() {
        let breaker = Breaker::default();
        assert!(breaker.through(failing).is_err());
        let asked_at_the_same_time = breaker.through(|| {
            let other = breaker.through(|| -> io::Result<()> { unreachable!("one at a time") });
            Ok(other.expect_err("the store is away").kind())
        });
        assert_eq!(asked_at_the_same_time.expect("it answers"), io::ErrorKind::NotConnected);
        let both = breaker.through(|| breaker.through(|| Ok(7)));
        assert_eq!(both.expect("it is back"), 7);
    }

    #[test]
    fn no_more_wait_than_leave_threads_to_others() {
        fn nested(breaker: &Breaker) -> usize {
            breaker.through(|| Ok(1 + nested(breaker))).unwrap_or(0)
        }
        let breaker = Breaker::default();
        assert_eq!(nested(&breaker), WAITING_MAX);
        assert_eq!(nested(&breaker), WAITING_MAX, "who waited is counted back");
    }

    #[test]
    fn an_object_that_is_gone_does_not_mean_that_the_store_is() {
        let breaker = Breaker::default();
        for kind in [io::ErrorKind::NotFound, io::ErrorKind::UnexpectedEof] {
            assert!(breaker.through(|| -> io::Result<()> { Err(kind.into()) }).is_err());
            assert!(breaker.through(|| breaker.through(|| Ok(()))).is_ok());
        }
    }
}
