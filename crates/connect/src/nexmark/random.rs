//! Random numbers by event: each event has a generator of its own, seeded by the table's seed and the event's number, so
//! that any part of the stream can be made again (SplitMix64).

/// Random numbers for one event.
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// The numbers of event `number` under `seed`.
    pub(super) fn of_event(seed: u64, number: i64) -> Random {
        let mut random = Random { state: seed ^ number.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15) };
        // Neighbours differ in few bits: one round parts them.
        random.state = random.bits();
        random
    }

    /// 64 random bits.
    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `bound`, exclusive; 0 if the bound is 0 or less.
    pub(super) fn below(&mut self, bound: i64) -> i64 {
        let Ok(bound) = u64::try_from(bound) else { return 0 };
        let product = u128::from(self.bits()) * u128::from(bound);
        i64::try_from(product >> 64).unwrap_or(0)
    }

    /// From 0 to 1, exclusive.
    fn unit(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let numerator = (self.bits() >> 11) as f64;
        numerator / 9_007_199_254_740_992.0
    }

    /// One of `list`.
    pub(super) fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let place = self.below(i64::try_from(list.len()).unwrap_or(0));
        usize::try_from(place).ok().and_then(|place| list.get(place)).copied().unwrap_or_default()
    }

    /// A price in cents: 100 to 100,000,000, small ones more often.
    pub(super) fn price(&mut self) -> i64 {
        #[allow(clippy::cast_possible_truncation, reason = "at most 10^8")]
        let price = (10f64.powf(self.unit() * 6.0) * 100.0).round() as i64;
        price
    }

    /// 3 to `longest` - 1 letters, some of them `special`, without blanks at the ends.
    pub(super) fn text(&mut self, longest: i64, special: char) -> String {
        let length = 3 + self.below(longest - 3);
        let text: String = (0..length).map(|_| if self.below(13) == 0 { special } else { self.letter() }).collect();
        text.trim().to_owned()
    }

    fn letter(&mut self) -> char {
        let place = u8::try_from(self.below(26)).unwrap_or(0);
        char::from(b'a' + place)
    }

    /// Letters that bring a row of `current` bytes to about `wanted`, a fifth more or less.
    pub(super) fn extra(&mut self, current: i64, wanted: i64) -> String {
        if current > wanted {
            return String::new();
        }
        let missing = wanted - current;
        let delta = (missing + 2) / 5;
        let length = missing - delta + if delta == 0 { 0 } else { self.below(2 * delta) };
        (0..length).map(|_| self.letter()).collect()
    }
}
