//! Expressions: the plan's scalar expressions as DataFusion physical expressions with a Flink function library.
//!
//! Reading order: [`lower`] (plan to physical expression), [`function`] (how a Flink function is one of DataFusion's),
//! [`columns`] (arguments by row), [`logic`] (three-valued AND and OR that don't touch what they needn't), then the
//! functions by family: [`compare`], [`arithmetic`], [`cast`], [`numbers`], [`trigonometry`], [`texts`], [`characters`],
//! [`splitting`], [`patterns`], [`encodings`], [`hash`], [`urls`], [`moments`], [`moment_text`], [`zones`], [`arrays`],
//! [`array_sets`], [`maps`], [`nested`], [`variants`], [`bitmaps`].

mod arithmetic;
mod array_sets;
mod arrays;
mod bitmaps;
mod calendar;
mod cast;
mod cast_length;
mod cast_text;
mod characters;
mod columns;
mod compare;
mod encodings;
mod function;
mod hash;
mod java_hash;
mod java_pattern;
mod java_regex;
mod json_parse;
mod json_path;
mod json_query;
mod json_text;
pub(crate) mod json_write;
mod literal;
mod logic;
mod lower;
mod maps;
mod moment_text;
mod moments;
mod nested;
mod numbers;
mod patterns;
mod printf;
mod random;
mod simple_date;
mod splitting;
mod texts;
mod trigonometry;
mod urls;
mod variants;
mod zones;

#[cfg(test)]
mod tests;

pub(crate) use literal::literal_rows;
pub(crate) use random::Sequence;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono_tz::Tz;
use datafusion::error::DataFusionError;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use thiserror::Error;
use yeoul_base::Clock;
use yeoul_row::RowBatch;
use yeoul_sql::expr::Expr;

use crate::aggregate::cells::from_millis;
use crate::operator::OperatorError;

/// What expressions need besides rows.
pub(crate) struct ExprContext {
    /// The engine's clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// The session's time zone.
    pub(crate) zone: Tz,
    /// The sequences of random numbers that expressions draw from, since they were last asked for.
    sequences: Mutex<Vec<Arc<Sequence>>>,
}

impl ExprContext {
    /// A context of this clock and zone.
    pub(crate) fn new(clock: Arc<dyn Clock>, zone: Tz) -> ExprContext {
        ExprContext { clock, zone, sequences: Mutex::default() }
    }

    fn note_sequence(&self, sequence: &Arc<Sequence>) {
        self.sequences.lock().unwrap_or_else(PoisonError::into_inner).push(sequence.clone());
    }

    /// The sequences of the expressions that were made ready since the last call, in their order.
    pub(crate) fn take_sequences(&self) -> Vec<Arc<Sequence>> {
        std::mem::take(&mut *self.sequences.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for ExprContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExprContext({})", self.zone)
    }
}

/// Why an expression can't be computed.
#[derive(Debug, Error)]
pub(crate) enum ExprError {
    /// A function that isn't there.
    #[error("function `{0}` is not supported yet")]
    Function(String),
    /// A constant that doesn't fit its type.
    #[error("a constant of type `{0}` can't be held: {1}")]
    Literal(String, String),
    /// DataFusion refuses it.
    #[error("expression can't be computed: {0}")]
    Plan(String),
}

impl From<DataFusionError> for ExprError {
    fn from(error: DataFusionError) -> ExprError {
        ExprError::Plan(message_of(&error))
    }
}

/// An expression that is ready to be computed.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    physical: Arc<dyn PhysicalExpr>,
    data_type: DataType,
    /// Whether it reads the watermark, which then is a column behind the input's.
    watermark: Option<SchemaRef>,
}

/// The name of the column that holds the watermark before each row.
const WATERMARK_COLUMN: &str = "$watermark";

impl Compiled {
    /// Makes an expression over rows of this schema ready.
    pub(crate) fn new(expr: &Expr, input: &SchemaRef, context: &Arc<ExprContext>) -> Result<Compiled, ExprError> {
        let watermark = lower::uses(expr, "current_watermark").then(|| with_watermark(input));
        let physical = lower::lower(expr, watermark.as_ref().unwrap_or(input), context)?;
        Ok(Compiled { physical, data_type: expr.data_type.logical.to_arrow(), watermark })
    }

    /// The places of the columns that it reads.
    pub(crate) fn columns(&self) -> BTreeSet<usize> {
        collect_columns(&self.physical).iter().map(Column::index).collect()
    }

    /// Computes it for each row.
    pub(crate) fn evaluate(&self, batch: &RowBatch) -> Result<ArrayRef, OperatorError> {
        let value = match &self.watermark {
            None => self.physical.evaluate(&batch.columns)?,
            Some(schema) => self.physical.evaluate(&add_watermark(schema, batch)?)?,
        };
        let array = value.into_array(batch.rows())?;
        if array.data_type() == &self.data_type {
            return Ok(array);
        }
        Ok(arrow::compute::cast(&array, &self.data_type)?)
    }
}

fn with_watermark(input: &SchemaRef) -> SchemaRef {
    let column = Field::new(WATERMARK_COLUMN, DataType::Timestamp(TimeUnit::Millisecond, None), true);
    let fields = input.fields().iter().cloned().chain([Arc::new(column)]);
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn add_watermark(schema: &SchemaRef, batch: &RowBatch) -> Result<RecordBatch, OperatorError> {
    let before = (0..batch.rows()).map(|row| Some(batch.watermarks.before(row)).filter(|before| *before != i64::MIN));
    let column = from_millis(before.collect::<Int64Array>(), &DataType::Timestamp(TimeUnit::Millisecond, None))?;
    let columns = batch.columns.columns().iter().cloned().chain([column]).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.rows()));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}

/// What went wrong, for people: without the names of DataFusion's error kinds.
pub(crate) fn message_of(error: &DataFusionError) -> String {
    match error {
        DataFusionError::Execution(text) | DataFusionError::Plan(text) => text.clone(),
        DataFusionError::ArrowError(error, _) => error.to_string(),
        DataFusionError::Context(_, inner) => message_of(inner),
        other => other.strip_backtrace(),
    }
}

/// An error of one row.
pub(crate) fn row_error(text: impl Into<String>) -> DataFusionError {
    DataFusionError::Execution(text.into())
}
