//! Jobs in several subtasks: the result is that of one, also across crashes and with another number after each.

use crate::options::Phases;
use crate::runtime::queue::lock;
use crate::testing::{Crash, Lab, Outcome, Random};
use crate::tests::step_all;
use crate::{JobEnd, join_tests, order_tests, tests};

/// A query's name, its text, and what it reads.
type Case = (&'static str, &'static str, fn() -> Lab);

/// All queries that the engine's tests have.
fn cases() -> Vec<Case> {
    let by_events: fn() -> Lab = || tests::lab_with_events(7, 16);
    let by_order: fn() -> Lab = || order_tests::lab(order_tests::events(3, 150, 9), 16);
    let by_rows: fn() -> Lab = || {
        let mut random = Random::new(11);
        let (left, right) = (join_tests::rows(&mut random, 24), join_tests::rows(&mut random, 24));
        join_tests::lab(left, right, 4)
    };
    let events = tests::QUERIES.into_iter().map(|(name, sql)| (name, sql, by_events));
    let ordered = order_tests::QUERIES.into_iter().chain(order_tests::LOOKING_BACK);
    let ordered = ordered.map(|(name, sql)| (name, sql, by_order));
    events.chain(ordered).chain(join_tests::QUERIES.into_iter().map(|(name, sql)| (name, sql, by_rows))).collect()
}

fn fates(outcome: &Outcome) -> Vec<(u64, u64, u64, u64)> {
    let branches = outcome.status.branches.iter();
    branches.map(|branch| (branch.input, branch.filtered.values().sum(), branch.late, branch.waiting)).collect()
}

#[test]
fn several_subtasks_give_the_result_of_one() {
    for (name, sql, lab) in cases() {
        let one = lab().run(sql, 1, Crash::Never);
        assert_eq!(one.error, None, "{name}");
        for (seed, parallelism, phases) in
            [(1, 2, Phases::Auto), (2, 2, Phases::Two), (3, 3, Phases::Two), (4, 5, Phases::Auto), (5, 3, Phases::One)]
        {
            let mut lab = lab();
            lab.options.parallelism = parallelism;
            lab.options.phases = phases;
            let several = lab.run(sql, seed, Crash::Never);
            assert_eq!(several.error, None, "{name} in {parallelism} subtasks");
            assert_eq!(several.rows, one.rows, "{name} in {parallelism} subtasks, seed {seed}");
            assert_eq!(fates(&several), fates(&one), "{name} in {parallelism} subtasks, seed {seed}");
            several.assert_adds_up();
        }
    }
}

#[test]
fn a_job_goes_on_in_another_number_of_subtasks_as_if_nothing_had_been() {
    let mut crashes = 0;
    for (name, sql, lab) in cases() {
        let one = lab().run(sql, 1, Crash::Never);
        for (seed, subtasks) in [(1, vec![1, 2]), (2, vec![2, 1, 3]), (3, vec![1, 2, 4, 2]), (4, vec![3])] {
            let mut lab = lab();
            lab.subtasks.clone_from(&subtasks);
            lab.options.phases = if seed % 2 == 0 { Phases::Two } else { Phases::Auto };
            let outcome = lab.run(sql, seed, Crash::Often { one_in: 150, most: 10 });
            assert_eq!(outcome.error, None, "{name} in {subtasks:?}");
            assert_eq!(outcome.rows, one.rows, "{name} in {subtasks:?}, seed {seed}");
            assert_eq!(fates(&outcome), fates(&one), "{name} in {subtasks:?}, seed {seed}");
            outcome.assert_adds_up();
            crashes += outcome.crashes;
        }
    }
    assert!(crashes > 300, "only {crashes} crashes");
}

#[test]
fn the_same_seed_gives_the_same_trace_output_and_state_in_several_subtasks() {
    for (name, sql, lab) in cases() {
        let run = || {
            let mut lab = lab();
            lab.options.parallelism = 3;
            lab.run(sql, 9, Crash::Often { one_in: 200, most: 2 })
        };
        let (one, two) = (run(), run());
        assert_eq!(one.trace, two.trace, "{name}");
        assert_eq!(one.rows, two.rows, "{name}");
        assert_eq!(one.state, two.state, "{name}");
    }
}

const PLAIN: &str = "
CREATE TABLE plain (k STRING, v INT) WITH ('connector' = 'lab');
CREATE TABLE sums (k STRING, n BIGINT, s INT) WITH ('connector' = 'lab', 'updates' = 'true');";

#[test]
fn each_split_of_a_divided_source_is_read_once() {
    let rows = |split: u32| (0..90).map(|row| format!("{}|{}", row % 7, split * 100 + row)).collect::<Vec<_>>();
    let lab = || {
        ["a", "b", "c", "d"]
            .iter()
            .zip(0..)
            .fold(Lab::new().tables(PLAIN), |lab, (name, split)| lab.split("plain", name, rows(split)))
    };
    let sql = "INSERT INTO sums SELECT k, COUNT(*), SUM(v) FROM plain GROUP BY k";
    let one = lab().run(sql, 1, Crash::Never);
    for (seed, subtasks) in [(1, vec![2]), (2, vec![3, 1]), (3, vec![1, 4, 2]), (4, vec![9])] {
        let mut lab = lab();
        lab.options.batch_rows = 8;
        lab.subtasks.clone_from(&subtasks);
        let outcome = lab.run(sql, seed, Crash::Often { one_in: 60, most: 6 });
        assert_eq!(outcome.rows, one.rows, "{subtasks:?}");
        assert_eq!(outcome.assert_adds_up().status.branches[0].input, 360, "{subtasks:?}");
    }
}

const ORDERS: &str = "
CREATE TABLE orders (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND)
WITH ('connector' = 'lab', 'scan.watermark.emit.strategy' = 'on-event');
CREATE TABLE counted (a STRING, b STRING, n BIGINT, d BIGINT, s INT, m INT, x DOUBLE) WITH ('connector' = 'lab', 'updates' = 'true');";

/// Aggregates that are combined before rows change subtasks, with and without a key.
const IN_TWO_PHASES: [&str; 7] = [
    "INSERT INTO counted SELECT '', '', COUNT(*), COUNT(DISTINCT k), SUM(v), MAX(v), AVG(v) FROM orders",
    "INSERT INTO counted SELECT k, '', COUNT(*) FILTER (WHERE v > 5), COUNT(DISTINCT v), SUM(v), MIN(v), 0 FROM orders GROUP BY k",
    "INSERT INTO counted SELECT '', CAST(window_end AS STRING), COUNT(*), COUNT(DISTINCT k), SUM(v), MAX(v), AVG(v)
     FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end",
    "INSERT INTO counted SELECT k, CAST(window_end AS STRING), COUNT(*), 0, SUM(v), MAX(v), 0
     FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end",
    "INSERT INTO counted SELECT '', CAST(window_end AS STRING), COUNT(*), COUNT(DISTINCT k), SUM(v), MAX(v), 0
     FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end",
    "INSERT INTO counted SELECT '', CAST(window_end AS STRING), COUNT(*), COUNT(DISTINCT k), SUM(v), MAX(v), 0
     FROM TABLE(CUMULATE(TABLE orders, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
     GROUP BY window_start, window_end",
    "INSERT INTO counted SELECT '', CAST(window_end AS STRING), COUNT(*), 0, CAST(SUM(n) AS INT), 0, 0 FROM (
       SELECT k, window_start, window_end, COUNT(*) AS n
       FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end)
     GROUP BY window_start, window_end",
];

/// Orders in four splits. If `orderly`, no row is late whichever split is read first.
fn orders(orderly: bool) -> Lab {
    let mut random = Random::new(5);
    let splits: Vec<Vec<String>> = (0..4)
        .map(|_| {
            let mut row = |row: u64| {
                let second = if orderly { row / 4 } else { row / 4 + random.below(9) };
                let (key, value) = (random.below(5), random.below(20));
                format!("k{key}|{value}|1970-01-01 00:{:02}:{:02}", second / 60, second % 60)
            };
            (0..300).map(&mut row).collect()
        })
        .collect();
    let names = ["a", "b", "c", "d"].into_iter().zip(splits);
    names.fold(Lab::new().tables(ORDERS), |lab, (name, rows)| lab.split("orders", name, rows))
}

#[test]
fn rows_that_are_combined_before_they_change_subtasks_give_the_same() {
    for sql in IN_TWO_PHASES {
        let run = |parallelism: usize, phases: Phases, crash: Crash| {
            let mut lab = orders(true);
            lab.options.batch_rows = 16;
            lab.options.parallelism = parallelism;
            lab.options.phases = phases;
            let outcome = lab.run(sql, parallelism as u64, crash);
            assert_eq!(outcome.error, None, "{sql}");
            outcome
        };
        let one = run(1, Phases::Auto, Crash::Never);
        assert!(!one.rows.is_empty());
        for (parallelism, phases) in [(2, Phases::Auto), (3, Phases::Two), (4, Phases::One), (5, Phases::Two)] {
            for crash in [Crash::Never, Crash::Often { one_in: 40, most: 5 }] {
                let several = run(parallelism, phases, crash);
                assert_eq!(several.rows, one.rows, "{sql} in {parallelism} subtasks, {phases:?}");
                assert_eq!(fates(&several), fates(&one), "{sql} in {parallelism} subtasks, {phases:?}");
                several.assert_adds_up();
            }
        }
    }
}

#[test]
fn a_combined_row_counts_as_many_rows_as_it_stands_for_also_where_they_are_late() {
    for sql in IN_TWO_PHASES {
        for phases in [Phases::One, Phases::Two] {
            let mut lab = orders(false);
            (lab.options.batch_rows, lab.options.parallelism, lab.options.phases) = (16, 3, phases);
            let outcome = lab.run(sql, 8, Crash::Often { one_in: 50, most: 4 });
            assert_eq!(outcome.error, None, "{sql}");
            assert_eq!(outcome.assert_adds_up().status.branches[0].input, 1200, "{sql}, {phases:?}");
        }
    }
}

const TIMED: &str = "
CREATE TABLE events (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'lab', 'bounded' = 'false', 'scan.watermark.emit.strategy' = 'on-event');
CREATE TABLE windows (k STRING, e TIMESTAMP(3), n BIGINT) WITH ('connector' = 'lab');";

const COUNTS: &str = "INSERT INTO windows SELECT k, window_end, COUNT(*)
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;";

fn seconds(key: &str, seconds: &[u32]) -> Vec<String> {
    seconds.iter().map(|second| format!("{key}|1|1970-01-01 00:00:{second:02}")).collect()
}

#[test]
fn the_watermark_is_that_of_the_split_behind_whichever_subtask_reads_it_and_survives_another_number() {
    for starts in [[2, 2, 2], [1, 2, 1], [2, 1, 4], [3, 5, 2], [1, 3, 3]] {
        let lab =
            ["a", "b", "c"].iter().fold(Lab::new().tables(TIMED), |lab, split| lab.split("events", split, Vec::new()));
        let plan = lab.plan(COUNTS);
        let mut job = lab.job_in(&plan, starts[0]);
        for (split, times) in [("a", [1, 25]), ("b", [2, 31]), ("c", [3, 9])] {
            lab.append("events", split, seconds(split, &times));
        }
        step_all(&lab, &mut job, 1);
        assert!(lock(&lab.world.committed).is_empty(), "{starts:?}: split `c` is at 9 s");
        job.control.stop();
        step_all(&lab, &mut job, 1);
        assert_eq!(job.coordinator.ended(), Some(JobEnd::Stopped));

        let mut job = lab.job_in(&plan, starts[1]);
        lab.append("events", "c", seconds("c", &[24]));
        step_all(&lab, &mut job, 1);
        let closed = lock(&lab.world.committed)["windows"].clone();
        assert_eq!(closed.len(), 3, "{starts:?}: the first window of three keys, {closed:?}");
        job.control.stop();
        step_all(&lab, &mut job, 1);

        // 24 s has been reached: what comes for the first two windows now is late, also for a new key.
        let mut job = lab.job_in(&plan, starts[2]);
        lab.append("events", "b", seconds("d", &[5, 12]));
        lab.append("events", "b", seconds("d", &[40]));
        lab.append("events", "a", seconds("a", &[40]));
        lab.append("events", "c", seconds("c", &[40]));
        step_all(&lab, &mut job, 1);
        let status = job.status(crate::status::JobState::Running);
        assert_eq!(status.branches[0].late, 2, "{starts:?}: both windows were closed before the restart");
    }
}

#[test]
fn a_key_of_a_sink_that_moves_between_subtasks_ends_with_its_last_row() {
    let tables = "
        CREATE TABLE changes (id INT, k STRING, p AS PROCTIME()) WITH ('connector' = 'lab');
        CREATE TABLE names (k STRING, name STRING, p AS PROCTIME()) WITH ('connector' = 'lab');
        CREATE TABLE o (id INT, name STRING) WITH ('connector' = 'lab', 'updates' = 'true');
        SET 'yeoul.join.bounded-side-first' = 'false';";
    let changes: Vec<String> = (0..120).map(|row| format!("{}|{}", row % 10, row * 7 % 13)).collect();
    let names: Vec<String> = (0..13).map(|key| format!("{key}|name {key}")).collect();
    let sql = "INSERT INTO o SELECT c.id, n.name FROM
        (SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p DESC) AS r FROM changes) WHERE r = 1) AS c
        LEFT JOIN (SELECT k, name FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p DESC) AS r FROM names) WHERE r = 1) AS n
        ON c.k = n.k";
    let lab = || Lab::new().tables(tables).split("changes", "a", changes.clone()).split("names", "a", names.clone());
    let one = lab().run(sql, 1, Crash::Never);
    assert_eq!(one.only().len(), 10);
    for seed in 1..=10 {
        let mut lab = lab();
        (lab.options.parallelism, lab.options.batch_rows) = (4, 3);
        assert_eq!(lab.run(sql, seed, Crash::Never).rows, one.rows, "seed {seed}");
    }
}
