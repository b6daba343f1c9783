//! No text makes the front end panic, loop or overflow its stack.

mod support;

use proptest::prelude::*;
use support::{TABLES, refusal, session, with_tables};

/// Pieces of SQL that random texts are made of.
const PIECES: [&str; 48] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "e",
    "t",
    "dim",
    "k",
    "v",
    "ts",
    "p",
    "(",
    ")",
    ",",
    ";",
    "*",
    "+",
    "-",
    "=",
    "<>",
    "1",
    "1.5",
    "'x'",
    "NULL",
    "AND",
    "OR",
    "NOT",
    "IN",
    "BETWEEN",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "COUNT(*)",
    "SUM(v)",
    "AS",
    "JOIN",
    "LEFT JOIN",
    "ON",
    "UNION ALL",
    "VALUES",
    "TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' HOUR))",
    "window_start",
    "window_end",
    "INSERT INTO out_append",
    "ROW_NUMBER() OVER (PARTITION BY k ORDER BY p)",
    "WITH",
    "CAST(k AS INT)",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,80}") {
        let _ = session().read(&text);
    }

    #[test]
    fn arbitrary_sql_never_panics(pieces in prop::collection::vec(0..PIECES.len(), 0..24)) {
        let text: Vec<&str> = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        let _ = with_tables().read(&format!("SELECT {}", text.join(" ")));
    }

    #[test]
    fn a_damaged_text_never_panics(at in 0..TABLES.len(), length in 0usize..30) {
        let mut text = TABLES.to_owned();
        let end = (at + length).min(text.len());
        if text.is_char_boundary(at) && text.is_char_boundary(end) {
            text.replace_range(at..end, "");
        }
        let _ = session().read(&text);
    }
}

/// Runs on the stack of a small thread.
fn on_two_mebibytes(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread starts");
    thread.join().expect("the stack suffices");
}

#[test]
fn ten_thousand_levels_are_refused_on_a_small_stack() {
    on_two_mebibytes(|| {
        for (open, inner, close) in [
            ("(", "1", ")"),
            ("NOT ", "TRUE", ""),
            ("- ", "1", ""),
            ("CASE WHEN ", "TRUE", " THEN TRUE END"),
            ("ABS(", "1", ")"),
            ("CAST(", "1", " AS INT)"),
            ("(SELECT ", "1", ")"),
        ] {
            let text = format!("SELECT {}{inner}{}", open.repeat(10_000), close.repeat(10_000));
            assert!(refusal(&text).0.contains("nested too deeply"), "{open}");
        }
        let from = format!("SELECT * FROM {}t{}", "(SELECT * FROM ".repeat(10_000), ")".repeat(10_000));
        assert!(refusal(&from).0.contains("nested too deeply"));
        let types = format!("CREATE TABLE x (a {}INT{})", "ARRAY<".repeat(10_000), ">".repeat(10_000));
        assert!(refusal(&types).0.contains("nested too deeply"));
        let chain = format!("SELECT {}", vec!["1"; 10_000].join(" + "));
        assert!(refusal(&chain).0.contains("nested too deeply"));
        let unions = vec!["SELECT 1"; 3_000].join(" UNION ALL ");
        assert!(with_tables().read(&unions).is_ok());
    });
}

#[test]
fn what_is_allowed_fits_a_small_stack() {
    on_two_mebibytes(|| {
        let deep = format!("SELECT {}a{} FROM t", "ABS(".repeat(95), ")".repeat(95));
        assert!(with_tables().read(&deep).is_ok());
        let mut text = "CREATE VIEW v0 AS SELECT * FROM t;".to_owned();
        for n in 1..60 {
            text.push_str(&format!("CREATE VIEW v{n} AS SELECT * FROM v{};", n - 1));
        }
        assert!(with_tables().read(&format!("{text} SELECT * FROM v59")).is_ok());
        for n in 60..100 {
            text.push_str(&format!("CREATE VIEW v{n} AS SELECT * FROM v{};", n - 1));
        }
        assert!(refusal(&text).0.contains("nested too deeply"));
    });
}

/// A second is what one text may take; machines that run other tests besides get more.
const SECONDS_MAX: u64 = 10;

#[test]
fn a_mebibyte_of_anything_is_judged_at_once() {
    let units = [
        "(",
        "1 + ",
        "'",
        "/*",
        "-- ",
        "a.",
        "x ",
        "\u{1f600}",
        "CASE WHEN ",
        "1, ",
        "`",
        "NOT ",
        "[",
        "{",
        "\n",
        "1; SELECT ",
    ];
    for unit in units {
        let text = format!("SELECT {}", unit.repeat((1 << 20) / unit.len()));
        let clock = yeoul_base::SystemClock::new();
        let _ = with_tables().read(&text);
        let took = yeoul_base::Clock::elapsed(&clock);
        assert!(took.as_secs() < SECONDS_MAX, "{unit:?} takes {took:?}");
    }
}

#[test]
fn views_that_double_each_other_are_refused_before_they_are_too_many() {
    let mut session = with_tables();
    session.read("CREATE VIEW v0 AS SELECT k FROM e").unwrap();
    let double =
        |n: u32| format!("CREATE VIEW v{n} AS SELECT a.k FROM v{m} AS a JOIN v{m} AS b ON a.k = b.k", m = n - 1);
    let refused = (1..40).find_map(|n| session.read(&double(n)).err()).expect("2^39 reads are too many");
    assert!(refused.message.contains("reads views more than"), "{refused}");
}

#[test]
fn a_fault_below_many_correlated_queries_is_found_in_bounded_time() {
    let query = (0..45)
        .fold("SELECT nope FROM e".to_owned(), |query, n| format!("SELECT v FROM e AS e{n} WHERE v IN ({query})"));
    let clock = yeoul_base::SystemClock::new();
    assert!(refusal(&query).0.contains("nope"));
    assert!(yeoul_base::Clock::elapsed(&clock).as_secs() < SECONDS_MAX);
}
