//! `column=value`, `column.gte=value`, …: which rows of a view are wanted.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, Scalar, StringArray};
use arrow::compute::{self, CastOptions, kernels::cmp};
use arrow::datatypes::{DataType, Schema};
use arrow::error::ArrowError;

use crate::http::fault::Fault;

/// How a column is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Comparison {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    /// `is=null`
    Null,
    /// `is=notnull`
    NotNull,
}

/// One condition on one column.
#[derive(Debug)]
pub(crate) struct Condition {
    column: usize,
    comparison: Comparison,
    /// One value of the column's type.
    value: ArrayRef,
}

const OPERATORS: [(&str, Comparison); 6] = [
    ("eq", Comparison::Eq),
    ("ne", Comparison::Ne),
    ("lt", Comparison::Lt),
    ("lte", Comparison::Lte),
    ("gt", Comparison::Gt),
    ("gte", Comparison::Gte),
];

impl Condition {
    /// Reads a parameter of the address.
    pub(crate) fn parse(schema: &Schema, parameter: &str, value: &str) -> Result<Condition, Fault> {
        if let Ok(column) = schema.index_of(parameter) {
            return Condition::with(schema, column, Comparison::Eq, value);
        }
        let Some((name, operator)) = parameter.rsplit_once('.') else { return Err(unknown_column(schema, parameter)) };
        let column = schema.index_of(name).map_err(|_| unknown_column(schema, name))?;
        if operator == "is" {
            return Condition::is(column, value);
        }
        let known = OPERATORS.iter().find(|(text, _)| *text == operator);
        let (_, comparison) = known.ok_or_else(|| unknown_operator(operator))?;
        Condition::with(schema, column, *comparison, value)
    }

    fn is(column: usize, value: &str) -> Result<Condition, Fault> {
        let comparison = match value {
            "null" => Comparison::Null,
            "notnull" => Comparison::NotNull,
            _ => return Err(Fault::bad(format!("`is` can't be `{value}`"), "write `is=null` or `is=notnull`")),
        };
        Ok(Condition { column, comparison, value: arrow::array::new_null_array(&DataType::Null, 1) })
    }

    fn with(schema: &Schema, column: usize, comparison: Comparison, value: &str) -> Result<Condition, Fault> {
        let field = schema.field(column);
        let text: ArrayRef = Arc::new(StringArray::from(vec![value]));
        let options = CastOptions { safe: false, ..CastOptions::default() };
        let value = compute::cast_with_options(&text, field.data_type(), &options).map_err(|_| {
            let error = format!("`{value}` is not a value of column `{}`", field.name());
            Fault::bad(error, format!("the column is {}; see `/v1/views`", field.data_type()))
        })?;
        Ok(Condition { column, comparison, value })
    }

    /// For each row, whether the condition holds; NULL where a value is NULL.
    fn evaluate(&self, batch: &RecordBatch) -> Result<BooleanArray, ArrowError> {
        let column = batch.column(self.column);
        let value = Scalar::new(self.value.clone());
        match self.comparison {
            Comparison::Eq => cmp::eq(column, &value),
            Comparison::Ne => cmp::neq(column, &value),
            Comparison::Lt => cmp::lt(column, &value),
            Comparison::Lte => cmp::lt_eq(column, &value),
            Comparison::Gt => cmp::gt(column, &value),
            Comparison::Gte => cmp::gt_eq(column, &value),
            Comparison::Null => compute::is_null(column),
            Comparison::NotNull => compute::is_not_null(column),
        }
    }
}

/// The rows for which all conditions hold.
pub(crate) fn filter(batch: &RecordBatch, conditions: &[Condition]) -> Result<RecordBatch, Fault> {
    let mut batch = batch.clone();
    for condition in conditions {
        let keep = condition.evaluate(&batch).map_err(|_| incomparable(&batch, condition.column))?;
        batch = compute::filter_record_batch(&batch, &keep).map_err(Fault::internal)?;
    }
    Ok(batch)
}

fn incomparable(batch: &RecordBatch, column: usize) -> Fault {
    let schema = batch.schema();
    let field = schema.field(column);
    let error = format!("column `{}` can't be compared: it is {}", field.name(), field.data_type());
    Fault::bad(error, "ask with SQL at `/v1/query`")
}

pub(crate) fn unknown_column(schema: &Schema, name: &str) -> Fault {
    let names: Vec<String> = schema.fields().iter().map(|field| format!("`{}`", field.name())).collect();
    Fault::bad(format!("there is no column `{name}`"), format!("the columns are {}", names.join(", ")))
}

fn unknown_operator(operator: &str) -> Fault {
    let help = "write `column=value`, or `column.` with `eq`, `ne`, `lt`, `lte`, `gt`, `gte` or `is`";
    Fault::bad(format!("there is no comparison `{operator}`"), help)
}
