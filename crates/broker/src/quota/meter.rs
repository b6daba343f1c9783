//! How much was used lately, in samples of a second, and how long to be silent for having used too much.
//!
//! As Kafka measures (`Rate` with `quota.window.num` 11 and `quota.window.size.seconds` 1): the sum of the current
//! second and the ten before it, over the time that they took, ten seconds at least.

use std::collections::VecDeque;
use std::time::Duration;

/// Samples behind the current one.
const SAMPLES: u64 = 10;
/// The longest that a client is told to be silent at a time.
const THROTTLE_MAX: Duration = Duration::from_secs(60);

/// One client's use.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// Seconds and what was used in them, the latest last.
    samples: VecDeque<(u64, f64)>,
}

impl Meter {
    /// Counts what is used at a moment.
    pub(crate) fn record(&mut self, now: Duration, used: f64) {
        let second = now.as_secs();
        self.forget(second);
        match self.samples.back_mut() {
            Some((last, sum)) if *last == second => *sum += used,
            _ => self.samples.push_back((second, used)),
        }
    }

    /// How long to be silent, so that the rate comes down to the limit.
    pub(crate) fn throttle(&mut self, now: Duration, limit: f64) -> Duration {
        self.forget(now.as_secs());
        let Some((oldest, _)) = self.samples.front() else { return Duration::ZERO };
        let used: f64 = self.samples.iter().map(|(_, sum)| sum).sum();
        let window = now.saturating_sub(Duration::from_secs(*oldest)).as_secs_f64().max(SAMPLES as f64);
        let over = used / limit.max(f64::MIN_POSITIVE) - window;
        Duration::try_from_secs_f64(over.max(0.0)).unwrap_or(THROTTLE_MAX).min(THROTTLE_MAX)
    }

    /// Whether nothing is left to be remembered.
    pub(crate) fn is_idle(&mut self, now: Duration) -> bool {
        self.forget(now.as_secs());
        self.samples.is_empty()
    }

    fn forget(&mut self, second: u64) {
        while self.samples.front().is_some_and(|(sample, _)| sample + SAMPLES < second) {
            self.samples.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    #[test]
    fn who_stays_below_the_limit_is_not_slowed() {
        let mut meter = Meter::default();
        for second in 0..100 {
            meter.record(S(second), 90.0);
            assert_eq!(meter.throttle(S(second), 100.0), Duration::ZERO, "second {second}");
        }
    }

    #[test]
    fn who_is_above_is_silent_until_the_rate_is_the_limit() {
        let mut meter = Meter::default();
        meter.record(S(0), 2000.0);
        // 2,000 at 100 a second take 20 seconds, of which ten are the window's.
        assert_eq!(meter.throttle(S(0), 100.0), S(10));
        assert_eq!(meter.throttle(S(5), 100.0), S(10));
        assert!(meter.is_idle(S(11)));
        assert_eq!(meter.throttle(S(11), 100.0), Duration::ZERO);
    }

    #[test]
    fn a_limit_of_nothing_is_bounded() {
        let mut meter = Meter::default();
        meter.record(S(0), 1.0);
        assert_eq!(meter.throttle(S(0), 0.0), THROTTLE_MAX);
    }
}
