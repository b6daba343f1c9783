//! `DeleteAcls`: removes the rules that filters find, all together.

use kafka_protocol::messages::delete_acls_request::DeleteAclsFilter;
use kafka_protocol::messages::delete_acls_response::{DeleteAclsFilterResult, DeleteAclsMatchingAcl};
use kafka_protocol::messages::{DeleteAclsRequest, DeleteAclsResponse};
use kafka_protocol::protocol::StrBytes;

use crate::acl::{Acl, AclFilter};
use crate::api::acl_words::{self, Asked, Wrong};
use crate::context::Context;

pub(crate) async fn answer(context: Context, _: i16, request: DeleteAclsRequest) -> DeleteAclsResponse {
    let read: Vec<Result<AclFilter, Wrong>> = request.filters.iter().map(filter).collect();
    let filters: Vec<AclFilter> = read.iter().flatten().cloned().collect();
    let removed = context.shared.security.remove_rules(&filters).await;
    let results = match removed {
        Err(error) => {
            let error = acl_words::not_changed(&error);
            read.into_iter().map(|filter| refused(filter.err().unwrap_or_else(|| error.clone()))).collect()
        }
        Ok(found) => {
            let mut found = found.into_iter();
            let result = |filter: Result<AclFilter, Wrong>| match filter {
                Err(error) => refused(error),
                Ok(_) => removed_rules(found.next().unwrap_or_default()),
            };
            read.into_iter().map(result).collect()
        }
    };
    DeleteAclsResponse::default().with_filter_results(results)
}

fn filter(asked: &DeleteAclsFilter) -> Result<AclFilter, Wrong> {
    acl_words::filter(&Asked {
        resource: asked.resource_type_filter,
        name: asked.resource_name_filter.as_ref(),
        pattern: asked.pattern_type_filter,
        principal: asked.principal_filter.as_ref(),
        host: asked.host_filter.as_ref(),
        operation: asked.operation,
        permission: asked.permission_type,
    })
}

fn refused((error, message): Wrong) -> DeleteAclsFilterResult {
    let message = Some(StrBytes::from_string(message));
    DeleteAclsFilterResult::default().with_error_code(error.code()).with_error_message(message)
}

fn removed_rules(rules: Vec<Acl>) -> DeleteAclsFilterResult {
    let rules = rules.into_iter().map(|rule| {
        DeleteAclsMatchingAcl::default()
            .with_error_message(None)
            .with_resource_type(rule.resource.code())
            .with_resource_name(StrBytes::from_string(rule.name))
            .with_pattern_type(rule.pattern.code())
            .with_principal(StrBytes::from_string(rule.principal.to_string()))
            .with_host(StrBytes::from_string(rule.host))
            .with_operation(rule.operation.code())
            .with_permission_type(rule.permission.code())
    });
    DeleteAclsFilterResult::default().with_error_message(None).with_matching_acls(rules.collect())
}
