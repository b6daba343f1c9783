//! Random numbers by value: each value has a generator of its own, seeded by its key (SplitMix64).

/// The step of SplitMix64's state.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// What a value is generated from; other values' keys follow from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Key(u64);

impl Key {
    /// The key of everything that follows from `seed`.
    pub(super) fn of_seed(seed: i64) -> Key {
        Key(mixed(seed.cast_unsigned().wrapping_add(STEP)))
    }

    /// The key of part `number`.
    pub(super) fn part(self, number: u64) -> Key {
        Key(mixed(self.0 ^ mixed(number.wrapping_add(STEP))))
    }

    /// The numbers that the value is made of.
    pub(super) fn random(self) -> Random {
        Random(self.0)
    }
}

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Random numbers for one value.
pub(super) struct Random(u64);

impl Random {
    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// From `low` to `high`, both inclusive.
    pub(super) fn between(&mut self, low: i128, high: i128) -> i128 {
        let span = high.wrapping_sub(low).cast_unsigned().wrapping_add(1);
        let bits = (u128::from(self.bits()) << 64) | u128::from(self.bits());
        // A span of 0 is all of 128 bits. The bias of the remainder is below 2^-60 for 64-bit spans.
        low.wrapping_add(if span == 0 { bits } else { bits % span }.cast_signed())
    }

    /// From 0 to 1, exclusive.
    pub(super) fn unit(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let numerator = (self.bits() >> 11) as f64;
        numerator / 9_007_199_254_740_992.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_between_their_bounds_and_reach_them() {
        let mut seen = std::collections::BTreeSet::new();
        for row in 0..200 {
            let mut random = Key::of_seed(7).part(row).random();
            seen.insert(random.between(-1, 2));
            assert!((0.0..1.0).contains(&random.unit()));
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [-1, 0, 1, 2]);
        let extremes = Key::of_seed(0).random().between(i128::MIN, i128::MAX);
        assert_ne!(extremes, 0);
        assert_eq!(Key::of_seed(0).random().between(5, 5), 5);
    }
}
