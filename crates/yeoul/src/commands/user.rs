//! `yeoul user`: who may log in.

use std::io::{BufRead, IsTerminal};

use clap::Subcommand;
use serde_json::{Value, json};
use yeoul_broker::ScramHash;
use yeoul_broker::client::Client;

use super::client_runtime;
use super::target::KafkaTarget;
use crate::fault::{Fault, OrUsage};
use crate::output::table;

/// The longest password that is read.
const PASSWORD_BYTES_MAX: usize = 4096;

/// Adds, lists and deletes users who log in by SASL
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  echo 's3cret' | yeoul user add alice")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Adds a user, or changes his password; the password is read from standard input
    Add {
        /// The name
        name: String,
        #[command(flatten)]
        target: KafkaTarget,
        /// SCRAM-SHA-256 or SCRAM-SHA-512; may be repeated [default: both]
        #[arg(long = "mechanism", value_name = "MECHANISM", value_parser = hash)]
        mechanisms: Vec<ScramHash>,
        /// How often the password is hashed, 4096 to 16384
        #[arg(long, default_value_t = 4096)]
        iterations: i32,
    },
    /// Lists all users with their mechanisms
    List {
        #[command(flatten)]
        target: KafkaTarget,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Deletes a user; his access rules stay
    Delete {
        /// The name
        name: String,
        #[command(flatten)]
        target: KafkaTarget,
    },
}

fn hash(text: &str) -> Result<ScramHash, String> {
    let found = ScramHash::ALL.into_iter().find(|hash| hash.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("`{text}` is not a mechanism with passwords; known: `SCRAM-SHA-256`, `SCRAM-SHA-512`"))
}

/// Does one of them.
///
/// # Errors
/// A door that doesn't answer or refuses.
pub fn run(args: Args) -> Result<(), Fault> {
    let runtime = client_runtime()?;
    match args.action {
        Action::Add { name, target, mechanisms, iterations } => {
            let password = read_password()?;
            let hashes = if mechanisms.is_empty() { ScramHash::ALL.to_vec() } else { mechanisms };
            runtime.block_on(async {
                let mut client = connect(&target).await?;
                client.set_password(&name, &password, &hashes, iterations).await.or_usage()
            })
        }
        Action::List { target, json } => runtime.block_on(async { list(&mut connect(&target).await?, json).await }),
        Action::Delete { name, target } => {
            runtime.block_on(async { connect(&target).await?.delete_user(&name).await.or_usage() })
        }
    }
}

async fn connect(target: &KafkaTarget) -> Result<Client, Fault> {
    Client::connect(target.client_config()?).await.or_usage()
}

/// The first line of standard input. A password on the command line would be seen by everybody on the machine.
fn read_password() -> Result<String, Fault> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("password (it is shown while you type; pipe it in to avoid that):");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).map_err(|error| {
        Fault::usage(format!("can't read the password from standard input: {error}; write it in UTF-8"))
    })?;
    let password = line.trim_end_matches(['\n', '\r']);
    if password.is_empty() || password.len() > PASSWORD_BYTES_MAX {
        return Err(Fault::usage(format!(
            "the password has 1 to {PASSWORD_BYTES_MAX} bytes; write it to standard input: `echo 's3cret' | yeoul user add alice`"
        )));
    }
    Ok(password.to_owned())
}

async fn list(client: &mut Client, as_json: bool) -> Result<(), Fault> {
    let users = client.users().await.or_usage()?;
    if as_json {
        let users = users.iter().map(|user| {
            let credentials = user.credentials.iter();
            let credentials =
                credentials.map(|(hash, iterations)| json!({ "mechanism": hash.name(), "iterations": iterations }));
            json!({ "name": user.name, "credentials": credentials.collect::<Vec<_>>() })
        });
        return crate::output::print_text(&Value::Array(users.collect()).to_string());
    }
    let rows = users.into_iter().map(|user| {
        let mechanisms: Vec<&str> = user.credentials.iter().map(|(hash, _)| hash.name()).collect();
        vec![user.name, mechanisms.join(", ")]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    crate::output::print_text(&table::render(&["user".to_owned(), "mechanisms".to_owned()], &rows))
}
