//! One request's questions: may this client do that?

use std::net::IpAddr;
use std::sync::Arc;

use kafka_protocol::messages::{ApiKey, TopicName};
use uuid::Uuid;

use super::list::{self, AclList, Asker, CLUSTER};
use super::permission;
use super::principal::Principal;
use super::words::{Operation, Resource};
use crate::context::Context;

/// Who a connection's client is.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) principal: Principal,
    /// The address that it comes from.
    pub(crate) host: String,
    /// Whether the platform's owner said that it may do everything.
    pub(crate) is_super: bool,
}

impl Client {
    pub(crate) fn new(principal: Principal, address: IpAddr, is_super: bool) -> Client {
        Client { principal, host: address.to_canonical().to_string(), is_super }
    }
}

/// What stands between one request and its handler.
pub(crate) struct Gate {
    pub(crate) context: Context,
    pub(crate) key: ApiKey,
    pub(crate) version: i16,
    client: Arc<Client>,
    /// Nothing where everybody may do everything.
    rules: Option<Arc<AclList>>,
}

impl Gate {
    pub(crate) fn new(context: &Context, key: ApiKey, version: i16) -> Gate {
        let client = context.client();
        let rules = if client.is_super { None } else { context.shared.security.rules() };
        Gate { context: context.clone(), key, version, client, rules }
    }

    pub(crate) fn topic(&self, operation: Operation, name: &str) -> bool {
        self.allows(operation, Resource::Topic, name)
    }

    /// As [`Gate::topic`], for a topic that may be named by its id. One that is not there is let through: the handler
    /// says so, and tells nothing else.
    pub(crate) fn topic_or_id(&self, operation: Operation, name: &str, id: Uuid) -> bool {
        if self.rules.is_none() || id.is_nil() {
            return self.topic(operation, name);
        }
        self.context.topic("", id).is_none_or(|topic| self.topic(operation, &topic.name))
    }

    pub(crate) fn group(&self, operation: Operation, name: &str) -> bool {
        self.allows(operation, Resource::Group, name)
    }

    pub(crate) fn cluster(&self, operation: Operation) -> bool {
        self.allows(operation, Resource::Cluster, CLUSTER)
    }

    pub(crate) fn transactional_id(&self, operation: Operation, id: &str) -> bool {
        self.allows(operation, Resource::TransactionalId, id)
    }

    /// Whether there is a resource of the kind to which the client may do it.
    pub(crate) fn any(&self, operation: Operation, resource: Resource) -> bool {
        let Some(rules) = &self.rules else { return true };
        permission::asks_for(self.key, operation, resource) && rules.allows_any(self.asker(), operation, resource)
    }

    /// Whether the topic would be made by being asked for, and the client may not make it.
    pub(crate) fn may_not_make(&self, name: Option<&TopicName>, id: Uuid) -> bool {
        let Some(name) = name.filter(|_| id.is_nil() && self.rules.is_some()) else { return false };
        self.context.config().auto_create_topics
            && self.context.log().topic(name).is_none()
            && !self.cluster(Operation::Create)
            && !self.topic(Operation::Create, name)
    }

    /// What the client may do to a resource, as responses say it (KIP-430).
    pub(crate) fn operations(&self, resource: Resource, name: &str) -> i32 {
        match &self.rules {
            None => list::bits(resource.operations()),
            Some(rules) => rules.operations(self.asker(), resource, name),
        }
    }

    fn allows(&self, operation: Operation, resource: Resource, name: &str) -> bool {
        let Some(rules) = &self.rules else { return true };
        let allowed = permission::asks_for(self.key, operation, resource)
            && rules.allows(self.asker(), operation, resource, name);
        if !allowed {
            tracing::debug!(principal = %self.client.principal, %operation, %resource, name, api = ?self.key, "denied");
        }
        allowed
    }

    fn asker(&self) -> Asker<'_> {
        Asker { principal: &self.client.principal, host: &self.client.host }
    }
}
