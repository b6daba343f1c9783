//! Which partition a record goes to: as Kafka's own clients choose, so that keys written here and there meet.

use std::sync::atomic::{AtomicU32, Ordering};

use yeoul_base::PartitionId;

/// Chooses partitions; records without a key stay together per request, requests take turns.
#[derive(Debug, Default)]
pub(crate) struct Partitioner {
    turn: AtomicU32,
}

impl Partitioner {
    /// The partition for a request's records without a key.
    pub(crate) fn next(&self, partitions: i32) -> PartitionId {
        let count = u32::try_from(partitions).unwrap_or(1).max(1);
        let place = self.turn.fetch_add(1, Ordering::Relaxed) % count;
        PartitionId(i32::try_from(place).unwrap_or(0))
    }
}

/// The partition of a key.
pub(crate) fn of_key(key: &[u8], partitions: i32) -> PartitionId {
    PartitionId((murmur2(key) & i32::MAX) % partitions.max(1))
}

/// Austin Appleby's MurmurHash2 with Kafka's seed (`org.apache.kafka.common.utils.Utils.murmur2`).
fn murmur2(data: &[u8]) -> i32 {
    const M: u32 = 0x5bd1_e995;
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut hash = 0x9747_b28c ^ length;
    let (words, tail) = data.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k = (k ^ (k >> 24)).wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ k;
    }
    if !tail.is_empty() {
        let rest = tail.iter().rev().fold(0, |rest, byte| rest << 8 | u32::from(*byte));
        hash = (hash ^ rest).wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(M);
    (hash ^ (hash >> 15)).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_the_ones_of_kafkas_java_client() {
        let known: [(&[u8], i32); 7] = [
            (b"21", -973_932_308),
            (b"foobar", -790_332_482),
            (b"a-little-bit-long-string", -985_981_536),
            (b"a-little-bit-longer-string", -1_486_304_829),
            (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            (b"abc", 479_470_107),
            (b"", 275_646_681),
        ];
        for (key, hash) in known {
            assert_eq!(murmur2(key), hash, "{}", String::from_utf8_lossy(key));
        }
    }

    #[test]
    fn requests_take_turns() {
        let partitioner = Partitioner::default();
        let turns: Vec<i32> = (0..5).map(|_| partitioner.next(3).0).collect();
        assert_eq!(turns, [0, 1, 2, 0, 1]);
        assert!((0..100).all(|n: i32| (0..7).contains(&of_key(&n.to_be_bytes(), 7).0)));
    }
}
