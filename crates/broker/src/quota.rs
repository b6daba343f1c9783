//! Quotas (KIP-13, KIP-124): how much a client may produce, fetch and have computed. Who uses more is told in the
//! response for how long to be silent, and is not read from for so long.
//!
//! The quota of the most special entity holds, see [`entity`]; all clients of that entity share it.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use entity::{Entity, Part};
use limits::{Kind, Limits};
use meter::Meter;

pub(crate) mod entity;
pub(crate) mod limits;
mod meter;
pub(crate) mod timer;

/// How many meters are kept before idle ones are dropped.
const METERS_MAX: usize = 10_000;
/// The longest throttle for processor time (Kafka's: one sample).
const REQUEST_THROTTLE_MAX: Duration = Duration::from_secs(1);

/// Whose use is counted together: the entity of the quota, with the client's own names where it has defaults.
type Counted = (Kind, Option<String>, Option<String>);

/// All quotas, and what was used of them.
#[derive(Debug)]
pub(crate) struct Quotas {
    limits: RwLock<BTreeMap<Entity, Limits>>,
    /// Whether there are any: most platforms have none, and ask nothing else.
    any: AtomicBool,
    meters: Mutex<HashMap<Counted, Meter>>,
    start: Instant,
}

/// Who uses something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User<'a> {
    pub(crate) name: &'a str,
    pub(crate) client_id: &'a str,
}

impl Quotas {
    pub(crate) fn new(limits: BTreeMap<Entity, Limits>) -> Quotas {
        let any = AtomicBool::new(!limits.is_empty());
        Quotas { limits: RwLock::new(limits), any, meters: Mutex::default(), start: Instant::now() }
    }

    /// All limits, by entity.
    pub(crate) fn all(&self) -> BTreeMap<Entity, Limits> {
        self.limits.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set(&self, changes: Vec<(Entity, Limits)>) {
        let mut all = self.limits.write().unwrap_or_else(PoisonError::into_inner);
        for (entity, limits) in changes {
            if limits.is_empty() {
                all.remove(&entity);
            } else {
                all.insert(entity, limits);
            }
        }
        self.any.store(!all.is_empty(), Ordering::Release);
    }

    /// Whether there are quotas at all.
    pub(crate) fn are_there(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// Counts what a client used; how long it is to be silent for it.
    pub(crate) fn record(&self, kind: Kind, user: User<'_>, used: f64) -> Duration {
        let Some((counted, limit)) = self.limit(kind, user) else { return Duration::ZERO };
        let now = self.start.elapsed();
        let mut meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        if meters.len() >= METERS_MAX {
            meters.retain(|_, meter| !meter.is_idle(now));
        }
        let meter = meters.entry(counted).or_default();
        meter.record(now, used);
        let throttle = meter.throttle(now, limit);
        if kind == Kind::Requests { throttle.min(REQUEST_THROTTLE_MAX) } else { throttle }
    }

    /// The limit that holds for a client, and whose use is counted together.
    fn limit(&self, kind: Kind, user: User<'_>) -> Option<(Counted, f64)> {
        if !self.are_there() {
            return None;
        }
        let all = self.limits.read().unwrap_or_else(PoisonError::into_inner);
        Entity::of_client(user.name, user.client_id).into_iter().find_map(|entity| {
            let limit = all.get(&entity)?.get(kind)?;
            let own = |part: &Option<Part>, name: &str| part.as_ref().map(|_| name.to_owned());
            let counted = (kind, own(&entity.user, user.name), own(&entity.client_id, user.client_id));
            Some((counted, limit))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quotas(limits: &[(Option<&str>, Option<&str>, f64)]) -> Quotas {
        let part = |name: Option<&str>| match name {
            None => None,
            Some("*") => Some(Part::Default),
            Some(name) => Some(Part::Named(name.to_owned())),
        };
        let entry = |(user, client_id, limit): &(Option<&str>, Option<&str>, f64)| {
            let mut limits = Limits::default();
            limits.set(Kind::Produced, Some(*limit));
            (Entity { user: part(*user), client_id: part(*client_id) }, limits)
        };
        Quotas::new(limits.iter().map(entry).collect())
    }

    fn limit(quotas: &Quotas, name: &str, client_id: &str) -> Option<f64> {
        quotas.limit(Kind::Produced, User { name, client_id }).map(|(_, limit)| limit)
    }

    #[test]
    fn the_most_special_quota_holds() {
        let all = [
            (Some("u"), Some("c"), 1.0),
            (Some("u"), Some("*"), 2.0),
            (Some("u"), None, 3.0),
            (Some("*"), Some("c"), 4.0),
            (Some("*"), Some("*"), 5.0),
            (Some("*"), None, 6.0),
            (None, Some("c"), 7.0),
            (None, Some("*"), 8.0),
        ];
        for from in 0..all.len() {
            let quotas = quotas(&all[from..]);
            assert_eq!(limit(&quotas, "u", "c"), Some(all[from].2));
        }
        let quotas = quotas(&all[..4]);
        assert_eq!(
            (limit(&quotas, "u", "d"), limit(&quotas, "v", "c"), limit(&quotas, "v", "d")),
            (Some(2.0), Some(4.0), None)
        );
    }

    #[test]
    fn clients_of_one_entity_share_its_quota_and_those_of_a_default_do_not() {
        let used = |quotas: &Quotas, name, client_id| {
            quotas.record(Kind::Produced, User { name, client_id }, 1500.0) > Duration::ZERO
        };
        let shared = quotas(&[(Some("u"), None, 100.0)]);
        assert!(used(&shared, "u", "a") && used(&shared, "u", "b") && !used(&shared, "v", "a"));
        let each = quotas(&[(Some("*"), None, 200.0)]);
        assert!(!used(&each, "u", "a") && !used(&each, "v", "a") && used(&each, "u", "b"));
    }

    #[test]
    fn without_quotas_nothing_is_counted() {
        let none = quotas(&[]);
        assert!(!none.are_there());
        assert_eq!(none.record(Kind::Fetched, User { name: "u", client_id: "c" }, f64::MAX), Duration::ZERO);
        assert!(none.meters.lock().unwrap().is_empty());
    }
}
