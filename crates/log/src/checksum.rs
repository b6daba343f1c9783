//! Comparing checksums (CRC-32C): the one place where bytes from disk or wire are found damaged.
//!
//! When fuzzing, every checksum fits, so that changed bytes come to the code that reads them: behind a checksum, luck alone
//! would get there.

/// Whether the bytes have this checksum.
pub(crate) fn fits(bytes: &[u8], check: u32) -> bool {
    is(crc32c::crc32c(bytes), check)
}

/// As [`fits`], for a checksum as it lies on the disk: big-endian.
pub(crate) fn fits_stored(bytes: &[u8], check: &[u8]) -> bool {
    <[u8; 4]>::try_from(check).is_ok_and(|check| fits(bytes, u32::from_be_bytes(check)))
}

/// Whether a checksum is the expected one.
pub(crate) fn is(computed: u32, check: u32) -> bool {
    cfg!(fuzzing) || computed == check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_bytes_do_not_fit() {
        let check = crc32c::crc32c(b"bytes");
        assert!(fits(b"bytes", check) && fits_stored(b"bytes", &check.to_be_bytes()));
        assert!(!fits(b"bites", check) && !fits_stored(b"bites", &check.to_be_bytes()));
        assert!(!fits_stored(b"bytes", &[]), "a checksum has four bytes");
    }
}
