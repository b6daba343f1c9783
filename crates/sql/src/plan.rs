//! The bound plan: what a job computes, with every name resolved. The one thing that the engine reads.
//!
//! A job is a set of branches that share their inputs: equal sub-plans of a statement set are one node (the same
//! `Arc`), so that a source is read once. Node ids are stable: they number the nodes in the order in which the text
//! first needs them, and state hangs on them.

use std::collections::BTreeMap;
use std::sync::Arc;

use yeoul_row::{DataType, RowType};

use crate::catalog::TableSpec;
use crate::expr::{Expr, Literal};

/// One job: an `INSERT`, a statement set, a materialized table or a top-level query.
#[derive(Clone, Debug)]
pub struct JobPlan {
    /// `pipeline.name` where set, else made of the targets: `insert-into_staging_departures`.
    pub name: String,
    /// The branches, in the order of the text.
    pub branches: Vec<Branch>,
    /// The settings (`SET`) in force where the job stands in the text.
    pub settings: BTreeMap<String, String>,
    /// Changes if, and only if, state of one plan may not fit the other: operators, keys, types, sources; not options
    /// that leave state alone. Readable text, so that a refusal can say what changed: one line per stateful node.
    pub fingerprint: Vec<String>,
}

/// One way from sources to a sink.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The sink's name, or `query` for a top-level `SELECT`; distinct within the job.
    pub name: String,
    /// What is delivered: columns already cast and ordered as the target wants them.
    pub input: Arc<Rel>,
    /// Where to.
    pub target: Target,
}

/// Where a branch delivers to.
#[derive(Clone, Debug)]
pub enum Target {
    /// A table with a connector.
    Table(Arc<TableSpec>),
    /// A materialized table, served live.
    View(ViewSpec),
    /// The caller: the result of a top-level `SELECT`.
    Collect,
}

/// A materialized table.
#[derive(Clone, PartialEq, Debug)]
pub struct ViewSpec {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub schema: Arc<RowType>,
    /// The places of the columns that identify a row; empty: rows are a multiset.
    pub key: Vec<usize>,
    /// The text of its query, for people.
    pub query: String,
}

/// A relation: one node of the plan.
#[derive(Clone, PartialEq, Debug)]
pub struct Rel {
    /// The node's number within the job.
    pub id: u32,
    /// What it does.
    pub op: RelOp,
    /// Its columns.
    pub schema: Arc<RowType>,
    /// For each column, whether it is a time attribute.
    pub time: Vec<TimeAttribute>,
    /// Which row kinds leave it.
    pub mode: ChangelogMode,
    /// Sets of columns each of which identifies a row of the materialised result.
    pub upsert_keys: Vec<Vec<usize>>,
    /// Whether its input ends.
    pub bounded: bool,
    /// For each input, how long state of it lives that nobody writes, in milliseconds (0: as long as the job), where a hint
    /// `STATE_TTL` says so; shorter where the rest is as the settings say.
    pub state_ttl: Vec<Option<u64>>,
}

impl Rel {
    /// The relations that it reads, in order.
    #[must_use]
    pub fn inputs(&self) -> Vec<&Arc<Rel>> {
        self.op.inputs()
    }
}

/// What a column means for time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimeAttribute {
    /// Nothing.
    None,
    /// Event time, with a watermark.
    Rowtime,
    /// Processing time: its value is the engine's clock when the row is seen.
    Proctime,
}

/// Which row kinds a relation emits besides `+I`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ChangelogMode {
    /// `+U` (and `-U`, unless the receiver keeps rows by an upsert key).
    pub updates: bool,
    /// `-D`
    pub deletes: bool,
}

impl ChangelogMode {
    /// Inserts only.
    pub const APPEND: ChangelogMode = ChangelogMode { updates: false, deletes: false };

    /// Whether nothing but inserts is emitted.
    #[must_use]
    pub fn is_append(self) -> bool {
        self == ChangelogMode::APPEND
    }
}

/// What a node of the plan does.
#[derive(Clone, PartialEq, Debug)]
pub enum RelOp {
    /// Reads a table. Columns: those at `projection` of the table's physical columns followed by its metadata columns
    /// ([`TableSpec::readable`]).
    Scan {
        /// The table.
        table: Arc<TableSpec>,
        /// Which of its readable columns, in order.
        projection: Vec<usize>,
        /// For each of them, which fields of its rows anyone reads; `None`: all. What the others hold is left open.
        fields: Vec<Option<Vec<usize>>>,
    },
    /// Constant rows.
    Values {
        /// The rows; each has one literal per column.
        rows: Vec<Vec<Literal>>,
    },
    /// Computes columns.
    Project {
        /// The input.
        input: Arc<Rel>,
        /// One expression per column.
        exprs: Vec<Expr>,
    },
    /// Keeps rows for which `predicate` is true.
    Filter {
        /// The input.
        input: Arc<Rel>,
        /// A BOOLEAN.
        predicate: Expr,
    },
    /// Assigns watermarks. Stands directly above a scan, with at most projections between, so that the engine can keep
    /// one watermark per split of the source. A row whose event time is NULL fails (Flink's rule).
    Watermark {
        /// The input.
        input: Arc<Rel>,
        /// The place of the rowtime column.
        rowtime: usize,
        /// The watermark for a row, a timestamp; NULL: none from this row.
        expr: Expr,
        /// When it is emitted.
        emit: WatermarkEmit,
        /// After this many milliseconds without a row, a split no longer holds the others back (`scan.watermark.idle-timeout`).
        idle_timeout: Option<u64>,
    },
    /// A window table function: the input's columns, then `window_start`, `window_end`, `window_time`.
    Window {
        /// The input.
        input: Arc<Rel>,
        /// The windows.
        window: WindowSpec,
    },
    /// Aggregates per window and key. Columns: keys, aggregates, then `window_start`, `window_end`, `window_time`.
    /// Emits each window once, when the watermark (or processing time) passes its end; a row is late when
    /// `window_end - 1 ms <=` the watermark before it.
    WindowAggregate {
        /// The input, without window columns.
        input: Arc<Rel>,
        /// The windows.
        window: WindowSpec,
        /// Places of the grouping columns in the input, without the window's.
        keys: Vec<usize>,
        /// The aggregates.
        aggregates: Vec<Aggregate>,
    },
    /// Aggregates per key, updating. Columns: keys, aggregates. Without keys: one row, from the first input row on
    /// (streaming), as Flink.
    GroupAggregate {
        /// The input.
        input: Arc<Rel>,
        /// Places of the grouping columns.
        keys: Vec<usize>,
        /// The aggregates; none: `DISTINCT`.
        aggregates: Vec<Aggregate>,
    },
    /// Keeps one row per key: the `ROW_NUMBER() … = 1` idiom over a time attribute.
    Deduplicate {
        /// The input.
        input: Arc<Rel>,
        /// Places of the key columns.
        keys: Vec<usize>,
        /// The place of the time attribute that orders the rows.
        order: usize,
        /// First or last.
        keep: Keep,
        /// Whether a column with the row number (always 1, BIGINT) is appended.
        row_number: bool,
    },
    /// Keeps the rows of each key whose rank in an order lies in a range (Top-N); updating. Among equal rows the one that
    /// came first ranks first. Columns: the input's, then the rank if wanted.
    Rank {
        /// The input.
        input: Arc<Rel>,
        /// Places of the key columns; none: one order for all rows.
        keys: Vec<usize>,
        /// The order.
        order: Vec<SortKey>,
        /// Which ranks stay.
        range: RankRange,
        /// Whether a column with the rank (BIGINT) is appended.
        rank: bool,
    },
    /// Keeps the rows of each window and key whose row number lies in a range; emits each window once, when the watermark
    /// passes its end. Columns: the input's, then the row number if wanted.
    WindowRank {
        /// The input.
        input: Arc<Rel>,
        /// The places of the window's start and end.
        window: (usize, usize),
        /// Places of the key columns, without the window's.
        keys: Vec<usize>,
        /// The order.
        order: Vec<SortKey>,
        /// Which row numbers stay.
        range: RankRange,
        /// Among equal rows the last to come is first (deduplication that keeps the last row).
        last_wins: bool,
        /// Whether a column with the row number (BIGINT) is appended.
        rank: bool,
    },
    /// Emits rows in an order. Streaming: the first key is a time attribute, ascending; rows wait for the watermark.
    Sort {
        /// The input.
        input: Arc<Rel>,
        /// The order.
        order: Vec<SortKey>,
        /// Whether rows wait for the end of the input (batch), whatever the order.
        at_end: bool,
    },
    /// Lets the first `count` rows behind the first `offset` ones pass; append only.
    Limit {
        /// The input.
        input: Arc<Rel>,
        /// How many rows are left out.
        offset: u64,
        /// How many pass; `None`: all.
        count: Option<u64>,
    },
    /// Window functions: each row with what its frame gives. Columns: the input's, then one per call.
    Over {
        /// The input.
        input: Arc<Rel>,
        /// Places of the partition's columns.
        keys: Vec<usize>,
        /// The order within a partition.
        order: Vec<SortKey>,
        /// The frame, one for all calls.
        frame: Frame,
        /// The calls.
        calls: Vec<OverCall>,
        /// Whether all rows are there before the first result (batch).
        batch: bool,
    },
    /// Joins. Columns: left, right; of a semi or anti join the left's only.
    Join {
        /// The left side.
        left: Arc<Rel>,
        /// The right side.
        right: Arc<Rel>,
        /// Which rows are emitted.
        kind: JoinKind,
        /// Equal columns: place on the left, place on the right. NULL equals nothing.
        on: Vec<(usize, usize)>,
        /// What must hold besides, over left and right columns.
        residual: Option<Expr>,
        /// How long rows are kept, and when pairs are found.
        how: JoinHow,
    },
    /// `INTERSECT` and `EXCEPT`: rows by how often they are in each input, NULLs being equal. Updating.
    SetComparison {
        /// The left input.
        left: Arc<Rel>,
        /// The right input, of equal column types.
        right: Arc<Rel>,
        /// Which.
        operation: SetOperation,
        /// `ALL`: rows count as often as they are there.
        all: bool,
    },
    /// A row per element of an array, map or multiset. Columns: the input's, then the element's (a ROW's fields, a map's
    /// key and value, else one), then the number of the element from 1 on (INT), where wanted.
    Unnest {
        /// The input.
        input: Arc<Rel>,
        /// What is unnested, over the input's columns.
        value: Expr,
        /// Whether the elements are numbered.
        ordinality: bool,
        /// Whether a row without elements is emitted once, with NULLs.
        outer: bool,
    },
    /// Keeps the rows of a changelog by key, so that a sink that keeps one row per key holds the last one that was
    /// added and not taken back, whatever order changes of several rows of one key come in.
    Materialize {
        /// The input.
        input: Arc<Rel>,
        /// Places of the key columns.
        keys: Vec<usize>,
    },
    /// Makes a whole changelog of upserts and deletions by key: the last row of each key is kept.
    Normalize {
        /// The input: upserts.
        input: Arc<Rel>,
        /// Places of the key columns.
        keys: Vec<usize>,
    },
    /// All rows of all inputs (`UNION ALL`).
    Union {
        /// The inputs, of equal column types.
        inputs: Vec<Arc<Rel>>,
    },
}

impl RelOp {
    /// The relations that it reads, in order.
    #[must_use]
    pub fn inputs(&self) -> Vec<&Arc<Rel>> {
        match self {
            RelOp::Scan { .. } | RelOp::Values { .. } => Vec::new(),
            RelOp::Project { input, .. }
            | RelOp::Filter { input, .. }
            | RelOp::Watermark { input, .. }
            | RelOp::Window { input, .. }
            | RelOp::WindowAggregate { input, .. }
            | RelOp::GroupAggregate { input, .. }
            | RelOp::Deduplicate { input, .. }
            | RelOp::Rank { input, .. }
            | RelOp::WindowRank { input, .. }
            | RelOp::Sort { input, .. }
            | RelOp::Limit { input, .. }
            | RelOp::Over { input, .. }
            | RelOp::Unnest { input, .. }
            | RelOp::Materialize { input, .. }
            | RelOp::Normalize { input, .. } => vec![input],
            RelOp::Join { left, right, .. } | RelOp::SetComparison { left, right, .. } => vec![left, right],
            RelOp::Union { inputs } => inputs.iter().collect(),
        }
    }
}

/// When watermarks are emitted (`scan.watermark.emit.strategy`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WatermarkEmit {
    /// Behind every row.
    OnEvent,
    /// Every so many milliseconds of the engine's clock (`pipeline.auto-watermark-interval`, Flink's default 200).
    Periodic(u64),
}

/// Which windows a row belongs to.
#[derive(Clone, PartialEq, Debug)]
pub struct WindowSpec {
    /// The place of the time attribute in the input; of [`WindowKind::Attached`], of the window's end.
    pub time: usize,
    /// Whether it is event time, not processing time.
    pub event_time: bool,
    /// The shape.
    pub kind: WindowKind,
    /// Places of the columns by which sessions are told apart; empty for all other shapes.
    pub partition: Vec<usize>,
}

/// The shape of windows, all in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WindowKind {
    /// Windows of `size` side by side, the first beginning at `offset` past 1970-01-01T00:00:00.
    Tumble {
        /// Length.
        size: i64,
        /// Shift of the first window.
        offset: i64,
    },
    /// Windows of `size` that begin every `slide`; a row lies in several.
    Hop {
        /// Length.
        size: i64,
        /// From one window's start to the next one's.
        slide: i64,
        /// Shift of the first window.
        offset: i64,
    },
    /// Windows that begin every `size` and end after each `step` up to it; a row lies in all that are still to end.
    Cumulate {
        /// The longest window, a multiple of `step`.
        size: i64,
        /// From one window's end to the next one's.
        step: i64,
        /// Shift of the first window.
        offset: i64,
    },
    /// A window lasts until no row came for `gap`.
    Session {
        /// The silence that ends it.
        gap: i64,
    },
    /// The input's rows carry their window already.
    Attached {
        /// The place of its start.
        start: usize,
        /// The place of its end.
        end: usize,
    },
}

/// One key of an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SortKey {
    /// The column's place.
    pub column: usize,
    /// Largest first.
    pub descending: bool,
    /// Whether NULLs come first.
    pub nulls_first: bool,
}

/// Which ranks of an order stay: `first..=last`, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RankRange {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
}

/// The rows around each row that a window function looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame {
    /// Whether bounds count rows (`ROWS`); else they are distances in the order (`RANGE`).
    pub rows: bool,
    /// Where it begins.
    pub start: FrameBound,
    /// Where it ends.
    pub end: FrameBound,
}

/// A bound of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameBound {
    /// The partition's first row.
    UnboundedPreceding,
    /// So many rows, or so much (milliseconds of a time), before.
    Preceding(i64),
    /// The row itself; of `RANGE`, with all that are equal in the order.
    CurrentRow,
    /// So many rows, or so much, behind.
    Following(i64),
    /// The partition's last row.
    UnboundedFollowing,
}

/// One call of a window function.
#[derive(Clone, PartialEq, Debug)]
pub struct OverCall {
    /// Which function.
    pub function: OverFunction,
    /// The type of the result.
    pub data_type: DataType,
}

/// Functions over a frame.
#[derive(Clone, PartialEq, Debug)]
pub enum OverFunction {
    /// An aggregate over the frame.
    Aggregate(Aggregate),
    /// `ROW_NUMBER()`
    RowNumber,
    /// `RANK()`
    Rank,
    /// `DENSE_RANK()`
    DenseRank,
    /// `PERCENT_RANK()`
    PercentRank,
    /// `CUME_DIST()`
    CumeDist,
    /// `NTILE(n)`
    Ntile(i64),
    /// `LAG(x, offset, default)` (a negative offset: `LEAD`)
    Lag {
        /// The place of `x`.
        value: usize,
        /// How many rows back.
        offset: i64,
        /// The place of what stands for rows before the first; NULL if absent.
        default: Option<usize>,
    },
}

/// Which of the rows of a key stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// The first.
    First,
    /// The last.
    Last,
}

/// Which rows a join emits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JoinKind {
    /// Only matches.
    Inner,
    /// Matches, and every other left row with NULLs.
    Left,
    /// Matches, and every other right row with NULLs.
    Right,
    /// Matches, and every other row of both sides with NULLs.
    Full,
    /// Left rows that match something, once each.
    Semi,
    /// Left rows that match nothing.
    Anti,
}

impl JoinKind {
    /// Whether left rows are emitted with NULLs where nothing matches.
    #[must_use]
    pub fn keeps_left(self) -> bool {
        matches!(self, JoinKind::Left | JoinKind::Full)
    }

    /// Whether right rows are emitted with NULLs where nothing matches.
    #[must_use]
    pub fn keeps_right(self) -> bool {
        matches!(self, JoinKind::Right | JoinKind::Full)
    }

    /// Whether only left columns are emitted.
    #[must_use]
    pub fn is_half(self) -> bool {
        matches!(self, JoinKind::Semi | JoinKind::Anti)
    }

    /// Whether what was emitted may be taken back although nothing is taken from the inputs.
    #[must_use]
    pub fn updates(self) -> bool {
        !matches!(self, JoinKind::Inner | JoinKind::Semi)
    }
}

/// How long a join keeps rows, and when it finds pairs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JoinHow {
    /// The right side ends: it is read to its end first and kept as a dictionary. Inner, left, semi and anti.
    Dictionary,
    /// Both sides are kept for as long as the job runs.
    Regular,
    /// Pairs have times within bounds: `lower <= left time - right time <= upper`, in milliseconds.
    Interval {
        /// The places of the time attributes: of the left, of the right.
        times: (usize, usize),
        /// Whether they are event time, not processing time.
        event_time: bool,
        /// The least difference.
        lower: i64,
        /// The greatest difference.
        upper: i64,
    },
    /// Pairs lie in equal windows of event time, whose bounds are among the equal columns.
    Window {
        /// The places of `window_end`: of the left, of the right.
        ends: (usize, usize),
        /// Whether the windows' time is an instant, so that `window_end` is local to the session's time zone.
        instant: bool,
    },
    /// Each left row meets the version of the right side that was valid at its time.
    Temporal {
        /// The places of the rowtime columns: of the left, of the right.
        times: (usize, usize),
        /// Whether a row is a version only if it isn't older than its key's last.
        ascending: bool,
    },
}

/// How rows of two inputs are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetOperation {
    /// Rows that are in both.
    Intersect,
    /// Rows that are in the left but not in the right.
    Except,
}

/// One aggregate call; its arguments are columns of the input.
#[derive(Clone, PartialEq, Debug)]
pub struct Aggregate {
    /// Which function.
    pub function: AggregateFunction,
    /// Its arguments' places.
    pub args: Vec<usize>,
    /// Constants that it takes besides: the separator of `LISTAGG`, the fractions of `PERCENTILE`.
    pub parameters: Vec<Literal>,
    /// Whether equal arguments count once.
    pub distinct: bool,
    /// The place of the BOOLEAN column that must be true (`FILTER (WHERE …)`).
    pub filter: Option<usize>,
    /// The type of the result.
    pub data_type: DataType,
}

/// How a group's values become one set of integers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BitmapFold {
    /// The set of integers.
    Build,
    /// What is in all sets.
    And,
    /// What is in any set.
    Or,
    /// What is in an odd number of sets.
    Xor,
}

/// Aggregate functions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AggregateFunction {
    /// `COUNT(*)` (no argument) or `COUNT(x)`
    Count,
    /// `SUM(x)`: keeps the integer type, wraps on overflow; decimals widen to precision 38.
    Sum,
    /// `AVG(x)`: keeps the integer type, truncates.
    Avg,
    /// `MIN(x)`
    Min,
    /// `MAX(x)`
    Max,
    /// `FIRST_VALUE(x)`
    FirstValue,
    /// `LAST_VALUE(x)`
    LastValue,
    /// `COLLECT(x)`: a multiset, without NULLs.
    Collect,
    /// `LISTAGG(x, separator)`: texts in order of arrival, without NULLs; NULL if there are none.
    ListAgg,
    /// `ARRAY_AGG(x)`: values in order of arrival; NULL if there are none.
    ArrayAgg {
        /// Whether NULLs are kept (`RESPECT NULLS`).
        nulls: bool,
    },
    /// The sum of the squared deviations from the mean (DOUBLE), which variances are made of.
    SquaredDeviations,
    /// `PERCENTILE(x, fraction, frequency)`: DOUBLE, or an array of it where the fractions are one.
    Percentile,
    /// `JSON_OBJECTAGG(KEY k VALUE v)`: the key, and the value as JSON.
    JsonObjectAgg {
        /// Whether NULLs become members (`NULL ON NULL`).
        nulls: bool,
    },
    /// `BITMAP_BUILD_AGG(x)`, `BITMAP_AND_AGG(b)`, … and their cardinalities, where the result is a BIGINT.
    Bitmap(BitmapFold),
    /// `JSON_ARRAYAGG(v)`: values as JSON, in order of arrival.
    JsonArrayAgg {
        /// Whether NULLs become elements (`NULL ON NULL`).
        nulls: bool,
    },
}
