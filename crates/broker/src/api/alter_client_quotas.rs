//! `AlterClientQuotas`: sets and removes quotas (KIP-546). What can be done is done together.

use std::collections::BTreeSet;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::alter_client_quotas_request as asked;
use kafka_protocol::messages::alter_client_quotas_response as told;
use kafka_protocol::messages::{AlterClientQuotasRequest, AlterClientQuotasResponse};
use kafka_protocol::protocol::StrBytes;

use crate::api::acl_words::{self, Wrong};
use crate::context::Context;
use crate::quota::entity::{Entity, Part};
use crate::quota::limits::Kind;
use crate::security::QuotaChange;

/// The longest name of a user or client.
const NAME_BYTES_MAX: usize = 1024;

pub(crate) async fn answer(context: Context, _: i16, request: AlterClientQuotasRequest) -> AlterClientQuotasResponse {
    let read: Vec<Result<QuotaChange, Wrong>> = request.entries.iter().map(change).collect();
    let changes = read.iter().flatten().cloned().collect();
    let changed = match request.validate_only {
        true => Ok(()),
        false => context.shared.security.set_quotas(changes).await.map_err(|error| acl_words::not_changed(&error)),
    };
    let results = request.entries.into_iter().zip(read);
    let results = results.map(|(entry, read)| result(entry, read.and_then(|_| changed.clone())));
    AlterClientQuotasResponse::default().with_entries(results.collect())
}

fn invalid(message: String) -> Wrong {
    (ResponseError::InvalidRequest, message)
}

fn change(entry: &asked::EntryData) -> Result<QuotaChange, Wrong> {
    let mut entity = Entity::default();
    for part in &entry.entity {
        let place = match part.entity_type.as_str() {
            "user" => &mut entity.user,
            "client-id" => &mut entity.client_id,
            other => return Err(invalid(format!("quotas are for `user` and `client-id`, not for `{other}`"))),
        };
        if place.replace(named(part)?).is_some() {
            return Err(invalid(format!("`{}` is named twice; name it once", part.entity_type.as_str())));
        }
    }
    if entity == Entity::default() {
        return Err(invalid("a quota is for a `user`, a `client-id`, or both".to_owned()));
    }
    let limits: Vec<(Kind, Option<f64>)> = entry.ops.iter().map(limit).collect::<Result<_, _>>()?;
    let mut kinds = BTreeSet::new();
    match limits.iter().find(|(kind, _)| !kinds.insert(*kind)) {
        Some((kind, _)) => Err(invalid(format!("`{}` is changed twice; change it once", kind.name()))),
        None => Ok((entity, limits)),
    }
}

fn named(part: &asked::EntityData) -> Result<Part, Wrong> {
    match &part.entity_name {
        None => Ok(Part::Default),
        Some(name) if name.is_empty() || name.len() > NAME_BYTES_MAX => {
            Err(invalid(format!("a name has 1 to {NAME_BYTES_MAX} bytes")))
        }
        Some(name) => Ok(Part::Named(name.to_string())),
    }
}

fn limit(op: &asked::OpData) -> Result<(Kind, Option<f64>), Wrong> {
    let known = || Kind::ALL.map(Kind::name).join("`, `");
    let kind = Kind::from_name(&op.key);
    let kind = kind.ok_or_else(|| invalid(format!("`{}` can't be limited; known: `{}`", op.key.as_str(), known())))?;
    if op.remove {
        return Ok((kind, None));
    }
    // Rates of bytes are whole numbers in Kafka; shares of a thread's time are not.
    let whole = kind == Kind::Requests || op.value.fract() == 0.0;
    let good = op.value.is_finite() && op.value > 0.0 && whole;
    let number = if kind == Kind::Requests { "number" } else { "whole number" };
    let refused = || invalid(format!("`{}` is `{}`; write a {number} above 0", kind.name(), op.value));
    if good { Ok((kind, Some(op.value))) } else { Err(refused()) }
}

fn result(entry: asked::EntryData, result: Result<(), Wrong>) -> told::EntryData {
    let entity = entry
        .entity
        .into_iter()
        .map(|part| told::EntityData::default().with_entity_type(part.entity_type).with_entity_name(part.entity_name));
    let told = told::EntryData::default().with_entity(entity.collect()).with_error_message(None);
    match result {
        Ok(()) => told,
        Err((error, message)) => {
            told.with_error_code(error.code()).with_error_message(Some(StrBytes::from_string(message)))
        }
    }
}
