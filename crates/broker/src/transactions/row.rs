//! A transactional id as a row of the log's tables. The key is the id; the value, byte for byte:
//! ```text
//! version (1) 1, producer: id (8), epoch (2), the one before: id (8), epoch (2), timeout (4), phase (1),
//! began (8), changed (8), partitions (4), each: topic id (16), partition (4),
//! groups (4), each: name, offsets (4), each: topic, partition (4), topic id (16), offset (8), leader epoch (4), metadata
//! ```
//! Numbers are big-endian; texts have their length (4) before them.

use std::collections::BTreeMap;

use bytes::{BufMut, Bytes, BytesMut};
use yeoul_base::TopicId;
use yeoul_base::decode::{DecodeError, Decoder};

use super::transaction::{GroupOffsets, Identity, PendingOffset, Phase, Transaction};

const VERSION: u8 = 1;

/// Writes a row's value.
pub(super) fn encode(transaction: &Transaction) -> Bytes {
    let mut out = BytesMut::with_capacity(128);
    out.put_u8(VERSION);
    for Identity { id, epoch } in [transaction.producer, transaction.previous] {
        out.put_i64(id);
        out.put_i16(epoch);
    }
    out.put_i32(transaction.timeout_ms);
    out.put_u8(transaction.phase as u8);
    out.put_i64(transaction.started_ms);
    out.put_i64(transaction.changed_ms);
    put_count(&mut out, transaction.partitions.len());
    for (topic, partition) in &transaction.partitions {
        out.put_slice(&topic.0);
        out.put_i32(*partition);
    }
    put_count(&mut out, transaction.groups.len());
    for (group, offsets) in &transaction.groups {
        put_text(&mut out, group);
        put_offsets(&mut out, offsets);
    }
    out.freeze()
}

fn put_offsets(out: &mut BytesMut, offsets: &GroupOffsets) {
    put_count(out, offsets.len());
    for ((topic, partition), pending) in offsets {
        put_text(out, topic);
        out.put_i32(*partition);
        out.put_slice(&pending.topic.0);
        out.put_i64(pending.offset);
        out.put_i32(pending.leader_epoch);
        put_text(out, &pending.metadata);
    }
}

fn put_count(out: &mut BytesMut, count: usize) {
    out.put_u32(u32::try_from(count).unwrap_or(u32::MAX));
}

fn put_text(out: &mut BytesMut, text: &str) {
    put_count(out, text.len());
    out.put_slice(text.as_bytes());
}

/// Reads a row's value.
pub(super) fn decode(value: &[u8]) -> Result<Transaction, DecodeError> {
    let mut from = Decoder::new(value);
    from.u8()?;
    let producer = identity(&mut from)?;
    let previous = identity(&mut from)?;
    let mut transaction = Transaction::new(producer.id, from.i32()?, 0);
    (transaction.producer, transaction.previous) = (producer, previous);
    transaction.phase = phase(&mut from)?;
    transaction.started_ms = from.i64()?;
    transaction.changed_ms = from.i64()?;
    for _ in 0..from.count(20)? {
        transaction.partitions.insert((TopicId(from.array()?), from.i32()?));
    }
    for _ in 0..from.count(8)? {
        transaction.groups.insert(from.text()?.to_owned(), offsets(&mut from)?);
    }
    Ok(transaction)
}

fn identity(from: &mut Decoder<'_>) -> Result<Identity, DecodeError> {
    Ok(Identity { id: from.i64()?, epoch: from.i16()? })
}

fn phase(from: &mut Decoder<'_>) -> Result<Phase, DecodeError> {
    let at = from.position();
    let number = from.u8()?;
    let found = Phase::ALL.into_iter().find(|phase| *phase as u8 == number);
    found.ok_or(DecodeError::Count { at, count: i64::from(number) })
}

fn offsets(from: &mut Decoder<'_>) -> Result<GroupOffsets, DecodeError> {
    let mut offsets = BTreeMap::new();
    for _ in 0..from.count(40)? {
        let key = (from.text()?.to_owned(), from.i32()?);
        let pending = PendingOffset {
            topic: TopicId(from.array()?),
            offset: from.i64()?,
            leader_epoch: from.i32()?,
            metadata: from.text()?.to_owned(),
        };
        offsets.insert(key, pending);
    }
    Ok(offsets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_as_bytes() {
        let mut transaction = Transaction::new(7, 60_000, 5);
        let topic = TopicId([3; 16]);
        let pending = PendingOffset { topic, offset: 9, leader_epoch: 0, metadata: "m".to_owned() };
        let offsets = GroupOffsets::from([(("t".to_owned(), 1), pending)]);
        let who = transaction.producer;
        transaction.add_partitions(who, &[(topic, 0), (topic, 4)], 6).unwrap();
        transaction.add_offsets(who, "g", offsets, super::super::ClientPath::Bumping, 6).unwrap();
        let bytes = encode(&transaction);
        assert_eq!(decode(&bytes), Ok(transaction));
        for cut in 0..bytes.len() {
            assert!(decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }
}
