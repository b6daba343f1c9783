//! What the platform tells of itself: to the page, to `/v1/status`, to `/metrics`.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use yeoul_base::Clock;
use yeoul_broker::{BrokerMetrics, GroupLag, Groups};
use yeoul_engine::status::{JobState, JobStatus};
use yeoul_serve::{About, Listener, Metrics, PlatformStatus};

use crate::jobs::Jobs;

/// A platform that tells of itself, from before its jobs start.
pub struct Platform {
    about: About,
    broker: Arc<BrokerMetrics>,
    groups: Groups,
    /// Nothing until they are started.
    jobs: OnceLock<Jobs>,
}

impl Platform {
    /// A platform without jobs yet, that listens here.
    #[must_use]
    pub fn new(
        project: Option<String>,
        kafka: SocketAddr,
        http: SocketAddr,
        clock: &dyn Clock,
        (broker, groups): (Arc<BrokerMetrics>, Groups),
    ) -> Platform {
        let listener =
            |name: &str, address: SocketAddr| Listener { name: name.to_owned(), address: address.to_string() };
        let about = About {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            project,
            started_at: clock.now().0,
            listeners: vec![listener("kafka", kafka), listener("http", http)],
        };
        Platform { about, broker, groups, jobs: OnceLock::new() }
    }

    /// Its jobs run now.
    pub fn run(&self, jobs: Jobs) {
        if let Err(jobs) = self.jobs.set(jobs) {
            tracing::error!("a platform's jobs are started once");
            jobs.stop();
        }
    }

    /// Stops the jobs, each with a last checkpoint; their last status stays.
    pub fn stop_jobs(&self) {
        if let Some(jobs) = self.jobs.get() {
            jobs.stop();
        }
    }
}

impl PlatformStatus for Platform {
    fn about(&self) -> About {
        self.about.clone()
    }

    fn jobs(&self) -> Vec<JobStatus> {
        self.jobs.get().map(Jobs::statuses).unwrap_or_default()
    }

    fn not_ready(&self) -> Option<String> {
        let Some(jobs) = self.jobs.get() else { return Some("the jobs are being started".to_owned()) };
        let failed = jobs.statuses().into_iter().find(|job| job.state == JobState::Failed);
        failed.map(|job| format!("job `{}` failed: {}", job.name, job.error.unwrap_or_default()))
    }

    fn metrics(&self, metrics: &mut Metrics) {
        let figures = self.broker.figures();
        for (api, requests) in figures.requests.iter().filter(|(_, requests)| *requests > 0) {
            metrics.counter("yeoul_kafka_requests_total", "Requests by API.", &[("api", api)], *requests);
        }
        metrics.counter("yeoul_kafka_request_errors_total", "Requests not understood.", &[], figures.request_errors);
        metrics.counter("yeoul_kafka_produce_errors_total", "Batches refused.", &[], figures.produce_errors);
        metrics.counter("yeoul_kafka_in_bytes_total", "Bytes of requests.", &[], figures.bytes_in);
        metrics.counter("yeoul_kafka_out_bytes_total", "Bytes of responses.", &[], figures.bytes_out);
        let accepted = figures.connections_accepted;
        metrics.counter("yeoul_kafka_connections_total", "Connections accepted.", &[], accepted);
        metrics.gauge("yeoul_kafka_connections", "Connections open now.", &[], figures.connections_open as f64);
        self.groups.lags().iter().for_each(|lag| add_lag(metrics, lag));
    }
}

fn add_lag(metrics: &mut Metrics, lag: &GroupLag) {
    let partition = lag.partition.to_string();
    let labels = [("group", lag.group.as_str()), ("topic", lag.topic.as_str()), ("partition", partition.as_str())];
    metrics.gauge("yeoul_group_lag_records", "Records that a group has not read.", &labels, lag.records as f64);
    metrics.gauge("yeoul_group_lost_records", "Records that went before a group read them.", &labels, lag.lost as f64);
    if let Some(age) = lag.age_ms {
        let help = "Age of the oldest record that a group has not read.";
        metrics.gauge("yeoul_group_iterator_age_seconds", help, &labels, age as f64 / 1000.0);
    }
}
