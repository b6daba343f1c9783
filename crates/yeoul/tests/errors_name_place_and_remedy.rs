//! What a user gets wrong: each fault tells place, cause and remedy, and ends with exit code 2.

mod common;

use common::{Platform, folder, yeoul};

const KAFKA: &str = "'connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:9092', \
                     'scan.startup.mode' = 'earliest-offset', 'format' = 'json'";

/// Checks a project of one SQL file: the fault names `place` (as `a.sql:1:8`) and holds every one of `parts`.
fn check_sql(sql: &str, place: &str, parts: &[&str]) {
    let project = folder(&[("a.sql", sql)]);
    let output = yeoul(&["check", &project.path().display().to_string()]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{sql}\n{told}");
    assert!(told.contains(place), "no `{place}` in\n{told}");
    assert!(told.contains('^'), "no caret in\n{told}");
    for part in parts {
        assert!(told.contains(part), "no `{part}` in\n{told}");
    }
}

/// Checks a command line: exit code 2, and standard error holds every one of `parts`.
fn check_command(arguments: &[&str], parts: &[&str]) {
    let output = yeoul(arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}\n{told}");
    for part in parts {
        assert!(told.contains(part), "no `{part}` in\n{told}");
    }
}

#[test]
fn a_syntax_error_shows_line_column_and_what_was_expected() {
    check_sql("SET 'a' = 'b';\nSELEC 1;", "a.sql:2:1", &["SELEC"]);
    check_sql("SELECT 1 FROM;", "a.sql:1:14", &["expected"]);
    check_sql("CREATE TABLE t (a INT", "a.sql:1:", &["expected"]);
}

#[test]
fn a_reserved_word_as_a_name_is_told() {
    check_sql("SELECT COUNT(*) value FROM t;", "a.sql:1:17", &["`value` is a reserved word", "backticks"]);
    check_sql("SELECT 1 empty;", "a.sql:1:10", &["`empty` is a reserved word"]);
    check_sql("SELECT 1 SELECT 2;", "a.sql:1:10", &["statements end with `;`"]);
}

/// A caret stands below its place where characters take two columns.
#[test]
fn a_caret_stands_below_its_place() {
    check_sql("SELECT '여울', nope;", "a.sql:1:14", &["\n                 ^^^^\n"]);
    check_sql("SELECT `여울`;", "a.sql:1:8", &["\n         ^^^^^^\n"]);
}

/// The place of a fault can lie before the statement that has it: what stands between isn't read again.
#[test]
fn a_fault_within_a_view_is_told_once() {
    let sql = "CREATE TABLE t (a INT) WITH ('connector' = 'datagen');
               CREATE VIEW v AS SELECT a FROM t;
               CREATE TABLE u (a INT) WITH ('connector' = 'blackhole');
               ALTER TABLE t RENAME TO t2;
               INSERT INTO u SELECT a FROM v;
               INSERT INTO u SELECT nope FROM t2;";
    let project = folder(&[("a.sql", sql)]);
    let output = yeoul(&["check", &project.path().display().to_string()]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let places: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("error: ")?.split(": ").next()).collect();
    assert_eq!(places.len(), 2, "{told}");
    assert!(places[0].ends_with("/a.sql:2:47") && places[1].ends_with("/a.sql:6:37"), "{told}");
}

#[test]
fn an_unknown_connector_is_named_with_those_that_there_are() {
    check_sql(
        "CREATE TABLE t (a INT) WITH ('connector' = 'kafak');\nINSERT INTO t VALUES (1);",
        "a.sql:1:",
        &["kafak", "kafka"],
    );
    // At once, not only where the table is used.
    check_sql("CREATE TABLE t (a INT) WITH ('connector' = 'printt');", "a.sql:1:30", &["printt", "`print`"]);
}

#[test]
fn an_unknown_option_is_named_with_the_nearest_one() {
    let sql = format!(
        "CREATE TABLE t (a INT) WITH ({KAFKA}, 'scan.startup.mod' = 'x');\nCREATE TABLE b (a INT) WITH ('connector' = 'blackhole');\nINSERT INTO b SELECT a FROM t;"
    );
    check_sql(&sql, "a.sql:1:", &["scan.startup.mod", "scan.startup.mode"]);
    check_sql(
        "CREATE TABLE t (a INT) WITH ('connector' = 'print', 'print-identifer' = 'x');",
        "a.sql:1:",
        &["print-identifer", "print-identifier"],
    );
}

/// What can only be read says what is wrong with reading it, also where the table is declared.
#[test]
fn a_wrong_option_of_a_table_that_is_only_read_is_named() {
    for (options, parts) in [
        ("'connector' = 'datagen', 'rows-per-second' = 'x'", ["rows-per-second", "`x`"]),
        ("'connector' = 'datagen', 'fields.b.kind' = 'sequence'", ["fields.b.kind", "fields.a.kind"]),
        ("'connector' = 'datagen', 'number-of-row' = '1'", ["number-of-row", "number-of-rows"]),
        ("'connector' = 'nexmark', 'nexmark.table.tps' = '1'", ["nexmark.table.tps", "unknown"]),
        ("'connector' = 'socket', 'hostname' = '127.0.0.1', 'port' = '70000', 'format' = 'raw'", ["port", "70000"]),
        ("'connector' = 'socket', 'hostname' = '10.0.0.1', 'port' = '99', 'format' = 'raw'", ["10.0.0.1", "127.0.0.1"]),
    ] {
        check_sql(&format!("CREATE TABLE t (a STRING) WITH ({options});"), "a.sql:1:", &parts);
    }
}

#[test]
fn a_missing_file_is_named() {
    let sql = "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'data/none.json', 'format' = 'json');\n\
               CREATE TABLE b (a INT) WITH ('connector' = 'blackhole');\nINSERT INTO b SELECT a FROM t;";
    check_sql(sql, "a.sql:1:", &["none.json"]);
    check_command(&["run", "/nowhere/at/all.sql"], &["/nowhere/at/all.sql", "doesn't exist", ".sql"]);
    let empty = folder(&[]);
    let nowhere = empty.path().join("nowhere").display().to_string();
    check_command(&["check", &nowhere], &[&nowhere, "doesn't exist"]);
}

#[test]
fn files_of_other_folders_are_refused_until_these_are_allowed() {
    let elsewhere = folder(&[("words.csv", "a\nb\n")]);
    let elsewhere = elsewhere.path().display().to_string();
    let sql = format!(
        "CREATE TABLE t (w STRING) WITH ('connector' = 'filesystem', 'path' = '{elsewhere}/words.csv', 'format' = 'csv');\n\
         SELECT COUNT(*) AS n FROM t;"
    );
    check_sql(&sql, "a.sql:1:", &["leads out of the project's folder", "`--root DIR`", "`files.roots`"]);
    let alone = folder(&[("a.sql", &sql)]);
    let file = alone.path().join("a.sql").display().to_string();
    let ran = yeoul(&["run", &file, "--root", &elsewhere, "--output", "jsonl"]);
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "{\"n\":2}\n", "{}", String::from_utf8_lossy(&ran.stderr));
    check_command(&["run", &file, "--root", &format!("{elsewhere}/other")], &["--root", "name a folder"]);
    let job =
        sql.replace("SELECT", "CREATE TABLE b (n BIGINT) WITH ('connector' = 'blackhole');\nINSERT INTO b SELECT");
    let configured = folder(&[("a.sql", &job), ("yeoul.toml", &format!("[files]\nroots = ['{elsewhere}']\n"))]);
    let checked = yeoul(&["check", &configured.path().display().to_string()]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[test]
fn a_type_mismatch_names_column_and_types() {
    let sql = "CREATE TABLE b (a INT) WITH ('connector' = 'blackhole');\nINSERT INTO b SELECT TIMESTAMP '2020-01-01 00:00:00';";
    check_sql(sql, "a.sql:2:", &["INT", "TIMESTAMP"]);
}

#[test]
fn an_unknown_column_and_an_unknown_table_are_named() {
    check_sql("SELECT b FROM (VALUES (1)) AS t(a);", "a.sql:1:8", &["`b`"]);
    check_sql("SELECT * FROM nowhere;", "a.sql:1:15", &["`nowhere`"]);
}

#[test]
fn a_port_in_use_is_told_with_the_flag_that_changes_it() {
    let data = folder(&[]);
    let running = Platform::serve(data.path());
    let other = folder(&[]);
    let other = other.path().display().to_string();
    for flag in ["--kafka", "--http"] {
        let mut arguments = vec!["serve", "--data", &other, "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        let taken = running.kafka();
        arguments.extend([flag, taken.as_str()]);
        let arguments = dedup_flag(arguments, flag);
        check_command(&arguments, &[&taken, "in use", flag]);
    }
}

/// Drops the first use of `flag` and its value, so that the last one holds.
fn dedup_flag<'a>(mut arguments: Vec<&'a str>, flag: &str) -> Vec<&'a str> {
    let first = arguments.iter().position(|argument| *argument == flag).expect("it is there");
    arguments.drain(first..first + 2);
    arguments
}

#[test]
fn a_listener_open_to_the_network_refuses_to_start() {
    let data = folder(&[]);
    let data = data.path().display().to_string();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.7:9092"] {
        check_command(&["serve", "--data", &data, "--kafka", address], &[address, "authentication", "loopback"]);
        check_command(
            &["serve", "--data", &data, "--kafka", "127.0.0.1:0", "--http", address],
            &[address, "authentication"],
        );
    }
    let project = folder(&[("yeoul.toml", "[listen]\nkafka = \"0.0.0.0:9092\"\n")]);
    check_command(&["run", &project.path().display().to_string()], &["0.0.0.0:9092", "authentication"]);
}

#[test]
fn a_listener_that_can_not_be_served_names_file_line_key_and_remedy() {
    let tls = "certificate = \"a.pem\"\nkey = \"a.key\"\n";
    let at = |address: &str, rest: &str| format!("[[listener]]\nname = \"x\"\naddress = \"{address}\"\n{rest}");
    let here = |rest: &str| at("127.0.0.1:0", rest);
    for (text, parts) in [
        (here("protocol = \"SSLL\"\n"), &["yeoul.toml:1: listener `x`: `protocol`", "`SSLL`", "`SASL_SSL`"][..]),
        (
            here("protocol = \"SASL_SSL\"\n"),
            &["yeoul.toml:1: listener `x`: `certificate`: is missing", "--tls-certificate"],
        ),
        (
            here(&format!("protocol = \"SSL\"\n{tls}")),
            &["yeoul.toml:1: listener `x`", "certificate `", "a.pem", "can't read", "PEM"],
        ),
        (here("protocol = \"SASL_PLAINTEXT\"\nmechanisms = [\"GSSAPI\"]\n"), &["`mechanisms`", "`GSSAPI`", "`PLAIN`"]),
        (here("protocol = \"PLAINTEXT\"\nadvertised = \"host\"\n"), &["`advertised`", "`host:port`"]),
        (
            at("0.0.0.0:0", &format!("protocol = \"SSL\"\n{tls}")),
            &["`0.0.0.0:0`", "authentication", "docs/security.md"],
        ),
        (
            at("[::]:0", "protocol = \"PLAINTEXT\"\n"),
            &["`[::]:0`", "authentication", "--listener x=PLAINTEXT://127.0.0.1:0"],
        ),
    ] {
        let project = folder(&[("yeoul.toml", &text)]);
        let path = project.path().display().to_string();
        check_command(&["run", &path, "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0"], parts);
    }
    let junk = here(&format!("protocol = \"SSL\"\n{tls}"));
    let project = folder(&[("yeoul.toml", &junk), ("a.pem", "no certificate at all"), ("a.key", "")]);
    let path = project.path().display().to_string();
    let parts = ["a.pem", "holds no certificate", "-----BEGIN CERTIFICATE-----"];
    check_command(&["run", &path, "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0"], &parts);
}

#[test]
fn a_fault_in_the_configuration_names_file_line_and_remedy() {
    for (text, parts) in [
        ("[listen]\nkafak = \"x\"\n", &["yeoul.toml:2:1", "`kafak`", "did you mean `kafka`"][..]),
        ("[log]\n\ndefault-partitions = \"many\"\n", &["yeoul.toml:3:22", "expected i32"]),
        ("[listen\n", &["yeoul.toml:1:"]),
        ("[[feed]]\nfile = \"a\"\n", &["yeoul.toml:1:", "topic"]),
    ] {
        let project = folder(&[("yeoul.toml", text)]);
        check_command(&["run", &project.path().display().to_string()], parts);
        check_command(&["check", &project.path().display().to_string()], parts);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let file = folder(&[("data", "not a folder")]);
    let path = file.path().join("data").display().to_string();
    check_command(&["serve", "--data", &path, "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0"], &[&path]);
}

#[test]
fn a_second_process_on_the_data_folder_is_refused() {
    let data = folder(&[]);
    let _running = Platform::serve(data.path());
    let path = data.path().display().to_string();
    check_command(
        &["serve", "--data", &path, "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0"],
        &[&path, "in use by another process"],
    );
}

#[test]
fn a_wrong_command_line_is_told() {
    check_command(&["fly"], &["fly"]);
    check_command(&["run"], &["PATH"]);
    check_command(&["serve", "--set", "nothing"], &["key=value"]);
    check_command(&["query", "SELECT 1", "--data", "/nowhere"], &["/nowhere", "--http"]);
    check_command(&["status", "--http", "127.0.0.1:1"], &["127.0.0.1:1"]);
}

#[test]
fn every_fault_is_told_but_not_what_only_follows_from_one() {
    let sql = "CREATE TABLE t (a INTT) WITH ('connector' = 'blackhole');\n\
               INSERT INTO t VALUES (1);\n\
               SELECT nothing FROM (VALUES (1)) AS v(a);\n";
    let project = folder(&[("a.sql", sql), ("b.sql", "SELEC 1;\n")]);
    let output = yeoul(&["check", &project.path().display().to_string()]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let places: Vec<&str> = told.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(places.len(), 3, "{told}");
    for (place, part) in places.iter().zip(["a.sql:1:", "a.sql:3:8", "b.sql:1:1"]) {
        assert!(place.contains(part), "no `{part}` in {place}");
    }
}
