//! What can go wrong for a client.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::ApiKey;
use thiserror::Error;
use yeoul_log::batch::BatchError;

/// Why a request of the client did not succeed.
#[derive(Debug, Error)]
pub enum ClientError {
    /// No broker of the list could be reached.
    #[error("can't connect to a kafka broker at `{addresses}`: {reason}; is it running there?")]
    Connect {
        /// The addresses that were tried.
        addresses: String,
        /// What the last of them said.
        reason: String,
    },
    /// The connection broke, or the broker did not answer in time.
    #[error("lost the connection to `{address}`: {reason}")]
    Disconnected {
        /// The broker.
        address: String,
        /// What happened.
        reason: String,
    },
    /// The TLS handshake failed: trying again does not help.
    #[error(
        "the TLS handshake with `{address}` failed: {error}; check the authorities that are trusted, the broker's name, and whether it speaks TLS"
    )]
    Tls {
        /// The broker.
        address: String,
        /// What is wrong.
        error: std::io::Error,
    },
    /// The broker can't do what is needed.
    #[error("the broker at `{address}` does not support `{api:?}` in a version that this client speaks")]
    Unsupported {
        /// The broker.
        address: String,
        /// What is missing.
        api: ApiKey,
    },
    /// The broker's answer can't be understood.
    #[error("the broker at `{address}` answered something else than was asked: {reason}")]
    Answer {
        /// The broker.
        address: String,
        /// What is strange.
        reason: String,
    },
    /// The broker refused.
    #[error("the broker refused {doing}: {}{}{}", kafka_name(*error), in_words(message.as_deref()), remedy(*error))]
    Refused {
        /// What was being done.
        doing: String,
        /// Kafka's error.
        error: ResponseError,
        /// What the broker said in words.
        message: Option<String>,
    },
    /// The topic or the partition is not there.
    #[error("there is no partition {partition} of topic `{topic}`; create the topic first")]
    UnknownPartition {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
    },
    /// There is no user of this name.
    #[error("there is no user `{name}`; `yeoul user list` shows who there is")]
    UnknownUser {
        /// The name.
        name: String,
    },
    /// A password can't be made into a credential.
    #[error("the password can't be set: {reason}")]
    Credential {
        /// Why.
        reason: String,
    },
    /// Records that can't be made into a batch, or a batch that can't be read.
    #[error("topic `{topic}`: {error}")]
    Batch {
        /// The topic.
        topic: String,
        /// What is wrong with the batch.
        error: BatchError,
    },
}

/// An error by Kafka's name, as Kafka's tools and documentation have it: `TOPIC_AUTHORIZATION_FAILED`.
pub(super) fn kafka_name(error: ResponseError) -> String {
    let mut name = String::new();
    for letter in format!("{error:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

fn in_words(message: Option<&str>) -> String {
    message.map(|text| format!(" ({text})")).unwrap_or_default()
}

/// What the user can do, where the broker says no more than the error.
fn remedy(error: ResponseError) -> &'static str {
    match error {
        ResponseError::TopicAuthorizationFailed
        | ResponseError::GroupAuthorizationFailed
        | ResponseError::ClusterAuthorizationFailed
        | ResponseError::TransactionalIdAuthorizationFailed => {
            "; the user lacks a right: docs/acls.md says which, `yeoul acl add` gives it"
        }
        _ => "",
    }
}

impl ClientError {
    /// Whether trying again can help.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        match self {
            ClientError::Disconnected { .. } | ClientError::Connect { .. } => true,
            // Retriable to Kafka's own clients as well; the codec's table has it otherwise.
            ClientError::Refused { error: ResponseError::ConcurrentTransactions, .. } => true,
            ClientError::Refused { error, .. } => error.is_retriable(),
            ClientError::Unsupported { .. }
            | ClientError::Tls { .. }
            | ClientError::Answer { .. }
            | ClientError::UnknownPartition { .. }
            | ClientError::UnknownUser { .. }
            | ClientError::Credential { .. }
            | ClientError::Batch { .. } => false,
        }
    }

    /// The error of a response's code, if it is one.
    pub(super) fn check(code: i16, doing: impl FnOnce() -> String, message: Option<&str>) -> Result<(), ClientError> {
        match ResponseError::try_from_code(code) {
            None => Ok(()),
            Some(error) => Err(ClientError::Refused { doing: doing(), error, message: message.map(str::to_owned) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_kafkas_name_the_brokers_words_and_what_to_do() {
        let refused = |error, message: Option<&str>| {
            let message = message.map(str::to_owned);
            ClientError::Refused { doing: "to read `t`".to_owned(), error, message }.to_string()
        };
        let denied = refused(ResponseError::TopicAuthorizationFailed, None);
        assert!(
            denied.starts_with("the broker refused to read `t`: TOPIC_AUTHORIZATION_FAILED; the user lacks"),
            "{denied}"
        );
        let wrong = refused(ResponseError::InvalidConfig, Some("why"));
        assert_eq!(wrong, "the broker refused to read `t`: INVALID_CONFIG (why)");
    }
}
