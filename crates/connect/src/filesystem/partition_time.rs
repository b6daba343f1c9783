//! The time that a partition stands for, from its values (`partition.time-extractor.*`): when it is over, its rows are all there.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use yeoul_engine::catalog::OptionError;

use crate::options::{Given, fault};

const PATTERN: &str = "partition.time-extractor.timestamp-pattern";

/// Finds the time of a partition.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct TimeExtractor {
    /// `$year-$month-$day $hour:00:00`; none: the first value.
    pattern: Option<String>,
    /// Where a time without a zone is.
    zone: Tz,
}

impl TimeExtractor {
    /// Reads the options.
    pub(crate) fn parse(given: &Given<'_>) -> Result<TimeExtractor, OptionError> {
        let kind = "partition.time-extractor.kind";
        if given.get(kind).is_some_and(|kind| kind.eq_ignore_ascii_case("custom")) {
            return Err(fault(kind, "Java classes can't be loaded", "write 'default' and set a timestamp pattern"));
        }
        given.one_of(kind, &["default"])?;
        let formatter = "partition.time-extractor.timestamp-formatter";
        if given.get(formatter).is_some_and(|pattern| pattern != "yyyy-MM-dd HH:mm:ss") {
            let help = format!("let `{PATTERN}` give `yyyy-MM-dd HH:mm:ss` or `yyyy-MM-dd`");
            return Err(fault(formatter, "other formats of times are not supported yet", help));
        }
        let zone_key = "sink.partition-commit.watermark-time-zone";
        let zone = given.get(zone_key).unwrap_or("UTC");
        let unknown = |_| fault(zone_key, format!("unknown time zone `{zone}`"), "write one such as 'Asia/Seoul'");
        Ok(TimeExtractor { pattern: given.get(PATTERN).map(str::to_owned), zone: zone.parse().map_err(unknown)? })
    }

    /// The beginning of a partition, in milliseconds; `values` are its columns with their values.
    ///
    /// # Errors
    /// Values that make no time.
    pub(crate) fn millis(&self, values: &[(String, String)]) -> Result<i64, String> {
        let text = match &self.pattern {
            None => values.first().map(|(_, value)| value.clone()).unwrap_or_default(),
            // A longer name may begin with a shorter one.
            Some(pattern) => {
                let mut names: Vec<&(String, String)> = values.iter().collect();
                names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
                names.iter().fold(pattern.clone(), |text, (name, value)| text.replace(&format!("${name}"), value))
            }
        };
        let time = local_time(&text).ok_or_else(|| {
            format!("`{text}` is no time of a partition; let `{PATTERN}` give one such as `$day $hour:00:00`")
        })?;
        // A time that a change of clocks skips or repeats: the earlier reading.
        let instant =
            time.and_local_timezone(self.zone).earliest().unwrap_or_else(|| time.and_utc().with_timezone(&self.zone));
        Ok(instant.timestamp_millis())
    }
}

/// `2024-1-2 3:04:05` or `2024-01-02`.
fn local_time(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.trim().split_once(' ').map_or((text.trim(), None), |(date, time)| (date, Some(time)));
    let [year, month, day] = numbers(date, '-')?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let [hour, minute, second] = time.map_or(Some([0; 3]), |time| numbers(time.split('.').next()?, ':'))?;
    Some(date.and_time(NaiveTime::from_hms_opt(hour, minute, second)?))
}

fn numbers(text: &str, between: char) -> Option<[u32; 3]> {
    let numbers: Option<Vec<u32>> = text.split(between).map(|number| number.trim().parse().ok()).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(pattern: Option<&str>, zone: &str, values: &[(&str, &str)]) -> Option<i64> {
        let extractor = TimeExtractor { pattern: pattern.map(str::to_owned), zone: zone.parse().unwrap() };
        let values: Vec<_> = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        extractor.millis(&values).ok()
    }

    #[test]
    fn a_partitions_time_follows_from_its_values() {
        let day = 1_704_153_600_000;
        assert_eq!(millis(None, "UTC", &[("day", "2024-01-02")]), Some(day));
        let hourly = [("d", "2024-01-02"), ("dh", "5")];
        assert_eq!(millis(Some("$d $dh:00:00"), "UTC", &hourly), Some(day + 5 * 3_600_000));
        assert_eq!(millis(None, "Asia/Seoul", &[("day", "2024-1-2")]), Some(day - 9 * 3_600_000));
        assert_eq!(millis(None, "UTC", &[("day", "monday")]), None);
        // 02:30 does not exist that day.
        assert!(millis(None, "America/New_York", &[("t", "2024-03-10 02:30:00")]).is_some());
    }
}
