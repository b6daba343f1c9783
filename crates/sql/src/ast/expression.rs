//! Scalar expressions as written.

use yeoul_row::DataType;

use super::json::{JsonCall, JsonShape};
use super::{Ident, ObjectName};
use crate::ast::query::{OrderItem, Query};
use crate::diagnostic::Span;

/// An expression as written.
#[derive(Clone, PartialEq, Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands.
    pub span: Span,
    /// How many nodes lie above its deepest leaf; bounded by the parser, so that walks can recurse.
    pub depth: u32,
}

/// What an expression is.
#[derive(Clone, PartialEq, Debug)]
pub enum ExpressionKind {
    /// `a`, `t.a`, `t.a.field`
    Name(Vec<Ident>),
    /// A constant.
    Constant(Constant),
    /// `-x`, `+x`, `NOT x`
    Unary(UnaryOperator, Box<Expression>),
    /// `a + b`, `a = b`, …
    Binary(BinaryOperator, Box<Expression>, Box<Expression>),
    /// A chain of `AND` (true) or `OR` (false), in one node however long it is.
    Logical(bool, Vec<Expression>),
    /// `x IS [NOT] NULL | TRUE | FALSE | UNKNOWN`
    Is {
        /// What is tested.
        value: Box<Expression>,
        /// For what.
        test: IsTest,
        /// `NOT`
        negated: bool,
    },
    /// `a IS [NOT] DISTINCT FROM b`
    Distinct {
        /// Left.
        left: Box<Expression>,
        /// Right.
        right: Box<Expression>,
        /// `NOT`
        negated: bool,
    },
    /// `x [NOT] BETWEEN [SYMMETRIC] low AND high`
    Between {
        /// What is tested.
        value: Box<Expression>,
        /// The lower bound.
        low: Box<Expression>,
        /// The upper bound.
        high: Box<Expression>,
        /// `NOT`
        negated: bool,
        /// `SYMMETRIC`: the bounds may stand in either order.
        symmetric: bool,
    },
    /// `x [NOT] IN (a, b, …)`
    InList {
        /// What is looked for.
        value: Box<Expression>,
        /// Among what.
        list: Vec<Expression>,
        /// `NOT`
        negated: bool,
    },
    /// `x [NOT] IN (SELECT …)`
    InQuery {
        /// What is looked for.
        value: Box<Expression>,
        /// Among which rows.
        query: Box<Query>,
        /// `NOT`
        negated: bool,
    },
    /// `EXISTS (SELECT …)`
    Exists(Box<Query>),
    /// `(SELECT …)`
    Subquery(Box<Query>),
    /// `x [NOT] LIKE pattern [ESCAPE 'c']`
    Like {
        /// What is tested.
        value: Box<Expression>,
        /// The pattern.
        pattern: Box<Expression>,
        /// The escape character.
        escape: Option<Box<Expression>>,
        /// `NOT`
        negated: bool,
    },
    /// `x [NOT] SIMILAR TO pattern [ESCAPE 'c']`
    Similar {
        /// What is tested.
        value: Box<Expression>,
        /// The pattern.
        pattern: Box<Expression>,
        /// The escape character.
        escape: Option<Box<Expression>>,
        /// `NOT`
        negated: bool,
    },
    /// `a = ANY (query)`, `a > ALL (query)`
    Quantified {
        /// Left.
        left: Box<Expression>,
        /// Which comparison.
        operator: BinaryOperator,
        /// `ALL`, not `ANY` or `SOME`.
        all: bool,
        /// Right.
        right: Quantified,
    },
    /// `a OVERLAPS b`, `a MEMBER OF b`, `a MULTISET UNION b`, …
    Infix {
        /// Which.
        operator: InfixOperator,
        /// Left.
        left: Box<Expression>,
        /// Right.
        right: Box<Expression>,
        /// `NOT`
        negated: bool,
    },
    /// `CASE [operand] WHEN … THEN … ELSE … END`
    Case {
        /// What each `WHEN` is compared with.
        operand: Option<Box<Expression>>,
        /// `WHEN` and `THEN`.
        arms: Vec<(Expression, Expression)>,
        /// `ELSE`
        otherwise: Option<Box<Expression>>,
    },
    /// `CAST(x AS type)`, `TRY_CAST(x AS type)`
    Cast {
        /// What is cast.
        value: Box<Expression>,
        /// To what.
        data_type: DataType,
        /// `TRY_CAST`
        try_cast: bool,
    },
    /// `EXTRACT(unit FROM x)`
    Extract(TimeUnit, Box<Expression>),
    /// `FLOOR(x TO unit)` (false), `CEIL(x TO unit)` (true)
    RoundTo(bool, Box<Expression>, TimeUnit),
    /// `TRIM([BOTH | LEADING | TRAILING] [what] FROM x)`
    Trim {
        /// Where.
        side: TrimSide,
        /// Which characters; a blank if absent.
        what: Option<Box<Expression>>,
        /// Of what.
        value: Box<Expression>,
    },
    /// `TIMESTAMPADD(unit, n, x)` and `TIMESTAMPDIFF(unit, a, b)`
    TimestampCall {
        /// `TIMESTAMPADD`, not `TIMESTAMPDIFF`.
        add: bool,
        /// The unit.
        unit: TimeUnit,
        /// The first argument behind the unit.
        first: Box<Expression>,
        /// The second.
        second: Box<Expression>,
    },
    /// `(a - b) DAY TO SECOND`: how far two moments are apart, as an interval of months or of milliseconds.
    Apart {
        /// Months, not milliseconds.
        months: bool,
        /// What is subtracted from.
        first: Box<Expression>,
        /// What is subtracted.
        second: Box<Expression>,
    },
    /// `f(…)`, aggregates and window functions included.
    Call(Box<Call>),
    /// `x.field` of anything but a name.
    Field(Box<Expression>, Ident),
    /// `x[i]`
    Index(Box<Expression>, Box<Expression>),
    /// `ROW(a, b)` and `(a, b)`
    Row(Vec<Expression>),
    /// `ARRAY[a, b]`
    Array(Vec<Expression>),
    /// `MAP[k, v, …]`
    Map(Vec<Expression>),
    /// `MULTISET[a, b]`
    Multiset(Vec<Expression>),
    /// `ARRAY(query)`, `MULTISET(query)`, `MAP(query)`, `CURSOR(query)`
    Collected(&'static str, Box<Query>),
    /// SQL/JSON: `JSON_VALUE(…)`, `JSON_OBJECT(…)`, …
    Json(Box<JsonCall>),
    /// `name => value` as an argument of a function.
    Named(Ident, Box<Expression>),
    /// `TABLE t`, `DESCRIPTOR(…)`, `MODEL m`, `DEFAULT` as an argument of a function: its first word.
    Special(&'static str),
    /// Parsed, not executed: what it is called (`PERIOD`, `NEXT VALUE FOR`, `?`, …).
    Foreign(&'static str),
}

/// A function call.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// The function's name.
    pub name: ObjectName,
    /// Its arguments.
    pub args: Vec<Expression>,
    /// `f(*)`
    pub star: bool,
    /// `f(DISTINCT …)`
    pub distinct: bool,
    /// `ORDER BY` behind the arguments.
    pub order_by: Vec<OrderItem>,
    /// `WITHIN GROUP (ORDER BY …)`
    pub within_group: Vec<OrderItem>,
    /// `IGNORE NULLS` (true), `RESPECT NULLS` (false), and where it stands.
    pub ignore_nulls: Option<(bool, Span)>,
    /// `FILTER (WHERE …)`
    pub filter: Option<Expression>,
    /// `OVER (…)`
    pub over: Option<Over>,
}

impl Call {
    /// A call with these arguments and nothing else.
    #[must_use]
    pub fn new(name: ObjectName, args: Vec<Expression>) -> Call {
        Call {
            name,
            args,
            star: false,
            distinct: false,
            order_by: Vec::new(),
            within_group: Vec::new(),
            ignore_nulls: None,
            filter: None,
            over: None,
        }
    }
}

/// `OVER (PARTITION BY … ORDER BY …)`, `OVER name`, and what `WINDOW name AS` says.
#[derive(Clone, PartialEq, Debug)]
pub struct Over {
    /// The named window that it is or that it adds to.
    pub window: Option<Ident>,
    /// `PARTITION BY`
    pub partition_by: Vec<Expression>,
    /// `ORDER BY`
    pub order_by: Vec<OrderItem>,
    /// `ROWS …`, `RANGE …`
    pub frame: Option<Frame>,
    /// Where the clause stands.
    pub span: Span,
}

/// `ROWS BETWEEN start AND end`, `RANGE start`
#[derive(Clone, PartialEq, Debug)]
pub struct Frame {
    /// `ROWS`, not `RANGE`.
    pub rows: bool,
    /// Where it begins.
    pub start: FrameBound,
    /// Where it ends; the current row if absent.
    pub end: Option<FrameBound>,
    /// Where it stands.
    pub span: Span,
}

/// One end of a frame.
#[derive(Clone, PartialEq, Debug)]
pub enum FrameBound {
    /// `UNBOUNDED PRECEDING`
    UnboundedPreceding,
    /// `n PRECEDING`
    Preceding(Box<Expression>),
    /// `CURRENT ROW`
    CurrentRow,
    /// `n FOLLOWING`
    Following(Box<Expression>),
    /// `UNBOUNDED FOLLOWING`
    UnboundedFollowing,
}

/// What a quantified comparison compares with.
#[derive(Clone, PartialEq, Debug)]
pub enum Quantified {
    /// `(SELECT …)`
    Query(Box<Query>),
    /// `(a, b)`
    List(Vec<Expression>),
}

/// Operators of two operands that are words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InfixOperator {
    /// `OVERLAPS`
    Overlaps,
    /// `CONTAINS`
    Contains,
    /// `EQUALS`
    Equals,
    /// `PRECEDES`
    Precedes,
    /// `SUCCEEDS`
    Succeeds,
    /// `IMMEDIATELY PRECEDES`
    ImmediatelyPrecedes,
    /// `IMMEDIATELY SUCCEEDS`
    ImmediatelySucceeds,
    /// `MEMBER OF`
    MemberOf,
    /// `SUBMULTISET OF`
    SubmultisetOf,
    /// `MULTISET UNION [ALL | DISTINCT]`
    MultisetUnion,
    /// `MULTISET INTERSECT [ALL | DISTINCT]`
    MultisetIntersect,
    /// `MULTISET EXCEPT [ALL | DISTINCT]`
    MultisetExcept,
    /// `RLIKE`
    Rlike,
    /// `ILIKE`
    Ilike,
}

impl InfixOperator {
    /// As written.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            InfixOperator::Overlaps => "OVERLAPS",
            InfixOperator::Contains => "CONTAINS",
            InfixOperator::Equals => "EQUALS",
            InfixOperator::Precedes => "PRECEDES",
            InfixOperator::Succeeds => "SUCCEEDS",
            InfixOperator::ImmediatelyPrecedes => "IMMEDIATELY PRECEDES",
            InfixOperator::ImmediatelySucceeds => "IMMEDIATELY SUCCEEDS",
            InfixOperator::MemberOf => "MEMBER OF",
            InfixOperator::SubmultisetOf => "SUBMULTISET OF",
            InfixOperator::MultisetUnion => "MULTISET UNION",
            InfixOperator::MultisetIntersect => "MULTISET INTERSECT",
            InfixOperator::MultisetExcept => "MULTISET EXCEPT",
            InfixOperator::Rlike => "RLIKE",
            InfixOperator::Ilike => "ILIKE",
        }
    }
}

/// A constant as written.
#[derive(Clone, PartialEq, Debug)]
pub enum Constant {
    /// `NULL`
    Null,
    /// `TRUE`, `FALSE`
    Boolean(bool),
    /// `1`, `1.5`, `1e3`
    Number(String),
    /// `'a'`
    Text(String),
    /// `X'0A'`
    Bytes(Vec<u8>),
    /// `DATE '2024-01-31'`: days since 1970-01-01
    Date(i32),
    /// `TIME '10:20:30'`: milliseconds of the day, and the digits of the fraction
    Time(i32, u8),
    /// `TIMESTAMP '2024-01-31 10:20:30.123'`: milliseconds since 1970, nanoseconds, and the digits of the fraction
    Timestamp(i64, u32, u8),
    /// `INTERVAL '1-2' YEAR TO MONTH`, in months
    Months(i32),
    /// `INTERVAL '1 2' DAY TO HOUR`, in milliseconds
    Millis(i64),
}

/// Operators of one operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOperator {
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `NOT`
    Not,
}

/// Operators of two operands, `AND` and `OR` apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOperator {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `||`
    Concat,
    /// `=`
    Equals,
    /// `<>`, `!=`
    NotEquals,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl BinaryOperator {
    /// As written.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            BinaryOperator::Plus => "+",
            BinaryOperator::Minus => "-",
            BinaryOperator::Times => "*",
            BinaryOperator::Divide => "/",
            BinaryOperator::Modulo => "%",
            BinaryOperator::Concat => "||",
            BinaryOperator::Equals => "=",
            BinaryOperator::NotEquals => "<>",
            BinaryOperator::Less => "<",
            BinaryOperator::LessOrEqual => "<=",
            BinaryOperator::Greater => ">",
            BinaryOperator::GreaterOrEqual => ">=",
        }
    }
}

/// What `IS` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IsTest {
    /// `NULL`
    Null,
    /// `TRUE`
    True,
    /// `FALSE`
    False,
    /// `UNKNOWN`
    Unknown,
    /// `JSON [VALUE | OBJECT | ARRAY | SCALAR]`
    Json(JsonShape),
    /// `A SET`
    ASet,
    /// `EMPTY`
    Empty,
}

/// Which end `TRIM` trims.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrimSide {
    /// Both.
    Both,
    /// The front.
    Leading,
    /// The back.
    Trailing,
}

/// A unit of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimeUnit {
    /// `MILLENNIUM`
    Millennium,
    /// `CENTURY`
    Century,
    /// `DECADE`
    Decade,
    /// `YEAR`
    Year,
    /// `QUARTER`
    Quarter,
    /// `MONTH`
    Month,
    /// `WEEK`
    Week,
    /// `DAY`
    Day,
    /// `DOW`: day of the week, Sunday is 1
    DayOfWeek,
    /// `DOY`: day of the year
    DayOfYear,
    /// `ISODOW`: day of the week, Monday is 1
    IsoDayOfWeek,
    /// `ISOYEAR`: the year that the ISO week lies in
    IsoYear,
    /// `HOUR`
    Hour,
    /// `MINUTE`
    Minute,
    /// `SECOND`
    Second,
    /// `MILLISECOND`
    Millisecond,
    /// `MICROSECOND`
    Microsecond,
    /// `NANOSECOND`
    Nanosecond,
    /// `EPOCH`: seconds since 1970
    Epoch,
}

impl TimeUnit {
    /// Every unit with its keyword.
    pub const ALL: [(&'static str, TimeUnit); 24] = [
        ("MILLENNIUM", TimeUnit::Millennium),
        ("CENTURY", TimeUnit::Century),
        ("DECADE", TimeUnit::Decade),
        ("YEAR", TimeUnit::Year),
        ("QUARTER", TimeUnit::Quarter),
        ("MONTH", TimeUnit::Month),
        ("WEEK", TimeUnit::Week),
        ("DAY", TimeUnit::Day),
        ("DOW", TimeUnit::DayOfWeek),
        ("DOY", TimeUnit::DayOfYear),
        ("ISODOW", TimeUnit::IsoDayOfWeek),
        ("ISOYEAR", TimeUnit::IsoYear),
        ("HOUR", TimeUnit::Hour),
        ("MINUTE", TimeUnit::Minute),
        ("SECOND", TimeUnit::Second),
        ("MILLISECOND", TimeUnit::Millisecond),
        ("MICROSECOND", TimeUnit::Microsecond),
        ("NANOSECOND", TimeUnit::Nanosecond),
        ("EPOCH", TimeUnit::Epoch),
        ("FRAC_SECOND", TimeUnit::Microsecond),
        ("SQL_TSI_FRAC_SECOND", TimeUnit::Nanosecond),
        ("SQL_TSI_DAY", TimeUnit::Day),
        ("SQL_TSI_HOUR", TimeUnit::Hour),
        ("SQL_TSI_SECOND", TimeUnit::Second),
    ];

    /// Its keyword.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        TimeUnit::ALL.into_iter().find(|(_, unit)| *unit == self).map_or("", |(keyword, _)| keyword)
    }
}

impl Expression {
    /// A node over its children.
    #[must_use]
    pub fn new(kind: ExpressionKind, span: Span) -> Expression {
        let depth = 1 + children_depth(&kind);
        Expression { kind, span, depth }
    }
}

impl Expression {
    /// The expressions that it is made of; not those within its queries.
    #[must_use]
    pub fn children(&self) -> Vec<&Expression> {
        match &self.kind {
            ExpressionKind::Name(_)
            | ExpressionKind::Constant(_)
            | ExpressionKind::Exists(_)
            | ExpressionKind::Subquery(_)
            | ExpressionKind::Collected(..)
            | ExpressionKind::Special(_)
            | ExpressionKind::Foreign(_) => Vec::new(),
            ExpressionKind::Unary(_, e)
            | ExpressionKind::Is { value: e, .. }
            | ExpressionKind::InQuery { value: e, .. }
            | ExpressionKind::Cast { value: e, .. }
            | ExpressionKind::Extract(_, e)
            | ExpressionKind::RoundTo(_, e, _)
            | ExpressionKind::Named(_, e)
            | ExpressionKind::Field(e, _) => vec![e],
            ExpressionKind::Binary(_, a, b)
            | ExpressionKind::Distinct { left: a, right: b, .. }
            | ExpressionKind::TimestampCall { first: a, second: b, .. }
            | ExpressionKind::Apart { first: a, second: b, .. }
            | ExpressionKind::Infix { left: a, right: b, .. }
            | ExpressionKind::Index(a, b) => vec![a, b],
            ExpressionKind::Like { value, pattern, escape, .. }
            | ExpressionKind::Similar { value, pattern, escape, .. } => {
                [value, pattern].into_iter().chain(escape).map(|e| &**e).collect()
            }
            ExpressionKind::Quantified { left, right: Quantified::Query(_), .. } => vec![left],
            ExpressionKind::Quantified { left, right: Quantified::List(list), .. } => {
                std::iter::once(&**left).chain(list).collect()
            }
            ExpressionKind::Json(call) => call.arguments(),
            ExpressionKind::Trim { value, what, .. } => std::iter::once(value).chain(what).map(|e| &**e).collect(),
            ExpressionKind::Between { value, low, high, .. } => vec![value, low, high],
            ExpressionKind::InList { value, list, .. } => std::iter::once(&**value).chain(list).collect(),
            ExpressionKind::Logical(_, list)
            | ExpressionKind::Row(list)
            | ExpressionKind::Array(list)
            | ExpressionKind::Map(list)
            | ExpressionKind::Multiset(list) => list.iter().collect(),
            ExpressionKind::Case { operand, arms, otherwise } => {
                let ends = operand.iter().chain(otherwise).map(|e| &**e);
                ends.chain(arms.iter().flat_map(|(when, then)| [when, then])).collect()
            }
            ExpressionKind::Call(call) => call.args.iter().chain(&call.filter).collect(),
        }
    }
}

fn children_depth(kind: &ExpressionKind) -> u32 {
    let deepest = |list: &[Expression]| list.iter().map(|e| e.depth).max().unwrap_or(0);
    match kind {
        ExpressionKind::Name(_)
        | ExpressionKind::Constant(_)
        | ExpressionKind::Exists(_)
        | ExpressionKind::Subquery(_)
        | ExpressionKind::Collected(..)
        | ExpressionKind::Special(_)
        | ExpressionKind::Foreign(_) => 0,
        ExpressionKind::Unary(_, e)
        | ExpressionKind::Is { value: e, .. }
        | ExpressionKind::InQuery { value: e, .. }
        | ExpressionKind::Cast { value: e, .. }
        | ExpressionKind::Extract(_, e)
        | ExpressionKind::RoundTo(_, e, _)
        | ExpressionKind::Named(_, e)
        | ExpressionKind::Field(e, _) => e.depth,
        ExpressionKind::Binary(_, a, b)
        | ExpressionKind::Distinct { left: a, right: b, .. }
        | ExpressionKind::TimestampCall { first: a, second: b, .. }
        | ExpressionKind::Apart { first: a, second: b, .. }
        | ExpressionKind::Infix { left: a, right: b, .. }
        | ExpressionKind::Index(a, b) => a.depth.max(b.depth),
        ExpressionKind::Like { value, pattern, escape, .. }
        | ExpressionKind::Similar { value, pattern, escape, .. } => {
            value.depth.max(pattern.depth).max(escape.as_ref().map_or(0, |e| e.depth))
        }
        ExpressionKind::Quantified { left, right, .. } => match right {
            Quantified::Query(_) => left.depth,
            Quantified::List(list) => left.depth.max(deepest(list)),
        },
        ExpressionKind::Json(call) => call.depth(),
        ExpressionKind::Trim { value, what, .. } => value.depth.max(what.as_ref().map_or(0, |e| e.depth)),
        ExpressionKind::Between { value, low, high, .. } => value.depth.max(low.depth).max(high.depth),
        ExpressionKind::InList { value, list, .. } => value.depth.max(deepest(list)),
        ExpressionKind::Logical(_, list)
        | ExpressionKind::Row(list)
        | ExpressionKind::Array(list)
        | ExpressionKind::Map(list)
        | ExpressionKind::Multiset(list) => deepest(list),
        ExpressionKind::Case { operand, arms, otherwise } => {
            let arms = arms.iter().map(|(when, then)| when.depth.max(then.depth)).max().unwrap_or(0);
            let ends = [operand, otherwise].into_iter().flatten().map(|e| e.depth).max().unwrap_or(0);
            arms.max(ends)
        }
        ExpressionKind::Call(call) => deepest(&call.args)
            .max(order_depth(&call.order_by))
            .max(order_depth(&call.within_group))
            .max(call.filter.as_ref().map_or(0, |e| e.depth))
            .max(call.over.as_ref().map_or(0, over_depth)),
    }
}

fn over_depth(over: &Over) -> u32 {
    let keys = over.partition_by.iter().map(|e| e.depth).max().unwrap_or(0);
    let frame = over.frame.as_ref().map_or(0, |frame| {
        [Some(&frame.start), frame.end.as_ref()].into_iter().flatten().map(bound_depth).max().unwrap_or(0)
    });
    keys.max(order_depth(&over.order_by)).max(frame)
}

fn bound_depth(bound: &FrameBound) -> u32 {
    match bound {
        FrameBound::Preceding(value) | FrameBound::Following(value) => value.depth,
        _ => 0,
    }
}

pub(crate) fn order_depth(items: &[OrderItem]) -> u32 {
    items.iter().map(|item| item.value.depth).max().unwrap_or(0)
}
