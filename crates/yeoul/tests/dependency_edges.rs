//! The layout's table: which crate may use which. A new edge is a decision and is written here first.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Each crate, and those below it that it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("yeoul", &["base", "row", "log", "broker", "collect", "format", "sql", "engine", "connect", "lake", "serve"]),
    ("serve", &["engine", "lake", "log", "row", "base"]),
    ("collect", &["format", "log", "base"]),
    ("broker", &["log", "base"]),
    ("connect", &["engine", "lake", "format", "log", "row", "base"]),
    ("lake", &["row", "base"]),
    ("engine", &["sql", "row", "base"]),
    ("sql", &["row", "base"]),
    ("format", &["row", "base"]),
    ("row", &["base"]),
    ("log", &["base"]),
    ("base", &[]),
    (
        "sim",
        &["yeoul", "row", "log", "broker", "collect", "format", "sql", "engine", "connect", "lake", "serve", "base"],
    ),
];

/// Crates that must not be reached from a crate, not even through others.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("yeoul-base", &["tokio", "arrow", "datafusion"]),
    ("yeoul-log", &["arrow", "datafusion", "kafka-protocol"]),
    ("yeoul-broker", &["arrow", "datafusion"]),
    ("yeoul-sql", &["tokio", "datafusion"]),
    ("yeoul", &["openssl", "native-tls"]),
];

fn metadata(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", &host(), "--manifest-path"])
        .arg("../../Cargo.toml")
        .args(arguments)
        .output()
        .expect("cargo runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

/// The platform that this runs on: others' dependencies may not be there.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("cargo brings its compiler");
    let said = String::from_utf8(output.stdout).expect("it says text");
    said.lines().find_map(|line| line.strip_prefix("host: ")).expect("it names its host").to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn short(name: &str) -> &str {
    name.strip_prefix("yeoul-").unwrap_or(name)
}

/// The workspace's own edges: (from, to, kind), kind `normal`, `dev` or `build`.
fn edges() -> Vec<(String, String, String)> {
    let metadata = metadata(&["--no-deps"]);
    let packages = metadata["packages"].as_array().expect("a list of packages").clone();
    let own: BTreeSet<&str> = packages.iter().map(|package| text(&package["name"])).collect();
    let mut edges = Vec::new();
    for package in &packages {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            if own.contains(text(&dependency["name"])) {
                let kind = dependency["kind"].as_str().unwrap_or("normal");
                edges.push((
                    short(text(&package["name"])).to_owned(),
                    short(text(&dependency["name"])).to_owned(),
                    kind.to_owned(),
                ));
            }
        }
    }
    edges
}

#[test]
fn no_crate_uses_one_that_the_layout_does_not_allow() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    for (from, to, kind) in edges().iter().filter(|(_, _, kind)| kind != "dev") {
        let known = allowed.get(from.as_str()).unwrap_or_else(|| panic!("`{from}` isn't in the layout's table"));
        assert!(known.contains(&to.as_str()), "`{from}` must not use `{to}` ({kind})");
    }
}

#[test]
fn the_simulation_is_never_a_normal_dependency() {
    let edges = edges();
    let normal = edges.iter().find(|(_, to, kind)| to == "sim" && kind != "dev");
    assert_eq!(normal, None);
}

#[test]
fn crates_do_not_reach_what_they_must_not_know() {
    let metadata = metadata(&[]);
    let names: BTreeMap<&str, &str> = list(&metadata["packages"]).map(|p| (text(&p["id"]), text(&p["name"]))).collect();
    let mut uses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        let normal =
            list(&node["deps"]).filter(|dependency| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null()));
        uses.insert(names[text(&node["id"])], normal.map(|dependency| names[text(&dependency["pkg"])]).collect());
    }
    for (from, forbidden) in FORBIDDEN {
        let reached = reach(from, &uses);
        for name in *forbidden {
            assert!(!reached.contains(name), "`{from}` reaches `{name}`");
        }
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn reach<'a>(from: &'a str, uses: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            open.extend(uses.get(name).into_iter().flatten());
        }
    }
    reached
}
