//! What all requests share: the views, the platform that tells of itself, and the bounds on what readers may cost.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use yeoul_base::Clock;
use yeoul_log::{Health, Log};

use crate::adhoc::Adhoc;
use crate::http::fault::Fault;
use crate::platform::PlatformStatus;
use crate::views::Views;

/// What readers may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many reads of views and queries are computed at the same time; more wait.
    pub computing: usize,
    /// How many change feeds are open at the same time; more are refused.
    pub feeds: usize,
    /// After so long without taking what it is sent, a reader of a change feed is cut off.
    pub feed_patience: Duration,
    /// A comment is sent on a silent change feed this often, so that both sides notice a dead connection.
    pub heartbeat: Duration,
    /// The longest that a query may take.
    pub query_time: Duration,
    /// The most rows that a query may give.
    pub query_rows: usize,
    /// The most memory that all running queries may hold, in bytes, results apart.
    pub query_bytes: usize,
    /// The longest text of a query, in bytes.
    pub query_text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            computing: 4,
            feeds: 256,
            feed_patience: Duration::from_secs(30),
            heartbeat: Duration::from_secs(15),
            query_time: Duration::from_secs(60),
            query_rows: 1_000_000,
            query_bytes: 256 << 20,
            query_text_bytes: 64 << 10,
        }
    }
}

/// The readers' side of one platform.
pub struct Serve {
    pub(crate) views: Views,
    pub(crate) log: Option<Log>,
    pub(crate) platform: Arc<dyn PlatformStatus>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    pub(crate) computing: Arc<Semaphore>,
    pub(crate) feeds: Arc<Semaphore>,
    pub(crate) adhoc: Adhoc,
    closed: watch::Sender<bool>,
}

impl Serve {
    /// The readers' side of `platform`, its `views` and its `log`, if it has one.
    #[must_use]
    pub fn new(
        views: Views,
        log: Option<Log>,
        platform: Arc<dyn PlatformStatus>,
        clock: Arc<dyn Clock>,
        limits: Limits,
    ) -> Arc<Serve> {
        let computing = Arc::new(Semaphore::new(limits.computing));
        let feeds = Arc::new(Semaphore::new(limits.feeds));
        let (closed, _) = watch::channel(false);
        Arc::new(Serve { views, log, platform, clock, limits, computing, feeds, adhoc: Adhoc::default(), closed })
    }

    /// Nothing if the platform takes and answers everything; else what it waits for, or what is broken: a job, or the log.
    pub(crate) fn not_ready(&self) -> Option<String> {
        self.platform.not_ready().or_else(|| match self.log.as_ref()?.health() {
            Health::Serving => None,
            Health::Full(reason) | Health::Failed(reason) => Some(format!("the log takes nothing: {reason}")),
        })
    }

    /// Ends all change feeds, so that a server that waits for its connections can stop. Feeds opened later end at once.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    pub(crate) fn closed(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }

    /// Waits for its turn to compute. It goes with the work, which may outlive the request.
    pub(crate) async fn permit(&self) -> Result<OwnedSemaphorePermit, Fault> {
        self.computing.clone().acquire_owned().await.map_err(|_| stopping())
    }

    /// Runs what takes processor time where it doesn't hold other requests back.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let permit = self.permit().await?;
        let work = move || {
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(Fault::internal)?
    }
}

pub(crate) fn stopping() -> Fault {
    Fault::new(StatusCode::SERVICE_UNAVAILABLE, "the platform is stopping", "ask again once it is back")
}
