//! `SHOW JOBS`, `DESCRIBE JOB`, `STOP JOB`: the jobs that run beside what is typed in.

use chrono::DateTime;
use yeoul_engine::status::{JobState, JobStatus};

use super::Shell;
use crate::fault::Fault;
use crate::nearest::nearest;
use crate::output::{print_text, texts};
use crate::runner::Beside;

impl Shell {
    /// The names of the jobs that run.
    pub(super) fn job_names(&self) -> Vec<String> {
        let running = self.runner.beside().iter().filter(|job| !job.handle.finished());
        running.map(|job| job.handle.name().to_string()).collect()
    }

    /// Tells of all jobs, or of one.
    pub(super) fn show_jobs(&self, name: Option<&str>) -> Result<(), Fault> {
        if let Some(name) = name {
            self.job(name)?;
        }
        let header = ["job name", "status", "start time", "rows read", "error"].map(str::to_owned);
        let wanted =
            self.runner.beside().iter().filter(|job| name.is_none_or(|name| job.handle.name().to_string() == name));
        let rows: Vec<Vec<String>> = wanted.map(row).collect();
        texts::print(&header, &rows, self.text_output())
    }

    /// Stops a job, and waits for its end.
    pub(super) fn stop_job(&mut self, name: &str) -> Result<(), Fault> {
        let handle = self.job(name)?.handle.clone();
        if handle.finished() {
            return Err(Fault::usage(format!("job `{name}` has ended already")));
        }
        handle.stop();
        handle.wait()?;
        print_text(&format!("job `{name}`: stopped"))
    }

    /// The last job of a name.
    fn job(&self, name: &str) -> Result<&Beside, Fault> {
        let found = self.runner.beside().iter().rev().find(|job| job.handle.name().to_string() == name);
        found.ok_or_else(|| {
            let names: Vec<String> = self.runner.beside().iter().map(|job| job.handle.name().to_string()).collect();
            let remedy = match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`SHOW JOBS` tells which there are".to_owned(),
            };
            Fault::usage(format!("there is no job `{name}`; {remedy}"))
        })
    }
}

fn row(job: &Beside) -> Vec<String> {
    let JobStatus { name, state, error, sources, .. } = job.handle.status();
    let since = DateTime::from_timestamp_millis(job.since.0).map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    let rows: u64 = sources.iter().map(|source| source.rows).sum();
    vec![name, word(state).to_owned(), since.unwrap_or_default(), rows.to_string(), error.unwrap_or_default()]
}

/// A state, in Flink's words.
fn word(state: JobState) -> &'static str {
    match state {
        JobState::Starting => "INITIALIZING",
        JobState::Running => "RUNNING",
        JobState::Finished | JobState::Stopped => "FINISHED",
        JobState::Failed => "FAILED",
    }
}
