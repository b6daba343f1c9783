//! Which pieces are put together with the next one when there are too many.
//!
//! Their changes are copied as they are, one piece behind the other. A piece is among them if those behind it have as many bytes
//! together: so each byte is copied about as often as the number of pieces can be halved.

use super::encode::Piece;

/// The place of the first piece that goes into the next one; none does while there are fewer than `max`, and the first never does.
pub(super) fn from(pieces: &[Piece], max: usize) -> usize {
    if pieces.len() < max {
        return pieces.len();
    }
    let mut behind = 0;
    let mut from = pieces.len();
    for (place, piece) in pieces.iter().enumerate().skip(1).rev() {
        if piece.bytes <= behind || place + 1 == pieces.len() {
            from = place;
        }
        behind += piece.bytes;
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(bytes: &[u64]) -> Vec<Piece> {
        bytes.iter().map(|bytes| Piece { name: String::new(), bytes: *bytes, crc: 0 }).collect()
    }

    #[test]
    fn pieces_that_are_outweighed_go_and_the_first_stays() {
        assert_eq!(from(&pieces(&[1, 1, 1]), 4), 3, "too few");
        assert_eq!(from(&pieces(&[1, 1, 1, 1]), 4), 1);
        assert_eq!(from(&pieces(&[9, 8, 1, 1, 1]), 4), 2);
        assert_eq!(from(&pieces(&[9, 8, 4, 2, 1]), 4), 4, "the last at least");
        assert_eq!(from(&pieces(&[9, 3, 1, 1, 1]), 4), 1, "one that is larger than the next, but not than all behind");
    }

    #[test]
    fn a_byte_is_copied_a_few_times() {
        let mut kept = pieces(&[1]);
        let mut copied = 0;
        for _ in 0..10_000 {
            let folded = from(&kept, 64);
            let bytes: u64 = kept[folded..].iter().map(|piece| piece.bytes).sum();
            copied += bytes;
            kept.truncate(folded);
            kept.extend(pieces(&[bytes + 1]));
            assert!(kept.len() <= 64);
        }
        assert!(copied < 60_000, "{copied}");
    }
}
