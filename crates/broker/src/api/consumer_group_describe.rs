//! `ConsumerGroupDescribe` (KIP-848): consumer groups with their members, and what those hold and are to hold.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::consumer_group_describe_response::{
    Assignment as WireAssignment, DescribedGroup, Member, TopicPartitions,
};
use kafka_protocol::messages::{ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse, GroupId, TopicName};
use kafka_protocol::protocol::StrBytes;
use yeoul_base::TopicId;
use yeoul_log::Log;

use crate::api::describe_groups::GROUP_OPERATIONS;
use crate::api::repeats::{Repeats, TOO_OFTEN, TOO_OFTEN_MESSAGE};
use crate::context::{Context, topic_name, topic_uuid};
use crate::group::Assignment;
use crate::group::consumer::{ConsumerGroup, ConsumerMember};
use crate::group::group::Group;

/// The first version that says by which protocol a member speaks.
const MEMBER_TYPES: i16 = 1;
/// A member that speaks the classic protocol, and one that speaks KIP-848's.
const CLASSIC_MEMBER: i8 = 0;
const CONSUMER_MEMBER: i8 = 1;

pub(crate) fn answer(
    context: &Context,
    version: i16,
    request: ConsumerGroupDescribeRequest,
) -> ConsumerGroupDescribeResponse {
    let operations = request.include_authorized_operations;
    let mut repeats = Repeats::new();
    let describe = |id: GroupId| {
        if !repeats.admits(id.clone()) {
            let refused = DescribedGroup::default().with_group_id(id).with_error_code(TOO_OFTEN.code());
            return refused.with_error_message(Some(StrBytes::from_static_str(TOO_OFTEN_MESSAGE)));
        }
        let described = describe(context, version, id);
        // Of what is not there, nothing is said but that.
        let told = operations && described.error_code == 0;
        if told { described.with_authorized_operations(GROUP_OPERATIONS) } else { described }
    };
    ConsumerGroupDescribeResponse::default().with_groups(request.group_ids.into_iter().map(describe).collect())
}

fn describe(context: &Context, version: i16, id: GroupId) -> DescribedGroup {
    let name = id.0.to_string();
    let found = context.groups().with(&name, false, |_, inner| match &inner.group {
        Group::Consumer(group) => Ok(tell(context.log(), version, group)),
        Group::Classic(_) => Err("is not a consumer group; ask with `DescribeGroups`"),
    });
    match found.unwrap_or(Err("is not there")) {
        Ok(described) => described.with_group_id(id),
        Err(why) => DescribedGroup::default()
            .with_group_id(id)
            .with_error_code(
                if name.is_empty() { ResponseError::InvalidGroupId } else { ResponseError::GroupIdNotFound }.code(),
            )
            .with_error_message(Some(StrBytes::from_string(format!("group `{name}` {why}")))),
    }
}

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

fn tell(log: &Log, version: i16, group: &ConsumerGroup) -> DescribedGroup {
    let empty = Assignment::new();
    let member = |member: &ConsumerMember| {
        let target = group.targets.get(&member.id).unwrap_or(&empty);
        let names = member.names.iter().map(|name| TopicName(text(name)));
        let shown = Member::default()
            .with_member_id(text(&member.id))
            .with_instance_id(member.instance.as_deref().map(text))
            .with_rack_id(member.rack.as_deref().map(text))
            .with_member_epoch(member.epoch)
            .with_client_id(text(&member.client.id))
            .with_client_host(text(&member.client.host))
            .with_subscribed_topic_names(names.collect())
            .with_subscribed_topic_regex(Some(text(&member.pattern)))
            .with_assignment(assignment(log, &member.assigned))
            .with_target_assignment(assignment(log, target));
        let kind = if member.classic.is_some() { CLASSIC_MEMBER } else { CONSUMER_MEMBER };
        if version >= MEMBER_TYPES { shown.with_member_type(kind) } else { shown }
    };
    DescribedGroup::default()
        .with_error_message(None)
        .with_group_state(text(group.state_name()))
        .with_group_epoch(group.epoch)
        .with_assignment_epoch(group.target_epoch)
        .with_assignor_name(text(&group.assignor))
        .with_members(group.members.values().map(member).collect())
}

fn assignment(log: &Log, assignment: &Assignment) -> WireAssignment {
    let topic = |(id, partitions): (&TopicId, &std::collections::BTreeSet<i32>)| {
        let name = log.topic_by_id(*id)?.name.clone();
        let partitions = partitions.iter().copied().collect();
        let topic = TopicPartitions::default().with_topic_id(topic_uuid(*id)).with_topic_name(topic_name(&name));
        Some(topic.with_partitions(partitions))
    };
    WireAssignment::default().with_topic_partitions(assignment.iter().filter_map(topic).collect())
}
