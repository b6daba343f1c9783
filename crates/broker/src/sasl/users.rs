//! Who there is: credentials by name and mechanism, and the operator of the platform, who is in no table.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use ring::rand::{SecureRandom, SystemRandom};

use super::credential::{Credential, CredentialError};
use super::mechanism::ScramHash;

/// A user's name and mechanism.
pub(crate) type UserKey = (String, ScramHash);

/// All credentials.
#[derive(Debug)]
pub(crate) struct Users {
    credentials: RwLock<BTreeMap<UserKey, Credential>>,
    /// What the salts of users that are not there are made from.
    secret: [u8; 32],
}

impl Users {
    pub(crate) fn new(credentials: BTreeMap<UserKey, Credential>) -> Users {
        let mut secret = [0; 32];
        if SystemRandom::new().fill(&mut secret).is_err() {
            tracing::warn!("the system gives no random numbers: unknown users can be told from known ones");
        }
        Users { credentials: RwLock::new(credentials), secret }
    }

    /// The credential of a user; for one that is not there, one that nothing fits.
    pub(crate) fn credential(&self, name: &str, hash: ScramHash) -> Credential {
        let found = self.read(|credentials| credentials.get(&(name.to_owned(), hash)).cloned());
        found.unwrap_or_else(|| Credential::of_nobody(hash, name, &self.secret))
    }

    /// The credential by which a password is checked: the user's strongest.
    pub(crate) fn any_credential(&self, name: &str) -> Credential {
        let found = self.read(|credentials| {
            let mut hashes = ScramHash::ALL.into_iter().rev();
            hashes.find_map(|hash| credentials.get(&(name.to_owned(), hash)).cloned())
        });
        found.unwrap_or_else(|| Credential::of_nobody(ScramHash::Sha512, name, &self.secret))
    }

    /// All names with their mechanisms and iterations, in order.
    pub(crate) fn all(&self) -> Vec<(UserKey, u32)> {
        self.read(|credentials| {
            credentials.iter().map(|(key, credential)| (key.clone(), credential.iterations.get())).collect()
        })
    }

    pub(crate) fn set(&self, key: UserKey, credential: Option<Credential>) {
        let mut credentials = self.credentials.write().unwrap_or_else(PoisonError::into_inner);
        match credential {
            Some(credential) => credentials.insert(key, credential),
            None => credentials.remove(&key),
        };
    }

    fn read<T>(&self, look: impl FnOnce(&BTreeMap<UserKey, Credential>) -> T) -> T {
        look(&self.credentials.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The key of a user's row.
pub(crate) fn row_key((name, hash): &UserKey) -> Vec<u8> {
    let mut key = vec![hash.code() as u8];
    key.extend(name.as_bytes());
    key
}

/// The user and the credential of a row.
pub(crate) fn decode_row(key: &[u8], value: &[u8]) -> Result<(UserKey, Credential), CredentialError> {
    let (code, name) = key.split_first().ok_or(CredentialError::Version(0))?;
    let hash = ScramHash::from_code(*code as i8).ok_or(CredentialError::Version(*code))?;
    let name = String::from_utf8_lossy(name).into_owned();
    Ok(((name, hash), Credential::decode(hash, value)?))
}
