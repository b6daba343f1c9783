//! `AddOffsetsToTxn`: a group whose offsets a producer of the old path is about to commit with its transaction.

use kafka_protocol::messages::{AddOffsetsToTxnRequest, AddOffsetsToTxnResponse};

use crate::context::Context;
use crate::error_code;
use crate::transactions::Identity;

/// The first version whose clients know that a producer is fenced.
const FENCED: i16 = 2;

pub(crate) async fn answer(context: Context, version: i16, request: AddOffsetsToTxnRequest) -> AddOffsetsToTxnResponse {
    let who = Identity { id: request.producer_id.0, epoch: request.producer_epoch };
    let added = context.transactions().add_group(&request.transactional_id, who, &request.group_id).await;
    let code = added.map_or_else(|error| error_code::transaction(error, version >= FENCED).code(), |()| 0);
    AddOffsetsToTxnResponse::default().with_error_code(code)
}
