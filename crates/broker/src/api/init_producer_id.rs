//! `InitProducerId`: an identity for an idempotent producer. It is durable before it is handed out, and never handed
//! out twice. A producer that asks for a new epoch of its identity (KIP-360) gets a new identity instead.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::{InitProducerIdRequest, InitProducerIdResponse, ProducerId};

use crate::context::Context;

pub(crate) async fn answer(context: Context, _: i16, request: InitProducerIdRequest) -> InitProducerIdResponse {
    if request.transactional_id.is_some() {
        tracing::warn!("refused a transactional producer: transactions are not supported yet");
        return failed(ResponseError::TransactionalIdAuthorizationFailed);
    }
    match context.log().allocate_producer_id().await {
        Ok(id) => InitProducerIdResponse::default().with_producer_id(ProducerId(id.0)).with_producer_epoch(0),
        Err(error) => {
            tracing::warn!(%error, "can't hand out a producer id");
            failed(ResponseError::CoordinatorNotAvailable)
        }
    }
}

fn failed(error: ResponseError) -> InitProducerIdResponse {
    InitProducerIdResponse::default()
        .with_error_code(error.code())
        .with_producer_id(ProducerId(-1))
        .with_producer_epoch(-1)
}
