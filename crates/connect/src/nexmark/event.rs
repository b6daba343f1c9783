//! Events of the NEXMark generator, by the published formulas: which event a number is, and what it says.
//!
//! A round is 1 person, 3 auctions and 46 bids (by default), in this order; ids count up over the rounds. Hot auctions,
//! bidders and sellers are the newest whose id is divisible by 100. As in the official generator the first person's id
//! is added twice to a bid's bidder.

use super::options::Options;
use super::random::Random;

const FIRST_PERSON_ID: i64 = 1000;
const FIRST_AUCTION_ID: i64 = 1000;
const FIRST_CATEGORY_ID: i64 = 10;
const CATEGORIES: i64 = 5;
/// Persons and auctions that don't exist yet may be named.
const ID_LEAD: i64 = 10;
const ACTIVE_PEOPLE: i64 = 1000;
const IN_FLIGHT_AUCTIONS: i64 = 100;
const HOT_RATIO: i64 = 100;
const HOT_CHANNELS_RATIO: i64 = 2;
const CHANNELS: i64 = 10_000;

const STATES: [&str; 6] = ["AZ", "CA", "ID", "OR", "WA", "WY"];
const CITIES: [&str; 10] =
    ["Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"];
const FIRST_NAMES: [&str; 11] =
    ["Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"];
const LAST_NAMES: [&str; 9] = ["Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"];
const HOT_CHANNELS: [&str; 4] = ["Google", "Facebook", "Baidu", "Apple"];

/// One event.
pub(super) struct Event {
    /// Milliseconds since 1970.
    pub(super) time: i64,
    pub(super) kind: Kind,
}

/// What an event is.
pub(super) enum Kind {
    Person(Person),
    Auction(Auction),
    Bid(Bid),
}

/// A new person.
pub(super) struct Person {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) credit_card: String,
    pub(super) city: &'static str,
    pub(super) state: &'static str,
    pub(super) extra: String,
}

/// A new auction.
pub(super) struct Auction {
    pub(super) id: i64,
    pub(super) item: String,
    pub(super) description: String,
    pub(super) initial_bid: i64,
    pub(super) reserve: i64,
    pub(super) expires: i64,
    pub(super) seller: i64,
    pub(super) category: i64,
    pub(super) extra: String,
}

/// A new bid.
pub(super) struct Bid {
    pub(super) auction: i64,
    pub(super) bidder: i64,
    pub(super) price: i64,
    pub(super) channel: String,
    pub(super) url: String,
    pub(super) extra: String,
}

/// Event `number`, from 0.
pub(super) fn event(options: &Options, number: i64) -> Event {
    let mut random = Random::of_event(options.seed, number);
    let time = time_of(options, number);
    let [people, auctions, _] = options.proportions;
    let place = number % options.round();
    let kind = match () {
        () if place < people => Kind::Person(person(options, number, &mut random)),
        () if place < people + auctions => Kind::Auction(auction(options, number, time, &mut random)),
        () => Kind::Bid(bid(options, number, &mut random)),
    };
    Event { time, kind }
}

/// When event `number` happens: evenly at the rate, in whole numbers.
pub(super) fn time_of(options: &Options, number: i64) -> i64 {
    let passed = i128::from(number) * 1000 / i128::from(options.rate);
    options.base_time.saturating_add(i64::try_from(passed).unwrap_or(i64::MAX))
}

/// The newest person at event `number`, counted from 0.
fn last_person(options: &Options, number: i64) -> i64 {
    let [people, ..] = options.proportions;
    let (round, place) = (number / options.round(), number % options.round());
    round * people + place.min(people - 1)
}

/// The newest auction at event `number`, counted from 0; -1 before the first.
fn last_auction(options: &Options, number: i64) -> i64 {
    let [people, auctions, _] = options.proportions;
    let (round, place) = (number / options.round(), number % options.round());
    if place < people { round * auctions - 1 } else { round * auctions + (place - people).min(auctions - 1) }
}

/// An active person, or one that is soon to come.
fn some_person(options: &Options, number: i64, random: &mut Random) -> i64 {
    let people = last_person(options, number) + 1;
    let active = people.min(ACTIVE_PEOPLE);
    people - active + random.below(active + ID_LEAD)
}

/// An auction in flight, or one that is soon to come.
fn some_auction(options: &Options, number: i64, random: &mut Random) -> i64 {
    let last = last_auction(options, number);
    let first = (last - IN_FLIGHT_AUCTIONS).max(0);
    first + random.below(last - first + 1 + ID_LEAD)
}

fn person(options: &Options, number: i64, random: &mut Random) -> Person {
    let name = format!("{} {}", random.one_of(&FIRST_NAMES), random.one_of(&LAST_NAMES));
    let email = format!("{}@{}.com", random.text(7, ' '), random.text(5, ' '));
    let digits: Vec<String> = (0..4).map(|_| format!("{:04}", random.below(10_000))).collect();
    let credit_card = digits.join(" ");
    let (city, state) = (random.one_of(&CITIES), random.one_of(&STATES));
    let size = 8 + bytes(&[&name, &email, &credit_card, city, state]);
    let extra = random.extra(size, options.sizes[0]);
    Person { id: last_person(options, number) + FIRST_PERSON_ID, name, email, credit_card, city, state, extra }
}

fn auction(options: &Options, number: i64, time: i64, random: &mut Random) -> Auction {
    let hot = random.below(options.hot_sellers) > 0;
    let seller = match hot {
        true => last_person(options, number) / HOT_RATIO * HOT_RATIO,
        false => some_person(options, number, random),
    };
    let category = FIRST_CATEGORY_ID + random.below(CATEGORIES);
    let initial_bid = random.price();
    let expires = time + auction_millis(options, number, time, random);
    let (item, description) = (random.text(20, ' '), random.text(100, ' '));
    let reserve = initial_bid + random.price();
    let extra = random.extra(48 + bytes(&[&item, &description]), options.sizes[1]);
    let id = last_auction(options, number) + FIRST_AUCTION_ID;
    let seller = seller + FIRST_PERSON_ID;
    Auction { id, item, description, initial_bid, reserve, expires, seller, category, extra }
}

/// How long an auction runs, so that about [`IN_FLIGHT_AUCTIONS`] do at any time.
fn auction_millis(options: &Options, number: i64, time: i64, random: &mut Random) -> i64 {
    let events = IN_FLIGHT_AUCTIONS * options.round() / options.proportions[1];
    let horizon = time_of(options, number.saturating_add(events)) - time;
    1 + random.below((horizon * 2).max(1))
}

fn bid(options: &Options, number: i64, random: &mut Random) -> Bid {
    let hot_auction = random.below(options.hot_auctions) > 0;
    let auction = match hot_auction {
        true => last_auction(options, number) / HOT_RATIO * HOT_RATIO,
        false => some_auction(options, number, random),
    };
    let hot_bidder = random.below(options.hot_bidders) > 0;
    let bidder = FIRST_PERSON_ID
        + match hot_bidder {
            true => last_person(options, number) / HOT_RATIO * HOT_RATIO + 1,
            false => some_person(options, number, random),
        };
    let price = random.price();
    let (channel, url) = channel(options, random);
    let extra = random.extra(32, options.sizes[2]);
    Bid { auction: auction + FIRST_AUCTION_ID, bidder: bidder + FIRST_PERSON_ID, price, channel, url, extra }
}

/// A hot channel with an address of its own, or one of many.
fn channel(options: &Options, random: &mut Random) -> (String, String) {
    let hot = random.below(HOT_CHANNELS_RATIO) > 0;
    let place = if hot { random.below(4) } else { random.below(CHANNELS) };
    // An address belongs to its channel, over all events of the table.
    let mut own = Random::of_event(!options.seed, if hot { -1 - place } else { place });
    let parts: Vec<String> = (0..3).map(|_| own.text(5, '_')).collect();
    let url = format!("https://www.nexmark.com/{}/item.htm?query=1", parts.join("/"));
    if hot {
        let name = usize::try_from(place).ok().and_then(|place| HOT_CHANNELS.get(place)).copied().unwrap_or_default();
        return (name.to_owned(), url);
    }
    let url = if own.below(10) > 0 { format!("{url}&channel_id={}", channel_id(place)) } else { url };
    (format!("channel-{place}"), url)
}

/// The bits of the channel's number in reverse, as a positive number.
fn channel_id(place: i64) -> i64 {
    let number = i32::try_from(place).unwrap_or(0);
    i64::from(number.reverse_bits().wrapping_abs())
}

fn bytes(texts: &[&str]) -> i64 {
    texts.iter().map(|text| i64::try_from(text.len()).unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nexmark::tests::options;

    #[test]
    fn a_round_is_a_person_three_auctions_and_bids() {
        let options = options(&[]);
        let kinds: String = (0..52)
            .map(|number| match event(&options, number).kind {
                Kind::Person(_) => 'p',
                Kind::Auction(_) => 'a',
                Kind::Bid(_) => 'b',
            })
            .collect();
        assert_eq!(kinds, format!("paaa{}pa", "b".repeat(46)));
    }

    #[test]
    fn ids_count_up_without_a_gap() {
        let options = options(&[]);
        let (mut people, mut auctions) = (Vec::new(), Vec::new());
        for number in 0..500 {
            match event(&options, number).kind {
                Kind::Person(person) => people.push(person.id),
                Kind::Auction(auction) => auctions.push(auction.id),
                Kind::Bid(_) => {}
            }
        }
        assert_eq!(people, (1000..1010).collect::<Vec<i64>>());
        assert_eq!(auctions, (1000..1030).collect::<Vec<i64>>());
    }

    #[test]
    fn what_is_drawn_lies_where_the_formulas_say() {
        let options = options(&[]);
        for number in 0..20_000 {
            match event(&options, number).kind {
                Kind::Person(person) => assert!(STATES.contains(&person.state) && CITIES.contains(&person.city)),
                Kind::Auction(auction) => {
                    assert!((10..15).contains(&auction.category) && auction.reserve > auction.initial_bid);
                    assert!(auction.expires > time_of(&options, number));
                }
                Kind::Bid(bid) => {
                    assert!((100..=100_000_000).contains(&bid.price), "{}", bid.price);
                    let newest = last_auction(&options, number) + FIRST_AUCTION_ID;
                    assert!(bid.auction >= FIRST_AUCTION_ID && bid.auction <= newest + ID_LEAD);
                    assert!(bid.bidder >= 2 * FIRST_PERSON_ID, "the first person's id counts twice");
                }
            }
        }
    }

    #[test]
    fn time_is_exact_far_out() {
        let options = options(&[("first-event.rate", "3")]);
        assert_eq!(time_of(&options, 3_000_000_000_000) - options.base_time, 1_000_000_000_000_000);
    }

    #[test]
    fn the_same_seed_says_the_same_and_another_another() {
        let text = |seed: u64| match event(&Options { seed, ..options(&[]) }, 0).kind {
            Kind::Person(person) => person.extra,
            _ => String::new(),
        };
        assert!(text(7) == text(7) && text(7) != text(8));
    }
}
