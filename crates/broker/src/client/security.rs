//! Users and access rules.

use kafka_protocol::messages::alter_user_scram_credentials_request::{
    ScramCredentialDeletion, ScramCredentialUpsertion,
};
use kafka_protocol::messages::create_acls_request::AclCreation;
use kafka_protocol::messages::delete_acls_request::DeleteAclsFilter;
use kafka_protocol::messages::describe_user_scram_credentials_response::DescribeUserScramCredentialsResult;
use kafka_protocol::messages::{
    AlterUserScramCredentialsRequest, CreateAclsRequest, DeleteAclsRequest, DescribeAclsRequest,
    DescribeUserScramCredentialsRequest,
};

use super::admin::text;
use super::error::ClientError;
use super::session::Client;
use crate::acl::{Acl, AclFilter, NamePattern, Operation, Pattern, Permission, Resource};
use crate::sasl::{ScramHash, scram_client};

/// Kafka's code for any.
const ANY: i8 = 1;
/// Kafka's code for all rules that decide about a name.
const MATCH: i8 = 2;

/// A user, as the platform describes him.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserInfo {
    /// The name.
    pub name: String,
    /// His mechanisms, and how often the password is hashed.
    pub credentials: Vec<(ScramHash, i32)>,
}

impl Client {
    /// All users, by name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn users(&mut self) -> Result<Vec<UserInfo>, ClientError> {
        let request = DescribeUserScramCredentialsRequest::default().with_users(None);
        let response = self.ask(&request, 0).await?;
        ClientError::check(response.error_code, || "to list users".to_owned(), response.error_message.as_deref())?;
        let user = |result: &DescribeUserScramCredentialsResult| {
            let infos = result.credential_infos.iter();
            let known = infos.filter_map(|info| Some((ScramHash::from_code(info.mechanism)?, info.iterations)));
            UserInfo { name: result.user.to_string(), credentials: known.collect() }
        };
        Ok(response.results.iter().map(user).collect())
    }

    /// Sets a user's password for these mechanisms, one after the other: Kafka changes a user once a request. The password
    /// itself does not leave this process.
    ///
    /// # Errors
    /// [`ClientError`]; iterations out of bounds.
    pub async fn set_password(
        &mut self,
        name: &str,
        password: &str,
        hashes: &[ScramHash],
        iterations: i32,
    ) -> Result<(), ClientError> {
        for &hash in hashes {
            let salted = scram_client::salted_password(hash, password, iterations);
            let (salt, salted) = salted.map_err(|error| ClientError::Credential { reason: error.to_string() })?;
            let upsertion = ScramCredentialUpsertion::default()
                .with_name(text(name))
                .with_mechanism(hash.code())
                .with_iterations(iterations)
                .with_salt(salt.into())
                .with_salted_password(salted.into());
            let request = AlterUserScramCredentialsRequest::default().with_upsertions(vec![upsertion]);
            self.alter_users(request, name).await?;
        }
        Ok(())
    }

    /// Removes a user with all his credentials.
    ///
    /// # Errors
    /// [`ClientError`]; there is no such user.
    pub async fn delete_user(&mut self, name: &str) -> Result<(), ClientError> {
        let known = self.users().await?.into_iter().find(|user| user.name == name);
        let known = known.ok_or_else(|| ClientError::UnknownUser { name: name.to_owned() })?;
        for (hash, _) in &known.credentials {
            let deletion = ScramCredentialDeletion::default().with_name(text(name)).with_mechanism(hash.code());
            let request = AlterUserScramCredentialsRequest::default().with_deletions(vec![deletion]);
            self.alter_users(request, name).await?;
        }
        Ok(())
    }

    async fn alter_users(&mut self, request: AlterUserScramCredentialsRequest, name: &str) -> Result<(), ClientError> {
        let response = self.ask(&request, 0).await?;
        response.results.iter().try_for_each(|result| {
            let doing = || format!("to change user `{name}`");
            ClientError::check(result.error_code, doing, result.error_message.as_deref())
        })
    }

    /// The access rules that a filter finds.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn acls(&mut self, filter: &AclFilter) -> Result<Vec<Acl>, ClientError> {
        let asked = asked(filter);
        let request = DescribeAclsRequest::default()
            .with_resource_type_filter(asked.resource_type_filter)
            .with_resource_name_filter(asked.resource_name_filter)
            .with_pattern_type_filter(asked.pattern_type_filter)
            .with_principal_filter(asked.principal_filter)
            .with_host_filter(asked.host_filter)
            .with_operation(asked.operation)
            .with_permission_type(asked.permission_type);
        let response = self.ask(&request, 3).await?;
        ClientError::check(response.error_code, || "to list rules".to_owned(), response.error_message.as_deref())?;
        let rules = response.resources.iter().flat_map(|resource| {
            resource.acls.iter().filter_map(|acl| {
                Some(Acl {
                    resource: Resource::from_code(resource.resource_type)?,
                    pattern: Pattern::from_code(resource.pattern_type)?,
                    name: resource.resource_name.to_string(),
                    principal: acl.principal.parse().ok()?,
                    host: acl.host.to_string(),
                    operation: Operation::from_code(acl.operation)?,
                    permission: Permission::from_code(acl.permission_type)?,
                })
            })
        });
        Ok(rules.collect())
    }

    /// Adds access rules.
    ///
    /// # Errors
    /// [`ClientError`], of the first rule that was refused.
    pub async fn add_acls(&mut self, rules: &[Acl]) -> Result<(), ClientError> {
        let creations = rules.iter().map(|rule| {
            AclCreation::default()
                .with_resource_type(rule.resource.code())
                .with_resource_name(text(&rule.name))
                .with_resource_pattern_type(rule.pattern.code())
                .with_principal(text(&rule.principal.to_string()))
                .with_host(text(&rule.host))
                .with_operation(rule.operation.code())
                .with_permission_type(rule.permission.code())
        });
        let response = self.ask(&CreateAclsRequest::default().with_creations(creations.collect()), 3).await?;
        response.results.iter().try_for_each(|result| {
            ClientError::check(result.error_code, || "to add a rule".to_owned(), result.error_message.as_deref())
        })
    }

    /// Removes the access rules that filters find; how many there were.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn delete_acls(&mut self, filters: &[AclFilter]) -> Result<usize, ClientError> {
        let request = DeleteAclsRequest::default().with_filters(filters.iter().map(asked).collect());
        let response = self.ask(&request, 3).await?;
        let mut removed = 0;
        for result in &response.filter_results {
            ClientError::check(result.error_code, || "to remove rules".to_owned(), result.error_message.as_deref())?;
            removed += result.matching_acls.len();
        }
        Ok(removed)
    }
}

fn asked(filter: &AclFilter) -> DeleteAclsFilter {
    let pattern = match filter.pattern {
        NamePattern::Any => ANY,
        NamePattern::Match => MATCH,
        NamePattern::Only(pattern) => pattern.code(),
    };
    DeleteAclsFilter::default()
        .with_resource_type_filter(filter.resource.map_or(ANY, Resource::code))
        .with_resource_name_filter(filter.name.as_deref().map(text))
        .with_pattern_type_filter(pattern)
        .with_principal_filter(filter.principal.as_deref().map(text))
        .with_host_filter(filter.host.as_deref().map(text))
        .with_operation(filter.operation.map_or(ANY, Operation::code))
        .with_permission_type(filter.permission.map_or(ANY, Permission::code))
}
