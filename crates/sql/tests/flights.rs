//! The flights example, bound.

mod support;

use std::path::PathBuf;

use support::session;
use yeoul_sql::plan::Target;
use yeoul_sql::render::plan_text;
use yeoul_sql::session::Step;

fn texts() -> Vec<(String, String)> {
    let folder = PathBuf::from("../../examples/flights");
    let files = std::fs::read_dir(folder).expect("the example is there").map(|entry| entry.expect("readable").path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|ext| ext == "sql")).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("readable")))
        .collect()
}

#[test]
fn the_flights_example_binds_to_five_jobs() {
    let mut session = session();
    let mut jobs = Vec::new();
    for (name, text) in texts() {
        let steps = session.read(&text).unwrap_or_else(|fault| panic!("{}", fault.render(&name, &text)));
        jobs.extend(steps.into_iter().filter_map(|step| if let Step::Job(job) = step { Some(job) } else { None }));
    }
    for job in &jobs {
        println!("== {}\n{}{}\n", job.name, plan_text(&job.branches), job.fingerprint.join("\n"));
    }
    let names: Vec<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    assert_eq!(names, ["staging", "lake", "hourly", "alerts", "airport_hourly"]);
    assert!(matches!(jobs[4].branches[0].target, Target::View(_)));
}

#[test]
fn the_four_row_query_binds() {
    let text = "SELECT k, SUM(v) FROM (VALUES ('a', 1), ('b', 2), ('a', 3), ('b', 4)) AS t(k, v) GROUP BY k";
    let steps = session().read(text).unwrap_or_else(|fault| panic!("{}", fault.render("query", text)));
    let [Step::Job(job)] = steps.as_slice() else { panic!("one job") };
    println!("{}", plan_text(&job.branches));
}
