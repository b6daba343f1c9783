//! What is said of connections that end badly: a peer that went away is no news, and what is news is said a few times a
//! minute at most, so that a client that tries again and again does not fill the log.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::connection::ConnectionError;
use crate::frame::FrameError;

/// So many warnings ...
const SAID_MAX: u32 = 10;
/// ... in so much time.
const WINDOW: Duration = Duration::from_secs(60);

/// Counts warnings.
#[derive(Debug)]
pub(crate) struct Warnings(Mutex<Window>);

#[derive(Debug)]
struct Window {
    began: Instant,
    said: u32,
    kept_back: u64,
}

impl Warnings {
    pub(crate) fn new() -> Warnings {
        Warnings(Mutex::new(Window { began: Instant::now(), said: 0, kept_back: 0 }))
    }

    /// Whether one more may be said; if so, how many were kept back before.
    pub(crate) fn admit(&self) -> Option<u64> {
        self.admit_at(Instant::now())
    }

    fn admit_at(&self, now: Instant) -> Option<u64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(window.began) >= WINDOW {
            *window = Window { began: now, said: 0, ..*window };
        }
        if window.said >= SAID_MAX {
            window.kept_back += 1;
            return None;
        }
        window.said += 1;
        Some(std::mem::take(&mut window.kept_back))
    }
}

/// Whether the error only says that the peer went away, or said nothing for long.
pub(crate) fn is_departure(error: &ConnectionError) -> bool {
    match error {
        ConnectionError::Idle | ConnectionError::Write(_) | ConnectionError::Frame(FrameError::Torn) => true,
        ConnectionError::Frame(FrameError::Io(error)) => matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::TimedOut
                | io::ErrorKind::UnexpectedEof
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_kept_back_and_counted() {
        let warnings = Warnings::new();
        let now = Instant::now();
        let said = (0..1000).filter(|_| warnings.admit_at(now).is_some()).count();
        assert_eq!(said, 10);
        assert_eq!(warnings.admit_at(now + WINDOW), Some(990));
        assert_eq!(warnings.admit_at(now + WINDOW), Some(0));
    }

    #[test]
    fn a_peer_that_goes_away_is_no_news() {
        let reset = FrameError::Io(io::ErrorKind::ConnectionReset.into());
        assert!(is_departure(&ConnectionError::Frame(reset)));
        assert!(is_departure(&ConnectionError::Frame(FrameError::Torn)));
        assert!(!is_departure(&ConnectionError::Frame(FrameError::Length(-1))));
    }
}
