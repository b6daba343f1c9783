//! What the fuzz targets call; built with `--cfg fuzzing` only.

use yeoul_base::Timestamp;
use yeoul_base::limits::BATCH_DECOMPRESSED_BYTES_MAX;

use crate::batch::{BatchHeader, Marker, Retained, batches, emptied, records, retain, validate};

/// Takes any bytes for batches, and does all with them that the log does with a producer's.
///
/// # Panics
/// A batch that was found sound can't be read.
pub fn batch(bytes: &[u8]) {
    for (header, batch) in batches(bytes).flatten() {
        let sound = validate(&header, batch);
        let walked = walk(batch);
        assert!(sound.is_err() || walked == usize::try_from(header.records).ok(), "a sound batch has all its records");
        if let Ok(Retained::Some(left)) = retain(batch, BATCH_DECOMPRESSED_BYTES_MAX, None, |offset, _| offset % 2 == 0)
        {
            assert!(walk(&left).is_some(), "what compaction leaves can be read");
        }
        let horizon = Some(Timestamp(7));
        let _ = retain(batch, BATCH_DECOMPRESSED_BYTES_MAX, horizon, |_, record| record.value.is_some());
        let empty = emptied(&header).ok().and_then(|empty| BatchHeader::parse(&empty).ok());
        assert!(empty.is_none_or(|empty| empty.records == 0));
        let _ = Marker::read(batch);
    }
}

/// How many records a batch has; nothing if one can't be read.
fn walk(batch: &[u8]) -> Option<usize> {
    let records = records(batch, BATCH_DECOMPRESSED_BYTES_MAX).ok()?;
    let mut count = 0;
    for record in &records {
        record.ok()?.headers.into_iter().for_each(drop);
        count += 1;
    }
    Some(count)
}
