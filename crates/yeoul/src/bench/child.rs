//! The platform under measurement: this binary in a process of its own, on free ports.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::fault::Fault;

/// A running platform; stopped when dropped.
pub struct Platform {
    process: Child,
    /// Its Kafka door.
    pub kafka: String,
    /// Its HTTP, as a URL.
    pub http: String,
}

impl Platform {
    /// Runs a project.
    ///
    /// # Errors
    /// It doesn't become ready.
    pub fn run(project: &Path, settings: &[&str]) -> Result<Platform, Fault> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("run").arg(project).args(["--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0", "--json"]);
        for setting in settings {
            command.args(["--set", setting]);
        }
        let mut process = command.env("YEOUL_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let Some(out) = process.stdout.take() else { return Err(Fault::failed("its output isn't piped")) };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let ready: Value =
            serde_json::from_str(&line).map_err(|_| Fault::failed("the platform to be measured ended"))?;
        let field = |key: &str| ready.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Platform { process, kafka: field("kafka"), http: field("http") })
    }

    /// What it tells of itself.
    ///
    /// # Errors
    /// It doesn't answer.
    pub fn status(&self) -> Result<Value, Fault> {
        Ok(serde_json::from_str(&crate::ask::get(&format!("{}/v1/status", self.http))?)?)
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        if let Err(error) = kill_process(Pid::from_child(&self.process), Signal::TERM) {
            eprintln!("can't stop the measured platform: {error}");
        }
        if let Err(error) = self.process.wait() {
            eprintln!("the measured platform: {error}");
        }
    }
}
