//! What statements do to the catalog: `LIKE`, `AS`, `ALTER`, `TEMPORARY`, `SHOW`.

mod support;

use support::{check_refusal, refusal, session, with_tables};
use yeoul_sql::session::{Session, Step};

/// The rows of the last table that `text` prints.
fn printed(session: &mut Session, text: &str) -> Vec<Vec<String>> {
    let steps = session.read(text).unwrap_or_else(|fault| panic!("{}", fault.render("test", text)));
    match steps.into_iter().last() {
        Some(Step::Print { rows, .. }) => rows,
        other => panic!("nothing printed: {other:?}"),
    }
}

/// Checks the one text that `text` prints last.
fn check_shown(text: &str, expected: &str) {
    let rows = printed(&mut session(), text);
    assert_eq!(rows.concat().concat().trim_end(), expected.trim(), "{text}");
}

#[test]
fn a_table_like_another_has_its_columns_then_its_own() {
    check_shown(
        "CREATE TABLE a (x INT NOT NULL, y AS x + 1, PRIMARY KEY (x) NOT ENFORCED) COMMENT 'it''s' PARTITIONED BY (x)
           WITH ('connector' = 'kafka', 'topic' = 'a');
         CREATE TABLE b (z STRING) WITH ('topic' = 'b') LIKE a;
         SHOW CREATE TABLE b",
        "
CREATE TABLE `default_catalog`.`default_database`.`b` (
  `x` INT NOT NULL,
  `y` AS `x` + 1,
  `z` VARCHAR(2147483647),
  CONSTRAINT `PK_x` PRIMARY KEY (`x`) NOT ENFORCED
)
PARTITIONED BY (`x`)
WITH (
  'connector' = 'kafka',
  'topic' = 'b'
)",
    );
}

#[test]
fn secrets_are_not_shown() {
    check_shown(
        "CREATE TEMPORARY TABLE a (m BIGINT METADATA FROM 'offset' VIRTUAL, s STRING COMMENT 'c')
           WITH ('connector' = 'kafka', 'properties.sasl.jaas.config' = 'hush', 'value.Password' = 'hush');
         SHOW CREATE TABLE a",
        "
CREATE TEMPORARY TABLE `default_catalog`.`default_database`.`a` (
  `m` BIGINT METADATA FROM 'offset' VIRTUAL,
  `s` VARCHAR(2147483647) COMMENT 'c'
)
WITH (
  'connector' = 'kafka',
  'properties.sasl.jaas.config' = '******',
  'value.Password' = '******'
)",
    );
}

#[test]
fn alterations_change_the_definition() {
    check_shown(
        "CREATE TABLE a (x INT, y STRING, ts TIMESTAMP(3)) WITH ('connector' = 'kafka', 'topic' = 'a');
         ALTER TABLE a ADD (k BIGINT NOT NULL FIRST, d AS x * 2 AFTER x, WATERMARK FOR ts AS ts);
         ALTER TABLE a ADD CONSTRAINT pk PRIMARY KEY (k) NOT ENFORCED;
         ALTER TABLE a MODIFY y BIGINT;
         ALTER TABLE a RENAME k TO id;
         ALTER TABLE a SET ('group' = 'g');
         ALTER TABLE a RESET ('topic');
         ALTER TABLE a DROP d;
         ALTER TABLE a RENAME TO b;
         SHOW CREATE TABLE b",
        "
CREATE TABLE `default_catalog`.`default_database`.`b` (
  `id` BIGINT NOT NULL,
  `x` INT,
  `y` BIGINT,
  `ts` TIMESTAMP(3),
  WATERMARK FOR `ts` AS `ts`,
  CONSTRAINT `pk` PRIMARY KEY (`id`) NOT ENFORCED
)
WITH (
  'connector' = 'kafka',
  'group' = 'g'
)",
    );
}

#[test]
fn a_column_in_use_stays() {
    for (text, user) in [
        ("ALTER TABLE e DROP ts", "the watermark"),
        ("ALTER TABLE out_upsert DROP k", "the primary key"),
        (
            "CREATE TABLE x (a INT, b AS a + 1) WITH ('connector' = 'kafka'); ALTER TABLE x DROP a",
            "the computed column `b`",
        ),
    ] {
        let (fault, _) = refusal(text);
        assert!(fault.contains(&format!("is used by {user}")), "{text}: {fault}");
    }
}

#[test]
fn a_temporary_table_hides_the_other_and_goes_first() {
    let mut session = with_tables();
    session.read("CREATE TEMPORARY TABLE t (z INT) WITH ('connector' = 'kafka')").expect("another space of names");
    assert!(session.read("SELECT z FROM t").is_ok() && session.read("SELECT a FROM t").is_err());
    let fault = session.read("DROP TABLE t").expect_err("hidden");
    assert_eq!(fault.message, "`t` is hidden by a temporary one");
    session.read("DROP TEMPORARY TABLE t").expect("dropped");
    assert!(session.read("SELECT a FROM t").is_ok());
}

#[test]
fn a_table_as_a_query_has_the_querys_columns_behind_its_own() {
    let jobs =
        support::jobs("CREATE TABLE x (note STRING, v BIGINT) WITH ('connector' = 'changes') AS SELECT k, v FROM e");
    let fields: Vec<String> = jobs[0].branches[0]
        .input
        .schema
        .fields
        .iter()
        .map(|field| format!("{} {}", field.name, field.data_type))
        .collect();
    assert_eq!(fields, ["note STRING", "k STRING", "v BIGINT"]);
    let jobs = support::jobs("CREATE TABLE x (v, k) WITH ('connector' = 'changes') AS SELECT k, v FROM e");
    let names: Vec<&str> = jobs[0].branches[0].input.schema.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["v", "k"]);
}

#[test]
fn names_are_filtered_by_patterns() {
    let mut session = with_tables();
    assert_eq!(printed(&mut session, "SHOW TABLES LIKE 'out\\_a%'"), [["out_append"]]);
    assert_eq!(printed(&mut session, "SHOW TABLES NOT LIKE '%o%'"), [["dim"], ["e"], ["t"]]);
    assert_eq!(printed(&mut session, "CREATE VIEW v AS SELECT 1 AS uno; SHOW VIEWS"), [["v"]]);
    assert!(printed(&mut session, "SHOW CREATE VIEW v").concat().concat().ends_with("AS SELECT 1 AS uno\n"));
    check_refusal("SHOW TABLES FROM elsewhere", "1:18: unknown database `elsewhere`");
}

#[test]
fn static_partitions_fill_their_columns() {
    let table = "CREATE TABLE p (a INT, dd STRING) PARTITIONED BY (dd) WITH ('connector' = 'filesystem');";
    let jobs = support::jobs(&format!("{table} INSERT INTO p PARTITION (dd = '2024-01-31') SELECT v FROM e"));
    assert_eq!(jobs[0].branches[0].input.schema.fields.len(), 2);
    let (fault, _) = refusal(&format!("{table} INSERT INTO p PARTITION (a = 1) SELECT k FROM e"));
    assert!(fault.contains("`p` is not partitioned by `a`"), "{fault}");
}
