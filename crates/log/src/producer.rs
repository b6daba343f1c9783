//! What a partition remembers of idempotent and transactional producers: Kafka's rules (KIP-98, KIP-360, KIP-890;
//! `ProducerStateManager`).

use std::collections::{HashMap, VecDeque};

use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::limits::{PRODUCER_BATCHES_KEPT, PRODUCERS_PER_PARTITION_MAX};

use crate::batch::BatchHeader;
use crate::encode::Encoder;
use crate::error::AppendError;
use crate::transaction::ProducerState;

/// A batch that a producer wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Written {
    first: i32,
    last: i32,
    base: i64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Producer {
    epoch: i16,
    /// The log's time at its last batch or marker, milliseconds.
    seen: i64,
    /// The offset of the first record of its transaction, if one is open here.
    open_from: Option<i64>,
    /// The epoch of the coordinator that wrote its last marker, -1 before the first.
    coordinator_epoch: i32,
    /// The last batches, the oldest first; none behind a marker that began an epoch.
    batches: VecDeque<Written>,
}

/// The producers of one partition.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Producers {
    by_id: HashMap<i64, Producer>,
}

/// What to do with a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Append,
    /// It is in the log, from this offset on.
    Duplicate(i64),
    Refuse(AppendError),
}

/// The sequence that is `count` behind one; after the greatest comes 0.
fn sequence_plus(first: i32, count: i32) -> i32 {
    let sum = i64::from(first) + i64::from(count);
    i32::try_from(sum % (i64::from(i32::MAX) + 1)).unwrap_or(0)
}

impl Producer {
    fn new(epoch: i16, seen: i64) -> Producer {
        Producer { epoch, seen, open_from: None, coordinator_epoch: -1, batches: VecDeque::new() }
    }

    /// Whether anything is known of its transactions.
    fn is_transactional(&self) -> bool {
        self.open_from.is_some() || self.coordinator_epoch >= 0
    }

    /// Goes on under an epoch; a new one begins without batches.
    fn move_to(&mut self, epoch: i16) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.batches.clear();
        }
    }
}

impl Producers {
    pub(crate) fn judge(&self, header: &BatchHeader) -> Verdict {
        let Some(producer) = self.by_id.get(&header.producer_id) else { return Verdict::Append };
        let first = header.base_sequence;
        if header.producer_epoch < producer.epoch {
            let (current, found) = (producer.epoch, header.producer_epoch);
            return Verdict::Refuse(AppendError::FencedEpoch { producer: header.producer_id, current, found });
        }
        if producer.open_from.is_some() && !header.is_transactional() {
            return Verdict::Refuse(AppendError::TransactionOpen { producer: header.producer_id });
        }
        if header.producer_epoch > producer.epoch {
            return if first == 0 { Verdict::Append } else { out_of_order(header, 0) };
        }
        let last = sequence_plus(first, header.records - 1);
        if let Some(same) = producer.batches.iter().find(|batch| batch.first == first && batch.last == last) {
            return Verdict::Duplicate(same.base);
        }
        let next = producer.batches.back().map_or(0, |batch| sequence_plus(batch.last, 1));
        let oldest = producer.batches.front().map_or(0, |batch| batch.first);
        if first == next {
            Verdict::Append
        } else if is_before(last, oldest) {
            Verdict::Refuse(AppendError::DuplicateSequence { producer: header.producer_id, found: first })
        } else {
            out_of_order(header, next)
        }
    }

    /// Remembers a batch that was appended at an offset. Tells whether it began a transaction here.
    pub(crate) fn record(&mut self, header: &BatchHeader, base: i64, time: i64) -> bool {
        if header.producer_id < 0 {
            return false;
        }
        let first = header.base_sequence;
        let written = Written { first, last: sequence_plus(first, header.records - 1), base };
        let epoch = header.producer_epoch;
        let producer = self.by_id.entry(header.producer_id).or_insert_with(|| Producer::new(epoch, time));
        producer.move_to(epoch);
        producer.seen = time;
        producer.batches.push_back(written);
        if producer.batches.len() > PRODUCER_BATCHES_KEPT {
            producer.batches.pop_front();
        }
        let begins = header.is_transactional() && producer.open_from.is_none();
        if begins {
            producer.open_from = Some(base);
        }
        self.keep_to_limit();
        begins
    }

    /// Ends a producer's transaction by a marker of an epoch, and fences the lower ones, also of a producer that is new
    /// here. Gives the offset that the transaction began at; nothing if none is open here.
    pub(crate) fn end(&mut self, producer: i64, epoch: i16, coordinator_epoch: i32, time: i64) -> Option<i64> {
        let producer = self.by_id.entry(producer).or_insert_with(|| Producer::new(epoch, time));
        producer.move_to(epoch.max(producer.epoch));
        producer.coordinator_epoch = coordinator_epoch;
        producer.seen = time;
        let first = producer.open_from.take();
        self.keep_to_limit();
        first
    }

    fn keep_to_limit(&mut self) {
        if self.by_id.len() > PRODUCERS_PER_PARTITION_MAX {
            self.forget_quietest();
        }
    }

    /// The producers with an open transaction, each with the offset that it began at.
    pub(crate) fn open(&self) -> impl Iterator<Item = (i64, i64)> {
        self.by_id.iter().filter_map(|(id, producer)| producer.open_from.map(|first| (*id, first)))
    }

    /// Forgets producers that were silent since a time, but for those with an open transaction.
    pub(crate) fn expire(&mut self, before: i64) {
        self.by_id.retain(|_, producer| producer.open_from.is_some() || producer.seen >= before);
    }

    /// What is remembered, by id.
    pub(crate) fn states(&self) -> Vec<ProducerState> {
        let state = |(id, producer): (&i64, &Producer)| ProducerState {
            id: *id,
            epoch: producer.epoch,
            last_sequence: producer.batches.back().map_or(-1, |batch| batch.last),
            seen: producer.seen,
            coordinator_epoch: producer.coordinator_epoch,
            open_from: producer.open_from,
        };
        let mut states: Vec<ProducerState> = self.by_id.iter().map(state).collect();
        states.sort_unstable_by_key(|state| state.id);
        states
    }

    /// Forgets the tenth that was silent for longest, so that it is not done for each new one.
    fn forget_quietest(&mut self) {
        let idle = self.by_id.iter().filter(|(_, producer)| producer.open_from.is_none());
        let mut seen: Vec<(i64, i64)> = idle.map(|(&id, producer)| (producer.seen, id)).collect();
        seen.sort_unstable();
        for (_, id) in seen.into_iter().take(PRODUCERS_PER_PARTITION_MAX / 10) {
            self.by_id.remove(&id);
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.count(self.by_id.len());
        let mut sorted: Vec<_> = self.by_id.iter().collect();
        sorted.sort_unstable_by_key(|(id, _)| **id);
        for (id, producer) in sorted {
            out.i64(*id);
            out.i16(producer.epoch);
            out.i64(producer.seen);
            out.count(producer.batches.len());
            for batch in &producer.batches {
                out.i32(batch.first);
                out.i32(batch.last);
                out.i64(batch.base);
            }
        }
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Result<Producers, DecodeError> {
        let count = from.count(22)?;
        let mut by_id = HashMap::with_capacity(count);
        for _ in 0..count {
            let id = from.i64()?;
            let (epoch, seen) = (from.i16()?, from.i64()?);
            let mut producer = Producer::new(epoch, seen);
            for _ in 0..from.count(16)? {
                producer.batches.push_back(Written { first: from.i32()?, last: from.i32()?, base: from.i64()? });
            }
            by_id.insert(id, producer);
        }
        Ok(Producers { by_id })
    }

    /// Writes what is known of transactions beside [`encode`](Producers::encode): their number (4), and for each
    /// producer that had one its id (8), where it is open from or -1 (8), and the last marker's coordinator epoch (4).
    pub(crate) fn encode_transactions(&self, out: &mut Encoder) {
        let mut sorted: Vec<_> = self.by_id.iter().filter(|(_, producer)| producer.is_transactional()).collect();
        sorted.sort_unstable_by_key(|(id, _)| **id);
        out.count(sorted.len());
        for (id, producer) in sorted {
            out.i64(*id);
            out.i64(producer.open_from.unwrap_or(-1));
            out.i32(producer.coordinator_epoch);
        }
    }

    /// Takes what [`encode_transactions`](Producers::encode_transactions) wrote to producers that are there.
    pub(crate) fn restore_transactions(&mut self, from: &mut Decoder<'_>) -> Result<(), DecodeError> {
        for _ in 0..from.count(20)? {
            let (id, open_from, coordinator_epoch) = (from.i64()?, from.i64()?, from.i32()?);
            if let Some(producer) = self.by_id.get_mut(&id) {
                producer.open_from = Some(open_from).filter(|&first| first >= 0);
                producer.coordinator_epoch = coordinator_epoch;
            }
        }
        Ok(())
    }

    /// Whether anything is known of transactions.
    pub(crate) fn has_transactions(&self) -> bool {
        self.by_id.values().any(Producer::is_transactional)
    }
}

/// Whether a sequence comes before another, given that they wrap around.
fn is_before(first: i32, second: i32) -> bool {
    let ahead = (i64::from(second) - i64::from(first)).rem_euclid(i64::from(i32::MAX) + 1);
    ahead > 0 && ahead < i64::from(i32::MAX) / 2
}

fn out_of_order(header: &BatchHeader, expected: i32) -> Verdict {
    let (producer, found) = (header.producer_id, header.base_sequence);
    Verdict::Refuse(AppendError::OutOfOrderSequence { producer, expected, found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use yeoul_base::{Offset, Timestamp};

    fn batch(epoch: i16, sequence: i32, records: i32) -> BatchHeader {
        BatchHeader {
            base_offset: Offset(0),
            bytes: 100,
            leader_epoch: 0,
            crc: 0,
            attributes: 0,
            last_offset_delta: records - 1,
            base_timestamp: Timestamp(0),
            max_timestamp: Timestamp(0),
            producer_id: 9,
            producer_epoch: epoch,
            base_sequence: sequence,
            records,
        }
    }

    fn with(batches: &[(i16, i32, i32, i64)]) -> Producers {
        let mut producers = Producers::default();
        for &(epoch, sequence, records, base) in batches {
            assert_eq!(producers.judge(&batch(epoch, sequence, records)), Verdict::Append);
            producers.record(&batch(epoch, sequence, records), base, base);
        }
        producers
    }

    #[test]
    fn one_of_the_last_five_batches_is_answered_with_its_offset() {
        let producers =
            with(&[(0, 0, 2, 10), (0, 2, 3, 20), (0, 5, 1, 30), (0, 6, 1, 40), (0, 7, 1, 50), (0, 8, 1, 60)]);
        assert_eq!(producers.judge(&batch(0, 2, 3)), Verdict::Duplicate(20));
        assert_eq!(producers.judge(&batch(0, 8, 1)), Verdict::Duplicate(60));
        let late = AppendError::DuplicateSequence { producer: 9, found: 0 };
        assert_eq!(producers.judge(&batch(0, 0, 2)), Verdict::Refuse(late));
    }

    #[test]
    fn a_gap_is_out_of_order() {
        let error = AppendError::OutOfOrderSequence { producer: 9, expected: 2, found: 3 };
        assert_eq!(with(&[(0, 0, 2, 10)]).judge(&batch(0, 3, 1)), Verdict::Refuse(error));
    }

    #[test]
    fn an_older_epoch_is_fenced_and_a_newer_begins_at_zero() {
        let producers = with(&[(3, 0, 2, 10)]);
        let error = AppendError::FencedEpoch { producer: 9, current: 3, found: 2 };
        assert_eq!(producers.judge(&batch(2, 2, 1)), Verdict::Refuse(error));
        assert_eq!(producers.judge(&batch(4, 0, 1)), Verdict::Append);
        assert!(matches!(producers.judge(&batch(4, 2, 1)), Verdict::Refuse(_)));
    }

    #[test]
    fn the_sequence_wraps_around() {
        let producers = with(&[(0, i32::MAX - 1, 2, 10)]);
        assert_eq!(producers.judge(&batch(0, 0, 1)), Verdict::Append);
        let producers = with(&[(0, i32::MAX, 3, 10)]);
        assert_eq!(producers.judge(&batch(0, 2, 1)), Verdict::Append);
    }

    #[test]
    fn it_survives_as_bytes() {
        let producers = with(&[(3, 0, 2, 10), (3, 2, 1, 12)]);
        let mut out = Encoder::default();
        producers.encode(&mut out);
        assert_eq!(Producers::decode(&mut Decoder::new(&out.0)).unwrap(), producers);
    }

    fn transactional(epoch: i16, sequence: i32) -> BatchHeader {
        BatchHeader { attributes: 0x10, ..batch(epoch, sequence, 1) }
    }

    #[test]
    fn a_transaction_is_open_from_its_first_batch_to_its_marker() {
        let mut producers = Producers::default();
        assert!(producers.record(&transactional(0, 0), 10, 1));
        assert!(!producers.record(&transactional(0, 1), 11, 1));
        assert_eq!(producers.open().collect::<Vec<_>>(), [(9, 10)]);
        let mut out = Encoder::default();
        producers.encode(&mut out);
        producers.encode_transactions(&mut out);
        let mut from = Decoder::new(&out.0);
        let mut read = Producers::decode(&mut from).unwrap();
        read.restore_transactions(&mut from).unwrap();
        assert_eq!(read, producers);
        assert_eq!(producers.end(9, 0, 0, 2), Some(10));
        assert_eq!(producers.end(9, 0, 0, 2), None);
        assert_eq!(producers.judge(&transactional(0, 2)), Verdict::Append, "the sequence goes on under the same epoch");
    }

    #[test]
    fn a_marker_of_a_newer_epoch_fences_and_begins_at_zero() {
        let mut producers = Producers::default();
        producers.record(&transactional(0, 0), 10, 1);
        producers.end(9, 1, 0, 2);
        let error = AppendError::FencedEpoch { producer: 9, current: 1, found: 0 };
        assert_eq!(producers.judge(&transactional(0, 1)), Verdict::Refuse(error));
        assert_eq!(producers.judge(&transactional(1, 0)), Verdict::Append);
        assert!(matches!(producers.judge(&transactional(1, 1)), Verdict::Refuse(_)));
    }

    #[test]
    fn no_batch_without_the_transaction_comes_between() {
        let mut producers = Producers::default();
        producers.record(&transactional(0, 0), 10, 1);
        let error = AppendError::TransactionOpen { producer: 9 };
        assert_eq!(producers.judge(&batch(0, 1, 1)), Verdict::Refuse(error));
    }

    #[test]
    fn the_silent_expire_but_not_with_an_open_transaction() {
        let mut producers = with(&[(0, 0, 1, 10)]);
        producers.record(&BatchHeader { producer_id: 8, ..transactional(0, 0) }, 11, 10);
        producers.record(&BatchHeader { producer_id: 7, ..batch(0, 0, 1) }, 12, 30);
        producers.expire(20);
        assert_eq!(producers.states().iter().map(|state| state.id).collect::<Vec<_>>(), [7, 8]);
    }

    #[test]
    fn the_quietest_are_forgotten_when_there_are_too_many() {
        let mut producers = Producers::default();
        for id in 0..=(PRODUCERS_PER_PARTITION_MAX as i64) {
            producers.record(&BatchHeader { producer_id: id, ..batch(0, 0, 1) }, id, id);
        }
        assert!(producers.by_id.len() < PRODUCERS_PER_PARTITION_MAX);
        assert!(!producers.by_id.contains_key(&0));
    }
}
