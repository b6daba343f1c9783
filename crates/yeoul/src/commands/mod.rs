//! One file per command: its arguments, and what it does.

pub mod acl;
pub mod bench;
pub mod check;
pub mod consume;
pub mod explain;
pub mod feed;
pub mod group;
pub mod produce;
pub mod query;
pub mod run;
pub mod serve;
pub mod sql;
pub mod status;
pub mod topic;
pub mod user;

mod platform_args;
mod root_flags;
mod target;

pub use platform_args::{PlatformArgs, setting};
pub use root_flags::RootFlags;
pub use target::Target;

/// A small runtime for a command that is a client.
///
/// # Errors
/// The system refuses.
fn client_runtime() -> Result<tokio::runtime::Runtime, crate::fault::Fault> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
