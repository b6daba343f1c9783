//! What is kept of a password (RFC 5802): enough to check a proof, not enough to make one.
//!
//! In the log's table of users:
//! ```text
//! key   = mechanism:u8 (Kafka's number)  name (UTF-8)
//! value = version:u8 (1)  iterations:u32 (big-endian)  salt:bytes  stored_key:bytes  server_key:bytes
//! bytes = length:u32 (big-endian)  content
//! ```

use std::fmt;
use std::num::NonZeroU32;

use ring::rand::{SecureRandom, SystemRandom};
use subtle::ConstantTimeEq;
use thiserror::Error;
use yeoul_base::decode::{DecodeError, Decoder};

use super::mechanism::ScramHash;

const VERSION: u8 = 1;
/// The fewest iterations (Kafka's, and RFC 7677's).
pub const ITERATIONS_MIN: i32 = 4096;
/// The most iterations (Kafka's): a login must not become an attack.
pub const ITERATIONS_MAX: i32 = 16384;
/// The iterations of a password whose owner does not say (Kafka's).
pub const ITERATIONS_DEFAULT: i32 = 4096;
const SALT_BYTES: usize = 24;
/// The longest salt that is taken from a client.
const SALT_BYTES_MAX: usize = 1024;

/// Why something can't be a credential.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CredentialError {
    /// Kafka's bounds on iterations.
    #[error("`{0}` iterations are not between {ITERATIONS_MIN} and {ITERATIONS_MAX}")]
    Iterations(i32),
    /// Kafka wants a salt, and a salted password as long as the hash.
    #[error("the {what} has {bytes} bytes, not {wanted}")]
    Length {
        /// What is too short or too long.
        what: &'static str,
        /// Its length.
        bytes: usize,
        /// What it should be.
        wanted: &'static str,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers; try again")]
    Random,
    /// What lies in the log can't be read.
    #[error("a stored credential {0}")]
    Stored(DecodeError),
    /// What lies in the log was written by a newer version.
    #[error("a stored credential has the unknown version `{0}`")]
    Version(u8),
}

/// A user's credential for one mechanism.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    pub(crate) hash: ScramHash,
    pub(crate) iterations: NonZeroU32,
    pub(crate) salt: Vec<u8>,
    stored_key: Vec<u8>,
    server_key: Vec<u8>,
}

/// Says nothing of the keys.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("hash", &self.hash)
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}

impl Credential {
    /// The credential of a password, with a salt of its own.
    ///
    /// # Errors
    /// [`CredentialError::Iterations`], [`CredentialError::Random`].
    pub fn of_password(hash: ScramHash, password: &str, iterations: i32) -> Result<Credential, CredentialError> {
        let mut salt = vec![0; SALT_BYTES];
        SystemRandom::new().fill(&mut salt).map_err(|_| CredentialError::Random)?;
        let iterations = checked(iterations)?;
        let salted = hash.salted(password.as_bytes(), &salt, iterations);
        Ok(Credential::of_salted(hash, &salted, salt, iterations))
    }

    /// The credential of a password that a client salted and hashed itself, as Kafka's tools do (KIP-554).
    ///
    /// # Errors
    /// [`CredentialError::Iterations`], [`CredentialError::Length`].
    pub fn of_salted_password(
        hash: ScramHash,
        salted: &[u8],
        salt: &[u8],
        iterations: i32,
    ) -> Result<Credential, CredentialError> {
        let iterations = checked(iterations)?;
        if salt.is_empty() || salt.len() > SALT_BYTES_MAX {
            return Err(CredentialError::Length { what: "salt", bytes: salt.len(), wanted: "1 to 1024" });
        }
        if salted.len() != hash.bytes() {
            let wanted = "as many as the hash";
            return Err(CredentialError::Length { what: "salted password", bytes: salted.len(), wanted });
        }
        Ok(Credential::of_salted(hash, salted, salt.to_vec(), iterations))
    }

    fn of_salted(hash: ScramHash, salted: &[u8], salt: Vec<u8>, iterations: NonZeroU32) -> Credential {
        let stored_key = hash.digest(&hash.hmac(salted, b"Client Key"));
        Credential { hash, iterations, salt, stored_key, server_key: hash.hmac(salted, b"Server Key") }
    }

    /// One that no password fits, for users that are not there: they must not be told from those that are. The same
    /// name gets the same salt for as long as the process runs.
    pub(crate) fn of_nobody(hash: ScramHash, name: &str, secret: &[u8]) -> Credential {
        let mut salt = ScramHash::Sha256.hmac(secret, name.as_bytes());
        salt.truncate(SALT_BYTES);
        let iterations = checked(ITERATIONS_DEFAULT).expect("the default is within the bounds");
        Credential { hash, iterations, salt, stored_key: vec![0; hash.bytes()], server_key: vec![0; hash.bytes()] }
    }

    /// Whether this is the password.
    pub(crate) fn fits_password(&self, password: &[u8]) -> bool {
        let salted = self.hash.salted(password, &self.salt, self.iterations);
        let key = self.hash.digest(&self.hash.hmac(&salted, b"Client Key"));
        key.ct_eq(&self.stored_key).into()
    }

    /// Whether a client's proof shows that it knows the password.
    pub(crate) fn fits_proof(&self, proof: &[u8], auth_message: &[u8]) -> bool {
        let signature = self.hash.hmac(&self.stored_key, auth_message);
        if proof.len() != signature.len() {
            return false;
        }
        let client_key: Vec<u8> = proof.iter().zip(&signature).map(|(one, other)| one ^ other).collect();
        self.hash.digest(&client_key).ct_eq(&self.stored_key).into()
    }

    /// What shows the client that the server knows the credential.
    pub(crate) fn server_signature(&self, auth_message: &[u8]) -> Vec<u8> {
        self.hash.hmac(&self.server_key, auth_message)
    }

    /// The value of its row.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut value = vec![VERSION];
        value.extend(self.iterations.get().to_be_bytes());
        for part in [&self.salt, &self.stored_key, &self.server_key] {
            let length = u32::try_from(part.len()).expect("it is checked when it is made");
            value.extend(length.to_be_bytes());
            value.extend(part);
        }
        value
    }

    /// The credential of a row.
    pub(crate) fn decode(hash: ScramHash, value: &[u8]) -> Result<Credential, CredentialError> {
        let mut decoder = Decoder::new(value);
        let version = decoder.u8().map_err(CredentialError::Stored)?;
        if version != VERSION {
            return Err(CredentialError::Version(version));
        }
        let iterations = decoder.u32().map_err(CredentialError::Stored)?;
        let iterations = i32::try_from(iterations).unwrap_or(i32::MAX);
        let mut part = || decoder.sized_bytes().map(<[u8]>::to_vec).map_err(CredentialError::Stored);
        let (salt, stored_key, server_key) = (part()?, part()?, part()?);
        Ok(Credential { hash, iterations: checked(iterations)?, salt, stored_key, server_key })
    }
}

/// A password that nobody can guess, in hexadecimal.
///
/// # Errors
/// [`CredentialError::Random`].
pub fn random_password() -> Result<String, CredentialError> {
    let mut random = [0; 32];
    SystemRandom::new().fill(&mut random).map_err(|_| CredentialError::Random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn checked(iterations: i32) -> Result<NonZeroU32, CredentialError> {
    let within = Some(iterations).filter(|iterations| (ITERATIONS_MIN..=ITERATIONS_MAX).contains(iterations));
    within
        .and_then(|iterations| NonZeroU32::new(iterations.unsigned_abs()))
        .ok_or(CredentialError::Iterations(iterations))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_fits_its_password_only_and_survives_the_log() {
        for hash in ScramHash::ALL {
            let made = Credential::of_password(hash, "päss", ITERATIONS_DEFAULT).unwrap();
            let read = Credential::decode(hash, &made.encode()).unwrap();
            assert_eq!(read, made);
            assert!(read.fits_password("päss".as_bytes()));
            assert!(!read.fits_password(b"pass") && !read.fits_password(b""));
            assert!(!Credential::of_nobody(hash, "x", b"s").fits_password(b""));
            assert_ne!(Credential::of_password(hash, "päss", ITERATIONS_DEFAULT).unwrap().salt, made.salt);
        }
    }

    #[test]
    fn iterations_and_lengths_are_bounded() {
        for iterations in [i32::MIN, 0, 4095, 16385, i32::MAX] {
            let refused = Credential::of_password(ScramHash::Sha256, "p", iterations);
            assert_eq!(refused, Err(CredentialError::Iterations(iterations)));
        }
        assert!(Credential::of_salted_password(ScramHash::Sha512, &[0; 32], &[1], 4096).is_err());
        assert!(Credential::of_salted_password(ScramHash::Sha256, &[0; 32], &[], 4096).is_err());
    }

    #[test]
    fn nothing_secret_is_shown() {
        let made = Credential::of_password(ScramHash::Sha256, "canary", ITERATIONS_DEFAULT).unwrap();
        assert_eq!(format!("{made:?}"), "Credential { hash: Sha256, iterations: 4096, .. }");
    }

    #[test]
    fn what_is_cut_or_of_another_version_is_refused() {
        let value = Credential::of_password(ScramHash::Sha256, "p", 4096).unwrap().encode();
        for cut in 0..value.len() {
            assert!(Credential::decode(ScramHash::Sha256, &value[..cut]).is_err(), "{cut} bytes");
        }
        let newer = [&[2], &value[1..]].concat();
        assert_eq!(Credential::decode(ScramHash::Sha256, &newer), Err(CredentialError::Version(2)));
    }
}
