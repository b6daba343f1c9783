//! The settings of a Kafka client, from a file as Kafka's own tools take by `--command-config`; names of librdkafka for the
//! same are taken, too.
//!
//! A setting of security that is not supported is refused by name; one that has nothing to do with the connection is named
//! on standard error, and not used.

mod jaas;
mod text;

use std::collections::BTreeMap;
use std::path::Path;

use yeoul_broker::client::{ClientConfig, ClientTls, LogIn, Pem, TlsSettings};
use yeoul_broker::{Mechanism, Protocol};

use crate::fault::Fault;
use crate::nearest::nearest;

/// What is taken, by all of its names.
const KNOWN: [&str; 23] = [
    "bootstrap.servers",
    "client.id",
    "security.protocol",
    "sasl.mechanism",
    "sasl.mechanisms",
    "sasl.jaas.config",
    "sasl.username",
    "sasl.password",
    "ssl.truststore.type",
    "ssl.truststore.location",
    "ssl.truststore.certificates",
    "ssl.ca.location",
    "ssl.ca.pem",
    "ssl.keystore.type",
    "ssl.keystore.location",
    "ssl.keystore.certificate.chain",
    "ssl.keystore.key",
    "ssl.certificate.location",
    "ssl.certificate.pem",
    "ssl.key.location",
    "ssl.key.pem",
    "ssl.endpoint.identification.algorithm",
    "enable.ssl.certificate.verification",
];

/// Settings of a client.
#[derive(Debug)]
pub struct ClientProperties {
    place: String,
    /// `bootstrap.servers`.
    pub bootstrap: Option<String>,
    client_id: Option<String>,
    tls: Option<TlsSettings>,
    log_in: Option<LogIn>,
}

impl ClientProperties {
    /// Reads a file.
    ///
    /// # Errors
    /// A file that can't be read, a setting that can't be meant.
    pub fn load(path: &Path) -> Result<ClientProperties, Fault> {
        let place = path.display().to_string();
        let text = std::fs::read_to_string(path);
        let text =
            text.map_err(|error| Fault::usage(format!("can't read `{place}`: {error}; name a file of settings")))?;
        let read = Reader::new(&text).and_then(|reader| {
            for ignored in reader.ignored() {
                eprintln!("note: `{place}`: `{ignored}` has nothing to do with the connection, and is not used");
            }
            reader.read(&place)
        });
        read.map_err(|error| Fault::usage(format!("`{place}`: {error}")))
    }

    /// The same for a client.
    ///
    /// # Errors
    /// Certificates or keys that can't be used.
    pub fn client_config(&self, address: &str) -> Result<ClientConfig, Fault> {
        let tls = self.tls.as_ref().map(ClientTls::new).transpose();
        let tls = tls.map_err(|error| Fault::usage(format!("`{}`: {error}", self.place)))?;
        let mut config = ClientConfig { tls, log_in: self.log_in.clone(), ..ClientConfig::new(address) };
        if let Some(client_id) = &self.client_id {
            config.client_id.clone_from(client_id);
        }
        Ok(config)
    }
}

/// The settings, by name.
struct Reader(BTreeMap<String, String>);

impl Reader {
    fn new(text: &str) -> Result<Reader, String> {
        let reader = Reader(text::parse(text)?);
        let about_security = |key: &str| ["sasl.", "ssl.", "security."].iter().any(|start| key.starts_with(start));
        let is_strange = |key: &&String| about_security(key) && !KNOWN.contains(&key.as_str());
        if let Some(key) = reader.0.keys().find(is_strange) {
            let near = nearest(key, KNOWN).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("`{key}` is not supported{near}"));
        }
        Ok(reader)
    }

    /// What says nothing of the connection.
    fn ignored(&self) -> Vec<String> {
        self.0.keys().filter(|key| !KNOWN.contains(&key.as_str())).cloned().collect()
    }

    fn read(self, place: &str) -> Result<ClientProperties, String> {
        let protocol = self.get(&["security.protocol"]).unwrap_or("PLAINTEXT");
        let protocol: Protocol = protocol.parse().map_err(|error: String| format!("`security.protocol`: {error}"))?;
        Ok(ClientProperties {
            place: place.to_owned(),
            bootstrap: self.get(&["bootstrap.servers"]).map(str::to_owned),
            client_id: self.get(&["client.id"]).map(str::to_owned),
            tls: if protocol.is_encrypted() { Some(self.tls()?) } else { None },
            log_in: if protocol.has_sasl() { Some(self.log_in()?) } else { None },
        })
    }

    /// The first of these that is set, and not empty.
    fn get(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.0.get(*name)).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn log_in(&self) -> Result<LogIn, String> {
        // librdkafka's `sasl.mechanisms` takes one, in spite of its name.
        let mechanism = self
            .get(&["sasl.mechanism", "sasl.mechanisms"])
            .ok_or("`sasl.mechanism` is missing; write `SCRAM-SHA-512`, or what the listener takes")?;
        let mechanism: Mechanism = mechanism.parse().map_err(|error| format!("`sasl.mechanism`: {error}"))?;
        let (user, password) = match self.get(&["sasl.jaas.config"]) {
            Some(text) => jaas::user(text, mechanism).map_err(|error| format!("`sasl.jaas.config`: {error}"))?,
            None => self.user().ok_or("`sasl.jaas.config` is missing; it holds the user's name and password")?,
        };
        Ok(LogIn { mechanism, ..LogIn::new(&user, &password) })
    }

    fn user(&self) -> Option<(String, String)> {
        let (user, password) = (self.get(&["sasl.username"])?, self.get(&["sasl.password"])?);
        Some((user.to_owned(), password.to_owned()))
    }

    fn tls(&self) -> Result<TlsSettings, String> {
        for (key, location) in
            [("ssl.truststore.type", "ssl.truststore.location"), ("ssl.keystore.type", "ssl.keystore.location")]
        {
            let is_pem = self.get(&[key]).is_some_and(|kind| kind.eq_ignore_ascii_case("PEM"));
            if self.get(&[key]).is_some_and(|_| !is_pem) || (self.get(&[location]).is_some() && !is_pem) {
                let remedy = "convert the store, as by `keytool -importkeystore` and `openssl pkcs12`";
                return Err(format!("`{key}`: only `PEM` is supported; {remedy}, and write `{key}=PEM`"));
            }
        }
        if self.get(&["enable.ssl.certificate.verification"]) == Some("false") {
            let remedy = "name the authorities by `ssl.ca.location`";
            return Err(format!("`enable.ssl.certificate.verification`: certificates are always checked; {remedy}"));
        }
        let authorities =
            self.pem(&["ssl.truststore.certificates", "ssl.ca.pem"], &["ssl.truststore.location", "ssl.ca.location"]);
        Ok(TlsSettings { authorities, identity: self.identity()?, checks_name: self.checks_name()? })
    }

    fn identity(&self) -> Result<Option<(Pem, Pem)>, String> {
        // Kafka's PEM keystore is one file with both.
        if let Some(both) = self.get(&["ssl.keystore.location"]).map(|path| Pem::File(path.into())) {
            return Ok(Some((both.clone(), both)));
        }
        let chain = self.pem(&["ssl.keystore.certificate.chain", "ssl.certificate.pem"], &["ssl.certificate.location"]);
        let key = self.pem(&["ssl.keystore.key", "ssl.key.pem"], &["ssl.key.location"]);
        match (chain, key) {
            (Some(chain), Some(key)) => Ok(Some((chain, key))),
            (None, None) => Ok(None),
            (Some(_), None) => {
                Err("a client certificate without its key; set `ssl.keystore.key` or `ssl.key.location`".into())
            }
            (None, Some(_)) => {
                Err("a key without its certificate; set `ssl.keystore.certificate.chain` or `ssl.certificate.location`"
                    .into())
            }
        }
    }

    fn checks_name(&self) -> Result<bool, String> {
        let key = "ssl.endpoint.identification.algorithm";
        match self.0.get(key).map(|value| value.to_ascii_lowercase()).as_deref() {
            None | Some("https") => Ok(true),
            Some("" | "none") => Ok(false),
            Some(other) => Err(format!("`{key}`: `{other}` is not known; write `https`, or nothing to take any name")),
        }
    }

    fn pem(&self, texts: &[&str], files: &[&str]) -> Option<Pem> {
        let text = self.get(texts).map(|text| Pem::Text(text.to_owned()));
        text.or_else(|| self.get(files).map(|path| Pem::File(path.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yeoul_broker::ScramHash;

    fn read(text: &str) -> Result<ClientProperties, String> {
        Reader::new(text)?.read("file")
    }

    #[test]
    fn what_kafkas_tools_take_is_taken() {
        let module = "org.apache.kafka.common.security.scram.ScramLoginModule";
        let text = format!(
            "# a client\nbootstrap.servers=a:1,b:2\nsecurity.protocol = SASL_SSL\nsasl.mechanism:SCRAM-SHA-256\n\
             sasl.jaas.config={module} required \\\n  username=\"alice\" \\\n  password=\"p\\\\\"w\";\n\
             ssl.truststore.type=PEM\nssl.truststore.location=/ca.pem\nssl.endpoint.identification.algorithm=\nacks=all\n"
        );
        let reader = Reader::new(&text).unwrap();
        assert_eq!(reader.ignored(), ["acks"]);
        let found = reader.read("file").unwrap();
        assert_eq!(found.bootstrap.as_deref(), Some("a:1,b:2"));
        let log_in = found.log_in.as_ref().unwrap();
        assert_eq!((log_in.user.as_str(), log_in.password.as_str()), ("alice", "p\"w"));
        assert_eq!(log_in.mechanism, Mechanism::Scram(ScramHash::Sha256));
        let tls = found.tls.as_ref().unwrap();
        assert_eq!(tls.authorities, Some(Pem::File("/ca.pem".into())));
        assert!(!tls.checks_name && tls.identity.is_none());
    }

    #[test]
    fn what_librdkafka_takes_is_taken() {
        let text = "security.protocol=sasl_ssl\nsasl.mechanisms=PLAIN\nsasl.username=u\nsasl.password=p\n\
                    ssl.ca.location=ca\nssl.certificate.location=c\nssl.key.location=k";
        let found = read(text).unwrap();
        assert_eq!(found.log_in.as_ref().unwrap().mechanism, Mechanism::Plain);
        let tls = found.tls.as_ref().unwrap();
        assert_eq!(tls.identity, Some((Pem::File("c".into()), Pem::File("k".into()))));
        assert!(tls.checks_name);
    }

    #[test]
    fn what_is_not_supported_is_refused_by_name() {
        for (text, said) in [
            ("security.protocol=SASL", "`SASL` is not a protocol"),
            ("security.protocol=SASL_SSL", "`sasl.mechanism` is missing"),
            ("security.protocol=SASL_PLAINTEXT\nsasl.mechanism=GSSAPI", "`GSSAPI` is not a SASL mechanism"),
            ("security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN", "`sasl.jaas.config` is missing"),
            ("sasl.mechanizm=PLAIN", "did you mean `sasl.mechanism`"),
            ("ssl.truststore.password=x", "`ssl.truststore.password` is not supported"),
            ("security.protocol=SSL\nssl.truststore.location=a.jks", "only `PEM`"),
            ("security.protocol=SSL\nssl.keystore.type=JKS", "only `PEM`"),
            ("security.protocol=SSL\nssl.key.location=k", "without its certificate"),
            ("security.protocol=SSL\nssl.endpoint.identification.algorithm=x", "`x` is not known"),
            ("security.protocol=SSL\nenable.ssl.certificate.verification=false", "always checked"),
            ("no equals sign", "line 1"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
