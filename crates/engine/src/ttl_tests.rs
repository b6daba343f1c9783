//! State that lives for a time (`table.exec.state.ttl`): forgotten once nobody has written it for so long, silently.

use crate::JobEnd;
use crate::runtime::job::Job;
use crate::runtime::queue::lock;
use crate::status::JobState;
use crate::testing::{Lab, materialized};
use crate::tests::step_all;

const TABLES: &str = "
CREATE TABLE l (k STRING, v INT, p AS PROCTIME()) WITH ('connector' = 'lab', 'bounded' = 'false');
CREATE TABLE r (k STRING, v INT) WITH ('connector' = 'lab', 'bounded' = 'false');
CREATE TABLE o (k STRING, n BIGINT) WITH ('connector' = 'lab', 'updates' = 'true');
CREATE TABLE pairs (k STRING, a INT, b INT) WITH ('connector' = 'lab', 'updates' = 'true');";

/// A minute; state lives ten.
const MINUTE: i64 = 60_000;

fn lab() -> Lab {
    let mut lab = Lab::new().tables(TABLES).rows("l", &[]).rows("r", &[]);
    lab.options.state_ttl = Some(10 * MINUTE.unsigned_abs());
    lab
}

/// Rows come, are worked on, and some minutes pass.
fn add(lab: &Lab, job: &mut Job, table: &str, rows: &[&str], minutes: i64) {
    lab.append(table, "a", rows.iter().map(|row| (*row).to_owned()).collect());
    step_all(lab, job, 1);
    lab.clock.advance(minutes * MINUTE);
    step_all(lab, job, 1);
}

/// The changes of a sink as `+row` and `-row`.
fn changes(lab: &Lab, sink: &str) -> Vec<String> {
    let committed = lock(&lab.world.committed);
    let changes = committed.get(sink).into_iter().flatten();
    changes.map(|(row, adds)| format!("{}{row}", if *adds { '+' } else { '-' })).collect()
}

fn stop(lab: &Lab, job: &mut Job) {
    job.control.stop();
    step_all(lab, job, 1);
    assert_eq!(job.coordinator.ended(), Some(JobEnd::Stopped));
}

#[test]
fn a_group_that_nobody_writes_begins_anew_and_one_that_is_written_goes_on() {
    for parallelism in [1, 2] {
        let lab = lab();
        let plan = lab.plan("INSERT INTO o SELECT k, COUNT(*) FROM l GROUP BY k");
        let mut job = lab.job_in(&plan, parallelism);
        add(&lab, &mut job, "l", &["x|1", "y|1"], 6);
        add(&lab, &mut job, "l", &["x|1"], 6);
        add(&lab, &mut job, "l", &["x|1", "y|1"], 0);
        let x: Vec<String> = changes(&lab, "o").into_iter().filter(|change| change.contains('x')).collect();
        assert_eq!(x, ["+x|1", "-x|1", "+x|2", "-x|2", "+x|3"], "written after 6 and 12 minutes");
        let y: Vec<String> = changes(&lab, "o").into_iter().filter(|change| change.contains('y')).collect();
        assert_eq!(y, ["+y|1", "+y|1"], "written after 12 minutes: a new group, and nothing is taken back");
    }
}

#[test]
fn what_is_forgotten_gives_its_memory_back_also_where_no_row_comes() {
    let lab = lab();
    let mut job = lab.job(&lab.plan("INSERT INTO o SELECT k, COUNT(*) FROM l GROUP BY k"));
    let rows: Vec<String> = (0..500).map(|key| format!("key {key}|1")).collect();
    add(&lab, &mut job, "l", &rows.iter().map(String::as_str).collect::<Vec<_>>(), 0);
    let entries = || lab.store_entries("insert-into_o");
    let before = entries();
    lab.clock.advance(11 * MINUTE);
    step_all(&lab, &mut job, 1);
    assert!(before > 500 && entries() < 20, "{before} entries became {}", entries());
    assert_eq!(job.status(JobState::Running).branches[0].applied, 500);
}

#[test]
fn the_time_of_an_entry_goes_on_across_a_restart() {
    for (first, second) in [(1, 1), (1, 3), (2, 1)] {
        let lab = lab();
        let plan = lab.plan("INSERT INTO o SELECT k, COUNT(*) FROM l GROUP BY k");
        let mut job = lab.job_in(&plan, first);
        add(&lab, &mut job, "l", &["x|1"], 6);
        add(&lab, &mut job, "l", &["y|1"], 0);
        stop(&lab, &mut job);
        lab.clock.advance(5 * MINUTE);
        let mut job = lab.job_in(&plan, second);
        add(&lab, &mut job, "l", &["x|1", "y|1"], 0);
        assert_eq!(materialized_of(&lab, "o"), ["x|1", "x|1", "y|2"], "x was written 11 minutes ago, y 5");
    }
}

fn materialized_of(lab: &Lab, sink: &str) -> Vec<String> {
    materialized(&lock(&lab.world.committed)[sink])
}

#[test]
fn a_join_forgets_rows_of_each_side_and_takes_back_what_they_were_part_of() {
    let lab = lab();
    let plan = lab.plan("INSERT INTO pairs SELECT l.k, l.v, r.v FROM l JOIN r ON l.k = r.k");
    let mut job = lab.job(&plan);
    add(&lab, &mut job, "l", &["x|1"], 6);
    add(&lab, &mut job, "l", &["x|2"], 6);
    add(&lab, &mut job, "r", &["x|7"], 0);
    assert_eq!(changes(&lab, "pairs"), ["+x|2|7"], "the first row is 12 minutes old");
}

#[test]
fn a_first_row_counts_for_as_long_as_its_key_is_remembered() {
    let lab = lab();
    let plan = lab.plan(
        "INSERT INTO o SELECT k, CAST(v AS BIGINT) FROM
         (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p) AS n FROM l) WHERE n = 1",
    );
    let mut job = lab.job(&plan);
    add(&lab, &mut job, "l", &["x|1"], 6);
    add(&lab, &mut job, "l", &["x|2"], 6);
    add(&lab, &mut job, "l", &["x|3"], 0);
    assert_eq!(changes(&lab, "o"), ["+x|1", "+x|3"], "a later row does not write the key");
}

#[test]
fn a_last_row_and_a_rank_forget_rows_that_are_over() {
    let queries = [
        "SELECT k, CAST(v AS BIGINT) FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p DESC) AS n FROM l) WHERE n = 1",
        "SELECT k, CAST(v AS BIGINT) FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS n FROM l) WHERE n <= 1",
    ];
    for query in queries {
        let lab = lab();
        let mut job = lab.job(&lab.plan(&format!("INSERT INTO o {query}")));
        add(&lab, &mut job, "l", &["x|1"], 12);
        add(&lab, &mut job, "l", &["x|2"], 0);
        assert_eq!(changes(&lab, "o"), ["+x|1", "+x|2"], "{query}");
    }
}

#[test]
fn in_batch_state_lives_to_the_end() {
    let mut lab = lab();
    lab.options.batch = true;
    let mut job = lab.job(&lab.plan("INSERT INTO o SELECT k, COUNT(*) FROM l GROUP BY k"));
    add(&lab, &mut job, "l", &["x|1"], 12);
    add(&lab, &mut job, "l", &["x|1"], 0);
    assert_eq!(materialized_of(&lab, "o"), ["x|2"]);
}

#[test]
fn state_that_lives_for_a_time_does_not_fit_state_that_stays() {
    let mut lab = lab();
    let plan = lab.plan("INSERT INTO o SELECT k, COUNT(*) FROM l GROUP BY k");
    let mut job = lab.job(&plan);
    add(&lab, &mut job, "l", &["x|1"], 1);
    stop(&lab, &mut job);
    lab.options.state_ttl = None;
    let refused = lab.try_job(&plan).expect_err("its values begin with times").to_string();
    assert!(refused.contains("lives for a time"), "{refused}");
    lab.options.state_ttl = Some(1);
    assert!(lab.try_job(&plan).is_ok(), "another time is no other state");
}
