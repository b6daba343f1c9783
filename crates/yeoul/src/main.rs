//! Yeoul: a real-time data platform in one binary.
//!
//! Reading order: [`cli`] (what can be asked), [`commands`] (one file per command), [`platform`] (what `run` and `serve`
//! start, and in which order it stops), [`jobs`] (who restarts a job), [`run_file`] (one file in this process), [`feed`]
//! (the replay tool), [`output`] (how rows are printed), [`bench`] (the figures of the README).
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
mod shutdown;

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

#[cfg(target_os = "linux")]
unsafe extern "C" {
    fn prctl(option: std::ffi::c_int, ...) -> std::ffi::c_int;
}

/// The allocator asks for huge pages wherever the kernel leaves that to the program. State grows in small pieces and batches are
/// given back whole: huge pages are cleared for what is never used, a quarter of the memory and a tenth of the time of queries
/// that keep rows. Where the kernel refuses, pages are as large as before.
#[cfg(target_os = "linux")]
fn take_small_pages() {
    /// `PR_SET_THP_DISABLE` of `linux/prctl.h`
    const SET_THP_DISABLE: std::ffi::c_int = 41;
    let (yes, none): (std::ffi::c_ulong, std::ffi::c_ulong) = (1, 0);
    // SAFETY: the call reads its arguments, which are numbers, and touches no memory of the process.
    unsafe { prctl(SET_THP_DISABLE, yes, none, none, none) };
}

#[cfg(not(target_os = "linux"))]
fn take_small_pages() {}

fn main() -> ExitCode {
    take_small_pages();
    keep_freed_memory();
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => fault.report(),
    }
}
