//! Users and access rules for other doors than Kafka's: who somebody is, by name and password, and what he may do.
//!
//! A password is checked at the cost of its hashing, so a few at a time, on threads that may compute; what was right is
//! known again by a keyed digest for as long as the user's credential stays what it was. Who is wrong waits, as at Kafka's
//! doors.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ring::hmac;
use ring::rand::SystemRandom;

use crate::acl::list::{Asker, CLUSTER};
use crate::acl::{Operation, Principal, Resource};
use crate::client::LogIn;
use crate::context::Shared;
use crate::log_in::REFUSED_PAUSE;
use crate::sasl::Credential;
use crate::sasl::plain::Plain;

/// How many users are known again without a check.
const KNOWN_MAX: usize = 1000;

type Digest = [u8; 32];

/// See the module.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    /// Made anew at each start.
    key: hmac::Key,
    /// The platform's own user, who may do everything.
    operator: Option<(Principal, Digest)>,
    /// What was found right, and the credential that it was right for.
    known: Mutex<HashMap<Digest, Credential>>,
}

/// Somebody who showed who he is.
#[derive(Clone, Debug)]
pub struct Visitor {
    principal: Principal,
    host: String,
    is_super: bool,
}

impl Access {
    /// Nothing if the system gives no random numbers.
    pub(crate) fn new(shared: Arc<Shared>, operator: Option<&LogIn>) -> Option<Access> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok()?;
        let digest_of = |log_in: &LogIn| (Principal::user(&log_in.user), digest(&key, &log_in.user, &log_in.password));
        let operator = operator.map(digest_of);
        Some(Access(Arc::new(Inner { shared, key, operator, known: Mutex::default() })))
    }

    /// Who knows this name and password; nobody if they are wrong.
    pub async fn log_in(&self, user: &str, password: &str, from: IpAddr) -> Option<Visitor> {
        let digest = digest(&self.0.key, user, password);
        let host = from.to_canonical().to_string();
        if let Some((principal, own)) = &self.0.operator
            && *own == digest
        {
            return Some(Visitor { principal: principal.clone(), host, is_super: true });
        }
        if !self.is_right(user, password, digest).await {
            tokio::time::sleep(REFUSED_PAUSE).await;
            return None;
        }
        let principal = Principal::user(user);
        let is_super = self.0.shared.security.is_super(&principal);
        Some(Visitor { principal, host, is_super })
    }

    async fn is_right(&self, user: &str, password: &str, digest: Digest) -> bool {
        let message = format!("\0{user}\0{password}");
        if Plain::parse(message.as_bytes()).is_none() {
            return false;
        }
        let credential = self.0.shared.security.users.any_credential(user);
        if self.known(|known| known.get(&digest).is_some_and(|then| *then == credential)) {
            return true;
        }
        let Ok(_permit) = self.0.shared.password_checks.acquire().await else { return false };
        let (password, checked) = (password.to_owned(), credential.clone());
        let check = tokio::task::spawn_blocking(move || checked.fits_password(password.as_bytes()));
        let is_right = check.await.unwrap_or(false);
        if is_right {
            self.known(|known| {
                if known.len() >= KNOWN_MAX {
                    known.clear();
                }
                known.insert(digest, credential);
            });
        }
        is_right
    }

    fn known<T>(&self, look: impl FnOnce(&mut HashMap<Digest, Credential>) -> T) -> T {
        look(&mut self.0.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a visitor may do something to what is called so. For the cluster, the name counts for nothing.
    #[must_use]
    pub fn allows(&self, visitor: &Visitor, operation: Operation, resource: Resource, name: &str) -> bool {
        let name = if resource == Resource::Cluster { CLUSTER } else { name };
        let asker = Asker { principal: &visitor.principal, host: &visitor.host };
        let allowed = visitor.is_super || self.0.shared.security.all_rules().allows(asker, operation, resource, name);
        if !allowed {
            tracing::debug!(principal = %visitor.principal, %operation, %resource, name, "denied over http");
        }
        allowed
    }
}

impl Visitor {
    /// Whether the platform's owner said that he may do everything.
    #[must_use]
    pub fn is_super(&self) -> bool {
        self.is_super
    }

    /// Who he is.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }
}

/// Tells names and passwords apart, and nothing of them.
fn digest(key: &hmac::Key, user: &str, password: &str) -> Digest {
    let mut context = hmac::Context::with_key(key);
    context.update(&(user.len() as u64).to_be_bytes());
    context.update(user.as_bytes());
    context.update(password.as_bytes());
    let mut digest = Digest::default();
    let signed = context.sign();
    let bytes = signed.as_ref().get(..digest.len()).unwrap_or_default();
    digest.copy_from_slice(bytes);
    digest
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::Instant;
    use yeoul_base::{RealDisk, SystemClock};
    use yeoul_log::{Log, LogConfig};

    use super::*;
    use crate::acl::{Acl, Pattern, Permission};
    use crate::in_process::InProcess;
    use crate::sasl::ScramHash;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    async fn place() -> (tempfile::TempDir, Access) {
        let folder = tempfile::tempdir().unwrap();
        let mut config = LogConfig::new(folder.path().join("log"));
        config.file_bytes = 16 << 20;
        let log = Log::open(config, Arc::new(RealDisk), Arc::new(SystemClock::new())).unwrap();
        let shared = InProcess::new(log).await.shared.clone();
        (folder, Access::new(shared, Some(&LogIn::new("operator", "its own"))).unwrap())
    }

    async fn set(access: &Access, user: &str, password: Option<&str>) {
        let hash = ScramHash::Sha256;
        let credential = password.map(|password| Credential::of_password(hash, password, 4096).unwrap());
        access.0.shared.security.set_credentials(vec![((user.to_owned(), hash), credential)]).await.unwrap();
    }

    #[tokio::test]
    async fn who_knows_the_password_is_let_in_until_it_changes() {
        let (_folder, access) = place().await;
        set(&access, "alice", Some("secret")).await;
        for _ in 0..2 {
            let visitor = access.log_in("alice", "secret", HERE).await.unwrap();
            assert!(!visitor.is_super() && *visitor.principal() == Principal::user("alice"));
        }
        let began = Instant::now();
        assert!(access.log_in("alice", "Secret", HERE).await.is_none());
        assert!(began.elapsed() >= REFUSED_PAUSE);
        for (user, password) in [("bob", "secret"), ("", ""), ("alice", ""), ("a\0b", "c"), ("alice\0", "secret")] {
            assert!(access.log_in(user, password, HERE).await.is_none(), "{user:?}");
        }
        set(&access, "alice", Some("another")).await;
        assert!(access.log_in("alice", "secret", HERE).await.is_none(), "what was known is not right any more");
        assert!(access.log_in("alice", "another", HERE).await.is_some());
        set(&access, "alice", None).await;
        assert!(access.log_in("alice", "another", HERE).await.is_none());
    }

    #[tokio::test]
    async fn a_visitor_may_do_what_rules_allow_and_the_operator_everything() {
        let (_folder, access) = place().await;
        set(&access, "alice", Some("secret")).await;
        let alice = access.log_in("alice", "secret", HERE).await.unwrap();
        let write = |visitor: &Visitor, topic| access.allows(visitor, Operation::Write, Resource::Topic, topic);
        assert!(!write(&alice, "landing.a"));
        let rule = Acl {
            resource: Resource::Topic,
            pattern: Pattern::Prefixed,
            name: "landing.".to_owned(),
            principal: Principal::user("alice"),
            host: "*".to_owned(),
            operation: Operation::Write,
            permission: Permission::Allow,
        };
        access.0.shared.security.add_rules(vec![rule]).await.unwrap();
        assert!(write(&alice, "landing.a") && !write(&alice, "production.a"));
        let operator = access.log_in("operator", "its own", HERE).await.unwrap();
        assert!(operator.is_super() && write(&operator, "production.a"));
        assert!(access.log_in("operator", "another", HERE).await.is_none());
    }
}
