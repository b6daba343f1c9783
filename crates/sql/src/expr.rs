//! Bound scalar expressions: every column resolved to a place, every cast explicit, every node typed.

use yeoul_row::DataType;

/// An expression over the columns of one input.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// The type of its value.
    pub data_type: DataType,
}

/// What an expression computes.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// The input's column at this place.
    Column(usize),
    /// A constant.
    Literal(Literal),
    /// A scalar function or operator by its name in [`crate::functions`](crate), arguments already cast to its signature.
    Call {
        /// The canonical name: `plus`, `equals`, `and`, `upper`, …
        function: &'static str,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `CAST` (an impossible value fails the row's job) or `TRY_CAST` (NULL), from `value`'s type to this node's.
    Cast {
        /// What is cast.
        value: Box<Expr>,
        /// Whether an impossible value becomes NULL.
        try_cast: bool,
    },
    /// `CASE WHEN condition THEN result … ELSE otherwise END`; arms are evaluated only where reached.
    Case {
        /// Condition and result of each arm.
        arms: Vec<(Expr, Expr)>,
        /// `ELSE`; NULL if absent.
        otherwise: Option<Box<Expr>>,
    },
    /// The field at `field` of a ROW.
    Field {
        /// The row.
        row: Box<Expr>,
        /// The field's place.
        field: usize,
    },
}

/// A constant.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// NULL of the node's type.
    Null,
    /// `TRUE`, `FALSE`
    Boolean(bool),
    /// An integer of the node's width.
    Integer(i64),
    /// A decimal: the unscaled value; precision and scale are the node's type's.
    Decimal(i128),
    /// An approximate number of the node's width.
    Double(f64),
    /// A text.
    String(String),
    /// Bytes (`X'…'`).
    Binary(Vec<u8>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Milliseconds of the day.
    Time(i32),
    /// `TIMESTAMP` or `TIMESTAMP_LTZ`: milliseconds since 1970-01-01T00:00:00, and nanoseconds within the millisecond.
    Timestamp(i64, u32),
    /// An interval in months.
    Months(i32),
    /// An interval in milliseconds.
    Millis(i64),
}

impl Expr {
    /// The input's column at `place`.
    #[must_use]
    pub fn column(place: usize, data_type: DataType) -> Expr {
        Expr { kind: ExprKind::Column(place), data_type }
    }

    /// A constant.
    #[must_use]
    pub fn literal(value: Literal, data_type: DataType) -> Expr {
        Expr { kind: ExprKind::Literal(value), data_type }
    }
}
