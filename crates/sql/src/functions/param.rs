//! What arguments take: which types as they are, and which by an implicit cast.

use yeoul_row::{DataType, LogicalType};

/// What an argument is cast to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Param {
    /// `BOOLEAN`
    Boolean,
    /// Any text, left as it is (`CHAR`, `VARCHAR`).
    Text,
    /// `BYTES`, `BINARY`
    Binary,
    /// `INT`
    Int,
    /// `BIGINT`
    BigInt,
    /// `DOUBLE`
    Double,
    /// Any number, left as it is.
    Number,
    /// An integer, left as it is.
    Integer,
    /// An integer or decimal, left as it is.
    Exact,
    /// `DATE`
    Date,
    /// `TIME`
    Time,
    /// `TIMESTAMP`, precision left as it is.
    Timestamp,
    /// `TIMESTAMP_LTZ`, precision left as it is.
    TimestampLtz,
    /// `INTERVAL … MONTH`
    Months,
    /// `INTERVAL … SECOND`
    Millis,
    /// Any type, left as it is.
    Any,
    /// Any array, left as it is.
    Array,
    /// An array of texts.
    TextArray,
    /// An array of integers that fit INT.
    IntArray,
    /// `BITMAP`
    Bitmap,
    /// A value of the element type of the first argument.
    Element,
    /// Any map, left as it is.
    Map,
    /// The common type of all `Common` arguments.
    Common,
    /// The common array type of all `CommonArray` arguments.
    CommonArray,
    /// The common map type of all `CommonMap` arguments.
    CommonMap,
    /// The common text type of all `CommonText` arguments.
    CommonText,
    /// The common type of all `CommonNumber` arguments, numbers all; decimals keep their precisions.
    CommonNumber,
}

impl Param {
    /// As people read it.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Param::Boolean => "BOOLEAN",
            Param::Text | Param::CommonText => "STRING",
            Param::Binary => "BYTES",
            Param::Int => "INT",
            Param::BigInt => "BIGINT",
            Param::Double => "DOUBLE",
            Param::Number | Param::CommonNumber => "a number",
            Param::Integer => "an integer",
            Param::Exact => "an integer or decimal",
            Param::Date => "DATE",
            Param::Time => "TIME",
            Param::Timestamp => "TIMESTAMP",
            Param::TimestampLtz => "TIMESTAMP_LTZ",
            Param::Months => "INTERVAL MONTH",
            Param::Millis => "INTERVAL SECOND",
            Param::Array | Param::CommonArray => "ARRAY",
            Param::TextArray => "ARRAY<STRING>",
            Param::IntArray => "ARRAY<INT>",
            Param::Bitmap => "BITMAP",
            Param::Element => "an element",
            Param::Map | Param::CommonMap => "MAP",
            Param::Any | Param::Common => "any type",
        }
    }

    /// Whether the argument is cast to the common type of all such arguments.
    #[must_use]
    pub fn is_common(self) -> bool {
        matches!(self, Param::Common | Param::CommonArray | Param::CommonMap | Param::CommonText)
    }

    /// Whether a value of this type is taken as it is.
    #[must_use]
    pub fn takes(self, logical: &LogicalType) -> bool {
        match self {
            Param::Boolean => *logical == LogicalType::Boolean,
            Param::Text | Param::CommonText => logical.is_character(),
            Param::Binary => matches!(logical, LogicalType::Binary(_) | LogicalType::Varbinary(_)),
            Param::Int => *logical == LogicalType::Int,
            Param::BigInt => *logical == LogicalType::BigInt,
            Param::Double => *logical == LogicalType::Double,
            Param::Number | Param::CommonNumber => logical.is_numeric(),
            Param::Integer => logical.is_integer(),
            Param::Exact => logical.is_integer() || matches!(logical, LogicalType::Decimal(..)),
            Param::Date => *logical == LogicalType::Date,
            Param::Time => matches!(logical, LogicalType::Time(_)),
            Param::Timestamp => matches!(logical, LogicalType::Timestamp(_)),
            Param::TimestampLtz => matches!(logical, LogicalType::TimestampLtz(_)),
            Param::Months => *logical == LogicalType::IntervalYearMonth,
            Param::Millis => *logical == LogicalType::IntervalDayTime,
            Param::Array | Param::CommonArray => matches!(logical, LogicalType::Array(_)),
            Param::TextArray => matches!(logical, LogicalType::Array(element) if element.logical.is_character()),
            Param::IntArray => matches!(logical, LogicalType::Array(element) if element.logical == LogicalType::Int),
            Param::Bitmap => *logical == LogicalType::Bitmap,
            Param::Map | Param::CommonMap => matches!(logical, LogicalType::Map(..)),
            // What it takes follows from the first argument; the binder knows.
            Param::Element => false,
            Param::Any | Param::Common => true,
        }
    }

    /// The type to which a value of type `from` is cast implicitly to be taken; `None`: it isn't.
    #[must_use]
    pub fn cast_target(self, from: &DataType) -> Option<LogicalType> {
        let logical = &from.logical;
        if *logical == LogicalType::Null {
            return self.type_of_null();
        }
        match self {
            _ if self.takes(logical) => Some(logical.clone()),
            Param::IntArray => int_array(logical),
            Param::Int if matches!(logical, LogicalType::TinyInt | LogicalType::SmallInt) => Some(LogicalType::Int),
            Param::BigInt if logical.is_integer() => Some(LogicalType::BigInt),
            Param::Double if logical.is_numeric() => Some(LogicalType::Double),
            _ => None,
        }
    }

    fn type_of_null(self) -> Option<LogicalType> {
        Some(match self {
            Param::Boolean => LogicalType::Boolean,
            Param::Text | Param::CommonText => LogicalType::STRING,
            Param::Binary => LogicalType::BYTES,
            Param::Int | Param::Integer | Param::Number | Param::CommonNumber | Param::Exact => LogicalType::Int,
            Param::BigInt => LogicalType::BigInt,
            Param::Double => LogicalType::Double,
            Param::Date => LogicalType::Date,
            Param::Time => LogicalType::Time(0),
            Param::Timestamp => LogicalType::Timestamp(3),
            Param::TimestampLtz => LogicalType::TimestampLtz(3),
            Param::Months => LogicalType::IntervalYearMonth,
            Param::Millis => LogicalType::IntervalDayTime,
            Param::Any | Param::Common | Param::CommonArray | Param::CommonMap => LogicalType::Null,
            Param::IntArray => LogicalType::Array(Box::new(LogicalType::Int.nullable())),
            Param::Bitmap => LogicalType::Bitmap,
            Param::Array | Param::TextArray | Param::Map | Param::Element => return None,
        })
    }
}

/// An array of narrow integers as one of INT.
fn int_array(logical: &LogicalType) -> Option<LogicalType> {
    let LogicalType::Array(element) = logical else { return None };
    let narrow = matches!(element.logical, LogicalType::TinyInt | LogicalType::SmallInt);
    let int = DataType { logical: LogicalType::Int, nullable: element.nullable };
    narrow.then(|| LogicalType::Array(Box::new(int)))
}
