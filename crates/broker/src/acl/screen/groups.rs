//! Consumer groups: taking part, seeing, deleting.

use kafka_protocol::messages::consumer_group_describe_response as consumer;
use kafka_protocol::messages::delete_groups_response::DeletableGroupResult;
use kafka_protocol::messages::describe_groups_response::DescribedGroup;
use kafka_protocol::messages::find_coordinator_response::Coordinator;
use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;

use super::{GROUP, Screened, TOPIC, TRANSACTIONAL_ID, take};
use crate::acl::gate::Gate;
use crate::acl::words::Operation::{Delete, Describe, Read};
use crate::acl::words::Resource;

/// The kinds of key that `FindCoordinator` asks for.
const GROUP_KEY: i8 = 0;
const TRANSACTION_KEY: i8 = 1;
/// The first version of `FindCoordinator` that asks for many keys at a time.
const MANY_KEYS: i16 = 4;

pub(super) fn find_coordinator(mut request: FindCoordinatorRequest, gate: &Gate) -> Screened<FindCoordinatorRequest> {
    let (kind, error) = match request.key_type {
        TRANSACTION_KEY => (TRANSACTION_KEY, TRANSACTIONAL_ID),
        _ => (GROUP_KEY, GROUP),
    };
    let allowed = |key: &StrBytes| match kind {
        TRANSACTION_KEY => gate.transactional_id(Describe, key),
        _ => gate.group(Describe, key),
    };
    if gate.version < MANY_KEYS {
        return Screened::whole(allowed(&request.key), request, |_| {
            let response = FindCoordinatorResponse::default().with_error_code(error);
            response.with_node_id(BrokerId(-1)).with_port(-1).with_error_message(None)
        });
    }
    let denied = take(&mut request.coordinator_keys, allowed);
    Screened::without(request, denied, move |response, denied| {
        response.coordinators.extend(denied.into_iter().map(|key| {
            let none = Coordinator::default().with_node_id(BrokerId(-1)).with_port(-1).with_error_message(None);
            none.with_key(key).with_error_code(error)
        }));
    })
}

pub(super) fn join(request: JoinGroupRequest, gate: &Gate) -> Screened<JoinGroupRequest> {
    Screened::whole(gate.group(Read, &request.group_id), request, |request| {
        JoinGroupResponse::default().with_error_code(GROUP).with_member_id(request.member_id)
    })
}

pub(super) fn sync(request: SyncGroupRequest, gate: &Gate) -> Screened<SyncGroupRequest> {
    Screened::whole(gate.group(Read, &request.group_id), request, |_| {
        SyncGroupResponse::default().with_error_code(GROUP)
    })
}

pub(super) fn heartbeat(request: HeartbeatRequest, gate: &Gate) -> Screened<HeartbeatRequest> {
    Screened::whole(gate.group(Read, &request.group_id), request, |_| {
        HeartbeatResponse::default().with_error_code(GROUP)
    })
}

pub(super) fn leave(request: LeaveGroupRequest, gate: &Gate) -> Screened<LeaveGroupRequest> {
    Screened::whole(gate.group(Read, &request.group_id), request, |_| {
        LeaveGroupResponse::default().with_error_code(GROUP)
    })
}

pub(super) fn describe(mut request: DescribeGroupsRequest, gate: &Gate) -> Screened<DescribeGroupsRequest> {
    let denied = take(&mut request.groups, |group| gate.group(Describe, group));
    let operations = request.include_authorized_operations;
    Screened::finishing(request, move |gate, response| {
        for group in response.groups.iter_mut().filter(|group| operations && group.error_code == 0) {
            group.authorized_operations = gate.operations(Resource::Group, &group.group_id);
        }
        let denied =
            denied.into_iter().map(|group| DescribedGroup::default().with_group_id(group).with_error_code(GROUP));
        response.groups.extend(denied);
    })
}

pub(super) fn list(request: ListGroupsRequest, gate: &Gate) -> Screened<ListGroupsRequest> {
    if gate.cluster(Describe) {
        return Screened::Pass(request);
    }
    Screened::finishing(request, |gate, response| response.groups.retain(|group| gate.group(Describe, &group.group_id)))
}

pub(super) fn delete(mut request: DeleteGroupsRequest, gate: &Gate) -> Screened<DeleteGroupsRequest> {
    let denied = take(&mut request.groups_names, |group| gate.group(Delete, group));
    Screened::without(request, denied, |response, denied| {
        let denied = denied.into_iter();
        let denied = denied.map(|group| DeletableGroupResult::default().with_group_id(group).with_error_code(GROUP));
        response.results.extend(denied);
    })
}

pub(super) fn consumer_heartbeat(
    request: ConsumerGroupHeartbeatRequest,
    gate: &Gate,
) -> Screened<ConsumerGroupHeartbeatRequest> {
    let refused = |error| {
        let response = ConsumerGroupHeartbeatResponse::default().with_error_code(error).with_error_message(None);
        Screened::Refused(response.with_member_id(None).with_assignment(None))
    };
    if !gate.group(Read, &request.group_id) {
        return refused(GROUP);
    }
    let mut names = request.subscribed_topic_names.iter().flatten();
    if names.all(|name| gate.topic(Describe, name)) { Screened::Pass(request) } else { refused(TOPIC) }
}

pub(super) fn describe_consumer_groups(
    mut request: ConsumerGroupDescribeRequest,
    gate: &Gate,
) -> Screened<ConsumerGroupDescribeRequest> {
    let denied = take(&mut request.group_ids, |group| gate.group(Describe, group));
    let operations = request.include_authorized_operations;
    Screened::finishing(request, move |gate, response| {
        for group in response.groups.iter_mut().filter(|group| group.error_code == 0) {
            if operations {
                group.authorized_operations = gate.operations(Resource::Group, &group.group_id);
            }
            if !topics_of(group).all(|topic| gate.topic(Describe, topic)) {
                *group = denied_group(group.group_id.clone(), TOPIC);
            }
        }
        response.groups.extend(denied.into_iter().map(|group| denied_group(group, GROUP)));
    })
}

fn topics_of(group: &consumer::DescribedGroup) -> impl Iterator<Item = &TopicName> {
    let assigned = group.members.iter().flat_map(|member| {
        let topics = member.assignment.topic_partitions.iter().chain(&member.target_assignment.topic_partitions);
        topics.map(|topic| &topic.topic_name)
    });
    assigned.chain(group.members.iter().flat_map(|member| &member.subscribed_topic_names))
}

fn denied_group(group: GroupId, error: i16) -> consumer::DescribedGroup {
    consumer::DescribedGroup::default().with_group_id(group).with_error_code(error).with_error_message(None)
}
