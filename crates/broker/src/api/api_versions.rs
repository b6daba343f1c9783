//! `ApiVersions`: what can be asked, in which versions.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::api_versions_response::ApiVersion;
use kafka_protocol::messages::{ApiKey, ApiVersionsRequest, ApiVersionsResponse};

use crate::apis::{APIS, Api};
use crate::context::Context;
use crate::reply::{Reply, ReplyTo};
use crate::request::RequestError;

pub(crate) fn answer(_: &Context, _: i16, _: ApiVersionsRequest) -> ApiVersionsResponse {
    ApiVersionsResponse::default().with_api_keys(APIS.iter().map(range).collect())
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

fn range(api: &Api) -> ApiVersion {
    ApiVersion::default().with_api_key(api.key as i16).with_min_version(api.announced_min).with_max_version(api.max)
}
