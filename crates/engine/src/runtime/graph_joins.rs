//! The operators of nodes with two inputs, and of those that a changelog needs.

use std::sync::Arc;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use yeoul_row::LogicalType;
use yeoul_sql::plan::{JoinHow, JoinKind, Rel, RelOp};

use super::graph::{BuildError, Builder};
use crate::compute::Compiled;
use crate::operator::Operator;
use crate::operators::join::JoinSettings;
use crate::operators::join::append::AppendJoin;
use crate::operators::join::dictionary::{DictionaryJoin, DictionarySettings};
use crate::operators::join::interval::{Bounds, IntervalJoin};
use crate::operators::join::regular::RegularJoin;
use crate::operators::join::temporal::TemporalJoin;
use crate::operators::join::window::WindowJoin;
use crate::operators::materialize::Materialize;
use crate::operators::normalize::Normalize;
use crate::operators::set_comparison::SetComparison;
use crate::operators::unnest::Unnest;

impl Builder<'_> {
    /// A join; `counting`: for each side, whether its rows are still the sources' own.
    pub(super) fn join(&self, rel: &Rel, counting: Vec<bool>) -> Result<Box<dyn Operator>, BuildError> {
        let RelOp::Join { left, right, kind, on, residual, how } = &rel.op else {
            return Err(BuildError::Unsupported("not a join".to_owned()));
        };
        let sides = [left.schema.to_arrow(), right.schema.to_arrow()];
        check_keys(on, &sides)?;
        let fields: Vec<_> = sides.iter().flat_map(|side| side.fields().iter().cloned()).collect();
        let both: SchemaRef = Arc::new(Schema::new(fields));
        let residual = residual.as_ref().map(|expr| Compiled::new(expr, &both, &self.context)).transpose()?;
        let (kind, on, schema) = (*kind, on.clone(), rel.schema.to_arrow());
        let budget = self.budget.clone();
        if *how == JoinHow::Dictionary {
            let [left, right_schema] = sides;
            let settings = DictionarySettings { kind, on, residual, left, right: right_schema, both, schema };
            return Ok(Box::new(DictionaryJoin::new(settings, Box::new(self.reader(right)?), budget)?));
        }
        let decides = [0, 1].map(|side| counting.get(side).copied().unwrap_or_default());
        let settings = JoinSettings { kind, on, residual, sides, both, schema, decides };
        let appends = left.mode.is_append() && right.mode.is_append();
        // Rows that live for a time are found again one by one.
        let for_ever = [0, 1].iter().all(|side| self.ttl(rel, *side).is_none());
        Ok(match *how {
            JoinHow::Regular if kind == JoinKind::Inner && appends && for_ever => {
                Box::new(AppendJoin::new(rel.id, settings, budget)?)
            }
            JoinHow::Dictionary | JoinHow::Regular => {
                Box::new(RegularJoin::new(rel.id, settings, budget)?.living([0, 1].map(|side| self.ttl(rel, side))))
            }
            JoinHow::Interval { times: (l, r), event_time, lower, upper } => {
                let times = [event_time.then_some(l), event_time.then_some(r)];
                let bounds = Bounds { times, lower, upper };
                Box::new(IntervalJoin::new(rel.id, settings, bounds, budget, self.clock.clone())?)
            }
            JoinHow::Window { ends: (l, r), instant } => {
                let zone = instant.then_some(self.context.zone);
                Box::new(WindowJoin::new(rel.id, settings, [l, r], zone, budget)?)
            }
            JoinHow::Temporal { times: (l, r), ascending } => {
                Box::new(TemporalJoin::new(rel.id, settings, [l, r], ascending, budget)?)
            }
        })
    }

    pub(super) fn set_comparison(&self, rel: &Rel, counting: Vec<bool>) -> Result<Box<dyn Operator>, BuildError> {
        let RelOp::SetComparison { operation, all, .. } = &rel.op else {
            return Err(BuildError::Unsupported("not a comparison of sets".to_owned()));
        };
        let decides = [0, 1].map(|side| counting.get(side).copied().unwrap_or_default());
        let (schema, budget) = (rel.schema.to_arrow(), self.budget.clone());
        let operator = SetComparison::new(rel.id, *operation, *all, schema, decides, budget)?;
        Ok(Box::new(operator.living(self.ttl(rel, 0))))
    }

    pub(super) fn unnest_or_materialize(&self, rel: &Rel) -> Result<Box<dyn Operator>, BuildError> {
        let schema = rel.schema.to_arrow();
        match &rel.op {
            RelOp::Unnest { input, value, ordinality, outer } => {
                let multiset = matches!(value.data_type.logical, LogicalType::Multiset(_));
                let value = Compiled::new(value, &input.schema.to_arrow(), &self.context)?;
                Ok(Box::new(Unnest::new(value, *ordinality, *outer, multiset, schema)))
            }
            RelOp::Materialize { keys, .. } => {
                let operator = Materialize::new(rel.id, keys, schema, self.budget.clone())?;
                Ok(Box::new(operator.living(self.ttl(rel, 0))))
            }
            RelOp::Normalize { keys, .. } => {
                let operator = Normalize::new(rel.id, keys, schema, self.budget.clone())?;
                Ok(Box::new(operator.living(self.ttl(rel, 0))))
            }
            _ => Err(BuildError::Unsupported("the node has another operator".to_owned())),
        }
    }
}

fn check_keys(on: &[(usize, usize)], sides: &[SchemaRef; 2]) -> Result<(), BuildError> {
    for (left_place, right_place) in on {
        let types: (&DataType, &DataType) =
            (sides[0].field(*left_place).data_type(), sides[1].field(*right_place).data_type());
        if types.0 != types.1 {
            let reason =
                format!("a join compares columns of the types `{}` and `{}`; cast one of them", types.0, types.1);
            return Err(BuildError::Unsupported(reason));
        }
    }
    Ok(())
}
