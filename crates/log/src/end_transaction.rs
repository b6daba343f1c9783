//! Ending a transaction: one entry with the markers of all partitions where it is open.

use std::sync::Arc;

use crate::batch::Marker;
use crate::error::AppendError;
use crate::partition::{HotBatch, Partition};
use crate::pending::Reply;
use crate::queue::Request;
use crate::state::{State, Work};
use crate::table::PutError;
use crate::transaction::{EndTransaction, ProducerState};
use crate::wal::{ENTRY_HEADER, EndRecord, Kind, MARKER_SIZE, MarkerPlace};

/// A partition in which a transaction ended: the offset that it began at there, if it did, and its marker.
type Ended = (Arc<Partition>, Option<i64>, HotBatch);

impl State {
    /// What the markers of the requests' transactions take in a group, in bytes, at most.
    pub(crate) fn cost_of_markers(&self, requests: &[Request]) -> usize {
        let appends = || requests.iter().filter(|request| matches!(request, Request::Append { .. })).count();
        let ends = requests.iter().filter_map(|request| match request {
            Request::EndTransaction { end, slots, .. } => {
                Some(slots.len() + self.open.get(&end.producer.0).map_or(0, |open| open.len()))
            }
            _ => None,
        });
        let markers = ends.map(|open| open + appends());
        markers.map(|markers| EndRecord::size(markers, 0)).sum()
    }

    pub(crate) fn end_transaction(
        &mut self,
        end: EndTransaction,
        named: Vec<u32>,
        reply: Reply<Result<(), PutError>>,
        work: &mut Work,
    ) {
        let mut slots = self.open.remove(&end.producer.0).unwrap_or_default();
        slots.extend(named);
        let next_offset = |slot| self.slots.get(&slot).map(|it| (slot, it.next_offset));
        let record = EndRecord {
            producer: end.producer.0,
            epoch: end.epoch,
            marker: Marker { commit: end.commit, coordinator_epoch: end.coordinator_epoch },
            time: work.time,
            markers: slots.into_iter().filter_map(next_offset).collect(),
            rows: end.rows,
        };
        if record.markers.is_empty() && record.rows.is_empty() {
            return work.answer(reply, Ok(()));
        }
        let at = work.group.push(Kind::EndTransaction, 0, &record.encode());
        let file = work.file;
        let ended: Vec<Ended> = record.places().filter_map(|place| self.end_in(&record, place, file, at)).collect();
        work.moves |= !ended.is_empty();
        work.then(reply, move |shared| {
            show_ended(&record, &ended);
            shared.apply_rows(&record.rows);
            Ok(())
        });
    }

    /// Ends the transaction in one partition, as far as the writer knows; `at` is the entry's place in its file.
    fn end_in(&mut self, record: &EndRecord, place: MarkerPlace, file: u32, at: u32) -> Option<Ended> {
        let slot = self.slots.get_mut(&place.slot)?;
        let first = slot.producers.end(record.producer, record.epoch, record.marker.coordinator_epoch, record.time);
        slot.next_offset = place.base + 1;
        let marker = HotBatch {
            base: place.base,
            max_timestamp: record.time,
            file,
            at: at + ENTRY_HEADER as u32 + place.at,
            bytes: MARKER_SIZE,
        };
        Some((Arc::clone(&slot.partition), first, marker))
    }

    /// Ends a transaction as the log holds it; `at` is the entry's place in its file.
    pub(crate) fn replay_end(&mut self, record: &EndRecord, file: u32, at: u32) -> Result<(), &'static str> {
        self.open.remove(&record.producer);
        for place in record.places() {
            if self.slots.get(&place.slot).is_some_and(|slot| slot.next_offset != place.base) {
                return Err("a transaction's marker does not follow the batch before it");
            }
            let ended = self.end_in(record, place, file, at);
            show_ended(record, ended.as_slice());
        }
        Ok(())
    }

    pub(crate) fn expire_producers(&mut self, before: i64) {
        for slot in self.slots.values_mut() {
            slot.producers.expire(before);
        }
    }

    pub(crate) fn producers(
        &self,
        partition: &Partition,
        reply: Reply<Result<Vec<ProducerState>, AppendError>>,
        work: &mut Work,
    ) {
        let slot = self.slots.get(&partition.slot);
        let states = slot.map(|slot| slot.producers.states());
        work.answer(reply, states.ok_or(AppendError::UnknownTopic(partition.topic_id)));
    }
}

/// Makes the markers visible.
fn show_ended(record: &EndRecord, ended: &[Ended]) {
    for (partition, first, marker) in ended {
        partition.write().end_transaction(*marker, *first, record.producer, record.marker.commit);
    }
}
