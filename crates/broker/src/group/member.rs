//! A member of a classic group.

use std::time::Duration;

use bytes::Bytes;

/// Names a caller who waits for an answer; made and resolved by the shell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Ticket(pub(crate) u64);

/// Who speaks, as far as others are shown it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ClientIdentity {
    /// The client's name for itself.
    pub(crate) id: String,
    /// Its address.
    pub(crate) host: String,
}

/// A way to assign partitions that a member knows, and what it says in that way's language.
pub(crate) type Protocol = (String, Bytes);

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Member {
    pub(crate) id: String,
    /// The name of a static member (KIP-345), which outlives its process.
    pub(crate) instance: Option<String>,
    pub(crate) client: ClientIdentity,
    /// How long the group waits for it to join again when it rebalances.
    pub(crate) rebalance_timeout: Duration,
    /// How long it may be silent.
    pub(crate) session_timeout: Duration,
    /// What it knows, the best first.
    pub(crate) protocols: Vec<Protocol>,
    /// What the leader gave it in this generation.
    pub(crate) assignment: Bytes,
    /// Who waits for the answer to its join.
    pub(crate) awaiting_join: Option<Ticket>,
    /// Who waits for the answer to its sync.
    pub(crate) awaiting_sync: Option<Ticket>,
    /// It joined and has never had an answer: it can't know its id, so that it can't be heard of.
    pub(crate) is_new: bool,
    /// When it is taken for dead.
    pub(crate) expires: Duration,
}

impl Member {
    /// What it says in a protocol's language; nothing said is empty.
    pub(crate) fn metadata(&self, protocol: Option<&str>) -> Bytes {
        let found = self.protocols.iter().find(|(name, _)| Some(name.as_str()) == protocol);
        found.map(|(_, metadata)| metadata.clone()).unwrap_or_default()
    }

    /// Whether its silence is no sign: it waits for us. One that is new may have gone away while it waited.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.is_new && (self.awaiting_join.is_some() || self.awaiting_sync.is_some())
    }
}
