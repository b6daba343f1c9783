//! `RAND`, `RAND_INTEGER` and `UUID`. Seeded sequences are Java's (`java.util.Random`), so that they are Flink's.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, Float64Array, Int32Array};
use datafusion::error::Result;

use super::function::{Call, Kernel};
use super::row_error;

/// The kernel of a function that gives another value for each row.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "rand" => rand,
        "rand_integer" => rand_integer,
        "uuid" => |call| {
            call.write_texts(|_, text| {
                text.push_str(uuid::Uuid::new_v4().hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
                Some(())
            })
        },
        _ => return None,
    })
}

/// Whether a function gives another value for each row, though its arguments may be constants.
pub(super) fn is_random(name: &str) -> bool {
    matches!(name, "rand" | "rand_integer" | "uuid")
}

/// The generator of one call, which goes on from batch to batch.
#[derive(Debug, Default)]
pub(crate) struct Sequence(Mutex<Option<Drawn>>);

/// A generator that has drawn.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    random: JavaRandom,
    /// Whether the query gave its seed, so that its numbers are known beforehand.
    seeded: bool,
}

impl Sequence {
    fn with<T>(&self, seed: Option<i64>, draw: impl FnOnce(&mut JavaRandom) -> T) -> T {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = || Drawn { random: JavaRandom::new(seed.unwrap_or_else(any_seed)), seeded: seed.is_some() };
        draw(&mut drawn.get_or_insert_with(begin).random)
    }

    /// How far a sequence of a known seed is; none: it has not begun, or nobody knows its numbers.
    pub(crate) fn position(&self) -> Option<i64> {
        let drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.filter(|drawn| drawn.seeded).map(|drawn| drawn.random.state)
    }

    /// Goes on from a position.
    pub(crate) fn go_on(&self, position: i64) {
        let random = JavaRandom { state: position & MASK };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Drawn { random, seeded: true });
    }
}

/// A seed that nobody can know.
#[expect(clippy::cast_possible_wrap, reason = "any bits are a seed")]
fn any_seed() -> i64 {
    RandomState::new().hash_one(0_u8) as i64
}

/// The linear congruential generator that `java.util.Random` documents.
#[derive(Clone, Copy, Debug)]
struct JavaRandom {
    state: i64,
}

const MULTIPLIER: i64 = 0x5_DEEC_E66D;
const MASK: i64 = (1 << 48) - 1;

impl JavaRandom {
    fn new(seed: i64) -> JavaRandom {
        JavaRandom { state: (seed ^ MULTIPLIER) & MASK }
    }

    #[expect(clippy::cast_possible_truncation, reason = "Java takes the lower 32 bits")]
    fn bits(&mut self, count: u32) -> i32 {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
        (self.state >> (48 - count)) as i32
    }

    fn double(&mut self) -> f64 {
        let high = i64::from(self.bits(26)) << 27;
        (high + i64::from(self.bits(27))) as f64 * f64::EPSILON / 2.0
    }

    /// From 0 to below a positive bound.
    #[expect(clippy::cast_possible_truncation, reason = "the product's upper bits are below the bound")]
    fn below(&mut self, bound: i32) -> i32 {
        let mut bits = self.bits(31);
        if bound & (bound - 1) == 0 {
            return ((i64::from(bound) * i64::from(bits)) >> 31) as i32;
        }
        // Values of the last, incomplete range are drawn again; that is less than every second one.
        while bits - bits % bound > i32::MAX - (bound - 1) {
            bits = self.bits(31);
        }
        bits % bound
    }
}

fn rand(call: &Call<'_>) -> Result<ArrayRef> {
    let seeds = call.optional_ints(0)?;
    let seed = |row: usize| seeds.as_ref().map(|seeds| seeds.get(row));
    let values = (0..call.rows).map(|row| match seed(row) {
        Some(None) => None,
        Some(seed) => Some(call.sequence.with(seed, JavaRandom::double)),
        None => Some(call.sequence.with(None, JavaRandom::double)),
    });
    Ok(Arc::new(values.collect::<Float64Array>()))
}

fn rand_integer(call: &Call<'_>) -> Result<ArrayRef> {
    let first = call.ints(0)?;
    let second = call.optional_ints(1)?;
    let mut values = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let (seed, bound) = match &second {
            Some(second) => (first.get(row), second.get(row)),
            None => (None, first.get(row)),
        };
        let (Some(bound), false) = (bound, second.is_some() && seed.is_none()) else {
            values.push(None);
            continue;
        };
        let bound = i32::try_from(bound).ok().filter(|bound| *bound > 0);
        let bound = bound.ok_or_else(|| row_error("the bound of RAND_INTEGER must be positive"))?;
        values.push(Some(call.sequence.with(seed, |random| random.below(bound))));
    }
    Ok(Arc::new(Int32Array::from(values)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seeded_sequence_is_javas() {
        let mut random = JavaRandom::new(42);
        // `new Random(42)`: nextInt(10) is 0, then 3.
        assert_eq!([random.below(10), random.below(10)], [0, 3]);
        let mut random = JavaRandom::new(42);
        assert_eq!(random.double(), 0.727_563_680_032_868_1);
    }
}
