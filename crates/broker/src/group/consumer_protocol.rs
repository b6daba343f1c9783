//! What classic consumers say to each other through their group: which topics they want, and who got what (Kafka's
//! `ConsumerProtocolSubscription` and `ConsumerProtocolAssignment`, versions 0 to 3). The server reads it where members of
//! both protocols are in one group (KIP-848), and to know whether a topic is read.
//!
//! ```text
//! subscription: version (2), topics (4), each: length (2), name;  user data (4, -1 for none)
//!   from version 1: owned partitions, as in an assignment;  2: generation (4);  3: rack (2, -1 for none)
//! assignment: version (2), topics (4), each: length (2), name, partitions (4), each: number (4);  user data (4, -1 for none)
//! ```
//! A version that is not known is read as the newest that is, as clients do.

use std::collections::{BTreeMap, BTreeSet};

use bytes::{BufMut, Bytes, BytesMut};
use yeoul_base::decode::Decoder;

/// Partitions by the name of their topic.
pub(crate) type NamedPartitions = BTreeMap<String, BTreeSet<i32>>;

/// The first version in which a member says what it holds.
const OWNED: i16 = 1;
/// The first version with a generation beside what it holds.
const GENERATION: i16 = 2;
/// The first version with a rack.
const RACK: i16 = 3;

/// What a member wants.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Subscription {
    pub(crate) version: i16,
    pub(crate) topics: BTreeSet<String>,
    /// What it holds, by its own word; one that gives all back before it joins holds nothing.
    pub(crate) owned: NamedPartitions,
    pub(crate) rack: Option<String>,
}

impl Subscription {
    /// Reads a member's metadata; nothing if it is not that format.
    pub(crate) fn read(metadata: &[u8]) -> Option<Subscription> {
        let mut from = Decoder::new(metadata);
        let version = from.i16().ok().filter(|version| *version >= 0)?;
        let count = from.count(2).ok()?;
        let topics = (0..count).map(|_| name(&mut from)).collect::<Option<BTreeSet<String>>>()?;
        let mut read = Subscription { version, topics, ..Subscription::default() };
        skip_user_data(&mut from);
        if version >= OWNED && from.remaining() > 0 {
            read.owned = named_partitions(&mut from)?;
        }
        if version >= GENERATION && from.remaining() > 0 {
            from.i32().ok()?;
        }
        if version >= RACK && from.remaining() > 0 {
            read.rack = maybe_name(&mut from)?;
        }
        Some(read)
    }
}

/// The partitions of an assignment; none in an empty one, nothing if it is not that format.
pub(crate) fn read_assignment(assignment: &[u8]) -> Option<NamedPartitions> {
    if assignment.is_empty() {
        return Some(NamedPartitions::new());
    }
    let mut from = Decoder::new(assignment);
    from.i16().ok().filter(|version| *version >= 0)?;
    named_partitions(&mut from)
}

/// An assignment in the format of a version, all of which are alike.
pub(crate) fn assignment(version: i16, partitions: &NamedPartitions) -> Bytes {
    let mut out = BytesMut::new();
    out.put_i16(version);
    put_count(partitions.len(), &mut out);
    for (topic, numbers) in partitions {
        out.put_u16(u16::try_from(topic.len()).expect("a topic's name has 249 bytes at most"));
        out.put_slice(topic.as_bytes());
        put_count(numbers.len(), &mut out);
        numbers.iter().for_each(|number| out.put_i32(*number));
    }
    out.put_i32(-1);
    out.freeze()
}

fn put_count(count: usize, out: &mut BytesMut) {
    out.put_u32(u32::try_from(count).expect("there are fewer partitions than that"));
}

fn name(from: &mut Decoder<'_>) -> Option<String> {
    maybe_name(from)?
}

/// A text that may be left out.
#[expect(clippy::option_option, reason = "one is the format's, the other says that it was read")]
fn maybe_name(from: &mut Decoder<'_>) -> Option<Option<String>> {
    let Ok(length) = usize::try_from(from.i16().ok()?) else { return Some(None) };
    let text = std::str::from_utf8(from.bytes(length).ok()?).ok()?;
    Some(Some(text.to_owned()))
}

/// Some clients leave it out at the end.
fn skip_user_data(from: &mut Decoder<'_>) {
    if let Some(length) = from.i32().ok().and_then(|length| usize::try_from(length).ok()) {
        let _ = from.bytes(length);
    }
}

fn named_partitions(from: &mut Decoder<'_>) -> Option<NamedPartitions> {
    let mut found = NamedPartitions::new();
    for _ in 0..from.count(6).ok()? {
        let topic = name(from)?;
        let count = from.count(4).ok()?;
        let numbers = (0..count).map(|_| from.i32().ok()).collect::<Option<BTreeSet<i32>>>()?;
        found.entry(topic).or_default().extend(numbers);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 3: topics `a` and `bc`, no user data, `a` 0 and 2 held, generation 7, rack `r`.
    const NEWEST: &[u8] = &[
        0, 3, 0, 0, 0, 2, 0, 1, b'a', 0, 2, b'b', b'c', 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 1, b'a', 0, 0, 0, 2, 0,
        0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 7, 0, 1, b'r',
    ];

    #[test]
    fn a_subscription_is_read_in_each_version() {
        let newest = Subscription::read(NEWEST).unwrap();
        assert_eq!(newest.topics, BTreeSet::from(["a".to_owned(), "bc".to_owned()]));
        assert_eq!(newest.owned, BTreeMap::from([("a".to_owned(), BTreeSet::from([0, 2]))]));
        assert_eq!(newest.rack.as_deref(), Some("r"));
        let mut oldest = NEWEST[..17].to_vec();
        oldest[1] = 0;
        let oldest = Subscription::read(&oldest).unwrap();
        assert_eq!((oldest.topics, oldest.owned), (newest.topics, NamedPartitions::new()));
        // One that ends before its user data, as old clients write it.
        assert!(Subscription::read(&NEWEST[..13]).is_some());
    }

    #[test]
    fn strange_bytes_are_no_subscription_and_no_assignment() {
        for bytes in [&[][..], &[0], &[0, 1, 0x7f, 0xff, 0xff, 0xff], &[0xff, 0xff, 0, 0, 0, 0], &NEWEST[..9]] {
            assert_eq!(Subscription::read(bytes), None, "{bytes:?}");
        }
        assert_eq!(Subscription::read(&[0, 0, 0, 0, 0, 1, 0xff, 0xff]), None, "a topic has a name");
        assert_eq!(read_assignment(&[0, 0, 0x7f, 0xff, 0xff, 0xff]), None);
    }

    #[test]
    fn an_assignment_is_read_as_it_was_written() {
        let partitions = BTreeMap::from([("t".to_owned(), BTreeSet::from([1, 3])), ("u".to_owned(), BTreeSet::new())]);
        let written = assignment(2, &partitions);
        assert_eq!(written[..2], [0, 2]);
        assert_eq!(read_assignment(&written), Some(partitions));
        assert_eq!(read_assignment(b""), Some(NamedPartitions::new()));
    }
}
