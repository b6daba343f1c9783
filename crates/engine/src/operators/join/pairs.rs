//! Pairs of a row of one side and a row of the other: candidates by key, those for which the residual condition
//! holds, and the rows that are emitted for them.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::SchemaRef;
use yeoul_row::{RowBatch, RowKind, Watermarks};

use super::JoinSettings;
use crate::operator::{OperatorError, Output};

/// The most pairs that are made, and the most rows that are emitted, at once.
pub(crate) const PAIRS_MAX: usize = 65_536;

/// Rows of both sides: the columns of each, and which rows make pairs.
pub(crate) struct Pairs<'a> {
    /// For each side, its columns.
    pub(crate) columns: [&'a [ArrayRef]; 2],
    /// For each pair, the place of its row on each side.
    pub(crate) places: [Vec<u32>; 2],
}

impl Pairs<'_> {
    /// For each pair, whether the residual condition holds.
    pub(crate) fn hold(&self, settings: &JoinSettings) -> Result<Option<Vec<bool>>, OperatorError> {
        let Some(residual) = &settings.residual else { return Ok(None) };
        let places = self.places.clone().map(UInt32Array::from);
        let mut columns = Vec::with_capacity(settings.both.fields().len());
        for (side, places) in self.columns.iter().zip(&places) {
            for column in *side {
                columns.push(take(column, places, None)?);
            }
        }
        let options = RecordBatchOptions::new().with_row_count(Some(places[0].len()));
        let rows = RecordBatch::try_new_with_options(settings.both.clone(), columns, &options)?;
        let holds = residual.evaluate(&RowBatch::inserts(rows, Watermarks::NONE))?;
        let holds = holds.as_boolean();
        Ok(Some((0..holds.len()).map(|pair| holds.is_valid(pair) && holds.value(pair)).collect()))
    }
}

/// What a join emits, row by row: the place of each side's row (none: NULLs), and the kind.
#[derive(Debug, Default)]
pub(crate) struct Emission {
    places: [Vec<Option<u32>>; 2],
    kinds: Vec<RowKind>,
}

impl Emission {
    /// Emits a row of `own` side with one of the other, `times` times.
    pub(crate) fn push(&mut self, side: usize, own: Option<u32>, other: Option<u32>, kind: RowKind, times: i64) {
        for _ in 0..times {
            self.places[side].push(own);
            self.places[1 - side].push(other);
            self.kinds.push(kind);
        }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Emits the rows under the watermark `watermark`. Where only the left side is emitted, `schema` has its columns.
    pub(crate) fn emit(
        self,
        columns: [&[ArrayRef]; 2],
        schema: &SchemaRef,
        watermark: i64,
        out: &mut Output,
    ) -> Result<(), OperatorError> {
        let width = schema.fields().len();
        for start in (0..self.len()).step_by(PAIRS_MAX) {
            let end = (start + PAIRS_MAX).min(self.len());
            let mut taken = Vec::with_capacity(width);
            for (side, places) in columns.iter().zip(&self.places) {
                let places: UInt32Array = places[start..end].iter().copied().collect();
                for column in side.iter().take(width - taken.len()) {
                    taken.push(take(column, &places, None)?);
                }
            }
            let options = RecordBatchOptions::new().with_row_count(Some(end - start));
            let rows = RecordBatch::try_new_with_options(schema.clone(), taken, &options)?;
            let kinds = &self.kinds[start..end];
            let kinds = kinds.iter().any(|kind| *kind != RowKind::Insert).then(|| kinds.into());
            out.batch(RowBatch { columns: rows, kinds, watermarks: Watermarks::steady(watermark), origin: None });
        }
        Ok(())
    }
}
