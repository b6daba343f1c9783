//! Yeoul: a real-time data platform in one binary.
//!
//! Reading order: [`cli`] (what can be asked), [`commands`] (one file per command), [`platform`] (what `run` and `serve`
//! start, and in which order it stops), [`jobs`] (who restarts a job), [`run_file`] (one file in this process), [`shell`] (statement by statement),
//! [`feed`] (the replay tool), [`output`] (how rows are printed), [`bench`] (the figures of the README).
//!
//! Invariants: this is the only crate that reads configuration and environment. Standard output carries results and the
//! ready line, nothing else; logs and faults go to standard error. Exit codes: 0 done, 1 failed while running, 2 wrong
//! usage, configuration or SQL.

mod address;
mod ask;
mod bench;
mod cli;
mod client_properties;
mod cold;
mod commands;
mod config;
mod connections;
mod fault;
mod faults;
mod feed;
mod http;
mod http_access;
mod http_doors;
mod interrupt;
mod jobs;
mod listeners;
mod logging;
mod nearest;
mod output;
mod partitioner;
mod platform;
mod platform_status;
mod presence;
mod program;
mod project;
mod run_file;
mod runner;
mod shell;
mod shutdown;
mod statements;

use std::process::ExitCode;

use clap::Parser;

/// Batches of some megabytes come and go thousands of times a second; the system's allocator gives such pieces back to the
/// kernel each time, and keyed state is many small ones.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of the allocator's options.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
/// How long freed memory is kept before the kernel gets it back. The allocator's own 10 ms are less than a batch takes, whose pages
/// would be cleared anew for the next one.
const PURGE_DELAY_MILLIS: std::ffi::c_long = 1000;

fn keep_freed_memory() {
    // SAFETY: setting options isn't thread-safe; this is called first of all, when there is no other thread.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, PURGE_DELAY_MILLIS) };
}

fn main() -> ExitCode {
    keep_freed_memory();
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => fault.report(),
    }
}
