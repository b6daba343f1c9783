//! `CreateAcls`: adds rules. Those that can be read are added together; the others are refused, each with its reason.

use kafka_protocol::messages::create_acls_response::AclCreationResult;
use kafka_protocol::messages::{CreateAclsRequest, CreateAclsResponse};
use kafka_protocol::protocol::StrBytes;

use crate::api::acl_words::{self, Wrong};
use crate::context::Context;

pub(crate) async fn answer(context: Context, _: i16, request: CreateAclsRequest) -> CreateAclsResponse {
    let read: Vec<Result<_, Wrong>> = request.creations.iter().map(acl_words::rule).collect();
    let rules = read.iter().flatten().cloned().collect();
    let added = context.shared.security.add_rules(rules).await;
    let added = added.map_err(|error| acl_words::not_changed(&error));
    let results = read.into_iter().map(|rule| result(rule.and_then(|_| added.clone())));
    CreateAclsResponse::default().with_results(results.collect())
}

fn result(result: Result<(), Wrong>) -> AclCreationResult {
    let created = AclCreationResult::default().with_error_message(None);
    match result {
        Ok(()) => created,
        Err((error, message)) => {
            created.with_error_code(error.code()).with_error_message(Some(StrBytes::from_string(message)))
        }
    }
}
