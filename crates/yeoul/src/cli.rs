//! The command line: what can be asked. Each command's arguments stand in its own file under `commands`.

use clap::{Parser, Subcommand};

use crate::commands;
use crate::fault::Fault;

/// A real-time data platform in one binary: a Kafka-compatible durable log, a Flink SQL engine, live views.
#[derive(Debug, Parser)]
#[command(name = "yeoul", version, after_help = "Example:\n  yeoul run examples/flights")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(commands::run::Args),
    Serve(commands::serve::Args),
    Check(commands::check::Args),
    Explain(commands::explain::Args),
    Sql(commands::sql::Args),
    Query(commands::query::Args),
    Status(commands::status::Args),
    Feed(commands::feed::Args),
    Produce(commands::produce::Args),
    Consume(commands::consume::Args),
    Topic(commands::topic::Args),
    Group(commands::group::Args),
    Acl(commands::acl::Args),
    User(commands::user::Args),
    Bench(commands::bench::Args),
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// Why it can't be done.
    pub fn run(self) -> Result<(), Fault> {
        match self.command {
            Command::Run(args) => commands::run::run(args),
            Command::Serve(args) => commands::serve::run(args),
            Command::Check(args) => commands::check::run(&args),
            Command::Explain(args) => commands::explain::run(&args),
            Command::Sql(args) => commands::sql::run(args),
            Command::Query(args) => commands::query::run(&args),
            Command::Status(args) => commands::status::run(&args),
            Command::Feed(args) => commands::feed::run(args),
            Command::Produce(args) => commands::produce::run(&args),
            Command::Consume(args) => commands::consume::run(&args),
            Command::Topic(args) => commands::topic::run(args),
            Command::Group(args) => commands::group::run(args),
            Command::Acl(args) => commands::acl::run(args),
            Command::User(args) => commands::user::run(args),
            Command::Bench(args) => commands::bench::run(&args),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("yeoul "), "`{}` has no example", command.get_name());
        }
    }
}
