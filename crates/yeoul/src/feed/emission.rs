//! What a feed sends, in which order: the file's lines, some again later, broken lines between them.
//!
//! The sequence depends on the file, the shares and the seed alone. An emission's place in it is the source position
//! that its record carries, so that a later run can make the same sequence and go on behind the last record.

use std::collections::BTreeMap;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// How far behind its first copy a duplicate follows, in lines of the file, at most.
const DUPLICATE_DISTANCE_MAX: u64 = 1000;

/// What is mixed into the lines of the file.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shares {
    /// Share of lines that are sent again later.
    pub duplicates: f64,
    /// Share of broken lines that are added.
    pub malformed: f64,
    /// What decides which lines are hit.
    pub seed: u64,
}

/// One record to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Emission {
    /// Its place in the sequence, from 0.
    pub position: u64,
    /// Its bytes.
    pub line: Vec<u8>,
    /// What it is.
    pub kind: Kind,
}

/// What an emission is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A line of the file.
    Line,
    /// A line of the file, again.
    Duplicate,
    /// A broken line.
    Malformed,
}

/// Makes the sequence from lines.
pub struct Emissions<I> {
    lines: I,
    shares: Shares,
    random: SmallRng,
    /// Lines to be sent again, by the number of the line that they follow.
    again: BTreeMap<u64, Vec<Vec<u8>>>,
    /// What is ready to be sent, the next one last.
    ready: Vec<(Kind, Vec<u8>)>,
    line: u64,
    position: u64,
}

impl<I, E> Emissions<I>
where
    I: Iterator<Item = Result<Vec<u8>, E>>,
{
    /// The sequence over `lines`.
    pub fn new(lines: I, shares: Shares) -> Emissions<I> {
        let random = SmallRng::seed_from_u64(shares.seed);
        Emissions { lines, shares, random, again: BTreeMap::new(), ready: Vec::new(), line: 0, position: 0 }
    }

    /// Takes the next line: it, its broken neighbour, and the duplicates that are due behind it.
    fn take_line(&mut self, line: Vec<u8>) {
        let number = self.line;
        self.line += 1;
        if self.hits(self.shares.duplicates) {
            let due = number + self.random.random_range(1..=DUPLICATE_DISTANCE_MAX);
            self.again.entry(due).or_default().push(line.clone());
        }
        for duplicate in self.again.remove(&number).unwrap_or_default() {
            self.ready.push((Kind::Duplicate, duplicate));
        }
        if self.hits(self.shares.malformed) {
            let cut = self.broken(&line);
            self.ready.push((Kind::Malformed, cut));
        }
        self.ready.push((Kind::Line, line));
    }

    /// Whether a share hits; draws nothing for a share of 0, so that the other share hits the same lines.
    fn hits(&mut self, share: f64) -> bool {
        share > 0.0 && self.random.random_bool(share.min(1.0))
    }

    /// The beginning of `line`, with a tail that no format reads.
    fn broken(&mut self, line: &[u8]) -> Vec<u8> {
        let cut = self.random.random_range(0..=line.len() / 2);
        let mut broken = line.get(..cut).unwrap_or_default().to_vec();
        broken.extend_from_slice(b"\x7b\"broken");
        broken
    }

    /// The file is read: what was still to be sent again is sent now.
    fn drain(&mut self) {
        let left: Vec<_> = std::mem::take(&mut self.again).into_values().flatten().collect();
        self.ready.extend(left.into_iter().rev().map(|line| (Kind::Duplicate, line)));
    }
}

impl<I, E> Iterator for Emissions<I>
where
    I: Iterator<Item = Result<Vec<u8>, E>>,
{
    type Item = Result<Emission, E>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() {
            match self.lines.next() {
                Some(Ok(line)) => self.take_line(line),
                Some(Err(error)) => return Some(Err(error)),
                None => self.drain(),
            }
        }
        let (kind, line) = self.ready.pop()?;
        let position = self.position;
        self.position += 1;
        Some(Ok(Emission { position, line, kind }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emit(shares: Shares) -> Vec<Emission> {
        let lines = (0..20_000).map(|i| Ok::<_, ()>(format!("{{\"id\":{i}}}").into_bytes()));
        Emissions::new(lines, shares).map(|emission| emission.expect("lines don't fail")).collect()
    }

    fn count(emissions: &[Emission], kind: Kind) -> usize {
        emissions.iter().filter(|emission| emission.kind == kind).count()
    }

    #[test]
    fn without_shares_the_file_is_sent_as_it_is() {
        let emissions = emit(Shares { duplicates: 0.0, malformed: 0.0, seed: 1 });
        assert_eq!(emissions.len(), 20_000);
        assert!(emissions.iter().enumerate().all(|(i, emission)| emission.position == i as u64));
    }

    #[test]
    fn every_line_is_sent_once_and_the_shares_come_on_top() {
        let emissions = emit(Shares { duplicates: 0.01, malformed: 0.005, seed: 7 });
        assert_eq!(count(&emissions, Kind::Line), 20_000);
        assert!((120..280).contains(&count(&emissions, Kind::Duplicate)));
        assert!((50..150).contains(&count(&emissions, Kind::Malformed)));
    }

    #[test]
    fn a_duplicate_follows_its_first_copy() {
        let emissions = emit(Shares { duplicates: 0.05, malformed: 0.0, seed: 3 });
        let mut seen = std::collections::HashSet::new();
        for emission in emissions {
            assert_eq!(seen.insert(emission.line.clone()), emission.kind == Kind::Line);
        }
    }

    #[test]
    fn no_broken_line_is_json() {
        let emissions = emit(Shares { duplicates: 0.0, malformed: 0.5, seed: 3 });
        let broken = emissions.iter().filter(|emission| emission.kind == Kind::Malformed);
        for emission in broken {
            assert!(serde_json::from_slice::<serde_json::Value>(&emission.line).is_err(), "{emission:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_sequence_and_another_one_does_not() {
        let shares = Shares { duplicates: 0.01, malformed: 0.005, seed: 7 };
        assert_eq!(emit(shares), emit(shares));
        assert_ne!(emit(shares), emit(Shares { seed: 8, ..shares }));
    }
}
