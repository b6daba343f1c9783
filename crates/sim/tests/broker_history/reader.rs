//! A reader of committed records, fetch by fetch.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::*;
use yeoul_log::batch::{AbortedTransaction, CommittedFilter, batches, records};
use yeoul_sim::Poll;

use crate::cluster::{Cluster, Down, PARTITIONS};
use crate::producer::topic;
use crate::support::Wire;

#[derive(Default)]
pub struct Reader {
    wire: Option<Wire>,
    pub positions: [i64; PARTITIONS as usize],
    /// Reads what is open and aborted, too: a bug.
    uncommitted: bool,
    /// Goes on where its position is not there any more, since a planted bug lost the records.
    forgiving: bool,
}

impl Reader {
    pub fn new(uncommitted: bool, forgiving: bool) -> Reader {
        Reader { uncommitted, forgiving, ..Reader::default() }
    }

    /// The connection is lost, the positions are not.
    pub fn forget(&mut self) {
        self.wire = None;
    }

    /// Reads some records of a partition.
    pub async fn poll(&mut self, cluster: &Cluster, partition: i32, bytes_max: i32) -> Result<Poll, Down> {
        let from = self.positions[partition as usize];
        let wanted = FetchPartition::default()
            .with_partition(partition)
            .with_fetch_offset(from)
            .with_partition_max_bytes(bytes_max);
        let wanted = FetchTopic::default().with_topic(topic()).with_partitions(vec![wanted]);
        let request = FetchRequest::default()
            .with_max_bytes(bytes_max)
            .with_isolation_level(i8::from(!self.uncommitted))
            .with_topics(vec![wanted]);
        let mut wire = match self.wire.take() {
            Some(wire) => wire,
            None => Wire::connect(cluster.addr()).await,
        };
        let answer = wire.call(&request, 11).await;
        self.wire = Some(wire);
        let found = &answer.responses[0].partitions[0];
        if found.error_code == ResponseError::KafkaStorageError.code() {
            return Err(Down);
        }
        if self.forgiving && found.error_code == ResponseError::OffsetOutOfRange.code() {
            return Ok(Poll { partition, from, next: from, records: Vec::new() });
        }
        assert_eq!(found.error_code, 0, "a read from {from} of partition {partition} was refused");
        let poll = taken(partition, from, found);
        self.positions[partition as usize] = poll.next;
        Ok(poll)
    }
}

/// What a client makes of an answer.
fn taken(partition: i32, from: i64, found: &fetch_response::PartitionData) -> Poll {
    let aborted = found.aborted_transactions.iter().flatten();
    let aborted: Vec<AbortedTransaction> = aborted
        .map(|one| AbortedTransaction { producer: one.producer_id.0, first: one.first_offset, last: i64::MAX })
        .collect();
    let mut filter = CommittedFilter::new(&aborted);
    let mut poll = Poll { partition, from, next: from, records: Vec::new() };
    for batch in batches(found.records.as_deref().unwrap_or_default()) {
        let Ok((header, batch)) = batch else { break };
        poll.next = poll.next.max(header.last_offset().0 + 1);
        if !filter.takes(&header, batch).unwrap() {
            continue;
        }
        for record in &records(batch, 1 << 20).unwrap() {
            let record = record.unwrap();
            let offset = header.base_offset.0 + i64::from(record.offset_delta);
            let value = std::str::from_utf8(record.value.unwrap()).unwrap().parse().unwrap();
            if offset >= from {
                poll.records.push((offset, value));
            }
        }
    }
    poll
}
