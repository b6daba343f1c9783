//! Joins and sets: any order of the input gives one result, and times at the limits are times.

use crate::testing::{Crash, Lab, Random};

const TABLES: &str = "
CREATE TABLE l (k STRING, v INT) WITH ('connector' = 'lab');
CREATE TABLE r (k STRING, v INT) WITH ('connector' = 'lab', 'bounded' = 'true');
CREATE TABLE o (a STRING, b INT, c STRING, d INT) WITH ('connector' = 'lab', 'updates' = 'true');
CREATE TABLE half (a STRING, b INT) WITH ('connector' = 'lab', 'updates' = 'true');
SET 'yeoul.join.bounded-side-first' = 'false';
";

/// Name, and a query over `l` and `r` whose result no order of rows changes.
pub(crate) const QUERIES: [(&str, &str); 14] = [
    ("inner", "INSERT INTO o SELECT * FROM l JOIN r ON l.k = r.k"),
    ("left", "INSERT INTO o SELECT * FROM l LEFT JOIN r ON l.k = r.k AND l.v < r.v"),
    ("right", "INSERT INTO o SELECT * FROM l RIGHT JOIN r ON l.k = r.k AND l.v < r.v"),
    ("full", "INSERT INTO o SELECT * FROM l FULL JOIN r ON l.k = r.k AND l.v < r.v"),
    ("full without a key", "INSERT INTO o SELECT * FROM l FULL JOIN r ON l.v < r.v"),
    ("cross", "INSERT INTO o SELECT * FROM l CROSS JOIN r"),
    (
        "full of updating sides",
        "INSERT INTO o SELECT * FROM (SELECT k, MAX(v) FROM l GROUP BY k) AS a (k, v)
         FULL JOIN (SELECT k, MIN(v) FROM r GROUP BY k) AS b (k, v) ON a.v = b.v",
    ),
    ("in", "INSERT INTO half SELECT * FROM l WHERE k IN (SELECT k FROM r)"),
    ("not in", "INSERT INTO half SELECT * FROM l WHERE v NOT IN (SELECT v FROM r WHERE v IS NOT NULL)"),
    ("not in, with NULLs", "INSERT INTO half SELECT * FROM l WHERE v NOT IN (SELECT v FROM r WHERE v > 3)"),
    (
        "not exists over updates",
        "INSERT INTO half SELECT * FROM l WHERE NOT EXISTS
         (SELECT * FROM (SELECT k, COUNT(*) AS n FROM r GROUP BY k) AS c WHERE c.k = l.k AND c.n > 2)",
    ),
    ("intersect all", "INSERT INTO half SELECT * FROM l INTERSECT ALL SELECT * FROM r"),
    ("except", "INSERT INTO half SELECT * FROM l EXCEPT SELECT * FROM r"),
    ("except all", "INSERT INTO half SELECT * FROM l EXCEPT ALL SELECT * FROM r"),
];

pub(crate) fn rows(random: &mut Random, count: usize) -> Vec<String> {
    let mut row = || {
        let key = ["a", "b", "c", ""][random.below(4) as usize];
        let value = random.below(7);
        if value == 6 { format!("{key}|") } else { format!("{key}|{value}") }
    };
    (0..count).map(|_| row()).collect()
}

fn shuffled(mut rows: Vec<String>, random: &mut Random) -> Vec<String> {
    for at in (1..rows.len()).rev() {
        rows.swap(at, random.below(at as u64 + 1) as usize);
    }
    rows
}

pub(crate) fn lab(left: Vec<String>, right: Vec<String>, batch_rows: usize) -> Lab {
    let mut lab = Lab::new().tables(TABLES).split("l", "a", left).split("r", "a", right);
    lab.options.batch_rows = batch_rows;
    lab
}

#[test]
fn any_order_of_rows_gives_one_result_with_and_without_crashes() {
    let mut random = Random::new(11);
    let (left, right) = (rows(&mut random, 24), rows(&mut random, 24));
    for (name, sql) in QUERIES {
        let plain = lab(left.clone(), right.clone(), 8192).run(sql, 1, Crash::Never);
        assert_eq!(plain.error, None, "{name}");
        plain.assert_adds_up();
        for seed in 1..=30 {
            let (l, r) = (shuffled(left.clone(), &mut random), shuffled(right.clone(), &mut random));
            let crash = if seed % 2 == 0 { Crash::Never } else { Crash::Often { one_in: 40, most: 5 } };
            let other = lab(l, r, 1 + random.below(6) as usize).run(sql, seed, crash);
            assert_eq!(other.error, None, "{name}, seed {seed}");
            assert_eq!(other.rows, plain.rows, "{name}, seed {seed}");
        }
    }
}

#[test]
fn a_side_without_rows_leaves_the_other_as_the_join_says() {
    let some = || vec!["a|1".to_owned(), "|2".to_owned(), "a|1".to_owned()];
    let check = |name: &str, left: Vec<String>, right: Vec<String>, expected: &[&str]| {
        let (_, sql) = QUERIES.into_iter().find(|(query, _)| *query == name).unwrap();
        assert_eq!(lab(left, right, 2).run(sql, 3, Crash::Never).only(), expected, "{name}");
    };
    check("inner", some(), Vec::new(), &[]);
    check("left", some(), Vec::new(), &["NULL|2|NULL|NULL", "a|1|NULL|NULL", "a|1|NULL|NULL"]);
    check("right", Vec::new(), some(), &["NULL|NULL|NULL|2", "NULL|NULL|a|1", "NULL|NULL|a|1"]);
    check("full", Vec::new(), some(), &["NULL|NULL|NULL|2", "NULL|NULL|a|1", "NULL|NULL|a|1"]);
    check("in", some(), Vec::new(), &[]);
    check("not in, with NULLs", some(), Vec::new(), &["NULL|2", "a|1", "a|1"]);
    check("except", some(), Vec::new(), &["NULL|2", "a|1"]);
    check("except all", some(), Vec::new(), &["NULL|2", "a|1", "a|1"]);
}

#[test]
fn times_at_the_limits_are_joined_once_and_never_overflow() {
    let tables = "
        CREATE TABLE l (v BIGINT, ts AS TO_TIMESTAMP_LTZ(0, 3) + CAST(v AS INTERVAL SECOND), WATERMARK FOR ts AS ts) WITH ('connector' = 'lab');
        CREATE TABLE r (v BIGINT, ts AS TO_TIMESTAMP_LTZ(0, 3) + CAST(v AS INTERVAL SECOND), WATERMARK FOR ts AS ts, PRIMARY KEY (v) NOT ENFORCED)
        WITH ('connector' = 'lab');
        CREATE TABLE o (a BIGINT, b BIGINT) WITH ('connector' = 'lab');";
    let far = ["-9223372036854775808", "-9223372036854775807", "0", "9223372036854775806", "9223372036854775807"];
    let window = |t: &str| format!("TABLE(TUMBLE(TABLE {t}, DESCRIPTOR(ts), INTERVAL '1' HOUR))");
    let by_window = format!(
        "INSERT INTO o SELECT a.v, b.v FROM {} AS a FULL JOIN {} AS b
         ON a.v = b.v AND a.window_start = b.window_start AND a.window_end = b.window_end",
        window("l"),
        window("r")
    );
    let queries = [
        "INSERT INTO o SELECT a.v, b.v FROM l AS a FULL JOIN r AS b ON a.v = b.v
         AND a.ts BETWEEN b.ts - INTERVAL '1' HOUR AND b.ts + INTERVAL '1' HOUR",
        "INSERT INTO o SELECT a.v, b.v FROM l AS a LEFT JOIN r FOR SYSTEM_TIME AS OF a.ts AS b ON a.v = b.v",
        &by_window,
    ];
    for sql in queries {
        let outcome = Lab::new().tables(tables).rows("l", &far).rows("r", &far).run(sql, 5, Crash::Never);
        let joined = outcome.only().len() as u64;
        let late: u64 = outcome.status.branches.iter().map(|branch| branch.late).sum();
        assert!(joined >= 3 && joined + late <= 10, "{joined} joined, {late} late: {sql}");
    }
}
