//! Jobs from end to end, inside one thread.

use std::sync::Arc;

use yeoul_base::SystemClock;
use yeoul_row::RowBatch;

use crate::materialize::MaterializeSink;
use crate::options::NotNull;
use crate::runtime::job::{Job, prepare};
use crate::runtime::queue::lock;
use crate::sink::{Prepared, Restored, Sink, SinkError};
use crate::status::JobState;
use crate::testing::{Crash, Lab, Outcome, Random, WorldConnections};
use crate::{JobEnd, JobOptions, MemoryStore, start};

const EVENTS: &str = "
CREATE TABLE events (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'lab', 'scan.watermark.emit.strategy' = 'on-event');
CREATE TABLE plain (k STRING, v INT) WITH ('connector' = 'lab');
CREATE TABLE out1 (k STRING, n BIGINT) WITH ('connector' = 'lab', 'updates' = 'true');
CREATE TABLE sorted (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'lab', 'scan.watermark.emit.strategy' = 'on-event');
CREATE TABLE versions (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (k) NOT ENFORCED)
WITH ('connector' = 'lab', 'scan.watermark.emit.strategy' = 'on-event');
CREATE TABLE windows (a TIMESTAMP(3), b TIMESTAMP(3), s INT) WITH ('connector' = 'lab');
";

const WINDOWS: &str = "INSERT INTO windows SELECT window_start, window_end, SUM(v)
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;";

/// Seconds as an event of that value.
fn event(second: u32) -> String {
    format!("k|{second}|1970-01-01 00:00:{second:02}")
}

fn late_lab() -> Lab {
    let rows = [1, 2, 20, 3, 19, 21].map(event).to_vec();
    let mut lab = Lab::new().tables(EVENTS).split("events", "a", rows);
    lab.options.late_topic = Some("failed.late".to_owned());
    lab
}

#[test]
fn a_row_is_late_by_the_watermark_before_it_also_within_a_batch() {
    for batch_rows in [1, 2, 3, 8192] {
        let mut lab = late_lab();
        lab.options.batch_rows = batch_rows;
        let outcome = lab.run(WINDOWS, 1, Crash::Never);
        let expected = [
            "1970-01-01T00:00:00|1970-01-01T00:00:05|3",
            "1970-01-01T00:00:15|1970-01-01T00:00:20|19",
            "1970-01-01T00:00:20|1970-01-01T00:00:25|41",
        ];
        assert_eq!(outcome.only(), expected, "in batches of {batch_rows}");
        let late = lock(&lab.world.failures)["failed.late"].clone();
        assert_eq!(late.iter().map(|failure| failure.position).collect::<Vec<_>>(), [3]);
        assert_eq!(outcome.assert_adds_up().status.branches[0].late, 1);
    }
}

#[test]
fn constant_rows_are_aggregated_by_threads() {
    let lab = Lab::new();
    let plan = lab.plan("SELECT k, SUM(v) FROM (VALUES ('a', 1), ('b', 2), ('a', 3), ('b', 4)) AS t(k, v) GROUP BY k");
    let sink = MaterializeSink::new(plan.branches[0].input.schema.to_arrow(), &[0]);
    let connections = Arc::new(WorldConnections(lab.world.clone()));
    let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(SystemClock::new()));
    let handle = start(plan, lab.options.clone(), connections, store, clock, Some(Box::new(sink.clone()))).unwrap();
    assert_eq!(handle.wait(), Ok(JobEnd::Finished));
    let rows = sink.rows().unwrap();
    assert_eq!(rows.num_rows(), 2);
    assert_eq!(
        format!("{:?}", rows.column(1)).matches('4').count() + format!("{:?}", rows.column(1)).matches('6').count(),
        2
    );
}

/// The queries that each property is checked with: name and text.
pub(crate) const QUERIES: [(&str, &str); 17] = [
    ("windows", WINDOWS),
    (
        "windows by key with filter and distinct",
        "CREATE TABLE o (k STRING, a BIGINT, c BIGINT, d BIGINT, m INT, f DOUBLE, e TIMESTAMP(3)) WITH ('connector' = 'lab');
         INSERT INTO o SELECT k, COUNT(*), COUNT(*) FILTER (WHERE v > 30), COUNT(DISTINCT v), MAX(v), AVG(CAST(v AS DOUBLE)), window_end
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '3' SECOND)) GROUP BY k, window_start, window_end;",
    ),
    (
        "aggregation over an updating aggregation",
        "CREATE TABLE o (n BIGINT, k BIGINT, s BIGINT, lo BIGINT, hi BIGINT) WITH ('connector' = 'lab', 'updates' = 'true');
         INSERT INTO o SELECT n, COUNT(*), SUM(n), MIN(s), MAX(s) FROM
         (SELECT k, COUNT(*) AS n, SUM(CAST(v AS BIGINT)) AS s FROM events GROUP BY k) GROUP BY n;",
    ),
    (
        "group aggregation",
        "INSERT INTO out1 SELECT k, COUNT(DISTINCT v) FROM events WHERE v <> 7 GROUP BY k;",
    ),
    (
        "first row of each key",
        "CREATE TABLE keyed (k STRING, v INT, p AS PROCTIME()) WITH ('connector' = 'lab');
         CREATE TABLE o (k STRING, v INT) WITH ('connector' = 'lab');
         INSERT INTO o SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k, v ORDER BY p) AS r FROM keyed) WHERE r = 1;",
    ),
    (
        "last row of each key",
        "CREATE TABLE o (k STRING, v INT, ts TIMESTAMP(3)) WITH ('connector' = 'lab', 'updates' = 'true');
         INSERT INTO o SELECT k, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS r FROM events) WHERE r = 1;",
    ),
    (
        "joins",
        "CREATE TABLE o (k STRING, v INT, name STRING) WITH ('connector' = 'lab', 'updates' = 'true');
         INSERT INTO o SELECT e.k, e.v, n.name FROM events AS e LEFT JOIN names AS n ON e.k = n.k AND e.v > n.least;",
    ),
    (
        "union of branches of one source",
        "CREATE TABLE o (k STRING, v INT) WITH ('connector' = 'lab');
         INSERT INTO o SELECT k, v FROM events WHERE v < 20 UNION ALL SELECT k, -v FROM events WHERE v > 10;",
    ),
    (
        "regular joins of updating sides",
        "CREATE TABLE o (a STRING, n BIGINT, b STRING, m INT) WITH ('connector' = 'lab', 'updates' = 'true');
         INSERT INTO o SELECT l.k, l.n, r.k, r.v FROM (SELECT k, COUNT(*) AS n FROM events WHERE v < 30 GROUP BY k) AS l
         FULL JOIN (SELECT k, MAX(v) AS v FROM events WHERE v > 5 GROUP BY k) AS r ON l.k = r.k AND l.n > r.v;",
    ),
    (
        "a left join of a table with itself",
        "CREATE TABLE o (k STRING, v INT, w INT) WITH ('connector' = 'lab', 'updates' = 'true');
         INSERT INTO o SELECT a.k, a.v, b.v FROM events AS a LEFT JOIN (SELECT * FROM events WHERE v > 20) AS b
         ON a.k = b.k AND a.v < b.v;",
    ),
    (
        "semi and anti joins",
        "CREATE TABLE o (k STRING, v INT) WITH ('connector' = 'lab', 'updates' = 'true');
         INSERT INTO o SELECT k, v FROM events WHERE v IN (SELECT n FROM (SELECT k, COUNT(*) AS c, MAX(v) AS n FROM events GROUP BY k))
         AND NOT EXISTS (SELECT * FROM events AS e WHERE e.k = events.k AND e.v = events.v + 1);",
    ),
    (
        "an interval join that keeps both sides",
        "CREATE TABLE o (k STRING, v INT, l STRING, w INT) WITH ('connector' = 'lab');
         INSERT INTO o SELECT a.k, a.v, b.k, b.v FROM (SELECT * FROM sorted WHERE v < 25) AS a FULL JOIN
         (SELECT * FROM sorted WHERE v > 10) AS b ON a.k = b.k AND a.ts BETWEEN b.ts - INTERVAL '1' SECOND AND b.ts + INTERVAL '2' SECOND;",
    ),
    (
        "a window join that keeps both sides",
        "CREATE TABLE o (k STRING, v INT, l STRING, w INT) WITH ('connector' = 'lab');
         INSERT INTO o SELECT a.k, a.v, b.k, b.v FROM
         (SELECT * FROM TABLE(TUMBLE(TABLE sorted, DESCRIPTOR(ts), INTERVAL '3' SECOND)) WHERE v < 25) AS a FULL JOIN
         (SELECT * FROM TABLE(TUMBLE(TABLE sorted, DESCRIPTOR(ts), INTERVAL '3' SECOND)) WHERE v > 10) AS b
         ON a.k = b.k AND a.window_start = b.window_start AND a.window_end = b.window_end;",
    ),
    (
        "a temporal join",
        "CREATE TABLE o (k STRING, v INT, w INT) WITH ('connector' = 'lab');
         INSERT INTO o SELECT a.k, a.v, b.v FROM sorted AS a LEFT JOIN versions FOR SYSTEM_TIME AS OF a.ts AS b ON a.k = b.k;",
    ),
    (
        "sets of updating aggregates",
        "CREATE TABLE o (k STRING, n BIGINT) WITH ('connector' = 'lab', 'updates' = 'true');
         INSERT INTO o (SELECT k, COUNT(*) FROM events WHERE v < 20 GROUP BY k INTERSECT SELECT k, COUNT(*) FROM events WHERE v >= 20 GROUP BY k)
         UNION ALL (SELECT k, CAST(v AS BIGINT) FROM events EXCEPT ALL SELECT k, COUNT(*) FROM events GROUP BY k);",
    ),
    (
        "grouping sets",
        "CREATE TABLE o (k STRING, v INT, n BIGINT, g BIGINT) WITH ('connector' = 'lab', 'updates' = 'true');
         INSERT INTO o SELECT k, v, COUNT(*), GROUPING_ID(k, v) FROM events GROUP BY CUBE (k, v);",
    ),
    (
        "a statement set that shares its source",
        "CREATE TABLE big (k STRING, v INT) WITH ('connector' = 'lab');
         EXECUTE STATEMENT SET BEGIN
         INSERT INTO windows SELECT window_start, window_end, SUM(v)
           FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;
         INSERT INTO big SELECT k, v FROM events WHERE v > 30;
         INSERT INTO out1 SELECT k, COUNT(*) FROM events GROUP BY k;
         END;",
    ),
];

/// Events of a few keys whose times step back now and then, some by far too much.
fn random_events(seed: u64, count: usize) -> Vec<String> {
    let mut random = Random::new(seed);
    let row = |place: usize| {
        let back = if random.below(10) == 0 { random.below(8_000) } else { random.below(900) };
        let millis = (place as u64 * 250).saturating_sub(back);
        let (minutes, seconds) = (millis / 60_000, millis / 1000 % 60);
        let key = ["a", "b", "c", ""][random.below(4) as usize];
        let value = random.below(40);
        format!("{key}|{value}|1970-01-01 00:{minutes:02}:{seconds:02}.{:03}", millis % 1000)
    };
    (0..count).map(row).collect()
}

pub(crate) fn lab_with_events(seed: u64, batch_rows: usize) -> Lab {
    let rows = random_events(seed, 200);
    let keyed = rows.iter().map(|row| row.rsplit_once('|').unwrap().0.to_owned()).collect();
    // Joins by time give the same whatever comes first of their inputs only where nothing is late.
    let mut sorted: Vec<String> = rows.clone();
    sorted.sort_by_key(|row| row.rsplit_once('|').unwrap().1.to_owned());
    sorted.dedup_by_key(|row| row.rsplit_once('|').unwrap().1.to_owned());
    let names = "CREATE TABLE names (k STRING, name STRING, least INT) WITH ('connector' = 'lab');";
    let mut lab = Lab::new()
        .tables(EVENTS)
        .tables(names)
        .rows("names", &["a|Anna|0", "b|Bert|5", "b|Bea|20", "|nobody|0"])
        .split("events", "a", rows)
        .split("sorted", "a", sorted.clone())
        .split("versions", "a", sorted.into_iter().step_by(3).collect())
        .split("keyed", "a", keyed);
    lab.options.batch_rows = batch_rows;
    lab.options.late_topic = Some("failed.late".to_owned());
    lab
}

#[test]
fn a_run_with_crashes_gives_the_result_of_one_without() {
    let mut crashes = 0;
    for (name, sql) in QUERIES {
        let plain = lab_with_events(7, 16).run(sql, 1, Crash::Never);
        assert_eq!(plain.error, None, "{name}");
        plain.assert_adds_up();
        for seed in 1..=40 {
            let crash = Crash::Often { one_in: 60, most: 12 };
            let outcome = lab_with_events(7, 16).run(sql, seed, crash);
            assert_eq!(outcome.error, None, "{name}, seed {seed}");
            assert_eq!(outcome.rows, plain.rows, "{name}, seed {seed}");
            let fates = |outcome: &Outcome| {
                let branches = outcome.status.branches.iter();
                branches
                    .map(|branch| (branch.input, branch.applied, branch.filtered.clone(), branch.late))
                    .collect::<Vec<_>>()
            };
            assert_eq!(fates(&outcome), fates(&plain), "{name}, seed {seed}");
            outcome.assert_adds_up();
            crashes += outcome.crashes;
        }
    }
    assert!(crashes > 1_000, "only {crashes} crashes");
}

#[test]
fn a_batch_of_one_row_gives_the_result_of_one_large_batch() {
    for (name, sql) in QUERIES {
        let large = lab_with_events(3, 8192).run(sql, 1, Crash::Never);
        for batch_rows in [1, 5, 64] {
            let small = lab_with_events(3, batch_rows).run(sql, 2, Crash::Never);
            assert_eq!(small.rows, large.rows, "{name} in batches of {batch_rows}");
            assert_eq!(small.error, None);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_trace_output_and_state() {
    for (name, sql) in QUERIES {
        for seed in 1..=23 {
            let crash = Crash::Often { one_in: 80, most: 4 };
            let (one, two) = (lab_with_events(5, 8).run(sql, seed, crash), lab_with_events(5, 8).run(sql, seed, crash));
            assert_eq!(one.trace, two.trace, "{name}, seed {seed}");
            assert_eq!(one.rows, two.rows, "{name}, seed {seed}");
            assert_eq!(one.state, two.state, "{name}, seed {seed}");
        }
    }
}

#[test]
fn rows_that_cannot_be_decoded_or_have_no_event_time_fail_and_are_counted_in_each_branch() {
    let rows = ["a|1|1970-01-01 00:00:01", "!broken", "a|2|", "b|3|1970-01-01 00:00:09"];
    let mut lab = Lab::new().tables(EVENTS).rows("events", &rows);
    lab.options.dead_letter_topic = Some("failed.letters".to_owned());
    let (_, sql) = QUERIES[QUERIES.len() - 1];
    let outcome = lab.run(sql, 1, Crash::Never);
    outcome.assert_adds_up();
    for branch in &outcome.status.branches {
        assert_eq!((branch.input, branch.failed), (4, 2), "{branch:?}");
    }
    let failures = lock(&lab.world.failures)["failed.letters"].clone();
    let mut causes: Vec<_> = failures.iter().map(|failure| (failure.cause, failure.position)).collect();
    causes.sort_unstable();
    assert_eq!(causes, [("malformed", 1), ("null-rowtime", 2)]);
}

#[test]
fn a_row_without_event_time_fails_the_job_where_it_has_nowhere_to_go() {
    let lab = Lab::new().tables(EVENTS).rows("events", &["a|2|"]);
    let error = lab.run(WINDOWS, 1, Crash::Never).error.unwrap();
    assert!(error.contains("the rowtime column `ts` is NULL"), "{error}");
}

#[test]
fn a_job_over_its_memory_fails_by_name() {
    let mut lab = lab_with_events(1, 8192);
    lab.options.state_bytes_max = 64;
    let error = lab.run(QUERIES[3].1, 1, Crash::Never).error.unwrap();
    assert!(error.contains("yeoul.state.memory"), "{error}");
}

#[test]
fn a_row_with_null_where_the_target_takes_none_fails_the_job_or_is_refused_and_counted() {
    let query = "CREATE TABLE strict (k STRING, v INT NOT NULL) WITH ('connector' = 'lab');
                 INSERT INTO strict SELECT k, v FROM plain";
    let mut lab = Lab::new().tables(EVENTS).rows("plain", &["a|1", "b|", "c|3"]);
    let error = lab.run(query, 1, Crash::Never).error.unwrap();
    assert!(error.contains("`v`") && error.contains("NOT NULL"), "{error}");
    lab = Lab::new().tables(EVENTS).rows("plain", &["a|1", "b|", "c|3"]);
    lab.options.not_null = NotNull::Drop;
    let outcome = lab.run(query, 1, Crash::Never);
    assert_eq!(outcome.only(), ["a|1", "c|3"]);
    let branch = &outcome.assert_adds_up().status.branches[0];
    assert_eq!((branch.input, branch.applied, branch.refused, branch.output), (3, 2, 1, 2));
}

#[test]
fn a_changed_query_is_refused_with_what_changed() {
    let lab = lab_with_events(1, 8192);
    let named = "SET 'pipeline.name' = 'job';";
    lab.run(&format!("{named}{}", QUERIES[3].1), 1, Crash::Never);
    let plan = lab.plan(&format!("{named}{}", QUERIES[3].1.replace("COUNT(DISTINCT v)", "SUM(CAST(v AS BIGINT))")));
    let connections = WorldConnections(lab.world.clone());
    let refused = prepare(&plan, &lab.options, &connections, lab.store.clone(), lab.clock.clone(), None);
    let error = refused.err().unwrap().to_string();
    assert!(error.contains("--fresh") && error.contains("became"), "{error}");
    let fresh = JobOptions { fresh: true, ..lab.options.clone() };
    assert!(prepare(&plan, &fresh, &connections, lab.store.clone(), lab.clock.clone(), None).is_ok());
}

#[test]
fn a_stopped_job_leaves_watermarks_as_they_are_and_goes_on() {
    let rows: Vec<String> = [1, 2, 20].map(event).to_vec();
    let unbounded = EVENTS.replace("'scan.watermark", "'bounded' = 'false', 'scan.watermark");
    let lab = Lab::new().tables(&unbounded).split("events", "a", rows);
    let plan = lab.plan(WINDOWS);
    let mut job = lab.job(&plan);
    step_all(&lab, &mut job, 1);
    step_all(&lab, &mut job, 1);
    job.control.stop();
    step_all(&lab, &mut job, 1);
    step_all(&lab, &mut job, 1);
    assert_eq!(job.coordinator.ended(), Some(JobEnd::Stopped));
    assert_eq!(job.status(JobState::Stopped).branches[0].waiting, 1);
    lab.append("events", "a", [3, 19, 40].map(event).to_vec());
    let mut job = lab.job(&plan);
    step_all(&lab, &mut job, 1);
    step_all(&lab, &mut job, 1);
    let status = job.status(JobState::Running);
    assert_eq!((status.branches[0].late, status.branches[0].applied, status.branches[0].waiting), (1, 4, 1));
}

#[test]
fn event_times_at_the_limits_neither_overflow_nor_hang() {
    let tables =
        "CREATE TABLE far (v BIGINT, ts AS TO_TIMESTAMP_LTZ(0, 3) + CAST(v AS INTERVAL SECOND), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
        WITH ('connector' = 'lab', 'scan.watermark.emit.strategy' = 'on-event');
        CREATE TABLE o (n BIGINT) WITH ('connector' = 'lab');";
    let sql = "INSERT INTO o SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE far, DESCRIPTOR(ts), INTERVAL '1' HOUR))
        GROUP BY window_start, window_end;";
    for zone in [chrono_tz::Tz::UTC, chrono_tz::Tz::Asia__Seoul] {
        let far = ["-9223372036854775808", "-9223372036854775807", "0", "9223372036854775806", "9223372036854775807"];
        let mut lab = Lab::new().tables(tables).rows("far", &far);
        lab.options.zone = zone;
        let outcome = lab.run(sql, 1, Crash::Never);
        outcome.assert_adds_up();
        let late = outcome.status.branches[0].late;
        let counted: u64 = outcome.only().iter().map(|row| row.parse::<u64>().unwrap()).sum();
        assert_eq!(counted + late, 5);
    }
}

#[test]
fn a_silent_split_holds_the_watermark_back_until_it_is_idle() {
    let unbounded = EVENTS
        .replace("'scan.watermark", "'bounded' = 'false', 'scan.watermark.idle-timeout' = '1 s', 'scan.watermark");
    let lab = Lab::new().tables(&unbounded).split("events", "a", Vec::new()).split("events", "b", Vec::new());
    let plan = lab.plan(WINDOWS);
    let mut job = lab.job(&plan);
    step_all(&lab, &mut job, 1);
    lab.append("events", "a", [1, 20].map(event).to_vec());
    step_all(&lab, &mut job, 1);
    assert!(lock(&lab.world.committed).is_empty());
    step_all(&lab, &mut job, 20);
    assert_eq!(lock(&lab.world.committed)["windows"].len(), 1);
}

struct PanickingSink;

impl Sink for PanickingSink {
    fn open(&mut self, _restored: Restored) -> Result<(), SinkError> {
        Ok(())
    }

    fn write(&mut self, _batch: &RowBatch) -> Result<(), SinkError> {
        panic!("as planned")
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        Ok(Prepared::default())
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

#[test]
fn a_panic_fails_its_job_by_name_and_no_other() {
    let lab = Lab::new();
    let connections = Arc::new(WorldConnections(lab.world.clone()));
    let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(SystemClock::new()));
    let run = |sink: Box<dyn Sink>| {
        let plan = lab.plan("SELECT k FROM (VALUES ('a'), ('b')) AS t(k)");
        start(plan, lab.options.clone(), connections.clone(), store.clone(), clock.clone(), Some(sink)).unwrap()
    };
    let failed = run(Box::new(PanickingSink));
    let schema = lab.plan("SELECT k FROM (VALUES ('a')) AS t(k)").branches[0].input.schema.to_arrow();
    let error = failed.wait().unwrap_err();
    assert!(error.reason.contains("as planned"), "{error}");
    assert_eq!(failed.status().state, JobState::Failed);
    let sink = MaterializeSink::new(schema, &[]);
    assert_eq!(run(Box::new(sink.clone())).wait(), Ok(JobEnd::Finished));
    assert_eq!(sink.rows().unwrap().num_rows(), 2);
}

#[test]
fn in_batch_nothing_is_late_and_a_global_aggregate_over_nothing_gives_a_row() {
    let mut lab = late_lab();
    lab.options.batch = true;
    let outcome = lab.run(WINDOWS, 1, Crash::Never);
    assert_eq!(outcome.assert_adds_up().status.branches[0].late, 0);
    assert_eq!(outcome.only().len(), 3);
    let mut lab = Lab::new().tables(EVENTS).rows("plain", &[]);
    lab.options.batch = true;
    let count = "CREATE TABLE o (n BIGINT, s INT) WITH ('connector' = 'lab', 'updates' = 'true');
        INSERT INTO o SELECT COUNT(*), SUM(v) FROM plain;";
    assert_eq!(lab.run(count, 1, Crash::Never).only(), ["0|NULL"]);
    let lab = Lab::new().tables(EVENTS).rows("plain", &[]);
    assert!(lab.run(count, 1, Crash::Never).rows.is_empty());
}

#[test]
fn windows_by_the_clock_close_when_it_passes_their_end() {
    let tables = "CREATE TABLE seen (v INT, p AS PROCTIME()) WITH ('connector' = 'lab', 'bounded' = 'false');
        CREATE TABLE o (s INT) WITH ('connector' = 'lab');";
    let lab = Lab::new().tables(tables).rows("seen", &["1", "2"]);
    let plan = lab.plan(
        "INSERT INTO o SELECT SUM(v) FROM TABLE(TUMBLE(TABLE seen, DESCRIPTOR(p), INTERVAL '1' MINUTE))
         GROUP BY window_start, window_end;",
    );
    let mut job = lab.job(&plan);
    step_all(&lab, &mut job, 1);
    assert!(lock(&lab.world.committed).is_empty());
    step_all(&lab, &mut job, 1_000);
    assert_eq!(lock(&lab.world.committed)["o"], [("3".to_owned(), true)]);
}

/// Steps each chain a hundred times, the clock moving on so many milliseconds each round.
pub(crate) fn step_all(lab: &Lab, job: &mut Job, millis: i64) {
    for _ in 0..100 {
        for chain in &mut job.chains {
            chain.step().unwrap();
        }
        job.coordinator.step().unwrap();
        lab.clock.advance(millis);
    }
}

#[test]
fn a_finished_job_whose_input_has_grown_says_so() {
    let lab = late_lab();
    assert_eq!(lab.run(WINDOWS, 1, Crash::Never).error, None);
    assert_eq!(lab.run(WINDOWS, 2, Crash::Never).error, None);
    lab.append("events", "a", vec![event(50)]);
    let error = lab.run(WINDOWS, 3, Crash::Never).error.unwrap();
    assert!(error.contains("--fresh"), "{error}");
}

#[test]
fn a_dictionary_over_the_job_s_memory_fails_while_it_is_read() {
    let names: Vec<String> =
        (0..20_000).map(|number| format!("{number}|a rather long name of number {number}|0")).collect();
    let mut lab = lab_with_events(1, 64).split("names", "a", names);
    lab.options.state_bytes_max = 100_000;
    let error = lab.run(QUERIES[6].1, 1, Crash::Never).error.unwrap();
    assert!(error.contains("yeoul.state.memory"), "{error}");
}
