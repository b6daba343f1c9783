//! How commands find a running platform: `listen.json` in its data folder, written when everything answers.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use yeoul_broker::client::LogIn;

use crate::ask;
use crate::fault::Fault;
use crate::listeners::Operator;

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
    /// Where and as whom commands come in, where clients have to log in. It is for who may read the data folder: the
    /// password holds for as long as the process runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorDoor>,
}

/// The door of a platform's own commands.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorDoor {
    /// `address:port`, on loopback.
    pub kafka: String,
    /// The name to log in by.
    pub user: String,
    /// And its password.
    pub password: String,
}

/// Says nothing of the password.
impl std::fmt::Debug for OperatorDoor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperatorDoor").field("kafka", &self.kafka).finish_non_exhaustive()
    }
}

impl From<Operator> for OperatorDoor {
    fn from(operator: Operator) -> OperatorDoor {
        let LogIn { user, password, .. } = operator.log_in;
        OperatorDoor { kafka: operator.address.to_string(), user, password }
    }
}

impl Presence {
    /// Writes it into `data`, whole or not at all.
    ///
    /// # Errors
    /// A folder that can't be written.
    pub fn write(&self, data: &Path) -> Result<(), Fault> {
        let text = serde_json::to_vec(self)?;
        let temporary = data.join(".listen.json.new");
        // Nobody but the platform's owner reads the password in it.
        let _ = fs::remove_file(&temporary);
        let options = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary);
        let written = options.and_then(|mut file| file.write_all(&text));
        written.and_then(|()| fs::rename(&temporary, data.join(FILE))).map_err(|error| {
            let path = data.join(FILE);
            Fault::failed(format!(
                "can't write `{}`: {error}; make room for it, and the folder writable",
                path.display()
            ))
        })
    }

    /// The URL of HTTP, without a slash at the end, and with the operator's name and password if there is one.
    #[must_use]
    pub fn url(&self) -> String {
        let url = self.http.trim_end_matches('/');
        match &self.operator {
            Some(operator) => ask::with_log_in(url, &operator.user, &operator.password),
            None => url.to_owned(),
        }
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
                "no platform runs on `{}`; start one with `yeoul run` or `yeoul serve`, name its folder with `--data`, or say \
                 where it is with `--kafka` (topics, groups, users) or `--http` (views, status)",
                data.display()
            ))
        };
        let path = data.join(FILE);
        let bytes = fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::PermissionDenied => Fault::usage(format!(
                "can't read `{}`: {error}; run it as the user whose platform it is, or say where that is with `--kafka` or `--http`",
                path.display()
            )),
            _ => none(),
        })?;
        serde_json::from_slice(&bytes).map_err(|_| none())
    }
}
