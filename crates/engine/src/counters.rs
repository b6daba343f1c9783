//! The fate of every input row, counted where it is decided.
//!
//! Each node of the graph has one set of counters per subtask, written by the chain that runs the node there. At a barrier
//! the chain notes them, so that a checkpoint holds one consistent cut of all nodes; a branch's figures are the sums over
//! the nodes below its sink, each weighted with the number of ways that lead from the node to the sink.

use std::collections::BTreeMap;

use bytes::Bytes;
use yeoul_base::decode::{DecodeError, Decoder};

/// What became of the rows that one node saw.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Fates {
    /// Rows that the node, a source, read.
    pub(crate) input: u64,
    /// Rows that took part in what was delivered.
    pub(crate) applied: u64,
    /// Rows left out, by cause.
    pub(crate) filtered: BTreeMap<&'static str, u64>,
    /// Rows behind the watermark.
    pub(crate) late: u64,
    /// Rows that a check refused.
    pub(crate) refused: u64,
    /// Rows that could not be decoded or computed.
    pub(crate) failed: u64,
    /// Rows in windows that are still open.
    pub(crate) waiting: u64,
    /// Rows delivered, by a sink.
    pub(crate) output: u64,
}

/// The causes that rows are left out for.
const CAUSES: [&str; 7] =
    ["where", "duplicate", "no-match", "ignored", "below the last rank", "beyond the limit", "between windows"];
const VERSION: u8 = 3;
/// How many of the causes older versions had.
const CAUSES_OF_VERSION_1: usize = 3;
const CAUSES_OF_VERSION_2: usize = 4;

impl Fates {
    /// Counts rows that the query leaves out.
    pub(crate) fn filter(&mut self, cause: &'static str, rows: usize) {
        if rows > 0 {
            *self.filtered.entry(cause).or_default() += rows as u64;
        }
    }

    /// Adds the figures of another subtask of the node. Rows that wait may count in one subtask and be taken off in another,
    /// to which their key went with a restart: only the sum means something.
    pub(crate) fn join(&mut self, other: &Fates) {
        let waiting = self.waiting.wrapping_add(other.waiting);
        self.waiting = 0;
        self.add(&Fates { waiting: 0, ..other.clone() }, 1);
        self.output += other.output;
        self.waiting = waiting;
    }

    /// Adds another node's figures, `weight` times.
    pub(crate) fn add(&mut self, other: &Fates, weight: u64) {
        self.input += other.input * weight;
        self.applied += other.applied * weight;
        for (cause, rows) in &other.filtered {
            *self.filtered.entry(cause).or_default() += rows * weight;
        }
        self.late += other.late * weight;
        self.refused += other.refused * weight;
        self.failed += other.failed * weight;
        self.waiting += other.waiting * weight;
    }

    /// Bytes for a checkpoint: a version, seven numbers, then one number per cause; all big-endian.
    pub(crate) fn encode(&self) -> Bytes {
        let mut bytes = vec![VERSION];
        let plain = [self.input, self.applied, self.late, self.refused, self.failed, self.waiting, self.output];
        let causes = CAUSES.map(|cause| self.filtered.get(cause).copied().unwrap_or_default());
        bytes.extend(plain.iter().chain(&causes).flat_map(|number| number.to_be_bytes()));
        bytes.into()
    }

    /// What [`encode`](Fates::encode) wrote; `None` for a version that this program does not know.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Option<Fates>, DecodeError> {
        let mut decoder = Decoder::new(bytes);
        let causes = match decoder.u8()? {
            1 => CAUSES_OF_VERSION_1,
            2 => CAUSES_OF_VERSION_2,
            VERSION => CAUSES.len(),
            _ => return Ok(None),
        };
        let mut number = || decoder.i64().map(i64::cast_unsigned);
        let (input, applied, late) = (number()?, number()?, number()?);
        let (refused, failed, waiting, output) = (number()?, number()?, number()?, number()?);
        let mut filtered = BTreeMap::new();
        for cause in CAUSES.into_iter().take(causes) {
            let rows = number()?;
            if rows > 0 {
                filtered.insert(cause, rows);
            }
        }
        Ok(Some(Fates { input, applied, filtered, late, refused, failed, waiting, output }))
    }
}
