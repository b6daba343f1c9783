//! The real binary, from outside: run to its end, or started and waited for.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod producers;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use yeoul_base::{Clock, SystemClock};

/// How long anything may take here before it counts as hanging.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Whether the full counts are asked for (`./test --slow`).
pub fn slow() -> bool {
    std::env::var_os("YEOUL_SLOW").is_some()
}

/// The binary.
pub fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_yeoul"))
}

/// Runs it to its end.
pub fn yeoul(arguments: &[&str]) -> Output {
    binary().args(arguments).stdin(Stdio::null()).output().expect("the binary is there")
}

/// Polls `condition` until it holds.
pub fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let clock = SystemClock::new();
    while !condition() {
        assert!(clock.elapsed() < PATIENCE, "waited too long until {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Lets time pass, where time itself is what is tested.
pub fn wait(time: Duration) {
    let clock = SystemClock::new();
    while clock.elapsed() < time {
        std::thread::park_timeout(time.saturating_sub(clock.elapsed()));
    }
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

pub fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
    std::fs::write(path, text).expect("files can be written");
}

/// A running platform; killed when dropped.
pub struct Platform {
    child: Child,
    /// The ready line.
    pub ready: Value,
    /// From the process's start to the ready line.
    pub start: Duration,
}

impl Platform {
    /// `yeoul serve` on a data folder, free ports.
    pub fn serve(data: &Path) -> Platform {
        Platform::start(&["serve"], data)
    }

    /// `yeoul run` of a project, free ports.
    pub fn run(project: &Path, data: &Path) -> Platform {
        Platform::start(&["run", &project.display().to_string()], data)
    }

    /// A command that becomes ready, on free ports.
    pub fn start(arguments: &[&str], data: &Path) -> Platform {
        Platform::start_at(arguments, data, "127.0.0.1:0", "127.0.0.1:0")
    }

    /// A command that becomes ready.
    pub fn start_at(arguments: &[&str], data: &Path, kafka: &str, http: &str) -> Platform {
        Platform::start_in(&[], arguments, data, kafka, http)
    }

    /// The same, with these variables of the environment.
    pub fn start_in(
        environment: &[(&str, &str)],
        arguments: &[&str],
        data: &Path,
        kafka: &str,
        http: &str,
    ) -> Platform {
        let clock = SystemClock::new();
        let mut child = binary()
            .envs(environment.iter().copied())
            .args(arguments)
            .arg("--data")
            .arg(data)
            .args(["--kafka", kafka, "--http", http, "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary is there");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it can be read");
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no ready line but `{line}`"));
        Platform { child, ready, start: clock.elapsed() }
    }

    pub fn kafka(&self) -> String {
        self.ready["kafka"].as_str().expect("the ready line has it").to_owned()
    }

    pub fn http(&self) -> String {
        self.ready["http"].as_str().expect("the ready line has it").to_owned()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Asks it to stop, and waits.
    pub fn terminate(mut self) -> (ExitStatus, Duration) {
        let clock = SystemClock::new();
        kill_process(self.pid(), Signal::TERM).expect("it runs");
        (self.child.wait().expect("it ends"), clock.elapsed())
    }

    /// Its process's number.
    pub fn pid_text(&self) -> String {
        self.child.id().to_string()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it runs");
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it is a child").is_some()
    }

    /// `kill -9`, and waits.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// How many descriptors it has open.
    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).expect("it runs").count()
    }

    /// Resident memory in bytes.
    pub fn resident(&self) -> u64 {
        self.memory("VmRSS")
    }

    /// The most that was resident at any time since the last [`Self::forget_peak`], in bytes.
    pub fn peak(&self) -> u64 {
        self.memory("VmHWM")
    }

    /// From now on the peak is that of what follows.
    pub fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").expect("the system takes it");
    }

    fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line =
            status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).expect("the system says it");
        line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).expect("a number") * 1024
    }

    /// The JSON at a path of its HTTP.
    pub fn get(&self, path: &str) -> Value {
        let text = ureq::get(format!("{}{path}", self.http())).call().expect("it answers").body_mut().read_to_string();
        serde_json::from_str(&text.expect("text")).expect("JSON")
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new("../..").canonicalize().expect("it is there")
}
