//! The order of entries in a Java `HashMap`: what Flink's functions that build one give their entries in.

/// `String.hashCode`
fn hash_code(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// Entries with distinct keys, in the order in which a map that was made for `capacity` entries gives them back.
pub(super) fn in_hash_order<V>(mut entries: Vec<(&str, V)>, capacity: usize) -> Vec<(&str, V)> {
    let mut buckets = capacity.next_power_of_two();
    while entries.len() * 4 > buckets * 3 {
        buckets *= 2;
    }
    let bucket = |key: &str| {
        let hash = hash_code(key).cast_unsigned();
        (hash ^ hash >> 16) as usize & (buckets - 1)
    };
    entries.sort_by_key(|(key, _)| bucket(key));
    entries
}
