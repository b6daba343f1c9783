//! `yeoul.toml`: what a project or a platform may set. Every key is optional; an unknown key or a wrong type is refused
//! with file, line and remedy.

use std::fs;
use std::path::{Path, PathBuf};

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::config_groups::Groups;
pub use crate::config_log::Log;
use crate::fault::Fault;
use crate::nearest::nearest;

/// The name of a project's configuration file.
pub const FILE: &str = "yeoul.toml";

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// What the project is called.
    pub project: Project,
    /// The data folder, relative to the file's own folder.
    pub data: Option<PathBuf>,
    /// Where the platform listens.
    pub listen: Listen,
    /// What HTTP asks of its clients.
    pub http: Http,
    /// Further Kafka listeners; one called `kafka` says how `listen.kafka` treats its clients.
    pub listener: Vec<Listener>,
    /// Who may do what.
    pub security: Security,
    /// The durable log.
    pub log: Log,
    /// Consumer groups.
    pub groups: Groups,
    /// Where cold segments go.
    pub cold: Cold,
    /// Where tables' files may lie.
    pub files: Files,
    /// Defaults of `SET`, by key.
    pub settings: BTreeMap<String, String>,
    /// Files that are replayed into topics.
    pub feed: Vec<Feed>,
}

/// What the project is called.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Project {
    /// Its name; the folder's by default.
    pub name: Option<String>,
}

/// Where the platform listens, as `address:port`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Listen {
    /// The Kafka door.
    pub kafka: String,
    /// HTTP: doors, views and the page.
    pub http: String,
    /// Names under which HTTP may be asked for, besides `localhost` and loopback addresses.
    pub hosts: Vec<String>,
}

impl Default for Listen {
    fn default() -> Listen {
        Listen { kafka: "127.0.0.1:9092".into(), http: "127.0.0.1:8150".into(), hosts: Vec::new() }
    }
}

/// What HTTP asks of its clients.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Http {
    /// Whether clients say who they are.
    pub authentication: HttpAuthentication,
    /// The certificate, those of its issuers behind it, in PEM format.
    pub certificate: Option<PathBuf>,
    /// The certificate's private key, in PEM format.
    pub key: Option<PathBuf>,
    /// That something in front encrypts, so that passwords may come in without.
    pub behind_tls_proxy: bool,
}

/// Whether HTTP's clients say who they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HttpAuthentication {
    /// No: for loopback.
    #[default]
    None,
    /// By name and password (RFC 7617), those of Kafka's users.
    Basic,
}

/// A Kafka listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Listener {
    /// Its name.
    pub name: String,
    /// `address:port`.
    pub address: Option<String>,
    /// `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`.
    pub protocol: String,
    /// How clients may log in; all that are safe by default.
    pub mechanisms: Option<Vec<String>>,
    /// The certificate, those of its issuers behind it, in PEM format.
    pub certificate: Option<PathBuf>,
    /// The certificate's private key, in PEM format.
    pub key: Option<PathBuf>,
    /// The authorities that issue client certificates, in PEM format.
    pub client_ca: Option<PathBuf>,
    /// Whether clients show a certificate.
    pub client_auth: Option<ClientAuth>,
    /// From a client certificate's subject to a user's name (Kafka's `ssl.principal.mapping.rules`).
    #[serde(default)]
    pub principal_mapping: Vec<String>,
    /// What clients are told to connect to, `host:port`; the address that they came to by default.
    pub advertised: Option<String>,
    /// The most connections at a time.
    pub connections_max: Option<usize>,
    /// The most connections of one address at a time.
    pub connections_per_address_max: Option<usize>,
    /// After so long, clients log in again.
    pub reauthenticate_seconds: Option<u64>,
    /// Where it stands: the file and the line.
    #[serde(skip)]
    pub written_at: Option<String>,
}

/// Whether clients show a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientAuth {
    /// No.
    None,
    /// If they have one.
    Requested,
    /// Each of them.
    Required,
}

impl Listener {
    /// A listener that asks nothing of its clients, at no address yet.
    #[must_use]
    pub fn plaintext(name: &str) -> Listener {
        Listener {
            name: name.to_owned(),
            address: None,
            protocol: "PLAINTEXT".to_owned(),
            mechanisms: None,
            certificate: None,
            key: None,
            client_ca: None,
            client_auth: None,
            principal_mapping: Vec::new(),
            advertised: None,
            connections_max: None,
            connections_per_address_max: None,
            reauthenticate_seconds: None,
            written_at: None,
        }
    }

    /// `NAME=PROTOCOL://ADDRESS`, as the flag `--listener` has it.
    ///
    /// # Errors
    /// Another shape.
    pub fn parse(text: &str) -> Result<Listener, String> {
        let parts = text.split_once('=').and_then(|(name, rest)| Some((name, rest.split_once("://")?)));
        let (name, (protocol, address)) =
            parts.ok_or_else(|| format!("`{text}` is not a listener; write `NAME=SASL_SSL://0.0.0.0:9093`"))?;
        let address = Some(address.to_owned());
        Ok(Listener { protocol: protocol.to_owned(), address, ..Listener::plaintext(name) })
    }

    /// The settings that count connections, by their keys.
    fn counts(&self) -> [(&'static str, Option<usize>); 2] {
        [("connections-max", self.connections_max), ("connections-per-address-max", self.connections_per_address_max)]
    }

    /// Where it stands, for people who mend it.
    #[must_use]
    pub fn place(&self) -> String {
        let listener = format!("listener `{}`", self.name);
        self.written_at.as_ref().map_or(listener.clone(), |at| format!("{at}: {listener}"))
    }
}

/// Who may do what.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Security {
    /// Who may do everything, as `User:alice`.
    pub super_users: Vec<String>,
}

/// Where tables' files may lie.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Files {
    /// Folders besides the project's, relative to it.
    pub roots: Vec<PathBuf>,
}

impl Files {
    /// The folders, for a project in `folder`.
    #[must_use]
    pub fn roots_from(&self, folder: &Path) -> Vec<PathBuf> {
        self.roots.iter().map(|root| folder.join(root)).collect()
    }
}

/// Where cold segments go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Cold {
    /// A folder, relative to the project's; nothing: segments stay in the data folder.
    pub folder: Option<PathBuf>,
    /// A bucket: `s3://bucket/prefix`. Keys come from the environment, under AWS's names.
    pub url: Option<String>,
    /// The URL of another service that speaks S3; AWS's by default.
    pub endpoint: Option<String>,
    /// The bucket's region; the environment's by default.
    pub region: Option<String>,
    /// How old a segment's last record is when it goes there.
    pub after_hours: f64,
    /// How much longer the copy in the data folder stays.
    pub local_hours: f64,
}

impl Default for Cold {
    fn default() -> Cold {
        Cold { folder: None, url: None, endpoint: None, region: None, after_hours: 24.0, local_hours: 0.0 }
    }
}

/// A file that is replayed into a topic; see `yeoul feed`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Feed {
    /// The file, one record a line, relative to the project.
    pub file: PathBuf,
    /// The topic.
    pub topic: String,
    /// The field of a line that holds its event time.
    pub time: Option<String>,
    /// Event time over real time, or `max`.
    #[serde(default)]
    pub speed: Speed,
    /// The field of a line that becomes the record's key.
    pub key: Option<String>,
    /// Share of lines that are sent again later, 0 to 1.
    #[serde(default)]
    pub duplicates: f64,
    /// Share of broken lines that are added, 0 to 1.
    #[serde(default)]
    pub malformed: f64,
    /// What decides which lines the shares hit.
    #[serde(default = "one")]
    pub seed: u64,
}

fn one() -> u64 {
    1
}

/// How fast a file is replayed.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Speed {
    /// As fast as the log takes it.
    #[default]
    Max,
    /// So many seconds of event time in each second.
    Times(f64),
}

impl std::str::FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Speed, String> {
        if text == "max" {
            return Ok(Speed::Max);
        }
        let times = text.parse().ok().filter(|times: &f64| times.is_finite() && *times > 0.0);
        times.map(Speed::Times).ok_or_else(|| format!("`{text}` is not a speed: write a number above 0, or `max`"))
    }
}

impl<'de> Deserialize<'de> for Speed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Speed, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected a number above 0, or \"max\"")]
        enum Written {
            Number(f64),
            Text(String),
        }
        let text = match Written::deserialize(deserializer)? {
            Written::Number(number) => number.to_string(),
            Written::Text(text) => text,
        };
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Config {
    /// Reads `folder`'s file; the defaults if there is none.
    ///
    /// # Errors
    /// A file that can't be read, or a fault in it with its place.
    pub fn load(folder: &Path) -> Result<Config, Fault> {
        let path = folder.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => Config::parse(&path.display().to_string(), &text).map_err(Fault::usage),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
            Err(error) => Err(Fault::usage(format!("can't read `{}`: {error}; make it readable", path.display()))),
        }
    }

    /// Reads the text of a file called `file`.
    fn parse(file: &str, text: &str) -> Result<Config, String> {
        let mut config: Config = toml::from_str(text).map_err(|error| explain(file, text, &error))?;
        let lines = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("[[listener]]"));
        for (listener, (line, _)) in config.listener.iter_mut().zip(lines) {
            listener.written_at = Some(format!("{file}:{}", line + 1));
        }
        check_names(&config.listener)?;
        let checked = config.groups.check().and_then(|()| config.log.check());
        checked.map_err(|(key, wrong)| format!("{file}:{}: {wrong}", line_of(text, key)))?;
        for (key, most) in config.listener.iter().flat_map(Listener::counts) {
            if most == Some(0) {
                let wrong = "is 0, so that nobody could connect; write a number from 1 on";
                return Err(format!("{file}:{}: `{key}` {wrong}", line_of(text, key)));
            }
        }
        config.feed.iter().try_for_each(|feed| check_feed(file, text, feed))?;
        for (key, hours) in [("after-hours", config.cold.after_hours), ("local-hours", config.cold.local_hours)] {
            if !(hours.is_finite() && hours >= 0.0) {
                return Err(format!("{file}:{}: `{key}` is {hours}; write hours from 0 on", line_of(text, key)));
            }
        }
        Ok(config)
    }
}

/// Each listener has a name of its own.
fn check_names(listeners: &[Listener]) -> Result<(), String> {
    for (at, listener) in listeners.iter().enumerate() {
        let taken = listeners.iter().take(at).any(|other| other.name == listener.name);
        if taken || listener.name.is_empty() {
            return Err(format!("{}: there is one of this name already; give it another `name`", listener.place()));
        }
    }
    Ok(())
}

/// What types can't say of a feed.
fn check_feed(file: &str, text: &str, feed: &Feed) -> Result<(), String> {
    for (key, share) in [("duplicates", feed.duplicates), ("malformed", feed.malformed)] {
        if !(0.0..=1.0).contains(&share) {
            let line = line_of(text, key);
            return Err(format!("{file}:{line}: `{key}` is {share}; write a share from 0 to 1"));
        }
    }
    if feed.time.is_none() && feed.speed != Speed::Max {
        let line = line_of(text, "speed");
        return Err(format!("{file}:{line}: a `speed` needs `time`, the field that holds a line's event time"));
    }
    Ok(())
}

/// The first line that sets `key`, from 1.
fn line_of(text: &str, key: &str) -> usize {
    text.lines().position(|line| line.trim_start().starts_with(key)).map_or(1, |at| at + 1)
}

/// `file:line:column: cause; remedy`, the line, a caret.
fn explain(file: &str, text: &str, error: &toml::de::Error) -> String {
    let span = error.span().unwrap_or(0..0);
    let before = text.get(..span.start).unwrap_or(text);
    let line_number = before.matches('\n').count() + 1;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).map_or(0, |lead| lead.chars().count()) + 1;
    let line = text.lines().nth(line_number - 1).unwrap_or("");
    let room = line.chars().count().saturating_sub(column - 1).max(1);
    let caret = "^".repeat(span.len().clamp(1, room));
    let message = reword(error.message());
    format!("{file}:{line_number}:{column}: {message}\n  {line}\n  {}{caret}", " ".repeat(column - 1))
}

/// The parser's message; for an unknown key, with the nearest known one.
fn reword(message: &str) -> String {
    let message = message.trim_end();
    let Some(rest) = message.strip_prefix("unknown field `") else { return message.replace('\n', "; ") };
    let mut words = rest.split('`');
    let key = words.next().unwrap_or("");
    let known: Vec<&str> = words.skip(1).step_by(2).collect();
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("unknown key `{key}`; did you mean `{near}`?"),
        None if known.is_empty() => format!("unknown key `{key}`; remove it"),
        None => format!("unknown key `{key}`; known here: `{}`", known.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let error = Config::parse("yeoul.toml", text).expect_err("the text has a fault");
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn an_empty_file_means_the_defaults() {
        let config = Config::parse("yeoul.toml", "").expect("every key is optional");
        assert_eq!(config.listen.kafka, "127.0.0.1:9092");
        assert_eq!(config.log.default_partitions, 1);
    }

    #[test]
    fn a_fault_names_its_place_and_the_remedy() {
        check("[listen]\nkafak = \"x\"", "yeoul.toml:2:1: unknown key `kafak`; did you mean `kafka`?");
        check("[listne]\n", "yeoul.toml:1:2: unknown key `listne`; did you mean `listen`?");
        check("\n[listen]\nhttp = 80", "yeoul.toml:3:8: invalid type: integer `80`, expected a string");
        check("[log]\nauto-create-topics = 'yes'", "yeoul.toml:2:22: invalid type: string \"yes\", expected a boolean");
        check("data = ", "yeoul.toml:1:8: ");
        check("[[listener]]\nname = 'a'\n", "yeoul.toml:1:1: missing field `protocol`");
        check("\n[[listener]]\nname = 'a'\nprotocl = 'SSL'", "yeoul.toml:4:1: unknown key `protocl`; did you mean");
        check(
            "[[listener]]\nname = 'a'\nprotocol = 'SSL'\n[[listener]]\nname = 'a'\nprotocol = 'SSL'",
            "yeoul.toml:4: listener `a`: there is one",
        );
        check(
            "[[listener]]\nname = 'a'\nprotocol = 'PLAINTEXT'\nconnections-max = 0",
            "yeoul.toml:4: `connections-max` is 0",
        );
        check("[log]\nclean-interval-ms = 0", "yeoul.toml:2: `clean-interval-ms` is 0; write a number from 1 on");
        check(
            "[log]\ndefault-partitions = 0\n",
            "yeoul.toml:2: `default-partitions` is 0; write a number from 1 to 10000",
        );
        check("[[feed]]\nfile = 'a'\n", "yeoul.toml:1:1: missing field `topic`");
        check("[[feed]]\nfile = 'a'\ntopic = 't'\nmalformed = 2.0", "yeoul.toml:4: `malformed` is 2; write a share");
        check("[[feed]]\nfile = 'a'\ntopic = 't'\nspeed = 3", "yeoul.toml:4: a `speed` needs `time`");
        check("[[feed]]\nfile = 'a'\ntopic = 't'\ntime='t'\nspeed = 'fast'", "yeoul.toml:5:9: `fast` is not a speed");
    }

    #[test]
    fn a_speed_is_a_number_or_max() {
        for (text, speed) in [("'25000'", Speed::Times(25000.0)), ("2.5", Speed::Times(2.5)), ("'max'", Speed::Max)] {
            let text = format!("[[feed]]\nfile = 'a'\ntopic = 't'\ntime = 'x'\nspeed = {text}");
            let config = Config::parse("yeoul.toml", &text).expect("a good speed");
            assert_eq!(config.feed.first().map(|feed| feed.speed), Some(speed));
        }
    }
}
