//! When the next line is due: event time runs `speed` times as fast as the clock.

use std::time::Duration;

use crate::config::Speed;

/// Keeps event time and the clock together.
#[derive(Debug)]
pub struct Pace {
    speed: Speed,
    /// Event time of the first line in milliseconds, and the clock then.
    start: Option<(i64, Duration)>,
}

impl Pace {
    /// Starts with the first line that has a time.
    #[must_use]
    pub fn new(speed: Speed) -> Pace {
        Pace { speed, start: None }
    }

    /// How long to wait, at `now` of the clock, before a line of `event_time` is sent. A line without a time is due at once.
    pub fn delay(&mut self, event_time: Option<i64>, now: Duration) -> Duration {
        let (Speed::Times(times), Some(event_time)) = (self.speed, event_time) else { return Duration::ZERO };
        let (first, began) = *self.start.get_or_insert((event_time, now));
        #[allow(clippy::cast_precision_loss, reason = "spans are far below 2^52 ms")]
        let ahead = event_time.saturating_sub(first).max(0) as f64 / 1000.0 / times;
        let due = Duration::try_from_secs_f64(ahead).unwrap_or(Duration::MAX);
        began.saturating_add(due).saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_time_runs_faster_than_the_clock() {
        let mut pace = Pace::new(Speed::Times(100.0));
        let second = Duration::from_secs(1);
        assert_eq!(pace.delay(Some(5_000), second), Duration::ZERO);
        assert_eq!(pace.delay(Some(105_000), second), second);
        assert_eq!(pace.delay(Some(105_000), second * 2), Duration::ZERO);
        assert_eq!(pace.delay(Some(0), second), Duration::ZERO);
        assert_eq!(pace.delay(None, second), Duration::ZERO);
    }

    #[test]
    fn at_full_speed_nothing_waits() {
        let mut pace = Pace::new(Speed::Max);
        assert_eq!(pace.delay(Some(0), Duration::ZERO), Duration::ZERO);
        assert_eq!(pace.delay(Some(1 << 40), Duration::ZERO), Duration::ZERO);
    }
}
