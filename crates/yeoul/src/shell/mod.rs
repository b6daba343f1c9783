//! `yeoul sql`: statements one by one, in this process.
//!
//! Reading order: this file (what a text does), [`prompt`] (reading it at a terminal), [`live`] (a query that goes on).
//!
//! The session lives as long as the shell: tables, views and settings stay. A query over unbounded input shows its rows in
//! place until Ctrl-C; an `INSERT` over such goes on beside what follows, and stops with the shell. Jobs begin anew with each
//! start of the shell: their checkpoints are of this process.

mod live;
pub mod prompt;

use std::collections::BTreeMap;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::sync::Arc;

use yeoul_base::{Clock, SystemClock};
use yeoul_engine::MemoryStore;
use yeoul_engine::checkpoint::CheckpointStore;
use yeoul_log::Log;
use yeoul_sql::session::{Session, Step};

use crate::connections;
use crate::fault::Fault;
use crate::faults::read_all;
use crate::interrupt::Interrupt;
use crate::jobs::Environment;
use crate::output::{Output, print_text};
use crate::platform::open_log;
use crate::program::is_query;
use crate::project::{Project, SqlFile};
use crate::run_file::{Runner, ends};
use prompt::Input;

/// What a shell is called in its faults.
const INPUT: &str = "sql";

/// What a shell is started with.
pub struct ShellStart {
    /// The project; without files for none.
    pub project: Project,
    /// The defaults of `SET`.
    pub settings: BTreeMap<String, String>,
    /// The data folder to open.
    pub data: Option<PathBuf>,
    /// How rows are printed.
    pub output: Output,
}

/// A shell.
pub struct Shell {
    session: Session,
    runner: Runner,
    log: Option<Log>,
    /// Names that faulty statements would have created.
    missing: Vec<String>,
}

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    Read,
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
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let log = data.as_deref().map(|data| open_log(data, &project, clock.clone())).transpose()?;
        let connect = connections::embedded(&project.folder, &project.config, log.clone(), clock.clone());
        let store: Arc<dyn CheckpointStore> = match data.and_then(|data| connect.checkpoint_store(data.join("jobs"))) {
            Some(store) => Arc::new(store),
            None => Arc::new(MemoryStore::new()),
        };
        let session = Session::new(connect.clone(), settings);
        let environment = Environment { connections: connect, store, clock, log: log.clone() };
        let runner = Runner::new(environment, output, Interrupt::for_shell());
        let mut shell = Shell { session, runner, log, missing: Vec::new() };
        for file in &project.files {
            // Only what they create is of interest: a project's jobs run with `yeoul run`.
            let _ = shell.steps(&file.name(), &file.text);
        }
        Ok(shell)
    }

    /// What a text asks to be done; none if it has faults, which are told.
    fn steps(&mut self, name: &str, text: &str) -> Option<Vec<Step>> {
        let reading = read_all(&mut self.session, text, &mut self.missing);
        reading.faults.iter().for_each(|fault| eprintln!("error: {}", fault.render(name, text)));
        reading.faults.is_empty().then_some(reading.steps)
    }

    /// Runs a file as `yeoul run` does.
    ///
    /// # Errors
    /// A fault of the text, or a job that fails.
    pub fn script(&mut self, file: &SqlFile) -> Result<(), Fault> {
        let steps = self.steps(&file.name(), &file.text).ok_or(Fault::Told)?;
        for step in steps {
            self.runner.step(step)?;
            if self.runner.interrupt.came() {
                break;
            }
        }
        Ok(())
    }

    /// Reads statements: at a terminal one by one, else as a file.
    ///
    /// # Errors
    /// As [`script`](Shell::script); at a terminal faults are told, and the shell goes on.
    pub fn read(&mut self) -> Result<(), Fault> {
        if std::io::stdin().is_terminal() {
            return self.interact();
        }
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        self.script(&SqlFile { path: PathBuf::from("stdin"), text })
    }

    fn interact(&mut self) -> Result<(), Fault> {
        self.runner.interrupt.listen()?;
        print_text("Statements end with `;`. `help` tells more, `quit` or Ctrl-D ends.")?;
        loop {
            let next = match prompt::read(&self.runner.interrupt)? {
                Input::End => Next::End,
                Input::Text(text) => self.input(&text)?,
            };
            if next == Next::End {
                return Ok(());
            }
        }
    }

    /// Does what was typed in.
    fn input(&mut self, text: &str) -> Result<Next, Fault> {
        match text.trim().trim_end_matches(';').trim_end().to_ascii_lowercase().as_str() {
            "quit" | "exit" | "\\q" => return Ok(Next::End),
            "help" | "\\h" | "\\?" => print_text(HELP)?,
            "clear" => prompt::clear()?,
            "" => {}
            _ => self.statements(text),
        }
        Ok(Next::Read)
    }

    /// Runs statements; what fails is told.
    fn statements(&mut self, text: &str) {
        for step in self.steps(INPUT, text).unwrap_or_default() {
            let done = self.step(step);
            let came = self.runner.interrupt.came();
            self.runner.interrupt.clear();
            if let Err(fault) = &done {
                let _ = fault.report();
            }
            if done.is_err() || came {
                return;
            }
        }
    }

    fn step(&mut self, step: Step) -> Result<(), Fault> {
        let Step::Job(plan) = &step else { return self.runner.step(step) };
        if is_query(plan) {
            let in_place = self.runner.output == Output::Table && std::io::stdout().is_terminal();
            return match in_place && !ends(plan) {
                true => live::run(plan, &self.runner, prompt::dimensions()),
                false => self.runner.step(step),
            };
        }
        let said = if ends(plan) { "done" } else { "runs beside what follows, until the shell ends" };
        let said = format!("job `{}`: {said}", plan.name);
        self.runner.step(step)?;
        eprintln!("{said}");
        Ok(())
    }

    /// Ends: what runs beside stops, but at the end of a file it is waited for, as with `yeoul run`.
    ///
    /// # Errors
    /// A job that failed.
    pub fn end(self) -> Result<(), Fault> {
        let interactive = std::io::stdin().is_terminal();
        if interactive {
            self.runner.stop();
        }
        let ended = self.runner.finish();
        if let Some(log) = self.log {
            log.close();
        }
        ended
    }
}

const HELP: &str = "\
statements   any Flink SQL, ended by `;`, over as many lines as you like
Ctrl-C       ends the query that runs, or drops what is typed in
Ctrl-D, quit ends the shell
SHOW TABLES, DESCRIBE t, SHOW CREATE TABLE t, EXPLAIN SELECT …, SET 'key' = 'value', RESET 'key', SHOW FUNCTIONS";
