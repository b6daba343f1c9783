//! What the broker knows about users, rules and quotas: in memory for each request, in the log's tables for good.
//!
//! A change is put into the log, and takes effect when it is durable; changes are made one after the other.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;
use yeoul_log::{Log, PutError, Row, Table};

use crate::acl::list::AclList;
use crate::acl::{Acl, AclFilter, Principal};
use crate::listener::StartError;
use crate::quota::Quotas;
use crate::quota::entity::Entity;
use crate::quota::limits::{Kind, Limits};
use crate::sasl::credential::Credential;
use crate::sasl::users::{self, UserKey, Users};

/// The most rules that there can be.
const ACLS_MAX: usize = 100_000;

/// Who may do what, as the platform's owner configured it.
#[derive(Clone, Debug, Default)]
pub struct SecurityConfig {
    /// Whether clients may do only what rules allow. Without, everybody may do everything.
    pub authorize: bool,
    /// Who may do everything.
    pub super_users: Vec<Principal>,
}

/// Users, rules, quotas.
pub(crate) struct Security {
    config: SecurityConfig,
    log: Log,
    rules: RwLock<Arc<AclList>>,
    pub(crate) users: Users,
    pub(crate) quotas: Quotas,
    /// Held while something is changed.
    changing: Mutex<()>,
}

impl Security {
    /// Reads what the log holds.
    pub(crate) fn open(config: SecurityConfig, log: Log) -> Result<Security, StartError> {
        let stored = |what| move |reason: String| StartError::Stored { what, reason };
        let rules = log.rows(Table::ACLS).into_iter().map(|(key, _)| Acl::decode(&key));
        let rules = rules.collect::<Result<Vec<_>, _>>().map_err(stored("access rules"))?;
        let credentials = log.rows(Table::USERS).into_iter().map(|(key, value)| users::decode_row(&key, &value));
        let credentials = credentials.collect::<Result<BTreeMap<_, _>, _>>();
        let credentials = credentials.map_err(|error| error.to_string()).map_err(stored("users"))?;
        let limits = log.rows(Table::QUOTAS).into_iter();
        let limits = limits.map(|(key, value)| Ok((Entity::decode(&key)?, Limits::decode(&value)?)));
        let limits = limits.collect::<Result<BTreeMap<_, _>, String>>().map_err(stored("quotas"))?;
        Ok(Security {
            config,
            log,
            rules: RwLock::new(Arc::new(AclList::new(rules))),
            users: Users::new(credentials),
            quotas: Quotas::new(limits),
            changing: Mutex::default(),
        })
    }

    /// The rules, where they count.
    pub(crate) fn rules(&self) -> Option<Arc<AclList>> {
        self.config.authorize.then(|| self.all_rules())
    }

    pub(crate) fn all_rules(&self) -> Arc<AclList> {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn is_super(&self, principal: &Principal) -> bool {
        self.config.super_users.contains(principal)
    }

    /// Adds rules; those that are there already stay.
    pub(crate) async fn add_rules(&self, added: Vec<Acl>) -> Result<(), ChangeError> {
        let _one_at_a_time = self.changing.lock().await;
        let mut rules = self.all_rules().all().clone();
        let rows = added.iter().filter(|rule| !rules.contains(*rule));
        let rows: Vec<Row> = rows.map(|rule| Row::new(Table::ACLS, rule.encode(), Vec::new())).collect();
        rules.extend(added);
        if rules.len() > ACLS_MAX {
            return Err(ChangeError::TooMany { what: "access rules", most: ACLS_MAX });
        }
        self.put(rows).await?;
        self.take_rules(AclList::new(rules));
        Ok(())
    }

    /// Removes the rules that each filter finds; what each found.
    pub(crate) async fn remove_rules(&self, filters: &[AclFilter]) -> Result<Vec<Vec<Acl>>, ChangeError> {
        let _one_at_a_time = self.changing.lock().await;
        let rules = self.all_rules();
        let found: Vec<Vec<Acl>> = filters.iter().map(|filter| rules.find(filter).cloned().collect()).collect();
        let mut left = rules.all().clone();
        let gone = found.iter().flatten().filter(|rule| left.remove(*rule));
        let rows = gone.map(|rule| Row::removed(Table::ACLS, rule.encode())).collect();
        self.put(rows).await?;
        self.take_rules(AclList::new(left));
        Ok(found)
    }

    fn take_rules(&self, list: AclList) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(list);
    }

    /// Sets or removes credentials, all together.
    pub(crate) async fn set_credentials(&self, changes: Vec<(UserKey, Option<Credential>)>) -> Result<(), ChangeError> {
        let _one_at_a_time = self.changing.lock().await;
        let rows = changes.iter().map(|(key, credential)| match credential {
            Some(credential) => Row::new(Table::USERS, users::row_key(key), credential.encode()),
            None => Row::removed(Table::USERS, users::row_key(key)),
        });
        self.put(rows.collect()).await?;
        for (key, credential) in changes {
            self.users.set(key, credential);
        }
        Ok(())
    }

    /// Sets or removes limits of entities, all together.
    pub(crate) async fn set_quotas(&self, changes: Vec<QuotaChange>) -> Result<(), ChangeError> {
        let _one_at_a_time = self.changing.lock().await;
        let all = self.quotas.all();
        let changed = changes.into_iter().map(|(entity, changes)| {
            let mut limits = all.get(&entity).cloned().unwrap_or_default();
            changes.into_iter().for_each(|(kind, limit)| limits.set(kind, limit));
            (entity, limits)
        });
        let changed: Vec<(Entity, Limits)> = changed.collect();
        let rows = changed.iter().map(|(entity, limits)| match limits.is_empty() {
            false => Row::new(Table::QUOTAS, entity.encode(), limits.encode()),
            true => Row::removed(Table::QUOTAS, entity.encode()),
        });
        self.put(rows.collect()).await?;
        self.quotas.set(changed);
        Ok(())
    }

    async fn put(&self, rows: Vec<Row>) -> Result<(), ChangeError> {
        if rows.is_empty() {
            return Ok(());
        }
        Ok(self.log.put(rows).await?)
    }
}

/// Limits of an entity that are set, or removed.
pub(crate) type QuotaChange = (Entity, Vec<(Kind, Option<f64>)>);

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeError {
    #[error("there can be {most} {what} at most; remove some first")]
    TooMany { what: &'static str, most: usize },
    #[error(transparent)]
    Put(#[from] PutError),
}
