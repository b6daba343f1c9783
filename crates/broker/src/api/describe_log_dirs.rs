//! `DescribeLogDirs`: the log's one folder, and what each partition takes of it. What lies in an object store counts too.

use std::sync::Arc;

use kafka_protocol::messages::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use kafka_protocol::messages::{DescribeLogDirsRequest, DescribeLogDirsResponse};
use kafka_protocol::protocol::StrBytes;
use yeoul_base::PartitionId;
use yeoul_log::{Log, Topic};

use crate::context::{Context, topic_name};

/// The first version that tells the room on the disk.
const ROOM: i16 = 4;

pub(crate) fn answer(context: &Context, version: i16, request: DescribeLogDirsRequest) -> DescribeLogDirsResponse {
    let log = context.log();
    let topics: Vec<DescribeLogDirsTopic> = match request.topics {
        None => log.topics().iter().map(|topic| describe(log, topic, 0..topic.partitions)).collect(),
        Some(asked) => {
            let known = |name: &str| -> Option<Arc<Topic>> { log.topic(name) };
            let topics = asked.into_iter().filter_map(|asked| Some((known(&asked.topic)?, asked.partitions)));
            topics.map(|(topic, partitions)| describe(log, &topic, partitions)).collect()
        }
    };
    let folder = log.config().dir.display().to_string();
    let mut result = DescribeLogDirsResult::default().with_log_dir(StrBytes::from_string(folder)).with_topics(topics);
    if let Some(space) = log.space().filter(|_| version >= ROOM) {
        let number = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        result = result.with_total_bytes(number(space.total)).with_usable_bytes(number(space.free));
    }
    DescribeLogDirsResponse::default().with_results(vec![result])
}

fn describe(log: &Log, topic: &Topic, partitions: impl IntoIterator<Item = i32>) -> DescribeLogDirsTopic {
    let describe = |index: i32| {
        let bounds = log.bounds(topic.id, PartitionId(index))?;
        let size = i64::try_from(bounds.bytes).unwrap_or(i64::MAX);
        Some(DescribeLogDirsPartition::default().with_partition_index(index).with_partition_size(size))
    };
    let partitions = partitions.into_iter().filter_map(describe).collect();
    DescribeLogDirsTopic::default().with_name(topic_name(&topic.name)).with_partitions(partitions)
}
