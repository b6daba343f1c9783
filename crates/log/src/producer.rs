//! What a partition remembers of idempotent producers: Kafka's rules (KIP-98, `ProducerStateManager`).

use std::collections::{HashMap, VecDeque};

use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::limits::{PRODUCER_BATCHES_KEPT, PRODUCERS_PER_PARTITION_MAX};

use crate::batch::BatchHeader;
use crate::encode::Encoder;
use crate::error::AppendError;

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
    /// The log's time at its last batch, milliseconds.
    seen: i64,
    /// The last batches, the oldest first; never empty.
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

impl Producers {
    pub(crate) fn judge(&self, header: &BatchHeader) -> Verdict {
        let Some(producer) = self.by_id.get(&header.producer_id) else { return Verdict::Append };
        let first = header.base_sequence;
        if header.producer_epoch < producer.epoch {
            let (current, found) = (producer.epoch, header.producer_epoch);
            return Verdict::Refuse(AppendError::FencedEpoch { producer: header.producer_id, current, found });
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

    /// Remembers a batch that was appended at an offset.
    pub(crate) fn record(&mut self, header: &BatchHeader, base: i64, time: i64) {
        if header.producer_id < 0 {
            return;
        }
        let first = header.base_sequence;
        let written = Written { first, last: sequence_plus(first, header.records - 1), base };
        let epoch = header.producer_epoch;
        let fresh = || Producer { epoch, seen: time, batches: VecDeque::new() };
        let producer = self.by_id.entry(header.producer_id).or_insert_with(fresh);
        if producer.epoch != epoch {
            *producer = fresh();
        }
        producer.seen = time;
        producer.batches.push_back(written);
        if producer.batches.len() > PRODUCER_BATCHES_KEPT {
            producer.batches.pop_front();
        }
        if self.by_id.len() > PRODUCERS_PER_PARTITION_MAX {
            self.forget_quietest();
        }
    }

    /// Forgets the tenth that was silent for longest, so that it is not done for each new one.
    fn forget_quietest(&mut self) {
        let mut seen: Vec<(i64, i64)> = self.by_id.iter().map(|(&id, producer)| (producer.seen, id)).collect();
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
            let batches = from.count(16)?;
            let mut producer = Producer { epoch, seen, batches: VecDeque::with_capacity(batches) };
            for _ in 0..batches {
                producer.batches.push_back(Written { first: from.i32()?, last: from.i32()?, base: from.i64()? });
            }
            by_id.insert(id, producer);
        }
        Ok(Producers { by_id })
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
