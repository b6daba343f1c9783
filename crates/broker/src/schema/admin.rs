//! The shapes of the requests that administer topics.

use super::{Field, INT8, INT32, INT64, Kind, UUID, always, since};

const NAMED_VALUES: &[Field] = &[always(Kind::Text), always(Kind::Text)];

pub(crate) const ALTER_CONFIGS: &[Field] =
    &[always(Kind::Structs(&[always(INT8), always(Kind::Text), always(Kind::Structs(NAMED_VALUES))])), always(INT8)];

pub(crate) const INCREMENTAL_ALTER_CONFIGS: &[Field] = &[
    always(Kind::Structs(&[
        always(INT8),
        always(Kind::Text),
        always(Kind::Structs(&[always(Kind::Text), always(INT8), always(Kind::Text)])),
    ])),
    always(INT8),
];

pub(crate) const CREATE_PARTITIONS: &[Field] = &[
    always(Kind::Structs(&[always(Kind::Text), always(INT32), always(Kind::Structs(&[always(Kind::Numbers(4))]))])),
    always(INT32),
    always(INT8),
];

pub(crate) const DELETE_RECORDS: &[Field] = &[
    always(Kind::Structs(&[always(Kind::Text), always(Kind::Structs(&[always(INT32), always(INT64)]))])),
    always(INT32),
];

pub(crate) const DESCRIBE_LOG_DIRS: &[Field] =
    &[always(Kind::Structs(&[always(Kind::Text), always(Kind::Numbers(4))]))];

pub(crate) const ELECT_LEADERS: &[Field] =
    &[since(1, INT8), always(Kind::Structs(&[always(Kind::Text), always(Kind::Numbers(4))])), always(INT32)];

pub(crate) const ALTER_PARTITION_REASSIGNMENTS: &[Field] = &[
    always(INT32),
    since(1, INT8),
    always(Kind::Structs(&[always(Kind::Text), always(Kind::Structs(&[always(INT32), always(Kind::Numbers(4))]))])),
];

pub(crate) const LIST_PARTITION_REASSIGNMENTS: &[Field] =
    &[always(INT32), always(Kind::Structs(&[always(Kind::Text), always(Kind::Numbers(4))]))];

pub(crate) const DESCRIBE_QUORUM: &[Field] =
    &[always(Kind::Structs(&[always(Kind::Text), always(Kind::Structs(&[always(INT32)]))]))];

pub(crate) const LIST_CONFIG_RESOURCES: &[Field] = &[since(1, Kind::Numbers(1))];

pub(crate) const GET_TELEMETRY_SUBSCRIPTIONS: &[Field] = &[always(UUID)];

pub(crate) const PUSH_TELEMETRY: &[Field] =
    &[always(UUID), always(INT32), always(INT8), always(INT8), always(Kind::Blob)];
