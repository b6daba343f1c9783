//! How long a request keeps a processor busy (KIP-124), where somebody limits that.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::Instant;

use super::limits::Kind;
use crate::context::Context;
use crate::request::Request;

/// A request's time. Without quotas, none is taken.
pub(crate) struct Timer(Option<Running>);

struct Running {
    context: Context,
    client_id: String,
    spent: Duration,
    since: Instant,
}

impl Timer {
    /// The time runs from now on.
    pub(crate) fn start(context: &Context, request: &Request) -> Timer {
        Timer(context.shared.security.quotas.are_there().then(|| Running {
            context: context.clone(),
            client_id: request.client_id.clone(),
            spent: Duration::ZERO,
            since: Instant::now(),
        }))
    }

    /// Runs a future; the time stands still while it waits.
    pub(crate) async fn during<T>(mut self, future: impl Future<Output = T>) -> (T, Timer) {
        let Some(running) = &mut self.0 else { return (future.await, self) };
        running.stop();
        let mut future = pin!(future);
        let result = std::future::poll_fn(|context| {
            running.since = Instant::now();
            let polled = future.as_mut().poll(context);
            if polled.is_pending() {
                running.stop();
            }
            polled
        });
        let result = result.await;
        (result, self)
    }

    /// Counts the time; how long the client is to be silent for it, in milliseconds.
    pub(crate) fn throttle_ms(self) -> i32 {
        let Some(mut running) = self.0 else { return 0 };
        running.stop();
        running.context.used(Kind::Requests, &running.client_id, running.spent.as_secs_f64() * 100.0)
    }
}

impl Running {
    fn stop(&mut self) {
        self.spent += self.since.elapsed();
    }
}
