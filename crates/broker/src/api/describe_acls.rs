//! `DescribeAcls`: the rules that a filter finds.

use kafka_protocol::messages::describe_acls_response::{AclDescription, DescribeAclsResource};
use kafka_protocol::messages::{DescribeAclsRequest, DescribeAclsResponse};
use kafka_protocol::protocol::StrBytes;

use crate::acl::{Acl, Pattern, Resource};
use crate::api::acl_words::{self, Asked};
use crate::context::Context;

pub(crate) fn answer(context: &Context, _: i16, request: DescribeAclsRequest) -> DescribeAclsResponse {
    let asked = Asked {
        resource: request.resource_type_filter,
        name: request.resource_name_filter.as_ref(),
        pattern: request.pattern_type_filter,
        principal: request.principal_filter.as_ref(),
        host: request.host_filter.as_ref(),
        operation: request.operation,
        permission: request.permission_type,
    };
    let response = DescribeAclsResponse::default().with_error_message(None);
    let filter = match acl_words::filter(&asked) {
        Ok(filter) => filter,
        Err((error, message)) => {
            let message = Some(StrBytes::from_string(message));
            return response.with_error_code(error.code()).with_error_message(message);
        }
    };
    let rules = context.shared.security.all_rules();
    let mut resources: Vec<DescribeAclsResource> = Vec::new();
    let mut last: Option<(Resource, Pattern, &str)> = None;
    // The rules come in the order of their resources.
    for rule in rules.find(&filter) {
        let this = (rule.resource, rule.pattern, rule.name.as_str());
        if last != Some(this) {
            resources.push(resource(rule));
            last = Some(this);
        }
        if let Some(resource) = resources.last_mut() {
            resource.acls.push(description(rule));
        }
    }
    response.with_resources(resources)
}

fn resource(rule: &Acl) -> DescribeAclsResource {
    DescribeAclsResource::default()
        .with_resource_type(rule.resource.code())
        .with_resource_name(StrBytes::from_string(rule.name.clone()))
        .with_pattern_type(rule.pattern.code())
}

fn description(rule: &Acl) -> AclDescription {
    AclDescription::default()
        .with_principal(StrBytes::from_string(rule.principal.to_string()))
        .with_host(StrBytes::from_string(rule.host.clone()))
        .with_operation(rule.operation.code())
        .with_permission_type(rule.permission.code())
}
