//! `ApiVersions`: what can be asked, in which versions.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::api_versions_response::{ApiVersion, FinalizedFeatureKey, SupportedFeatureKey};
use kafka_protocol::messages::{ApiKey, ApiVersionsRequest, ApiVersionsResponse};
use kafka_protocol::protocol::StrBytes;

use crate::apis::{APIS, Api};
use crate::context::Context;
use crate::reply::{Reply, ReplyTo};
use crate::request::RequestError;

/// The first version that tells of features (KIP-584).
const FEATURES: i16 = 3;
/// The first version whose clients take a feature that may be off; those before fail on it (KAFKA-17011).
const LEVEL_ZERO: i16 = 4;
/// Features never change while a broker runs.
const FEATURES_EPOCH: i64 = 1;
/// The features that clients ask for, and their levels: with `transaction.version` 2 producers go the way of KIP-890,
/// with `group.version` 1 groups may be KIP-848's.
const FEATURE_LEVELS: [(&str, i16); 2] = [("group.version", 1), ("transaction.version", 2)];

pub(crate) fn answer(_: &Context, version: i16, request: ApiVersionsRequest) -> ApiVersionsResponse {
    let named = is_name(&request.client_software_name) && is_name(&request.client_software_version);
    if version >= FEATURES && !named {
        return ApiVersionsResponse::default().with_error_code(ResponseError::InvalidRequest.code());
    }
    let supported = |&(name, max): &(&'static str, i16)| {
        let key = SupportedFeatureKey::default().with_name(StrBytes::from_static_str(name));
        key.with_min_version(if version >= LEVEL_ZERO { 0 } else { 1 }).with_max_version(max)
    };
    let finalized = |&(name, level): &(&'static str, i16)| {
        let key = FinalizedFeatureKey::default().with_name(StrBytes::from_static_str(name));
        key.with_max_version_level(level).with_min_version_level(level)
    };
    let response = ApiVersionsResponse::default().with_api_keys(APIS.iter().map(range).collect());
    if version < FEATURES {
        return response;
    }
    response
        .with_supported_features(FEATURE_LEVELS.iter().map(supported).collect())
        .with_finalized_features_epoch(FEATURES_EPOCH)
        .with_finalized_features(FEATURE_LEVELS.iter().map(finalized).collect())
}

/// The answer to a version of `ApiVersions` that is newer than ours: an error in version 0, which every client reads,
/// with the versions that it may use instead (KIP-511).
pub(crate) fn unsupported_version(correlation: i32) -> Result<Reply, RequestError> {
    let own = APIS.iter().filter(|api| api.key == ApiKey::ApiVersions);
    let response = ApiVersionsResponse::default()
        .with_error_code(ResponseError::UnsupportedVersion.code())
        .with_api_keys(own.map(range).collect());
    ReplyTo { api: ApiKey::ApiVersions, version: 0, correlation }.encode(&response)
}

/// Whether a client's name, or its version, can be one (KIP-511): letters, digits, and `-` and `.` between them.
fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    edge(text.as_bytes().first()) && edge(text.as_bytes().last()) && text.bytes().all(inner)
}

fn range(api: &Api) -> ApiVersion {
    ApiVersion::default().with_api_key(api.key as i16).with_min_version(api.announced_min).with_max_version(api.max)
}
