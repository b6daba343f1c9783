//! What a classic consumer says to its group's leader: its topics (Kafka's `ConsumerProtocolSubscription`).

use yeoul_base::decode::Decoder;

/// The topics in a member's metadata; nothing if it is not that format.
///
/// ```text
/// version (2), topics (4), each: length (2), name; user data and more, by version
/// ```
pub(crate) fn subscribed_topics(metadata: &[u8]) -> Option<Vec<String>> {
    let mut from = Decoder::new(metadata);
    from.i16().ok()?;
    let count = from.count(2).ok()?;
    let mut topics = Vec::with_capacity(count);
    for _ in 0..count {
        let length = usize::try_from(from.i16().ok()?).ok()?;
        topics.push(std::str::from_utf8(from.bytes(length).ok()?).ok()?.to_owned());
    }
    Some(topics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_read_and_strange_bytes_are_not() {
        let metadata = [0, 1, 0, 0, 0, 2, 0, 1, b'a', 0, 2, b'b', b'c', 0xff, 0xff, 0xff, 0xff];
        assert_eq!(subscribed_topics(&metadata), Some(vec!["a".to_owned(), "bc".to_owned()]));
        assert_eq!(subscribed_topics(&[0, 1, 0x7f, 0xff, 0xff, 0xff]), None);
        assert_eq!(subscribed_topics(b""), None);
    }
}
