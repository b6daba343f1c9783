//! What the page, `/v1/status` and `/metrics` ask of the process around them. Implemented by the binary.

use serde::Serialize;
use yeoul_engine::status::JobStatus;

use crate::metrics::Metrics;

/// A platform that tells of itself.
pub trait PlatformStatus: Send + Sync + 'static {
    /// What it is, and where it listens.
    fn about(&self) -> About;

    /// Its jobs, in the order of its files.
    fn jobs(&self) -> Vec<JobStatus>;

    /// Nothing if it takes and answers everything; else what it still waits for, or what is broken.
    fn not_ready(&self) -> Option<String>;

    /// Adds figures that only it knows: of the Kafka door, for example.
    fn metrics(&self, metrics: &mut Metrics) {
        let _ = metrics;
    }
}

/// What a platform is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct About {
    /// The version of Yeoul.
    pub version: String,
    /// The project's name, if it runs one.
    pub project: Option<String>,
    /// When it started, in milliseconds since 1970.
    pub started_at: i64,
    /// Where it listens.
    pub listeners: Vec<Listener>,
}

/// One listener.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Listener {
    /// What it speaks: `kafka`, `http`.
    pub name: String,
    /// Where: `127.0.0.1:9092`.
    pub address: String,
}
