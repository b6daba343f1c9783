//! Topics, under Kafka's names.

use yeoul_base::TopicId;
use yeoul_base::limits::TOPIC_NAME_BYTES_MAX;

use crate::error::CreateTopicError;
use crate::topic_config::TopicConfig;

/// A topic, as it is now: a change of its settings or partitions makes another of the same id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Topic {
    /// The topic's incarnation.
    pub id: TopicId,
    /// Its name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: i32,
    /// Its settings.
    pub config: TopicConfig,
}

/// Checks a topic's name by Kafka's rules.
///
/// # Errors
/// [`CreateTopicError::InvalidName`].
pub fn check_topic_name(name: &str) -> Result<(), CreateTopicError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let reason = if name.is_empty() {
        "it is empty"
    } else if name == "." || name == ".." {
        "`.` and `..` are not names"
    } else if name.len() > TOPIC_NAME_BYTES_MAX {
        "it is longer than 249 bytes"
    } else if !name.bytes().all(allowed) {
        "only ASCII letters, digits, `.`, `_` and `-` may be in it"
    } else {
        return Ok(());
    };
    Err(CreateTopicError::InvalidName { name: name.chars().take(TOPIC_NAME_BYTES_MAX).collect(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_kafkas_rules() {
        for bad in ["", ".", "..", "a b", "a/b", "한", &"x".repeat(250)] {
            assert!(check_topic_name(bad).is_err(), "{bad}");
        }
        for good in ["a", "landing.airport.departures", "_x-1", &"x".repeat(249)] {
            assert!(check_topic_name(good).is_ok(), "{good}");
        }
    }
}
