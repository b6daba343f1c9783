//! The options of a `nexmark` table: the official generator's names and defaults.

use std::time::Duration;

use yeoul_engine::catalog::{OptionError, TableSpec};

use crate::options::{Given, fault};

pub(crate) const KNOWN: [&str; 18] = [
    "rate.shape",
    "rate.period",
    "rate.limited",
    "first-event.rate",
    "next-event.rate",
    "person.avg-size",
    "auction.avg-size",
    "bid.avg-size",
    "person.proportion",
    "auction.proportion",
    "bid.proportion",
    "bid.hot-ratio.auctions",
    "bid.hot-ratio.bidders",
    "auction.hot-ratio.sellers",
    "events.num",
    "keep-alive",
    "stop-at",
    "max-emit-speed",
];

/// What a table generates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Options {
    /// How many events, counted from the first; `i64::MAX`: without end.
    pub(super) events: i64,
    /// Whether the table goes on behind its last event, with none.
    pub(super) keep_alive: bool,
    /// Events a second of event time.
    pub(super) rate: i64,
    /// Whether events come no faster than their time.
    pub(super) limited: bool,
    /// Persons, auctions and bids in each round.
    pub(super) proportions: [i64; 3],
    /// The wanted size of a person, an auction, a bid, in bytes.
    pub(super) sizes: [i64; 3],
    /// One bid in this many goes to an auction that isn't hot.
    pub(super) hot_auctions: i64,
    /// One bid in this many comes from a bidder that isn't hot.
    pub(super) hot_bidders: i64,
    /// One auction in this many is of a seller that isn't hot.
    pub(super) hot_sellers: i64,
    /// Of all random numbers.
    pub(super) seed: u64,
    /// The first event's time, in milliseconds since 1970.
    pub(super) base_time: i64,
}

impl Options {
    pub(super) fn of(table: &TableSpec) -> Result<Options, OptionError> {
        let given = Given::new(table);
        given.refuse_others(&KNOWN, &[])?;
        refuse_shapes(&given)?;
        let proportions = [
            positive(&given, "person.proportion", 1)?,
            positive(&given, "auction.proportion", 3)?,
            positive(&given, "bid.proportion", 46)?,
        ];
        Ok(Options {
            events: events(&given)?,
            keep_alive: given.flag("keep-alive", false)?,
            rate: rate(&given)?,
            limited: given.flag("rate.limited", false)? || !given.flag("max-emit-speed", true)?,
            proportions,
            sizes: [
                size(&given, "person.avg-size", 200)?,
                size(&given, "auction.avg-size", 500)?,
                size(&given, "bid.avg-size", 100)?,
            ],
            hot_auctions: positive(&given, "bid.hot-ratio.auctions", 2)?,
            hot_bidders: positive(&given, "bid.hot-ratio.bidders", 4)?,
            hot_sellers: positive(&given, "auction.hot-ratio.sellers", 4)?,
            seed: SEED,
            base_time: BASE_TIME,
        })
    }

    /// How many events a round has.
    pub(super) fn round(&self) -> i64 {
        self.proportions.iter().sum()
    }

    pub(super) fn bounded(&self) -> bool {
        self.events < i64::MAX && !self.keep_alive
    }
}

/// Of every table: the same table always holds the same rows.
const SEED: u64 = 0;

/// 2015-07-15 00:00:00, the base time of the published generator's tests: results repeat.
const BASE_TIME: i64 = 1_436_918_400_000;

/// The rate changes with no shape here: one rate from the first event to the last.
fn refuse_shapes(given: &Given<'_>) -> Result<(), OptionError> {
    given.one_of("rate.shape", &["SQUARE", "SINE"])?;
    given.duration("rate.period", Duration::from_secs(600))?;
    let (first, next) = (positive(given, "first-event.rate", 10_000)?, positive(given, "next-event.rate", 10_000)?);
    let next_given = given.get("next-event.rate").is_some();
    if next_given && first != next {
        let help = format!("set `first-event.rate` to '{next}' too");
        return Err(fault("first-event.rate", "a rate that changes over time is not supported yet", help));
    }
    Ok(())
}

/// `events.num`, 0 meaning no end, or `stop-at` where that is less.
fn events(given: &Given<'_>) -> Result<i64, OptionError> {
    let most = match at_least(given, "events.num", 0, 0)? {
        0 => i64::MAX,
        events => events,
    };
    let stop = at_least(given, "stop-at", -1, -1)?;
    Ok(if stop < 0 { most } else { stop.min(most) })
}

fn rate(given: &Given<'_>) -> Result<i64, OptionError> {
    let rate = positive(given, "first-event.rate", 10_000)?;
    if rate > 1_000_000_000 {
        return Err(fault(
            "first-event.rate",
            format!("`{rate}` events a second are too many"),
            "1000000000 is the most",
        ));
    }
    Ok(rate)
}

fn positive(given: &Given<'_>, key: &str, default: i64) -> Result<i64, OptionError> {
    let value = at_least(given, key, 1, default)?;
    if value > 1_000_000_000_000 {
        return Err(fault(key, format!("`{value}` is too large"), "write a smaller number"));
    }
    Ok(value)
}

fn at_least(given: &Given<'_>, key: &str, least: i64, default: i64) -> Result<i64, OptionError> {
    let value = given.integer(key)?.unwrap_or(default);
    if value < least {
        return Err(fault(key, format!("`{value}` is too small"), format!("{least} is the least")));
    }
    Ok(value)
}

fn size(given: &Given<'_>, key: &str, default: u64) -> Result<i64, OptionError> {
    let bytes = given.bytes(key, default)?;
    i64::try_from(bytes)
        .ok()
        .filter(|bytes| *bytes <= 1 << 20)
        .ok_or_else(|| fault(key, format!("`{bytes}` bytes are too many"), "1 mb is the most"))
}
