//! The seams between subtasks: rows are sent by their keys, and what comes from several senders is taken as one input.
//!
//! A batch is split by the key groups of its rows. Watermarks go to every receiver: with its rows, or alone. Since each
//! sender tells all receivers the same watermarks before a barrier, all subtasks of the receiver have the same watermark at a
//! checkpoint. The order of rows is kept for each pair of sender and receiver, hence for each key of one sender.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::UInt32Array;
use arrow::error::ArrowError;
use yeoul_row::RowBatch;

use super::message::{Event, Signal};
use crate::checkpoint::StateChange;
use crate::operator::OperatorError;
use crate::operators::combine::Combiner;
use crate::operators::merged_watermark::MergedWatermark;
use crate::operators::watermark::emitted_in;
use crate::state::{Budget, KeyEncoder, StateEntries, StateError, key_group, subtask_of};

/// What a receiver knows before the first watermark.
const NOTHING: Signal = Signal { watermark: i64::MIN, idle: false };

/// Sends the events of one sender to all subtasks of a receiver.
pub(crate) struct Exchange {
    /// The key of a row; none: all rows go to the first subtask.
    keys: Option<KeyEncoder>,
    /// What makes one row per group of a batch's rows before they are sent, if anything does.
    combiner: Option<Combiner>,
    receivers: Vec<Receiver>,
}

/// One subtask that rows are sent to.
struct Receiver {
    /// The place of its queue among the sender's outputs.
    queue: usize,
    /// What it was told last.
    told: Signal,
    /// The rows of the batch under way that are its own.
    rows: Vec<u32>,
}

impl Exchange {
    /// Sends by these keys to the queues at these places.
    pub(crate) fn new(keys: Option<KeyEncoder>, queues: Vec<usize>) -> Exchange {
        let receiver = |queue| Receiver { queue, told: NOTHING, rows: Vec::new() };
        Exchange { keys, combiner: None, receivers: queues.into_iter().map(receiver).collect() }
    }

    /// The same, which combines rows before it sends them; `keys` are those of combined rows.
    pub(crate) fn combining(self, combiner: Option<Combiner>) -> Exchange {
        Exchange { combiner, ..self }
    }

    /// What of an event goes where: queue and event.
    pub(crate) fn split(&mut self, event: Event) -> Result<Vec<(usize, Event)>, OperatorError> {
        match (event, &mut self.combiner) {
            (Event::Watermark(signal), _) => Ok(self.receivers.iter_mut().filter_map(|to| to.tell(signal)).collect()),
            (Event::Batch(batch), None) => Ok(self.split_batch(batch)?),
            (Event::Batch(batch), Some(combiner)) => {
                let combined = combiner.combine(&batch)?;
                Ok(self.split_batch(combined)?)
            }
        }
    }

    fn split_batch(&mut self, batch: RowBatch) -> Result<Vec<(usize, Event)>, ArrowError> {
        self.assign(&batch)?;
        let end = Signal::active(batch.watermarks.end);
        let mut sent = Vec::with_capacity(self.receivers.len());
        for receiver in &mut self.receivers {
            let rows = std::mem::take(&mut receiver.rows);
            if rows.is_empty() {
                sent.extend(receiver.tell(end));
                continue;
            }
            receiver.told = end;
            let whole = rows.len() == batch.rows();
            let part = if whole { batch.clone() } else { batch.take(&UInt32Array::from(rows))? };
            sent.push((receiver.queue, Event::Batch(part)));
        }
        Ok(sent)
    }

    /// Gives each row of a batch to its receiver.
    fn assign(&mut self, batch: &RowBatch) -> Result<(), ArrowError> {
        let of = self.receivers.len();
        let Some(encoder) = &self.keys else {
            if let Some(first) = self.receivers.first_mut() {
                first.rows = (0..batch.rows() as u32).collect();
            }
            return Ok(());
        };
        let keys = encoder.encode(&batch.columns)?;
        for row in 0..batch.rows() {
            let subtask = subtask_of(key_group(keys.key(row)), of);
            self.receivers[subtask].rows.push(row as u32);
        }
        Ok(())
    }
}

impl Receiver {
    /// A watermark without rows, if it is news.
    fn tell(&mut self, signal: Signal) -> Option<(usize, Event)> {
        if signal == self.told {
            return None;
        }
        self.told = signal;
        Some((self.queue, Event::Watermark(signal)))
    }
}

/// Makes one input of the channels that several senders send it in.
pub(crate) struct Channels {
    watermark: MergedWatermark,
    /// Whether what the channels have told is kept in checkpoints: not where the input is a sink's.
    kept: bool,
    /// The node that assigned the watermarks, if they come from it as they are.
    assigned_by: Option<u32>,
}

impl Channels {
    /// The channels of input `port` of a node.
    pub(crate) fn of_node(node: u32, port: usize, channels: usize, budget: Arc<Budget>) -> Channels {
        let watermark = MergedWatermark::of_channels(node, port, channels, budget);
        Channels { watermark, kept: true, assigned_by: None }
    }

    /// The same channels, whose watermarks come from this node as they are.
    pub(crate) fn assigned_by(self, node: Option<u32>) -> Channels {
        Channels { assigned_by: node, ..self }
    }

    /// The channels of a sink.
    pub(crate) fn of_sink(channels: usize, budget: Arc<Budget>) -> Channels {
        let watermark = MergedWatermark::of_channels(u32::MAX, 0, channels, budget);
        Channels { watermark, kept: false, assigned_by: None }
    }

    /// An event of one channel as the input sees it; none: the others hold the watermark back.
    pub(crate) fn take(&mut self, channel: usize, event: Event) -> Option<Event> {
        match event {
            Event::Watermark(signal) => self.watermark.advance(channel, signal).map(Event::Watermark),
            Event::Batch(batch) => {
                let watermarks = self.watermark.merge(channel, &batch.watermarks);
                Some(Event::Batch(RowBatch { watermarks, ..batch }))
            }
        }
    }

    /// Takes back what the last checkpoint kept, of the node whose input this is. If it came in one channel then, the
    /// watermark is that of the node that assigned it: rows behind it were late, and are.
    pub(crate) fn restore(
        &mut self,
        entries: &StateEntries,
        operators: &HashMap<u32, StateEntries>,
    ) -> Result<(), StateError> {
        if self.kept {
            self.watermark.restore(entries)?;
        }
        if let Some(assigner) = self.assigned_by.and_then(|node| operators.get(&node)) {
            self.watermark.raise(emitted_in(assigner)?);
        }
        Ok(())
    }

    /// Adds what changed since the last call.
    pub(crate) fn snapshot(&mut self, changes: &mut Vec<StateChange>) {
        if self.kept {
            self.watermark.snapshot(changes);
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
    use arrow::datatypes::{DataType, Int64Type};
    use yeoul_row::Watermarks;

    use super::*;

    fn numbers(numbers: impl Iterator<Item = i64>, watermarks: Watermarks) -> RowBatch {
        let column: ArrayRef = Arc::new(numbers.collect::<Int64Array>());
        RowBatch::inserts(RecordBatch::try_from_iter([("n", column)]).unwrap(), watermarks)
    }

    fn by_key(of: usize) -> Exchange {
        Exchange::new(Some(KeyEncoder::new(&[0], vec![DataType::Int64]).unwrap()), (0..of).collect())
    }

    #[test]
    fn a_key_has_one_receiver_and_keeps_its_order() {
        let mut exchange = by_key(3);
        let mut seen: std::collections::HashMap<i64, usize> = std::collections::HashMap::new();
        let mut total = 0;
        for _ in 0..2 {
            let batch = numbers((0..1000).map(|row| row % 97), Watermarks::NONE);
            for (queue, event) in exchange.split(Event::Batch(batch)).unwrap() {
                let Event::Batch(part) = event else { panic!("there is no watermark to tell") };
                total += part.rows();
                for key in part.columns.column(0).as_primitive::<Int64Type>().values() {
                    assert_eq!(*seen.entry(*key).or_insert(queue), queue);
                }
            }
        }
        assert_eq!(total, 2000);
        assert_eq!(seen.values().copied().collect::<std::collections::BTreeSet<_>>().len(), 3);
    }

    #[test]
    fn every_receiver_is_told_each_watermark_once() {
        let mut exchange = by_key(2);
        let sent = exchange.split(Event::Batch(numbers([7].into_iter(), Watermarks::steady(5)))).unwrap();
        let told = sent.iter().filter(|(_, event)| matches!(event, Event::Watermark(signal) if signal.watermark == 5));
        assert_eq!((sent.len(), told.count()), (2, 1));
        assert!(exchange.split(Event::Watermark(Signal::active(5))).unwrap().is_empty());
        assert_eq!(exchange.split(Event::Watermark(Signal::active(6))).unwrap().len(), 2);
    }

    #[test]
    fn an_input_of_two_channels_is_as_far_as_the_one_behind_and_an_idle_one_does_not_count() {
        let mut channels = Channels::of_node(1, 0, 2, Budget::new(u64::MAX));
        assert!(channels.take(0, Event::Watermark(Signal::active(9))).is_none());
        let Some(Event::Watermark(signal)) = channels.take(1, Event::Watermark(Signal::active(4))) else { panic!() };
        assert_eq!(signal.watermark, 4);
        let idle = Event::Watermark(Signal { watermark: 4, idle: true });
        let Some(Event::Watermark(signal)) = channels.take(1, idle) else { panic!() };
        assert_eq!(signal, Signal::active(9));
    }
}
