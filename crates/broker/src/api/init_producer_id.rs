//! `InitProducerId`: an identity for an idempotent or a transactional producer. It is durable before it is handed out,
//! and an id is never handed out twice.
//!
//! A transactional id gets the next epoch of its producer id, which fences whoever had it before and aborts what that
//! one left open. An idempotent producer that asks for a new epoch of its identity (KIP-360) gets a new identity instead.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::{InitProducerIdRequest, InitProducerIdResponse, ProducerId};

use crate::context::Context;
use crate::error_code;
use crate::transactions::Identity;

/// The first version whose clients know that a producer is fenced.
const FENCED: i16 = 4;

pub(crate) async fn answer(context: Context, version: i16, request: InitProducerIdRequest) -> InitProducerIdResponse {
    let expected = Identity { id: request.producer_id.0, epoch: request.producer_epoch };
    if (expected.id == Identity::NONE.id) != (expected.epoch == Identity::NONE.epoch) {
        return failed(ResponseError::InvalidRequest);
    }
    let Some(id) = &request.transactional_id else { return idempotent(&context).await };
    let expected = Some(expected).filter(|&expected| expected != Identity::NONE);
    match context.transactions().init(id, expected, request.transaction_timeout_ms).await {
        Ok(producer) => given(producer),
        Err(error) => {
            tracing::debug!(id = %id.as_str(), %error, "refused a transactional producer");
            failed(error_code::transaction(error, version >= FENCED))
        }
    }
}

async fn idempotent(context: &Context) -> InitProducerIdResponse {
    match context.log().allocate_producer_id().await {
        Ok(id) => given(Identity { id: id.0, epoch: 0 }),
        Err(error) => {
            tracing::warn!(%error, "can't hand out a producer id");
            failed(ResponseError::CoordinatorNotAvailable)
        }
    }
}

fn given(producer: Identity) -> InitProducerIdResponse {
    InitProducerIdResponse::default().with_producer_id(ProducerId(producer.id)).with_producer_epoch(producer.epoch)
}

fn failed(error: ResponseError) -> InitProducerIdResponse {
    InitProducerIdResponse::default()
        .with_error_code(error.code())
        .with_producer_id(ProducerId(-1))
        .with_producer_epoch(-1)
}
