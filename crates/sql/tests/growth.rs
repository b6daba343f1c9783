//! Which state is said to grow without bound.

mod support;

use yeoul_sql::growth::growing;

fn growing_of(text: &str) -> Vec<&'static str> {
    let jobs = support::jobs(text);
    growing(jobs.last().expect("a job")).iter().map(|growth| growth.operator).collect()
}

#[test]
fn what_is_kept_for_ever_is_named() {
    assert_eq!(growing_of("SELECT k, COUNT(*) FROM e GROUP BY k"), ["GROUP BY"]);
    let first = "SELECT k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS n FROM e) WHERE n = 1";
    assert_eq!(growing_of(first).len(), 1);
    let top = "SELECT k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS n FROM e) WHERE n <= 2";
    assert_eq!(growing_of(top), ["Top-N"]);
    assert_eq!(growing_of("SELECT SUM(v) OVER (PARTITION BY k ORDER BY ts) FROM e"), ["window function"]);
    let upserts = "CREATE TABLE u (k INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert'); SELECT k FROM u";
    assert_eq!(growing_of(upserts), ["upserts"]);
}

#[test]
fn what_lives_for_a_time_does_not_grow() {
    let none: [&str; 0] = [];
    let join = "SELECT a.k FROM e AS a JOIN e AS b ON a.k = b.k";
    for query in ["SELECT k, COUNT(*) FROM e GROUP BY k", join] {
        assert_eq!(growing_of(query).len(), 1, "{query}");
        assert_eq!(growing_of(&format!("SET 'table.exec.state.ttl' = '1 h'; {query}")), none, "{query}");
    }
    // A window function keeps to its frame, whatever the settings say.
    let over = "SET 'table.exec.state.ttl' = '1 h'; SELECT SUM(v) OVER (PARTITION BY k ORDER BY ts) FROM e";
    assert_eq!(growing_of(over).len(), 1);
}

#[test]
fn windows_and_ends_bound_state() {
    let window = "SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' HOUR))
                  GROUP BY window_start, window_end";
    let none: [&str; 0] = [];
    assert_eq!(growing_of(window), none);
    assert_eq!(growing_of("SELECT k, COUNT(*) FROM dim GROUP BY k"), none, "its input ends");
    assert_eq!(growing_of("SELECT k FROM e WHERE v > 1"), none);
    assert_eq!(growing_of("SELECT k FROM e ORDER BY v LIMIT 2"), none, "two rows");
    let span = "SELECT SUM(v) OVER (PARTITION BY k ORDER BY ts RANGE INTERVAL '1' HOUR PRECEDING) FROM e";
    assert_eq!(growing_of(span), none);
}

#[test]
fn an_aggregate_of_everything_grows_only_where_it_keeps_values() {
    let none: [&str; 0] = [];
    for few in ["COUNT(*)", "MAX(v)", "SUM(v), MIN(v)", "FIRST_VALUE(v)"] {
        assert_eq!(growing_of(&format!("SELECT {few} FROM e")), none, "{few}");
    }
    for many in ["COUNT(DISTINCT v)", "COLLECT(v)", "COUNT(*), ARRAY_AGG(v)"] {
        assert_eq!(growing_of(&format!("SELECT {many} FROM e")), ["aggregate"], "{many}");
    }
    let of_updates = "SELECT MAX(n) FROM (SELECT k, COUNT(*) AS n FROM e GROUP BY k)";
    assert_eq!(growing_of(of_updates), ["aggregate", "GROUP BY"], "the next greatest must be known");
    assert_eq!(growing_of("SELECT COUNT(*) OVER (ORDER BY ts) FROM e"), none);
    assert_eq!(growing_of("SELECT SUM(DISTINCT v) OVER (ORDER BY ts) FROM e"), ["window function"]);
}

#[test]
fn versions_and_served_rows_are_kept() {
    let versions = "CREATE TABLE r (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (k) NOT ENFORCED)
                    WITH ('connector' = 'upsert');
                    SELECT e.v FROM e JOIN r FOR SYSTEM_TIME AS OF e.ts ON e.k = r.k";
    assert!(growing_of(versions).contains(&"temporal join"));
    let served = |query: &str| growing_of(&format!("CREATE MATERIALIZED TABLE m AS {query}"));
    let none: [&str; 0] = [];
    assert_eq!(served("SELECT k FROM e"), ["served table"]);
    assert_eq!(served("SELECT k FROM e ORDER BY v LIMIT 2"), none);
    assert_eq!(served("SELECT COUNT(*) AS n FROM e"), none);
    assert_eq!(served("SELECT k FROM dim"), none);
}

#[test]
fn a_join_of_single_rows_does_not_grow() {
    let none: [&str; 0] = [];
    let join = "SELECT a.n, b.n FROM (SELECT COUNT(*) AS n FROM e) AS a JOIN (SELECT MAX(v) AS n FROM e) AS b ON TRUE";
    assert_eq!(growing_of(join), none);
}
