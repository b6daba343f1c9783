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
mod config_groups;
mod config_log;
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
mod memory;
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

fn main() -> ExitCode {
    memory::configure();
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => fault.report(),
    }
}
