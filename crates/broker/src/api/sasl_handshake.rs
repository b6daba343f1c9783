//! `SaslHandshake`: agrees on a mechanism.

use std::sync::PoisonError;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::{SaslHandshakeRequest, SaslHandshakeResponse};
use kafka_protocol::protocol::StrBytes;

use crate::context::Context;

pub(crate) fn answer(context: &Context, _: i16, request: SaslHandshakeRequest) -> SaslHandshakeResponse {
    let Some(authentication) = &context.authentication else {
        // This listener asks nobody who he is.
        return SaslHandshakeResponse::default().with_error_code(ResponseError::IllegalSaslState.code());
    };
    let mut authentication = authentication.lock().unwrap_or_else(PoisonError::into_inner);
    let mechanisms = authentication.mechanisms().iter().map(|mechanism| StrBytes::from_static_str(mechanism.name()));
    let response = SaslHandshakeResponse::default().with_mechanisms(mechanisms.collect());
    if authentication.handshake(&request.mechanism) {
        response
    } else {
        response.with_error_code(ResponseError::UnsupportedSaslMechanism.code())
    }
}
