//! Plans of queries, as text.

mod support;

use support::{check_plan, jobs};

#[test]
fn only_the_columns_that_are_read_are_scanned() {
    check_plan(
        "SELECT b + 1 AS c FROM t WHERE s = 'x'",
        "
        Collect
          #3 Project(plus(b, 1)) -> (c BIGINT) [I]
            #2 Filter(equals(s, 'x')) -> (b BIGINT, s STRING) [I]
              #1 Scan(t, [b, s]) -> (b BIGINT, s STRING) [I]
        ",
    );
}

#[test]
fn a_window_under_a_group_becomes_one_node() {
    check_plan(
        "SELECT k, window_end, SUM(v) AS s FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE) WHERE v > 0
         GROUP BY k, window_start, window_end",
        "
        Collect
          #5 Project(k, window_end, agg0) -> (k STRING, window_end TIMESTAMP(3) NOT NULL, s INT) [I]
            #4 WindowAggregate(TUMBLE ts size=60000ms, keys=[k], aggregates=[sum(v)]) -> (k STRING, agg0 INT, window_start TIMESTAMP(3) NOT NULL, window_end TIMESTAMP(3) NOT NULL, window_time TIMESTAMP(3) NOT NULL *ROWTIME*) [I]
              #3 Filter(greater_than(v, 0)) -> (k STRING, v INT, ts TIMESTAMP(3) *ROWTIME*) [I]
                #2 Watermark(ts AS datetime_minus(ts, 1000ms), on-event) -> (k STRING, v INT, ts TIMESTAMP(3) *ROWTIME*) [I]
                  #1 Scan(e, [k, v, ts]) -> (k STRING, v INT, ts TIMESTAMP(3)) [I]
        ",
    );
}

#[test]
fn upserts_become_a_changelog_above_their_watermark_with_the_columns_that_are_read() {
    let text = "
        CREATE TABLE u (k STRING, v INT, unread STRING, ts TIMESTAMP(3), twice AS v * 2, WATERMARK FOR ts AS ts,
          PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert');
        SELECT twice FROM u WHERE v > 1";
    let plan = support::plan(text);
    let place = |what: &str| plan.find(what).unwrap_or_else(|| panic!("no {what} in {plan}"));
    assert!(place("Filter(") < place("Normalize(keys=[k])"), "{plan}");
    assert!(place("Normalize(") < place("Watermark("), "{plan}");
    assert!(!plan.contains("unread") && plan.contains("[I,UA,D]"), "{plan}");
    let batch = format!("SET 'execution.runtime-mode' = 'batch'; {text}");
    let refusal = support::session().read(&batch).unwrap_err();
    assert!(refusal.message.contains("batch"), "{refusal}");
}

#[test]
fn windows_follow_windows_by_their_time() {
    let text = "
        SELECT window_start, SUM(n) AS n FROM TABLE(TUMBLE((
          SELECT window_time AS wt, COUNT(*) AS n FROM TABLE(TUMBLE(DATA => TABLE e, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' MINUTE))
          GROUP BY window_start, window_end, window_time), DESCRIPTOR(wt), INTERVAL '1' HOUR))
        GROUP BY window_start, window_end";
    let plan = support::plan(text);
    assert!(plan.contains("TUMBLE wt size=3600000ms") && plan.contains("TUMBLE ts size=60000ms"), "{plan}");
}

#[test]
fn deduplication_keeps_the_first_by_processing_time() {
    check_plan(
        "SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p ASC) AS n FROM e) WHERE n = 1 AND v > 0",
        "
        Collect
          #6 Project(k, v) -> (k STRING, v INT) [I]
            #5 Filter(greater_than(v, 0)) -> (k STRING, v INT, ts TIMESTAMP(3) *ROWTIME*, p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*) [I]
              #4 Deduplicate(keep first by p, keys=[k]) -> (k STRING, v INT, ts TIMESTAMP(3) *ROWTIME*, p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*) [I]
                #3 Watermark(ts AS datetime_minus(ts, 1000ms), on-event) -> (k STRING, v INT, ts TIMESTAMP(3) *ROWTIME*, p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*) [I]
                  #2 Project(k, v, ts, proctime()) -> (k STRING, v INT, ts TIMESTAMP(3), p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*) [I]
                    #1 Scan(e, [k, v, ts]) -> (k STRING, v INT, ts TIMESTAMP(3)) [I]
        ",
    );
}

#[test]
fn a_row_number_held_to_a_range_keeps_these_rows_alone() {
    let text = |order: &str, held: &str| {
        support::plan(&format!(
            "SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY {order}) AS n FROM e) WHERE {held}"
        ))
    };
    assert!(text("v DESC", "n <= 3").contains("Rank(1..3 by [v desc], keys=[k])"));
    assert!(text("v", "n BETWEEN 2 AND 4").contains("Rank(2..4 by [v], keys=[k])"));
    assert!(text("ts DESC", "n = 1").contains("Deduplicate(keep last by ts, keys=[k])"));
    assert!(
        text("ts", "k = 'a'")
            .contains("Over(keys=[k], order=[ts], rows unbounded preceding to current row, [row_number()])")
    );
    let windows = "SELECT k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v) AS n
        FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' HOUR))) WHERE n <= 2";
    assert!(support::plan(windows).contains("WindowRank([window_start, window_end], 1..2 by [v], keys=[])"));
    assert!(support::plan("SELECT k FROM e ORDER BY v LIMIT 2 OFFSET 1").contains("Rank(2..3 by [v], keys=[])"));
    assert!(support::plan("SELECT k FROM e LIMIT 2").contains("Limit(2, offset=0)"));
}

#[test]
fn groupings_are_unioned_below_an_order() {
    let text = "SELECT k, COUNT(*) AS c, GROUPING(k) AS g FROM e GROUP BY ROLLUP (k) ORDER BY SUM(v) LIMIT 3";
    let plan = support::plan(text);
    assert!(plan.contains("Rank(1..3") && plan.contains("Union"), "{plan}");
    assert_eq!(plan.matches("GroupAggregate").count(), 2, "{plan}");
}

#[test]
fn two_inserts_over_one_view_share_their_source() {
    let jobs = jobs(
        "CREATE VIEW both_ways AS SELECT k, v, v * 2 AS twice FROM e;
         BEGIN STATEMENT SET;
         INSERT INTO out_append SELECT k, v FROM both_ways WHERE twice > 3;
         INSERT INTO out_changes SELECT k, COUNT(*) FROM both_ways GROUP BY k;
         END;",
    );
    let text = yeoul_sql::render::plan_text(&jobs[0].branches);
    assert_eq!(text.matches("Scan(").count(), 1, "{text}");
    assert_eq!(jobs[0].name, "insert-into_out_append_out_changes");
}

#[test]
fn a_left_join_reads_its_right_side_first() {
    check_plan(
        "SELECT e.k, d.name FROM e LEFT JOIN dim AS d ON e.k = d.k AND e.v > 3",
        "
        Collect
          #5 Project(k, name) -> (k STRING, name STRING) [I,UA,D]
            #4 Join(left, on [k = k], where greater_than(v, 3)) -> (k STRING, v INT, ts TIMESTAMP(3), k STRING, name STRING) [I,UA,D]
              #2 Watermark(ts AS datetime_minus(ts, 1000ms), on-event) -> (k STRING, v INT, ts TIMESTAMP(3) *ROWTIME*) [I]
                #1 Scan(e, [k, v, ts]) -> (k STRING, v INT, ts TIMESTAMP(3)) [I]
              #3 Scan(dim, [k, name]) -> (k STRING, name STRING) [I]
        ",
    );
}

#[test]
fn a_union_casts_to_the_common_type() {
    check_plan(
        "SELECT v FROM e UNION ALL SELECT b FROM t",
        "
        Collect
          #5 Union(2 inputs) -> (v BIGINT) [I]
            #3 Project(cast(v as BIGINT)) -> (v BIGINT) [I]
              #2 Watermark(ts AS datetime_minus(ts, 1000ms), on-event) -> (v INT, ts TIMESTAMP(3) *ROWTIME*) [I]
                #1 Scan(e, [v, ts]) -> (v INT, ts TIMESTAMP(3)) [I]
            #4 Scan(t, [b]) -> (b BIGINT) [I]
        ",
    );
}

#[test]
fn jobs_are_named_by_their_targets_and_never_twice() {
    let jobs = jobs(
        "INSERT INTO out_append SELECT k, v FROM e; INSERT INTO out_append SELECT k, v FROM e;
         SET 'pipeline.name' = 'mine'; INSERT INTO out_append SELECT k, v FROM e;
         SELECT 1;",
    );
    let names: Vec<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    assert_eq!(names, ["insert-into_out_append", "insert-into_out_append-2", "mine", "mine-2"]);
}

#[test]
fn a_changed_option_leaves_the_fingerprint_alone_and_a_changed_key_does_not() {
    let fingerprint = |hint: &str, key: &str| {
        let text = format!(
            "INSERT INTO out_changes SELECT {key}, COUNT(*) FROM e /*+ OPTIONS('x' = '{hint}') */ GROUP BY {key}"
        );
        jobs(&text)[0].fingerprint.clone()
    };
    assert_eq!(fingerprint("1", "k"), fingerprint("2", "k"));
    assert_ne!(fingerprint("1", "k"), fingerprint("1", "UPPER(k)"));
}

/// The lines of a query's plan that hold a word.
fn lines_with(sql: &str, word: &str) -> Vec<String> {
    let text = yeoul_sql::render::plan_text(&jobs(sql)[0].branches);
    let node = |line: &str| line.trim_start().split_once(' ').map(|(_, node)| node.to_owned());
    text.lines().filter(|line| line.contains(word)).filter_map(node).collect()
}

#[test]
fn a_join_keeps_rows_for_as_long_as_its_condition_asks() {
    let how = |sql: &str| {
        let line = lines_with(sql, "Join").remove(0);
        (line.split_once('(').map(|(how, _)| how.to_owned()), line.rsplit_once(' ').map(|(_, mode)| mode.to_owned()))
    };
    let is = |sql: &str, kind: &str, mode: &str| {
        assert_eq!(how(sql), (Some(kind.to_owned()), Some(mode.to_owned())), "{sql}");
    };
    is("SELECT a.v FROM e AS a JOIN e AS b ON a.k = b.k", "RegularJoin", "[I]");
    is("SELECT a.v FROM e AS a LEFT JOIN e AS b ON a.k = b.k", "RegularJoin", "[I,UA,D]");
    is("SELECT e.v FROM e RIGHT JOIN dim ON e.k = dim.k", "RegularJoin", "[I,UA,D]");
    is("SELECT v FROM e WHERE k IN (SELECT k FROM e AS f)", "RegularJoin", "[I]");
    is("SELECT v FROM e WHERE k NOT IN (SELECT k FROM dim)", "Join", "[I,UA,D]");
    is(
        "SELECT a.v FROM e AS a FULL JOIN e AS b ON a.k = b.k AND a.ts BETWEEN b.ts - INTERVAL '5' SECOND AND b.ts",
        "IntervalJoin ts - ts in -5000ms to 0ms",
        "[I]",
    );
    is(
        "SELECT a.v FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' HOUR) AS a
         JOIN TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' HOUR) AS b
         ON a.k = b.k AND a.window_start = b.window_start AND a.window_end = b.window_end",
        "WindowJoin",
        "[I]",
    );
}

#[test]
fn conditions_stand_where_they_leave_out_rows_first() {
    let sql = "SELECT x.v FROM e AS a, e AS x, dim AS d WHERE a.k = x.k AND d.k = x.k AND a.v > 1 AND d.name = 'n'";
    assert_eq!(lines_with(sql, "Filter").len(), 2, "each table is filtered by itself");
    assert_eq!(lines_with(sql, "on []").len(), 0, "no join is without a key");
    let outer = "SELECT a.v FROM e AS a LEFT JOIN dim AS d ON a.k = d.k WHERE d.name = 'n' AND a.v > 1";
    assert_eq!(lines_with(outer, "Filter").len(), 2, "a condition on the right side holds behind a left join");
    let computed = "SELECT w FROM (SELECT v + 1 AS w, k FROM e) WHERE k = 'a' AND w > 1";
    assert_eq!(lines_with(computed, "Filter").len(), 2, "only what is not computed moves below");
}

#[test]
fn a_sink_of_another_key_gets_the_last_row_of_each() {
    let rows = "INSERT INTO out_upsert SELECT k, n FROM (SELECT k, v, COUNT(*) AS n FROM e GROUP BY k, v) ON CONFLICT DO DEDUPLICATE";
    assert_eq!(lines_with(rows, "Materialize").len(), 1);
    let same = "INSERT INTO out_upsert SELECT k, COUNT(*) FROM e GROUP BY k";
    assert_eq!(lines_with(same, "Materialize").len(), 0);
}

/// A view over a join of two aggregations, the right one by this key.
fn view_of_a_join(settings: &str, right: &str, on: &str) -> String {
    support::plan(&format!(
        "{settings} CREATE MATERIALIZED TABLE m FRESHNESS = INTERVAL '1' SECOND AS
         SELECT a.k, a.n, r.total FROM (SELECT k, SUM(v) AS n FROM e GROUP BY k) AS a
         LEFT JOIN (SELECT {right} AS `key`, COUNT(*) AS total FROM e GROUP BY {right}) AS r ON {on}"
    ))
}

#[test]
fn changes_of_a_key_that_can_move_between_subtasks_are_put_in_order() {
    let (moves, stays) = (("v", "a.n = r.`key`"), ("k", "a.k = r.`key`"));
    let several = "SET 'parallelism.default' = '2';";
    let one = "SET 'parallelism.default' = '4'; SET 'table.exec.resource.default-parallelism' = '1';";
    for (settings, (right, on), mends) in
        [("", moves, false), (several, moves, true), (several, stays, false), (one, moves, false)]
    {
        let plan = view_of_a_join(settings, right, on);
        assert!(plan.contains("View(m, key=[k])"), "{plan}");
        assert_eq!(plan.contains("Materialize(keys=[k])"), mends, "{settings} {on}: {plan}");
    }
}

#[test]
fn a_hint_says_how_long_state_of_each_table_lives() {
    let join = "SELECT /*+ STATE_TTL('a' = '1 d', 'b' = '12 h') */ a.k FROM e AS a JOIN e AS b ON a.k = b.k";
    assert!(support::plan(join).contains("state ttl [86400000ms, 43200000ms]"), "{}", support::plan(join));
    let one_side =
        "SELECT /*+ STATE_TTL('b' = '1 h') */ a.k FROM e AS a JOIN e AS b ON a.k = b.k JOIN e AS c ON a.k = c.k";
    let plan = support::plan(one_side);
    assert!(plan.contains("state ttl [as set, 3600000ms]"), "{plan}");
    assert_eq!(plan.matches("state ttl").count(), 1, "the further join has no hint: {plan}");
    let grouped = "SELECT /*+ STATE_TTL('e' = '1 min') */ k, COUNT(*) FROM e GROUP BY k";
    assert!(support::plan(grouped).contains("state ttl [60000ms]"));
    let below = "SELECT /*+ STATE_TTL('t' = '1 min') */ n, COUNT(*) FROM (SELECT k, COUNT(*) AS n FROM e GROUP BY k) AS t GROUP BY n";
    assert_eq!(support::plan(below).matches("state ttl").count(), 1, "the hint is of its own query");
}
