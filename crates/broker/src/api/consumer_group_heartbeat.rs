//! `ConsumerGroupHeartbeat` (KIP-848): a member of a consumer group says what it wants and holds, and learns what it may hold.

use std::time::Duration;

use kafka_protocol::messages::consumer_group_heartbeat_response::{Assignment as WireAssignment, TopicPartitions};
use kafka_protocol::messages::{ApiKey, ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use kafka_protocol::protocol::StrBytes;
use uuid::Uuid;
use yeoul_base::TopicId;

use crate::acl::gate::Gate;
use crate::acl::words::Operation;
use crate::context::{Context, topic_uuid};
use crate::group::Assignment;
use crate::group::consumer_heartbeat::{Beat, Heartbeat, Refusal};
use crate::group::member::ClientIdentity;
use crate::group::settings::GroupSetting;

/// The first version whose members choose their ids.
const OWN_IDS: i16 = 1;

pub(crate) async fn answer(
    context: Context,
    version: i16,
    client: ClientIdentity,
    request: ConsumerGroupHeartbeatRequest,
) -> ConsumerGroupHeartbeatResponse {
    let group = request.group_id.0.to_string();
    let beat = read(version, client, request);
    let member = beat.member.clone();
    // What a pattern matches is known here only; by name, the screen has looked.
    let gate = Gate::new(&context, ApiKey::ConsumerGroupHeartbeat, version);
    let may_see = |topic: &str| gate.topic(Operation::Describe, topic);
    match context.groups().consumer_heartbeat(&group, beat, &may_see).await {
        Ok(beat) => response(context.groups().member_time(&group, GroupSetting::Heartbeat), member, beat),
        Err(refusal) => refused(refusal),
    }
}

fn read(version: i16, client: ClientIdentity, request: ConsumerGroupHeartbeatRequest) -> Heartbeat {
    let text = |text: StrBytes| text.to_string();
    let member = if version < OWN_IDS && request.member_epoch == 0 && request.member_id.is_empty() {
        Uuid::new_v4().to_string()
    } else {
        request.member_id.to_string()
    };
    let owned = request.topic_partitions.map(|topics| {
        let topic = |it: kafka_protocol::messages::consumer_group_heartbeat_request::TopicPartitions| {
            (TopicId(it.topic_id.into_bytes()), it.partitions.into_iter().collect())
        };
        topics.into_iter().map(topic).collect()
    });
    let timeout = u64::try_from(request.rebalance_timeout_ms).ok();
    Heartbeat {
        member,
        epoch: request.member_epoch,
        instance: request.instance_id.map(text),
        rack: request.rack_id.map(text),
        client,
        rebalance_timeout: timeout.map(Duration::from_millis),
        names: request.subscribed_topic_names.map(|names| names.into_iter().map(|name| name.0.to_string()).collect()),
        pattern: request.subscribed_topic_regex.map(text),
        assignor: request.server_assignor.map(text),
        owned,
    }
}

fn refused((error, why): Refusal) -> ConsumerGroupHeartbeatResponse {
    ConsumerGroupHeartbeatResponse::default()
        .with_error_code(error.code())
        .with_error_message(Some(StrBytes::from_static_str(why)))
        .with_assignment(None)
}

fn response(interval: Duration, member: String, beat: Beat) -> ConsumerGroupHeartbeatResponse {
    // Who has left has none to keep to.
    let interval = if beat.epoch < 0 { 0 } else { interval.as_millis() };
    ConsumerGroupHeartbeatResponse::default()
        .with_error_message(None)
        .with_member_id(Some(StrBytes::from_string(member)))
        .with_member_epoch(beat.epoch)
        .with_heartbeat_interval_ms(i32::try_from(interval).unwrap_or(i32::MAX))
        .with_assignment(beat.assignment.as_ref().map(assignment))
}

fn assignment(assignment: &Assignment) -> WireAssignment {
    let topic = |(id, partitions): (&TopicId, &std::collections::BTreeSet<i32>)| {
        TopicPartitions::default().with_topic_id(topic_uuid(*id)).with_partitions(partitions.iter().copied().collect())
    };
    WireAssignment::default().with_topic_partitions(assignment.iter().map(topic).collect())
}
