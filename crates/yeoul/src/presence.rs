//! How commands find a running platform: `listen.json` in its data folder, written when everything answers.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

const FILE: &str = "listen.json";

/// Where a platform listens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Presence {
    /// The Kafka door, `address:port`.
    pub kafka: String,
    /// HTTP, as a URL.
    pub http: String,
    /// The process.
    pub pid: u32,
}

impl Presence {
    /// Writes it into `data`, whole or not at all.
    ///
    /// # Errors
    /// A folder that can't be written.
    pub fn write(&self, data: &Path) -> Result<(), Fault> {
        let text = serde_json::to_vec(self)?;
        let temporary = data.join(".listen.json.new");
        fs::write(&temporary, text)?;
        fs::rename(&temporary, data.join(FILE))?;
        Ok(())
    }

    /// Takes it away, at a clean end.
    pub fn remove(data: &Path) {
        if let Err(error) = fs::remove_file(data.join(FILE)) {
            tracing::debug!(%error, "`listen.json` was gone already");
        }
    }

    /// What the platform on `data` wrote.
    ///
    /// # Errors
    /// No platform runs there.
    pub fn find(data: &Path) -> Result<Presence, Fault> {
        let none = || {
            Fault::usage(format!(
                "no platform runs on `{}`; start one with `yeoul run` or `yeoul serve`, or say where it is with `--http`",
                data.display()
            ))
        };
        let bytes = fs::read(data.join(FILE)).map_err(|_| none())?;
        serde_json::from_slice(&bytes).map_err(|_| none())
    }
}
