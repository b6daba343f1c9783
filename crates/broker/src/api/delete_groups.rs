//! `DeleteGroups`: groups without members, with their offsets, also those that open transactions were to commit.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::delete_groups_response::DeletableGroupResult;
use kafka_protocol::messages::{DeleteGroupsRequest, DeleteGroupsResponse};

use crate::context::Context;
use crate::error_code;

/// How often a group is deleted again that a transaction brought back by its end.
const TRIES_MAX: usize = 10;

pub(crate) async fn answer(context: Context, _: i16, request: DeleteGroupsRequest) -> DeleteGroupsResponse {
    let mut results = Vec::with_capacity(request.groups_names.len());
    for group in request.groups_names {
        let code = delete(&context, &group).await.err().map_or(0, |error| error.code());
        results.push(DeletableGroupResult::default().with_group_id(group).with_error_code(code));
    }
    DeleteGroupsResponse::default().with_results(results)
}

async fn delete(context: &Context, group: &str) -> Result<(), ResponseError> {
    context.groups().delete(group).await?;
    for _ in 0..TRIES_MAX {
        let forgotten = context.transactions().forget_group(group).await;
        if forgotten.map_err(|error| error_code::transaction(error, true))? {
            return Ok(());
        }
        // What was on its way is durable behind it.
        context.log().put(Vec::new()).await.map_err(|_| ResponseError::CoordinatorNotAvailable)?;
        match context.groups().delete(group).await {
            Ok(()) | Err(ResponseError::GroupIdNotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Err(ResponseError::CoordinatorNotAvailable)
}
