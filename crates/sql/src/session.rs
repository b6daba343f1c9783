//! The way in: a session holds catalog and settings, reads statements in order and yields what is to be run.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::Connectors;
use crate::diagnostic::Diagnostic;
use crate::plan::JobPlan;

/// Catalog and settings over the statements of one project or file.
pub struct Session {
    connectors: Arc<dyn Connectors>,
    settings: BTreeMap<String, String>,
}

/// What a statement asks to be done.
#[derive(Clone, Debug)]
pub enum Step {
    /// Run this job. A job whose branch has [`Target::Collect`](crate::plan::Target::Collect) is a top-level `SELECT`.
    Job(JobPlan),
    /// Print this table of texts: the answer of `SHOW`, `DESCRIBE`, `EXPLAIN`, bare `SET`.
    Print {
        /// Column names.
        header: Vec<String>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
}

impl Session {
    /// An empty catalog, with these settings as defaults (`table.local-time-zone`, …).
    #[must_use]
    pub fn new(connectors: Arc<dyn Connectors>, settings: BTreeMap<String, String>) -> Session {
        Session { connectors, settings }
    }

    /// Reads a whole text of statements; the catalog keeps what they create.
    ///
    /// # Errors
    /// The first fault of the text; the session keeps what the statements before it created.
    pub fn read(&mut self, text: &str) -> Result<Vec<Step>, Diagnostic> {
        let _ = (text, &self.connectors, &self.settings);
        Ok(Vec::new())
    }
}
