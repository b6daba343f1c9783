//! What the broker counts about itself. Reading is cheap and may happen at any time.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::apis::APIS;

/// Counters since the start, and one gauge (open connections).
#[derive(Debug, Default)]
pub struct BrokerMetrics {
    requests: Requests,
    pub(crate) request_errors: Counter,
    pub(crate) produce_errors: Counter,
    pub(crate) authentication_failures: Counter,
    pub(crate) bytes_in: Counter,
    pub(crate) bytes_out: Counter,
    pub(crate) connections_accepted: Counter,
    pub(crate) connections_refused: Counter,
    pub(crate) connections_closed: Counter,
}

/// A counter for each API.
#[derive(Debug)]
struct Requests([AtomicU64; APIS.len()]);

impl Default for Requests {
    fn default() -> Self {
        Requests(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

/// What the counters of [`BrokerMetrics`] were at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerFigures {
    /// Requests answered or being answered, by the API's name in Kafka's spelling.
    pub requests: Vec<(String, u64)>,
    /// Requests and frames that could not be understood; each closed its connection.
    pub request_errors: u64,
    /// Partitions of produce requests that were refused.
    pub produce_errors: u64,
    /// Connections that were closed because the client did not prove who it is.
    pub authentication_failures: u64,
    /// Bytes of request frames.
    pub bytes_in: u64,
    /// Bytes of response frames.
    pub bytes_out: u64,
    /// Connections accepted so far.
    pub connections_accepted: u64,
    /// Connections closed at once because too many were open.
    pub connections_refused: u64,
    /// Connections open now.
    pub connections_open: u64,
}

impl BrokerMetrics {
    /// Reads all counters.
    #[must_use]
    pub fn figures(&self) -> BrokerFigures {
        let by_api = APIS.iter().zip(&self.requests.0);
        BrokerFigures {
            requests: by_api.map(|(api, count)| (format!("{:?}", api.key), count.load(Ordering::Relaxed))).collect(),
            request_errors: self.request_errors.get(),
            produce_errors: self.produce_errors.get(),
            authentication_failures: self.authentication_failures.get(),
            bytes_in: self.bytes_in.get(),
            bytes_out: self.bytes_out.get(),
            connections_accepted: self.connections_accepted.get(),
            connections_refused: self.connections_refused.get(),
            connections_open: self.connections_accepted.get().saturating_sub(self.connections_closed.get()),
        }
    }

    pub(crate) fn count_request(&self, key: i16) {
        let at = APIS.iter().position(|api| api.key as i16 == key);
        if let Some(count) = at.and_then(|at| self.requests.0.get(at)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, amount: usize) {
        self.0.fetch_add(amount as u64, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
