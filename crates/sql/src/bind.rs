//! Syntax tree to bound plan: names resolved, types checked, casts made explicit, what Flink refuses refused.
//!
//! Reading order: [`catalog`](self::tables) (what statements create), [`query`], [`select`], [`from`], [`aggregate`],
//! [`window_function`] and [`window`], [`group_window`], [`over`], [`rank`], [`order`], [`expression`] with [`operator`],
//! [`call`], [`moment`] and [`overload`], [`insert`], [`key_order`].

pub(crate) mod aggregate;
pub(crate) mod aggregate_call;
pub(crate) mod answer;
pub(crate) mod call;
pub(crate) mod cast;
pub(crate) mod constant;
pub(crate) mod expression;
pub(crate) mod from;
pub(crate) mod group_window;
pub(crate) mod grouping;
pub(crate) mod hints;
pub(crate) mod insert;
pub(crate) mod interval;
pub(crate) mod join;
pub(crate) mod json;
pub(crate) mod key_order;
pub(crate) mod lift;
pub(crate) mod literal;
pub(crate) mod moment;
pub(crate) mod node;
pub(crate) mod not_executed;
pub(crate) mod operator;
pub(crate) mod order;
pub(crate) mod over;
pub(crate) mod over_call;
pub(crate) mod overload;
mod pattern;
pub(crate) mod query;
pub(crate) mod rank;
pub(crate) mod scope;
pub(crate) mod select;
pub(crate) mod sets;
pub(crate) mod state_ttl;
pub(crate) mod subquery;
pub(crate) mod tables;
pub(crate) mod types;
pub(crate) mod variance;
pub(crate) mod versions;
pub(crate) mod window;
pub(crate) mod window_function;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::Connectors;
use crate::diagnostic::Diagnostic;

pub(crate) type Bound<T> = Result<T, Diagnostic>;

/// How deep views and queries may nest.
pub(crate) const QUERY_DEPTH_MAX: u32 = 64;

/// How often a statement may read views, those within views included: each time they are bound anew.
pub(crate) const VIEW_READS_MAX: u32 = 20_000;

/// What binding a query needs: the catalog, the connectors, the settings in force.
pub(crate) struct Binder<'a> {
    pub(crate) tables: &'a tables::Tables,
    pub(crate) connectors: &'a Arc<dyn Connectors>,
    pub(crate) settings: &'a BTreeMap<String, String>,
    /// Queries of `WITH` in force, the innermost last.
    pub(crate) common: Vec<query::CommonQuery>,
    /// How deep the query nests at the moment.
    pub(crate) depth: u32,
    /// How many views have been read.
    pub(crate) view_reads: u32,
    /// Correlated queries within the outermost one of them.
    pub(crate) correlated: lift::Attempts,
    /// What `STATE_TTL` of the query that is bound says.
    pub(crate) lifetimes: state_ttl::Lifetimes,
    /// Which text is read: places in others can't be shown.
    pub(crate) text_id: u64,
}
