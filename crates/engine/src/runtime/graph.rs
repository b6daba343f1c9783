//! From the bound plan to chains: opens sources and sinks, makes operators, joins them by queues.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use thiserror::Error;
use yeoul_base::{Clock, JobName};
use yeoul_sql::plan::{JobPlan, Keep, Rel, RelOp, Target, WindowKind, WindowSpec};

use super::chain::{Chain, Edge, Input, Node, SourceNode};
use super::control::Control;
use super::queue::{Queue, Wake};
use super::sink_driver::{SinkDriver, SinkSettings};
use super::source_driver::{SourceDriver, SourceFigures};
use super::topology::{Topology, inputs_of, is_source, keeps_first};
use super::values::ValuesSource;
use crate::aggregate::AggregateColumns;
use crate::compute::{Compiled, ExprContext, ExprError, literal_rows};
use crate::connections::{ConnectError, Connections, SourceRequest};
use crate::failures::Failures;
use crate::operator::{Operator, OperatorError, Output};
use crate::operators::deduplicate::{KeepFirst, KeepLast, RowNumber};
use crate::operators::filter::Filter;
use crate::operators::first_by_time::FirstByTime;
use crate::operators::group_aggregate::GroupAggregate;
use crate::operators::project::Project;
use crate::operators::session_aggregate::SessionAggregate;
use crate::operators::union::Union;
use crate::operators::watermark::{AssignWatermarks, Splits, WatermarkSettings};
use crate::operators::window::Windows;
use crate::operators::window_aggregate::{WindowAggregate, WindowAggregateSettings};
use crate::options::JobOptions;
use crate::sink::Sink;
use crate::state::Budget;

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
    /// Its figures.
    pub(crate) figures: Arc<Mutex<SourceFigures>>,
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
        let topology = Topology::new(&plan.branches);
        let mut chains: Vec<Chain> = (0..topology.chains).map(|number| self.chain(number)).collect();
        let (mut places, mut sources) = (Places::new(), Vec::new());
        let mut splits: HashMap<usize, Arc<Splits>> = HashMap::new();
        for id in &topology.order {
            let Some(vertex) = topology.vertices.get(id) else { continue };
            let chain = &mut chains[vertex.chain];
            let splits = splits.entry(vertex.chain).or_default();
            if is_source(&vertex.rel) {
                let (node, entry) = self.source(&topology, &vertex.rel, splits.clone())?;
                places.insert(*id, (vertex.chain, chain.sources.len()));
                chain.sources.push(node);
                sources.extend(entry);
            } else {
                let operator = self.operator(&vertex.rel, Some(&topology), splits)?;
                places.insert(*id, (vertex.chain, chain.nodes.len()));
                let output = Output { counts: vertex.counts, ..Output::default() };
                chain.nodes.push(Node { id: *id, operator, output, edges: Vec::new() });
            }
        }
        self.connect(&topology, &places, &mut chains);
        self.add_sinks(plan, &topology, &places, &mut chains, &mut collect)?;
        Ok(Graph { chains, sources, topology })
    }

    fn chain(&self, number: usize) -> Chain {
        let wake = Arc::new(Wake::default());
        self.control.add_wake(wake.clone());
        Chain::new(format!("{}/{number}", self.job), wake, self.control.clone(), self.clock.clone())
    }

    fn connect(&self, topology: &Topology, places: &Places, chains: &mut [Chain]) {
        for vertex in topology.vertices.values() {
            for (consumer, port) in &vertex.consumers {
                let (Some(from), Some(to)) = (places.get(&vertex.rel.id), places.get(consumer)) else { continue };
                let target = Edge::Node { node: to.1, port: *port };
                add_edge(chains, is_source(&vertex.rel), *from, to.0, target);
            }
        }
    }

    fn add_sinks(
        &self,
        plan: &JobPlan,
        topology: &Topology,
        places: &Places,
        chains: &mut [Chain],
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
            let place = chains[chain].sinks.len();
            let settings = SinkSettings {
                branch: number as u32,
                name: branch.name.clone(),
                schema,
                counts,
                not_null: self.options.not_null,
                budget: self.budget.clone(),
            };
            chains[chain].sinks.push(SinkDriver::new(sink, settings));
            let Some(from) = places.get(&branch.input.id) else { continue };
            add_edge(chains, is_source(&branch.input), *from, chain, Edge::Sink(place));
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

    fn source(
        &self,
        topology: &Topology,
        rel: &Rel,
        splits: Arc<Splits>,
    ) -> Result<(SourceNode, Option<SourceEntry>), BuildError> {
        let keep_raw = topology.vertices.contains_key(&rel.id) && self.keeps_raw(topology, rel.id);
        let (mut node, entry) = self.read(rel, splits, keep_raw, self.options.dead_letter_topic.as_ref())?;
        node.driver = node.driver.limited(self.options.stop_after_rows);
        Ok((node, entry))
    }

    /// Opens what a source node reads.
    fn read(
        &self,
        rel: &Rel,
        splits: Arc<Splits>,
        keep_raw: bool,
        dead_letters: Option<&String>,
    ) -> Result<(SourceNode, Option<SourceEntry>), BuildError> {
        let (source, names) = match &rel.op {
            RelOp::Values { rows } => {
                let rows = literal_rows(rows, &rel.schema)?;
                (Box::new(ValuesSource::new(rows)) as Box<dyn crate::source::Source>, None)
            }
            RelOp::Scan { table, projection, fields } => {
                let keep_malformed = dead_letters.is_some();
                let request = SourceRequest { job: &self.job, table, projection, fields, keep_raw, keep_malformed };
                let option = |key: &str| table.options.get(key).cloned();
                let reads = option("topic").or_else(|| option("path")).unwrap_or_else(|| table.name.clone());
                (self.connections.source(request)?, Some((table.name.clone(), reads)))
            }
            _ => return Err(BuildError::Unsupported("the plan reads from what is no source".to_owned())),
        };
        let failures = self.failures(dead_letters)?;
        let driver = SourceDriver::new(rel.id, source, splits, failures, self.options.batch_rows);
        let figures = driver.figures.clone();
        let entry = names.map(|(table, reads)| SourceEntry { table, reads, figures });
        Ok((SourceNode { driver, edges: Vec::new(), watermark: i64::MIN }, entry))
    }

    /// Whether an operator above a scan may report its rows.
    fn keeps_raw(&self, topology: &Topology, id: u32) -> bool {
        let Some(vertex) = topology.vertices.get(&id) else { return false };
        vertex.consumers.iter().any(|(consumer, _)| {
            let Some(consumer) = topology.vertices.get(consumer).filter(|consumer| consumer.counts) else {
                return false;
            };
            let reports = match &consumer.rel.op {
                RelOp::Watermark { .. } => self.options.dead_letter_topic.is_some(),
                RelOp::WindowAggregate { .. } | RelOp::WindowRank { .. } => self.options.late_topic.is_some(),
                _ => false,
            };
            reports || self.keeps_raw(topology, consumer.rel.id)
        })
    }

    /// The operator of a node. Outside a topology (below a join's right side) nothing is counted or reported.
    fn operator(
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
            RelOp::WindowAggregate { .. } => self.window_aggregate(rel, topology.is_some()),
            RelOp::GroupAggregate { .. } => self.group_aggregate(rel),
            RelOp::Deduplicate { .. } => self.deduplicate(rel),
            RelOp::Join { .. } => self.join(rel, counting(rel, topology)),
            RelOp::SetComparison { .. } => self.set_comparison(rel, counting(rel, topology)),
            RelOp::Unnest { .. } | RelOp::Materialize { .. } => self.unnest_or_materialize(rel),
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

    fn window_aggregate(&self, rel: &Rel, reports: bool) -> Result<Box<dyn Operator>, BuildError> {
        let RelOp::WindowAggregate { input, window, keys, aggregates } = &rel.op else {
            return Err(BuildError::Unsupported("not a window aggregation".to_owned()));
        };
        let input_schema = input.schema.to_arrow();
        let retracts = !input.mode.is_append();
        let columns = AggregateColumns::new(aggregates, &input_schema, retracts).map_err(BuildError::Unsupported)?;
        let settings = WindowAggregateSettings {
            windows: Windows::new(window, &input_schema, self.context.zone),
            keys: keys.clone(),
            input: input_schema,
            schema: rel.schema.to_arrow(),
        };
        if let (true, Some(function)) = (merges_groups(window), columns.unmergeable()) {
            let reason = format!("{function:?} over hopping, cumulating or session windows is not supported");
            return Err(BuildError::Unsupported(reason));
        }
        let failures = self.failures(self.options.late_topic.as_ref().filter(|_| reports && window.event_time))?;
        let (budget, clock) = (self.budget.clone(), self.clock.clone());
        if let WindowKind::Session { gap } = window.kind {
            return Ok(Box::new(SessionAggregate::new(rel.id, settings, gap, columns, budget, clock, failures)?));
        }
        Ok(Box::new(WindowAggregate::new(rel.id, settings, columns, budget, clock, failures)?))
    }

    fn group_aggregate(&self, rel: &Rel) -> Result<Box<dyn Operator>, BuildError> {
        let RelOp::GroupAggregate { input, keys, aggregates } = &rel.op else {
            return Err(BuildError::Unsupported("not an aggregation".to_owned()));
        };
        let input_schema = input.schema.to_arrow();
        let retracts = !input.mode.is_append();
        let columns = AggregateColumns::new(aggregates, &input_schema, retracts).map_err(BuildError::Unsupported)?;
        let (schema, budget) = (rel.schema.to_arrow(), self.budget.clone());
        let aggregate = GroupAggregate::new(rel.id, keys, &input_schema, schema, columns, budget)?;
        Ok(Box::new(aggregate.of_nothing(self.options.batch && keys.is_empty())))
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
            return Ok(Box::new(KeepFirst::new(rel.id, keys, &input_schema, number, self.budget.clone())?));
        }
        let is_rowtime = input.time.get(*order) == Some(&yeoul_sql::plan::TimeAttribute::Rowtime);
        if *keep == Keep::First {
            return Ok(Box::new(FirstByTime::new(rel.id, keys, &input_schema, *order, number, self.budget.clone())?));
        }
        let order = is_rowtime.then_some(*order);
        Ok(Box::new(KeepLast::new(rel.id, keys, &input_schema, order, number, self.budget.clone())?))
    }

    /// One chain that reads a bounded relation for whoever drives it.
    pub(super) fn reader(&self, rel: &Arc<Rel>) -> Result<Chain, BuildError> {
        let control = Arc::new(Control::default());
        let name = format!("{}/dictionary", self.job);
        let mut chain = Chain::new(name, Arc::new(Wake::default()), control, self.clock.clone());
        let (splits, mut places) = (Arc::new(Splits::default()), HashMap::new());
        let root = self.add_reader(rel, &splits, &mut places, &mut chain)?;
        edges_of(&mut chain, root).push(Edge::Caller);
        for source in &mut chain.sources {
            source.driver.restore(None)?;
        }
        Ok(chain)
    }

    fn add_reader(
        &self,
        rel: &Arc<Rel>,
        splits: &Arc<Splits>,
        places: &mut HashMap<u32, (bool, usize)>,
        chain: &mut Chain,
    ) -> Result<(bool, usize), BuildError> {
        if let Some(place) = places.get(&rel.id) {
            return Ok(*place);
        }
        let mut inputs = Vec::new();
        for input in inputs_of(rel) {
            inputs.push(self.add_reader(input, splits, places, chain)?);
        }
        let place = if is_source(rel) {
            let (node, _) = self.read(rel, splits.clone(), false, None)?;
            chain.sources.push(node);
            (true, chain.sources.len() - 1)
        } else {
            let operator = self.operator(rel, None, splits)?;
            chain.nodes.push(Node { id: rel.id, operator, output: Output::default(), edges: Vec::new() });
            (false, chain.nodes.len() - 1)
        };
        for (port, input) in inputs.into_iter().enumerate() {
            edges_of(chain, input).push(Edge::Node { node: place.1, port });
        }
        places.insert(rel.id, place);
        Ok(place)
    }
}

fn edges_of(chain: &mut Chain, (is_source, place): (bool, usize)) -> &mut Vec<Edge> {
    if is_source { &mut chain.sources[place].edges } else { &mut chain.nodes[place].edges }
}

/// Whether windows are put together from groups.
fn merges_groups(window: &WindowSpec) -> bool {
    matches!(window.kind, WindowKind::Hop { .. } | WindowKind::Cumulate { .. } | WindowKind::Session { .. })
}

/// Leads from a node to `target` in chain `to`, by a queue where that is another chain.
fn add_edge(chains: &mut [Chain], is_source: bool, from: (usize, usize), to: usize, target: Edge) {
    let edge = if from.0 == to {
        target
    } else {
        let queue = Arc::new(Queue::new(chains[from.0].wake.clone(), chains[to].wake.clone()));
        chains[to].inputs.push(Input::new(queue.clone(), target));
        chains[from.0].outputs.push(queue);
        Edge::Queue(chains[from.0].outputs.len() - 1)
    };
    edges_of(&mut chains[from.0], (is_source, from.1)).push(edge);
}

/// For each input of a node, whether its rows are still the sources' own.
fn counting(rel: &Rel, topology: Option<&Topology>) -> Vec<bool> {
    let counts = |input: &&Arc<Rel>| topology.is_some_and(|topology| topology.leaves_counting(input.id));
    rel.inputs().iter().map(counts).collect()
}
