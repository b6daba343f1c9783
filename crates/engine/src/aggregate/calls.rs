//! From a call of the plan to its accumulator.

use std::sync::Arc;

use arrow::datatypes::{DataType, Schema};
use arrow::error::ArrowError;
use yeoul_sql::expr::Literal;
use yeoul_sql::plan::{Aggregate, AggregateFunction};

use super::Call;
use super::accumulator::Accumulator;
use super::bags::Bags;
use super::bitmaps::{Folded, Refolded};
use super::cells::CellKind;
use super::counted::RetractableExtreme;
use super::deviations::Deviations;
use super::distinct::Distinct;
use super::distinct_integers::DistinctIntegers;
use super::encoded::NestedExtreme;
use super::extremes::{Extreme, Pick};
use super::json_members::JsonMembers;
use super::lists::{Lists, Shape};
use super::ordered::Ordered;
use super::percentile::Percentile;
use super::sums;

/// An accumulator, if there is one for the types.
type Made = Result<Option<Box<dyn Accumulator>>, ArrowError>;

impl Call {
    /// The accumulator of a call over rows of this schema, which may be taken back if `retracts`.
    pub(super) fn new(aggregate: &Aggregate, input: &Schema, retracts: bool) -> Result<Call, String> {
        let first = aggregate.args.first().map_or(DataType::Null, |place| input.field(*place).data_type().clone());
        let made = made(aggregate, &first, retracts).map_err(|error| error.to_string())?;
        let accumulator =
            made.ok_or_else(|| format!("{:?} over `{first}` is not supported yet", aggregate.function))?;
        Ok(Call {
            function: aggregate.function,
            arguments: aggregate.args.clone(),
            filter: aggregate.filter,
            accumulator,
        })
    }
}

fn made(aggregate: &Aggregate, argument: &DataType, retracts: bool) -> Made {
    let Some(inner) = accumulator_of(aggregate, argument, retracts)? else { return Ok(None) };
    if !aggregate.distinct || aggregate.args.is_empty() {
        return Ok(Some(inner));
    }
    let nulls = matches!(aggregate.function, AggregateFunction::ArrayAgg { nulls: true });
    if !nulls && CellKind::of(argument) == Some(CellKind::Int) {
        return Ok(Some(Box::new(DistinctIntegers::new(inner))));
    }
    Ok(Some(Box::new(Distinct::new(argument.clone(), inner, nulls)?)))
}

fn accumulator_of(aggregate: &Aggregate, argument: &DataType, retracts: bool) -> Made {
    use AggregateFunction as F;
    let result = aggregate.data_type.logical.to_arrow();
    match aggregate.function {
        F::Count => Ok(Some(Box::new(sums::Count::default()))),
        F::Sum => Ok(sums::sum_of(argument, result)),
        F::Avg => Ok(sums::avg_of(argument, result)),
        F::Min => extreme(Pick::Min, result, retracts),
        F::Max => extreme(Pick::Max, result, retracts),
        F::FirstValue => ordered(Pick::First, result, retracts),
        F::LastValue => ordered(Pick::Last, result, retracts),
        F::SquaredDeviations => Ok(Some(Box::new(Deviations::new(scale_of(argument))))),
        F::Percentile => {
            let fractions = aggregate.parameters.iter().filter_map(fraction).collect();
            Ok(Some(Box::new(Percentile::over(fractions, scale_of(argument), &result)?)))
        }
        F::Bitmap(fold) if retracts => Ok(Some(Box::new(Refolded::over(fold, result)?))),
        F::Bitmap(fold) => Ok(Some(Box::new(Folded::new(fold, result)))),
        F::Collect => Ok(Some(Box::new(Bags::over(argument.clone(), result)?))),
        F::JsonObjectAgg { nulls } => Ok(Some(Box::new(JsonMembers::new(nulls)))),
        F::ArrayAgg { .. } | F::ListAgg | F::JsonArrayAgg { .. } => list(aggregate, argument, &result),
    }
}

fn list(aggregate: &Aggregate, argument: &DataType, result: &DataType) -> Made {
    let (shape, nulls) = match (aggregate.function, result) {
        (AggregateFunction::ArrayAgg { nulls }, DataType::List(item)) => (Shape::Array(Arc::clone(item)), nulls),
        (AggregateFunction::JsonArrayAgg { nulls }, _) => (Shape::Json, nulls),
        (AggregateFunction::ListAgg, _) => (Shape::Text(separator(aggregate)), false),
        _ => return Ok(None),
    };
    Ok(Some(Box::new(Lists::new(shape, nulls, argument.clone())?)))
}

/// The constant between the texts of `LISTAGG`.
fn separator(aggregate: &Aggregate) -> String {
    match aggregate.parameters.first() {
        Some(Literal::String(separator)) => separator.clone(),
        _ => ",".to_owned(),
    }
}

fn fraction(literal: &Literal) -> Option<f64> {
    match literal {
        Literal::Double(fraction) => Some(*fraction),
        _ => None,
    }
}

fn scale_of(argument: &DataType) -> i8 {
    match argument {
        DataType::Decimal128(_, scale) => *scale,
        _ => 0,
    }
}

fn ordered(pick: Pick, result: DataType, retracts: bool) -> Made {
    if retracts {
        return Ok(Some(Box::new(Ordered::new(pick, result)?)));
    }
    if result.is_nested() {
        return Ok(Some(Box::new(NestedExtreme::new(pick, result)?)));
    }
    extreme(pick, result, false)
}

fn extreme(pick: Pick, result: DataType, retracts: bool) -> Made {
    if retracts {
        return Ok(Some(Box::new(RetractableExtreme::over(pick, result)?)));
    }
    Ok(Extreme::new(pick, result).map(|extreme| -> Box<dyn Accumulator> { Box::new(extreme) }))
}
