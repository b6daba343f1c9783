//! `BITMAP` values: sets of 32-bit integers, counted without a sign, as Flink has them (FLIP-556's functions).
//!
//! A value is carried as its bytes in Roaring's portable format (`RoaringFormatSpec`), which is what `BITMAP_TO_BYTES`
//! gives: each block of 2^16 numbers as a run-length list where that is shorter than its list or its bits. Of one set
//! there is one such text of bytes, so sets are equal where their bytes are.

use std::io::Write as _;

pub use roaring::RoaringBitmap;

/// How long a set's text gets; behind that stands `...`, as in Flink.
const TEXT_BYTES_MAX: usize = 0x80000;

/// The bytes of a set.
#[must_use]
pub fn encode(mut set: RoaringBitmap) -> Vec<u8> {
    // What was read may have its runs elsewhere: those that pay are found anew.
    set.remove_run_compression();
    set.optimize();
    let mut bytes = Vec::with_capacity(set.serialized_size());
    // Writing to a vector can't fail.
    let _ = set.serialize_into(&mut bytes);
    bytes
}

/// The set of some bytes; bytes behind its end don't count. `None`: they are none in that format.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<RoaringBitmap> {
    RoaringBitmap::deserialize_from(bytes).ok()
}

/// Appends a set's text: `{1,2,5}`. Nothing is appended, and `None` returned, where the bytes are no set.
pub fn write_text(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let set = decode(bytes)?;
    let start = out.len();
    out.push(b'{');
    for (place, number) in set.iter().enumerate() {
        if place > 0 {
            out.push(b',');
            if out.len() - start > TEXT_BYTES_MAX {
                out.extend_from_slice(b"...");
                break;
            }
        }
        // Writing to a vector can't fail.
        let _ = write!(out, "{number}");
    }
    out.push(b'}');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Option<String> {
        let mut out = Vec::new();
        write_text(bytes, &mut out)?;
        String::from_utf8(out).ok()
    }

    #[test]
    fn one_set_has_one_text_of_bytes() {
        let few: RoaringBitmap = [3, 1, 2].into_iter().collect();
        assert_eq!(encode(few).first_chunk::<4>(), Some(&[0x3a, 0x30, 0, 0]), "a list is as short as a run");
        let run: RoaringBitmap = (0..10).collect();
        let bytes = encode(run.clone());
        assert_eq!(bytes, [0x3b, 0x30, 0, 0, 1, 0, 0, 9, 0, 1, 0, 0, 0, 9, 0]);
        let mut grown = RoaringBitmap::new();
        grown.extend((0..10).rev());
        assert_eq!(encode(grown), bytes);
        assert_eq!(decode(&bytes), Some(run));
    }

    #[test]
    fn texts_count_without_a_sign() {
        let set: RoaringBitmap = [u32::MAX, 0, 1 << 31].into_iter().collect();
        assert_eq!(text(&encode(set)).as_deref(), Some("{0,2147483648,4294967295}"));
        assert_eq!(text(&encode(RoaringBitmap::new())).as_deref(), Some("{}"));
        assert_eq!(text(b"\x00"), None);
    }

    #[test]
    fn a_long_text_ends_in_dots() {
        let bytes = encode((0..1_000_000).collect());
        let text = text(&bytes).unwrap_or_default();
        assert!(text.ends_with(",...}") && text.len() < TEXT_BYTES_MAX + 16, "{}", text.len());
    }
}
