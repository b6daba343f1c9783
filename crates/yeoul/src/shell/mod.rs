//! `yeoul sql`: statements one by one, in this process.
//!
//! Reading order: this file (what a text does), [`script`] (texts that nobody types), [`prompt`] (those that somebody does), [`command`]
//! (what the shell does itself), [`jobs`] (what runs beside), [`live`] (a query that goes on, by [`live_rows`] and [`frame`]), [`edit`] (the
//! line editor), [`complete`] (what Tab offers), [`terminal`] and [`keys`] (what is underneath).
//!
//! The session lives as long as the shell: tables, views and settings stay. A query over input without end shows its rows in
//! place until somebody ends it; an `INSERT` over such goes on beside what follows, and stops with the shell. Jobs begin anew with
//! each start of the shell: their checkpoints are of this process. Outside of editing and of watching a query, the terminal is as it
//! was found.

mod command;
mod complete;
mod edit;
mod frame;
mod jobs;
mod keys;
mod live;
mod live_rows;
mod prompt;
pub mod script;
pub mod terminal;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use yeoul_base::{Clock, SystemClock};
use yeoul_engine::MemoryStore;
use yeoul_engine::checkpoint::CheckpointStore;
use yeoul_engine::plan::JobPlan;
use yeoul_log::Log;
use yeoul_sql::session::{Session, Step};
use yeoul_sql::settings;

use crate::connections;
use crate::fault::Fault;
use crate::faults::read_all;
use crate::interrupt::Interrupt;
use crate::jobs::Environment;
use crate::output::{Output, print_text, texts};
use crate::platform::open_log;
use crate::project::Project;
use crate::runner::{Runner, ends, query_of};
use command::Command;
use terminal::Keys;

/// What names of jobs begin with that write to a platform's data, so that they take no checkpoint of its own jobs for theirs.
const JOB_PREFIX: &str = "shell_";
/// Whether `INSERT` is waited for.
const DML_SYNC: &str = "table.dml-sync";

/// What a shell is started with.
pub struct ShellStart {
    /// The project; without files for none.
    pub project: Project,
    /// The defaults of `SET`.
    pub settings: BTreeMap<String, String>,
    /// The data folder to open.
    pub data: Option<PathBuf>,
    /// How rows are printed, unless a setting says otherwise.
    pub output: Output,
}

/// A shell.
pub struct Shell {
    session: Session,
    runner: Runner,
    log: Option<Log>,
    output: Output,
    /// The keys, while somebody types statements at a terminal that can be drawn on.
    keys: Option<Keys>,
    /// Whether somebody types statements.
    talks: bool,
    /// Where what was typed in is remembered; nowhere where there is no home.
    history: Option<PathBuf>,
}

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// More statements.
    Read,
    /// The end.
    End,
}

impl Shell {
    /// A shell with the tables and views of a project.
    ///
    /// # Errors
    /// A data folder that can't be opened.
    pub fn start(start: ShellStart) -> Result<Shell, Fault> {
        crate::logging::start("warn");
        let ShellStart { project, settings, data, output } = start;
        let history = prompt::history_file(&project.folder, data.as_deref());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let log = data.as_deref().map(|data| open_log(data, &project, clock.clone())).transpose()?;
        let connect = connections::embedded(&project.folder, &project.config, log.clone(), clock.clone());
        let store: Arc<dyn CheckpointStore> = match data.and_then(|data| connect.checkpoint_store(data.join("jobs"))) {
            Some(store) => Arc::new(store),
            None => Arc::new(MemoryStore::new()),
        };
        let session = Session::new(connect.clone(), settings);
        let environment = Environment { connections: connect, store, clock, log: log.clone() };
        let runner = Runner::new(environment, Interrupt::for_shell(), None);
        let mut shell = Shell { session, runner, log, output, keys: None, talks: false, history };
        shell.load(&project)?;
        Ok(shell)
    }

    /// Reads a project's files. What they create is of interest alone: a project's jobs run with `yeoul run`.
    fn load(&mut self, project: &Project) -> Result<(), Fault> {
        let (mut missing, mut sound) = (Vec::new(), true);
        for file in &project.files {
            let reading = read_all(&mut self.session, &file.text, &mut missing);
            sound &= reading.faults.is_empty();
            reading.faults.iter().for_each(|fault| eprintln!("error: {}", fault.render(&file.name(), &file.text)));
        }
        // Settings within the files are for their own jobs.
        let _ = self.session.read("RESET;");
        if sound { Ok(()) } else { Err(Fault::Told) }
    }

    /// Does what one statement says.
    fn step(&mut self, step: Step, statement: &str) -> Result<(), Fault> {
        let mut plan = match step {
            Step::Print { header, rows } => return texts::print(&header, &rows, self.text_output()),
            Step::Job(plan) => plan,
        };
        if self.log.is_some() {
            plan.name = format!("{JOB_PREFIX}{}", plan.name);
        }
        if query_of(&plan).is_some() { self.query(&plan, statement) } else { self.insert(&plan) }
    }

    fn query(&mut self, plan: &JobPlan, statement: &str) -> Result<(), Fault> {
        let word = statement.split_whitespace().next().unwrap_or("").to_ascii_uppercase();
        if ["DESCRIBE", "DESC", "SHOW"].contains(&word.as_str()) {
            return self.runner.complete(plan, self.text_output()).map(drop);
        }
        let output = self.row_output();
        match &mut self.keys {
            Some(keys) if !ends(plan) && matches!(output, Output::Table | Output::Changelog) => {
                live::run(plan, &self.runner, keys, output == Output::Changelog)
            }
            // Rows that go on without a screen to change them on are told as they come.
            None if self.talks && !ends(plan) && output == Output::Table => {
                self.runner.complete(plan, Output::Tableau).map(drop)
            }
            _ => self.runner.complete(plan, output).map(drop),
        }
    }

    fn insert(&mut self, plan: &JobPlan) -> Result<(), Fault> {
        let sync = self.session.settings().get(DML_SYNC).map(|sync| sync.eq_ignore_ascii_case("true"));
        if sync.unwrap_or_else(|| ends(plan)) {
            let end = self.runner.complete(plan, self.output)?;
            let said = if end == yeoul_engine::JobEnd::Finished { "done" } else { "stopped" };
            eprintln!("job `{}`: {said}", plan.name);
            return Ok(());
        }
        self.runner.submit(plan)?;
        let name = &plan.name;
        eprintln!("job `{name}`: runs beside what follows; `STOP JOB '{name}';` ends it, `SHOW JOBS;` tells of it");
        Ok(())
    }

    fn command(&mut self, command: Command) -> Result<Next, Fault> {
        match command {
            Command::Quit => return Ok(Next::End),
            Command::Help => print_text(command::HELP)?,
            Command::Clear if self.keys.is_some() => terminal::show("\x1b[H\x1b[2J")?,
            Command::Clear => {}
            Command::ShowJobs => self.show_jobs(None)?,
            Command::DescribeJob(name, _) => self.show_jobs(Some(&name))?,
            Command::StopJob(name, _) => self.stop_job(&name)?,
        }
        Ok(Next::Read)
    }

    /// How a query's rows are printed.
    fn row_output(&self) -> Output {
        match self.session.settings().get(settings::RESULT_MODE).map(|mode| mode.to_ascii_lowercase()).as_deref() {
            Some("table") => Output::Table,
            Some("changelog") => Output::Changelog,
            Some("tableau") => Output::Tableau,
            _ => self.output,
        }
    }

    /// How texts are printed: what changes show of a query is no way for them.
    fn text_output(&self) -> Output {
        match self.output {
            Output::Changelog | Output::Tableau => Output::Table,
            output => output,
        }
    }

    /// Ends. What runs beside stops where somebody typed, or something failed, and is waited for where a text was run, as with
    /// `yeoul run`.
    ///
    /// # Errors
    /// A job that failed.
    pub fn end(self, has_failed: bool) -> Result<(), Fault> {
        self.runner.interrupt.clear();
        if self.talks || has_failed {
            self.runner.stop();
        }
        let ended = self.runner.finish();
        if let Some(log) = self.log {
            log.close();
        }
        ended
    }
}

/// The state folder of this user, as the XDG base directories have it.
fn state_folder() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local").join("state")));
    Some(state?.join("yeoul"))
}

/// Whether a folder holds a platform's data.
fn is_data(folder: &Path) -> bool {
    folder.join("log").is_dir()
}
