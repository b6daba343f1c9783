//! Joins the chains of two nodes: by a queue for each pair of subtasks that rows may go between.

use std::sync::Arc;

use yeoul_sql::plan::{Rel, RelOp, WindowKind};

use super::chain::{Chain, Edge, Input};
use super::distribution::{Route, key_encoder};
use super::exchange::{Channels, Exchange};
use super::graph::{BuildError, edges_of};
use super::queue::Queue;
use super::topology::is_source;
use crate::operators::combine::Combiner;
use crate::state::Budget;

/// What leads from one node to another, or to a sink.
pub(super) struct Seam<'a> {
    /// The node whose rows these are.
    pub(super) rel: &'a Rel,
    /// Its chain, and its place there.
    pub(super) from: (usize, usize),
    /// The chain that takes the rows.
    pub(super) to: usize,
    /// Where they go there.
    pub(super) target: Edge,
    /// The node and its input that this is; none: a sink.
    pub(super) receiver: Option<(u32, usize)>,
    /// Makes what combines the rows of a sender, if anything does.
    pub(super) combiner: Option<&'a dyn Fn() -> Result<Combiner, BuildError>>,
    /// The job's state.
    pub(super) budget: &'a Arc<Budget>,
}

impl Seam<'_> {
    /// Joins all subtasks of both ends by this route. `chains`: for each chain, its subtasks.
    pub(super) fn join(&self, chains: &mut [Vec<Chain>], route: &Route) -> Result<(), BuildError> {
        let senders = chains[self.from.0].len();
        match route {
            Route::Forward if self.from.0 == self.to => self.join_within(chains),
            Route::Forward => (0..senders).for_each(|subtask| self.join_one(chains, subtask)),
            Route::ByKey(_) | Route::ToFirst => self.join_all(chains, route)?,
        }
        Ok(())
    }

    fn join_within(&self, chains: &mut [Vec<Chain>]) {
        for chain in &mut chains[self.from.0] {
            self.edges(chain).push(self.target);
        }
    }

    fn edges<'c>(&self, chain: &'c mut Chain) -> &'c mut Vec<Edge> {
        edges_of(chain, (is_source(self.rel), self.from.1))
    }

    /// From a subtask to its like.
    fn join_one(&self, chains: &mut [Vec<Chain>], subtask: usize) {
        let queue = self.queue(chains, subtask, subtask, None);
        self.edges(&mut chains[self.from.0][subtask]).push(Edge::Queue(queue));
    }

    /// From each subtask to all.
    fn join_all(&self, chains: &mut [Vec<Chain>], route: &Route) -> Result<(), BuildError> {
        let (senders, receivers) = (chains[self.from.0].len(), chains[self.to].len());
        let merges: Vec<Option<usize>> =
            (0..receivers).map(|receiver| self.channels(&mut chains[self.to][receiver], senders)).collect();
        for sender in 0..senders {
            let queues = merges
                .iter()
                .enumerate()
                .map(|(receiver, merge)| self.queue(chains, sender, receiver, merge.map(|merge| (merge, sender))));
            let queues: Vec<usize> = queues.collect();
            let keys = match route {
                Route::ByKey(keys) => Some(key_encoder(self.rel, keys, self.combiner.is_some())?),
                Route::Forward | Route::ToFirst => None,
            };
            let combiner = self.combiner.map(|make| make()).transpose()?;
            let chain = &mut chains[self.from.0][sender];
            chain.exchanges.push(Exchange::new(keys, queues).combining(combiner));
            let edge = Edge::Exchange(chain.exchanges.len() - 1);
            self.edges(chain).push(edge);
        }
        Ok(())
    }

    /// What merges the channels of a receiver, if there are several: its place.
    fn channels(&self, chain: &mut Chain, senders: usize) -> Option<usize> {
        if senders == 1 {
            return None;
        }
        let channels = match self.receiver {
            Some((node, port)) => {
                Channels::of_node(node, port, senders, self.budget.clone()).assigned_by(watermark_of(self.rel))
            }
            None => Channels::of_sink(senders, self.budget.clone()),
        };
        chain.channels.push((self.receiver.map(|(node, _)| node), channels));
        Some(chain.channels.len() - 1)
    }

    /// A new queue between two subtasks; its place among the sender's outputs.
    fn queue(&self, chains: &mut [Vec<Chain>], from: usize, to: usize, merge: Option<(usize, usize)>) -> usize {
        let (producer, consumer) = (chains[self.from.0][from].wake.clone(), chains[self.to][to].wake.clone());
        let queue = Arc::new(Queue::new(producer, consumer));
        chains[self.to][to].inputs.push(Input::new(queue.clone(), self.target, merge));
        let outputs = &mut chains[self.from.0][from].outputs;
        outputs.push(queue);
        outputs.len() - 1
    }
}

/// The node that assigns the watermarks of a relation's rows, where nothing between holds them back.
fn watermark_of(rel: &Rel) -> Option<u32> {
    match &rel.op {
        RelOp::Watermark { .. } => Some(rel.id),
        RelOp::Project { input, .. } | RelOp::Filter { input, .. } | RelOp::Unnest { input, .. } => watermark_of(input),
        RelOp::Window { input, window } if !matches!(window.kind, WindowKind::Session { .. }) => watermark_of(input),
        _ => None,
    }
}
