//! The shape of each request on the wire, as far as it takes to walk over it without allocating.
//!
//! A request is checked against its shape *before* the codec sees it, since the codec reserves memory for as many
//! items as a count announces. Shapes follow Kafka's message definitions.

use yeoul_base::decode::{DecodeError, Decoder};

mod admin;
#[cfg(test)]
mod admin_samples;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use admin::*;

/// A field and the versions of the request that have it, both inclusive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    from: i16,
    to: i16,
    kind: Kind,
}

/// How a field lies on the wire.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// So many bytes.
    Fixed(usize),
    /// A string, nullable or not.
    Text,
    /// Bytes, nullable or not.
    Blob,
    /// An array of structures, nullable or not.
    Structs(&'static [Field]),
    /// One structure.
    Struct(&'static [Field]),
    /// An array of values without tags of their own: numbers of so many bytes.
    Numbers(usize),
    /// An array of strings.
    Texts,
    /// One byte, and behind it a structure if the byte is 1.
    Optional(&'static [Field]),
    /// What the structure's tag of this number holds, if it is there.
    Tagged(i64, &'static Kind),
}

/// The most items that all arrays of one request may have in sum.
const ITEMS_MAX: usize = 100_000;

/// Walks over a request's body and checks that every length and count fits the bytes that are there. Returns how
/// many bytes the request takes.
pub(crate) fn check(body: &[u8], fields: &[Field], version: i16, flexible: bool) -> Result<usize, DecodeError> {
    let mut walk = Walk { decoder: Decoder::new(body), version, flexible, items: ITEMS_MAX };
    walk.structure(fields)?;
    Ok(walk.decoder.position())
}

struct Walk<'a> {
    decoder: Decoder<'a>,
    version: i16,
    flexible: bool,
    /// How many more items the arrays may have.
    items: usize,
}

impl Walk<'_> {
    fn structure(&mut self, fields: &[Field]) -> Result<(), DecodeError> {
        for field in fields {
            if (field.from..=field.to).contains(&self.version) {
                self.field(field.kind)?;
            }
        }
        if self.flexible { self.tags(fields) } else { Ok(()) }
    }

    fn field(&mut self, kind: Kind) -> Result<(), DecodeError> {
        match kind {
            Kind::Fixed(bytes) => self.decoder.bytes(bytes).map(drop),
            Kind::Text => self.text(),
            Kind::Blob => self.blob(),
            Kind::Struct(fields) => self.structure(fields),
            Kind::Structs(fields) => self.each(|walk| walk.structure(fields)),
            Kind::Numbers(bytes) => self.each(|walk| walk.decoder.bytes(bytes).map(drop)),
            Kind::Texts => self.each(Walk::text),
            Kind::Optional(fields) => match self.decoder.i8()? {
                1 => self.structure(fields),
                _ => Ok(()),
            },
            // Behind the structure, see `tags`.
            Kind::Tagged(..) => Ok(()),
        }
    }

    /// An array; a null one is as good as an empty one here.
    fn each(&mut self, item: impl Fn(&mut Self) -> Result<(), DecodeError>) -> Result<(), DecodeError> {
        let at = self.decoder.position();
        let count = self.length(|decoder| decoder.i32())?.unwrap_or(0);
        let count = self.decoder.check_count(at, count, 1)?;
        self.items = self.items.checked_sub(count).ok_or(DecodeError::Count { at, count: count as i64 })?;
        for _ in 0..count {
            item(self)?;
        }
        Ok(())
    }

    fn text(&mut self) -> Result<(), DecodeError> {
        let at = self.decoder.position();
        let length = self.length(|decoder| Ok(i32::from(decoder.i16()?)))?;
        self.skip(at, length)
    }

    fn blob(&mut self) -> Result<(), DecodeError> {
        let at = self.decoder.position();
        let length = self.length(|decoder| decoder.i32())?;
        self.skip(at, length)
    }

    fn skip(&mut self, at: usize, length: Option<i64>) -> Result<(), DecodeError> {
        let bytes = self.decoder.check_count(at, length.unwrap_or(0), 1)?;
        self.decoder.bytes(bytes).map(drop)
    }

    /// A length or a count; `None` is null. Flexible versions write it plus one, as an unsigned variable-length number.
    fn length(
        &mut self,
        rigid: impl FnOnce(&mut Decoder<'_>) -> Result<i32, DecodeError>,
    ) -> Result<Option<i64>, DecodeError> {
        if self.flexible {
            let raw = self.unsigned()?;
            return Ok((raw > 0).then(|| raw - 1));
        }
        match rigid(&mut self.decoder)? {
            -1 => Ok(None),
            length => Ok(Some(i64::from(length))),
        }
    }

    /// An unsigned variable-length number of at most five bytes, which is as far as the codec reads one.
    fn unsigned(&mut self) -> Result<i64, DecodeError> {
        let at = self.decoder.position();
        let raw = self.decoder.unsigned_varlong()?;
        let bytes = self.decoder.position() - at;
        u32::try_from(raw).ok().filter(|_| bytes <= 5).map(i64::from).ok_or(DecodeError::Varint { at })
    }

    fn tags(&mut self, fields: &[Field]) -> Result<(), DecodeError> {
        let at = self.decoder.position();
        let count = self.unsigned()?;
        let count = self.decoder.check_count(at, count, 2)?;
        self.items = self.items.checked_sub(count).ok_or(DecodeError::Count { at, count: count as i64 })?;
        for _ in 0..count {
            self.tag(fields)?;
        }
        Ok(())
    }

    /// A tag. What the codec knows has to fill the size that the tag says, since the codec reads on where it ends.
    fn tag(&mut self, fields: &[Field]) -> Result<(), DecodeError> {
        let number = self.unsigned()?;
        let at = self.decoder.position();
        let size = self.unsigned()?;
        let from = self.decoder.position();
        let known = fields.iter().filter(|field| (field.from..=field.to).contains(&self.version));
        let content = known.map(|field| field.kind).find_map(|kind| match kind {
            Kind::Tagged(tag, content) if tag == number => Some(*content),
            _ => None,
        });
        let Some(content) = content else { return self.skip(at, Some(size)) };
        self.field(content)?;
        if (self.decoder.position() - from) as i64 == size {
            Ok(())
        } else {
            Err(DecodeError::Count { at, count: size })
        }
    }
}

const fn field(from: i16, to: i16, kind: Kind) -> Field {
    Field { from, to, kind }
}

const fn always(kind: Kind) -> Field {
    Field { from: 0, to: i16::MAX, kind }
}

const fn since(from: i16, kind: Kind) -> Field {
    Field { from, to: i16::MAX, kind }
}

const UUID: Kind = Kind::Fixed(16);
const INT8: Kind = Kind::Fixed(1);
const INT16: Kind = Kind::Fixed(2);
const INT32: Kind = Kind::Fixed(4);
const INT64: Kind = Kind::Fixed(8);

pub(crate) const PRODUCE: &[Field] = &[
    always(Kind::Text),
    always(INT16),
    always(INT32),
    always(Kind::Structs(&[
        field(0, 12, Kind::Text),
        since(13, UUID),
        always(Kind::Structs(&[always(INT32), always(Kind::Blob)])),
    ])),
];

pub(crate) const FETCH: &[Field] = &[
    field(0, 14, INT32),
    always(INT32),
    always(INT32),
    always(INT32),
    always(INT8),
    since(7, INT32),
    since(7, INT32),
    always(Kind::Structs(&[
        field(0, 12, Kind::Text),
        since(13, UUID),
        always(Kind::Structs(&[
            always(INT32),
            since(9, INT32),
            always(INT64),
            since(12, INT32),
            since(5, INT64),
            always(INT32),
            since(17, Kind::Tagged(0, &UUID)),
            since(18, Kind::Tagged(1, &INT64)),
        ])),
    ])),
    since(7, Kind::Structs(&[field(0, 12, Kind::Text), since(13, UUID), always(Kind::Numbers(4))])),
    since(11, Kind::Text),
    since(12, Kind::Tagged(0, &Kind::Text)),
    since(15, Kind::Tagged(1, &Kind::Struct(&[always(INT32), always(INT64)]))),
];

pub(crate) const LIST_OFFSETS: &[Field] = &[
    always(INT32),
    since(2, INT8),
    always(Kind::Structs(&[
        always(Kind::Text),
        always(Kind::Structs(&[always(INT32), since(4, INT32), always(INT64)])),
    ])),
    since(10, INT32),
];

pub(crate) const METADATA: &[Field] = &[
    always(Kind::Structs(&[since(10, UUID), always(Kind::Text)])),
    since(4, INT8),
    field(8, 10, INT8),
    since(8, INT8),
];

pub(crate) const FIND_COORDINATOR: &[Field] = &[field(0, 3, Kind::Text), since(1, INT8), since(4, Kind::Texts)];

pub(crate) const API_VERSIONS: &[Field] = &[since(3, Kind::Text), since(3, Kind::Text)];

pub(crate) const CREATE_TOPICS: &[Field] = &[
    always(Kind::Structs(&[
        always(Kind::Text),
        always(INT32),
        always(INT16),
        always(Kind::Structs(&[always(INT32), always(Kind::Numbers(4))])),
        always(Kind::Structs(&[always(Kind::Text), always(Kind::Text)])),
    ])),
    always(INT32),
    always(INT8),
];

pub(crate) const DELETE_TOPICS: &[Field] =
    &[since(6, Kind::Structs(&[always(Kind::Text), always(UUID)])), field(0, 5, Kind::Texts), always(INT32)];

pub(crate) const INIT_PRODUCER_ID: &[Field] = &[always(Kind::Text), always(INT32), since(3, INT64), since(3, INT16)];

/// Topics, each with partitions.
const TOPIC_PARTITIONS: Kind = Kind::Structs(&[always(Kind::Text), always(Kind::Numbers(4))]);

pub(crate) const ADD_PARTITIONS_TO_TXN: &[Field] = &[
    since(
        4,
        Kind::Structs(&[always(Kind::Text), always(INT64), always(INT16), always(INT8), always(TOPIC_PARTITIONS)]),
    ),
    field(0, 3, Kind::Text),
    field(0, 3, INT64),
    field(0, 3, INT16),
    field(0, 3, TOPIC_PARTITIONS),
];

pub(crate) const ADD_OFFSETS_TO_TXN: &[Field] = &[always(Kind::Text), always(INT64), always(INT16), always(Kind::Text)];

pub(crate) const END_TXN: &[Field] = &[always(Kind::Text), always(INT64), always(INT16), always(INT8)];

pub(crate) const WRITE_TXN_MARKERS: &[Field] =
    &[always(Kind::Structs(&[always(INT64), always(INT16), always(INT8), always(TOPIC_PARTITIONS), always(INT32)]))];

pub(crate) const TXN_OFFSET_COMMIT: &[Field] = &[
    always(Kind::Text),
    always(Kind::Text),
    always(INT64),
    always(INT16),
    since(3, INT32),
    since(3, Kind::Text),
    since(3, Kind::Text),
    always(Kind::Structs(&[
        always(Kind::Text),
        always(Kind::Structs(&[always(INT32), always(INT64), since(2, INT32), always(Kind::Text)])),
    ])),
];

pub(crate) const DESCRIBE_PRODUCERS: &[Field] = &[always(TOPIC_PARTITIONS)];

pub(crate) const DESCRIBE_TRANSACTIONS: &[Field] = &[always(Kind::Texts)];

pub(crate) const LIST_TRANSACTIONS: &[Field] =
    &[always(Kind::Texts), always(Kind::Numbers(8)), since(1, INT64), since(2, Kind::Text)];

pub(crate) const OFFSET_FOR_LEADER_EPOCH: &[Field] = &[
    since(3, INT32),
    always(Kind::Structs(&[always(Kind::Text), always(Kind::Structs(&[always(INT32), always(INT32), always(INT32)]))])),
];

pub(crate) const DESCRIBE_CONFIGS: &[Field] =
    &[always(Kind::Structs(&[always(INT8), always(Kind::Text), always(Kind::Texts)])), always(INT8), since(3, INT8)];

pub(crate) const DESCRIBE_CLUSTER: &[Field] = &[always(INT8), since(1, INT8), since(2, INT8)];

pub(crate) const DESCRIBE_TOPIC_PARTITIONS: &[Field] = &[
    always(Kind::Structs(&[always(Kind::Text)])),
    always(INT32),
    always(Kind::Optional(&[always(Kind::Text), always(INT32)])),
];

pub(crate) const OFFSET_COMMIT: &[Field] = &[
    always(Kind::Text),
    always(INT32),
    always(Kind::Text),
    since(7, Kind::Text),
    field(2, 4, INT64),
    always(Kind::Structs(&[
        always(Kind::Text),
        always(Kind::Structs(&[always(INT32), always(INT64), since(6, INT32), always(Kind::Text)])),
    ])),
];

pub(crate) const OFFSET_FETCH: &[Field] = &[
    field(0, 7, Kind::Text),
    field(0, 7, Kind::Structs(&[always(Kind::Text), always(Kind::Numbers(4))])),
    since(
        8,
        Kind::Structs(&[
            always(Kind::Text),
            since(9, Kind::Text),
            since(9, INT32),
            always(Kind::Structs(&[always(Kind::Text), always(Kind::Numbers(4))])),
        ]),
    ),
    since(7, INT8),
];

pub(crate) const JOIN_GROUP: &[Field] = &[
    always(Kind::Text),
    always(INT32),
    since(1, INT32),
    always(Kind::Text),
    since(5, Kind::Text),
    always(Kind::Text),
    always(Kind::Structs(&[always(Kind::Text), always(Kind::Blob)])),
    since(8, Kind::Text),
];

pub(crate) const HEARTBEAT: &[Field] = &[always(Kind::Text), always(INT32), always(Kind::Text), since(3, Kind::Text)];

pub(crate) const LEAVE_GROUP: &[Field] = &[
    always(Kind::Text),
    field(0, 2, Kind::Text),
    since(3, Kind::Structs(&[always(Kind::Text), always(Kind::Text), since(5, Kind::Text)])),
];

pub(crate) const SYNC_GROUP: &[Field] = &[
    always(Kind::Text),
    always(INT32),
    always(Kind::Text),
    since(3, Kind::Text),
    since(5, Kind::Text),
    since(5, Kind::Text),
    always(Kind::Structs(&[always(Kind::Text), always(Kind::Blob)])),
];

pub(crate) const DESCRIBE_GROUPS: &[Field] = &[always(Kind::Texts), since(3, INT8)];

pub(crate) const LIST_GROUPS: &[Field] = &[since(4, Kind::Texts), since(5, Kind::Texts)];

pub(crate) const DELETE_GROUPS: &[Field] = &[always(Kind::Texts)];

pub(crate) const OFFSET_DELETE: &[Field] =
    &[always(Kind::Text), always(Kind::Structs(&[always(Kind::Text), always(Kind::Structs(&[always(INT32)]))]))];

pub(crate) const CONSUMER_GROUP_HEARTBEAT: &[Field] = &[
    always(Kind::Text),
    always(Kind::Text),
    always(INT32),
    always(Kind::Text),
    always(Kind::Text),
    always(INT32),
    always(Kind::Texts),
    since(1, Kind::Text),
    always(Kind::Text),
    always(Kind::Structs(&[always(UUID), always(Kind::Numbers(4))])),
];

pub(crate) const CONSUMER_GROUP_DESCRIBE: &[Field] = &[always(Kind::Texts), always(INT8)];

pub(crate) const SASL_HANDSHAKE: &[Field] = &[always(Kind::Text)];

pub(crate) const SASL_AUTHENTICATE: &[Field] = &[always(Kind::Blob)];

pub(crate) const DESCRIBE_ACLS: &[Field] = ACL_FILTER;

pub(crate) const CREATE_ACLS: &[Field] = &[always(Kind::Structs(&[
    always(INT8),
    always(Kind::Text),
    always(INT8),
    always(Kind::Text),
    always(Kind::Text),
    always(INT8),
    always(INT8),
]))];

pub(crate) const DELETE_ACLS: &[Field] = &[always(Kind::Structs(ACL_FILTER))];

const ACL_FILTER: &[Field] = &[
    always(INT8),
    always(Kind::Text),
    always(INT8),
    always(Kind::Text),
    always(Kind::Text),
    always(INT8),
    always(INT8),
];

pub(crate) const DESCRIBE_CLIENT_QUOTAS: &[Field] =
    &[always(Kind::Structs(&[always(Kind::Text), always(INT8), always(Kind::Text)])), always(INT8)];

pub(crate) const ALTER_CLIENT_QUOTAS: &[Field] = &[
    always(Kind::Structs(&[
        always(Kind::Structs(&[always(Kind::Text), always(Kind::Text)])),
        always(Kind::Structs(&[always(Kind::Text), always(INT64), always(INT8)])),
    ])),
    always(INT8),
];

pub(crate) const DESCRIBE_USER_SCRAM_CREDENTIALS: &[Field] = &[always(Kind::Structs(&[always(Kind::Text)]))];

pub(crate) const ALTER_USER_SCRAM_CREDENTIALS: &[Field] = &[
    always(Kind::Structs(&[always(Kind::Text), always(INT8)])),
    always(Kind::Structs(&[always(Kind::Text), always(INT8), always(INT32), always(Kind::Blob), always(Kind::Blob)])),
];
