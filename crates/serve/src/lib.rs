//! The readers' side of a platform: served tables over HTTP and SSE, ad-hoc SQL over them, status, metrics, the page.
//!
//! Reading order: `table` and `view` (the rows of a served table, and the one step by which a checkpoint changes
//! them), `view_sink` (how a job writes one), `feed` and `change` (the history that a reader resumes from), then one
//! file per request under `http`.
//!
//! Invariants: a reader sees what a durable checkpoint has made visible, whole, and nothing else (C2, C3); a reader
//! never holds a job back; what a request can cost is bounded.
//!
//! This crate reads no configuration and knows no front door.

mod adhoc;
mod change;
mod feed;
mod guard;
mod http;
mod metrics;
mod platform;
mod resident;
mod row_codec;
mod serve;
mod table;
mod view;
mod view_sink;
mod views;

pub use change::{ChangeId, ChangeKind, NotAChangeId};
pub use guard::{AllowedHosts, guard};
pub use http::router;
pub use metrics::Metrics;
pub use platform::{About, Listener, PlatformStatus};
pub use serve::{Limits, Serve};
pub use views::Views;
