//! Rows that a job could not accept, as records of a topic: the original bytes as the value, and in the headers why, and
//! where they came from.
//!
//! | header | content |
//! |---|---|
//! | `yeoul.cause` | a word to count by: `malformed`, `late`, `null-rowtime` |
//! | `yeoul.reason` | a sentence |
//! | `yeoul.job` | the job that refused the row |
//! | `yeoul.source` | the split that it came from (`topic-0`, a file) |
//! | `yeoul.position` | its position there |
//! | `yeoul.truncated` | only if the topic takes no record so large: how many bytes the row has; the value is their beginning |
//!
//! Headers are cut to a quarter of what the topic takes each, so that a topic of small records can't fail a job for a
//! long reason.

use std::sync::Arc;

use bytes::Bytes;
use yeoul_base::{Clock, JobName, PartitionId};
use yeoul_engine::sink::{FailureSink, SinkError};
use yeoul_engine::source::Failure;

use super::staging::{NewRecord, Staging};

/// What a batch of one record has besides its value and its headers' bytes, and the header of a cut one; at most.
const FRAME_BYTES: usize = 256;

/// Writes a job's failures into one topic.
pub(crate) struct TopicFailures {
    job: JobName,
    staging: Staging,
    clock: Arc<dyn Clock>,
}

impl TopicFailures {
    pub(crate) fn new(job: &JobName, staging: Staging, clock: Arc<dyn Clock>) -> TopicFailures {
        TopicFailures { job: job.clone(), staging, clock }
    }
}

impl FailureSink for TopicFailures {
    fn write(&mut self, failures: &[Failure]) -> Result<(), SinkError> {
        let timestamp = self.clock.now();
        for failure in failures {
            let position = failure.position.to_string();
            let size = failure.raw.len().to_string();
            let header_max = self.staging.record_bytes_max().saturating_sub(FRAME_BYTES) / 4;
            let mut headers = vec![
                ("yeoul.cause", Some(failure.cause.as_bytes())),
                ("yeoul.reason", Some(beginning(&failure.reason, header_max))),
                ("yeoul.job", Some(beginning(&self.job.0, header_max))),
                ("yeoul.source", Some(beginning(&failure.split, header_max))),
                ("yeoul.position", Some(position.as_bytes())),
            ];
            let taken: usize = headers.iter().map(|(name, value)| name.len() + value.map_or(0, <[u8]>::len)).sum();
            let room = self.staging.record_bytes_max().saturating_sub(taken + FRAME_BYTES);
            let value = failure.raw.get(..room).unwrap_or(&failure.raw);
            if value.len() < failure.raw.len() {
                headers.push(("yeoul.truncated", Some(size.as_bytes())));
            }
            let record = NewRecord { key: None, value: Some(value), timestamp, headers: &headers };
            self.staging.push(PartitionId(0), &record)?;
        }
        Ok(())
    }

    fn prepare(&mut self) -> Result<Vec<Bytes>, SinkError> {
        self.staging.flush()
    }
}

/// As many bytes of a text as `max` allows, whole characters only.
fn beginning(text: &str, max: usize) -> &[u8] {
    text.get(..text.floor_char_boundary(max)).unwrap_or_default().as_bytes()
}
