//! `DescribeUserScramCredentials`: who there is, with which mechanisms (KIP-554). Never anything of a password.

use std::collections::{BTreeMap, HashMap};

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_user_scram_credentials_response::{
    CredentialInfo, DescribeUserScramCredentialsResult,
};
use kafka_protocol::messages::{DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse};
use kafka_protocol::protocol::StrBytes;

use crate::context::Context;

pub(crate) fn answer(
    context: &Context,
    _: i16,
    request: DescribeUserScramCredentialsRequest,
) -> DescribeUserScramCredentialsResponse {
    let mut known: BTreeMap<String, Vec<CredentialInfo>> = BTreeMap::new();
    for ((name, hash), iterations) in context.shared.security.users.all() {
        let iterations = i32::try_from(iterations).unwrap_or(i32::MAX);
        let info = CredentialInfo::default().with_mechanism(hash.code()).with_iterations(iterations);
        known.entry(name).or_default().push(info);
    }
    let asked = request.users.unwrap_or_default();
    let results: Vec<_> = if asked.is_empty() {
        known.into_iter().map(|(name, infos)| described(StrBytes::from_string(name), Some(infos))).collect()
    } else {
        let mut times: HashMap<StrBytes, usize> = HashMap::new();
        asked.iter().for_each(|user| *times.entry(user.name.clone()).or_default() += 1);
        let mut once: Vec<StrBytes> = times.keys().cloned().collect();
        once.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        let result = |name: StrBytes| match times.get(&name) {
            Some(1) => described(name.clone(), known.get(name.as_str()).cloned()),
            _ => failed(name, ResponseError::DuplicateResource, "is named twice; name it once"),
        };
        once.into_iter().map(result).collect()
    };
    DescribeUserScramCredentialsResponse::default().with_error_message(None).with_results(results)
}

fn described(name: StrBytes, infos: Option<Vec<CredentialInfo>>) -> DescribeUserScramCredentialsResult {
    match infos {
        None => failed(name, ResponseError::ResourceNotFound, "has no credentials"),
        Some(infos) => DescribeUserScramCredentialsResult::default()
            .with_user(name)
            .with_error_message(None)
            .with_credential_infos(infos),
    }
}

fn failed(name: StrBytes, error: ResponseError, what: &str) -> DescribeUserScramCredentialsResult {
    let message = format!("user `{}` {what}", name.as_str());
    DescribeUserScramCredentialsResult::default()
        .with_error_code(error.code())
        .with_error_message(Some(StrBytes::from_string(message)))
        .with_user(name)
}
