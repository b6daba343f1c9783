//! An address's parameters as bytes: a record's key may be any.
//!
//! ```text
//! query = name [= value] *( & name [= value] )      %NN is a byte, + a blank
//! ```

/// Names and values, in order.
pub(crate) fn parameters(query: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (bytes(name), bytes(value)))
        .collect()
}

/// What is no escape stands for itself.
fn bytes(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((&first, behind)) = rest.split_first() {
        let escaped =
            if first == b'%' { behind.split_first_chunk().and_then(|(digits, _)| byte(*digits)) } else { None };
        rest = if escaped.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
        bytes.push(escaped.unwrap_or(if first == b'+' { b' ' } else { first }));
    }
    bytes
}

/// The byte that two hexadecimal digits write.
fn byte([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_can_be_written() {
        for (query, name, value) in [
            ("key=a", "key", &b"a"[..]),
            ("key=%ff%00%C3%A9", "key", b"\xff\x00\xc3\xa9"),
            ("key=a+b%2Bc%3d", "key", b"a b+c="),
            ("key=a=b", "key", b"a=b"),
            ("key", "key", b""),
            ("key=%", "key", b"%"),
            ("key=%4", "key", b"%4"),
            ("key=%zz%+1", "key", b"%zz% 1"),
        ] {
            assert_eq!(parameters(query), [(name.as_bytes().to_vec(), value.to_vec())], "{query}");
        }
        assert_eq!(parameters("a=1&&b=2").len(), 2);
        assert!(parameters("").is_empty());
    }
}
