//! `EndTxn`: a producer commits or aborts its transaction. The answer comes when that is durable: by one record of the
//! log. From version 5 on the answer gives the producer its next epoch (KIP-890).

use kafka_protocol::messages::{EndTxnRequest, EndTxnResponse, ProducerId};

use crate::context::Context;
use crate::error_code;
use crate::transactions::{ClientPath, Identity};

/// The first version whose clients know that a producer is fenced.
const FENCED: i16 = 2;
/// The first version that bumps the epoch.
const BUMPING: i16 = 5;

pub(crate) async fn answer(context: Context, version: i16, request: EndTxnRequest) -> EndTxnResponse {
    let who = Identity { id: request.producer_id.0, epoch: request.producer_epoch };
    let path = if version >= BUMPING { ClientPath::Bumping } else { ClientPath::Old };
    match context.transactions().end(&request.transactional_id, who, request.committed, path).await {
        Ok(producer) if version >= BUMPING => {
            EndTxnResponse::default().with_producer_id(ProducerId(producer.id)).with_producer_epoch(producer.epoch)
        }
        Ok(_) => EndTxnResponse::default(),
        Err(error) => {
            tracing::debug!(id = %request.transactional_id.as_str(), %error, "refused the end of a transaction");
            EndTxnResponse::default().with_error_code(error_code::transaction(error, version >= FENCED).code())
        }
    }
}
