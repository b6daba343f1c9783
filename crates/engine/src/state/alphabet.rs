//! Texts of few kinds of bytes, at fewer than eight bits a byte: identifiers, numbers, addresses, text in lower case.
//!
//! A byte becomes its code, of as many bits as tell the kinds apart; codes follow one another without gaps, the first in the
//! lowest bits. Texts one behind the other are one row of codes, of which any part is read without the rest.

use std::ops::Range;

/// The most bits of a code: more save too little.
const BITS_MAX: u32 = 6;
/// What a byte that has no code is mapped to, and the bit of it that is in no code.
const NO_CODE: u8 = 0xff;
const NO_CODE_BIT: u8 = 0x80;

/// The codes of some kinds of bytes.
#[derive(Debug)]
pub(crate) struct Alphabet {
    /// How many bits a code has, 1 to [`BITS_MAX`].
    bits: u32,
    codes: [u8; 256],
    bytes: [u8; 1 << BITS_MAX],
}

impl Alphabet {
    /// The codes of the bytes of a text; none where there are too many kinds.
    pub(crate) fn of(text: &[u8]) -> Option<Alphabet> {
        let mut seen = [false; 256];
        text.iter().for_each(|byte| seen[usize::from(*byte)] = true);
        let (mut codes, mut bytes) = ([NO_CODE; 256], [0; 1 << BITS_MAX]);
        let mut count = 0_u8;
        for byte in (0..=u8::MAX).filter(|byte| seen[usize::from(*byte)]) {
            *bytes.get_mut(usize::from(count))? = byte;
            codes[usize::from(byte)] = count;
            count += 1;
        }
        let bits = u32::from(count).next_power_of_two().trailing_zeros().max(1);
        Some(Alphabet { bits, codes, bytes })
    }

    /// The codes of these bytes, of which there are at most 64; a text of more kinds doesn't fit.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Alphabet {
        Alphabet::of(bytes).unwrap_or(Alphabet { bits: 1, codes: [NO_CODE; 256], bytes: [0; 1 << BITS_MAX] })
    }

    /// Whether a byte has a code.
    pub(crate) fn has(&self, byte: u8) -> bool {
        self.codes[usize::from(byte)] != NO_CODE
    }

    /// How many bytes the codes of `len` bytes take; none if that is no number.
    pub(crate) fn packed_len(&self, len: usize) -> Option<usize> {
        Some(len.checked_mul(self.bits as usize)?.div_ceil(8))
    }

    /// Appends the codes of a text, filled up to a whole byte; false, and nothing appended, where one has no code.
    pub(crate) fn pack(&self, text: &[u8], packed: &mut Vec<u8>) -> bool {
        match self.bits {
            1 => self.pack_words::<1>(text, packed),
            2 => self.pack_words::<2>(text, packed),
            3 => self.pack_words::<3>(text, packed),
            4 => self.pack_words::<4>(text, packed),
            5 => self.pack_words::<5>(text, packed),
            _ => self.pack_words::<BITS_MAX>(text, packed),
        }
    }

    fn pack_words<const BITS: u32>(&self, text: &[u8], packed: &mut Vec<u8>) -> bool {
        let start = packed.len();
        let (eights, rest) = text.as_chunks::<8>();
        let mut last = [self.bytes[0]; 8];
        last[..rest.len()].copy_from_slice(rest);
        // Eight codes are `BITS` bytes: each word is written whole, over what the one before it wrote too much.
        packed.resize(start + (eights.len() + 1) * BITS as usize + 8, 0);
        let (mut all, mut at) = (0, start);
        for eight in eights.iter().chain(std::iter::once(&last)) {
            let mut word = 0;
            for (place, byte) in (0..).zip(eight) {
                let code = self.codes[usize::from(*byte)];
                all |= code;
                word |= u64::from(code) << (place * BITS);
            }
            packed[at..at + 8].copy_from_slice(&word.to_le_bytes());
            at += BITS as usize;
        }
        let fits = all & NO_CODE_BIT == 0;
        packed.truncate(if fits { start + (text.len() * BITS as usize).div_ceil(8) } else { start });
        fits
    }

    /// Appends the bytes of the codes at these places.
    pub(crate) fn unpack(&self, packed: &[u8], places: Range<usize>, text: &mut Vec<u8>) {
        match self.bits {
            1 => self.unpack_words::<1>(packed, places, text),
            2 => self.unpack_words::<2>(packed, places, text),
            3 => self.unpack_words::<3>(packed, places, text),
            4 => self.unpack_words::<4>(packed, places, text),
            5 => self.unpack_words::<5>(packed, places, text),
            _ => self.unpack_words::<BITS_MAX>(packed, places, text),
        }
    }

    fn unpack_words<const BITS: u32>(&self, packed: &[u8], places: Range<usize>, text: &mut Vec<u8>) {
        let start = text.len();
        text.resize(start + places.len().next_multiple_of(8), 0);
        let (eights, _) = text[start..].as_chunks_mut::<8>();
        let mut at = places.start * BITS as usize;
        for eight in eights {
            let codes = word_at(packed, at / 8) >> (at % 8);
            let byte = |place: u32| self.bytes[(codes >> (place * BITS)) as usize % (1 << BITS)];
            let word = (0..8).fold(0, |word, place| word | u64::from(byte(place)) << (place * 8));
            *eight = word.to_le_bytes();
            at += 8 * BITS as usize;
        }
        text.truncate(start + places.len());
    }
}

/// Eight bytes from a place on, zeros behind the end.
pub(crate) fn word_at(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    let word = rest.first_chunk::<8>().copied().unwrap_or_else(|| {
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        word
    });
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_part_of_packed_texts_is_read_without_the_rest() {
        for kinds in [1_u8, 2, 3, 5, 16, 17, 26, 32, 33, 64] {
            let text: Vec<u8> = (0..1000_u32).map(|at| (at * 7919 % 1009 % u32::from(kinds)) as u8 + b'0').collect();
            let alphabet = Alphabet::of(&text).unwrap();
            for len in [0, 1, 7, 8, 9, 63, 1000] {
                let mut packed = vec![1, 2, 3];
                assert!(alphabet.pack(&text[..len], &mut packed));
                assert_eq!(Some(packed.len() - 3), alphabet.packed_len(len));
                for (from, to) in [(0, len), (len / 3, len), (len / 3, len / 2), (len, len)] {
                    let mut read = b"before".to_vec();
                    alphabet.unpack(&packed[3..], from..to, &mut read);
                    assert_eq!(read, [b"before", &text[from..to]].concat(), "{kinds} kinds, {from}..{to} of {len}");
                }
            }
        }
    }

    #[test]
    fn what_has_no_code_is_not_packed() {
        let alphabet = Alphabet::of(b"abc").unwrap();
        let mut packed = vec![9];
        for text in [&b"abcd"[..], b"abcabcabcabc\xff", b"\0"] {
            assert!(!alphabet.pack(text, &mut packed));
            assert_eq!(packed, [9]);
        }
        let all: Vec<u8> = (0..=255).collect();
        assert!(Alphabet::of(&all).is_none());
        assert!(Alphabet::of(&all[..65]).is_none());
        assert!(Alphabet::of(&all[..64]).is_some());
    }
}
