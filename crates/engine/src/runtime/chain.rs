//! A chain: operators that run in one thread, between queues. One [`Chain::step`] does one piece of work.
//!
//! Barriers are aligned: an input whose barrier came is left alone until the barrier has come on all inputs; then the
//! chain notes its state, answers the coordinator, and passes the barrier on. A chain with sinks takes no further
//! input until the checkpoint is committed, so that a sink is never written to between `prepare` and `committed`.
//! Barriers pass inputs that have ended as well.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use yeoul_base::Clock;

use super::control::{Ack, Control};
use super::exchange::{Channels, Exchange};
use super::message::{Barrier, Event, Message, Signal};
use super::queue::{Queue, Wake};
use super::sequences::Sequences;
use super::sink_driver::SinkDriver;
use super::source_driver::SourceDriver;
use crate::checkpoint::Snapshot;
use crate::counters::Fates;
use crate::operator::{Operator, OperatorError, Output, WarmUp};
use crate::operators::watermark::Splits;
use crate::state::{Share, StateEntries};

/// The table in which a node's counters are kept.
pub(super) const TABLE_FATES: u8 = 255;
/// The longest that a chain waits for a source: a source can't be woken by requests of the coordinator.
const SOURCE_WAIT_MAX: Duration = Duration::from_millis(100);
/// The longest that a chain sleeps otherwise: whatever it waits for wakes it.
const SLEEP_MAX: Duration = Duration::from_secs(1);

/// Where a node's events go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Edge {
    /// Input `port` of another node of the chain.
    Node {
        /// The node's place.
        node: usize,
        /// Its input.
        port: usize,
    },
    /// A queue to another chain.
    Queue(usize),
    /// An exchange with the subtasks of another chain.
    Exchange(usize),
    /// A sink.
    Sink(usize),
    /// To the caller of [`Chain::read_alone`].
    Caller,
}

/// An operator in a chain.
pub(crate) struct Node {
    /// The plan node's id.
    pub(crate) id: u32,
    /// Computes it.
    pub(crate) operator: Box<dyn Operator>,
    /// The random numbers of its expressions.
    pub(crate) sequences: Sequences,
    /// What it emits and counts.
    pub(crate) output: Output,
    /// Where that goes.
    pub(crate) edges: Vec<Edge>,
}

/// A source in a chain.
pub(crate) struct SourceNode {
    /// Reads it.
    pub(crate) driver: SourceDriver,
    /// Where its rows go.
    pub(crate) edges: Vec<Edge>,
    /// The node, if any, that assigns its watermarks: what people see as the source's watermark.
    pub(crate) watermark: i64,
}

/// A queue from another chain.
pub(crate) struct Input {
    /// The queue.
    pub(crate) queue: Arc<Queue>,
    /// Where its events go.
    pub(crate) edge: Edge,
    /// Of an input that comes in several channels: the place of what merges them, and which channel this is.
    merge: Option<(usize, usize)>,
    ended: bool,
    barrier: bool,
}

impl Input {
    /// Events of `queue` go to `edge`.
    pub(crate) fn new(queue: Arc<Queue>, edge: Edge, merge: Option<(usize, usize)>) -> Input {
        Input { queue, edge, merge, ended: false, barrier: false }
    }
}

/// What a step did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    /// Something: call again at once.
    Worked,
    /// Nothing: there is nothing to do now.
    Idle,
    /// Nothing: a queue to another chain is full, or a commit is under way.
    Blocked,
    /// The job is over.
    Over,
}

/// Operators that run in one thread.
pub(crate) struct Chain {
    /// The chain's name, for people.
    pub(crate) name: String,
    /// The operators, inputs before consumers.
    pub(crate) nodes: Vec<Node>,
    /// The sources that it reads.
    pub(crate) sources: Vec<SourceNode>,
    /// The queues that it reads.
    pub(crate) inputs: Vec<Input>,
    /// What merges the channels of its inputs, with the node whose input it is; none: a sink's.
    pub(crate) channels: Vec<(Option<u32>, Channels)>,
    /// The queues that it writes.
    pub(crate) outputs: Vec<Arc<Queue>>,
    /// What spreads rows over them.
    pub(crate) exchanges: Vec<Exchange>,
    /// The sinks that it writes.
    pub(crate) sinks: Vec<SinkDriver>,
    /// Wakes its thread.
    pub(crate) wake: Arc<Wake>,
    /// What its sources tell their watermark operators.
    pub(crate) splits: Arc<Splits>,
    /// Which subtask it is.
    share: Share,
    control: Arc<Control>,
    clock: Arc<dyn Clock>,
    cold: usize,
    next_input: usize,
    done: u64,
    awaits_commit: bool,
    ended: bool,
    caller: VecDeque<Event>,
}

impl Chain {
    /// A chain of nothing.
    pub(crate) fn new(
        name: String,
        share: Share,
        wake: Arc<Wake>,
        control: Arc<Control>,
        clock: Arc<dyn Clock>,
    ) -> Chain {
        Chain {
            name,
            share,
            splits: Arc::default(),
            channels: Vec::new(),
            exchanges: Vec::new(),
            nodes: Vec::new(),
            sources: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            sinks: Vec::new(),
            wake,
            control,
            clock,
            cold: 0,
            next_input: 0,
            done: 0,
            awaits_commit: false,
            ended: false,
            caller: VecDeque::new(),
        }
    }

    /// Takes back what the last checkpoint kept.
    pub(crate) fn restore(
        &mut self,
        snapshot: &Snapshot,
        operators: &HashMap<u32, StateEntries>,
    ) -> Result<(), OperatorError> {
        let share = self.share;
        let of = |node: u32| operators.get(&node).map_or_else(|| StateEntries::none(share), |kept| kept.of(share));
        // What became of rows before is told by one subtask.
        let fates = |node: u32| if share.is_first() { fates_of(&of(node)) } else { Ok(Fates::default()) };
        self.done = snapshot.id;
        for node in &mut self.nodes {
            let kept = of(node.id);
            node.operator.restore(&kept)?;
            node.sequences.restore(&kept)?;
            node.output.fates = fates(node.id)?;
        }
        for (node, channels) in &mut self.channels {
            channels.restore(&of(node.unwrap_or(u32::MAX)), operators)?;
        }
        for source in &mut self.sources {
            let driver = &mut source.driver;
            driver.fates = fates(driver.node)?;
            driver.restore(snapshot.positions.get(&driver.node))?;
        }
        for sink in &mut self.sinks {
            sink.fates = fates(sink_node(sink.branch))?;
        }
        Ok(())
    }

    /// Figures of all nodes as they are.
    pub(crate) fn fates(&self) -> Vec<(u32, Fates)> {
        let nodes = self.nodes.iter().map(|node| (node.id, node.output.fates.clone()));
        let sources = self.sources.iter().map(|source| (source.driver.node, source.driver.fates.clone()));
        let sinks = self.sinks.iter().map(|sink| (sink_node(sink.branch), sink.fates.clone()));
        nodes.chain(sources).chain(sinks).collect()
    }

    /// Does one piece of work.
    pub(crate) fn step(&mut self) -> Result<Progress, OperatorError> {
        if self.control.is_over() {
            return Ok(Progress::Over);
        }
        if self.awaits_commit {
            return self.finish_commit();
        }
        if self.outputs.iter().any(|queue| queue.is_full()) {
            return Ok(Progress::Blocked);
        }
        if self.cold < self.nodes.len() {
            return self.warm_up();
        }
        self.tick()?;
        let requested = self.control.requested();
        if !self.sources.is_empty() && requested.id > self.done {
            self.cut(requested)?;
            return Ok(Progress::Worked);
        }
        match self.sources.is_empty() {
            true => self.step_inputs(),
            // What is read behind the last checkpoint would be read again.
            false if self.control.stopping() => Ok(Progress::Idle),
            false => self.step_sources(),
        }
    }

    fn warm_up(&mut self) -> Result<Progress, OperatorError> {
        match self.nodes[self.cold].operator.warm_up()? {
            WarmUp::Done => self.cold += 1,
            WarmUp::More => {}
            WarmUp::Waiting => return Ok(Progress::Idle),
        }
        Ok(Progress::Worked)
    }

    fn tick(&mut self) -> Result<(), OperatorError> {
        let now = self.clock.now();
        for place in 0..self.nodes.len() {
            let node = &mut self.nodes[place];
            node.operator.tick(now, &mut node.output)?;
            if !node.output.events.is_empty() {
                self.flush(place)?;
            }
        }
        Ok(())
    }

    fn step_sources(&mut self) -> Result<Progress, OperatorError> {
        let mut progress = Progress::Idle;
        for place in 0..self.sources.len() {
            if self.sources[place].driver.ended {
                continue;
            }
            if let Some(batch) = self.sources[place].driver.poll()? {
                if batch.rows() > 0 {
                    self.send_source(place, Event::Batch(batch))?;
                }
                progress = Progress::Worked;
            }
            if self.sources[place].driver.is_spent() {
                self.control.stop();
            }
            let ended = self.sources[place].driver.ended;
            if ended {
                self.send_source(place, Event::Watermark(Signal::active(i64::MAX)))?;
                progress = Progress::Worked;
            }
            let now = self.clock.elapsed();
            let source = &mut self.sources[place];
            source.driver.refresh(now, source.watermark, ended);
        }
        if !self.ended && self.sources.iter().all(|source| source.driver.ended) {
            self.end();
            progress = Progress::Worked;
        }
        Ok(progress)
    }

    fn send_source(&mut self, place: usize, event: Event) -> Result<(), OperatorError> {
        let source = &self.sources[place];
        for edge in source.edges.clone() {
            self.send(edge, event.clone())?;
        }
        Ok(())
    }

    /// All input has ended.
    fn end(&mut self) {
        self.ended = true;
        self.outputs.iter().for_each(|queue| queue.push(Message::End));
        self.control.end();
    }

    fn step_inputs(&mut self) -> Result<Progress, OperatorError> {
        for _ in 0..self.inputs.len() {
            let place = self.next_input % self.inputs.len();
            self.next_input = place + 1;
            if self.inputs[place].barrier {
                continue;
            }
            if let Some(message) = self.inputs[place].queue.pop() {
                self.take(place, message)?;
                return Ok(Progress::Worked);
            }
        }
        Ok(Progress::Idle)
    }

    fn take(&mut self, place: usize, message: Message) -> Result<(), OperatorError> {
        match message {
            Message::Event(event) => {
                let (edge, merge) = (self.inputs[place].edge, self.inputs[place].merge);
                let merged = match merge {
                    Some((merge, channel)) => self.channels[merge].1.take(channel, event),
                    None => Some(event),
                };
                merged.map_or(Ok(()), |event| self.send(edge, event))
            }
            Message::End => {
                self.inputs[place].ended = true;
                if self.inputs.iter().all(|input| input.ended) {
                    self.end();
                }
                Ok(())
            }
            Message::Barrier(barrier) => {
                self.inputs[place].barrier = true;
                if self.inputs.iter().all(|input| input.barrier) {
                    self.inputs.iter_mut().for_each(|input| input.barrier = false);
                    self.cut(barrier)?;
                }
                Ok(())
            }
        }
    }

    fn send(&mut self, edge: Edge, event: Event) -> Result<(), OperatorError> {
        match edge {
            Edge::Node { node, port } => {
                let Node { operator, output, .. } = &mut self.nodes[node];
                match event {
                    Event::Batch(batch) => operator.process(port, batch, output)?,
                    Event::Watermark(signal) => operator.watermark(port, signal, output)?,
                }
                self.flush(node)?;
            }
            Edge::Queue(queue) => self.outputs[queue].push(Message::Event(event)),
            Edge::Exchange(exchange) => {
                for (queue, event) in self.exchanges[exchange].split(event)? {
                    self.outputs[queue].push(Message::Event(event));
                }
            }
            Edge::Sink(sink) => match event {
                Event::Batch(batch) => self.sinks[sink].write(&batch)?,
                Event::Watermark(signal) => self.sinks[sink].reach(signal.watermark),
            },
            Edge::Caller => self.caller.push_back(event),
        }
        Ok(())
    }

    /// Sends on what a node has emitted.
    fn flush(&mut self, place: usize) -> Result<(), OperatorError> {
        let events = std::mem::take(&mut self.nodes[place].output.events);
        let edges = self.nodes[place].edges.clone();
        for event in events {
            if let (Some(source), Event::Watermark(Signal { watermark, .. })) = (self.sources.first_mut(), &event) {
                source.watermark = source.watermark.max(*watermark);
            }
            if let (Some(source), Event::Batch(batch)) = (self.sources.first_mut(), &event) {
                source.watermark = source.watermark.max(batch.watermarks.end);
            }
            for edge in &edges {
                self.send(*edge, event.clone())?;
            }
        }
        Ok(())
    }

    /// Notes everything for a checkpoint, and passes its barrier on.
    fn cut(&mut self, barrier: Barrier) -> Result<(), OperatorError> {
        let mut ack = Ack { id: barrier.id, ..Ack::default() };
        for source in &mut self.sources {
            ack.positions.insert(source.driver.node, source.driver.positions());
            ack.outputs.extend(source.driver.prepare()?);
        }
        for node in &mut self.nodes {
            node.operator.snapshot(&mut ack.changes)?;
            node.sequences.snapshot(node.id, &mut ack.changes);
            ack.outputs.extend(node.operator.prepare()?);
        }
        self.channels.iter_mut().for_each(|(_, channels)| channels.snapshot(&mut ack.changes));
        for sink in &mut self.sinks {
            let (record, outputs) = sink.prepare(barrier.last, &mut ack.changes)?;
            ack.records.insert(sink.branch, record);
            ack.outputs.extend(outputs);
        }
        ack.fates = self.fates();
        self.done = barrier.id;
        self.awaits_commit = !self.sinks.is_empty();
        self.control.ack(ack);
        self.outputs.iter().for_each(|queue| queue.push(Message::Barrier(barrier)));
        Ok(())
    }

    fn finish_commit(&mut self) -> Result<Progress, OperatorError> {
        if self.control.committed() < self.done {
            return Ok(Progress::Blocked);
        }
        for sink in &mut self.sinks {
            sink.committed()?;
        }
        self.awaits_commit = false;
        self.control.show();
        Ok(Progress::Worked)
    }

    /// Sleeps until there may be something to do. `progress`: what the last step said.
    pub(crate) fn wait(&mut self, progress: Progress) {
        let timeout = self.sleep_time();
        let reads = progress == Progress::Idle && self.cold == self.nodes.len() && !self.control.stopping();
        match self.sources.iter_mut().find(|source| !source.driver.ended) {
            Some(source) if reads && source.driver.has_splits() => source.driver.wait(timeout.min(SOURCE_WAIT_MAX)),
            Some(_) if reads => self.wake.wait(timeout.min(SOURCE_WAIT_MAX)),
            _ => self.wake.wait(timeout),
        }
    }

    /// Until the next tick or checkpoint, between 1 ms and a bound.
    fn sleep_time(&self) -> Duration {
        let now = self.clock.now().0;
        let ticks = self.nodes.iter().filter_map(|node| node.operator.next_tick());
        let to_tick = ticks.map(|tick| tick.0.saturating_sub(now).max(0).cast_unsigned()).min().unwrap_or(u64::MAX);
        let elapsed = u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX);
        let to_checkpoint = match self.control.next_due() {
            0 => u64::MAX,
            due => due.saturating_sub(elapsed),
        };
        Duration::from_millis(to_tick.min(to_checkpoint).max(1)).min(SLEEP_MAX)
    }

    /// Reads the sources of a chain that no other chain knows of, one poll each; what it emits goes to `read`.
    pub(crate) fn read_alone(&mut self, read: &mut VecDeque<Event>) -> Result<WarmUp, OperatorError> {
        if self.cold < self.nodes.len() {
            return Ok(match self.warm_up()? {
                Progress::Idle => WarmUp::Waiting,
                _ => WarmUp::More,
            });
        }
        let progress = self.step_sources()?;
        read.append(&mut self.caller);
        Ok(match progress {
            _ if self.ended => WarmUp::Done,
            Progress::Worked => WarmUp::More,
            _ => WarmUp::Waiting,
        })
    }

    /// Whether it writes sinks.
    pub(crate) fn has_sinks(&self) -> bool {
        !self.sinks.is_empty()
    }

    /// The watermarks at its sinks, for people.
    pub(crate) fn sink_watermarks(&self) -> impl Iterator<Item = (u32, Arc<std::sync::atomic::AtomicI64>)> {
        self.sinks.iter().map(|sink| (sink.branch, sink.watermark.clone()))
    }
}

/// The id under which a sink's counters are kept: from the end of the range, where no plan node is.
pub(crate) fn sink_node(branch: u32) -> u32 {
    u32::MAX - branch
}

fn fates_of(entries: &StateEntries) -> Result<Fates, OperatorError> {
    let kept = entries.table(TABLE_FATES)?;
    let Some((_, bytes)) = kept.first() else { return Ok(Fates::default()) };
    let fates = Fates::decode(bytes).ok().flatten();
    fates.ok_or_else(|| OperatorError::Row("counters of a checkpoint can't be read; start with `--fresh`".to_owned()))
}

/// Loads a number that only people look at.
pub(crate) fn seen(watermark: &std::sync::atomic::AtomicI64) -> Option<i64> {
    Some(watermark.load(Ordering::Relaxed)).filter(|watermark| *watermark != i64::MIN)
}
