//! How often one request may name the same thing.
//!
//! What is said of a group, or of a topic's settings, can be thousands of times longer than its name. A request that names it
//! over and over would make an answer that has nothing to do with what there is, and with the memory that there is. No client
//! names anything twice; Kafka answers each naming, and so does Yeoul, up to [`REPEATS_MAX`] in one request.

use std::collections::HashSet;
use std::hash::Hash;

use kafka_protocol::ResponseError;

/// The most namings in one request of what it has named before.
const REPEATS_MAX: usize = 100;
/// What the namings beyond are answered.
pub(crate) const TOO_OFTEN: ResponseError = ResponseError::InvalidRequest;
/// And in words.
pub(crate) const TOO_OFTEN_MESSAGE: &str = "the request names the same things too often; name each once";

/// What a request has named so far.
#[derive(Debug)]
pub(crate) struct Repeats<K> {
    named: HashSet<K>,
    left: usize,
}

impl<K: Eq + Hash> Repeats<K> {
    pub(crate) fn new() -> Repeats<K> {
        Repeats { named: HashSet::new(), left: REPEATS_MAX }
    }

    /// Whether a naming is to be answered in full.
    pub(crate) fn admits(&mut self, name: K) -> bool {
        if self.named.insert(name) {
            return true;
        }
        let admitted = self.left > 0;
        self.left = self.left.saturating_sub(1);
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_is_always_admitted_and_what_is_named_again_so_often() {
        let mut repeats = Repeats::new();
        assert!((0..1000).all(|name| repeats.admits(name)));
        let admitted = (0..1000).filter(|&name| repeats.admits(name)).count();
        assert_eq!(admitted, REPEATS_MAX);
        assert!(repeats.admits(1000) && !repeats.admits(1000));
    }
}
