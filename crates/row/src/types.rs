//! Flink's logical types and the Arrow layout of each.
//!
//! | Flink | Arrow |
//! |---|---|
//! | `CHAR(n)`, `VARCHAR(n)`, `STRING` | `Utf8` |
//! | `BOOLEAN` | `Boolean` |
//! | `BINARY(n)`, `VARBINARY(n)`, `BYTES` | `Binary` |
//! | `DECIMAL(p, s)` | `Decimal128(p, s)` |
//! | `TINYINT` `SMALLINT` `INT` `BIGINT` | `Int8` `Int16` `Int32` `Int64` |
//! | `FLOAT` `DOUBLE` | `Float32` `Float64` |
//! | `DATE` | `Date32` |
//! | `TIME(p)` | `Time32(Millisecond)` (Flink keeps milliseconds, whatever `p`) |
//! | `TIMESTAMP(p)` | `Timestamp(unit(p), None)`: milliseconds to `p = 3`, microseconds to 6, nanoseconds to 9 |
//! | `TIMESTAMP_LTZ(p)` | `Timestamp(unit(p), "UTC")` |
//! | `INTERVAL … YEAR/MONTH` | `Int32` (months) |
//! | `INTERVAL … DAY/SECOND` | `Int64` (milliseconds) |
//! | `ARRAY<t>` | `List(element)` |
//! | `MAP<k, v>` | `Map(entries(key, value))` |
//! | `MULTISET<t>` | `Map(entries(key, Int32))` |
//! | `ROW<…>` | `Struct` |
//! | `VARIANT` | `LargeBinary`, which nothing else is (see [`crate::variant`]) |
//! | `BITMAP` | `BinaryView`, which nothing else is (see [`crate::bitmap`]) |
//! | `NULL` (untyped) | `Null` |

use std::fmt;
use std::sync::Arc;

use arrow::datatypes as ar;

/// A logical type and whether it may be NULL (`INT` and `INT NOT NULL`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DataType {
    /// The type.
    pub logical: LogicalType,
    /// Whether a value may be NULL.
    pub nullable: bool,
}

/// Flink's logical types (FLIP-37).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum LogicalType {
    /// `CHAR(length)`, length in characters.
    Char(u32),
    /// `VARCHAR(length)`, length in characters; `STRING` is `VARCHAR(2147483647)`.
    Varchar(u32),
    /// `BOOLEAN`
    Boolean,
    /// `BINARY(length)`, length in bytes.
    Binary(u32),
    /// `VARBINARY(length)`; `BYTES` is `VARBINARY(2147483647)`.
    Varbinary(u32),
    /// `DECIMAL(precision 1-38, scale 0-precision)`
    Decimal(u8, u8),
    /// `TINYINT`, 8 bits
    TinyInt,
    /// `SMALLINT`, 16 bits
    SmallInt,
    /// `INT`, 32 bits
    Int,
    /// `BIGINT`, 64 bits
    BigInt,
    /// `FLOAT`, 32 bits
    Float,
    /// `DOUBLE`, 64 bits
    Double,
    /// `DATE`
    Date,
    /// `TIME(precision 0-9)`
    Time(u8),
    /// `TIMESTAMP(precision 0-9)`: a local date and time without a zone.
    Timestamp(u8),
    /// `TIMESTAMP_LTZ(precision 0-9)`: an instant.
    TimestampLtz(u8),
    /// An interval of years and months.
    IntervalYearMonth,
    /// An interval of days to fractions of a second.
    IntervalDayTime,
    /// `ARRAY<element>`
    Array(Box<DataType>),
    /// `MAP<key, value>`
    Map(Box<DataType>, Box<DataType>),
    /// `MULTISET<element>`
    Multiset(Box<DataType>),
    /// `ROW<name type, …>`
    Row(Arc<RowType>),
    /// `VARIANT`: a JSON value (FLIP-521).
    Variant,
    /// `BITMAP`: a set of 32-bit integers.
    Bitmap,
    /// The type of a bare `NULL`.
    Null,
}

/// A named, typed column.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Field {
    /// The column's name, case-sensitive.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
}

/// The columns of a row, in order.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct RowType {
    /// The columns.
    pub fields: Vec<Field>,
}

/// The length that makes `VARCHAR` a `STRING` and `VARBINARY` `BYTES`.
pub const LENGTH_UNBOUNDED: u32 = 2_147_483_647;

impl LogicalType {
    /// `STRING`.
    pub const STRING: LogicalType = LogicalType::Varchar(LENGTH_UNBOUNDED);
    /// `BYTES`.
    pub const BYTES: LogicalType = LogicalType::Varbinary(LENGTH_UNBOUNDED);

    /// This type, nullable.
    #[must_use]
    pub fn nullable(self) -> DataType {
        DataType { logical: self, nullable: true }
    }

    /// This type, `NOT NULL`.
    #[must_use]
    pub fn not_null(self) -> DataType {
        DataType { logical: self, nullable: false }
    }

    /// `CHAR` or `VARCHAR` of any length.
    #[must_use]
    pub fn is_character(&self) -> bool {
        matches!(self, LogicalType::Char(_) | LogicalType::Varchar(_))
    }

    /// An integer of any width.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        matches!(self, LogicalType::TinyInt | LogicalType::SmallInt | LogicalType::Int | LogicalType::BigInt)
    }

    /// An integer, decimal or floating-point number.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        self.is_integer() || matches!(self, LogicalType::Decimal(..) | LogicalType::Float | LogicalType::Double)
    }

    /// `TIMESTAMP` or `TIMESTAMP_LTZ` of any precision.
    #[must_use]
    pub fn is_timestamp(&self) -> bool {
        matches!(self, LogicalType::Timestamp(_) | LogicalType::TimestampLtz(_))
    }

    /// `VARIANT` or `BITMAP`, which are equal where their bytes are, and have no order.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        matches!(self, LogicalType::Variant | LogicalType::Bitmap)
    }

    /// The Arrow type that holds this one (see the module's table).
    #[must_use]
    pub fn to_arrow(&self) -> ar::DataType {
        match self {
            LogicalType::Char(_) | LogicalType::Varchar(_) => ar::DataType::Utf8,
            LogicalType::Boolean => ar::DataType::Boolean,
            LogicalType::Binary(_) | LogicalType::Varbinary(_) => ar::DataType::Binary,
            LogicalType::Decimal(precision, scale) => {
                ar::DataType::Decimal128(*precision, i8::try_from(*scale).unwrap_or(i8::MAX))
            }
            LogicalType::TinyInt => ar::DataType::Int8,
            LogicalType::SmallInt => ar::DataType::Int16,
            LogicalType::Int | LogicalType::IntervalYearMonth => ar::DataType::Int32,
            LogicalType::BigInt | LogicalType::IntervalDayTime => ar::DataType::Int64,
            LogicalType::Float => ar::DataType::Float32,
            LogicalType::Double => ar::DataType::Float64,
            LogicalType::Date => ar::DataType::Date32,
            LogicalType::Time(_) => ar::DataType::Time32(ar::TimeUnit::Millisecond),
            LogicalType::Timestamp(precision) => ar::DataType::Timestamp(unit_of(*precision), None),
            LogicalType::TimestampLtz(precision) => {
                ar::DataType::Timestamp(unit_of(*precision), Some(Arc::from("UTC")))
            }
            LogicalType::Array(element) => ar::DataType::List(Arc::new(element.to_arrow_field("item"))),
            LogicalType::Map(key, value) => map_of(key, value),
            LogicalType::Multiset(element) => map_of(element, &LogicalType::Int.not_null()),
            LogicalType::Row(row) => ar::DataType::Struct(row.to_arrow_fields()),
            LogicalType::Variant => ar::DataType::LargeBinary,
            LogicalType::Bitmap => ar::DataType::BinaryView,
            LogicalType::Null => ar::DataType::Null,
        }
    }
}

/// The Arrow unit that holds `precision` fractional digits of a second.
#[must_use]
pub fn unit_of(precision: u8) -> ar::TimeUnit {
    match precision {
        0..=3 => ar::TimeUnit::Millisecond,
        4..=6 => ar::TimeUnit::Microsecond,
        _ => ar::TimeUnit::Nanosecond,
    }
}

fn map_of(key: &DataType, value: &DataType) -> ar::DataType {
    let key = ar::Field::new("key", key.logical.to_arrow(), false);
    let entries = ar::DataType::Struct(ar::Fields::from(vec![key, value.to_arrow_field("value")]));
    ar::DataType::Map(Arc::new(ar::Field::new("entries", entries, false)), false)
}

impl DataType {
    /// The same type with another nullability.
    #[must_use]
    pub fn with_nullable(mut self, nullable: bool) -> DataType {
        self.nullable = nullable;
        self
    }

    fn to_arrow_field(&self, name: &str) -> ar::Field {
        // Arrays carry NULLs wherever the engine must mark a value as absent (outer joins, failed rows), so the
        // physical field is always nullable; the logical type says whether SQL may see one.
        ar::Field::new(name, self.logical.to_arrow(), true)
    }
}

impl RowType {
    /// A row of these columns.
    #[must_use]
    pub fn new(fields: Vec<Field>) -> RowType {
        RowType { fields }
    }

    /// The place of the column of this name (case-sensitive).
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The Arrow fields, all physically nullable.
    #[must_use]
    pub fn to_arrow_fields(&self) -> ar::Fields {
        self.fields.iter().map(|field| field.data_type.to_arrow_field(&field.name)).collect()
    }

    /// The Arrow schema, all fields physically nullable.
    #[must_use]
    pub fn to_arrow(&self) -> ar::SchemaRef {
        Arc::new(ar::Schema::new(self.to_arrow_fields()))
    }
}

impl Field {
    /// A column of this name and type.
    pub fn new(name: impl Into<String>, data_type: DataType) -> Field {
        Field { name: name.into(), data_type }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.logical.fmt(f)?;
        if !self.nullable {
            f.write_str(" NOT NULL")?;
        }
        Ok(())
    }
}

impl fmt::Display for LogicalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogicalType::Char(length) => write!(f, "CHAR({length})"),
            LogicalType::Varchar(LENGTH_UNBOUNDED) => f.write_str("STRING"),
            LogicalType::Varchar(length) => write!(f, "VARCHAR({length})"),
            LogicalType::Boolean => f.write_str("BOOLEAN"),
            LogicalType::Binary(length) => write!(f, "BINARY({length})"),
            LogicalType::Varbinary(LENGTH_UNBOUNDED) => f.write_str("BYTES"),
            LogicalType::Varbinary(length) => write!(f, "VARBINARY({length})"),
            LogicalType::Decimal(precision, scale) => write!(f, "DECIMAL({precision}, {scale})"),
            LogicalType::TinyInt => f.write_str("TINYINT"),
            LogicalType::SmallInt => f.write_str("SMALLINT"),
            LogicalType::Int => f.write_str("INT"),
            LogicalType::BigInt => f.write_str("BIGINT"),
            LogicalType::Float => f.write_str("FLOAT"),
            LogicalType::Double => f.write_str("DOUBLE"),
            LogicalType::Date => f.write_str("DATE"),
            LogicalType::Time(precision) => write!(f, "TIME({precision})"),
            LogicalType::Timestamp(precision) => write!(f, "TIMESTAMP({precision})"),
            LogicalType::TimestampLtz(precision) => write!(f, "TIMESTAMP_LTZ({precision})"),
            LogicalType::IntervalYearMonth => f.write_str("INTERVAL YEAR TO MONTH"),
            LogicalType::IntervalDayTime => f.write_str("INTERVAL DAY TO SECOND(3)"),
            LogicalType::Array(element) => write!(f, "ARRAY<{element}>"),
            LogicalType::Map(key, value) => write!(f, "MAP<{key}, {value}>"),
            LogicalType::Multiset(element) => write!(f, "MULTISET<{element}>"),
            LogicalType::Row(row) => row.fmt(f),
            LogicalType::Variant => f.write_str("VARIANT"),
            LogicalType::Bitmap => f.write_str("BITMAP"),
            LogicalType::Null => f.write_str("NULL"),
        }
    }
}

impl fmt::Display for RowType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ROW<")?;
        for (place, field) in self.fields.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}`{}` {}", field.name, field.data_type)?;
        }
        f.write_str(">")
    }
}
