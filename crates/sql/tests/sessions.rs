//! Statements that change or show the session.

mod support;

use support::{session, steps, with_tables};
use yeoul_sql::session::Step;

fn printed(text: &str) -> Vec<Vec<String>> {
    match steps(text).pop() {
        Some(Step::Print { rows, .. }) => rows,
        other => panic!("nothing was printed: {other:?}"),
    }
}

#[test]
fn settings_hold_for_the_jobs_behind_them() {
    let jobs = support::jobs(
        "SELECT 1; SET 'table.local-time-zone' = 'UTC'; SELECT 2; RESET 'table.local-time-zone'; SELECT 3",
    );
    let zones: Vec<Option<&str>> =
        jobs.iter().map(|job| job.settings.get("table.local-time-zone").map(String::as_str)).collect();
    assert_eq!(zones, [None, Some("UTC"), None]);
}

#[test]
fn tables_are_shown_described_and_dropped() {
    assert!(printed("SHOW TABLES").contains(&vec!["dim".to_owned()]));
    assert_eq!(printed("CREATE VIEW w AS SELECT 1 AS a; SHOW VIEWS"), [["w"]]);
    assert!(!printed("DROP TABLE dim; SHOW TABLES").contains(&vec!["dim".to_owned()]));
    assert!(with_tables().read("DROP TABLE IF EXISTS nowhere").is_ok());
}

#[test]
fn explain_prints_the_bound_tree() {
    let rows = printed("EXPLAIN CHANGELOG_MODE SELECT k, COUNT(*) FROM e GROUP BY k");
    assert!(rows.iter().any(|row| row[0].contains("GroupAggregate") && row[0].ends_with("[I,UA]")), "{rows:?}");
}

#[test]
fn a_statement_keeps_what_the_ones_before_it_created() {
    let mut session = session();
    let fault = session.read("CREATE TABLE a (x INT) WITH ('connector' = 'kafka'); SELECT y FROM a");
    assert!(fault.is_err());
    assert!(session.read("SELECT x FROM a").is_ok());
}

#[test]
fn hints_change_the_options_of_one_scan() {
    let jobs = support::jobs("SELECT k FROM dim /*+ OPTIONS('connector' = 'kafka', 'x' = 'y') */");
    assert!(!jobs[0].branches[0].input.bounded);
}

#[test]
fn tables_of_the_default_database_have_three_names() {
    for name in ["e", "default_database.e", "`default_catalog`.`default_database`.`e`"] {
        assert!(with_tables().read(&format!("SELECT k FROM {name}")).is_ok(), "{name}");
    }
}

#[test]
fn functions_are_listed_by_flinks_names() {
    let rows = printed("SHOW FUNCTIONS");
    let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert!(names.is_sorted(), "{names:?}");
    let in_sql = |name: &str| {
        let lower_before = |at: usize| at > 0 && name.as_bytes()[at - 1].is_ascii_lowercase();
        let mut snake = String::new();
        for (at, letter) in name.char_indices() {
            if letter.is_ascii_uppercase() && lower_before(at) {
                snake.push('_');
            }
            snake.push(letter.to_ascii_uppercase());
        }
        snake
    };
    let listed: Vec<String> = names.iter().map(|name| in_sql(name)).collect();
    for (flink, sql) in [("concat", "CONCAT"), ("charLength", "CHAR_LENGTH"), ("stddevPop", "STDDEV_POP")] {
        assert!(names.contains(&flink) && listed.iter().any(|name| name == sql), "{flink}");
    }
    assert!(!names.contains(&"objectOf"), "not executed");
}

#[test]
fn the_database_has_a_name() {
    assert!(with_tables().read("SELECT CURRENT_DATABASE() FROM e").is_ok());
}
