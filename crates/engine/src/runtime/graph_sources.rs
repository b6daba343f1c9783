//! The sources of a plan: opened, divided among subtasks where they can be, and driven.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use yeoul_sql::plan::{Rel, RelOp};

use super::chain::{Chain, Edge, Node, SourceNode};
use super::control::Control;
use super::graph::{BuildError, Builder, SourceEntry, edges_of};
use super::prune::prune;
use super::queue::Wake;
use super::sequences::Sequences;
use super::source_driver::SourceDriver;
use super::topology::{Topology, inputs_of, is_source};
use super::values::ValuesSource;
use crate::compute::literal_rows;
use crate::connections::{Prune, SourceRequest};
use crate::operator::Output;
use crate::operators::watermark::Splits;
use crate::source::Source;
use crate::state::Share;

/// For each source node, what it reads: one for all, or one per subtask.
pub(super) type Opened = BTreeMap<u32, Vec<Box<dyn Source>>>;

impl Builder<'_> {
    /// Opens what the source nodes read.
    pub(super) fn open_sources(&self, topology: &Topology) -> Result<Opened, BuildError> {
        let sources = topology.vertices.values().filter(|vertex| is_source(&vertex.rel));
        sources.map(|vertex| Ok((vertex.rel.id, self.open_divided(topology, &vertex.rel)?))).collect()
    }

    /// Opens a source for each subtask, where its splits can be told apart. The splits of a bounded source share a
    /// watermark, in the order in which one reader comes to them.
    fn open_divided(&self, topology: &Topology, rel: &Rel) -> Result<Vec<Box<dyn Source>>, BuildError> {
        let dead_letters = self.options.dead_letter_topic.as_ref();
        let keep_raw = self.keeps_raw(topology, rel.id);
        let prune = prune(topology, rel, &self.context);
        let open = || self.open(rel, keep_raw, dead_letters, prune.as_ref());
        let (mut first, of) = (open()?, self.options.parallelism);
        let shares_watermark = rel.bounded && topology.has_watermark(rel.id);
        if of == 1 || shares_watermark || first.splits().len() < 2 || !first.divide(0, of) {
            return Ok(vec![first]);
        }
        let mut sources = vec![first];
        for subtask in 1..of {
            let mut next = open()?;
            next.divide(subtask, of);
            sources.push(next);
        }
        Ok(sources)
    }

    /// Opens what a source node reads.
    fn open(
        &self,
        rel: &Rel,
        keep_raw: bool,
        dead_letters: Option<&String>,
        prune: Option<&Prune>,
    ) -> Result<Box<dyn Source>, BuildError> {
        match &rel.op {
            RelOp::Values { rows } => Ok(Box::new(ValuesSource::new(literal_rows(rows, &rel.schema)?))),
            RelOp::Scan { table, projection, fields } => {
                let keep_malformed = dead_letters.is_some();
                let seed = self.options.seed;
                let request =
                    SourceRequest { job: &self.job, table, projection, fields, keep_raw, keep_malformed, prune, seed };
                Ok(self.connections.source(request)?)
            }
            _ => Err(BuildError::Unsupported("the plan reads from what is no source".to_owned())),
        }
    }

    /// Adds a source to each of its subtasks; what people see of it.
    pub(super) fn add_source(
        &self,
        rel: &Rel,
        opened: Vec<Box<dyn Source>>,
        chains: &mut [Chain],
    ) -> Result<Option<SourceEntry>, BuildError> {
        let mut figures = Vec::with_capacity(opened.len());
        for (source, chain) in opened.into_iter().zip(chains) {
            let mut node = self.drive(rel, source, &chain.splits, self.options.dead_letter_topic.as_ref())?;
            node.driver = node.driver.limited(self.options.stop_after_rows);
            figures.push(node.driver.figures.clone());
            chain.sources.push(node);
        }
        let RelOp::Scan { table, .. } = &rel.op else { return Ok(None) };
        let option = |key: &str| table.options.get(key).cloned();
        let reads = option("topic").or_else(|| option("path")).unwrap_or_else(|| table.name.clone());
        Ok(Some(SourceEntry { table: table.name.clone(), reads, figures }))
    }

    fn drive(
        &self,
        rel: &Rel,
        source: Box<dyn Source>,
        splits: &Arc<Splits>,
        dead_letters: Option<&String>,
    ) -> Result<SourceNode, BuildError> {
        let failures = self.failures(dead_letters)?;
        let driver = SourceDriver::new(rel.id, source, splits.clone(), failures, self.options.batch_rows);
        Ok(SourceNode { driver, edges: Vec::new(), watermark: i64::MIN })
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

    /// One chain that reads a bounded relation for whoever drives it.
    pub(super) fn reader(&self, rel: &Arc<Rel>) -> Result<Chain, BuildError> {
        let control = Arc::new(Control::default());
        let name = format!("{}/dictionary", self.job);
        let mut chain = Chain::new(name, Share::default(), Arc::new(Wake::default()), control, self.clock.clone());
        let mut places = HashMap::new();
        let root = self.add_reader(rel, &mut places, &mut chain)?;
        edges_of(&mut chain, root).push(Edge::Caller);
        for source in &mut chain.sources {
            source.driver.restore(None)?;
        }
        Ok(chain)
    }

    fn add_reader(
        &self,
        rel: &Arc<Rel>,
        places: &mut HashMap<u32, (bool, usize)>,
        chain: &mut Chain,
    ) -> Result<(bool, usize), BuildError> {
        if let Some(place) = places.get(&rel.id) {
            return Ok(*place);
        }
        let mut inputs = Vec::new();
        for input in inputs_of(rel) {
            inputs.push(self.add_reader(input, places, chain)?);
        }
        let place = if is_source(rel) {
            let node = self.drive(rel, self.open(rel, false, None, None)?, &chain.splits, None)?;
            chain.sources.push(node);
            (true, chain.sources.len() - 1)
        } else {
            let operator = self.operator(rel, None, &chain.splits)?;
            let sequences = Sequences::new(self.context.take_sequences());
            chain.nodes.push(Node { id: rel.id, operator, sequences, output: Output::default(), edges: Vec::new() });
            (false, chain.nodes.len() - 1)
        };
        for (port, input) in inputs.into_iter().enumerate() {
            edges_of(chain, input).push(Edge::Node { node: place.1, port });
        }
        places.insert(rel.id, place);
        Ok(place)
    }
}
