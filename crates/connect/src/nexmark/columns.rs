//! Events as Arrow columns, in the official table's layout:
//!
//! | column | type |
//! |---|---|
//! | `event_type` | `INT`: 0 person, 1 auction, 2 bid |
//! | `person` | `ROW<id BIGINT, name, emailAddress, creditCard, city, state STRING, dateTime TIMESTAMP(3), extra STRING>` |
//! | `auction` | `ROW<id BIGINT, itemName, description STRING, initialBid, reserve BIGINT, dateTime, expires TIMESTAMP(3), seller, category BIGINT, extra STRING>` |
//! | `bid` | `ROW<auction, bidder, price BIGINT, channel, url STRING, dateTime TIMESTAMP(3), extra STRING>` |

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Int32Array, Int64Array, NullBufferBuilder, StringArray, StructArray, TimestampMillisecondArray,
};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use yeoul_row::{LogicalType, RowType};

use super::event::{Auction, Bid, Event, Kind, Person};

/// A field's type and how it is read from its part of an event.
enum Read<T> {
    Number(fn(&T) -> i64),
    Text(fn(&T) -> &str),
    /// Of the part, and of the event's time.
    Time(fn(&T, i64) -> i64),
}

type Fields<T> = &'static [(&'static str, Read<T>)];

const PERSON: Fields<Person> = &[
    ("id", Read::Number(|person| person.id)),
    ("name", Read::Text(|person| &person.name)),
    ("emailAddress", Read::Text(|person| &person.email)),
    ("creditCard", Read::Text(|person| &person.credit_card)),
    ("city", Read::Text(|person| person.city)),
    ("state", Read::Text(|person| person.state)),
    ("dateTime", Read::Time(|_, time| time)),
    ("extra", Read::Text(|person| &person.extra)),
];

const AUCTION: Fields<Auction> = &[
    ("id", Read::Number(|auction| auction.id)),
    ("itemName", Read::Text(|auction| &auction.item)),
    ("description", Read::Text(|auction| &auction.description)),
    ("initialBid", Read::Number(|auction| auction.initial_bid)),
    ("reserve", Read::Number(|auction| auction.reserve)),
    ("dateTime", Read::Time(|_, time| time)),
    ("expires", Read::Time(|auction, _| auction.expires)),
    ("seller", Read::Number(|auction| auction.seller)),
    ("category", Read::Number(|auction| auction.category)),
    ("extra", Read::Text(|auction| &auction.extra)),
];

const BID: Fields<Bid> = &[
    ("auction", Read::Number(|bid| bid.auction)),
    ("bidder", Read::Number(|bid| bid.bidder)),
    ("price", Read::Number(|bid| bid.price)),
    ("channel", Read::Text(|bid| &bid.channel)),
    ("url", Read::Text(|bid| &bid.url)),
    ("dateTime", Read::Time(|_, time| time)),
    ("extra", Read::Text(|bid| &bid.extra)),
];

impl<T> Read<T> {
    fn logical(&self) -> LogicalType {
        match self {
            Read::Number(_) => LogicalType::BigInt,
            Read::Text(_) => LogicalType::STRING,
            Read::Time(_) => LogicalType::Timestamp(3),
        }
    }

    /// The field over all events; NULL where the event is of another kind.
    fn column(&self, parts: &[(Option<&T>, i64)]) -> ArrayRef {
        match self {
            Read::Number(read) => Arc::new(parts.iter().map(|(part, _)| part.map(read)).collect::<Int64Array>()),
            Read::Text(read) => Arc::new(parts.iter().map(|(part, _)| part.map(read)).collect::<StringArray>()),
            Read::Time(read) => {
                let times = parts.iter().map(|(part, time)| part.map(|part| read(part, *time)));
                Arc::new(times.collect::<TimestampMillisecondArray>())
            }
        }
    }
}

/// What is wrong with a table's columns, if anything: the columns of the layout, each once at most, in any order.
pub(super) fn fault_of(physical: &RowType) -> Option<String> {
    physical.fields.iter().find_map(|field| {
        let wanted = match field.name.as_str() {
            "event_type" => return (field.data_type.logical != LogicalType::Int).then(|| wrong("event_type", "INT")),
            "person" => row_of(PERSON),
            "auction" => row_of(AUCTION),
            "bid" => row_of(BID),
            other => return Some(format!("the generator has no column `{other}`")),
        };
        let LogicalType::Row(row) = &field.data_type.logical else { return Some(wrong(&field.name, &shown(&wanted))) };
        let found: Vec<(&str, &LogicalType)> =
            row.fields.iter().map(|field| (field.name.as_str(), &field.data_type.logical)).collect();
        let same = found.len() == wanted.len()
            && found.iter().zip(&wanted).all(|((name, logical), wanted)| *name == wanted.0 && **logical == wanted.1);
        (!same).then(|| wrong(&field.name, &shown(&wanted)))
    })
}

fn row_of<T>(fields: Fields<T>) -> Vec<(&'static str, LogicalType)> {
    fields.iter().map(|(name, read)| (*name, read.logical())).collect()
}

fn shown(fields: &[(&str, LogicalType)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, logical)| format!("{name} {}", logical.clone().nullable())).collect();
    format!("ROW<{}>", fields.join(", "))
}

fn wrong(column: &str, wanted: &str) -> String {
    format!("the column `{column}` must be `{wanted}`")
}

/// One column of the layout over `events`.
pub(super) fn column(name: &str, data_type: &DataType, events: &[Event]) -> Result<ArrayRef, ArrowError> {
    match name {
        "person" => rows(PERSON, data_type, events, |kind| match kind {
            Kind::Person(person) => Some(person),
            _ => None,
        }),
        "auction" => rows(AUCTION, data_type, events, |kind| match kind {
            Kind::Auction(auction) => Some(auction),
            _ => None,
        }),
        "bid" => rows(BID, data_type, events, |kind| match kind {
            Kind::Bid(bid) => Some(bid),
            _ => None,
        }),
        _ => Ok(Arc::new(events.iter().map(|event| Some(number_of(&event.kind))).collect::<Int32Array>())),
    }
}

fn number_of(kind: &Kind) -> i32 {
    match kind {
        Kind::Person(_) => 0,
        Kind::Auction(_) => 1,
        Kind::Bid(_) => 2,
    }
}

fn rows<T>(
    fields: Fields<T>,
    data_type: &DataType,
    events: &[Event],
    part: fn(&Kind) -> Option<&T>,
) -> Result<ArrayRef, ArrowError> {
    let parts: Vec<(Option<&T>, i64)> = events.iter().map(|event| (part(&event.kind), event.time)).collect();
    let columns = fields.iter().map(|(_, read)| read.column(&parts)).collect();
    let mut nulls = NullBufferBuilder::new(parts.len());
    parts.iter().for_each(|(part, _)| nulls.append(part.is_some()));
    let DataType::Struct(fields) = data_type else {
        return Err(ArrowError::SchemaError("the column is no ROW".to_owned()));
    };
    Ok(Arc::new(StructArray::try_new(fields.clone(), columns, nulls.finish())?))
}
