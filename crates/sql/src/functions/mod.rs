//! The scalar functions and operators: canonical name, names in SQL, arguments, result.
//!
//! The binder looks a call up here, casts its arguments as the matching overload says and computes the result's type;
//! the engine implements each canonical name for those argument types, and a test of the engine walks [`all`].
//! `docs/functions.md` is written from these tables by [`reference`].
//!
//! Semantics are Flink's. Unless the line says otherwise a NULL argument gives NULL ([`Nulls::AnyArgument`]).
//!
//! Reading order: this file (what a line of a table says), [`param`] (what arguments take), then the tables by family.

mod aggregates;
mod bitmaps;
mod collections;
mod conditions;
mod encodings;
mod json;
mod listed;
mod moments;
mod numbers;
mod operators;
mod param;
mod patterns;
pub mod reference;
mod texts;

pub use aggregates::{AGGREGATES, AggregateEntry};
pub use listed::listed;
pub use param::Param;

/// One scalar function or operator.
#[derive(Clone, Copy, Debug)]
pub struct ScalarFunction {
    /// The canonical name: what [`ExprKind::Call`](crate::expr::ExprKind::Call) carries.
    pub name: &'static str,
    /// Its names in SQL, upper case, separated by blanks; empty for an operator and for a form with a syntax of its own.
    pub sql: &'static str,
    /// The argument lists that it takes, best first.
    pub overloads: &'static [&'static [Param]],
    /// Whether the last argument may be repeated.
    pub variadic: bool,
    /// The type of its result.
    pub result: ResultRule,
    /// When its result may be NULL.
    pub nulls: Nulls,
    /// Whether it can fail for a row, so that it must not be computed where it isn't needed.
    pub fails: bool,
    /// What it gives, in a line for users.
    pub doc: &'static str,
}

/// The type of a function's result (its nullability apart).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResultRule {
    /// `BOOLEAN`
    Boolean,
    /// `STRING`
    Text,
    /// `CHAR` of this length
    Fixed(u32),
    /// `VARCHAR` of the first argument's length
    Varying,
    /// `VARCHAR` of this length
    Varchar(u32),
    /// `BYTES`
    Bytes,
    /// `VARIANT`
    Variant,
    /// `BITMAP`
    Bitmap,
    /// `ARRAY<INT>`
    Ints,
    /// `INT`
    Int,
    /// `BIGINT`
    BigInt,
    /// `DOUBLE`
    Double,
    /// `DATE`
    Date,
    /// `TIME(0)`
    Time,
    /// `TIMESTAMP(3)`
    Timestamp,
    /// `TIMESTAMP_LTZ(3)`
    TimestampLtz,
    /// `INTERVAL MONTH`
    Months,
    /// `INTERVAL SECOND`
    Millis,
    /// The type of the argument at this place.
    Argument(usize),
    /// The common type.
    Common,
    /// Sum or difference: integers keep the wider type, decimals get a digit more.
    DecimalSum,
    /// Product.
    DecimalProduct,
    /// Quotient: integers divide as integers.
    DecimalQuotient,
    /// Remainder.
    DecimalRemainder,
    /// `ROUND`, `TRUNCATE`: decimals lose digits where the second argument is a constant.
    DecimalRound,
    /// `FLOOR`, `CEIL`: decimals lose their fraction.
    DecimalFloor,
    /// `ARRAY[…]`: an array of the common type.
    Array,
    /// The element type of the first argument.
    Element,
    /// The first argument's type, its elements nullable where the second argument is.
    Extended,
    /// `ARRAY<STRING>`
    Texts,
    /// `MAP<STRING, STRING>`
    TextMap,
    /// An array of the map's keys.
    MapKeys,
    /// An array of the map's values.
    MapValues,
    /// An array of rows of key and value.
    MapEntries,
    /// A map from the elements of the first array to those of the second.
    MapOfArrays,
}

/// When a result may be NULL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nulls {
    /// Where any argument may be.
    AnyArgument,
    /// Where all arguments may be (`COALESCE`).
    AllArguments,
    /// Where the first argument may be.
    FirstArgument,
    /// Always.
    Always,
    /// Never.
    Never,
}

const fn function(
    name: &'static str,
    sql: &'static str,
    overloads: &'static [&'static [Param]],
    result: ResultRule,
    nulls: Nulls,
) -> ScalarFunction {
    ScalarFunction { name, sql, overloads, variadic: false, result, nulls, fails: false, doc: "" }
}

const fn variadic(
    name: &'static str,
    sql: &'static str,
    overloads: &'static [&'static [Param]],
    result: ResultRule,
    nulls: Nulls,
) -> ScalarFunction {
    ScalarFunction { variadic: true, ..function(name, sql, overloads, result, nulls) }
}

const TWO_COMMON: &[&[Param]] = &[&[Param::Common, Param::Common]];
const ONE_BOOLEAN: &[&[Param]] = &[&[Param::Boolean]];
const ONE_TEXT: &[&[Param]] = &[&[Param::Text]];
const TWO_TEXTS: &[&[Param]] = &[&[Param::Text, Param::Text]];
const NOTHING: &[&[Param]] = &[&[]];

/// A family of functions: its heading, what its functions have in common, and the table.
pub type Family = (&'static str, &'static str, &'static [ScalarFunction]);

/// Every function, by family.
pub const FAMILIES: [Family; 8] = [
    ("Operators", "", operators::OPERATORS),
    ("Conditions", "", conditions::CONDITIONS),
    ("Texts", "Lengths and places count characters, from 1.", texts::TEXTS),
    ("Patterns", "Regular expressions are Java's.", patterns::PATTERNS),
    ("Encodings and hashes", "", encodings::ENCODINGS),
    ("Numbers", "", numbers::NUMBERS),
    ("Dates and times", "Patterns are Java's (`yyyy-MM-dd HH:mm:ss`).", moments::MOMENTS),
    ("Arrays and maps", "Places count from 1.", collections::COLLECTIONS),
];

/// Functions over JSON texts.
pub const JSON: Family = ("JSON", "Paths are JSON paths: `$.a.b[0]`, `$['a']`, `$[*]`; `lax` unless said.", json::JSON);

/// Functions of sets of integers.
pub const BITMAPS: Family = (
    "Bitmaps",
    "Sets of 32-bit integers, counted without a sign; bytes are in Roaring's portable format.",
    bitmaps::BITMAPS,
);

/// Every scalar function and operator.
pub fn all() -> impl Iterator<Item = &'static ScalarFunction> {
    FAMILIES.into_iter().chain([JSON, BITMAPS]).flat_map(|(_, _, table)| table)
}

/// The function of this canonical name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static ScalarFunction> {
    all().find(|function| function.name == name)
}

/// The function of this name in SQL, whatever its case.
#[must_use]
pub fn by_sql_name(name: &str) -> Option<&'static ScalarFunction> {
    all().find(|function| function.sql_names().any(|sql| sql.eq_ignore_ascii_case(name)))
}

/// Functions with a syntax or a rule of their own, which no table holds.
const SPECIAL: [&str; 4] = ["IF", "NULLIF", "TYPEOF", "CURRENT_DATABASE"];

/// Every name that a function, scalar or aggregate, has in SQL.
pub fn sql_names() -> impl Iterator<Item = &'static str> {
    let aggregates = AGGREGATES.iter().flat_map(|aggregate| aggregate.sql.split_whitespace());
    all().flat_map(ScalarFunction::sql_names).chain(aggregates).chain(SPECIAL)
}

impl ScalarFunction {
    /// The same function with a line for users.
    const fn says(self, doc: &'static str) -> ScalarFunction {
        ScalarFunction { doc, ..self }
    }

    /// The same function, which can fail for a row.
    const fn fails(self) -> ScalarFunction {
        ScalarFunction { fails: true, ..self }
    }

    /// Its names in SQL.
    pub fn sql_names(&self) -> impl Iterator<Item = &'static str> {
        self.sql.split_whitespace()
    }

    /// The argument list for this many arguments, with its last argument repeated where that is allowed.
    #[must_use]
    pub fn params(&self, overload: &[Param], count: usize) -> Option<Vec<Param>> {
        let mut params = overload.to_vec();
        if self.variadic && count > params.len() {
            params.resize(count, *overload.last()?);
        }
        (params.len() == count).then_some(params)
    }

    /// The argument lists as people read them: `(STRING, INT) or (STRING, INT, INT)`.
    #[must_use]
    pub fn usage(&self) -> String {
        let lists: Vec<String> = self.overloads.iter().map(|overload| self.usage_of(overload)).collect();
        lists.join(" or ")
    }

    fn usage_of(&self, overload: &[Param]) -> String {
        let mut params: Vec<&str> = overload.iter().map(|param| param.describe()).collect();
        if self.variadic {
            params.push("…");
        }
        format!("({})", params.join(", "))
    }
}
