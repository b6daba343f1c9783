//! What requests may hold in sum, in bytes of their frames, so that a client that means ill, or is slow, keeps nobody else
//! out.
//!
//! - A *small* frame takes its share once it is there: one that dribbles in holds nothing.
//! - A *large* one takes its share before its content is read. One that then arrives too slowly to be whole in time loses its
//!   connection as soon as others wait for room, see [`RequestBudget::make_room`].
//! - A request that *waits* for what others do (a fetch for records, a member for its group) gives its share back after a
//!   moment, and takes one of what may wait. Where there is none left, a small one keeps the share that it has, and a large
//!   one's connection is closed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// How long a frame may take to arrive once its length has.
pub(crate) const FRAME_TIME_MAX: Duration = Duration::from_secs(60);
/// How long a frame waits for room before it is looked who has some and does not use it; and how long anyone may have it
/// before that is asked.
const PATIENCE: Duration = Duration::from_secs(1);

/// Bytes that are there to be shared out.
struct Pool {
    bytes: Arc<Semaphore>,
    most: usize,
}

/// All of it.
pub(crate) struct RequestBudget {
    small: Pool,
    large: Pool,
    waiting: Pool,
    arriving: Mutex<Vec<Arc<Arrival>>>,
}

/// A large frame that has its share and is not there yet.
#[derive(Debug)]
pub(crate) struct Arrival {
    since: Instant,
    announced: usize,
    received: AtomicUsize,
    given_up: Notify,
}

/// A large frame's place among those that arrive, given back when it is dropped.
pub(crate) struct Arriving<'a> {
    budget: &'a RequestBudget,
    pub(crate) arrival: Arc<Arrival>,
}

impl Pool {
    fn new(bytes: usize) -> Pool {
        let most = bytes.clamp(1, u32::MAX as usize);
        Pool { bytes: Arc::new(Semaphore::new(most)), most }
    }

    /// One that is larger than the pool gets all of it.
    fn permits(&self, bytes: usize) -> u32 {
        u32::try_from(bytes.min(self.most)).unwrap_or(u32::MAX)
    }

    async fn take(&self, bytes: usize) -> OwnedSemaphorePermit {
        let taken = self.bytes.clone().acquire_many_owned(self.permits(bytes)).await;
        taken.expect("a pool is never closed")
    }

    fn try_take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        self.bytes.clone().try_acquire_many_owned(self.permits(bytes)).ok()
    }
}

impl RequestBudget {
    pub(crate) fn new(bytes: usize) -> RequestBudget {
        // Half of it for large frames, so that the largest has room; what waits is small, and there is much of it.
        let (small, waiting) = (bytes / 8, bytes / 8 * 3);
        RequestBudget {
            small: Pool::new(small),
            large: Pool::new(bytes - small - waiting),
            waiting: Pool::new(waiting),
            arriving: Mutex::default(),
        }
    }

    /// A small frame's share.
    pub(crate) async fn take_small(&self, bytes: usize) -> OwnedSemaphorePermit {
        self.small.take(bytes).await
    }

    /// A large frame's share, and its place among those that arrive.
    pub(crate) async fn take_large(&self, bytes: usize) -> (OwnedSemaphorePermit, Arriving<'_>) {
        let mut taking = std::pin::pin!(self.large.take(bytes));
        let held = loop {
            match timeout(PATIENCE, &mut taking).await {
                Ok(held) => break held,
                Err(_) => self.make_room(),
            }
        };
        let arrival = Arc::new(Arrival {
            since: Instant::now(),
            announced: bytes,
            received: AtomicUsize::new(0),
            given_up: Notify::new(),
        });
        self.arrivals().push(Arc::clone(&arrival));
        (held, Arriving { budget: self, arrival })
    }

    /// The share of a request that waits; nothing where too many do.
    pub(crate) fn wait(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        self.waiting.try_take(bytes)
    }

    /// Gives up the frames that, as they come, would not be there in time.
    fn make_room(&self) {
        for arrival in self.arrivals().iter().filter(|arrival| arrival.is_too_slow()) {
            arrival.given_up.notify_one();
        }
    }

    fn arrivals(&self) -> MutexGuard<'_, Vec<Arc<Arrival>>> {
        self.arriving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Arrival {
    /// So many bytes of it are there.
    pub(crate) fn received(&self, bytes: usize) {
        self.received.store(bytes, Ordering::Relaxed);
    }

    /// Resolves when others need the room more.
    pub(crate) async fn given_up(&self) {
        self.given_up.notified().await;
    }

    fn is_too_slow(&self) -> bool {
        let elapsed = self.since.elapsed();
        let needed = self.announced as f64 * elapsed.as_secs_f64() / FRAME_TIME_MAX.as_secs_f64();
        elapsed >= PATIENCE && (self.received.load(Ordering::Relaxed) as f64) < needed
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        self.budget.arrivals().retain(|other| !Arc::ptr_eq(other, &self.arrival));
    }
}
