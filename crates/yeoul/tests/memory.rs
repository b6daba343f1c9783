//! What the process holds: idle, and for one small query.

mod common;

use std::process::Command;

use common::{Platform, folder, slow};
use yeoul_base::{Clock, SystemClock};

const MIB: u64 = 1 << 20;
/// Runs a command and says, on standard error, the greatest resident memory that it had, in KiB.
const PEAK: &str = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); \
                    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)";
const RESIDENT_MAX: u64 = 60 * MIB;

#[test]
fn the_idle_platform_holds_at_most_60_mib() {
    let data = folder(&[]);
    let platform = Platform::serve(data.path());
    let clock = SystemClock::new();
    let wait = if slow() { 30 } else { 3 };
    common::until("the platform is idle", || clock.elapsed().as_secs() >= wait);
    let resident = platform.resident();
    assert!(resident <= RESIDENT_MAX, "{} MiB", resident / MIB);
}

#[test]
fn a_small_aggregation_holds_at_most_60_mib_and_prints_flinks_result() {
    let sql = "SELECT k, SUM(v) FROM (VALUES ('a', 1), ('b', 2), ('a', 3), ('b', 4)) AS t(k, v) GROUP BY k";
    let project = folder(&[("q.sql", sql)]);
    let query = project.path().join("q.sql");
    let output = Command::new("python3")
        .args(["-c", PEAK, env!("CARGO_BIN_EXE_yeoul"), "run", "--output", "csv"])
        .arg(query)
        .output()
        .expect("python3 is there");
    let out = String::from_utf8_lossy(&output.stdout);
    let usage: u64 = String::from_utf8_lossy(&output.stderr).trim().parse().expect("the peak in KiB");
    let usage = usage * 1024;
    assert!(usage <= RESIDENT_MAX, "{} MiB", usage / MIB);
    let mut lines: Vec<&str> = out.lines().skip(1).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["a,4", "b,6"]);
}
