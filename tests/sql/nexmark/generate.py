#!/usr/bin/env python3
"""Writes `../data/nexmark.jsonl`: events of an auction house in the proportions and with the ids, prices and skews of the
Nexmark benchmark's published formulas, from a fixed seed.

    tests/sql/nexmark/generate.py [EVENTS] > tests/sql/data/nexmark.jsonl

Of 50 events, 1 is a person, 3 are auctions, 46 are bids. Half of the bids go to the newest hundredth auction and come from a hot
bidder; three of four auctions are a hot seller's. Every seventh event is written out of order, within two seconds.
"""

import datetime
import json
import random
import sys

SEED = 20240301
START = datetime.datetime(2024, 3, 1, 10)
MILLIS_BETWEEN = 100
FIRST_ID, FIRST_CATEGORY = 1000, 10
STATES = ["AZ", "CA", "ID", "OR", "WA", "WY"]
CITIES = ["Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"]
FIRST = ["Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"]
LAST = ["Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"]
CHANNELS = ["Google", "Facebook", "Baidu", "Apple"]


def persons_before(number):
    """How many persons there are among the events before `number`."""
    return number // 50 + (1 if number % 50 >= 1 else 0)


def auctions_before(number):
    return number // 50 * 3 + min(max(number % 50 - 1, 0), 3)


def person(number, rng):
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    card = " ".join(f"{rng.randrange(10000):04}" for _ in range(4))
    return {
        "id": FIRST_ID + persons_before(number), "name": name,
        "emailAddress": f"{name.split()[0].lower()}{number}@example.com", "creditCard": card,
        "city": rng.choice(CITIES), "state": rng.choice(STATES), "extra": text(rng),
    }


def auction(number, rng):
    hot = rng.randrange(4) > 0
    newest = max(persons_before(number) - 1, 0)
    seller = newest // 4 * 4 if hot else rng.randrange(newest + 1)
    initial = price(rng)
    return {
        "id": FIRST_ID + auctions_before(number), "itemName": text(rng)[:20], "description": text(rng),
        "initialBid": initial, "reserve": initial + price(rng), "expires": stamp(number, 1000 + rng.randrange(20_000)),
        "seller": FIRST_ID + seller, "category": FIRST_CATEGORY + rng.randrange(5), "extra": text(rng),
    }


def bid(number, rng):
    newest_auction, newest_person = max(auctions_before(number) - 1, 0), max(persons_before(number) - 1, 0)
    lot = newest_auction // 10 * 10 if rng.randrange(2) else rng.randrange(max(newest_auction - 20, 0), newest_auction + 1)
    bidder = newest_person // 5 * 5 + 1 if rng.randrange(4) else rng.randrange(newest_person + 1)
    hot = rng.randrange(2)
    channel = CHANNELS[rng.randrange(4)] if hot else f"channel-{rng.randrange(100)}"
    path = "/".join("".join(rng.choice("abcdefghij") for _ in range(5)) for _ in range(3))
    query = "" if hot and rng.randrange(2) else f"&channel_id={rng.randrange(2**20)}"
    return {
        "auction": FIRST_ID + lot, "bidder": FIRST_ID + min(bidder, newest_person), "price": price(rng),
        "channel": channel, "url": f"https://www.nexmark.com/{path}/item.htm?query=1{query}", "extra": text(rng),
    }


def price(rng):
    return round(10 ** (rng.random() * 6) * 100)


def text(rng):
    return "".join(rng.choice("abcdefgh cccdd") for _ in range(rng.randrange(3, 30))).strip() or "c"


def stamp(number, later=0):
    moment = START + datetime.timedelta(milliseconds=number * MILLIS_BETWEEN + later)
    return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03}"


def event(number, rng):
    offset = number % 50
    kind = 0 if offset < 1 else 1 if offset < 4 else 2
    name, make = [("person", person), ("auction", auction), ("bid", bid)][kind]
    row = make(number, rng) | {"dateTime": stamp(number)}
    return {"event_type": kind, "person": None, "auction": None, "bid": None} | {name: row}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rng = random.Random(SEED)
    events = [event(number, rng) for number in range(count)]
    for at in range(0, count - 20, 7):
        events[at], events[at + 13] = events[at + 13], events[at]
    for row in events:
        print(json.dumps(row, separators=(",", ":")))


main()
