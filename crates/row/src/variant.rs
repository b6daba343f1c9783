//! `VARIANT` values: JSON in a binary form, as Flink has it (FLIP-521), which is that of Parquet and Spark.
//!
//! A value is one string of bytes, metadata first, whose length its own offsets tell:
//!
//! ```text
//! metadata   header (1): version 1 in the lower 4 bits, width of an offset less 1 in the upper 2
//!            number of keys, one more offset than keys (little endian), the keys' bytes in UTF-8
//! value      header (1): basic type in the lower 2 bits, its details in the upper 6
//!   scalar 0   details: the kind (see [`Kind`]); then its bytes, little endian
//!   text 1     details: the length; then the bytes
//!   object 2   number of fields, their keys' places in the metadata, one more offset than fields, the fields' values;
//!              fields are in the order of their keys (as Java compares strings: by UTF-16 units)
//!   array 3    number of elements, one more offset than elements, the elements
//! ```
//!
//! Values are equal where their bytes are (Flink's rule), so the same JSON with keys in another order is another value.
//! [`parse`](super::variant_parse::parse) writes these bytes; nothing else does. Reading checks every offset: bytes that
//! break the rules read as nothing, and never panic.

use std::io::Write as _;

use crate::text;

/// The version in a metadata's header.
pub(crate) const VERSION: u8 = 1;

/// Basic types.
pub(crate) const SCALAR: u8 = 0;
pub(crate) const SHORT_TEXT: u8 = 1;
pub(crate) const OBJECT: u8 = 2;
pub(crate) const ARRAY: u8 = 3;

/// How deep values may nest.
pub(crate) const DEPTH_MAX: usize = 1000;

/// The kinds of scalars that JSON has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Kind {
    Null = 0,
    True = 1,
    False = 2,
    Int8 = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Double = 7,
    /// Scale (1) and unscaled value (4).
    Decimal4 = 8,
    /// Scale (1) and unscaled value (8).
    Decimal8 = 9,
    /// Scale (1) and unscaled value (16).
    Decimal16 = 10,
    /// Length (4) and bytes.
    Text = 16,
}

impl Kind {
    fn of(code: u8) -> Option<Kind> {
        use Kind as K;
        let all = [
            K::Null,
            K::True,
            K::False,
            K::Int8,
            K::Int16,
            K::Int32,
            K::Int64,
            K::Double,
            K::Decimal4,
            K::Decimal8,
            K::Decimal16,
            K::Text,
        ];
        all.into_iter().find(|kind| *kind as u8 == code)
    }
}

/// What an access to a part finds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// The part, a `VARIANT` of its own.
    Found(Vec<u8>),
    /// No such field or element.
    Missing,
    /// The value is no object, or no array.
    WrongShape,
}

/// A value's parts: its metadata and its own bytes.
#[derive(Clone, Copy)]
struct Value<'a> {
    metadata: &'a [u8],
    bytes: &'a [u8],
}

/// Appends a `VARIANT` as JSON, without blanks: numbers in their shortest exact form, doubles as Java writes them.
/// Nothing is appended, and `None` returned, where the bytes are no `VARIANT`.
pub fn write_json(variant: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    let written = Value::of(variant).and_then(|value| value.write(0, out));
    if written.is_none() {
        out.truncate(start);
    }
    written
}

/// The field of an object; `None` where the bytes are no `VARIANT`.
#[must_use]
pub fn field(variant: &[u8], key: &str) -> Option<Part> {
    let value = Value::of(variant)?;
    if value.basic_type()? != OBJECT {
        return Some(Part::WrongShape);
    }
    let items = value.items()?;
    for place in 0..items.count {
        if value.key(items.id(value.bytes, place)?)? == key {
            return value.part(&items, place);
        }
    }
    Some(Part::Missing)
}

/// The element of an array at a place from 0; `None` where the bytes are no `VARIANT`.
#[must_use]
pub fn element(variant: &[u8], place: Option<usize>) -> Option<Part> {
    let value = Value::of(variant)?;
    if value.basic_type()? != ARRAY {
        return Some(Part::WrongShape);
    }
    let items = value.items()?;
    match place.filter(|place| *place < items.count) {
        Some(place) => value.part(&items, place),
        None => Some(Part::Missing),
    }
}

/// Where the parts of an object or array lie within its bytes.
struct Items {
    count: usize,
    /// Width and start of the keys' places; of an array none.
    ids: Option<(usize, usize)>,
    /// Width and start of the offsets.
    offsets: (usize, usize),
    /// Where the parts begin.
    data: usize,
}

impl Items {
    fn id(&self, bytes: &[u8], place: usize) -> Option<usize> {
        let (width, start) = self.ids?;
        unsigned(bytes, start + place * width, width)
    }

    /// The bytes of the part at `place`, and whatever lies behind it.
    fn bytes<'a>(&self, bytes: &'a [u8], place: usize) -> Option<&'a [u8]> {
        let (width, start) = self.offsets;
        bytes.get(self.data.checked_add(unsigned(bytes, start + place * width, width)?)?..)
    }
}

impl<'a> Value<'a> {
    fn of(variant: &'a [u8]) -> Option<Value<'a>> {
        let header = *variant.first()?;
        if header & 0x0f != VERSION {
            return None;
        }
        let width = usize::from(header >> 6) + 1;
        let count = unsigned(variant, 1, width)?;
        let texts = count.checked_add(2)?.checked_mul(width)?.checked_add(1)?;
        let length = texts.checked_add(unsigned(variant, texts - width, width)?)?;
        let (metadata, bytes) = variant.split_at_checked(length)?;
        Some(Value { metadata, bytes })
    }

    fn header(self) -> Option<u8> {
        self.bytes.first().copied()
    }

    fn basic_type(self) -> Option<u8> {
        Some(self.header()? & 3)
    }

    /// The key at a place in the metadata.
    fn key(self, id: usize) -> Option<&'a str> {
        let width = usize::from(self.metadata.first()? >> 6) + 1;
        let count = unsigned(self.metadata, 1, width)?;
        if id >= count {
            return None;
        }
        let texts = 1 + (count + 2) * width;
        let offset = |place: usize| unsigned(self.metadata, 1 + (place + 1) * width, width);
        let bytes = self.metadata.get(texts.checked_add(offset(id)?)?..texts.checked_add(offset(id + 1)?)?)?;
        std::str::from_utf8(bytes).ok()
    }

    /// The parts of an object or array.
    fn items(self) -> Option<Items> {
        let details = usize::from(self.header()? >> 2);
        let object = self.basic_type()? == OBJECT;
        let large = details >> (if object { 4 } else { 2 }) & 1 == 1;
        let count_width = if large { 4 } else { 1 };
        let count = unsigned(self.bytes, 1, count_width)?;
        let ids = 1 + count_width;
        let id_width = if object { (details >> 2 & 3) + 1 } else { 0 };
        let offset_width = (details & 3) + 1;
        let offsets = ids.checked_add(count.checked_mul(id_width)?)?;
        let data = offsets.checked_add(count.checked_add(1)?.checked_mul(offset_width)?)?;
        let ids = object.then_some((id_width, ids));
        (data <= self.bytes.len()).then_some(Items { count, ids, offsets: (offset_width, offsets), data })
    }

    fn part(self, items: &Items, place: usize) -> Option<Part> {
        let inner = Value { bytes: items.bytes(self.bytes, place)?, ..self };
        let bytes = inner.bytes.get(..inner.size()?)?;
        Some(Part::Found([self.metadata, bytes].concat()))
    }

    /// How many bytes the value takes.
    fn size(self) -> Option<usize> {
        let header = self.header()?;
        Some(match header & 3 {
            SHORT_TEXT => 1 + usize::from(header >> 2),
            SCALAR => match Kind::of(header >> 2)? {
                Kind::Null | Kind::True | Kind::False => 1,
                Kind::Int8 => 2,
                Kind::Int16 => 3,
                Kind::Int32 => 5,
                Kind::Int64 | Kind::Double => 9,
                Kind::Decimal4 => 6,
                Kind::Decimal8 => 10,
                Kind::Decimal16 => 18,
                Kind::Text => unsigned(self.bytes, 1, 4)?.checked_add(5)?,
            },
            _ => {
                let items = self.items()?;
                let (width, start) = items.offsets;
                items.data.checked_add(unsigned(self.bytes, start + items.count * width, width)?)?
            }
        })
    }

    fn write(self, depth: usize, out: &mut Vec<u8>) -> Option<()> {
        let header = self.header()?;
        match header & 3 {
            _ if depth > DEPTH_MAX => None,
            SHORT_TEXT => write_text(self.bytes.get(1..1 + usize::from(header >> 2))?, out),
            SCALAR => self.write_scalar(Kind::of(header >> 2)?, out),
            OBJECT => self.write_items(b"{}", depth, out),
            _ => self.write_items(b"[]", depth, out),
        }
    }

    fn write_items(self, brackets: &[u8; 2], depth: usize, out: &mut Vec<u8>) -> Option<()> {
        let items = self.items()?;
        let [open, close] = *brackets;
        out.push(open);
        for place in 0..items.count {
            if place > 0 {
                out.push(b',');
            }
            if items.ids.is_some() {
                text::write_quoted(self.key(items.id(self.bytes, place)?)?, out);
                out.push(b':');
            }
            Value { bytes: items.bytes(self.bytes, place)?, ..self }.write(depth + 1, out)?;
        }
        out.push(close);
        Some(())
    }

    fn write_scalar(self, kind: Kind, out: &mut Vec<u8>) -> Option<()> {
        match kind {
            Kind::Null => out.extend_from_slice(b"null"),
            Kind::True => out.extend_from_slice(b"true"),
            Kind::False => out.extend_from_slice(b"false"),
            Kind::Double => {
                let value = f64::from_le_bytes(self.bytes.get(1..9)?.try_into().ok()?);
                text::write_java_float(value, value, out);
            }
            Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => {
                // Writing to a vector can't fail.
                let _ = write!(out, "{}", signed(self.bytes.get(1..self.size()?)?)?);
            }
            Kind::Decimal4 | Kind::Decimal8 | Kind::Decimal16 => {
                let scale = usize::from(*self.bytes.get(1)?);
                write_decimal(signed(self.bytes.get(2..self.size()?)?)?, scale, out);
            }
            Kind::Text => return write_text(self.bytes.get(5..self.size()?)?, out),
        }
        Some(())
    }
}

fn write_text(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    text::write_quoted(std::str::from_utf8(bytes).ok()?, out);
    Some(())
}

/// Appends a decimal without the zeros behind its last digit: `1.50` is `1.5`, `10.00` is `10`.
fn write_decimal(mut value: i128, mut scale: usize, out: &mut Vec<u8>) {
    while scale > 0 && value % 10 == 0 {
        value /= 10;
        scale -= 1;
    }
    text::write_decimal(value, scale, out);
}

/// A little-endian number of up to four bytes.
fn unsigned(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    usize::try_from(bytes.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte))).ok()
}

/// A little-endian number in two's complement, of up to sixteen bytes.
fn signed(bytes: &[u8]) -> Option<i128> {
    let fill = if *bytes.last()? & 0x80 == 0 { 0 } else { 0xff };
    let mut wide = [fill; 16];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(i128::from_le_bytes(wide))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variant_parse::parse;

    fn json(variant: &[u8]) -> String {
        let mut out = Vec::new();
        write_json(variant, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn found(part: Option<Part>) -> String {
        match part {
            Some(Part::Found(variant)) => json(&variant),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn parts_are_variants_of_their_own() {
        let variant = parse(r#"{"b":[1,{"c":"x"}],"a":null}"#, false).unwrap();
        assert_eq!(json(&variant), r#"{"a":null,"b":[1,{"c":"x"}]}"#);
        assert_eq!(found(field(&variant, "a")), "null");
        let Some(Part::Found(list)) = field(&variant, "b") else { panic!("a list") };
        assert_eq!(found(element(&list, Some(1))), r#"{"c":"x"}"#);
        assert_eq!(element(&list, Some(2)), Some(Part::Missing));
        assert_eq!(element(&list, None), Some(Part::Missing));
        assert_eq!(field(&list, "a"), Some(Part::WrongShape));
        assert_eq!(element(&variant, Some(0)), Some(Part::WrongShape));
        assert_eq!(field(&variant, "z"), Some(Part::Missing));
    }

    #[test]
    fn an_object_of_many_fields_has_wide_counts_and_offsets() {
        let fields: Vec<String> = (0..400).map(|key| format!("\"k{key:03}\":\"{}\"", "x".repeat(200))).collect();
        let text = format!("{{{}}}", fields.join(","));
        let variant = parse(&text, false).unwrap();
        assert_eq!(json(&variant), text);
        assert_eq!(found(field(&variant, "k399")), format!("\"{}\"", "x".repeat(200)));
    }

    #[test]
    fn changed_bytes_never_panic() {
        let variant = parse(r#"{"a":[1,2.5,"x",{"b":123456789012345678901234567890}],"c":1e3}"#, false).unwrap();
        for place in 0..variant.len() {
            for byte in 0..=255 {
                let mut changed = variant.clone();
                changed[place] = byte;
                let _ = write_json(&changed, &mut Vec::new());
                let _ = field(&changed, "a");
                let _ = element(&changed, Some(1));
            }
            let _ = write_json(&variant[..place], &mut Vec::new());
        }
    }
}
