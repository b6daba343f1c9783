//! Three-valued AND and OR. The right side is computed only for rows that the left side leaves open, where it could
//! fail: `b <> 0 AND a / b > 1` never divides by zero.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, UInt32Array};
use arrow::compute::kernels::boolean::{and_kleene, or_kleene};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Schema};
use datafusion::error::Result;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;

/// `left AND right`, `left OR right`
#[derive(Debug, Clone)]
pub(super) struct Logic {
    is_and: bool,
    left: Arc<dyn PhysicalExpr>,
    right: Arc<dyn PhysicalExpr>,
    guarded: bool,
}

impl Logic {
    /// `guarded`: whether the right side must not be computed where the left side decides.
    pub(super) fn new(is_and: bool, left: Arc<dyn PhysicalExpr>, right: Arc<dyn PhysicalExpr>, guarded: bool) -> Logic {
        Logic { is_and, left, right, guarded }
    }

    /// Whether a row's left value leaves the result open.
    fn is_open(&self, left: &BooleanArray, row: usize) -> bool {
        left.is_null(row) || left.value(row) == self.is_and
    }

    fn combine(&self, left: &BooleanArray, right: &BooleanArray) -> Result<ArrayRef> {
        let result = if self.is_and { and_kleene(left, right)? } else { or_kleene(left, right)? };
        Ok(Arc::new(result))
    }

    fn guarded_right(&self, batch: &RecordBatch, left: &BooleanArray) -> Result<BooleanArray> {
        let open: Vec<u32> = (0..left.len()).filter(|row| self.is_open(left, *row)).map(|row| row as u32).collect();
        if open.len() == left.len() {
            return boolean(self.right.evaluate(batch)?, left.len());
        }
        // Where the left side decides, its own value on the right changes nothing.
        let mut right: Vec<Option<bool>> = vec![Some(!self.is_and); left.len()];
        if !open.is_empty() {
            let rows = take_record_batch(batch, &UInt32Array::from(open.clone()))?;
            let values = boolean(self.right.evaluate(&rows)?, open.len())?;
            for (row, value) in open.iter().zip(values.iter()) {
                right[*row as usize] = value;
            }
        }
        Ok(right.into())
    }
}

fn boolean(value: ColumnarValue, rows: usize) -> Result<BooleanArray> {
    Ok(value.into_array(rows)?.as_boolean().clone())
}

// Derived, these would move the expressions out of their pointers.
impl PartialEq for Logic {
    fn eq(&self, other: &Logic) -> bool {
        self.is_and == other.is_and && self.left.eq(&other.left) && self.right.eq(&other.right)
    }
}

impl Eq for Logic {}

impl Hash for Logic {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.is_and.hash(state);
        self.left.hash(state);
        self.right.hash(state);
    }
}

impl fmt::Display for Logic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_and { "AND" } else { "OR" };
        write!(f, "({} {word} {})", self.left, self.right)
    }
}

impl PhysicalExpr for Logic {
    fn data_type(&self, _input_schema: &Schema) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn nullable(&self, _input_schema: &Schema) -> Result<bool> {
        Ok(true)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let left = boolean(self.left.evaluate(batch)?, batch.num_rows())?;
        let right = match self.guarded {
            true => self.guarded_right(batch, &left)?,
            false => boolean(self.right.evaluate(batch)?, batch.num_rows())?,
        };
        Ok(ColumnarValue::Array(self.combine(&left, &right)?))
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.left, &self.right]
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn PhysicalExpr>>) -> Result<Arc<dyn PhysicalExpr>> {
        let [left, right] = children.try_into().map_err(|_| super::row_error("AND and OR have two sides"))?;
        Ok(Arc::new(Logic { left, right, ..(*self).clone() }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
