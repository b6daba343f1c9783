//! Base64 (RFC 4648, the standard alphabet, padded): how texts carry bytes. Blanks between groups of four are passed over,
//! as Flink's reader (Jackson) does.

/// Appends the bytes that `text` stands for; false if it isn't padded base64, with `out` in an unknown state behind
/// its old end.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut rest = past_blanks(text);
    while let Some((quad, behind)) = rest.split_first_chunk::<4>() {
        rest = past_blanks(behind);
        let decoded = if rest.is_empty() { decode_last(quad, out) } else { decode_quad(quad, out) };
        if !decoded {
            return false;
        }
    }
    rest.is_empty()
}

fn past_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| **byte <= b' ').count();
    text.get(blanks..).unwrap_or_default()
}

fn decode_quad(quad: &[u8; 4], out: &mut Vec<u8>) -> bool {
    let mut bits = 0_u32;
    for byte in quad {
        let Some(value) = value_of(*byte) else { return false };
        bits = bits << 6 | value;
    }
    let [_, bytes @ ..] = bits.to_be_bytes();
    out.extend_from_slice(&bytes);
    true
}

fn decode_last(quad: &[u8; 4], out: &mut Vec<u8>) -> bool {
    let padding = quad.iter().rev().take_while(|byte| **byte == b'=').count();
    let filled = quad.map(|byte| if byte == b'=' { b'A' } else { byte });
    let inner = quad.iter().filter(|byte| **byte == b'=').count();
    if padding > 2 || inner != padding || !decode_quad(&filled, out) {
        return false;
    }
    out.truncate(out.len() - padding);
    true
}

fn value_of(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for bytes in [&b""[..], b"f", b"fo", b"foo", b"foob", b"\x00\xff\x80"] {
            let (mut text, mut back) = (Vec::new(), Vec::new());
            yeoul_row::text::write_base64(bytes, &mut text);
            assert!(decode(&text[1..text.len() - 1], &mut back));
            assert_eq!(back, bytes);
        }
    }

    #[test]
    fn blanks_between_groups_are_passed_over() {
        let mut out = Vec::new();
        assert!(decode(b" Zm9v\nYg== ", &mut out));
        assert_eq!(out, b"foob");
    }

    #[test]
    fn broken_text_is_refused() {
        for text in ["Zm 9v", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Z=g=", "Zm9*"] {
            assert!(!decode(text.as_bytes(), &mut Vec::new()), "{text}");
        }
    }
}
