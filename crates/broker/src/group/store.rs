//! How a group is written down: a row of the log's table of groups, its key the group's name.
//!
//! ```text
//! version (1): 1
//! classic: 1 (1), generation (4), protocol type?, protocol?, leader?, empty since (8; -1 none),
//!   members (4), each: id, instance?, client id, client host, rebalance and session timeout (8 each, ms),
//!     protocols (4), each: name, metadata;  assignment
//! consumer: 2 (1), epoch (4), target epoch (4), assignor, empty since (8; -1 none),
//!   members (4), each: id, instance?, rack?, client id, client host, rebalance timeout (8, ms), names (4 + each),
//!     pattern, assignor?, epoch (4), previous epoch (4), state (1), assigned, revoking, target
//! consumer with classic members: 3 (1), as before, and after each member whether it is classic (1); if so:
//!     session timeout (8, ms), protocols (4), each: name, metadata
//! assignment: topics (4), each: id (16), partitions (4), each: number (4)
//! ```
//! Texts and bytes have their length (4) before them; with `?`, there is a 0 instead of a text that is not there and a 1
//! before one that is.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::{BufMut, Bytes};
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::{Timestamp, TopicId};
use yeoul_log::{Row, Table};

use super::assignor::Assignment;
use super::classic::ClassicGroup;
use super::consumer::{ConsumerGroup, ConsumerMember, MemberState};
use super::consumer_classic::ClassicSide;
use super::group::Group;
use super::member::{ClientIdentity, Member, Protocol};

const VERSION: u8 = 1;
const CLASSIC: u8 = 1;
const CONSUMER: u8 = 2;
const MIXED: u8 = 3;

/// The row that stores a group.
pub(crate) fn row(name: &str, group: &Group) -> Row {
    let mut out = vec![VERSION];
    match group {
        Group::Classic(group) => put_classic(group, &mut out),
        Group::Consumer(group) => put_consumer(group, &mut out),
    }
    Row::new(Table::GROUPS, name.to_owned(), out)
}

/// The row that forgets one.
pub(crate) fn removal(name: &str) -> Row {
    Row::removed(Table::GROUPS, name.to_owned())
}

/// Reads what [`row`] wrote.
pub(crate) fn read(value: &[u8], now: Duration, session: Duration) -> Result<Group, DecodeError> {
    let mut from = Decoder::new(value);
    from.u8()?;
    match from.u8()? {
        CLASSIC => Ok(Group::Classic(classic(&mut from)?.restored(now))),
        kind => Ok(Group::Consumer(consumer(&mut from, kind == MIXED)?.restored(now, session))),
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    put_bytes(text.as_bytes(), out);
}

fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    put_count(bytes.len(), out);
    out.put_slice(bytes);
}

fn put_count(count: usize, out: &mut Vec<u8>) {
    out.put_u32(u32::try_from(count).expect("a request's frame bounds what a group holds"));
}

fn put_maybe(text: Option<&str>, out: &mut Vec<u8>) {
    out.put_u8(u8::from(text.is_some()));
    text.into_iter().for_each(|text| put_text(text, out));
}

fn put_millis(time: Duration, out: &mut Vec<u8>) {
    out.put_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
}

fn put_time(time: Option<Timestamp>, out: &mut Vec<u8>) {
    out.put_i64(time.map_or(-1, |time| time.0));
}

fn put_client(client: &ClientIdentity, out: &mut Vec<u8>) {
    put_text(&client.id, out);
    put_text(&client.host, out);
}

fn put_assignment(assignment: &Assignment, out: &mut Vec<u8>) {
    put_count(assignment.len(), out);
    for (topic, partitions) in assignment {
        out.put_slice(&topic.0);
        put_count(partitions.len(), out);
        partitions.iter().for_each(|partition| out.put_i32(*partition));
    }
}

fn put_classic(group: &ClassicGroup, out: &mut Vec<u8>) {
    out.put_u8(CLASSIC);
    out.put_i32(group.generation);
    put_maybe(group.protocol_type.as_deref(), out);
    put_maybe(group.protocol.as_deref(), out);
    put_maybe(group.leader.as_deref(), out);
    put_time(group.empty_since, out);
    put_count(group.members.len(), out);
    for member in group.members.values() {
        put_text(&member.id, out);
        put_maybe(member.instance.as_deref(), out);
        put_client(&member.client, out);
        put_millis(member.rebalance_timeout, out);
        put_millis(member.session_timeout, out);
        put_protocols(&member.protocols, out);
        put_bytes(&member.assignment, out);
    }
}

fn put_protocols(protocols: &[Protocol], out: &mut Vec<u8>) {
    put_count(protocols.len(), out);
    for (name, metadata) in protocols {
        put_text(name, out);
        put_bytes(metadata, out);
    }
}

fn put_consumer(group: &ConsumerGroup, out: &mut Vec<u8>) {
    let is_mixed = group.members.values().any(|member| member.classic.is_some());
    out.put_u8(if is_mixed { MIXED } else { CONSUMER });
    out.put_i32(group.epoch);
    out.put_i32(group.target_epoch);
    put_text(&group.assignor, out);
    put_time(group.empty_since, out);
    put_count(group.members.len(), out);
    for member in group.members.values() {
        put_text(&member.id, out);
        put_maybe(member.instance.as_deref(), out);
        put_maybe(member.rack.as_deref(), out);
        put_client(&member.client, out);
        put_millis(member.rebalance_timeout, out);
        put_count(member.names.len(), out);
        member.names.iter().for_each(|name| put_text(name, out));
        put_text(&member.pattern, out);
        put_maybe(member.assignor.as_deref(), out);
        out.put_i32(member.epoch);
        out.put_i32(member.previous_epoch);
        out.put_u8(member.state as u8);
        put_assignment(&member.assigned, out);
        put_assignment(&member.revoking, out);
        put_assignment(group.targets.get(&member.id).unwrap_or(&Assignment::new()), out);
        if is_mixed {
            put_classic_side(member.classic.as_ref(), out);
        }
    }
}

fn put_classic_side(classic: Option<&ClassicSide>, out: &mut Vec<u8>) {
    out.put_u8(u8::from(classic.is_some()));
    if let Some(classic) = classic {
        put_millis(classic.session, out);
        put_protocols(&classic.protocols, out);
    }
}

fn text(from: &mut Decoder<'_>) -> Result<String, DecodeError> {
    from.text().map(str::to_owned)
}

fn maybe(from: &mut Decoder<'_>) -> Result<Option<String>, DecodeError> {
    if from.u8()? == 0 { Ok(None) } else { text(from).map(Some) }
}

fn bytes(from: &mut Decoder<'_>) -> Result<Bytes, DecodeError> {
    from.sized_bytes().map(Bytes::copy_from_slice)
}

fn millis(from: &mut Decoder<'_>) -> Result<Duration, DecodeError> {
    from.u64().map(Duration::from_millis)
}

fn time(from: &mut Decoder<'_>) -> Result<Option<Timestamp>, DecodeError> {
    Ok(Some(from.i64()?).filter(|time| *time >= 0).map(Timestamp))
}

fn client(from: &mut Decoder<'_>) -> Result<ClientIdentity, DecodeError> {
    Ok(ClientIdentity { id: text(from)?, host: text(from)? })
}

fn assignment(from: &mut Decoder<'_>) -> Result<Assignment, DecodeError> {
    let mut assignment = Assignment::new();
    for _ in 0..from.count(20)? {
        let topic = TopicId(from.array()?);
        let count = from.count(4)?;
        let partitions: Result<BTreeSet<i32>, DecodeError> = (0..count).map(|_| from.i32()).collect();
        assignment.insert(topic, partitions?);
    }
    Ok(assignment)
}

fn classic(from: &mut Decoder<'_>) -> Result<ClassicGroup, DecodeError> {
    let mut group = ClassicGroup {
        generation: from.i32()?,
        protocol_type: maybe(from)?,
        protocol: maybe(from)?,
        leader: maybe(from)?,
        empty_since: time(from)?,
        ..ClassicGroup::default()
    };
    for _ in 0..from.count(40)? {
        let member = classic_member(from)?;
        group.members.insert(member.id.clone(), member);
    }
    Ok(group)
}

fn classic_member(from: &mut Decoder<'_>) -> Result<Member, DecodeError> {
    let mut member = Member {
        id: text(from)?,
        instance: maybe(from)?,
        client: client(from)?,
        rebalance_timeout: millis(from)?,
        session_timeout: millis(from)?,
        protocols: Vec::new(),
        assignment: Bytes::new(),
        awaiting_join: None,
        awaiting_sync: None,
        is_new: false,
        expires: Duration::ZERO,
    };
    member.protocols = protocols(from)?;
    member.assignment = bytes(from)?;
    Ok(member)
}

fn protocols(from: &mut Decoder<'_>) -> Result<Vec<Protocol>, DecodeError> {
    (0..from.count(8)?).map(|_| Ok((text(from)?, bytes(from)?))).collect()
}

fn classic_side(from: &mut Decoder<'_>) -> Result<Option<ClassicSide>, DecodeError> {
    if from.u8()? == 0 {
        return Ok(None);
    }
    Ok(Some(ClassicSide { session: millis(from)?, protocols: protocols(from)?, ..ClassicSide::default() }))
}

fn consumer(from: &mut Decoder<'_>, is_mixed: bool) -> Result<ConsumerGroup, DecodeError> {
    let mut group = ConsumerGroup {
        epoch: from.i32()?,
        target_epoch: from.i32()?,
        assignor: text(from)?,
        empty_since: time(from)?,
        ..ConsumerGroup::default()
    };
    for _ in 0..from.count(50)? {
        let mut member = consumer_member(from)?;
        group.targets.insert(member.id.clone(), assignment(from)?);
        member.classic = if is_mixed { classic_side(from)? } else { None };
        group.members.insert(member.id.clone(), member);
    }
    Ok(group)
}

fn consumer_member(from: &mut Decoder<'_>) -> Result<ConsumerMember, DecodeError> {
    let mut member = ConsumerMember {
        id: text(from)?,
        instance: maybe(from)?,
        rack: maybe(from)?,
        client: client(from)?,
        rebalance_timeout: millis(from)?,
        ..ConsumerMember::default()
    };
    for _ in 0..from.count(4)? {
        member.names.insert(text(from)?);
    }
    member.pattern = text(from)?;
    member.assignor = maybe(from)?;
    member.epoch = from.i32()?;
    member.previous_epoch = from.i32()?;
    member.state = match from.u8()? {
        1 => MemberState::Unrevoked,
        2 => MemberState::Unreleased,
        _ => MemberState::Stable,
    };
    member.assigned = assignment(from)?;
    member.revoking = assignment(from)?;
    Ok(member)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn check(group: &Group) {
        let row = row("g", group);
        let value = row.value.unwrap();
        let back = read(&value, Duration::ZERO, Duration::ZERO).unwrap();
        assert_eq!(format!("{back:?}"), format!("{group:?}"));
        for end in 0..value.len() {
            assert!(read(&value[..end], Duration::ZERO, Duration::ZERO).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn a_classic_group_is_read_as_it_was_written() {
        check(&Group::simple());
        let mut group =
            ClassicGroup { generation: 3, protocol_type: Some("consumer".to_owned()), ..ClassicGroup::default() };
        group.members.insert(
            "m".to_owned(),
            Member {
                id: "m".to_owned(),
                instance: Some("i".to_owned()),
                client: ClientIdentity::default(),
                rebalance_timeout: Duration::from_secs(3),
                session_timeout: Duration::ZERO,
                protocols: vec![("range".to_owned(), Bytes::from_static(b"topics"))],
                assignment: Bytes::from_static(b"mine"),
                awaiting_join: None,
                awaiting_sync: None,
                is_new: false,
                expires: Duration::ZERO,
            },
        );
        check(&Group::Classic(group.restored(Duration::ZERO)));
    }

    #[test]
    fn a_consumer_group_is_read_as_it_was_written() {
        let assigned = BTreeMap::from([(TopicId([7; 16]), BTreeSet::from([0, 2]))]);
        let member = ConsumerMember {
            id: "m".to_owned(),
            instance: Some("i".to_owned()),
            names: BTreeSet::from(["a".to_owned(), "b".to_owned()]),
            pattern: "x.*".to_owned(),
            epoch: 5,
            previous_epoch: 4,
            state: MemberState::Unreleased,
            assigned: assigned.clone(),
            ..ConsumerMember::default()
        };
        let mut group =
            ConsumerGroup { epoch: 6, target_epoch: 5, assignor: "range".to_owned(), ..ConsumerGroup::default() };
        group.members.insert("m".to_owned(), member.clone());
        group.targets.insert("m".to_owned(), assigned);
        check(&Group::Consumer(group.clone().restored(Duration::ZERO, Duration::ZERO)));
        let protocols = vec![("range".to_owned(), Bytes::from_static(b"topics"))];
        let classic = ClassicSide { session: Duration::ZERO, protocols, ..ClassicSide::default() };
        let member = ConsumerMember { id: "n".to_owned(), instance: None, classic: Some(classic), ..member };
        group.members.insert("n".to_owned(), member);
        group.targets.insert("n".to_owned(), Assignment::new());
        check(&Group::Consumer(group.restored(Duration::ZERO, Duration::ZERO)));
    }
}
