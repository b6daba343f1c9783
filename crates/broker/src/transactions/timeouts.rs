//! Looks again and again at what takes too long, until the broker closes.

use std::sync::Arc;
use std::time::Duration;

use crate::context::Shared;

/// How often. A transaction is aborted at the latest so much after its timeout.
const INTERVAL: Duration = Duration::from_millis(500);

/// Aborts and forgets what is due, until the broker closes.
pub(crate) async fn watch(shared: Arc<Shared>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => shared.transactions.expire().await,
            () = shared.closed() => return,
        }
    }
}
