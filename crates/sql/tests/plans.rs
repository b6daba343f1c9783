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
          #6 Filter(greater_than(v, 0)) -> (k STRING, v INT) [I]
            #5 Project(k, v) -> (k STRING, v INT) [I]
              #4 Deduplicate(keep first by p, keys=[k]) -> (k STRING, v INT, ts TIMESTAMP(3) *ROWTIME*, p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*) [I]
                #3 Watermark(ts AS datetime_minus(ts, 1000ms), on-event) -> (k STRING, v INT, ts TIMESTAMP(3) *ROWTIME*, p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*) [I]
                  #2 Project(k, v, ts, proctime()) -> (k STRING, v INT, ts TIMESTAMP(3), p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*) [I]
                    #1 Scan(e, [k, v, ts]) -> (k STRING, v INT, ts TIMESTAMP(3)) [I]
        ",
    );
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
          #5 Project(k, name) -> (k STRING, name STRING) [I]
            #4 Join(left, on [k = k], where greater_than(v, 3)) -> (k STRING, v INT, ts TIMESTAMP(3), k STRING, name STRING) [I]
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
