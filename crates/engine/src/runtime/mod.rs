//! Running a job: chains of operators, joined by bounded queues, and the coordinator of their checkpoints.
//!
//! ```text
//! source chain: source → projections → watermarks ──queue──► branch chain: operators → sink
//!        ▲ barrier requests                                        │ acknowledgements
//!        └──────────────────────── coordinator ◄───────────────────┘
//! ```
//!
//! With a parallelism above 1, chains run in several subtasks, each with a part of the keys ([`distribution`], [`exchange`]).
//!
//! A chain is a synchronous object with one `step`. A thread drives each in production; tests drive all of them from
//! one thread, in an order that a seed determines. Reading order: [`message`], [`queue`], [`chain`], [`graph`] (plan to
//! chains; [`seam`]), [`control`] (what threads of a job share), [`coordinator`], [`job`] (threads, and the handle).

pub(crate) mod chain;
pub(crate) mod control;
pub(crate) mod coordinator;
mod distribution;
mod exchange;
pub(crate) mod graph;
mod graph_joins;
mod graph_sources;
pub(crate) mod job;
pub(crate) mod message;
mod prune;
pub(crate) mod queue;
mod ranked;
mod seam;
mod sequences;
pub(crate) mod sink_driver;
pub(crate) mod source_driver;
pub(crate) mod topology;
mod two_phase;
pub(crate) mod values;
