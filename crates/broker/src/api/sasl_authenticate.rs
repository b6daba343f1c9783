//! `SaslAuthenticate`: the mechanism's next message (KIP-152), also of a client that shows again who it is (KIP-368).

use std::sync::PoisonError;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::{SaslAuthenticateRequest, SaslAuthenticateResponse};
use kafka_protocol::protocol::StrBytes;

use crate::context::Context;
use crate::log_in;
use crate::sasl::authentication::AuthenticationError;

/// The first version that says how long it holds.
const LIFETIMES: i16 = 1;

pub(crate) async fn answer(
    context: Context,
    version: i16,
    request: SaslAuthenticateRequest,
) -> SaslAuthenticateResponse {
    let Some(authentication) = context.authentication.clone() else {
        return refused(&AuthenticationError::Order);
    };
    let token = match log_in::step(&context, &authentication, request.auth_bytes).await {
        Ok(token) => token,
        Err(error) => return refused(&error),
    };
    let response = SaslAuthenticateResponse::default().with_error_message(None).with_auth_bytes(token.bytes.into());
    if token.done && version >= LIFETIMES {
        let lifetime = authentication.lock().unwrap_or_else(PoisonError::into_inner).lifetime_ms();
        return response.with_session_lifetime_ms(lifetime);
    }
    response
}

fn refused(error: &AuthenticationError) -> SaslAuthenticateResponse {
    let code = match error {
        AuthenticationError::Order => ResponseError::IllegalSaslState,
        AuthenticationError::Invalid(_) | AuthenticationError::Scram { .. } | AuthenticationError::OtherUser => {
            ResponseError::SaslAuthenticationFailed
        }
    };
    SaslAuthenticateResponse::default()
        .with_error_code(code.code())
        .with_error_message(Some(StrBytes::from_string(error.to_string())))
}
