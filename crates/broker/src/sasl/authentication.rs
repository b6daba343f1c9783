//! One connection's way to being known: which mechanism, which message comes next, who it was, and for how long that
//! holds. Protocol without I/O: the connection and the APIs `SaslHandshake` and `SaslAuthenticate` drive it.

use std::time::Duration;

use thiserror::Error;
use tokio::time::Instant;

use super::mechanism::Mechanism;
use super::plain::Plain;
use super::scram::{Challenge, ClientFirst, ScramError};
use super::users::Users;

/// Why somebody is not let in. The messages are Kafka's, as far as clients show them; nothing secret is in them.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub(crate) enum AuthenticationError {
    #[error("Authentication failed during authentication due to invalid credentials with SASL mechanism {0}")]
    Invalid(Mechanism),
    #[error("Authentication failed: {error} (SASL mechanism {mechanism})")]
    Scram { mechanism: Mechanism, error: ScramError },
    #[error("SASL messages came in the wrong order: the handshake is first, then the mechanism's messages")]
    Order,
    #[error("Cannot change principals during re-authentication")]
    OtherUser,
}

/// Where an exchange stands.
enum Stage {
    /// A handshake has to come.
    Idle,
    /// The mechanism was agreed on.
    Agreed(Mechanism),
    /// SCRAM's second message has to come.
    Challenged { user: String, challenge: Box<Challenge> },
}

/// A connection's authentication.
pub(crate) struct Authentication {
    mechanisms: Vec<Mechanism>,
    /// How long it holds; nothing for as long as the connection.
    lifetime: Option<Duration>,
    stage: Stage,
    /// Who the client is, once it was shown.
    known: Option<Known>,
    /// Whether a message was refused: the connection is to end.
    failed: bool,
}

/// Who was let in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Known {
    pub(crate) user: String,
    mechanism: Mechanism,
    /// When the client has to show it again.
    until: Option<Instant>,
}

/// What is sent to the client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub(crate) bytes: Vec<u8>,
    /// Whether the client has shown who it is.
    pub(crate) done: bool,
}

impl Authentication {
    pub(crate) fn new(mechanisms: Vec<Mechanism>, lifetime: Option<Duration>) -> Authentication {
        Authentication { mechanisms, lifetime, stage: Stage::Idle, known: None, failed: false }
    }

    pub(crate) fn mechanisms(&self) -> &[Mechanism] {
        &self.mechanisms
    }

    pub(crate) fn known(&self) -> Option<&Known> {
        self.known.as_ref()
    }

    /// Whether the client has to show again who it is before anything else is answered.
    pub(crate) fn is_expired(&self, now: Instant) -> bool {
        let until = self.known.as_ref().and_then(|known| known.until);
        until.is_some_and(|until| now >= until)
    }

    /// How long what was shown holds, in milliseconds; 0 for ever (KIP-368).
    pub(crate) fn lifetime_ms(&self) -> i64 {
        self.lifetime.map_or(0, |lifetime| i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX))
    }

    /// Agrees on a mechanism; false for one that is not offered, or not the one that the client came in by.
    pub(crate) fn handshake(&mut self, name: &str) -> bool {
        let same = |mechanism: &&Mechanism| self.known.as_ref().is_none_or(|known| known.mechanism == **mechanism);
        let found = self.mechanisms.iter().filter(same).find(|mechanism| mechanism.name() == name).copied();
        self.stage = found.map_or(Stage::Idle, Stage::Agreed);
        self.failed |= found.is_none();
        found.is_some()
    }

    /// Whether the client's next message is a password, which is checked at the cost of its hashing.
    pub(crate) fn awaits_password(&self) -> bool {
        matches!(self.stage, Stage::Agreed(Mechanism::Plain))
    }

    /// Whether a message was refused.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Takes the client's next message.
    pub(crate) fn step(&mut self, users: &Users, message: &[u8], now: Instant) -> Result<Token, AuthenticationError> {
        let taken = self.take(users, message, now);
        self.failed |= taken.is_err();
        taken
    }

    fn take(&mut self, users: &Users, message: &[u8], now: Instant) -> Result<Token, AuthenticationError> {
        match std::mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Idle => Err(AuthenticationError::Order),
            Stage::Agreed(Mechanism::Plain) => self.plain(users, message, now),
            Stage::Agreed(mechanism) => self.challenge(users, mechanism, message),
            Stage::Challenged { user, challenge } => {
                let mechanism = Mechanism::Scram(challenge.hash());
                let finished = challenge.finish(message);
                let bytes = finished.map_err(|error| failed(mechanism, error))?;
                self.let_in(user, mechanism, now)?;
                Ok(Token { bytes, done: true })
            }
        }
    }

    fn plain(&mut self, users: &Users, message: &[u8], now: Instant) -> Result<Token, AuthenticationError> {
        let invalid = AuthenticationError::Invalid(Mechanism::Plain);
        let Some(plain) = Plain::parse(message) else { return Err(invalid) };
        if !users.any_credential(plain.user).fits_password(plain.password) {
            return Err(invalid);
        }
        self.let_in(plain.user.to_owned(), Mechanism::Plain, now)?;
        Ok(Token { bytes: Vec::new(), done: true })
    }

    fn challenge(&mut self, users: &Users, mechanism: Mechanism, message: &[u8]) -> Result<Token, AuthenticationError> {
        let Mechanism::Scram(hash) = mechanism else { return Err(AuthenticationError::Order) };
        let first = ClientFirst::parse(message).map_err(|error| failed(mechanism, error))?;
        let user = first.user.clone();
        let credential = users.credential(&user, hash);
        let (challenge, bytes) = Challenge::new(first, credential).map_err(|error| failed(mechanism, error))?;
        self.stage = Stage::Challenged { user, challenge: Box::new(challenge) };
        Ok(Token { bytes, done: false })
    }

    fn let_in(&mut self, user: String, mechanism: Mechanism, now: Instant) -> Result<(), AuthenticationError> {
        if self.known.as_ref().is_some_and(|known| known.user != user) {
            return Err(AuthenticationError::OtherUser);
        }
        let until = self.lifetime.map(|lifetime| now + lifetime);
        self.known = Some(Known { user, mechanism, until });
        Ok(())
    }
}

fn failed(mechanism: Mechanism, error: ScramError) -> AuthenticationError {
    match error {
        ScramError::Invalid => AuthenticationError::Invalid(mechanism),
        error => AuthenticationError::Scram { mechanism, error },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::credential::Credential;
    use super::super::mechanism::ScramHash;
    use super::super::scram_client::ScramClient;
    use super::*;

    fn users() -> Users {
        let credential = |name: &str, hash| {
            let made = Credential::of_password(hash, &format!("{name}'s"), 4096).unwrap();
            ((name.to_owned(), hash), made)
        };
        Users::new(BTreeMap::from([
            credential("alice", ScramHash::Sha256),
            credential("alice", ScramHash::Sha512),
            credential("bob", ScramHash::Sha256),
        ]))
    }

    fn authentication(lifetime: Option<Duration>) -> Authentication {
        Authentication::new(Mechanism::ALL.to_vec(), lifetime)
    }

    /// Runs an exchange to its end, some seconds after the test's beginning.
    fn log_in(
        authentication: &mut Authentication,
        users: &Users,
        mechanism: Mechanism,
        user: &str,
        password: &str,
    ) -> Result<Token, AuthenticationError> {
        assert!(authentication.handshake(mechanism.name()));
        let Mechanism::Scram(hash) = mechanism else {
            return authentication.step(users, format!("\0{user}\0{password}").as_bytes(), Instant::now());
        };
        let mut client = ScramClient::new(hash, user, password).unwrap();
        let challenge = authentication.step(users, &client.first(), Instant::now())?;
        assert!(!challenge.done);
        let last = client.answer(&challenge.bytes).unwrap();
        let token = authentication.step(users, &last, Instant::now())?;
        assert!(client.is_server_known(&token.bytes), "the server proves itself, too");
        Ok(token)
    }

    #[test]
    fn every_mechanism_lets_in_who_knows_the_password() {
        for mechanism in Mechanism::ALL {
            let (users, mut here) = (users(), authentication(None));
            assert!(log_in(&mut here, &users, mechanism, "alice", "alice's").unwrap().done);
            assert_eq!(here.known().map(|known| known.user.as_str()), Some("alice"));
            assert!(!here.is_expired(Instant::now()));
        }
    }

    #[test]
    fn wrong_passwords_and_unknown_users_are_refused_alike() {
        for mechanism in Mechanism::ALL {
            for (user, password) in [("alice", "bob's"), ("alice", "alice"), ("carol", "carol's"), ("bob", "x")] {
                let (users, mut here) = (users(), authentication(None));
                let refused = log_in(&mut here, &users, mechanism, user, password);
                assert_eq!(refused, Err(AuthenticationError::Invalid(mechanism)), "{user} {password}");
                assert_eq!(here.known(), None);
                assert_eq!(here.step(&users, b"again", Instant::now()), Err(AuthenticationError::Order));
            }
        }
    }

    #[test]
    fn a_user_has_the_mechanisms_of_his_credentials() {
        let (users, mut here) = (users(), authentication(None));
        let sha_512 = Mechanism::Scram(ScramHash::Sha512);
        assert!(log_in(&mut here, &users, sha_512, "bob", "bob's").is_err());
        assert!(log_in(&mut here, &users, Mechanism::Plain, "bob", "bob's").is_ok());
    }

    #[test]
    fn messages_in_the_wrong_order_are_refused() {
        let (users, mut here) = (users(), authentication(None));
        assert_eq!(here.step(&users, b"\0alice\0alice's", Instant::now()), Err(AuthenticationError::Order));
        assert!(!here.handshake("GSSAPI") && !here.handshake("plain"));
        assert_eq!(here.step(&users, b"\0alice\0alice's", Instant::now()), Err(AuthenticationError::Order));
    }

    #[test]
    fn what_was_shown_holds_for_its_time_and_is_shown_again_by_the_same_user() {
        let (users, mut here) = (users(), authentication(Some(Duration::from_secs(60))));
        log_in(&mut here, &users, Mechanism::Plain, "alice", "alice's").unwrap();
        let now = Instant::now();
        assert!(!here.is_expired(now));
        assert!(here.is_expired(now + Duration::from_secs(61)));
        assert!(!here.handshake("SCRAM-SHA-256"), "by the same mechanism");
        let other = log_in(&mut here, &users, Mechanism::Plain, "bob", "bob's");
        assert_eq!(other, Err(AuthenticationError::OtherUser));
        log_in(&mut here, &users, Mechanism::Plain, "alice", "alice's").unwrap();
        assert!(!here.is_expired(now + Duration::from_secs(59)));
    }
}
