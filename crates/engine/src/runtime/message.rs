//! What flows along the edges of a job's graph.

use yeoul_row::RowBatch;

/// What an operator emits.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// Rows, never none. The batch carries the watermarks around its rows.
    Batch(RowBatch),
    /// The watermark moved without rows, or its sender became idle.
    Watermark(Signal),
}

/// Where a watermark stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Signal {
    /// The watermark in milliseconds; `i64::MIN`: none yet.
    pub(crate) watermark: i64,
    /// Whether the sender has no rows for now and must not hold others back.
    pub(crate) idle: bool,
}

impl Signal {
    /// A watermark of an active sender.
    pub(crate) fn active(watermark: i64) -> Signal {
        Signal { watermark, idle: false }
    }
}

/// What passes a queue between chains.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// What an operator emitted.
    Event(Event),
    /// Everything before it belongs to the checkpoint.
    Barrier(Barrier),
    /// No more events; barriers still come.
    End,
}

/// A cut through the flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Barrier {
    /// The checkpoint's number.
    pub(crate) id: u64,
    /// Whether the input has ended, so that sinks finish what they have open.
    pub(crate) last: bool,
}

impl Message {
    /// How much of a queue's bound it takes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Message::Event(Event::Batch(batch)) => 64 + batch.columns.get_array_memory_size(),
            _ => 64,
        }
    }
}
