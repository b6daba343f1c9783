//! `Produce`: record batches into the log. The response waits for the flush that made them durable, whatever
//! acknowledgement the client asked for (with `acks=0` there is no response).

use kafka_protocol::ResponseError;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::produce_response::{
    BatchIndexAndErrorMessage, PartitionProduceResponse, TopicProduceResponse,
};
use kafka_protocol::messages::{ProduceRequest, ProduceResponse, TopicName};
use kafka_protocol::protocol::StrBytes;
use uuid::Uuid;
use yeoul_base::{PartitionId, TopicId};
use yeoul_log::batch::{BatchError, BatchHeader, Compression};
use yeoul_log::{AppendError, Appended, Pending, Topic};

use crate::context::Context;
use crate::dispatch::{self, Answer, Let};
use crate::error_code;
use crate::quota::limits::Kind;
use crate::reply::ReplyTo;
use crate::request::{Request, RequestError};
use crate::transactions::{Batch, ClientPath};

/// The first version whose batches take their partition into the producer's transaction (KIP-890).
const IMPLICIT: i16 = 12;
/// The first version whose responses say what was wrong in words.
const ERROR_MESSAGES: i16 = 8;
/// The first version that names topics by id.
const TOPIC_IDS: i16 = 13;
/// The first version whose clients may use zstd (KIP-110).
const ZSTD: i16 = 7;

/// Hands the batches to the log now; the future waits for the flush.
pub(crate) fn begin(context: &Context, request: &Request) -> Result<Answer, RequestError> {
    let to = ReplyTo::new(request);
    let gate = dispatch::gate(context, request);
    let (produce, finish) = match dispatch::screened::<ProduceRequest>(&gate, request)? {
        Let::In(produce, finish) => (produce, finish),
        Let::Refused(response) => return Ok(Box::pin(std::future::ready(to.encode(&response).map(Some)))),
    };
    let throttle = throttle(context, request, &produce);
    let acks = produce.acks;
    let refusal = refusal(&produce);
    let transaction = produce.transactional_id.as_deref().map(|id| Transactional { id, version: to.version });
    let data = produce.topic_data;
    let topics: Vec<_> =
        data.into_iter().map(|data| append_topic(context, to.version, data, refusal, transaction)).collect();
    let context = context.clone();
    Ok(Box::pin(async move {
        let responses = all_flushed(&context, topics, to.version).await;
        let mut response = ProduceResponse::default().with_responses(responses).with_throttle_time_ms(throttle);
        if let Some(finish) = finish {
            finish(&gate, &mut response);
        }
        if acks != 0 {
            return to.encode(&response).map(Some);
        }
        let mut partitions = response.responses.iter().flat_map(|topic| &topic.partition_responses);
        let failed = partitions.find(|one| one.error_code != 0);
        // Closing the connection is the only way to tell a client that wants no response.
        failed.map_or(Ok(None), |one| Err(RequestError::Unacknowledged { code: one.error_code }))
    }))
}

/// Counts the bytes against the client's quota; how long it is to be silent, in milliseconds.
fn throttle(context: &Context, request: &Request, produce: &ProduceRequest) -> i32 {
    if !context.shared.security.quotas.are_there() {
        return 0;
    }
    let partitions = produce.topic_data.iter().flat_map(|topic| &topic.partition_data);
    let bytes: usize = partitions.filter_map(|partition| partition.records.as_ref()).map(bytes::Bytes::len).sum();
    context.used(Kind::Produced, &request.client_id, bytes as f64)
}

/// Why the whole request is refused, if it is.
fn refusal(request: &ProduceRequest) -> Option<Refused> {
    (!(-1..=1).contains(&request.acks))
        .then_some(Refused { error: ResponseError::InvalidRequiredAcks, message: "`acks` can be 0, 1 or all (-1)" })
}

/// The transactional id that a request comes under.
#[derive(Clone, Copy)]
struct Transactional<'a> {
    id: &'a str,
    version: i16,
}

impl Transactional<'_> {
    fn path(self) -> ClientPath {
        if self.version >= IMPLICIT { ClientPath::Bumping } else { ClientPath::Old }
    }
}

/// A refusal that needs no look at the records.
#[derive(Clone, Copy)]
struct Refused {
    error: ResponseError,
    message: &'static str,
}

/// A partition's batches, on their way.
enum Appending {
    Refused(Refused),
    Queued(TopicId, Pending<Result<Appended, AppendError>>),
}

struct TopicAppending {
    name: TopicName,
    id: Uuid,
    partitions: Vec<(i32, Appending)>,
}

fn append_topic(
    context: &Context,
    version: i16,
    data: TopicProduceData,
    refusal: Option<Refused>,
    transaction: Option<Transactional<'_>>,
) -> TopicAppending {
    let topic = context.topic(&data.name, data.topic_id);
    let unknown = if version < TOPIC_IDS {
        Refused { error: ResponseError::UnknownTopicOrPartition, message: "there is no topic of this name" }
    } else {
        Refused { error: ResponseError::UnknownTopicId, message: "there is no topic of this id" }
    };
    let append = |partition: PartitionProduceData| {
        let appending = match (refusal, topic.as_deref()) {
            (Some(refusal), _) => Appending::Refused(refusal),
            (None, None) => Appending::Refused(unknown),
            (None, Some(topic)) => append(context, version, topic, &partition, transaction),
        };
        (partition.index, appending)
    };
    TopicAppending {
        partitions: data.partition_data.into_iter().map(append).collect(),
        name: data.name,
        id: data.topic_id,
    }
}

fn append(
    context: &Context,
    version: i16,
    topic: &Topic,
    partition: &PartitionProduceData,
    transaction: Option<Transactional<'_>>,
) -> Appending {
    let records = partition.records.clone().unwrap_or_default();
    if let Some(refused) = check_batch(version, &records) {
        return Appending::Refused(refused);
    }
    let Some(transaction) = transaction else {
        return Appending::Queued(topic.id, context.log().append(topic.id, PartitionId(partition.index), records));
    };
    let batch = Batch { topic, partition: partition.index, records };
    match context.transactions().append(transaction.id, batch, transaction.path()) {
        Ok(pending) => Appending::Queued(topic.id, pending),
        Err(error) => {
            let message = "the batch is not part of its producer's transaction; see the error code";
            let error = error_code::transactional_append(error, transaction.version);
            Appending::Refused(Refused { error, message })
        }
    }
}

/// What this API asks of a partition's records beyond what the log does: one batch, that counts its offsets from 0, in a
/// codec of the version. What can't be read as a batch, the log refuses.
fn check_batch(version: i16, records: &[u8]) -> Option<Refused> {
    let header = BatchHeader::parse(records).ok()?;
    let refused = |error, message| Some(Refused { error, message });
    if version < ZSTD && header.compression() == Ok(Compression::Zstd) {
        return refused(ResponseError::UnsupportedCompressionType, "zstd comes with version 7 of this request");
    }
    if header.bytes < records.len() {
        return refused(
            ResponseError::InvalidRecord,
            "a partition's records are one batch; send the others by themselves",
        );
    }
    if header.base_offset.0 != 0 {
        return refused(
            ResponseError::InvalidRecord,
            "a producer's batch has the base offset 0; the log gives it its own",
        );
    }
    None
}

async fn all_flushed(context: &Context, topics: Vec<TopicAppending>, version: i16) -> Vec<TopicProduceResponse> {
    let mut responses = Vec::with_capacity(topics.len());
    for topic in topics {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for (index, appending) in topic.partitions {
            partitions.push(flushed(context, index, appending, version).await);
        }
        let response = TopicProduceResponse::default().with_name(topic.name).with_topic_id(topic.id);
        responses.push(response.with_partition_responses(partitions));
    }
    responses
}

async fn flushed(context: &Context, index: i32, appending: Appending, version: i16) -> PartitionProduceResponse {
    let mut log_start = -1;
    let (error, message, records) = match appending {
        Appending::Refused(Refused { error, message }) => (error, StrBytes::from_static_str(message), Vec::new()),
        Appending::Queued(topic, pending) => match pending.await {
            Ok(appended) => return acknowledged(index, &appended),
            Err(error) => {
                let message = StrBytes::from_string(error.to_string());
                log_start = start_beside(context, topic, index, &error);
                (error_code::append(&error), message.clone(), wrong_records(&error, &message))
            }
        },
    };
    context.shared.metrics.produce_errors.add(1);
    let refused = PartitionProduceResponse::default()
        .with_index(index)
        .with_error_code(error.code())
        .with_base_offset(-1)
        .with_log_start_offset(log_start);
    if version < ERROR_MESSAGES {
        return refused;
    }
    refused.with_error_message(Some(message)).with_record_errors(records)
}

/// Where the partition begins, which goes with the refusal of a batch that was looked at; as in Kafka, not with what is no
/// batch, damaged or too large.
fn start_beside(context: &Context, topic: TopicId, index: i32, error: &AppendError) -> i64 {
    let is_none = matches!(
        error,
        AppendError::Batch(
            BatchError::Empty | BatchError::Cut { .. } | BatchError::Magic(_) | BatchError::Transactional
        )
    );
    match error_code::append(error) {
        _ if is_none => -1,
        ResponseError::CorruptMessage
        | ResponseError::MessageTooLarge
        | ResponseError::UnknownTopicOrPartition
        | ResponseError::NotEnoughReplicas
        | ResponseError::KafkaStorageError => -1,
        _ => context.log().bounds(topic, PartitionId(index)).map_or(-1, |bounds| bounds.log_start.0),
    }
}

/// Which records were the batch's fault (KIP-467), so that a producer gives up these and can send the others again.
fn wrong_records(error: &AppendError, message: &StrBytes) -> Vec<BatchIndexAndErrorMessage> {
    let wrong = |place: &i32| {
        let wrong = BatchIndexAndErrorMessage::default().with_batch_index(*place);
        wrong.with_batch_index_error_message(Some(message.clone()))
    };
    error.records().iter().map(wrong).collect()
}

fn acknowledged(index: i32, appended: &Appended) -> PartitionProduceResponse {
    PartitionProduceResponse::default()
        .with_index(index)
        .with_base_offset(appended.base_offset.0)
        .with_log_append_time_ms(appended.log_append_time.map_or(-1, |time| time.0))
        .with_log_start_offset(appended.log_start.0)
        .with_error_message(None)
}
