//! The aggregate functions' names, for `SHOW FUNCTIONS` and the reference.

/// One aggregate function, for people.
#[derive(Clone, Copy, Debug)]
pub struct AggregateEntry {
    /// Its names in SQL, upper case, separated by blanks.
    pub sql: &'static str,
    /// Its argument lists, as people read them.
    pub usage: &'static str,
    /// What it gives.
    pub doc: &'static str,
}

const fn aggregate(sql: &'static str, usage: &'static str, doc: &'static str) -> AggregateEntry {
    AggregateEntry { sql, usage, doc }
}

/// Every aggregate function.
pub const AGGREGATES: &[AggregateEntry] = &[
    aggregate("COUNT", "(*) or (any type) or (DISTINCT any type)", "how many rows, or values that are not NULL"),
    aggregate("SUM", "(a number)", "the sum, in the argument's type; integers wrap"),
    aggregate("AVG", "(a number)", "the mean, in the argument's type; integers truncate"),
    aggregate("MIN", "(any type with an order)", "the least value"),
    aggregate("MAX", "(any type with an order)", "the greatest value"),
    aggregate("FIRST_VALUE", "(any type)", "the value that came first"),
    aggregate("LAST_VALUE", "(any type)", "the value that came last"),
];
