//! The server's side of SCRAM (RFC 5802, RFC 7677), without I/O.
//!
//! ```text
//! C: n,,n=user,r=<client nonce>            client first: header, name, nonce
//! S: r=<both nonces>,s=<salt>,i=<iterations>
//! C: c=biws,r=<both nonces>,p=<proof>      client final: the header again, the nonce again, the proof
//! S: v=<signature>
//! ```
//!
//! Channel binding is not offered. Kafka's extension `tokenauth` (delegation tokens) is refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;

use super::credential::Credential;
use super::mechanism::ScramHash;

/// The longest user name.
pub(crate) const USER_BYTES_MAX: usize = 255;
const NONCE_BYTES: usize = 18;
/// The longest nonce that a client may send.
const CLIENT_NONCE_BYTES_MAX: usize = 512;

/// Why an exchange fails. Nothing here says whether a user exists.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub(crate) enum ScramError {
    #[error("the message is not SCRAM: {0}")]
    Malformed(&'static str),
    #[error("invalid credentials")]
    Invalid,
    #[error("the system gives no random numbers")]
    Random,
}

/// What the client's first message says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ClientFirst {
    /// Who it says it is.
    pub(crate) user: String,
    nonce: String,
    /// `n,,`
    header: String,
    /// What follows the header.
    bare: String,
}

impl ClientFirst {
    pub(crate) fn parse(message: &[u8]) -> Result<ClientFirst, ScramError> {
        let message = text(message)?;
        let (header, bare) = split_header(message)?;
        let mut parts = bare.split(',');
        let user = attribute(parts.next(), "n=", "no user name")?;
        let nonce = attribute(parts.next(), "r=", "no nonce")?;
        if parts.any(|extension| extension.starts_with("tokenauth=")) {
            return Err(ScramError::Malformed("delegation tokens are not supported"));
        }
        let printable = nonce.bytes().all(|byte| matches!(byte, 0x21..=0x7e));
        if nonce.is_empty() || nonce.len() > CLIENT_NONCE_BYTES_MAX || !printable {
            return Err(ScramError::Malformed("a bad nonce"));
        }
        let user = unescape(user)?;
        let identity = header.split(',').nth(1).unwrap_or("");
        if !identity.is_empty() && unescape(identity.strip_prefix("a=").unwrap_or(""))? != user {
            return Err(ScramError::Malformed("one user can't act for another"));
        }
        Ok(ClientFirst { user, nonce: nonce.to_owned(), header: header.to_owned(), bare: bare.to_owned() })
    }
}

/// `n,a=identity,` or `y,,`, and what follows.
fn split_header(message: &str) -> Result<(&str, &str), ScramError> {
    if message.starts_with("p=") {
        return Err(ScramError::Malformed("channel binding is not supported"));
    }
    let malformed = ScramError::Malformed("no header");
    let flag = message.get(..2).filter(|flag| ["n,", "y,"].contains(flag)).ok_or(malformed)?;
    let rest = message.get(flag.len()..).ok_or(malformed)?;
    let end = rest.find(',').ok_or(malformed)? + flag.len() + 1;
    Ok((message.get(..end).ok_or(malformed)?, message.get(end..).ok_or(malformed)?))
}

/// The server's side after the first message.
pub(crate) struct Challenge {
    credential: Credential,
    /// Both nonces.
    nonce: String,
    header: String,
    /// The first three parts of what is signed: `client-first-bare,server-first`.
    messages: String,
}

impl Challenge {
    /// Answers the first message: the challenge, and what the server sends.
    pub(crate) fn new(first: ClientFirst, credential: Credential) -> Result<(Challenge, Vec<u8>), ScramError> {
        let mut random = [0; NONCE_BYTES];
        SystemRandom::new().fill(&mut random).map_err(|_| ScramError::Random)?;
        Ok(Challenge::with_nonce(first, credential, &BASE64.encode(random)))
    }

    fn with_nonce(first: ClientFirst, credential: Credential, server_nonce: &str) -> (Challenge, Vec<u8>) {
        let nonce = format!("{}{server_nonce}", first.nonce);
        let salt = BASE64.encode(&credential.salt);
        let message = format!("r={nonce},s={salt},i={}", credential.iterations);
        let messages = format!("{},{message}", first.bare);
        (Challenge { credential, nonce, header: first.header, messages }, message.into_bytes())
    }

    /// Checks the client's last message; what the server sends as its own last one.
    pub(crate) fn finish(&self, message: &[u8]) -> Result<Vec<u8>, ScramError> {
        let message = text(message)?;
        let (unproven, proof) = message.rsplit_once(",p=").ok_or(ScramError::Malformed("no proof"))?;
        let mut parts = unproven.split(',');
        let binding = attribute(parts.next(), "c=", "no channel binding")?;
        let nonce = attribute(parts.next(), "r=", "no nonce")?;
        // librdkafka before 2.6.1 writes its own nonce before both; Kafka looks at the end, too.
        if binding != BASE64.encode(&self.header) || !nonce.ends_with(&self.nonce) {
            return Err(ScramError::Invalid);
        }
        let proof = BASE64.decode(proof).map_err(|_| ScramError::Malformed("a proof that is not base64"))?;
        let auth_message = format!("{},{unproven}", self.messages);
        if !self.credential.fits_proof(&proof, auth_message.as_bytes()) {
            return Err(ScramError::Invalid);
        }
        let signature = BASE64.encode(self.credential.server_signature(auth_message.as_bytes()));
        Ok(format!("v={signature}").into_bytes())
    }

    /// The hash of the exchange.
    pub(crate) fn hash(&self) -> ScramHash {
        self.credential.hash
    }
}

fn text(message: &[u8]) -> Result<&str, ScramError> {
    std::str::from_utf8(message).map_err(|_| ScramError::Malformed("not UTF-8"))
}

fn attribute<'a>(part: Option<&'a str>, name: &str, missing: &'static str) -> Result<&'a str, ScramError> {
    part.and_then(|part| part.strip_prefix(name)).ok_or(ScramError::Malformed(missing))
}

/// `=2C` is a comma, `=3D` an equals sign; nothing else may follow one.
fn unescape(name: &str) -> Result<String, ScramError> {
    let rest = name.replace("=2C", "").replace("=3D", "");
    if name.is_empty() || name.len() > USER_BYTES_MAX || rest.contains('=') {
        return Err(ScramError::Malformed("a bad user name"));
    }
    Ok(name.replace("=2C", ",").replace("=3D", "="))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677: user `user`, password `pencil`.
    const FIRST: &str = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    const SERVER_NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const SERVER_FIRST: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const FINAL: &str =
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const SERVER_FINAL: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    fn example() -> Challenge {
        let salt = BASE64.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let hash = ScramHash::Sha256;
        let salted = hash.salted(b"pencil", &salt, std::num::NonZeroU32::new(4096).unwrap());
        let credential = Credential::of_salted_password(hash, &salted, &salt, 4096).unwrap();
        let first = ClientFirst::parse(FIRST.as_bytes()).unwrap();
        assert_eq!(first.user, "user");
        let (challenge, message) = Challenge::with_nonce(first, credential, SERVER_NONCE);
        assert_eq!(message, SERVER_FIRST.as_bytes());
        challenge
    }

    #[test]
    fn the_example_of_the_rfc_is_followed_to_its_end() {
        assert_eq!(example().finish(FINAL.as_bytes()), Ok(SERVER_FINAL.as_bytes().to_vec()));
    }

    #[test]
    fn every_changed_byte_of_the_last_message_is_refused() {
        let challenge = example();
        for at in 0..FINAL.len() {
            let mut changed = FINAL.as_bytes().to_vec();
            changed[at] ^= 1;
            assert!(challenge.finish(&changed).is_err(), "byte {at}");
            assert!(challenge.finish(&FINAL.as_bytes()[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn names_are_unescaped_and_odd_messages_refused() {
        let user = |message: &str| ClientFirst::parse(message.as_bytes()).map(|first| first.user);
        assert_eq!(user("n,,n=a=2Cb=3Dc,r=x"), Ok("a,b=c".to_owned()));
        assert_eq!(user("y,a=u,n=u,r=x"), Ok("u".to_owned()));
        for odd in [
            "",
            "n",
            "n,",
            "n,,",
            "n,,n=",
            "n,,n=u",
            "n,,n=u,r=",
            "n,,n=,r=x",
            "n,,n=a=2,r=x",
            "n,,n=a=,r=x",
            "p=tls-unique,,n=u,r=x",
            "x,,n=u,r=x",
            "n,a=other,n=u,r=x",
            "n,,n=u,r=x,tokenauth=true",
            "n,,n=u,r=\u{7f}",
            "é",
        ] {
            assert!(user(odd).is_err(), "{odd}");
        }
        assert!(ClientFirst::parse(&[0xff, 0xfe]).is_err());
    }

    #[test]
    fn nobody_gets_a_challenge_that_nothing_fits() {
        let first = ClientFirst::parse(FIRST.as_bytes()).unwrap();
        let nobody = Credential::of_nobody(ScramHash::Sha256, "user", b"secret");
        let (challenge, message) = Challenge::with_nonce(first, nobody.clone(), SERVER_NONCE);
        assert_eq!(message.len(), SERVER_FIRST.len() + 8, "a salt of the usual length");
        assert_eq!(challenge.finish(FINAL.as_bytes()), Err(ScramError::Invalid));
        assert_eq!(Credential::of_nobody(ScramHash::Sha256, "user", b"secret").salt, nobody.salt);
    }
}
