//! `GetTelemetrySubscriptions` and `PushTelemetry` (KIP-714): clients get an id and are asked for no metrics, as by a
//! broker that has no subscriptions.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::{
    GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse, PushTelemetryRequest, PushTelemetryResponse,
};
use uuid::Uuid;

use crate::context::Context;

/// How long clients wait before they ask again: Kafka's default, five minutes.
const ASK_AGAIN_MS: i32 = 300_000;
/// The most that a client may send at once: Kafka's default.
const METRICS_BYTES_MAX: i32 = 1 << 20;
/// The codecs that a client may use, in the order of Kafka's preference: zstd, lz4, gzip, snappy.
const CODECS: [i8; 4] = [4, 3, 1, 2];

pub(crate) fn subscriptions(
    _context: &Context,
    _version: i16,
    request: GetTelemetrySubscriptionsRequest,
) -> GetTelemetrySubscriptionsResponse {
    let id = Some(request.client_instance_id).filter(|id| !id.is_nil()).unwrap_or_else(Uuid::new_v4);
    GetTelemetrySubscriptionsResponse::default()
        .with_client_instance_id(id)
        .with_accepted_compression_types(CODECS.to_vec())
        .with_push_interval_ms(ASK_AGAIN_MS)
        .with_telemetry_max_bytes(METRICS_BYTES_MAX)
        .with_delta_temporality(true)
}

pub(crate) fn push(_context: &Context, _version: i16, request: PushTelemetryRequest) -> PushTelemetryResponse {
    let error = if request.client_instance_id.is_nil() {
        Some(ResponseError::InvalidRequest)
    } else {
        // The subscription that asks for nothing has number 0.
        (request.subscription_id != 0).then_some(ResponseError::UnknownSubscriptionId)
    };
    PushTelemetryResponse::default().with_error_code(error.map_or(0, |error| error.code()))
}
