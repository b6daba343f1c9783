//! B10: clients of the real broker, on a simulated disk whose power goes again and again, and what they saw against
//! Jepsen's anomalies. B8 beside it: zombies, delayed and doubled requests, lost answers.
//!
//! `YEOUL_SLOW=1`: 200 seeds of 1,000 operations; else a few. The checker is trusted because it finds planted bugs.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod cluster;
mod producer;
mod reader;
#[path = "../../../broker/tests/support/mod.rs"]
mod support;
mod workload;

use workload::{Plant, live};
use yeoul_sim::{Anomaly, Bug, anomalies};

const OPERATIONS: usize = 1000;

fn seeds() -> u64 {
    if std::env::var_os("YEOUL_SLOW").is_some() { 200 } else { 8 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_see_no_anomaly_while_the_power_goes() {
    let mut committed = 0;
    for seed in 0..seeds() {
        let seen = live(seed, OPERATIONS, None).await;
        let found = anomalies(&seen);
        assert!(found.is_empty(), "seed {seed}: {} anomalies, first {:?}", found.len(), found.first());
        committed += seen.last.values().map(Vec::len).sum::<usize>() as u64;
    }
    assert!(committed > 50 * seeds(), "too little was committed to prove anything: {committed}");
}

type IsThis = fn(&Anomaly) -> bool;

/// Whether a planted bug shows within some seeds, and as what.
async fn caught(plant: Plant, as_this: IsThis) -> bool {
    for seed in 0..30 {
        if anomalies(&live(seed, 300, Some(plant)).await).iter().any(as_this) {
            return true;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn planted_bugs_are_caught() {
    let plants: [(Plant, IsThis); 6] = [
        (Plant::Disk(Bug::SkippedFlush), |found| {
            matches!(found, Anomaly::Lost(_) | Anomaly::InconsistentOffset { .. })
        }),
        (Plant::ReadUncommitted, |found| matches!(found, Anomaly::AbortedRead(_))),
        (Plant::Skip, |found| matches!(found, Anomaly::SkippedPoll { .. })),
        (Plant::Rewind, |found| matches!(found, Anomaly::NonMonotonicPoll { .. })),
        (Plant::SendTwice, |found| matches!(found, Anomaly::Duplicate(_))),
        (Plant::CommitForAbort, |found| matches!(found, Anomaly::AbortedRead(_))),
    ];
    for (plant, as_this) in plants {
        assert!(caught(plant, as_this).await, "{plant:?} was not caught");
    }
}
