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
