//! One file per command: its arguments, and what it does.

pub mod query;
pub mod status;

mod platform_args;
mod target;

pub use platform_args::PlatformArgs;
pub use target::{KafkaTarget, Target};
