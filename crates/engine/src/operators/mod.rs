//! The operators, one file each.

pub(crate) mod deduplicate;
pub(crate) mod filter;
pub(crate) mod group_aggregate;
pub(crate) mod join;
pub(crate) mod materialize;
pub(crate) mod merged_watermark;
pub(crate) mod project;
pub(crate) mod set_comparison;
pub(crate) mod union;
pub(crate) mod unnest;
pub(crate) mod watermark;
pub(crate) mod window;
pub(crate) mod window_aggregate;
