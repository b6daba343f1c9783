//! The capped decoder: reads numbers, bytes and counts out of a slice that someone else wrote.
//!
//! Invariants: it never reads past the slice, and a count or a length is checked against what is left before
//! the caller can allocate anything for it. All numbers are big-endian, as in Kafka's protocol, unless the
//! method says otherwise.

use thiserror::Error;

/// Why bytes could not be read as what they should be.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum DecodeError {
    /// The bytes end before the value does.
    #[error("ends at byte {at}, where {needed} more bytes are needed")]
    Short {
        /// Where reading stood, in bytes from the start.
        at: usize,
        /// How many bytes the value needs from there.
        needed: usize,
    },
    /// A number of items that the remaining bytes can't hold, or a negative length.
    #[error("says {count} at byte {at}, more than the bytes behind it can hold")]
    Count {
        /// Where reading stood, in bytes from the start.
        at: usize,
        /// What the bytes say.
        count: i64,
    },
    /// A variable-length number that does not end.
    #[error("has a number at byte {at} that does not end")]
    Varint {
        /// Where the number begins, in bytes from the start.
        at: usize,
    },
    /// Text that is not UTF-8.
    #[error("has text at byte {at} that is not UTF-8")]
    Text {
        /// Where the text begins, in bytes from the start.
        at: usize,
    },
}

/// Reads a slice from front to back.
#[derive(Clone, Copy, Debug)]
pub struct Decoder<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Decoder<'a> {
    /// A decoder that stands before the first byte.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Decoder<'a> {
        Decoder { bytes, at: 0 }
    }

    /// How many bytes were read.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Short`].
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let end = self.at.checked_add(count).ok_or(DecodeError::Short { at: self.at, needed: count })?;
        let bytes = self.bytes.get(self.at..end).ok_or(DecodeError::Short { at: self.at, needed: count })?;
        self.at = end;
        Ok(bytes)
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Short`].
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.bytes(N)?);
        Ok(array)
    }

    /// An unsigned byte.
    ///
    /// # Errors
    /// [`DecodeError::Short`].
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    /// A signed byte.
    ///
    /// # Errors
    /// [`DecodeError::Short`].
    pub fn i8(&mut self) -> Result<i8, DecodeError> {
        Ok(i8::from_be_bytes(self.array()?))
    }

    /// Two bytes, signed.
    ///
    /// # Errors
    /// [`DecodeError::Short`].
    pub fn i16(&mut self) -> Result<i16, DecodeError> {
        Ok(i16::from_be_bytes(self.array()?))
    }

    /// Two bytes, unsigned.
    ///
    /// # Errors
    /// [`DecodeError::Short`].
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    /// Four bytes, signed.
    ///
    /// # Errors
    /// [`DecodeError::Short`].
    pub fn i32(&mut self) -> Result<i32, DecodeError> {
        Ok(i32::from_be_bytes(self.array()?))
    }

    /// Four bytes, unsigned.
    ///
    /// # Errors
    /// [`DecodeError::Short`].
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    /// Eight bytes, signed.
    ///
    /// # Errors
    /// [`DecodeError::Short`].
    pub fn i64(&mut self) -> Result<i64, DecodeError> {
        Ok(i64::from_be_bytes(self.array()?))
    }

    /// Eight bytes, unsigned.
    ///
    /// # Errors
    /// [`DecodeError::Short`].
    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    /// A number of at most ten bytes, seven bits each, the lowest first.
    ///
    /// # Errors
    /// [`DecodeError::Short`], [`DecodeError::Varint`].
    #[inline]
    pub fn unsigned_varlong(&mut self) -> Result<u64, DecodeError> {
        let start = self.at;
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::Varint { at: start })
    }

    /// A zigzag number of up to 64 bits.
    ///
    /// # Errors
    /// [`DecodeError::Short`], [`DecodeError::Varint`].
    #[inline]
    pub fn varlong(&mut self) -> Result<i64, DecodeError> {
        let raw = self.unsigned_varlong()?;
        Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
    }

    /// A zigzag number of up to 32 bits.
    ///
    /// # Errors
    /// [`DecodeError::Short`], [`DecodeError::Varint`], also when the number is larger.
    #[inline]
    pub fn varint(&mut self) -> Result<i32, DecodeError> {
        let start = self.at;
        i32::try_from(self.varlong()?).map_err(|_| DecodeError::Varint { at: start })
    }

    /// A four-byte number of items, each of which takes at least `item_bytes_min` of the remaining bytes.
    ///
    /// # Errors
    /// [`DecodeError::Short`]; [`DecodeError::Count`] if so many can't follow.
    pub fn count(&mut self, item_bytes_min: usize) -> Result<usize, DecodeError> {
        let at = self.at;
        let said = self.i32()?;
        self.check_count(at, i64::from(said), item_bytes_min)
    }

    /// Four bytes of length and so many bytes.
    ///
    /// # Errors
    /// [`DecodeError::Short`], [`DecodeError::Count`].
    pub fn sized_bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.count(1)?;
        self.bytes(length)
    }

    /// Four bytes of length and so many bytes of UTF-8.
    ///
    /// # Errors
    /// [`DecodeError::Short`], [`DecodeError::Count`], [`DecodeError::Text`].
    pub fn text(&mut self) -> Result<&'a str, DecodeError> {
        let at = self.at;
        std::str::from_utf8(self.sized_bytes()?).map_err(|_| DecodeError::Text { at })
    }

    /// Checks a number of items that was read by other means at byte `at`.
    ///
    /// # Errors
    /// [`DecodeError::Count`] if so many items can't follow.
    pub fn check_count(&self, at: usize, said: i64, item_bytes_min: usize) -> Result<usize, DecodeError> {
        let most = self.remaining() / item_bytes_min.max(1);
        usize::try_from(said).ok().filter(|&count| count <= most).ok_or(DecodeError::Count { at, count: said })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_big_endian() {
        let mut decoder = Decoder::new(&[0, 0, 1, 0, 0xff, 0xff, 7]);
        assert_eq!(decoder.i32(), Ok(256));
        assert_eq!(decoder.i16(), Ok(-1));
        assert_eq!(decoder.u8(), Ok(7));
        assert_eq!(decoder.u8(), Err(DecodeError::Short { at: 7, needed: 1 }));
    }

    #[test]
    fn a_count_that_cannot_follow_is_refused() {
        assert_eq!(
            Decoder::new(&i32::MAX.to_be_bytes()).count(1),
            Err(DecodeError::Count { at: 0, count: 2_147_483_647 })
        );
        assert_eq!(Decoder::new(&(-1_i32).to_be_bytes()).count(1), Err(DecodeError::Count { at: 0, count: -1 }));
        assert_eq!(Decoder::new(&[0, 0, 0, 1, 9]).sized_bytes(), Ok(&[9][..]));
    }

    #[test]
    fn zigzag_numbers_are_read() {
        assert_eq!(Decoder::new(&[1]).varint(), Ok(-1));
        assert_eq!(Decoder::new(&[0xac, 0x02]).varint(), Ok(150));
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(Decoder::new(&most).varlong(), Ok(i64::MIN));
        assert_eq!(Decoder::new(&most).varint(), Err(DecodeError::Varint { at: 0 }));
        assert_eq!(Decoder::new(&[0xff; 11]).varlong(), Err(DecodeError::Varint { at: 0 }));
    }
}
