//! What the fuzz targets call; built with `--cfg fuzzing` only.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::messages::RequestKind;
use tokio::runtime::Runtime;
use tokio::time::Instant;
use yeoul_log::Log;

use crate::in_process::{InProcess, OPERATOR};
use crate::request::Request;
use crate::sasl::authentication::Authentication;
use crate::sasl::users::Users;
use crate::sasl::{Credential, Mechanism, ScramHash};

/// How long an answer is waited for: a fetch may wait for records, a group for its members.
const PATIENCE: Duration = Duration::from_millis(10);

/// Reads a frame without its length.
pub fn request(frame: &[u8]) {
    if let Ok(request) = Request::parse(Bytes::copy_from_slice(frame)) {
        let _ = RequestKind::decode(request.api.key, &mut request.body(), request.version);
    }
}

/// A broker that answers frames.
pub struct Answering {
    runtime: Runtime,
    broker: InProcess,
}

impl Answering {
    /// A broker over a log.
    ///
    /// # Panics
    /// No port, no thread.
    #[must_use]
    pub fn new(log: Log) -> Answering {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let broker = runtime.block_on(InProcess::new(log));
        Answering { runtime, broker }
    }

    /// Answers a frame without its length, of one who may do everything.
    pub fn answer(&self, frame: &[u8]) {
        let Ok(request) = Request::parse(Bytes::copy_from_slice(frame)) else { return };
        self.runtime.block_on(async {
            let answer = tokio::time::timeout(PATIENCE, self.broker.begin(OPERATOR, &request)).await;
            if let Ok(Ok(Some(reply))) = answer {
                let written = reply.write(&mut Vec::new(), PATIENCE).await;
                written.expect("an answer in memory is written");
            }
        });
    }
}

/// Lets somebody who does not know the password try to log in.
///
/// # Panics
/// It succeeds.
pub fn log_in<'a>(mechanism: u8, messages: impl Iterator<Item = &'a [u8]>) {
    static USERS: OnceLock<Users> = OnceLock::new();
    let users = USERS.get_or_init(|| {
        let all = ScramHash::ALL.map(|hash| {
            let credential = Credential::of_password(hash, "a long password, not hit by chance", 4096);
            (("u".to_owned(), hash), credential.expect("random numbers"))
        });
        Users::new(BTreeMap::from(all))
    });
    let mut here = Authentication::new(Mechanism::ALL.to_vec(), None);
    here.handshake(Mechanism::ALL[usize::from(mechanism) % Mechanism::ALL.len()].name());
    for message in messages {
        let taken = here.step(users, message, Instant::now());
        assert!(taken.is_err() || here.known().is_none(), "somebody was let in");
    }
}
