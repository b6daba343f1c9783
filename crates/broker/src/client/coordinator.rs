//! Which broker keeps a group or a transactional id.

use kafka_protocol::messages::FindCoordinatorRequest;

use super::admin::text;
use super::error::ClientError;
use super::session::{Client, address};

/// The version of `FindCoordinator` that is used: the last that asks for one name.
const VERSION_MAX: i16 = 3;

/// What a broker keeps, as the protocol numbers it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Coordinated {
    /// A consumer group.
    Group = 0,
    /// A transactional id.
    Transaction = 1,
}

impl Coordinated {
    fn word(self) -> &'static str {
        match self {
            Coordinated::Group => "group",
            Coordinated::Transaction => "transactional id",
        }
    }
}

impl Client {
    /// The address of the broker that keeps it; asked again for a while if none does yet.
    pub(super) async fn coordinator_of(&mut self, kind: Coordinated, name: &str) -> Result<String, ClientError> {
        let request = FindCoordinatorRequest::default().with_key(text(name)).with_key_type(kind as i8);
        let mut tried = 0;
        loop {
            let response = self.ask(&request, VERSION_MAX).await?;
            let doing = || format!("to say who keeps {} `{name}`", kind.word());
            match ClientError::check(response.error_code, doing, response.error_message.as_deref()) {
                Ok(()) => return Ok(address(&response.host, response.port)),
                Err(error) if self.again(&error, &mut tried).await => {}
                Err(error) => return Err(error),
            }
        }
    }
}
