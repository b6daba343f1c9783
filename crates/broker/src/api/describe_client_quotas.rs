//! `DescribeClientQuotas`: the quotas that fit every component of the request (KIP-546).

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_client_quotas_request::ComponentData;
use kafka_protocol::messages::describe_client_quotas_response::{EntityData, EntryData, ValueData};
use kafka_protocol::messages::{DescribeClientQuotasRequest, DescribeClientQuotasResponse};
use kafka_protocol::protocol::StrBytes;

use crate::api::acl_words::Wrong;
use crate::context::Context;
use crate::quota::entity::{Entity, Part};
use crate::quota::limits::Limits;

/// How a component is meant.
const EXACTLY: i8 = 0;
const THE_DEFAULT: i8 = 1;
const ANY_NAMED: i8 = 2;

pub(crate) fn answer(context: &Context, _: i16, request: DescribeClientQuotasRequest) -> DescribeClientQuotasResponse {
    let response = DescribeClientQuotasResponse::default().with_error_message(None);
    match wanted(&request) {
        Err((error, message)) => {
            let message = Some(StrBytes::from_string(message));
            response.with_error_code(error.code()).with_error_message(message).with_entries(None)
        }
        Ok(None) => response.with_entries(Some(Vec::new())),
        Ok(Some(wanted)) => {
            let all = context.shared.security.quotas.all();
            let found = all.iter().filter(|(entity, _)| wanted.finds(entity, request.strict));
            response.with_entries(Some(found.map(|(entity, limits)| entry(entity, limits)).collect()))
        }
    }
}

/// What a component wants of its part.
enum Wish {
    Is(Part),
    Any,
}

impl Wish {
    fn finds(&self, part: &Option<Part>) -> bool {
        match self {
            Wish::Is(wanted) => part.as_ref() == Some(wanted),
            Wish::Any => part.is_some(),
        }
    }
}

#[derive(Default)]
struct Wanted {
    user: Option<Wish>,
    client_id: Option<Wish>,
}

impl Wanted {
    /// Strictly: an entity has no part that was not asked for.
    fn finds(&self, entity: &Entity, strict: bool) -> bool {
        let fits = |wish: &Option<Wish>, part: &Option<Part>| match wish {
            Some(wish) => wish.finds(part),
            None => !strict || part.is_none(),
        };
        fits(&self.user, &entity.user) && fits(&self.client_id, &entity.client_id)
    }
}

/// What is asked for; nothing where it is of addresses, which have no quotas here.
fn wanted(request: &DescribeClientQuotasRequest) -> Result<Option<Wanted>, Wrong> {
    let invalid = |message: String| (ResponseError::InvalidRequest, message);
    let mut wanted = Wanted::default();
    for component in &request.components {
        let place = match component.entity_type.as_str() {
            "user" => &mut wanted.user,
            "client-id" => &mut wanted.client_id,
            "ip" => return Ok(None),
            other => {
                let message = format!("quotas are for `user` and `client-id`, not for `{other}`");
                return Err((ResponseError::UnsupportedVersion, message));
            }
        };
        if place.replace(wish(component)?).is_some() {
            return Err(invalid(format!("`{}` is named twice; name it once", component.entity_type.as_str())));
        }
    }
    Ok(Some(wanted))
}

fn wish(component: &ComponentData) -> Result<Wish, Wrong> {
    let named = component._match.as_ref().map(|name| Part::Named(name.to_string()));
    match (component.match_type, named) {
        (EXACTLY, Some(named)) => Ok(Wish::Is(named)),
        (THE_DEFAULT, None) => Ok(Wish::Is(Part::Default)),
        (ANY_NAMED, None) => Ok(Wish::Any),
        _ => Err((ResponseError::InvalidRequest, "a component that names nothing, or too much".to_owned())),
    }
}

fn entry(entity: &Entity, limits: &Limits) -> EntryData {
    let part = |kind: &'static str, part: &Option<Part>| {
        let named = EntityData::default().with_entity_type(StrBytes::from_static_str(kind));
        part.as_ref().map(|part| match part {
            Part::Default => named.with_entity_name(None),
            Part::Named(name) => named.with_entity_name(Some(StrBytes::from_string(name.clone()))),
        })
    };
    let parts = [part("user", &entity.user), part("client-id", &entity.client_id)];
    let values = limits.iter();
    let values = values
        .map(|(kind, limit)| ValueData::default().with_key(StrBytes::from_static_str(kind.name())).with_value(limit));
    EntryData::default().with_entity(parts.into_iter().flatten().collect()).with_values(values.collect())
}
