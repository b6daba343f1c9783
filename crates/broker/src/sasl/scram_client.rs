//! The client's side of SCRAM, for Yeoul's own commands and for tests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::rand::{SecureRandom, SystemRandom};
use subtle::ConstantTimeEq;

use super::credential::{Credential, ITERATIONS_MAX};
use super::mechanism::ScramHash;

/// The most work that a server may ask for: other brokers allow more iterations than ours.
const ITERATIONS_ACCEPTED_MAX: u32 = 64 * ITERATIONS_MAX as u32;

/// A client in an exchange.
pub(crate) struct ScramClient {
    hash: ScramHash,
    password: String,
    nonce: String,
    /// `n=user,r=nonce`
    bare: String,
    /// What the server has to sign, and with what.
    expected: Option<Vec<u8>>,
}

impl ScramClient {
    pub(crate) fn new(hash: ScramHash, user: &str, password: &str) -> Option<ScramClient> {
        let mut random = [0; 18];
        SystemRandom::new().fill(&mut random).ok()?;
        let nonce = BASE64.encode(random);
        let user = user.replace('=', "=3D").replace(',', "=2C");
        let bare = format!("n={user},r={nonce}");
        Some(ScramClient { hash, password: password.to_owned(), nonce, bare, expected: None })
    }

    /// The first message.
    pub(crate) fn first(&self) -> Vec<u8> {
        format!("n,,{}", self.bare).into_bytes()
    }

    /// The answer to the server's challenge; nothing if the challenge is not one.
    pub(crate) fn answer(&mut self, challenge: &[u8]) -> Option<Vec<u8>> {
        let challenge = std::str::from_utf8(challenge).ok()?;
        let mut parts = challenge.split(',');
        let nonce = parts.next()?.strip_prefix("r=").filter(|nonce| nonce.starts_with(&self.nonce))?;
        let salt = BASE64.decode(parts.next()?.strip_prefix("s=")?).ok()?;
        let iterations: std::num::NonZeroU32 = parts.next()?.strip_prefix("i=")?.parse().ok()?;
        if iterations.get() > ITERATIONS_ACCEPTED_MAX {
            return None;
        }
        let salted = self.hash.salted(self.password.as_bytes(), &salt, iterations);
        let unproven = format!("c=biws,r={nonce}");
        let auth_message = format!("{},{challenge},{unproven}", self.bare);
        let client_key = self.hash.hmac(&salted, b"Client Key");
        let signature = self.hash.hmac(&self.hash.digest(&client_key), auth_message.as_bytes());
        let proof: Vec<u8> = client_key.iter().zip(&signature).map(|(one, other)| one ^ other).collect();
        let server_key = self.hash.hmac(&salted, b"Server Key");
        self.expected = Some(self.hash.hmac(&server_key, auth_message.as_bytes()));
        Some(format!("{unproven},p={}", BASE64.encode(proof)).into_bytes())
    }

    /// Whether the server's last message shows that it knows the credential.
    pub(crate) fn is_server_known(&self, last: &[u8]) -> bool {
        let signature = last.strip_prefix(b"v=").and_then(|text| BASE64.decode(text).ok());
        match (signature, &self.expected) {
            (Some(signature), Some(expected)) => signature.ct_eq(expected).into(),
            _ => false,
        }
    }
}

/// What a client sends to have a password changed (KIP-554): the salt, and the password salted and hashed.
pub(crate) fn salted_password(
    hash: ScramHash,
    password: &str,
    iterations: i32,
) -> Result<(Vec<u8>, Vec<u8>), super::CredentialError> {
    let made = Credential::of_password(hash, password, iterations)?;
    let salted = hash.salted(password.as_bytes(), &made.salt, made.iterations);
    Ok((made.salt, salted))
}
