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
    aggregate("COLLECT", "(any type)", "a multiset of the values; NULLs are left out"),
    aggregate(
        "LISTAGG",
        "(STRING) or (STRING, a constant)",
        "the texts in order of arrival, a comma or the constant between them; NULLs are left out",
    ),
    aggregate(
        "ARRAY_AGG",
        "(any type) or (any type IGNORE NULLS)",
        "an array of the values in order of arrival; NULL if there are none",
    ),
    aggregate("VAR_POP", "(a number)", "the variance, in the type of `AVG`"),
    aggregate("VAR_SAMP VARIANCE", "(a number)", "the variance of a sample; NULL for one value"),
    aggregate("STDDEV_POP", "(a number)", "the standard deviation, in the type of `AVG`"),
    aggregate("STDDEV_SAMP STDDEV", "(a number)", "the standard deviation of a sample; NULL for one value"),
    aggregate(
        "PERCENTILE",
        "(a number, a fraction) or (a number, ARRAY of fractions), and a frequency behind",
        "the value (DOUBLE) so far through all values, interpolated; fractions are constants from 0 to 1",
    ),
    aggregate("BITMAP_BUILD_AGG", "(INT)", "the set of the integers, a BITMAP; NULL if there are none"),
    aggregate("BITMAP_AND_AGG", "(BITMAP)", "what is in all sets; NULL if there are none"),
    aggregate("BITMAP_OR_AGG", "(BITMAP)", "what is in any set; NULL if there are none"),
    aggregate("BITMAP_XOR_AGG", "(BITMAP)", "what is in an odd number of sets; NULL if there are none"),
    aggregate("BITMAP_BUILD_CARDINALITY_AGG", "(INT)", "how many integers the set of `BITMAP_BUILD_AGG` has"),
    aggregate("BITMAP_AND_CARDINALITY_AGG", "(BITMAP)", "how many integers the set of `BITMAP_AND_AGG` has"),
    aggregate("BITMAP_OR_CARDINALITY_AGG", "(BITMAP)", "how many integers the set of `BITMAP_OR_AGG` has"),
    aggregate("BITMAP_XOR_CARDINALITY_AGG", "(BITMAP)", "how many integers the set of `BITMAP_XOR_AGG` has"),
    aggregate(
        "JSON_OBJECTAGG",
        "(KEY STRING VALUE any type) with `NULL ON NULL` or `ABSENT ON NULL`",
        "an object of all rows; a key that comes twice fails",
    ),
    aggregate(
        "JSON_ARRAYAGG",
        "(any type) with `ABSENT ON NULL` or `NULL ON NULL`",
        "a JSON array of the values in order of arrival",
    ),
];
