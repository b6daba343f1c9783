//! The accumulators' trait, and which rows an update folds.

use arrow::array::ArrayRef;
use arrow::buffer::BooleanBuffer;
use yeoul_row::RowKind;

use super::cells::Cells;
use crate::operator::OperatorError;
use crate::state::StateColumns;

/// One aggregate call over many groups: its state is columns indexed by the group's slot.
pub(crate) trait Accumulator: StateColumns {
    /// Folds rows in, or takes them out; `inputs` are the arguments' columns.
    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]);

    /// Whether groups can be merged.
    fn merges(&self) -> bool {
        false
    }

    /// Adds what group `from` holds, which came later, to group `into`; `from` is reset by the caller.
    fn merge(&mut self, into: usize, from: usize) {
        let _ = (into, from);
        debug_assert!(false, "only asked of accumulators that merge");
    }

    /// The results of some groups.
    ///
    /// # Errors
    /// A group whose values have no result.
    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError>;
}

/// Rows of a batch that an accumulator folds.
#[derive(Clone, Debug)]
pub(crate) struct Rows<'a> {
    /// Each row's group.
    pub(crate) slots: &'a [u32],
    /// Which rows count; `None`: all.
    pub(crate) mask: Option<BooleanBuffer>,
    /// The rows' kinds; `None`: all are inserts.
    pub(crate) kinds: Option<&'a [RowKind]>,
}

impl Rows<'_> {
    /// These rows without those whose argument is NULL.
    pub(crate) fn without_nulls(&self, input: &Cells) -> Self {
        let mask = match (&self.mask, input.nulls()) {
            (mask, None) => mask.clone(),
            (None, Some(nulls)) => Some(nulls.inner().clone()),
            (Some(mask), Some(nulls)) => Some(mask & nulls.inner()),
        };
        Rows { mask, ..self.clone() }
    }

    /// Calls `fold` with row, group, and whether the row is added (not taken out).
    #[inline]
    pub(crate) fn each(&self, mut fold: impl FnMut(usize, usize, bool)) {
        match (&self.mask, self.kinds) {
            (None, None) => self.slots.iter().enumerate().for_each(|(row, slot)| fold(row, *slot as usize, true)),
            (Some(mask), kinds) => {
                for row in mask.set_indices() {
                    fold(row, self.slots[row] as usize, kinds.is_none_or(|kinds| kinds[row].adds()));
                }
            }
            (None, Some(kinds)) => {
                for (row, (slot, kind)) in self.slots.iter().zip(kinds).enumerate() {
                    fold(row, *slot as usize, kind.adds());
                }
            }
        }
    }
}
