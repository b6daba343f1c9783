//! The operators, one file each.

pub(crate) mod deduplicate;
pub(crate) mod filter;
pub(crate) mod first_by_time;
pub(crate) mod frames;
pub(crate) mod group_aggregate;
pub(crate) mod join;
mod kept_watermark;
pub(crate) mod limit;
pub(crate) mod materialize;
pub(crate) mod merged_watermark;
mod ordered_rows;
pub(crate) mod over;
pub(crate) mod over_all;
mod over_keys;
mod over_results;
pub(crate) mod project;
pub(crate) mod rank;
pub(crate) mod session_aggregate;
pub(crate) mod session_window;
pub(crate) mod set_comparison;
pub(crate) mod sort;
pub(crate) mod union;
pub(crate) mod unnest;
pub(crate) mod watermark;
pub(crate) mod window;
pub(crate) mod window_aggregate;
pub(crate) mod window_rank;
