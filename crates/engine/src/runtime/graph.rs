//! From the bound plan to chains: opens sources and sinks, makes operators, joins them by queues.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use thiserror::Error;
use yeoul_base::{Clock, JobName};
use yeoul_sql::plan::{JobPlan, JoinHow, Keep, Rel, RelOp, Target, WindowKind, WindowSpec};

use super::chain::{Chain, Edge, Node};
use super::control::Control;
use super::distribution::{Layout, Need, route};
use super::queue::Wake;
use super::seam::Seam;
use super::sequences::Sequences;
use super::sink_driver::{SinkDriver, SinkSettings};
use super::source_driver::SourceFigures;
use super::topology::{Topology, Vertex, is_source, keeps_first};
use crate::aggregate::AggregateColumns;
use crate::compute::{Compiled, ExprContext, ExprError};
use crate::connections::{ConnectError, Connections};
use crate::failures::Failures;
use crate::operator::{Operator, OperatorError, Output};
use crate::operators::combine::Combined;
use crate::operators::deduplicate::{KeepFirst, KeepLast, RowNumber};
use crate::operators::filter::Filter;
use crate::operators::first_by_time::FirstByTime;
use crate::operators::group_aggregate::GroupAggregate;
use crate::operators::project::Project;
use crate::operators::session_aggregate::SessionAggregate;
use crate::operators::stepwise::Stepwise;
use crate::operators::union::Union;
use crate::operators::watermark::{AssignWatermarks, Splits, WatermarkSettings};
use crate::operators::window::Windows;
use crate::operators::window_aggregate::{WindowAggregate, WindowAggregateSettings};
use crate::options::JobOptions;
use crate::sink::Sink;
use crate::state::{Budget, Share, StateTtl};

/// Why a plan can't be run.
#[derive(Debug, Error)]
pub(crate) enum BuildError {
    /// A source or sink can't be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// An expression can't be computed.
    #[error(transparent)]
    Expr(#[from] ExprError),
    /// An operator can't be made.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// Rows can't be sent by their key.
    #[error("rows can't be sent by their key: {0}")]
    Key(#[from] arrow::error::ArrowError),
    /// Something that the engine doesn't do yet.
    #[error("{0}")]
    Unsupported(String),
}

/// What a job's graph is made with.
pub(crate) struct Builder<'a> {
    /// The job.
    pub(crate) job: JobName,
    /// Its options.
    pub(crate) options: &'a JobOptions,
    /// Opens sources and sinks.
    pub(crate) connections: &'a dyn Connections,
    /// The engine's clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// The job's state.
    pub(crate) budget: Arc<Budget>,
    /// Shared by its threads.
    pub(crate) control: Arc<Control>,
    /// For expressions.
    pub(crate) context: Arc<ExprContext>,
}

/// A source as people see it.
pub(crate) struct SourceEntry {
    /// The table.
    pub(crate) table: String,
    /// What it reads.
    pub(crate) reads: String,
    /// The figures of its subtasks.
    pub(crate) figures: Vec<Arc<Mutex<SourceFigures>>>,
}

/// A job's chains.
pub(crate) struct Graph {
    /// The chains.
    pub(crate) chains: Vec<Chain>,
    /// The sources.
    pub(crate) sources: Vec<SourceEntry>,
    /// Which nodes there are and how they weigh.
    pub(crate) topology: Topology,
}

/// Where a node stands: its chain, and its place there.
type Places = HashMap<u32, (usize, usize)>;

impl Builder<'_> {
    /// The chains of a plan. `collect` takes the rows of [`Target::Collect`].
    pub(crate) fn build(&self, plan: &JobPlan, mut collect: Option<Box<dyn Sink>>) -> Result<Graph, BuildError> {
        let mut opened = self.open_sources(&Topology::new(&plan.branches, Layout::single()))?;
        let divided = opened.iter().filter(|(_, sources)| sources.len() > 1).map(|(id, _)| *id).collect();
        let topology = Topology::new(&plan.branches, Layout { subtasks: self.options.parallelism, divided });
        let subtasks = topology.chain_subtasks();
        let mut chains: Vec<Vec<Chain>> =
            subtasks.iter().enumerate().map(|(number, of)| self.subtasks(number, *of)).collect();
        let (mut places, mut sources) = (Places::new(), Vec::new());
        for id in &topology.order {
            let Some(vertex) = topology.vertices.get(id) else { continue };
            let chains = &mut chains[vertex.chain];
            let first = &chains[0];
            places.insert(
                *id,
                (vertex.chain, if is_source(&vertex.rel) { first.sources.len() } else { first.nodes.len() }),
            );
            match opened.remove(id) {
                Some(of_node) => sources.extend(self.add_source(&vertex.rel, of_node, chains)?),
                None => self.add_operator(vertex, &topology, chains)?,
            }
        }
        self.connect(&topology, &places, &mut chains)?;
        self.add_sinks(plan, &topology, &places, &mut chains, &mut collect)?;
        Ok(Graph { chains: chains.into_iter().flatten().collect(), sources, topology })
    }

    /// The empty chains of all subtasks of one place in the graph.
    fn subtasks(&self, number: usize, of: usize) -> Vec<Chain> {
        let chain = |subtask: usize| {
            let wake = Arc::new(Wake::default());
            self.control.add_wake(wake.clone());
            let name =
                if of == 1 { format!("{}/{number}", self.job) } else { format!("{}/{number}.{subtask}", self.job) };
            Chain::new(name, Share { subtask, of }, wake, self.control.clone(), self.clock.clone())
        };
        (0..of).map(chain).collect()
    }

    /// Adds the operator of a node to each of its subtasks.
    fn add_operator(&self, vertex: &Vertex, topology: &Topology, chains: &mut [Chain]) -> Result<(), BuildError> {
        for chain in chains {
            let operator = self.operator(&vertex.rel, Some(topology), &chain.splits)?;
            let output = Output { counts: vertex.counts, ..Output::default() };
            let sequences = Sequences::new(self.context.take_sequences());
            chain.nodes.push(Node { id: vertex.rel.id, operator, sequences, output, edges: Vec::new() });
        }
        Ok(())
    }

    fn connect(&self, topology: &Topology, places: &Places, chains: &mut [Vec<Chain>]) -> Result<(), BuildError> {
        for vertex in topology.vertices.values() {
            for (consumer, port) in &vertex.consumers {
                let (Some(from), Some(to)) = (places.get(&vertex.rel.id), places.get(consumer)) else { continue };
                let Some(taker) = topology.vertices.get(consumer) else { continue };
                let combiner = || self.combiner(&taker.rel);
                let combines = self.combined(&taker.rel, Some(topology)).is_some();
                let seam = Seam {
                    rel: &vertex.rel,
                    from: *from,
                    to: to.0,
                    target: Edge::Node { node: to.1, port: *port },
                    receiver: Some((*consumer, *port)),
                    combiner: combines.then_some(&combiner),
                    budget: &self.budget,
                };
                seam.join(chains, &topology.route(vertex.rel.id, *consumer, *port))?;
            }
        }
        Ok(())
    }

    fn add_sinks(
        &self,
        plan: &JobPlan,
        topology: &Topology,
        places: &Places,
        chains: &mut [Vec<Chain>],
        collect: &mut Option<Box<dyn Sink>>,
    ) -> Result<(), BuildError> {
        for (number, branch) in plan.branches.iter().enumerate() {
            let sink = self.sink(&branch.name, &branch.target, collect)?;
            let schema = match &branch.target {
                Target::Table(table) => Arc::new(table.writable()),
                Target::View(view) => view.schema.clone(),
                Target::Collect => branch.input.schema.clone(),
            };
            let counts = topology.sink_counts[number];
            let chain = topology.sink_chains[number];
            let place = chains[chain][0].sinks.len();
            let settings = SinkSettings {
                branch: number as u32,
                name: branch.name.clone(),
                schema,
                counts,
                not_null: self.options.not_null,
                budget: self.budget.clone(),
            };
            chains[chain][0].sinks.push(SinkDriver::new(sink, settings));
            let Some(from) = places.get(&branch.input.id) else { continue };
            let (rel, target) = (&branch.input, Edge::Sink(place));
            let seam =
                Seam { rel, from: *from, to: chain, target, receiver: None, combiner: None, budget: &self.budget };
            let subtasks = topology.vertices.get(&rel.id).map_or(1, |vertex| vertex.subtasks);
            seam.join(chains, &route(Need::All, subtasks, 1))?;
        }
        Ok(())
    }

    fn sink(
        &self,
        branch: &str,
        target: &Target,
        collect: &mut Option<Box<dyn Sink>>,
    ) -> Result<Box<dyn Sink>, BuildError> {
        match target {
            Target::Table(table) => Ok(self.connections.sink(&self.job, branch, table)?),
            Target::View(view) => Ok(self.connections.view(&self.job, view)?),
            Target::Collect => collect.take().ok_or_else(|| {
                BuildError::Unsupported(
                    "the result of a `SELECT` has nowhere to go; write `INSERT INTO … SELECT`".to_owned(),
                )
            }),
        }
    }

    pub(super) fn failures(&self, topic: Option<&String>) -> Result<Option<Failures>, BuildError> {
        let sink = topic.map(|topic| self.connections.failures(&self.job, topic)).transpose()?;
        Ok(sink.map(Failures::new))
    }

    /// The operator of a node. Outside a topology (below a join's right side) nothing is counted or reported.
    pub(super) fn operator(
        &self,
        rel: &Rel,
        topology: Option<&Topology>,
        splits: &Arc<Splits>,
    ) -> Result<Box<dyn Operator>, BuildError> {
        let operator = self.whole_batches(rel, topology, splits)?;
        let in_steps = topology.is_some_and(|topology| topology.goes_in_steps(rel));
        Ok(if in_steps { Box::new(Stepwise(operator)) } else { operator })
    }

    fn whole_batches(
        &self,
        rel: &Rel,
        topology: Option<&Topology>,
        splits: &Arc<Splits>,
    ) -> Result<Box<dyn Operator>, BuildError> {
        match &rel.op {
            RelOp::Project { .. } | RelOp::Filter { .. } => self.stateless(rel),
            RelOp::Window { .. }
            | RelOp::Rank { .. }
            | RelOp::WindowRank { .. }
            | RelOp::Sort { .. }
            | RelOp::Limit { .. }
            | RelOp::Over { .. } => self.ranked(rel, topology.is_some()),
            RelOp::Watermark { .. } => self.watermark(rel, topology.is_some(), splits),
            RelOp::WindowAggregate { .. } => self.window_aggregate(rel, topology),
            RelOp::GroupAggregate { .. } => self.group_aggregate(rel, topology),
            RelOp::Deduplicate { .. } => self.deduplicate(rel),
            RelOp::Join { .. } => self.join(rel, counting(rel, topology)),
            RelOp::SetComparison { .. } => self.set_comparison(rel, counting(rel, topology)),
            RelOp::Unnest { .. } | RelOp::Materialize { .. } | RelOp::Normalize { .. } => {
                self.unnest_or_materialize(rel)
            }
            RelOp::Union { .. } => {
                let mut counting = counting(rel, topology);
                if counting.iter().all(|counts| *counts) {
                    counting.fill(false);
                }
                Ok(Box::new(Union::new(rel.id, counting, self.budget.clone())))
            }
            RelOp::Scan { .. } | RelOp::Values { .. } => {
                Err(BuildError::Unsupported("a source is no operator".to_owned()))
            }
        }
    }

    /// How long the state of an operator lives that it keeps of input `port`; none: as long as the job.
    pub(super) fn ttl(&self, rel: &Rel, port: usize) -> Option<StateTtl> {
        state_ttl(rel, port, self.options).map(|millis| StateTtl { millis, clock: self.clock.clone() })
    }

    fn stateless(&self, rel: &Rel) -> Result<Box<dyn Operator>, BuildError> {
        let schema = rel.schema.to_arrow();
        match &rel.op {
            RelOp::Project { input, exprs } => {
                let input = input.schema.to_arrow();
                let compiled = exprs.iter().map(|expr| Compiled::new(expr, &input, &self.context));
                Ok(Box::new(Project::new(compiled.collect::<Result<_, _>>()?, schema)))
            }
            RelOp::Filter { input, predicate } => {
                let predicate = Compiled::new(predicate, &input.schema.to_arrow(), &self.context)?;
                Ok(Box::new(Filter::new(predicate)))
            }
            _ => Err(BuildError::Unsupported("the node keeps state".to_owned())),
        }
    }

    fn watermark(&self, rel: &Rel, reports: bool, splits: &Arc<Splits>) -> Result<Box<dyn Operator>, BuildError> {
        let RelOp::Watermark { input, rowtime, expr, emit, idle_timeout } = &rel.op else {
            return Err(BuildError::Unsupported("not a watermark".to_owned()));
        };
        let settings = WatermarkSettings {
            rowtime: *rowtime,
            rowtime_name: rel.schema.fields.get(*rowtime).map(|field| field.name.clone()).unwrap_or_default(),
            expr: Compiled::new(expr, &input.schema.to_arrow(), &self.context)?,
            emit: *emit,
            idle_timeout: idle_timeout.map(Duration::from_millis),
            // A bounded source reads its splits one after the other: they share a watermark.
            per_split: !rel.bounded,
            batch: self.options.batch,
        };
        let failures = self.failures(self.options.dead_letter_topic.as_ref().filter(|_| reports))?;
        let (budget, clock) = (self.budget.clone(), self.clock.clone());
        Ok(Box::new(AssignWatermarks::new(rel.id, settings, splits.clone(), budget, clock, failures)))
    }

    fn window_aggregate(&self, rel: &Rel, topology: Option<&Topology>) -> Result<Box<dyn Operator>, BuildError> {
        let RelOp::WindowAggregate { input, window, keys, aggregates } = &rel.op else {
            return Err(BuildError::Unsupported("not a window aggregation".to_owned()));
        };
        let input_schema = input.schema.to_arrow();
        let retracts = !input.mode.is_append();
        let columns = AggregateColumns::new(aggregates, &input_schema, retracts).map_err(BuildError::Unsupported)?;
        let combined = self.combined(rel, topology);
        let settings = WindowAggregateSettings {
            windows: Windows::new(window, &input_schema, self.context.zone),
            keys: combined.map_or_else(|| keys.clone(), Combined::keys),
            input: combined.map_or_else(|| input_schema.clone(), |combined| combined.schema(&input_schema, keys)),
            combined,
            schema: rel.schema.to_arrow(),
        };
        if let (true, Some(function)) = (merges_groups(window), columns.unmergeable()) {
            let reason = format!("{function:?} over hopping, cumulating or session windows is not supported");
            return Err(BuildError::Unsupported(reason));
        }
        let failures =
            self.failures(self.options.late_topic.as_ref().filter(|_| topology.is_some() && window.event_time))?;
        let (budget, clock) = (self.budget.clone(), self.clock.clone());
        if let WindowKind::Session { gap } = window.kind {
            return Ok(Box::new(SessionAggregate::new(rel.id, settings, gap, columns, budget, clock, failures)?));
        }
        Ok(Box::new(WindowAggregate::new(rel.id, settings, columns, budget, clock, failures)?))
    }

    fn group_aggregate(&self, rel: &Rel, topology: Option<&Topology>) -> Result<Box<dyn Operator>, BuildError> {
        let RelOp::GroupAggregate { input, keys, aggregates } = &rel.op else {
            return Err(BuildError::Unsupported("not an aggregation".to_owned()));
        };
        let input_schema = input.schema.to_arrow();
        let retracts = !input.mode.is_append();
        let columns = AggregateColumns::new(aggregates, &input_schema, retracts).map_err(BuildError::Unsupported)?;
        let (schema, budget) = (rel.schema.to_arrow(), self.budget.clone());
        let combined = self.combined(rel, topology);
        let aggregate = match combined {
            Some(combined) => {
                let input = combined.schema(&input_schema, keys);
                GroupAggregate::new(rel.id, &combined.keys(), &input, schema, columns, budget)?
            }
            None => GroupAggregate::new(rel.id, keys, &input_schema, schema, columns, budget)?,
        };
        let aggregate = aggregate.of_combined(combined);
        Ok(Box::new(aggregate.living(self.ttl(rel, 0)).of_nothing(self.options.batch && keys.is_empty())))
    }

    fn deduplicate(&self, rel: &Rel) -> Result<Box<dyn Operator>, BuildError> {
        let RelOp::Deduplicate { input, keys, order, keep, row_number } = &rel.op else {
            return Err(BuildError::Unsupported("not a deduplication".to_owned()));
        };
        if !input.mode.is_append() {
            let reason = "deduplication of rows that are updated or deleted is not supported yet";
            return Err(BuildError::Unsupported(reason.to_owned()));
        }
        let input_schema = input.schema.to_arrow();
        let number = RowNumber { schema: rel.schema.to_arrow(), wanted: *row_number };
        if keeps_first(rel) {
            let operator = KeepFirst::new(rel.id, keys, &input_schema, number, self.budget.clone())?;
            return Ok(Box::new(operator.living(self.ttl(rel, 0))));
        }
        let is_rowtime = input.time.get(*order) == Some(&yeoul_sql::plan::TimeAttribute::Rowtime);
        if *keep == Keep::First {
            let operator = FirstByTime::new(rel.id, keys, &input_schema, *order, number, self.budget.clone())?;
            return Ok(Box::new(operator.living(self.ttl(rel, 0))));
        }
        let order = is_rowtime.then_some(*order);
        let operator = KeepLast::new(rel.id, keys, &input_schema, order, number, self.budget.clone())?;
        Ok(Box::new(operator.living(self.ttl(rel, 0))))
    }
}

pub(super) fn edges_of(chain: &mut Chain, (is_source, place): (bool, usize)) -> &mut Vec<Edge> {
    if is_source { &mut chain.sources[place].edges } else { &mut chain.nodes[place].edges }
}

/// How many milliseconds the state lives that an operator keeps of input `port`: as the hint says, else as the settings do.
/// In batch, and of operators that are not of Flink's that honour it, as long as the job.
pub(super) fn state_ttl(rel: &Rel, port: usize, options: &JobOptions) -> Option<i64> {
    let honours = match &rel.op {
        RelOp::GroupAggregate { .. }
        | RelOp::Deduplicate { .. }
        | RelOp::Rank { .. }
        | RelOp::SetComparison { .. }
        | RelOp::Materialize { .. }
        | RelOp::Normalize { .. }
        | RelOp::Join { how: JoinHow::Regular, .. } => !options.batch,
        _ => false,
    };
    let millis = rel.state_ttl.get(port).copied().flatten().or(options.state_ttl).filter(|_| honours)?;
    Some(i64::try_from(millis).unwrap_or(i64::MAX)).filter(|millis| *millis > 0)
}

/// Whether windows are put together from groups.
fn merges_groups(window: &WindowSpec) -> bool {
    matches!(window.kind, WindowKind::Hop { .. } | WindowKind::Cumulate { .. } | WindowKind::Session { .. })
}

/// For each input of a node, whether its rows are still the sources' own.
fn counting(rel: &Rel, topology: Option<&Topology>) -> Vec<bool> {
    let counts = |input: &&Arc<Rel>| topology.is_some_and(|topology| topology.leaves_counting(input.id));
    rel.inputs().iter().map(counts).collect()
}
