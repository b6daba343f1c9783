//! What is refused, where, and why.

mod support;

use support::{check_refusal, refusal, session};

#[test]
fn syntax_errors_name_what_was_expected() {
    check_refusal("SELEC 1", "1:1: expected a statement, found `SELEC`");
    assert_eq!(refusal("SELEC 1").1, "did you mean `SELECT`?");
    check_refusal("SELECT a FROM t WHERE", "1:22: expected an expression, found the end of the text");
    check_refusal("SELECT a,\n  FROM t", "2:3: expected an expression, found `FROM`");
    check_refusal("CREATE TABLE x (a INT b INT)", "1:23: expected `,` or `)`, found `b`");
    check_refusal("SELECT 'abc", "1:8: the quote does not end");
    check_refusal("SELECT \"a\"", "1:8: double quotes are not used in Flink SQL");
    check_refusal("SELECT value FROM t", "1:8: expected an expression, found `value`");
    check_refusal("SET a = b", "1:5: expected an option's key in single quotes, found `a`");
}

#[test]
fn unknown_names_bring_the_nearest() {
    check_refusal("SELECT k FROM ee", "1:15: unknown table `ee`");
    assert_eq!(refusal("SELECT k FROM ee").1, "did you mean `e`?");
    check_refusal("SELECT K FROM e", "1:8: unknown column `K`");
    assert_eq!(refusal("SELECT K FROM e").1, "did you mean `k`? (names are case-sensitive)");
    check_refusal("SELECT x.k FROM e", "1:8: unknown table `x`");
    check_refusal("SELECT k FROM e JOIN dim ON e.k = dim.k", "1:8: the column `k` is ambiguous");
    check_refusal("SET 'yeoul.late-row.topic' = 'x'", "1:5: unknown setting `yeoul.late-row.topic`");
    assert_eq!(refusal("SET 'yeoul.late-row.topic' = 'x'").1, "did you mean `yeoul.late-rows.topic`?");
}

#[test]
fn updates_are_refused_where_the_sink_only_appends() {
    check_refusal(
        "INSERT INTO out_append SELECT k, COUNT(*) FROM e GROUP BY k",
        "1:13: the sink `out_append` takes inserts only, but a `GROUP BY` without a window produces updates",
    );
    check_refusal(
        "INSERT INTO out_append SELECT e.k, CAST(1 AS BIGINT) FROM e LEFT JOIN dim ON e.k = dim.k",
        "1:13: the sink `out_append` takes inserts only, but a `LEFT JOIN` produces updates",
    );
    assert!(support::jobs("INSERT INTO out_upsert SELECT k, COUNT(*) FROM e GROUP BY k").len() == 1);
}

#[test]
fn windows_need_a_time_attribute() {
    check_refusal(
        "SELECT * FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR)",
        "1:42: the window needs a time attribute, but `ts` is a plain `TIMESTAMP(3)`",
    );
    let (fault, help) = refusal(
        "SELECT * FROM TUMBLE((SELECT e.ts FROM e JOIN dim ON e.k = dim.k), DESCRIPTOR(ts), INTERVAL '1' HOUR)",
    );
    assert!(fault.contains("time attribute") && help.contains("below the join"), "{fault} {help}");
    check_refusal(
        "SELECT * FROM TABLE(HOP(TABLE e, DESCRIPTOR(ts), INTERVAL '2' HOUR, INTERVAL '3' HOUR))",
        "1:15: the size of `HOP` (10800000 ms) must be a multiple of its slide (7200000 ms)",
    );
}

#[test]
fn what_a_stream_cannot_order_is_refused_with_its_reason() {
    check_refusal("SELECT k FROM e ORDER BY k", "1:26: a stream can only be ordered by a time attribute, ascending");
    check_refusal(
        "SELECT k FROM e ORDER BY ts DESC",
        "1:26: a stream can only be ordered by a time attribute, ascending",
    );
    check_refusal("SELECT k FROM e ORDER BY k OFFSET 3 ROWS", "1:35: `OFFSET` on a stream needs a limit");
    check_refusal("SELECT k FROM e ORDER BY 2 LIMIT 1", "1:26: there is no item 2 to order by");
    let over = |call: &str| format!("SELECT {call} FROM e");
    for (call, fault) in [
        ("SUM(v) OVER (PARTITION BY k)", "needs an order by exactly one column"),
        ("SUM(v) OVER (ORDER BY ts DESC)", "must be ascending"),
        ("LEAD(v) OVER (ORDER BY ts)", "can't look ahead"),
        ("NTILE(2) OVER (ORDER BY ts)", "is for batch"),
        ("SUM(v) OVER (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)", "ends at the current row"),
        ("SUM(v) OVER (ORDER BY v ROWS 1 PRECEDING)", "needs an order by a time attribute"),
        ("SUM(v) OVER (ORDER BY ts), SUM(v) OVER (ORDER BY p)", "must share one window"),
        ("SUM(v) OVER w", "unknown window `w`"),
        ("SUM(v) FILTER (WHERE v > 1) OVER (ORDER BY ts)", "can't stand together"),
        ("ROW_NUMBER() OVER (ORDER BY v, k)", "needs an order by exactly one column"),
    ] {
        let (found, _) = refusal(&over(call));
        assert!(found.contains(fault), "{call}: {found}");
    }
    let top = |rank: &str, held: &str| {
        format!("SELECT k FROM (SELECT k, {rank}() OVER (PARTITION BY k ORDER BY v, k) AS n FROM e) WHERE {held}")
    };
    assert!(refusal(&top("RANK", "n <= 2")).0.contains("can't be by `RANK`"));
    assert!(refusal(&top("ROW_NUMBER", "n >= 2")).0.contains("no upper one"));
    assert!(refusal("SELECT k FROM e QUALIFY v > 1").0.contains("needs a window function"));
}

#[test]
fn types_of_an_insert_are_compared_column_by_column() {
    check_refusal(
        "INSERT INTO out_append SELECT k, s FROM (SELECT s AS k, s FROM t)",
        "1:24: column 2 of the query is `STRING`, the sink's column `n` is `BIGINT`",
    );
    check_refusal("INSERT INTO out_append SELECT k FROM e", "1:24: the query has 1 columns, `out_append` takes 2");
    check_refusal("INSERT INTO out_append (x) SELECT 1", "1:25: `out_append` has no column `x` to insert into");
}

#[test]
fn aggregates_stand_where_they_can() {
    check_refusal("SELECT k, v FROM e GROUP BY k", "1:11: the column `v` is not grouped");
    check_refusal(
        "SELECT SUM(COUNT(*)) FROM e",
        "1:12: the aggregate `COUNT` can't stand in the argument of an aggregate",
    );
    check_refusal("SELECT k FROM e WHERE COUNT(*) > 1", "1:23: the aggregate `COUNT` can't stand in `WHERE`");
}

#[test]
fn what_flink_has_and_yeoul_has_not_is_named() {
    for (text, what) in [
        ("ALTER CATALOG c SET ('a' = 'b')", "`ALTER CATALOG`"),
        ("USE MODULES hive", "`USE MODULES`"),
        ("CREATE CATALOG c WITH ('type' = 'x')", "`CREATE CATALOG`"),
        ("CREATE FUNCTION f AS 'x'", "`CREATE FUNCTION … AS 'x'`"),
        ("COMPILE PLAN 'p' FOR INSERT INTO out_append SELECT k, n FROM out_append", "`COMPILE PLAN`"),
        ("INSERT OVERWRITE t SELECT 1", "`INSERT OVERWRITE`"),
        ("SELECT * FROM e MATCH_RECOGNIZE (PATTERN (a+ b{2,}?) DEFINE a AS v > 1)", "`MATCH_RECOGNIZE`"),
        ("SELECT OBJECT_OF('c', 'x', 1)", "`OBJECT_OF`"),
        (
            "SELECT k, ROW_NUMBER() OVER (ORDER BY k) FROM e GROUP BY CUBE (k)",
            "`GROUPING SETS, CUBE or ROLLUP together with window functions`",
        ),
        (
            "SELECT k FROM e GROUP BY SESSION(ts, INTERVAL '1' HOUR), ROLLUP (k)",
            "`SESSION together with GROUPING SETS, CUBE or ROLLUP`",
        ),
        (
            "SELECT k FROM e GROUP BY GROUPING SETS ((k, TUMBLE(ts, INTERVAL '1' HOUR)))",
            "`a group window within GROUPING SETS, CUBE or ROLLUP`",
        ),
        ("SELECT * FROM e, LATERAL TABLE(f(k))", "`LATERAL`"),
        ("EXPLAIN ESTIMATED_COST SELECT 1", "`EXPLAIN ESTIMATED_COST`"),
        ("SELECT /*+ OPTIONS('a' = 'b') */ k FROM e", "`the hint OPTIONS behind SELECT`"),
    ] {
        let (fault, _) = refusal(text);
        assert!(fault.contains(&format!("{what} is not supported yet")), "{text}: {fault}");
    }
}

#[test]
fn an_options_fault_is_shown_at_the_option() {
    let text = "CREATE TABLE x (a INT) WITH (\n  'connector' = 'kafkaa'\n);\nSELECT * FROM x";
    check_refusal(text, "2:3: table `x`: unknown connector `kafkaa`");
    check_refusal(
        "CREATE TABLE x (a INT) WITH ('connector' = 'kafkaa')",
        "1:30: table `x`: unknown connector `kafkaa`",
    );
    let mut session = session();
    session.read("CREATE TABLE x (a INT) WITH ('connector' = 'print')").expect("it can be written");
    let fault = session.read("SELECT * FROM x").expect_err("it can't be read");
    assert_eq!((fault.span.line, fault.span.column), (1, 15), "the other text can't be shown");
}

#[test]
fn a_fault_is_rendered_with_its_line_and_a_caret() {
    let text = "SELECT k,\n  nothing FROM e";
    let fault = support::with_tables().read(text).expect_err("unknown column");
    let rendered = fault.render("q.sql", text);
    assert!(
        rendered.starts_with("q.sql:2:3: unknown column `nothing`\n    nothing FROM e\n    ^^^^^^^\n"),
        "{rendered}"
    );
}

#[test]
fn joins_that_mean_nothing_are_refused() {
    check_refusal(
        "SELECT * FROM e FOR SYSTEM_TIME AS OF e.ts",
        "1:39: `FOR SYSTEM_TIME AS OF` belongs on the right side of a join",
    );
    check_refusal(
        "SELECT * FROM e JOIN dim FOR SYSTEM_TIME AS OF e.v AS d ON e.k = d.k",
        "1:17: `FOR SYSTEM_TIME AS OF` takes a time attribute of the left side",
    );
    check_refusal(
        "SELECT * FROM e CROSS JOIN UNNEST(v) AS u (x)",
        "1:35: `UNNEST` takes an ARRAY, MAP or MULTISET, not `INT`",
    );
    check_refusal("SELECT * FROM e JOIN dim USING (v)", "1:33: unknown column `v`");
    check_refusal(
        "SELECT k FROM e WHERE v <> ANY (SELECT v FROM e)",
        "1:23: `<> ANY (query) here` is not supported yet",
    );
    check_refusal("SELECT (SELECT k, v FROM e) FROM e", "1:8: a query as a value gives one column, this one has 2");
    check_refusal("SET 'table.exec.state.ttl' = 'long'", "1:5: `long` is no duration");
    check_refusal("SET 'parallelism.default' = 'two'", "1:5: `two` is no value of `parallelism.default`");
    check_refusal(
        "SELECT /*+ STATE_TTL('f' = '1 d') */ k, COUNT(*) FROM e GROUP BY k",
        "1:22: `STATE_TTL` names `f`, which is no table of this query",
    );
    check_refusal("SELECT /*+ STATE_TTL('e' = 'long') */ k, COUNT(*) FROM e GROUP BY k", "1:22: `long` is no duration");
    check_refusal("SET 'pipeline.max-parallelism' = '0'", "1:5: `0` is no value of `pipeline.max-parallelism`");
}
