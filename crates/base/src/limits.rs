//! Limits, together in one place, the unit in the name.

/// The largest record batch that a topic takes unless its `max.message.bytes` says otherwise (Kafka's default).
pub const BATCH_BYTES_DEFAULT: usize = 1_048_588;
/// The largest record batch that any topic can be configured to take.
pub const BATCH_BYTES_MAX: usize = 64 << 20;
/// The most that one batch may decompress to.
pub const BATCH_DECOMPRESSED_BYTES_MAX: usize = 64 << 20;
/// The largest request frame of the Kafka listener (Kafka's `socket.request.max.bytes`).
pub const FRAME_BYTES_MAX: usize = 100 << 20;
/// The longest topic name (Kafka's).
pub const TOPIC_NAME_BYTES_MAX: usize = 249;
/// The most partitions that one topic can have.
pub const TOPIC_PARTITIONS_MAX: i32 = 10_000;
/// The longest name of a job.
pub const JOB_NAME_BYTES_MAX: usize = 1024;
/// The largest state that one checkpoint of a job keeps in the log.
pub const JOB_META_BYTES_MAX: usize = 512 << 20;
/// The longest key of a row in one of the log's tables.
pub const TABLE_KEY_BYTES_MAX: usize = 128 << 10;
/// The largest value of a row in one of the log's tables.
pub const TABLE_VALUE_BYTES_MAX: usize = 32 << 20;
/// The most that rows which are written together take.
pub const TABLE_ROWS_BYTES_MAX: usize = 48 << 20;
/// The most that all of the log's tables hold; they are in memory, and in each index checkpoint.
pub const TABLES_BYTES_MAX: usize = 512 << 20;
/// What may wait in the log's queue before writers are slowed.
pub const LOG_QUEUE_BYTES_MAX: usize = 64 << 20;
/// The largest index checkpoint that the log reads.
pub const INDEX_BYTES_MAX: usize = 4 << 30;
/// The most batches that the last batches of a producer are remembered for (Kafka's).
pub const PRODUCER_BATCHES_KEPT: usize = 5;
/// The most keys that one run of compaction holds, at about 40 bytes each; what is beyond is left to the next run.
pub const COMPACTION_KEYS_MAX: usize = 1 << 20;
/// The most producers that are remembered per partition; the one silent for longest is forgotten first.
pub const PRODUCERS_PER_PARTITION_MAX: usize = 10_000;
