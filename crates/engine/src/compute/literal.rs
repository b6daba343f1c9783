//! Constants of the plan as Arrow values.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType as ArrowType, TimeUnit};
use datafusion::scalar::ScalarValue;
use yeoul_row::{DataType, LogicalType, RowType};
use yeoul_sql::expr::Literal;

use super::ExprError;

/// A constant of this type.
pub(super) fn scalar(literal: &Literal, data_type: &DataType) -> Result<ScalarValue, ExprError> {
    let arrow = data_type.logical.to_arrow();
    Ok(match literal {
        Literal::Null => ScalarValue::try_from(&arrow)?,
        Literal::Boolean(value) => ScalarValue::Boolean(Some(*value)),
        Literal::Integer(value) => ScalarValue::Int64(Some(*value)).cast_to(&arrow)?,
        Literal::Decimal(value) => decimal(*value, &data_type.logical)?,
        Literal::Double(value) => ScalarValue::Float64(Some(*value)).cast_to(&arrow)?,
        Literal::String(value) => ScalarValue::Utf8(Some(value.clone())),
        Literal::Binary(value) => ScalarValue::Binary(Some(value.clone())),
        Literal::Date(days) => ScalarValue::Date32(Some(*days)),
        Literal::Time(millis) => ScalarValue::Time32Millisecond(Some(*millis)),
        Literal::Timestamp(millis, nanos) => timestamp(*millis, *nanos, &arrow)?,
        Literal::Months(months) => ScalarValue::Int32(Some(*months)),
        Literal::Millis(millis) => ScalarValue::Int64(Some(*millis)),
    })
}

fn decimal(value: i128, logical: &LogicalType) -> Result<ScalarValue, ExprError> {
    match logical {
        LogicalType::Decimal(precision, scale) => {
            let scale =
                i8::try_from(*scale).map_err(|error| ExprError::Literal(logical.to_string(), error.to_string()))?;
            Ok(ScalarValue::Decimal128(Some(value), *precision, scale))
        }
        other => Err(ExprError::Literal(other.to_string(), "it is a decimal".to_owned())),
    }
}

fn timestamp(millis: i64, nanos: u32, arrow: &ArrowType) -> Result<ScalarValue, ExprError> {
    let ArrowType::Timestamp(unit, zone) = arrow else {
        return Err(ExprError::Literal(arrow.to_string(), "it is a timestamp".to_owned()));
    };
    let nanos = i64::from(nanos);
    let zone = zone.clone();
    Ok(match unit {
        TimeUnit::Second => ScalarValue::TimestampSecond(Some(millis.div_euclid(1000)), zone),
        TimeUnit::Millisecond => ScalarValue::TimestampMillisecond(Some(millis), zone),
        TimeUnit::Microsecond => {
            let micros = millis.saturating_mul(1000).saturating_add(nanos / 1000);
            ScalarValue::TimestampMicrosecond(Some(micros), zone)
        }
        TimeUnit::Nanosecond => {
            let nanos = millis.saturating_mul(1_000_000).saturating_add(nanos);
            ScalarValue::TimestampNanosecond(Some(nanos), zone)
        }
    })
}

/// Constant rows as a batch.
pub(crate) fn literal_rows(rows: &[Vec<Literal>], schema: &Arc<RowType>) -> Result<RecordBatch, ExprError> {
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields.len());
    for (place, field) in schema.fields.iter().enumerate() {
        let values = rows.iter().map(|row| scalar(row.get(place).unwrap_or(&Literal::Null), &field.data_type));
        let values: Vec<ScalarValue> = values.collect::<Result<_, _>>()?;
        let empty = arrow::array::new_empty_array(&field.data_type.logical.to_arrow());
        columns.push(if values.is_empty() { empty } else { ScalarValue::iter_to_array(values)? });
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    let batch = RecordBatch::try_new_with_options(schema.to_arrow(), columns, &options);
    batch.map_err(|error| ExprError::Plan(error.to_string()))
}
