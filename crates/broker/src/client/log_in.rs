//! The client's side of SASL: SCRAM, and PLAIN.

use bytes::Bytes;
use kafka_protocol::messages::{SaslAuthenticateRequest, SaslHandshakeRequest};
use kafka_protocol::protocol::StrBytes;

use super::connection::Connection;
use super::error::ClientError;
use crate::sasl::scram_client::ScramClient;
use crate::sasl::{Mechanism, ScramHash};

/// A user's name and password, and how they are shown.
#[derive(Clone, PartialEq, Eq)]
pub struct LogIn {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
    /// The mechanism.
    pub mechanism: Mechanism,
}

impl LogIn {
    /// By SCRAM-SHA-512.
    #[must_use]
    pub fn new(user: &str, password: &str) -> LogIn {
        let mechanism = Mechanism::Scram(ScramHash::Sha512);
        LogIn { user: user.to_owned(), password: password.to_owned(), mechanism }
    }
}

/// Says nothing of the password.
impl std::fmt::Debug for LogIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogIn").field("user", &self.user).field("mechanism", &self.mechanism).finish_non_exhaustive()
    }
}

impl Connection {
    /// Shows who the client is.
    pub(super) async fn log_in(&mut self, log_in: &LogIn) -> Result<(), ClientError> {
        let name = StrBytes::from_static_str(log_in.mechanism.name());
        let agreed = self.call_version(&SaslHandshakeRequest::default().with_mechanism(name), 1).await?;
        let offered = || agreed.mechanisms.iter().map(|offered| offered.to_string()).collect::<Vec<_>>().join(", ");
        let doing = || format!("{} as a way to log in; it takes {}", log_in.mechanism, offered());
        ClientError::check(agreed.error_code, doing, None)?;
        match log_in.mechanism {
            Mechanism::Plain => {
                let token = format!("\0{}\0{}", log_in.user, log_in.password);
                self.send_token(token.into_bytes()).await.map(drop)
            }
            Mechanism::Scram(hash) => self.log_in_by_scram(hash, log_in).await,
        }
    }

    async fn log_in_by_scram(&mut self, hash: ScramHash, log_in: &LogIn) -> Result<(), ClientError> {
        let random = || self.strange(&"the system gives no random numbers");
        let mut client = ScramClient::new(hash, &log_in.user, &log_in.password).ok_or_else(random)?;
        let challenge = self.send_token(client.first()).await?;
        let answer = client.answer(&challenge).ok_or_else(|| self.strange(&"a challenge that is not SCRAM"))?;
        let last = self.send_token(answer).await?;
        if client.is_server_known(&last) { Ok(()) } else { Err(self.strange(&"it does not know the password itself")) }
    }

    async fn send_token(&mut self, token: Vec<u8>) -> Result<Bytes, ClientError> {
        let request = SaslAuthenticateRequest::default().with_auth_bytes(token.into());
        let response = self.call_version(&request, 1).await?;
        let message = response.error_message.as_deref();
        ClientError::check(response.error_code, || "to let the user in".to_owned(), message)?;
        Ok(response.auth_bytes)
    }
}
