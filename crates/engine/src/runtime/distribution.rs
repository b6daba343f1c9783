//! Which rows meet in one subtask: what each operator needs of the rows that reach it, when a job runs in several.
//!
//! As in Flink, an operator with a key runs in as many subtasks as the job's parallelism says and gets the rows of a key in
//! one of them; an operator without one (a global aggregate, an order, a limit) runs in one. What needs nothing runs where
//! its rows are. Sinks run in one subtask, so that the changes of a key reach them in the order in which they were made.

use std::collections::BTreeSet;

use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use yeoul_sql::plan::{JoinHow, Rel, RelOp};

use crate::state::KeyEncoder;

/// How a job is split up.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// In how many subtasks operators with a key run; at least 1.
    pub(crate) subtasks: usize,
    /// The sources whose splits are divided among as many subtasks; others have one.
    pub(crate) divided: BTreeSet<u32>,
}

impl Layout {
    /// One subtask of everything.
    pub(crate) fn single() -> Layout {
        Layout { subtasks: 1, divided: BTreeSet::new() }
    }
}

/// What an input of an operator needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    /// Nothing.
    Nothing,
    /// Rows with equal values at these places meet.
    Keys(Vec<usize>),
    /// All rows meet.
    All,
}

impl Need {
    fn of_keys(keys: &[usize]) -> Need {
        if keys.is_empty() { Need::All } else { Need::Keys(keys.to_vec()) }
    }

    /// In how many subtasks a node runs for this input, which comes from `input` ones, in a job of `of`.
    pub(crate) fn subtasks(&self, input: usize, of: usize) -> usize {
        match self {
            Need::Nothing => input,
            Need::Keys(_) => of,
            Need::All => 1,
        }
    }
}

/// What input `port` of a node needs. The places are in the order in which the operator's state has them: rows are sent by
/// the groups of the same key bytes.
pub(crate) fn need(rel: &Rel, port: usize) -> Need {
    match &rel.op {
        RelOp::Scan { .. }
        | RelOp::Values { .. }
        | RelOp::Project { .. }
        | RelOp::Filter { .. }
        | RelOp::Watermark { .. }
        | RelOp::Unnest { .. }
        | RelOp::Union { .. } => Need::Nothing,
        RelOp::Window { window, .. } => match window.kind {
            yeoul_sql::plan::WindowKind::Session { .. } => Need::of_keys(&window.partition),
            _ => Need::Nothing,
        },
        RelOp::WindowAggregate { keys, .. }
        | RelOp::GroupAggregate { keys, .. }
        | RelOp::Deduplicate { keys, .. }
        | RelOp::Rank { keys, .. }
        | RelOp::WindowRank { keys, .. }
        | RelOp::Over { keys, .. }
        | RelOp::Materialize { keys, .. }
        | RelOp::Normalize { keys, .. } => Need::of_keys(keys),
        RelOp::Sort { .. } | RelOp::Limit { .. } => Need::All,
        RelOp::Join { how: JoinHow::Dictionary, .. } => Need::Nothing,
        RelOp::Join { on, .. } => {
            let places = on.iter().map(|(left, right)| if port == 0 { *left } else { *right });
            Need::of_keys(&places.collect::<Vec<usize>>())
        }
        RelOp::SetComparison { .. } => Need::Keys((0..rel.schema.fields.len()).collect()),
    }
}

/// How rows get from one node to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Route {
    /// From each subtask to its like.
    Forward,
    /// Each row to the subtask that its key, the columns at these places, belongs to.
    ByKey(Vec<usize>),
    /// All rows to the first subtask; there may be one only.
    ToFirst,
}

/// The route of rows from `from` subtasks to `to` subtasks of a node that needs this.
pub(crate) fn route(need: Need, from: usize, to: usize) -> Route {
    match need {
        Need::Keys(keys) if to > 1 => Route::ByKey(keys),
        _ if from == to => Route::Forward,
        _ => Route::ToFirst,
    }
}

/// The bytes by which rows of `rel` are sent; combined rows have their keys first.
pub(crate) fn key_encoder(rel: &Rel, keys: &[usize], combined: bool) -> Result<KeyEncoder, ArrowError> {
    let schema = rel.schema.to_arrow();
    let types: Vec<DataType> = keys.iter().map(|place| schema.field(*place).data_type().clone()).collect();
    let first: Vec<usize> = (0..keys.len()).collect();
    KeyEncoder::new(if combined { &first } else { keys }, types)
}
