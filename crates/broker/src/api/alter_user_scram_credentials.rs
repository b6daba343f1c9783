//! `AlterUserScramCredentials`: users and their passwords (KIP-554). A password comes salted and hashed by the client;
//! what is kept of it is hashed again. What can be done is done together; a user with a fault in it stays as it was.

use std::collections::{BTreeMap, BTreeSet};

use kafka_protocol::ResponseError;
use kafka_protocol::messages::alter_user_scram_credentials_request::{
    ScramCredentialDeletion, ScramCredentialUpsertion,
};
use kafka_protocol::messages::alter_user_scram_credentials_response::AlterUserScramCredentialsResult;
use kafka_protocol::messages::{AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse};
use kafka_protocol::protocol::StrBytes;

use crate::api::acl_words::{self, Wrong};
use crate::context::Context;
use crate::sasl::credential::Credential;
use crate::sasl::scram::USER_BYTES_MAX;
use crate::sasl::users::{UserKey, Users};
use crate::sasl::{CredentialError, ScramHash};

/// A change of one credential.
type Change = (UserKey, Option<Credential>);

pub(crate) async fn answer(
    context: Context,
    _: i16,
    request: AlterUserScramCredentialsRequest,
) -> AlterUserScramCredentialsResponse {
    let users = &context.shared.security.users;
    let mut read: Vec<(String, Result<Change, Wrong>)> = Vec::new();
    read.extend(request.deletions.iter().map(|asked| (asked.name.to_string(), deletion(users, asked))));
    read.extend(request.upsertions.iter().map(|asked| (asked.name.to_string(), upsertion(asked))));
    let mut results: BTreeMap<String, Result<(), Wrong>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (name, change) in &read {
        let change = change.as_ref().map_err(Clone::clone).and_then(|(key, _)| match seen.insert(key.clone()) {
            true => Ok(()),
            false => Err((ResponseError::DuplicateResource, format!("user `{name}` is changed twice; change it once"))),
        });
        let result = results.entry(name.clone()).or_insert(Ok(()));
        *result = result.clone().and(change);
    }
    let good = read.into_iter().filter(|(name, _)| results.get(name).is_some_and(Result::is_ok));
    let changes = good.filter_map(|(_, change)| change.ok()).collect();
    if let Err(error) = context.shared.security.set_credentials(changes).await {
        let error = acl_words::not_changed(&error);
        results.values_mut().filter(|result| result.is_ok()).for_each(|result| *result = Err(error.clone()));
    }
    let results = results.into_iter().map(|(name, result)| told(name, result));
    AlterUserScramCredentialsResponse::default().with_results(results.collect())
}

fn mechanism(code: i8) -> Result<ScramHash, Wrong> {
    let unknown = || (ResponseError::UnsupportedSaslMechanism, format!("`{code}` is not a SCRAM mechanism"));
    ScramHash::from_code(code).ok_or_else(unknown)
}

fn deletion(users: &Users, asked: &ScramCredentialDeletion) -> Result<Change, Wrong> {
    let key = (asked.name.to_string(), mechanism(asked.mechanism)?);
    if !users.all().iter().any(|(known, _)| *known == key) {
        let message = format!("user `{}` has no credential for {}", key.0, key.1.name());
        return Err((ResponseError::ResourceNotFound, message));
    }
    Ok((key, None))
}

fn upsertion(asked: &ScramCredentialUpsertion) -> Result<Change, Wrong> {
    let hash = mechanism(asked.mechanism)?;
    if asked.name.is_empty() || asked.name.len() > USER_BYTES_MAX {
        let message = format!("a user's name has 1 to {USER_BYTES_MAX} bytes");
        return Err((ResponseError::UnacceptableCredential, message));
    }
    let unacceptable = |error: CredentialError| (ResponseError::UnacceptableCredential, error.to_string());
    let made = Credential::of_salted_password(hash, &asked.salted_password, &asked.salt, asked.iterations);
    Ok(((asked.name.to_string(), hash), Some(made.map_err(unacceptable)?)))
}

fn told(name: String, result: Result<(), Wrong>) -> AlterUserScramCredentialsResult {
    let told = AlterUserScramCredentialsResult::default().with_user(StrBytes::from_string(name));
    match result {
        Ok(()) => told.with_error_message(None),
        Err((error, message)) => {
            told.with_error_code(error.code()).with_error_message(Some(StrBytes::from_string(message)))
        }
    }
}
