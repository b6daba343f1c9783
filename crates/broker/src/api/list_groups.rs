//! `ListGroups`: all groups, by state and type if asked.

use kafka_protocol::messages::list_groups_response::ListedGroup;
use kafka_protocol::messages::{GroupId, ListGroupsRequest, ListGroupsResponse};
use kafka_protocol::protocol::StrBytes;

use crate::context::Context;
use crate::group::group::Group;

/// The first version with states.
const STATES: i16 = 4;
/// The first version with types.
const TYPES: i16 = 5;

pub(crate) fn answer(context: &Context, version: i16, request: ListGroupsRequest) -> ListGroupsResponse {
    let wanted = |filter: &[StrBytes], value: &str| {
        filter.is_empty() || filter.iter().any(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    let is_wanted = |group: &Group| {
        wanted(&request.states_filter, group.state_name()) && wanted(&request.types_filter, group.type_name())
    };
    let list = |name: String| {
        let listed = context.groups().with(&name, false, |_, inner| {
            let group = &inner.group;
            is_wanted(group).then(|| tell(version, &name, group))
        });
        listed.flatten()
    };
    ListGroupsResponse::default().with_groups(context.groups().names().into_iter().filter_map(list).collect())
}

fn tell(version: i16, name: &str, group: &Group) -> ListedGroup {
    let text = |text: &str| StrBytes::from_string(text.to_owned());
    let listed =
        ListedGroup::default().with_group_id(GroupId(text(name))).with_protocol_type(text(group.protocol_type()));
    let listed = if version >= STATES { listed.with_group_state(text(group.state_name())) } else { listed };
    if version >= TYPES { listed.with_group_type(text(group.type_name())) } else { listed }
}
