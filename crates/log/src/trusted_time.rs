//! The log's own time, for retention: a wall clock that jumps must not delete anything.
//!
//! It never goes back, and never runs more than twice as fast as time passes, so that a clock set ten years
//! forward, by mistake, deletes nothing that a correct one would not. Over a restart, a clock that is less than
//! [`GAP_MS_MAX`] ahead is believed. Where it lags behind the wall clock, records are kept longer.

use std::time::Duration;

use yeoul_base::Timestamp;

/// The longest time between two runs that is believed: 400 days, in milliseconds.
const GAP_MS_MAX: i64 = 400 * 24 * 3_600_000;

#[derive(Clone, Copy, Debug)]
pub(crate) struct TrustedTime {
    last: i64,
    elapsed: Duration,
}

impl TrustedTime {
    /// Begins with the last time that is in the log (nothing in a new one), the wall clock, and time passed.
    pub(crate) fn start(in_log: Option<i64>, wall: Timestamp, elapsed: Duration) -> TrustedTime {
        let last = match in_log {
            Some(last) if wall.0.saturating_sub(last) > GAP_MS_MAX => last,
            Some(last) => wall.0.max(last),
            None => wall.0,
        };
        TrustedTime { last, elapsed }
    }

    /// The time now, in milliseconds.
    pub(crate) fn now(&mut self, wall: Timestamp, elapsed: Duration) -> i64 {
        let passed = elapsed.saturating_sub(self.elapsed);
        let most = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX).saturating_mul(2);
        let ahead = wall.0.saturating_sub(self.last);
        if ahead > 0 {
            self.last = self.last.saturating_add(ahead.min(most));
        }
        // Less than a millisecond that passed is counted the next time.
        self.elapsed = if most > 0 || passed.is_zero() { elapsed } else { self.elapsed };
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const YEARS_10: i64 = 3650 * 24 * HOUR;

    fn after(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_clock_set_forward_gains_no_more_than_time_passes() {
        let mut time = TrustedTime::start(None, Timestamp(1000), after(0));
        assert_eq!(time.now(Timestamp(YEARS_10), after(10)), 21_000);
    }

    #[test]
    fn a_clock_set_back_stops_it() {
        let mut time = TrustedTime::start(None, Timestamp(2 * HOUR), after(0));
        assert_eq!(time.now(Timestamp(HOUR), after(10)), 2 * HOUR);
    }

    #[test]
    fn it_follows_a_sound_clock() {
        let mut time = TrustedTime::start(None, Timestamp(0), after(0));
        for second in 1..100 {
            assert_eq!(time.now(Timestamp(second * 1000), after(second as u64)), second * 1000);
        }
    }

    #[test]
    fn a_restart_ten_years_later_is_not_believed() {
        let time = TrustedTime::start(Some(5), Timestamp(YEARS_10), after(0));
        assert_eq!(time.last, 5);
        let time = TrustedTime::start(Some(5), Timestamp(300 * 24 * HOUR), after(0));
        assert_eq!(time.last, 300 * 24 * HOUR);
    }

    #[test]
    fn the_limits_of_the_clock_do_no_harm() {
        for wall in [i64::MIN, -1, 0, i64::MAX] {
            let mut time = TrustedTime::start(Some(7), Timestamp(wall), after(0));
            assert!(time.now(Timestamp(i64::MAX), Duration::MAX) >= 7);
            assert!(time.now(Timestamp(i64::MIN), Duration::MAX) >= 7);
        }
    }
}
