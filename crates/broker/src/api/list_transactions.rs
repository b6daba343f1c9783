//! `ListTransactions`: the transactional ids, by state, producer, age and name (KIP-664, KIP-994, KIP-1152).

use kafka_protocol::ResponseError;
use kafka_protocol::messages::list_transactions_response::TransactionState;
use kafka_protocol::messages::{ListTransactionsRequest, ListTransactionsResponse, ProducerId, TransactionalId};
use kafka_protocol::protocol::StrBytes;

use crate::context::Context;
use crate::transactions::Phase;

/// Kafka's names of states that do not occur here.
const NEVER: [&str; 4] = ["PrepareCommit", "PrepareAbort", "Dead", "PrepareEpochFence"];

pub(crate) fn answer(context: &Context, _: i16, request: ListTransactionsRequest) -> ListTransactionsResponse {
    let pattern = request.transactional_id_pattern.as_deref().filter(|pattern| !pattern.is_empty());
    let Ok(pattern) = pattern.map(whole).transpose() else {
        return ListTransactionsResponse::default().with_error_code(ResponseError::InvalidRegularExpression.code());
    };
    let asked = &request.state_filters;
    let known = |name: &&StrBytes| Phase::ALL.iter().any(|phase| phase.name() == name.as_str());
    let unknown = asked.iter().filter(|name| !known(name) && !NEVER.contains(&name.as_str())).cloned().collect();
    let listed = context.transactions().list().into_iter().filter(|one| {
        let named = pattern.as_ref().is_none_or(|pattern| pattern.is_match(&one.id));
        let state = asked.is_empty() || asked.iter().any(|name| name.as_str() == one.phase.name());
        let producers = &request.producer_id_filters;
        let producer = producers.is_empty() || producers.iter().any(|id| id.0 == one.producer);
        let old = request.duration_filter < 0 || one.open_ms.is_some_and(|open| open > request.duration_filter);
        named && state && producer && old
    });
    let states = listed.map(|one| {
        TransactionState::default()
            .with_transactional_id(TransactionalId(StrBytes::from_string(one.id)))
            .with_producer_id(ProducerId(one.producer))
            .with_transaction_state(StrBytes::from_static_str(one.phase.name()))
    });
    ListTransactionsResponse::default().with_unknown_state_filters(unknown).with_transaction_states(states.collect())
}

/// A pattern that matches a whole name, as Kafka's `matches` does.
fn whole(pattern: &str) -> Result<regex::Regex, regex::Error> {
    regex::Regex::new(&format!("^(?:{pattern})$"))
}
