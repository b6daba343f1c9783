//! A checker of transactional histories with Jepsen's anomalies (`jepsen.tests.kafka`, Adya's G0 and G1): what clients
//! asked, were told and read, against what is there in the end. It knows nothing of how the history came about.
//!
//! Kafka lets transactions interleave within a partition, so that a cycle of writes alone is no fault of the broker. A
//! history that is checked for G0 and G1c comes from clients that take turns: one open transaction a partition.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use thiserror::Error;

/// How a transaction ended, as far as its client knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Its commit was acknowledged.
    Committed,
    /// Its abort was acknowledged, or it was never ended.
    Aborted,
    /// Its commit was asked for, and the answer did not come.
    Unknown,
}

/// A value that was sent, and its offset if it was acknowledged. Values are unique over the whole history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Send {
    /// Where to.
    pub partition: i32,
    /// The value.
    pub value: u64,
    /// The offset.
    pub offset: Option<i64>,
}

/// What one read of a partition gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Poll {
    /// Where from.
    pub partition: i32,
    /// The position before.
    pub from: i64,
    /// The position behind.
    pub next: i64,
    /// Offsets and values, in the order in which they came.
    pub records: Vec<(i64, u64)>,
}

/// A transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transaction {
    /// The client.
    pub process: usize,
    /// How it ended.
    pub outcome: Outcome,
    /// What was sent, in order.
    pub sends: Vec<Send>,
    /// What was read in it.
    pub polls: Vec<Poll>,
}

/// A history.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Observations {
    /// The transactions, each client's in its order.
    pub transactions: Vec<Transaction>,
    /// What clients read, in their order; the polls of transactions too.
    pub polls: Vec<(usize, Poll)>,
    /// What a reader of committed records sees in the end, by partition.
    pub last: BTreeMap<i32, Vec<(i64, u64)>>,
}

/// What must not be.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Anomaly {
    /// A value of a committed transaction is not there.
    #[error("value {0} of a committed transaction is lost")]
    Lost(u64),
    /// A value is there twice.
    #[error("value {0} is there twice")]
    Duplicate(u64),
    /// G1a: a value of an aborted transaction was read.
    #[error("value {0} of an aborted transaction was read")]
    AbortedRead(u64),
    /// A value that nobody sent was read.
    #[error("value {0} was read, and nobody sent it")]
    Strange(u64),
    /// G1b: of a transaction's values some are there.
    #[error("of a transaction with value {0} a part is there")]
    Torn(u64),
    /// An offset held different values at different times.
    #[error("offset {offset} of partition {partition} held {values:?}")]
    InconsistentOffset {
        /// The partition.
        partition: i32,
        /// The offset.
        offset: i64,
        /// What it held.
        values: BTreeSet<u64>,
    },
    /// A client read an offset that is not behind the one before.
    #[error("client {process} read offset {offset} of partition {partition} after {before}")]
    NonMonotonicPoll {
        /// The client.
        process: usize,
        /// The partition.
        partition: i32,
        /// The offset that came before.
        before: i64,
        /// The offset.
        offset: i64,
    },
    /// A client's value got an offset that is not behind that of the value that it sent before.
    #[error("client {process} sent to offset {offset} of partition {partition} after {before}")]
    NonMonotonicSend {
        /// The client.
        process: usize,
        /// The partition.
        partition: i32,
        /// The offset that came before.
        before: i64,
        /// The offset.
        offset: i64,
    },
    /// A client was moved over a value without being given it.
    #[error("client {process} was moved over value {value} at offset {offset} of partition {partition}")]
    SkippedPoll {
        /// The client.
        process: usize,
        /// The partition.
        partition: i32,
        /// The offset.
        offset: i64,
        /// The value.
        value: u64,
    },
    /// G0: transactions whose writes come one before the other in a circle.
    #[error("the writes of {0} transactions come one before the other in a circle")]
    WriteCycle(usize),
    /// G1c: transactions of which each reads or overwrites what another wrote, in a circle.
    #[error("{0} transactions depend on each other in a circle")]
    DependencyCycle(usize),
}

/// All anomalies of a history.
#[must_use]
pub fn anomalies(seen: &Observations) -> Vec<Anomaly> {
    let index = Index::new(seen);
    let mut found = index.values(seen);
    found.extend(inconsistent_offsets(seen));
    found.extend(backward_polls(seen));
    found.extend(backward_sends(seen));
    found.extend(skipped(seen));
    let writes = index.write_order(seen);
    found.extend(cycle(seen.transactions.len(), &writes).map(Anomaly::WriteCycle));
    let mut all = index.read_order(seen);
    all.extend(writes);
    found.extend(cycle(seen.transactions.len(), &all).map(Anomaly::DependencyCycle));
    found
}

/// Which transaction sent each value.
struct Index(HashMap<u64, usize>);

impl Index {
    fn new(seen: &Observations) -> Index {
        let sends = |(number, transaction): (usize, &Transaction)| {
            transaction.sends.iter().map(move |send| (send.value, number)).collect::<Vec<_>>()
        };
        Index(seen.transactions.iter().enumerate().flat_map(sends).collect())
    }

    /// Lost, doubled, aborted, torn and strange values.
    fn values(&self, seen: &Observations) -> Vec<Anomaly> {
        let mut found = Vec::new();
        let mut last = HashSet::new();
        for &(_, value) in seen.last.values().flatten() {
            if !last.insert(value) {
                found.push(Anomaly::Duplicate(value));
            }
        }
        let polled = seen.polls.iter().flat_map(|(_, poll)| &poll.records).map(|(_, value)| *value);
        let read: BTreeSet<u64> = polled.chain(last.iter().copied()).collect();
        for value in read {
            match self.0.get(&value).and_then(|number| seen.transactions.get(*number)) {
                None => found.push(Anomaly::Strange(value)),
                Some(transaction) if transaction.outcome == Outcome::Aborted => found.push(Anomaly::AbortedRead(value)),
                // What was read once is there for good.
                Some(_) if !last.contains(&value) => found.push(Anomaly::Lost(value)),
                Some(_) => {}
            }
        }
        for transaction in &seen.transactions {
            let there = |send: &&Send| last.contains(&send.value);
            let missing = transaction.sends.iter().find(|send| !there(send));
            let visible = transaction.sends.iter().find(there);
            match (transaction.outcome, missing, visible) {
                (Outcome::Committed, Some(send), _) => found.push(Anomaly::Lost(send.value)),
                (Outcome::Unknown, Some(_), Some(send)) => found.push(Anomaly::Torn(send.value)),
                _ => {}
            }
        }
        found
    }

    /// Which transaction wrote before which, by the order of a partition.
    fn write_order(&self, seen: &Observations) -> Vec<(usize, usize)> {
        let mut edges = Vec::new();
        for records in seen.last.values() {
            let writers: Vec<usize> = records.iter().filter_map(|(_, value)| self.0.get(value).copied()).collect();
            let pairs = writers.windows(2).filter_map(|pair| <[usize; 2]>::try_from(pair).ok());
            edges.extend(pairs.filter(|[one, other]| one != other).map(|[one, other]| (one, other)));
        }
        edges
    }

    /// Which transaction read what which one wrote.
    fn read_order(&self, seen: &Observations) -> Vec<(usize, usize)> {
        let mut edges = Vec::new();
        for (reader, transaction) in seen.transactions.iter().enumerate() {
            let values = transaction.polls.iter().flat_map(|poll| &poll.records).map(|(_, value)| value);
            let writers = values.filter_map(|value| self.0.get(value).copied());
            edges.extend(writers.filter(|writer| *writer != reader).map(|writer| (writer, reader)));
        }
        edges
    }
}

fn inconsistent_offsets(seen: &Observations) -> Vec<Anomaly> {
    let mut held: BTreeMap<(i32, i64), BTreeSet<u64>> = BTreeMap::new();
    let polls = seen.polls.iter().map(|(_, poll)| (poll.partition, &poll.records));
    let last = seen.last.iter().map(|(partition, records)| (*partition, records));
    for (partition, records) in polls.chain(last) {
        for &(offset, value) in records {
            held.entry((partition, offset)).or_default().insert(value);
        }
    }
    for transaction in seen.transactions.iter().filter(|transaction| transaction.outcome == Outcome::Committed) {
        for send in &transaction.sends {
            let Some(offset) = send.offset else { continue };
            held.entry((send.partition, offset)).or_default().insert(send.value);
        }
    }
    let several = held.into_iter().filter(|(_, values)| values.len() > 1);
    several.map(|((partition, offset), values)| Anomaly::InconsistentOffset { partition, offset, values }).collect()
}

fn backward_polls(seen: &Observations) -> Vec<Anomaly> {
    let mut before: HashMap<(usize, i32), i64> = HashMap::new();
    let mut found = Vec::new();
    for (process, poll) in &seen.polls {
        let (process, partition) = (*process, poll.partition);
        for &(offset, _) in &poll.records {
            if let Some(before) = before.insert((process, partition), offset).filter(|&before| before >= offset) {
                found.push(Anomaly::NonMonotonicPoll { process, partition, before, offset });
            }
        }
    }
    found
}

fn backward_sends(seen: &Observations) -> Vec<Anomaly> {
    let mut before: HashMap<(usize, i32), i64> = HashMap::new();
    let mut found = Vec::new();
    for transaction in &seen.transactions {
        for send in &transaction.sends {
            let Some(offset) = send.offset else { continue };
            let (process, partition) = (transaction.process, send.partition);
            if let Some(before) = before.insert((process, partition), offset).filter(|&before| before >= offset) {
                found.push(Anomaly::NonMonotonicSend { process, partition, before, offset });
            }
        }
    }
    found
}

fn skipped(seen: &Observations) -> Vec<Anomaly> {
    let mut found = Vec::new();
    for (process, poll) in &seen.polls {
        let given: HashSet<i64> = poll.records.iter().map(|(offset, _)| *offset).collect();
        for &(offset, value) in seen.last.get(&poll.partition).into_iter().flatten() {
            if (poll.from..poll.next).contains(&offset) && !given.contains(&offset) {
                let (process, partition) = (*process, poll.partition);
                found.push(Anomaly::SkippedPoll { process, partition, offset, value });
            }
        }
    }
    found
}

/// How many of so many nodes lie on circles, or between them; nothing if there is none.
fn cycle(nodes: usize, edges: &[(usize, usize)]) -> Option<usize> {
    let mut behind: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut waiting = vec![0_usize; nodes];
    for &(from, to) in edges {
        behind.entry(from).or_default().push(to);
        if let Some(count) = waiting.get_mut(to) {
            *count += 1;
        }
    }
    let mut free: Vec<usize> = (0..nodes).filter(|node| waiting.get(*node) == Some(&0)).collect();
    let mut done = 0;
    while let Some(node) = free.pop() {
        done += 1;
        for &next in behind.get(&node).into_iter().flatten() {
            let Some(count) = waiting.get_mut(next) else { continue };
            *count -= 1;
            if *count == 0 {
                free.push(next);
            }
        }
    }
    (done < nodes).then(|| nodes - done)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what fails in a test ends it")]
mod tests {
    use super::*;

    fn send(partition: i32, value: u64, offset: i64) -> Send {
        Send { partition, value, offset: Some(offset) }
    }

    fn transaction(process: usize, outcome: Outcome, sends: &[Send]) -> Transaction {
        Transaction { process, outcome, sends: sends.to_vec(), polls: Vec::new() }
    }

    fn poll(partition: i32, from: i64, next: i64, records: &[(i64, u64)]) -> Poll {
        Poll { partition, from, next, records: records.to_vec() }
    }

    /// Two transactions over two partitions, an aborted one between them, and a client that reads them.
    fn sound() -> Observations {
        let first = transaction(0, Outcome::Committed, &[send(0, 1, 0), send(1, 2, 0)]);
        let aborted = transaction(1, Outcome::Aborted, &[send(0, 3, 2)]);
        let second = transaction(0, Outcome::Unknown, &[send(0, 4, 4), send(1, 5, 2)]);
        Observations {
            transactions: vec![first, aborted, second],
            polls: vec![(2, poll(0, 0, 4, &[(0, 1)])), (2, poll(0, 4, 6, &[(4, 4)])), (2, poll(1, 0, 2, &[(0, 2)]))],
            last: BTreeMap::from([(0, vec![(0, 1), (4, 4)]), (1, vec![(0, 2), (2, 5)])]),
        }
    }

    #[test]
    fn a_sound_history_has_no_anomaly() {
        assert_eq!(anomalies(&sound()), []);
        let mut nothing_of_it = sound();
        nothing_of_it.last = BTreeMap::from([(0, vec![(0, 1)]), (1, vec![(0, 2)])]);
        nothing_of_it.polls.remove(1);
        assert_eq!(anomalies(&nothing_of_it), [], "of an unknown end nothing may be there");
    }

    fn only(change: impl FnOnce(&mut Observations)) -> Anomaly {
        let mut seen = sound();
        change(&mut seen);
        let mut found = anomalies(&seen);
        assert_eq!(found.len(), 1, "{found:?}");
        found.pop().unwrap()
    }

    fn last(seen: &mut Observations, partition: i32) -> &mut Vec<(i64, u64)> {
        seen.last.get_mut(&partition).unwrap()
    }

    #[test]
    fn each_anomaly_is_found() {
        let lost = only(|seen| {
            seen.transactions[0].sends.push(Send { partition: 1, value: 9, offset: None });
        });
        assert_eq!(lost, Anomaly::Lost(9));
        assert_eq!(only(|seen| last(seen, 1).push((7, 5))), Anomaly::Duplicate(5));
        assert_eq!(only(|seen| last(seen, 1).push((7, 77))), Anomaly::Strange(77));
        let torn = only(|seen| last(seen, 1).truncate(1));
        assert_eq!(torn, Anomaly::Torn(4));
        let backward = only(|seen| seen.polls.push((2, poll(1, 0, 2, &[(0, 2)]))));
        assert!(matches!(backward, Anomaly::NonMonotonicPoll { before: 0, offset: 0, .. }), "{backward}");
        let skipped = only(|seen| seen.polls[1].1.records.clear());
        assert!(matches!(skipped, Anomaly::SkippedPoll { offset: 4, value: 4, .. }), "{skipped}");
        let sent_back = only(|seen| seen.transactions[2].sends[0].offset = Some(0));
        assert!(matches!(sent_back, Anomaly::NonMonotonicSend { before: 0, offset: 0, .. }), "{sent_back}");
    }

    #[test]
    fn an_aborted_value_that_is_read_is_found() {
        let mut seen = sound();
        seen.polls.push((3, poll(0, 2, 3, &[(2, 3)])));
        assert_eq!(anomalies(&seen), [Anomaly::AbortedRead(3)]);
    }

    #[test]
    fn an_offset_that_held_two_values_is_found() {
        let mut seen = sound();
        seen.transactions[0].sends[1].offset = Some(2);
        let found = anomalies(&seen);
        let held = BTreeSet::from([2, 5]);
        let expected = Anomaly::InconsistentOffset { partition: 1, offset: 2, values: held };
        assert!(found.contains(&expected), "{found:?}");
    }

    #[test]
    fn circles_of_writes_and_of_reads_are_found() {
        let mut seen = sound();
        // The second transaction comes before the first in partition 1, and behind it in partition 0.
        seen.last.insert(1, vec![(0, 5), (2, 2)]);
        seen.polls.pop();
        seen.transactions[2].sends[1].offset = None;
        seen.transactions[0].sends[1].offset = None;
        assert!(anomalies(&seen).contains(&Anomaly::WriteCycle(2)), "{:?}", anomalies(&seen));
        let mut seen = sound();
        // The first reads what the second wrote behind it.
        seen.transactions[0].polls.push(poll(0, 4, 6, &[(4, 4)]));
        assert_eq!(anomalies(&seen), [Anomaly::DependencyCycle(2)]);
    }
}
