//! From the log's errors to Kafka's error codes: the one place where the two meet.
//!
//! Whether a client tries again follows from the code, so each mapping says what the client should do.

use kafka_protocol::ResponseError;
use yeoul_log::batch::BatchError;
use yeoul_log::{
    AddPartitionsError, AlterTopicError, AppendError, CreateTopicError, DeleteRecordsError, DeleteTopicError, PutError,
    ReadError, Unavailable, check_topic_name,
};

use crate::context::{LEADER_EPOCH, NO_EPOCH};
use crate::security::ChangeError;
use crate::transactions::TransactionError;

/// For records that were not appended.
pub(crate) fn append(error: &AppendError) -> ResponseError {
    match error {
        AppendError::UnknownTopic(_) | AppendError::UnknownPartition { .. } => ResponseError::UnknownTopicOrPartition,
        AppendError::TooLarge { .. } => ResponseError::MessageTooLarge,
        AppendError::NoKey { .. } => ResponseError::InvalidRecord,
        AppendError::TimestampOutOfRange { .. } => ResponseError::InvalidTimestamp,
        AppendError::Batch(error) => batch(error),
        AppendError::OutOfOrderSequence { .. } => ResponseError::OutOfOrderSequenceNumber,
        AppendError::DuplicateSequence { .. } => ResponseError::DuplicateSequenceNumber,
        AppendError::FencedEpoch { .. } => ResponseError::InvalidProducerEpoch,
        AppendError::TransactionOpen { .. } => ResponseError::InvalidTxnState,
        // Retriable: the client sends the same again after its back-off.
        AppendError::Busy { .. } => ResponseError::NotEnoughReplicas,
        AppendError::Unavailable(reason) => unavailable(reason),
    }
}

/// For bytes that are not sound batches. `CorruptMessage` lets the client send again, since the bytes may have been
/// damaged on the way; what the client built wrongly would be wrong again.
fn batch(error: &BatchError) -> ResponseError {
    match error {
        BatchError::Crc { .. } | BatchError::Length(_) => ResponseError::CorruptMessage,
        // The formats of Kafka before 0.11 are read, and refused; any other is damage.
        BatchError::Magic(format) if !(0..=1).contains(format) => ResponseError::CorruptMessage,
        BatchError::Codec(_) => ResponseError::UnsupportedCompressionType,
        BatchError::Bomb(_) => ResponseError::MessageTooLarge,
        BatchError::Transactional => ResponseError::TransactionalIdAuthorizationFailed,
        BatchError::Magic(_)
        | BatchError::Cut { .. }
        | BatchError::Empty
        | BatchError::Count { .. }
        | BatchError::OffsetDelta { .. }
        | BatchError::RecordLength { .. }
        | BatchError::Trailing(_)
        | BatchError::Decode(_)
        | BatchError::Decompress { .. }
        | BatchError::Several
        | BatchError::Control
        | BatchError::Producer { .. } => ResponseError::InvalidRecord,
    }
}

/// A failed log needs a restart of the broker, which a client may well outlive: it is told to try again.
fn unavailable(reason: &Unavailable) -> ResponseError {
    if reason.retriable { ResponseError::NotEnoughReplicas } else { ResponseError::KafkaStorageError }
}

/// For records that could not be read.
pub(crate) fn read(error: &ReadError) -> ResponseError {
    match error {
        ReadError::UnknownTopic(_) | ReadError::UnknownPartition { .. } => ResponseError::UnknownTopicOrPartition,
        ReadError::OffsetOutOfRange { .. } => ResponseError::OffsetOutOfRange,
        ReadError::Damaged { .. } | ReadError::Io { .. } => ResponseError::KafkaStorageError,
    }
}

/// For a topic that was not created.
pub(crate) fn create_topic(error: &CreateTopicError) -> ResponseError {
    match error {
        CreateTopicError::Exists(_) => ResponseError::TopicAlreadyExists,
        CreateTopicError::InvalidName { .. } => ResponseError::InvalidTopicException,
        CreateTopicError::InvalidPartitions { .. } => ResponseError::InvalidPartitions,
        CreateTopicError::InvalidConfig(_) => ResponseError::InvalidConfig,
        CreateTopicError::Unavailable(reason) => unavailable(reason),
    }
}

/// For settings that were not changed.
pub(crate) fn alter_topic(error: &AlterTopicError) -> ResponseError {
    match error {
        AlterTopicError::UnknownTopic(_) => ResponseError::UnknownTopicOrPartition,
        AlterTopicError::InvalidConfig(_) => ResponseError::InvalidConfig,
        AlterTopicError::Unavailable(reason) => unavailable(reason),
    }
}

/// For partitions that were not added.
pub(crate) fn add_partitions(error: &AddPartitionsError) -> ResponseError {
    match error {
        AddPartitionsError::UnknownTopic(_) => ResponseError::UnknownTopicOrPartition,
        AddPartitionsError::InvalidPartitions { .. } => ResponseError::InvalidPartitions,
        AddPartitionsError::Unavailable(reason) => unavailable(reason),
    }
}

/// For records that were not deleted.
pub(crate) fn delete_records(error: &DeleteRecordsError) -> ResponseError {
    match error {
        DeleteRecordsError::UnknownTopic(_) | DeleteRecordsError::UnknownPartition { .. } => {
            ResponseError::UnknownTopicOrPartition
        }
        DeleteRecordsError::OffsetOutOfRange { .. } => ResponseError::OffsetOutOfRange,
        DeleteRecordsError::Unavailable(reason) => unavailable(reason),
    }
}

/// For a topic that was not deleted.
pub(crate) fn delete_topic(error: &DeleteTopicError) -> ResponseError {
    match error {
        DeleteTopicError::UnknownTopic(_) => ResponseError::UnknownTopicId,
        DeleteTopicError::Unavailable(reason) => unavailable(reason),
    }
}

/// For a step of a transaction. A fenced producer is told so since the version of the API that has the code (KIP-588).
pub(crate) fn transaction(error: TransactionError, knows_fenced: bool) -> ResponseError {
    match error {
        TransactionError::UnknownId | TransactionError::OtherProducer => ResponseError::InvalidProducerIdMapping,
        TransactionError::Fenced if knows_fenced => ResponseError::ProducerFenced,
        TransactionError::Fenced => ResponseError::InvalidProducerEpoch,
        TransactionError::Concurrent => ResponseError::ConcurrentTransactions,
        TransactionError::InvalidState | TransactionError::NotInTransaction => ResponseError::InvalidTxnState,
        TransactionError::NotTransactional => ResponseError::InvalidRecord,
        TransactionError::InvalidTimeout => ResponseError::InvalidTransactionTimeout,
        TransactionError::InvalidId => ResponseError::InvalidRequest,
        TransactionError::TooLarge => ResponseError::OffsetMetadataTooLarge,
        // Retriable: the client looks for the coordinator again.
        TransactionError::Unavailable => ResponseError::CoordinatorNotAvailable,
    }
}

/// The first version of `Produce` whose clients know the codes of KIP-890.
const ABORTABLE: i16 = 11;

/// For a batch that is not part of its producer's transaction.
pub(crate) fn transactional_append(error: TransactionError, version: i16) -> ResponseError {
    match error {
        TransactionError::Concurrent if version < ABORTABLE => ResponseError::NotEnoughReplicas,
        TransactionError::NotInTransaction if version >= ABORTABLE => ResponseError::TransactionAbortable,
        TransactionError::Unavailable => ResponseError::NotEnoughReplicas,
        other => transaction(other, false),
    }
}

/// For the leader epoch that a client believes in; -1 is none.
pub(crate) fn leader_epoch(epoch: i32) -> Option<ResponseError> {
    match epoch {
        NO_EPOCH | LEADER_EPOCH => None,
        ..LEADER_EPOCH => Some(ResponseError::FencedLeaderEpoch),
        _ => Some(ResponseError::UnknownLeaderEpoch),
    }
}

/// For one in a fetch, where all below 0 is none.
pub(crate) fn fetching_epoch(epoch: i32) -> Option<ResponseError> {
    leader_epoch(epoch.max(NO_EPOCH))
}

/// For a topic that is not there: its name may be none.
pub(crate) fn no_topic(name: &str) -> ResponseError {
    match check_topic_name(name) {
        Ok(()) => ResponseError::UnknownTopicOrPartition,
        Err(_) => ResponseError::InvalidTopicException,
    }
}

/// For users, rules or quotas that were not changed.
pub(crate) fn change(error: &ChangeError) -> ResponseError {
    match error {
        ChangeError::TooMany { .. } => ResponseError::PolicyViolation,
        ChangeError::Put(error) => put(error),
    }
}

/// For rows that were not put.
pub(crate) fn put(error: &PutError) -> ResponseError {
    match error {
        PutError::TooLarge { .. } | PutError::Full { .. } => ResponseError::PolicyViolation,
        PutError::Unavailable(reason) => unavailable(reason),
    }
}
