//! What each API needs: the one table, from which the checks take their rights and `docs/acls.md` is written.
//!
//! The `match` has no wildcard, so that a new key of the protocol does not compile without its row; and an API that is
//! [served](crate::apis) without a rule does not compile either.

use kafka_protocol::messages::ApiKey;

use super::words::Operation::{self, *};
use super::words::Resource::{self, *};

/// What an API needs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Nothing, for this reason.
    Open(&'static str),
    /// These rights, each where it applies.
    Needs(&'static [Need]),
    /// It is not answered.
    NotServed,
}

/// A right that an API asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub(crate) operation: Operation,
    pub(crate) resource: Resource,
    /// When it is asked for, and what happens without it.
    pub(crate) about: &'static str,
}

const fn need(operation: Operation, resource: Resource, about: &'static str) -> Need {
    Need { operation, resource, about }
}

/// A rule of these rights. (A constant, since the rule of an API is one.)
macro_rules! needs {
    ($($need:expr),* $(,)?) => {{
        const NEEDS: &[Need] = &[$($need),*];
        Rule::Needs(NEEDS)
    }};
}

/// What every member of a group needs.
const MEMBER: Rule = needs!(need(Read, Group, ""));
/// What seeing credentials, rules and the state of the cluster needs.
const DESCRIBE_CLUSTER: Rule = needs!(need(Describe, Cluster, ""));
/// What changing them needs.
const ALTER_CLUSTER: Rule = needs!(need(Alter, Cluster, ""));

/// The rule of an API.
pub(crate) const fn rule(key: ApiKey) -> Rule {
    match key {
        ApiKey::Produce => {
            needs!(need(Write, Topic, "each topic"), need(Write, TransactionalId, "for a transactional producer"),)
        }
        ApiKey::Fetch => needs!(need(Read, Topic, "each topic")),
        ApiKey::ListOffsets | ApiKey::OffsetForLeaderEpoch => needs!(need(Describe, Topic, "each topic")),
        ApiKey::Metadata => needs!(
            need(Describe, Topic, "each topic; others are not listed"),
            need(Create, Cluster, "to create a topic by asking for it"),
            need(Create, Topic, "instead of `Create` on the cluster"),
        ),
        ApiKey::OffsetCommit => needs!(need(Read, Group, ""), need(Read, Topic, "each topic")),
        ApiKey::OffsetFetch => {
            needs!(need(Describe, Group, "each group"), need(Describe, Topic, "each topic; others are not listed"))
        }
        ApiKey::FindCoordinator => needs!(
            need(Describe, Group, "for a group's coordinator"),
            need(Describe, TransactionalId, "for a transaction's coordinator"),
        ),
        ApiKey::JoinGroup | ApiKey::Heartbeat | ApiKey::LeaveGroup | ApiKey::SyncGroup => MEMBER,
        ApiKey::DescribeGroups => needs!(need(Describe, Group, "each group")),
        ApiKey::ListGroups => needs!(
            need(Describe, Cluster, "to see all groups"),
            need(Describe, Group, "else: each group; others are not listed"),
        ),
        ApiKey::SaslHandshake | ApiKey::SaslAuthenticate => Rule::Open("it is how a client says who it is"),
        ApiKey::ApiVersions => Rule::Open("a client needs it before it can say who it is"),
        ApiKey::CreateTopics => needs!(
            need(Create, Cluster, "for any topic"),
            need(Create, Topic, "else: each topic"),
            need(DescribeConfigs, Topic, "to be told the new topic's settings"),
        ),
        ApiKey::DeleteTopics => needs!(
            need(Delete, Topic, "each topic"),
            need(Describe, Topic, "to be told the name of a topic that was named by its id"),
        ),
        ApiKey::DeleteRecords => needs!(need(Delete, Topic, "each topic")),
        ApiKey::InitProducerId => needs!(
            need(Write, TransactionalId, "for a transactional producer"),
            need(IdempotentWrite, Cluster, "for an idempotent producer"),
            need(Write, Topic, "instead of `IdempotentWrite`: any topic"),
        ),
        ApiKey::AddPartitionsToTxn => {
            needs!(need(Write, TransactionalId, ""), need(Write, Topic, "each topic; without one, none is added"),)
        }
        ApiKey::AddOffsetsToTxn => needs!(need(Write, TransactionalId, ""), need(Read, Group, "")),
        ApiKey::EndTxn => needs!(need(Write, TransactionalId, "")),
        ApiKey::TxnOffsetCommit => {
            needs!(need(Write, TransactionalId, ""), need(Read, Group, ""), need(Read, Topic, "each topic"),)
        }
        ApiKey::DescribeAcls => DESCRIBE_CLUSTER,
        ApiKey::CreateAcls | ApiKey::DeleteAcls => ALTER_CLUSTER,
        ApiKey::DescribeConfigs => needs!(
            need(DescribeConfigs, Topic, "for a topic's settings"),
            need(DescribeConfigs, Group, "for a group's settings"),
            need(DescribeConfigs, Cluster, "for all other settings"),
        ),
        ApiKey::AlterConfigs | ApiKey::IncrementalAlterConfigs => needs!(
            need(AlterConfigs, Topic, "for a topic's settings"),
            need(AlterConfigs, Group, "for a group's settings"),
            need(AlterConfigs, Cluster, "for all other settings"),
        ),
        ApiKey::DescribeLogDirs => DESCRIBE_CLUSTER,
        ApiKey::CreatePartitions => needs!(need(Alter, Topic, "each topic")),
        ApiKey::DeleteGroups => needs!(need(Delete, Group, "each group")),
        ApiKey::ElectLeaders | ApiKey::AlterPartitionReassignments => ALTER_CLUSTER,
        ApiKey::ListPartitionReassignments => DESCRIBE_CLUSTER,
        ApiKey::OffsetDelete => needs!(need(Delete, Group, ""), need(Read, Topic, "each topic")),
        ApiKey::DescribeClientQuotas => needs!(need(DescribeConfigs, Cluster, "")),
        ApiKey::AlterClientQuotas => needs!(need(AlterConfigs, Cluster, "")),
        ApiKey::DescribeUserScramCredentials => DESCRIBE_CLUSTER,
        ApiKey::AlterUserScramCredentials => ALTER_CLUSTER,
        ApiKey::DescribeQuorum => DESCRIBE_CLUSTER,
        ApiKey::UpdateFeatures => ALTER_CLUSTER,
        ApiKey::DescribeCluster => Rule::Open("it says no more than `Metadata`"),
        ApiKey::DescribeProducers => needs!(need(Read, Topic, "each topic")),
        ApiKey::DescribeTransactions => needs!(
            need(Describe, TransactionalId, "each transactional id"),
            need(Describe, Topic, "each topic of the transaction; others are not listed"),
        ),
        ApiKey::ListTransactions => {
            needs!(need(Describe, TransactionalId, "each transactional id; others are not listed"))
        }
        ApiKey::ConsumerGroupHeartbeat => needs!(
            need(Read, Group, ""),
            need(Describe, Topic, "each topic that is subscribed to by name; a pattern matches no others")
        ),
        ApiKey::ConsumerGroupDescribe => needs!(
            need(Describe, Group, "each group"),
            need(Describe, Topic, "each topic of a member; a group with others is not shown"),
        ),
        ApiKey::GetTelemetrySubscriptions | ApiKey::PushTelemetry => Rule::Open("a client tells of itself only"),
        ApiKey::ListConfigResources => needs!(need(DescribeConfigs, Cluster, "")),
        ApiKey::DescribeTopicPartitions => {
            needs!(need(Describe, Topic, "each topic; others are not listed"))
        }
        ApiKey::WriteTxnMarkers => needs!(need(Alter, Cluster, "to abort a transaction that hangs")),
        // Brokers and controllers among themselves; there is one node.
        ApiKey::Vote
        | ApiKey::BeginQuorumEpoch
        | ApiKey::EndQuorumEpoch
        | ApiKey::AlterPartition
        | ApiKey::Envelope
        | ApiKey::FetchSnapshot
        | ApiKey::BrokerRegistration
        | ApiKey::BrokerHeartbeat
        | ApiKey::UnregisterBroker
        | ApiKey::AllocateProducerIds
        | ApiKey::ControllerRegistration
        | ApiKey::AssignReplicasToDirs
        | ApiKey::AddRaftVoter
        | ApiKey::RemoveRaftVoter
        | ApiKey::UpdateRaftVoter => Rule::NotServed,
        // Not supported: moving replicas between disks, delegation tokens, share groups.
        ApiKey::AlterReplicaLogDirs
        | ApiKey::CreateDelegationToken
        | ApiKey::RenewDelegationToken
        | ApiKey::ExpireDelegationToken
        | ApiKey::DescribeDelegationToken
        | ApiKey::ShareGroupHeartbeat
        | ApiKey::ShareGroupDescribe
        | ApiKey::ShareFetch
        | ApiKey::ShareAcknowledge
        | ApiKey::InitializeShareGroupState
        | ApiKey::ReadShareGroupState
        | ApiKey::WriteShareGroupState
        | ApiKey::DeleteShareGroupState
        | ApiKey::ReadShareGroupStateSummary
        | ApiKey::DescribeShareGroupOffsets
        | ApiKey::AlterShareGroupOffsets
        | ApiKey::DeleteShareGroupOffsets => Rule::NotServed,
    }
}

/// Whether an API has a rule under which it can be served.
pub(crate) const fn is_served(key: ApiKey) -> bool {
    !matches!(rule(key), Rule::NotServed)
}

/// Whether an API asks for this right: what the table doesn't name is never granted.
pub(crate) fn asks_for(key: ApiKey, operation: Operation, resource: Resource) -> bool {
    match rule(key) {
        Rule::Needs(needs) => needs.iter().any(|need| need.operation == operation && need.resource == resource),
        Rule::Open(_) | Rule::NotServed => false,
    }
}

/// The table as text (Markdown): each API that has a rule, what it needs, on what, and when.
#[must_use]
pub fn rights_table() -> String {
    let mut text = "| API | key | operation | resource | |\n|---|---|---|---|---|\n".to_owned();
    for api in (0..=i16::from(u8::MAX)).filter_map(|key| ApiKey::try_from(key).ok()) {
        let (name, key) = (format!("{api:?}"), api as i16);
        match rule(api) {
            Rule::Open(reason) => {
                text.push_str(&format!("| {name} | {key} | – | – | nobody is kept from it: {reason} |\n"))
            }
            Rule::NotServed => {}
            Rule::Needs(needs) => needs.iter().for_each(|need| {
                text.push_str(&format!(
                    "| {name} | {key} | {} | {} | {} |\n",
                    need.operation, need.resource, need.about
                ));
            }),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apis::APIS;

    const BEGIN: &str = "<!-- written by `yeoul acl rights` -->\n";
    const END: &str = "<!-- end -->";

    /// `YEOUL_WRITE_DOCS=1` writes the page anew.
    #[test]
    fn the_page_of_rights_is_current() {
        let path = "../../docs/acls.md";
        let page = std::fs::read_to_string(path).unwrap();
        let (head, rest) = page.split_once(BEGIN).expect("it has the table");
        let (table, tail) = rest.split_once(END).expect("the table ends");
        if std::env::var_os("YEOUL_WRITE_DOCS").is_some() {
            return std::fs::write(path, format!("{head}{BEGIN}{}{END}{tail}", rights_table())).unwrap();
        }
        assert_eq!(table, rights_table(), "write it anew: YEOUL_WRITE_DOCS=1 cargo test -p yeoul-broker rights");
    }

    #[test]
    fn every_right_is_one_that_its_resource_has() {
        for api in APIS {
            let Rule::Needs(needs) = rule(api.key) else { continue };
            assert!(!needs.is_empty(), "{:?}", api.key);
            for need in needs {
                assert!(need.resource.operations().contains(&need.operation), "{:?}: {need:?}", api.key);
            }
        }
    }
}
