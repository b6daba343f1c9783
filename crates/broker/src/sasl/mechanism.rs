//! The mechanisms that there are.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use ring::{digest, hmac, pbkdf2};

/// How a client may prove who it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Mechanism {
    /// Name and password as they are (RFC 4616); for encrypted connections.
    Plain,
    /// Proof without telling the password (RFC 5802, RFC 7677).
    Scram(ScramHash),
}

/// The hash of a SCRAM mechanism.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum ScramHash {
    /// SCRAM-SHA-256.
    Sha256,
    /// SCRAM-SHA-512.
    Sha512,
}

impl Mechanism {
    /// All of them, the strongest first.
    pub const ALL: [Mechanism; 3] =
        [Mechanism::Scram(ScramHash::Sha512), Mechanism::Scram(ScramHash::Sha256), Mechanism::Plain];

    /// The name, as it stands in the protocol.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Mechanism::Plain => "PLAIN",
            Mechanism::Scram(hash) => hash.name(),
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mechanism {
    type Err = String;

    fn from_str(text: &str) -> Result<Mechanism, String> {
        let found = Mechanism::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| {
            let known = Mechanism::ALL.map(Mechanism::name).join("`, `");
            format!("`{text}` is not a SASL mechanism here; known: `{known}`")
        })
    }
}

impl ScramHash {
    /// Both.
    pub const ALL: [ScramHash; 2] = [ScramHash::Sha256, ScramHash::Sha512];

    /// The mechanism's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ScramHash::Sha256 => "SCRAM-SHA-256",
            ScramHash::Sha512 => "SCRAM-SHA-512",
        }
    }

    /// Kafka's number (`ScramMechanism`).
    #[must_use]
    pub fn code(self) -> i8 {
        match self {
            ScramHash::Sha256 => 1,
            ScramHash::Sha512 => 2,
        }
    }

    /// The one of Kafka's number.
    #[must_use]
    pub fn from_code(code: i8) -> Option<ScramHash> {
        ScramHash::ALL.into_iter().find(|hash| hash.code() == code)
    }

    /// How many bytes it gives.
    pub(crate) fn bytes(self) -> usize {
        match self {
            ScramHash::Sha256 => digest::SHA256_OUTPUT_LEN,
            ScramHash::Sha512 => digest::SHA512_OUTPUT_LEN,
        }
    }

    /// `H` of RFC 5802.
    pub(crate) fn digest(self, data: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            ScramHash::Sha256 => &digest::SHA256,
            ScramHash::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, data).as_ref().to_vec()
    }

    /// `HMAC` of RFC 5802.
    pub(crate) fn hmac(self, key: &[u8], data: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            ScramHash::Sha256 => hmac::HMAC_SHA256,
            ScramHash::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::sign(&hmac::Key::new(algorithm, key), data).as_ref().to_vec()
    }

    /// `Hi` of RFC 5802.
    pub(crate) fn salted(self, password: &[u8], salt: &[u8], iterations: NonZeroU32) -> Vec<u8> {
        let algorithm = match self {
            ScramHash::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            ScramHash::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        };
        let mut salted = vec![0; self.bytes()];
        pbkdf2::derive(algorithm, iterations, salt, password, &mut salted);
        salted
    }
}
