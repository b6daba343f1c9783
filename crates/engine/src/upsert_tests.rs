//! Upserts as a changelog: the result is that of the last row of each key, whatever the batches, crashes and subtasks.

use std::collections::BTreeMap;

use crate::testing::{Crash, Lab, Random};

const TABLES: &str = "
CREATE TABLE users (id INT, v INT, k STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'lab', 'upserts' = 'true');
CREATE TABLE copy (id INT, v INT, k STRING) WITH ('connector' = 'lab', 'updates' = 'true');
CREATE TABLE totals (k STRING, n BIGINT, s INT) WITH ('connector' = 'lab', 'updates' = 'true');
";
const COPY: &str = "INSERT INTO copy SELECT id, v, k FROM users WHERE v > 3";
const TOTALS: &str = "INSERT INTO totals SELECT k, COUNT(*), SUM(v) FROM users GROUP BY k";

/// Upserts of a few keys; one in four deletes, also what isn't there.
fn upserts(seed: u64, count: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let row = |_| match random.below(4) {
        0 => format!("-{}||", random.below(9)),
        _ => format!("{}|{}|{}", random.below(9), random.below(8), ["a", "b", "c"][random.below(3) as usize]),
    };
    (0..count).map(row).collect()
}

/// The last row of each key: its value and its text.
fn last(rows: &[String]) -> BTreeMap<&str, (i32, &str)> {
    let mut last = BTreeMap::new();
    for row in rows {
        match row.strip_prefix('-') {
            Some(gone) => {
                last.remove(gone.split('|').next().unwrap());
            }
            None => {
                let parts: Vec<&str> = row.split('|').collect();
                last.insert(parts[0], (parts[1].parse().unwrap(), parts[2]));
            }
        }
    }
    last
}

fn copied(rows: &[String]) -> Vec<String> {
    let kept = last(rows).into_iter().filter(|(_, (v, _))| *v > 3);
    let mut texts: Vec<String> = kept.map(|(id, (v, k))| format!("{id}|{v}|{k}")).collect();
    texts.sort();
    texts
}

fn totals(rows: &[String]) -> Vec<String> {
    let mut groups: BTreeMap<&str, (i64, i32)> = BTreeMap::new();
    for (v, k) in last(rows).into_values() {
        let group = groups.entry(k).or_default();
        *group = (group.0 + 1, group.1 + v);
    }
    groups.into_iter().map(|(k, (n, s))| format!("{k}|{n}|{s}")).collect()
}

fn lab(rows: Vec<String>, batch_rows: usize) -> Lab {
    let mut lab = Lab::new().tables(TABLES).split("users", "a", rows);
    lab.options.batch_rows = batch_rows;
    lab
}

#[test]
fn what_is_there_is_the_last_row_of_each_key_over_crashes_and_in_any_batches() {
    let mut crashes = 0;
    for seed in 1..=40 {
        let rows = upserts(seed, 120);
        for (sql, wanted) in [(COPY, copied(&rows)), (TOTALS, totals(&rows))] {
            for batch_rows in [1, 7, 8192] {
                let crash = Crash::Often { one_in: 40, most: 10 };
                let outcome = lab(rows.clone(), batch_rows).run(sql, seed, crash);
                assert_eq!(outcome.only(), wanted, "{sql}, seed {seed}, {batch_rows} rows at a time");
                outcome.assert_adds_up();
                crashes += outcome.crashes;
            }
        }
    }
    assert!(crashes > 200, "only {crashes} crashes");
}

#[test]
fn several_subtasks_give_the_same() {
    for seed in 1..=20 {
        let rows = upserts(seed, 120);
        let mut lab = lab(rows.clone(), 7);
        lab.options.parallelism = 3;
        assert_eq!(lab.run(TOTALS, seed, Crash::Never).only(), totals(&rows), "seed {seed}");
    }
}

#[test]
fn an_upsert_that_changes_nothing_and_a_deletion_of_nothing_give_nothing() {
    let lab = lab(["1|5|a", "1|5|a", "-2||", "1|6|a", "-1||", "-1||"].map(str::to_owned).into(), 8192);
    let outcome = lab.run("INSERT INTO copy SELECT id, v, k FROM users", 1, Crash::Never);
    assert_eq!(outcome.error, None);
    let changes = crate::runtime::queue::lock(&lab.world.committed).get("copy").cloned().unwrap_or_default();
    let texts: Vec<(&str, bool)> = changes.iter().map(|(row, adds)| (row.as_str(), *adds)).collect();
    assert_eq!(texts, [("1|5|a", true), ("1|5|a", false), ("1|6|a", true), ("1|6|a", false)]);
}
