//! Damaged statements never panic and never take long: a seeded walk from the grammar's own statements, for 2 s,
//! or 60 with `YEOUL_SLOW`. The coverage-guided target is `fuzz/`.

use std::path::Path;
use std::time::{Duration, Instant};

use yeoul_sql::parser::Parser;

/// Random numbers that repeat (SplitMix64).
struct Random(u64);

impl Random {
    /// From 0 to `bound`, exclusive.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).expect("31 bits") % bound
    }
}

/// Pieces that damage well.
const PIECES: [&str; 30] = [
    "(",
    ")",
    "((",
    "'",
    "`",
    "/*+",
    "*/",
    "<",
    ">",
    "<>",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ".",
    "..",
    "=>",
    "||",
    "--",
    "SELECT ",
    "NULL ",
    "NOT ",
    "AS ",
    "OVER ",
    "ROW",
    "\u{0}",
    "é",
    "99999999999999999999",
];

/// A text is read within this, in any build.
const SLOWEST: Duration = Duration::from_secs(1);

fn statements() -> Vec<String> {
    let folder = Path::new("../../tests/sql/grammar");
    let files = ["ddl", "query", "dml", "types"].map(|name| folder.join(name).with_extension("statements"));
    let texts = files.iter().map(|file| std::fs::read_to_string(file).expect("the statements are there"));
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn read(text: &str) {
    let Ok(mut parser) = Parser::new(text) else { return };
    while let Ok(Some(_)) = parser.next_statement() {
        parser.take_deferred();
    }
}

/// One change: a piece put in, a part cut out, a part doubled, or a part of another statement.
fn damaged(text: &str, other: &str, random: &mut Random) -> String {
    let chars: Vec<char> = text.chars().collect();
    let from = random.below(chars.len() + 1);
    let to = (from + random.below(12)).min(chars.len());
    let part: String = chars[from..to].iter().collect();
    let middle = match random.below(4) {
        0 => format!("{}{part}", PIECES[random.below(PIECES.len())]),
        1 => String::new(),
        2 => format!("{part}{part}"),
        _ => other.chars().skip(from).take(20).collect(),
    };
    chars[..from].iter().chain(middle.chars().collect::<Vec<_>>().iter()).chain(&chars[to..]).collect()
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the test is about time itself")]
fn damaged_statements_never_panic() {
    let seconds = std::env::var_os("YEOUL_SLOW").map_or(2, |_| 60);
    let end = Instant::now() + Duration::from_secs(seconds);
    let statements = statements();
    let mut random = Random(2_300);
    let mut read_count = 0u64;
    while Instant::now() < end || read_count < 2_000 {
        let mut text = statements[random.below(statements.len())].clone();
        for _ in 0..1 + random.below(5) {
            let other = &statements[random.below(statements.len())];
            text = damaged(&text, other, &mut random);
        }
        let start = Instant::now();
        read(&text);
        assert!(start.elapsed() < SLOWEST, "{:?} for {text}", start.elapsed());
        read_count += 1;
    }
    println!("{read_count} texts read in {seconds} s");
}

#[test]
fn a_mebibyte_is_read_within_a_second() {
    let list = vec!["a + 1"; 170_000].join(", ");
    let commas = format!("SELECT {list} FROM t");
    let open = "(".repeat(1 << 20);
    let angles = format!("CREATE TABLE t (a {}", "ROW<a ".repeat(170_000));
    let quantified = format!("SELECT {}", "a IN (".repeat(170_000));
    let patterns = format!("SELECT * FROM t MATCH_RECOGNIZE (PATTERN ({}", "(a|".repeat(300_000));
    let sets = format!("SELECT a FROM t GROUP BY {}", "GROUPING SETS (".repeat(60_000));
    let tables = format!("SELECT * FROM {}", "f(TABLE ".repeat(130_000));
    let json = format!("SELECT {}", "JSON_OBJECT('a' VALUE ".repeat(40_000));
    let suffixes = format!("CREATE TABLE t (a INT{})", " ARRAY".repeat(170_000));
    let named = format!("SELECT f({}", "a => ".repeat(200_000));
    let unions = format!("SELECT 1{}", " UNION SELECT 1 EXCEPT SELECT 1".repeat(30_000));
    for text in [commas, open, angles, quantified, patterns, sets, tables, json, suffixes, named, unions] {
        assert!(text.len() >= 800_000, "{} bytes", text.len());
        // What runs beside a test only slows it, so the quickest of some readings counts.
        let quickest = (0..5).map(|_| time_to_read(&text)).find(|took| *took < SLOWEST);
        assert!(quickest.is_some(), "`{}…` took longer than {SLOWEST:?}, five times", &text[..40]);
    }
}

/// What reading took of a core, or of time where the system doesn't tell.
#[allow(clippy::disallowed_methods, reason = "the test is about time itself")]
fn time_to_read(text: &str) -> Duration {
    let start = Instant::now();
    let read_here = || {
        read(text);
        on_core().unwrap_or_else(|| start.elapsed())
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, read_here);
        thread.expect("a thread").join().expect("no panic on 2 MiB of stack")
    })
}

/// How long this thread ran.
fn on_core() -> Option<Duration> {
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = ran.split_whitespace().next()?.parse().ok()?;
    (nanos > 0).then(|| Duration::from_nanos(nanos))
}
