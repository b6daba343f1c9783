//! The plan as a graph: which node feeds which, which branches use it, and which chain runs it.
//!
//! Sources stand in chains of their own, together with what must see single splits (watermarks and the projections
//! below them) and with stateless nodes that several branches share. Every other node stands in a chain with the
//! connected nodes that the same branches use. The right side of a join is no part of the graph: the join reads it.
//!
//! A chain runs in one subtask or in as many as the layout says. Where rows change subtasks, a chain ends: nodes behind the
//! same number of such seams (their stage) can share a chain, others can't, so that queues never lead in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use yeoul_sql::plan::{Branch, JoinHow, Keep, Rel, RelOp, TimeAttribute, WindowKind};

use super::distribution::{Layout, Route, need, route};

/// One node of the plan in the graph.
#[derive(Clone, Debug)]
pub(crate) struct Vertex {
    /// The plan's node.
    pub(crate) rel: Arc<Rel>,
    /// Who takes its rows: node id and input.
    pub(crate) consumers: Vec<(u32, usize)>,
    /// The branches that deliver its rows directly.
    pub(crate) delivers: Vec<u32>,
    /// The branches that use it.
    pub(crate) branches: BTreeSet<u32>,
    /// For each of them, how many ways lead from it to the sink.
    pub(crate) weights: BTreeMap<u32, u64>,
    /// Whether the rows that reach it are still the sources' own.
    pub(crate) counts: bool,
    /// In how many subtasks it runs.
    pub(crate) subtasks: usize,
    /// Behind how many seams between subtasks it stands.
    stage: usize,
    /// Its chain.
    pub(crate) chain: usize,
}

/// The graph of a job.
#[derive(Debug)]
pub(crate) struct Topology {
    /// The nodes by id.
    pub(crate) vertices: BTreeMap<u32, Vertex>,
    /// The nodes' ids, inputs before consumers.
    pub(crate) order: Vec<u32>,
    /// For each branch, whether the rows that reach its sink are still the sources' own.
    pub(crate) sink_counts: Vec<bool>,
    /// For each branch, the chain of its sink.
    pub(crate) sink_chains: Vec<usize>,
    /// How many chains there are.
    pub(crate) chains: usize,
    layout: Layout,
}

/// The inputs that are part of the graph.
pub(crate) fn inputs_of(rel: &Rel) -> Vec<&Arc<Rel>> {
    match &rel.op {
        RelOp::Join { left, how: JoinHow::Dictionary, .. } => vec![left],
        op => op.inputs(),
    }
}

/// Whether a node merges inputs, so that it decides the fates of the rows of those that count, where others don't.
fn merges(rel: &Rel) -> bool {
    match &rel.op {
        RelOp::Union { .. } | RelOp::SetComparison { .. } => true,
        RelOp::Join { how, .. } => *how != JoinHow::Dictionary,
        _ => false,
    }
}

/// Whether a node emits what a batch changes in sum, and keeps the time of its rows.
fn sums_changes(rel: &Rel) -> bool {
    match &rel.op {
        RelOp::Rank { .. } | RelOp::Normalize { .. } => true,
        RelOp::Deduplicate { keep, .. } => *keep == Keep::Last,
        _ => false,
    }
}

/// Whether a node goes by the event time of rows that may be taken back.
fn times_updates(rel: &Rel) -> bool {
    let times = matches!(rel.op, RelOp::WindowAggregate { .. } | RelOp::WindowRank { .. } | RelOp::Sort { .. });
    times && rel.inputs().iter().any(|input| !input.mode.is_append())
}

/// Whether a node reads from outside.
pub(crate) fn is_source(rel: &Rel) -> bool {
    matches!(rel.op, RelOp::Scan { .. } | RelOp::Values { .. })
}

/// Whether a deduplication keeps the first row to come, so that rows pass it or not.
pub(crate) fn keeps_first(rel: &Rel) -> bool {
    let RelOp::Deduplicate { input, order, keep, .. } = &rel.op else { return false };
    *keep == Keep::First && input.time.get(*order) != Some(&TimeAttribute::Rowtime)
}

/// Whether a node decides the fate of its rows, so that what leaves it are rows of its own.
fn folds(rel: &Rel) -> bool {
    match &rel.op {
        RelOp::WindowAggregate { .. }
        | RelOp::GroupAggregate { .. }
        | RelOp::Join { .. }
        | RelOp::SetComparison { .. }
        | RelOp::Unnest { .. }
        | RelOp::Materialize { .. }
        | RelOp::Normalize { .. } => true,
        RelOp::Rank { .. } | RelOp::WindowRank { .. } | RelOp::Sort { .. } | RelOp::Over { .. } => true,
        // A hopping window makes several rows of one, a session keeps rows back.
        RelOp::Window { window, .. } => !matches!(window.kind, WindowKind::Tumble { .. }),
        RelOp::Deduplicate { .. } => !keeps_first(rel),
        _ => false,
    }
}

impl Topology {
    /// Whether a node is to be given rows between two watermarks at a time, since somebody who takes its rows goes by them.
    pub(crate) fn goes_in_steps(&self, rel: &Rel) -> bool {
        sums_changes(rel) && self.above(rel.id).iter().any(|vertex| times_updates(&vertex.rel))
    }

    /// The nodes that take a node's rows, and those that take theirs.
    fn above(&self, id: u32) -> Vec<&Vertex> {
        let (mut above, mut seen, mut open) = (Vec::new(), BTreeSet::new(), vec![id]);
        while let Some(vertex) = open.pop().and_then(|id| self.vertices.get(&id)) {
            let consumers = vertex.consumers.iter().map(|(consumer, _)| *consumer);
            open.extend(consumers.filter(|consumer| seen.insert(*consumer)));
            above.push(vertex);
        }
        above
    }

    /// The graph of these branches, split up like that.
    pub(crate) fn new(branches: &[Branch], layout: Layout) -> Topology {
        let mut topology = Topology {
            layout,
            vertices: BTreeMap::new(),
            order: Vec::new(),
            sink_counts: Vec::new(),
            sink_chains: vec![0; branches.len()],
            chains: 0,
        };
        for (branch, number) in branches.iter().zip(0..) {
            topology.add(&branch.input);
            if let Some(vertex) = topology.vertices.get_mut(&branch.input.id) {
                vertex.delivers.push(number);
            }
        }
        topology.weigh();
        topology.find_counts();
        topology.sink_counts = branches.iter().map(|branch| topology.leaves_counting(branch.input.id)).collect();
        topology.assign_chains();
        topology
    }

    fn add(&mut self, rel: &Arc<Rel>) {
        if self.vertices.contains_key(&rel.id) {
            return;
        }
        for input in inputs_of(rel) {
            self.add(input);
        }
        let (subtasks, stage) = self.place(rel);
        let (consumers, delivers, branches) = (Vec::new(), Vec::new(), BTreeSet::new());
        let rel = rel.clone();
        let id = rel.id;
        for (port, input) in inputs_of(&rel).into_iter().enumerate() {
            if let Some(vertex) = self.vertices.get_mut(&input.id) {
                vertex.consumers.push((id, port));
            }
        }
        let weights = BTreeMap::new();
        let vertex = Vertex { rel, consumers, delivers, branches, weights, counts: true, subtasks, stage, chain: 0 };
        self.vertices.insert(id, vertex);
        self.order.push(id);
    }

    /// In how many subtasks a node runs whose inputs are there, and its stage.
    fn place(&self, rel: &Rel) -> (usize, usize) {
        if is_source(rel) {
            return (if self.layout.divided.contains(&rel.id) { self.layout.subtasks } else { 1 }, 0);
        }
        let inputs: Vec<&Vertex> = inputs_of(rel).iter().filter_map(|input| self.vertices.get(&input.id)).collect();
        let of_input =
            |(port, input): (usize, &&Vertex)| need(rel, port).subtasks(input.subtasks, self.layout.subtasks);
        let subtasks = inputs.iter().enumerate().map(of_input).max().unwrap_or(1);
        let behind = |(port, input): (usize, &&Vertex)| {
            input.stage + usize::from(route(need(rel, port), input.subtasks, subtasks) != Route::Forward)
        };
        let stage = inputs.iter().enumerate().map(behind).max().unwrap_or_default();
        (subtasks, stage)
    }

    /// How rows get from a node to input `port` of another.
    pub(crate) fn route(&self, from: u32, to: u32, port: usize) -> Route {
        let (Some(from), Some(to)) = (self.vertices.get(&from), self.vertices.get(&to)) else { return Route::Forward };
        route(need(&to.rel, port), from.subtasks, to.subtasks)
    }

    /// In how many subtasks each chain runs.
    pub(crate) fn chain_subtasks(&self) -> Vec<usize> {
        let mut subtasks = vec![1; self.chains];
        self.vertices.values().for_each(|vertex| subtasks[vertex.chain] = vertex.subtasks);
        subtasks
    }

    /// Whether two nodes, one reading the other, can stand in one chain as far as subtasks go.
    fn touch(&self, from: &Rel, to: &Vertex, port: usize) -> bool {
        let same_stage = self.vertices.get(&from.id).is_some_and(|from| from.stage == to.stage);
        same_stage && self.route(from.id, to.rel.id, port) == Route::Forward
    }

    /// Counts the ways to each sink, from the sinks on.
    fn weigh(&mut self) {
        for id in self.order.iter().rev() {
            let Some(vertex) = self.vertices.get(id) else { continue };
            let mut weights: BTreeMap<u32, u64> = BTreeMap::new();
            for branch in &vertex.delivers {
                *weights.entry(*branch).or_default() += 1;
            }
            for (consumer, _) in &vertex.consumers {
                for (branch, ways) in self.vertices.get(consumer).iter().flat_map(|vertex| &vertex.weights) {
                    *weights.entry(*branch).or_default() += ways;
                }
            }
            if let Some(vertex) = self.vertices.get_mut(id) {
                vertex.branches = weights.keys().copied().collect();
                vertex.weights = weights;
            }
        }
    }

    fn find_counts(&mut self) {
        for id in self.order.clone() {
            let counts = self.vertices.get(&id).is_some_and(|vertex| {
                let mut inputs = inputs_of(&vertex.rel).into_iter().peekable();
                let mut counting = inputs.by_ref().map(|input| self.leaves_counting(input.id));
                if merges(&vertex.rel) { counting.any(|counts| counts) } else { counting.all(|counts| counts) }
            });
            if let Some(vertex) = self.vertices.get_mut(&id) {
                vertex.counts = counts;
            }
        }
    }

    /// Whether what leaves a node are still the sources' own rows.
    pub(crate) fn leaves_counting(&self, id: u32) -> bool {
        let Some(vertex) = self.vertices.get(&id) else { return false };
        let all = || inputs_of(&vertex.rel).into_iter().all(|input| self.leaves_counting(input.id));
        vertex.counts && !folds(&vertex.rel) && (!matches!(vertex.rel.op, RelOp::Union { .. }) || all())
    }

    fn assign_chains(&mut self) {
        let mut chain_of: BTreeMap<u32, usize> = BTreeMap::new();
        for id in &self.order {
            let Some(vertex) = self.vertices.get(id) else { continue };
            let chain = self.chain_by_inputs(vertex, &chain_of).unwrap_or_else(|| {
                self.chains += 1;
                self.chains - 1
            });
            chain_of.insert(*id, chain);
        }
        for (branch, chain) in self.sink_chains.iter_mut().enumerate() {
            let end = self.vertices.values().find(|vertex| vertex.delivers.contains(&(branch as u32)));
            let Some(end) = end else { continue };
            let alone = end.subtasks == 1 && end.branches.len() == 1;
            let joins = alone && !is_source(&end.rel) && !in_source_chain(&self.vertices, &end.rel);
            *chain = match chain_of.get(&end.rel.id) {
                Some(chain) if joins => *chain,
                _ => {
                    self.chains += 1;
                    self.chains - 1
                }
            };
        }
        for (id, chain) in chain_of {
            if let Some(vertex) = self.vertices.get_mut(&id) {
                vertex.chain = chain;
            }
        }
        self.merge_siblings();
    }

    /// The chain of an input that this node can join.
    fn chain_by_inputs(&self, vertex: &Vertex, chain_of: &BTreeMap<u32, usize>) -> Option<usize> {
        if is_source(&vertex.rel) {
            return None;
        }
        let with_source = in_source_chain(&self.vertices, &vertex.rel);
        let fits = |(port, input): &(usize, &Arc<Rel>)| {
            let same = self.vertices.get(&input.id).is_some_and(|other| other.branches == vertex.branches);
            let input_with_source = is_source(input) || in_source_chain(&self.vertices, input);
            let fits = if with_source { input_with_source } else { same && !input_with_source };
            fits && self.touch(input, vertex, *port)
        };
        let found = inputs_of(&vertex.rel).into_iter().enumerate().find(fits);
        found.and_then(|(_, input)| chain_of.get(&input.id).copied())
    }

    /// Whether a node above a source, with projections and filters between at most, assigns watermarks.
    pub(crate) fn has_watermark(&self, id: u32) -> bool {
        let consumers = self.vertices.get(&id).into_iter().flat_map(|vertex| &vertex.consumers);
        let mut consumers = consumers.filter_map(|(consumer, _)| self.vertices.get(consumer));
        consumers.any(|consumer| match consumer.rel.op {
            RelOp::Watermark { .. } => true,
            RelOp::Project { .. } | RelOp::Filter { .. } => self.has_watermark(consumer.rel.id),
            _ => false,
        })
    }

    /// Merges chains of nodes that feed one another and that the same branches use (the inputs of a union).
    fn merge_siblings(&mut self) {
        let mut renamed: Vec<usize> = (0..self.chains).collect();
        for vertex in self.vertices.values() {
            for (port, input) in inputs_of(&vertex.rel).into_iter().enumerate() {
                let Some(other) = self.vertices.get(&input.id) else { continue };
                let with_source = |rel: &Rel| is_source(rel) || in_source_chain(&self.vertices, rel);
                let apart = with_source(&vertex.rel) || with_source(&other.rel);
                if other.branches == vertex.branches && !apart && self.touch(input, vertex, port) {
                    let (from, to) = (renamed[other.chain], renamed[vertex.chain]);
                    renamed.iter_mut().filter(|chain| **chain == from).for_each(|chain| *chain = to);
                }
            }
        }
        let used: BTreeSet<usize> = renamed.iter().copied().collect();
        let dense: BTreeMap<usize, usize> = used.into_iter().zip(0..).collect();
        let place = |chain: usize| dense.get(&renamed[chain]).copied().unwrap_or_default();
        self.vertices.values_mut().for_each(|vertex| vertex.chain = place(vertex.chain));
        self.sink_chains.iter_mut().for_each(|chain| *chain = place(*chain));
        self.chains = dense.len();
    }
}

/// Whether a node runs in the chain of its only source.
fn in_source_chain(vertices: &BTreeMap<u32, Vertex>, rel: &Rel) -> bool {
    let alone = |input: &Arc<Rel>| is_source(input) || in_source_chain(vertices, input);
    match &rel.op {
        RelOp::Watermark { input, .. } => alone(input),
        RelOp::Project { input, .. } | RelOp::Filter { input, .. } => {
            alone(input) && (is_shared(vertices, rel) || is_below_watermark(vertices, rel.id))
        }
        _ => false,
    }
}

fn is_shared(vertices: &BTreeMap<u32, Vertex>, rel: &Rel) -> bool {
    vertices.get(&rel.id).is_some_and(|vertex| vertex.branches.len() > 1)
}

fn is_below_watermark(vertices: &BTreeMap<u32, Vertex>, id: u32) -> bool {
    let consumers = vertices.get(&id).into_iter().flat_map(|vertex| &vertex.consumers);
    let mut consumers = consumers.filter_map(|(consumer, _)| vertices.get(consumer));
    consumers.any(|consumer| match consumer.rel.op {
        RelOp::Watermark { .. } => true,
        RelOp::Project { .. } => is_below_watermark(vertices, consumer.rel.id),
        _ => false,
    })
}
