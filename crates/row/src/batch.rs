//! A batch of a changelog: Arrow columns, a row kind per row, and the watermarks in force.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryArray, BooleanArray, Int64Array, RecordBatch, UInt32Array};
use arrow::compute;
use arrow::error::ArrowError;

use crate::watermark::Watermarks;

/// What a row of a changelog does (Flink's `RowKind`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum RowKind {
    /// `+I`: a new row.
    Insert = 0,
    /// `-U`: the old image of a changed row.
    UpdateBefore = 1,
    /// `+U`: the new image of a changed row.
    UpdateAfter = 2,
    /// `-D`: a row goes.
    Delete = 3,
}

impl RowKind {
    /// Flink's short text: `+I`, `-U`, `+U`, `-D`.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            RowKind::Insert => "+I",
            RowKind::UpdateBefore => "-U",
            RowKind::UpdateAfter => "+U",
            RowKind::Delete => "-D",
        }
    }

    /// Whether the row is added to the materialised result (`+I`, `+U`), not taken from it (`-U`, `-D`).
    #[must_use]
    pub fn adds(self) -> bool {
        matches!(self, RowKind::Insert | RowKind::UpdateAfter)
    }
}

/// Where each row of a batch came from: what a late or refused row is reported with.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The split (a topic's partition, a file) that all rows of the batch came from, as text: `topic-0`, `data/a.json`.
    pub split: Arc<str>,
    /// Each row's position in its split: an offset, a line number.
    pub positions: Int64Array,
    /// Each row's original bytes.
    pub raw: BinaryArray,
}

impl Origin {
    fn take(&self, rows: &UInt32Array) -> Result<Origin, ArrowError> {
        let positions = downcast(compute::take(&self.positions, rows, None)?)?;
        let raw = downcast(compute::take(&self.raw, rows, None)?)?;
        Ok(Origin { split: self.split.clone(), positions, raw })
    }
}

fn downcast<A: Array + Clone + 'static>(array: ArrayRef) -> Result<A, ArrowError> {
    let typed = array.as_any().downcast_ref::<A>();
    typed.cloned().ok_or_else(|| ArrowError::CastError(format!("unexpected array type `{}`", array.data_type())))
}

/// Rows of a changelog. Cheap to clone.
///
/// Invariants: `kinds`, where given, and `watermarks.before`, where given, have one entry per row of `columns`.
#[derive(Clone, Debug)]
pub struct RowBatch {
    /// The columns, laid out as [`crate::types`] says.
    pub columns: RecordBatch,
    /// The kind of each row; `None`: all are [`RowKind::Insert`], the fast path.
    pub kinds: Option<Arc<[RowKind]>>,
    /// The watermark in force before each row arrives, and behind the batch.
    pub watermarks: Watermarks,
    /// Where the rows came from, kept only where a job reports late or refused rows; gone behind an aggregation.
    pub origin: Option<Arc<Origin>>,
}

impl RowBatch {
    /// A batch of inserts under the watermark `watermarks`.
    #[must_use]
    pub fn inserts(columns: RecordBatch, watermarks: Watermarks) -> RowBatch {
        RowBatch { columns, kinds: None, watermarks, origin: None }
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.num_rows()
    }

    /// The kind of row `row`.
    #[must_use]
    pub fn kind(&self, row: usize) -> RowKind {
        self.kinds.as_ref().and_then(|kinds| kinds.get(row).copied()).unwrap_or(RowKind::Insert)
    }

    /// The same rows with other columns: a projection.
    #[must_use]
    pub fn with_columns(&self, columns: RecordBatch) -> RowBatch {
        debug_assert_eq!(columns.num_rows(), self.rows());
        RowBatch { columns, ..self.clone() }
    }

    /// The rows for which `keep` is true (NULL is false).
    ///
    /// # Errors
    /// Arrow's, if `keep` has another length than the batch.
    pub fn filter(&self, keep: &BooleanArray) -> Result<RowBatch, ArrowError> {
        let keep = match keep.nulls() {
            None => keep.clone(),
            Some(nulls) => BooleanArray::new(keep.values() & nulls.inner(), None),
        };
        let places: Vec<usize> = keep.values().set_indices().collect();
        if let Some(origin) = &self.origin {
            let rows: UInt32Array = places.iter().map(|row| *row as u32).collect::<Vec<u32>>().into();
            let origin = Some(Arc::new(origin.take(&rows)?));
            return RowBatch { origin: None, ..self.clone() }.filter(&keep).map(|batch| RowBatch { origin, ..batch });
        }
        let columns = compute::filter_record_batch(&self.columns, &keep)?;
        let kinds = self.kinds.as_ref().map(|_| places.iter().map(|row| self.kind(*row)).collect());
        Ok(RowBatch { columns, kinds, watermarks: self.watermarks.select(&places), origin: None })
    }

    /// The rows at `rows`, in that order.
    ///
    /// # Errors
    /// Arrow's, if an index is out of bounds.
    pub fn take(&self, rows: &UInt32Array) -> Result<RowBatch, ArrowError> {
        let columns = compute::take_record_batch(&self.columns, rows)?;
        let places: Vec<usize> = rows.values().iter().map(|row| *row as usize).collect();
        let kinds = self.kinds.as_ref().map(|_| places.iter().map(|row| self.kind(*row)).collect());
        let origin = self.origin.as_ref().map(|origin| origin.take(rows)).transpose()?.map(Arc::new);
        Ok(RowBatch { columns, kinds, watermarks: self.watermarks.select(&places), origin })
    }
}
