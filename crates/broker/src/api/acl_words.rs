//! Rules and filters between the protocol and [`acl`](crate::acl).

use kafka_protocol::ResponseError;
use kafka_protocol::messages::create_acls_request::AclCreation;
use kafka_protocol::protocol::StrBytes;

use crate::acl::{Acl, AclFilter, NamePattern, Operation, Pattern, Permission, Resource};
use crate::error_code;
use crate::security::ChangeError;

/// The code that means any.
const ANY: i8 = 1;
/// The code of a pattern that means: all rules that decide about the name.
const MATCH: i8 = 2;

/// What is wrong, as Kafka calls it and in words.
pub(super) type Wrong = (ResponseError, String);

fn wrong(what: &str, code: i8) -> Wrong {
    (ResponseError::InvalidRequest, format!("`{code}` is not {what} that is supported"))
}

/// The rule that is to be made.
pub(super) fn rule(creation: &AclCreation) -> Result<Acl, Wrong> {
    let resource = Resource::from_code(creation.resource_type);
    let pattern = Pattern::from_code(creation.resource_pattern_type);
    let operation = Operation::from_code(creation.operation);
    let permission = Permission::from_code(creation.permission_type);
    let acl = Acl {
        resource: resource.ok_or_else(|| wrong("a type of resource", creation.resource_type))?,
        pattern: pattern.ok_or_else(|| wrong("a pattern of a rule", creation.resource_pattern_type))?,
        name: creation.resource_name.to_string(),
        principal: creation.principal.parse().map_err(|error| (ResponseError::InvalidPrincipalType, error))?,
        host: creation.host.to_string(),
        operation: operation.ok_or_else(|| wrong("an operation", creation.operation))?,
        permission: permission.ok_or_else(|| wrong("a permission", creation.permission_type))?,
    };
    acl.check().map_err(|error| (ResponseError::InvalidRequest, error))?;
    Ok(acl)
}

/// A filter as it lies in `DescribeAcls` and `DeleteAcls`.
pub(super) struct Asked<'a> {
    pub(super) resource: i8,
    pub(super) name: Option<&'a StrBytes>,
    pub(super) pattern: i8,
    pub(super) principal: Option<&'a StrBytes>,
    pub(super) host: Option<&'a StrBytes>,
    pub(super) operation: i8,
    pub(super) permission: i8,
}

/// The filter that is meant.
pub(super) fn filter(asked: &Asked<'_>) -> Result<AclFilter, Wrong> {
    let pattern = match asked.pattern {
        ANY => NamePattern::Any,
        MATCH => NamePattern::Match,
        code => NamePattern::Only(Pattern::from_code(code).ok_or_else(|| wrong("a pattern", code))?),
    };
    Ok(AclFilter {
        resource: any_or("a type of resource", asked.resource, Resource::from_code)?,
        name: asked.name.map(ToString::to_string),
        pattern,
        principal: asked.principal.map(ToString::to_string),
        host: asked.host.map(ToString::to_string),
        operation: any_or("an operation", asked.operation, Operation::from_code)?,
        permission: any_or("a permission", asked.permission, Permission::from_code)?,
    })
}

fn any_or<T>(what: &str, code: i8, of: impl FnOnce(i8) -> Option<T>) -> Result<Option<T>, Wrong> {
    if code == ANY { Ok(None) } else { of(code).map(Some).ok_or_else(|| wrong(what, code)) }
}

/// Why a change of rules, users or quotas was not made.
pub(super) fn not_changed(error: &ChangeError) -> Wrong {
    (error_code::change(error), error.to_string())
}
