//! Windows of all shapes, Top-N, sorting and window functions under crashes, other batch sizes, permuted input, and event
//! times at the limits.

use crate::testing::{Crash, Lab, Random};

const EVENTS: &str = "
CREATE TABLE events (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'lab', 'scan.watermark.emit.strategy' = 'on-event');
CREATE TABLE bounds (k STRING, a TIMESTAMP(3), b TIMESTAMP(3), n BIGINT, s INT, m INT) WITH ('connector' = 'lab');
CREATE TABLE ranks (k STRING, v INT, ts TIMESTAMP(3), n BIGINT) WITH ('connector' = 'lab', 'updates' = 'true');
CREATE TABLE appends (k STRING, v INT, ts TIMESTAMP(3), n BIGINT) WITH ('connector' = 'lab');
";

/// Query shapes, by name. Each gives one result whatever the order in which rows of other times come.
pub(crate) const QUERIES: [(&str, &str); 17] = [
    ("hop", "INSERT INTO bounds SELECT k, window_start, window_end, COUNT(*), SUM(v), MAX(v)
      FROM TABLE(HOP(TABLE events, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '6' SECOND)) GROUP BY k, window_start, window_end"),
    ("hop with distinct", "INSERT INTO bounds SELECT k, window_start, window_end, COUNT(DISTINCT v), SUM(v), MIN(v)
      FROM TABLE(HOP(TABLE events, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '4' SECOND)) GROUP BY k, window_start, window_end"),
    ("cumulate", "INSERT INTO bounds SELECT k, window_start, window_end, COUNT(*), SUM(v), MAX(v)
      FROM TABLE(CUMULATE(TABLE events, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end"),
    ("session", "INSERT INTO bounds SELECT k, window_start, window_end, COUNT(*), SUM(v), MAX(v)
      FROM TABLE(SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY k, window_start, window_end"),
    ("session of all, grouped by more", "INSERT INTO bounds SELECT k, window_start, window_end, COUNT(*), SUM(v), MAX(v)
      FROM TABLE(SESSION(TABLE events, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY k, window_start, window_end"),
    ("legacy session", "INSERT INTO bounds SELECT k, SESSION_START(ts, INTERVAL '1' SECOND), SESSION_END(ts, INTERVAL '1' SECOND),
      COUNT(*), SUM(v), MIN(v) FROM events GROUP BY k, SESSION(ts, INTERVAL '1' SECOND)"),
    ("aggregated twice", "INSERT INTO bounds SELECT 'x', window_start, window_end, COUNT(*), SUM(s), MAX(s) FROM
      (SELECT k, window_start, window_end, SUM(v) AS s FROM TABLE(HOP(TABLE events, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '4' SECOND))
       GROUP BY k, window_start, window_end) GROUP BY window_start, window_end"),
    ("window top-n", "INSERT INTO appends SELECT k, v, ts, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY v DESC, ts) AS n
      FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '5' SECOND))) WHERE n <= 2"),
    ("window deduplication", "INSERT INTO appends SELECT k, v, ts, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY ts DESC) AS n
      FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '5' SECOND))) WHERE n = 1"),
    ("top-n with number", "INSERT INTO ranks SELECT k, v, ts, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, ts) AS n FROM events) WHERE n <= 3"),
    ("top-n without number", "INSERT INTO ranks SELECT k, v, ts, 0 FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v, ts) AS n FROM events) WHERE n BETWEEN 2 AND 5"),
    ("top-n of updates", "INSERT INTO ranks SELECT k, CAST(c AS INT), CAST(NULL AS TIMESTAMP(3)), n FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY c, k) AS n
      FROM (SELECT k, SUM(v) AS c FROM events GROUP BY k)) WHERE n <= 2"),
    ("first by event time", "INSERT INTO appends SELECT k, v, ts, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS n FROM events) WHERE n = 1"),
    ("order by event time", "INSERT INTO appends SELECT k, v, ts, 0 FROM events ORDER BY ts, v"),
    ("order and limit", "INSERT INTO ranks SELECT k, v, ts, 0 FROM events ORDER BY v DESC, ts LIMIT 4 OFFSET 1"),
    ("over from the beginning", "INSERT INTO appends SELECT k, v, ts, SUM(CAST(v AS BIGINT)) OVER (PARTITION BY k ORDER BY ts) FROM events"),
    ("over by a value", "INSERT INTO ranks SELECT k, v, ts, SUM(CAST(v AS BIGINT)) OVER (PARTITION BY k ORDER BY v) FROM events"),
];

/// Shapes whose lateness depends on what has been computed, not on the watermark alone.
pub(crate) const LOOKING_BACK: [(&str, &str); 3] = [
    (
        "over some rows",
        "INSERT INTO appends SELECT k, v, ts, SUM(CAST(v AS BIGINT)) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM events",
    ),
    (
        "over some time",
        "INSERT INTO appends SELECT k, v, ts, COUNT(*) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '3' SECOND PRECEDING AND CURRENT ROW) FROM events",
    ),
    (
        "lag",
        "INSERT INTO appends SELECT k, v, ts, CAST(LAG(v, 2) OVER (PARTITION BY k ORDER BY ts) AS BIGINT) FROM events",
    ),
];

fn row(key: &str, value: u64, millis: u64) -> String {
    let (minutes, seconds) = (millis / 60_000, millis / 1000 % 60);
    format!("{key}|{value}|1970-01-01 00:{minutes:02}:{seconds:02}.{:03}", millis % 1000)
}

/// Events of a few keys (one of them NULL), every 300 ms from 1970-01-01T00:00:01 on. One in `late` comes 8 s too early
/// in event time; 0: none.
pub(crate) fn events(seed: u64, count: u64, late: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let event = |place: u64| {
        let key = ["a", "b", "c", ""][random.below(4) as usize];
        let back = if late > 0 && random.below(late) == 0 { 8_000 } else { 0 };
        let pause = place / 40 * 2_000;
        row(key, random.below(30), (1_000 + place * 300 + pause).saturating_sub(back).max(place))
    };
    (0..count).map(event).collect()
}

/// The rows in another order, none of them so late that the watermark has passed it.
fn permuted(rows: &[String], seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let mut places: Vec<(u64, &String)> = rows
        .iter()
        .zip(0..)
        .map(|(row, place)| (place * 300 + place / 40 * 2_000 + random.below(1_700), row))
        .collect();
    places.sort_by_key(|(place, _)| *place);
    places.into_iter().map(|(_, row)| row.clone()).collect()
}

pub(crate) fn lab(rows: Vec<String>, batch_rows: usize) -> Lab {
    let mut lab = Lab::new().tables(EVENTS).split("events", "a", rows);
    lab.options.batch_rows = batch_rows;
    lab
}

#[test]
fn a_run_with_crashes_gives_the_result_of_one_without() {
    let mut crashes = 0;
    for (name, sql) in QUERIES.into_iter().chain(LOOKING_BACK) {
        let rows = events(3, 150, 9);
        let plain = lab(rows.clone(), 16).run(sql, 1, Crash::Never);
        assert_eq!(plain.error, None, "{name}");
        plain.assert_adds_up();
        for seed in 1..=25 {
            let outcome = lab(rows.clone(), 16).run(sql, seed, Crash::Often { one_in: 40, most: 10 });
            assert_eq!(outcome.error, None, "{name}, seed {seed}");
            assert_eq!(outcome.rows, plain.rows, "{name}, seed {seed}");
            outcome.assert_adds_up();
            crashes += outcome.crashes;
        }
    }
    assert!(crashes > 1_000, "only {crashes} crashes");
}

#[test]
fn batches_of_any_size_give_one_result_also_with_late_rows() {
    for (name, sql) in QUERIES.into_iter().chain(LOOKING_BACK) {
        let rows = events(5, 150, 7);
        let large = lab(rows.clone(), 8192).run(sql, 1, Crash::Never);
        assert_eq!(large.error, None, "{name}");
        for batch_rows in [1, 3, 32] {
            let small = lab(rows.clone(), batch_rows).run(sql, 2, Crash::Never);
            assert_eq!(small.rows, large.rows, "{name} in batches of {batch_rows}");
        }
    }
}

/// How many orders of the events are tried: a thousand in the slow tier.
fn permutations() -> u64 {
    if std::env::var_os("YEOUL_SLOW").is_some() { 1000 } else { 20 }
}

#[test]
fn events_permuted_within_the_bound_give_one_result() {
    for (name, sql) in QUERIES.into_iter().chain(LOOKING_BACK) {
        let rows = events(11, 120, 0);
        let ordered = lab(rows.clone(), 16).run(sql, 1, Crash::Never);
        assert!(!ordered.rows.values().flatten().collect::<Vec<_>>().is_empty(), "{name}");
        for seed in 1..=permutations() {
            let other = lab(permuted(&rows, seed), 16).run(sql, seed, Crash::Never);
            assert_eq!(other.status.branches[0].late, 0, "{name}, seed {seed}");
            assert_eq!(other.rows, ordered.rows, "{name}, seed {seed}");
        }
    }
}

#[test]
fn no_rows_give_no_rows() {
    for (name, sql) in QUERIES.into_iter().chain(LOOKING_BACK) {
        let outcome = lab(Vec::new(), 16).run(sql, 1, Crash::Never);
        assert_eq!(outcome.error, None, "{name}");
        assert!(outcome.rows.is_empty(), "{name}: {:?}", outcome.rows);
    }
}

#[test]
fn event_times_at_the_limits_neither_overflow_nor_hang() {
    let tables =
        "CREATE TABLE far (v BIGINT, ts AS TO_TIMESTAMP_LTZ(0, 3) + CAST(v AS INTERVAL SECOND), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
        WITH ('connector' = 'lab', 'scan.watermark.emit.strategy' = 'on-event');
        CREATE TABLE o (n BIGINT) WITH ('connector' = 'lab', 'updates' = 'true');";
    let queries = [
        "SELECT COUNT(*) FROM TABLE(HOP(TABLE far, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '2' HOUR)) GROUP BY window_start, window_end",
        "SELECT COUNT(*) FROM TABLE(CUMULATE(TABLE far, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '4' HOUR)) GROUP BY window_start, window_end",
        "SELECT COUNT(*) FROM TABLE(SESSION(TABLE far, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY window_start, window_end",
        "SELECT v FROM TABLE(HOP(TABLE far, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '2' HOUR))",
        "SELECT v FROM TABLE(SESSION(TABLE far, DESCRIPTOR(ts), INTERVAL '1' HOUR))",
        "SELECT v FROM far ORDER BY ts",
        "SELECT COUNT(*) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) FROM far",
        "SELECT COUNT(*) OVER (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM far",
        "SELECT v FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY ts) AS n FROM far) WHERE n = 1",
        "SELECT v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v) AS n
         FROM TABLE(TUMBLE(TABLE far, DESCRIPTOR(ts), INTERVAL '1' HOUR))) WHERE n <= 1",
    ];
    for zone in [chrono_tz::Tz::UTC, chrono_tz::Tz::Asia__Seoul] {
        for query in queries {
            let far =
                ["-9223372036854775808", "-9223372036854775807", "0", "9223372036854775806", "9223372036854775807"];
            let mut lab = Lab::new().tables(tables).rows("far", &far);
            lab.options.zone = zone;
            let outcome = lab.run(&format!("INSERT INTO o {query}"), 1, Crash::Never);
            assert_eq!(outcome.error, None, "{query}");
            outcome.assert_adds_up();
        }
    }
}
