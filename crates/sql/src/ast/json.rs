//! SQL/JSON functions as written, with their clauses.

use yeoul_row::DataType;

use super::expression::{Expression, order_depth};
use crate::ast::query::OrderItem;

/// One call.
#[derive(Clone, PartialEq, Debug)]
pub struct JsonCall {
    /// Which, with its arguments.
    pub kind: JsonKind,
}

/// Which function, with its arguments.
#[derive(Clone, PartialEq, Debug)]
pub enum JsonKind {
    /// `JSON_EXISTS(input, path [{TRUE | FALSE | UNKNOWN | ERROR} ON ERROR])`
    Exists {
        /// The text and the path.
        source: JsonSource,
        /// What an error gives; FALSE if absent.
        on_error: Option<JsonBehavior>,
    },
    /// `JSON_VALUE(input, path [RETURNING type] [… ON EMPTY] [… ON ERROR])`
    Value {
        /// The text and the path.
        source: JsonSource,
        /// `RETURNING`; STRING if absent.
        returning: Option<DataType>,
        /// What nothing gives; NULL if absent.
        on_empty: Option<JsonBehavior>,
        /// What an error gives; NULL if absent.
        on_error: Option<JsonBehavior>,
    },
    /// `JSON_QUERY(input, path [RETURNING type] [… WRAPPER] [… QUOTES] [… ON EMPTY] [… ON ERROR])`
    Query {
        /// The text and the path.
        source: JsonSource,
        /// `RETURNING`; STRING if absent.
        returning: Option<DataType>,
        /// Whether a result is put in an array.
        wrapper: Option<JsonWrapper>,
        /// What nothing gives; NULL if absent.
        on_empty: Option<JsonBehavior>,
        /// What an error gives; NULL if absent.
        on_error: Option<JsonBehavior>,
    },
    /// `JSON_OBJECT([KEY] k VALUE v, … [{NULL | ABSENT} ON NULL])`
    Object {
        /// Keys and values.
        pairs: Vec<(Expression, Expression)>,
        /// `ABSENT ON NULL` (true), `NULL ON NULL` (false).
        absent_on_null: Option<bool>,
    },
    /// `JSON_ARRAY(v, … [{NULL | ABSENT} ON NULL])`
    Array {
        /// The values.
        values: Vec<Expression>,
        /// `ABSENT ON NULL` (true), `NULL ON NULL` (false).
        absent_on_null: Option<bool>,
    },
    /// `JSON_OBJECTAGG([KEY] k VALUE v [{NULL | ABSENT} ON NULL])`
    ObjectAgg {
        /// The key.
        key: Expression,
        /// The value.
        value: Expression,
        /// `ABSENT ON NULL` (true), `NULL ON NULL` (false).
        absent_on_null: Option<bool>,
    },
    /// `JSON_ARRAYAGG(v [ORDER BY …] [{NULL | ABSENT} ON NULL])`
    ArrayAgg {
        /// The value.
        value: Expression,
        /// `ORDER BY`
        order_by: Vec<OrderItem>,
        /// `ABSENT ON NULL` (true), `NULL ON NULL` (false).
        absent_on_null: Option<bool>,
    },
}

/// What a query into JSON reads.
#[derive(Clone, PartialEq, Debug)]
pub struct JsonSource {
    /// The text.
    pub input: Expression,
    /// The path, `'lax $.a'`.
    pub path: Expression,
}

/// What stands before `ON EMPTY` and `ON ERROR`.
#[derive(Clone, PartialEq, Debug)]
pub enum JsonBehavior {
    /// `NULL`
    Null,
    /// `ERROR`
    Error,
    /// `TRUE`
    True,
    /// `FALSE`
    False,
    /// `UNKNOWN`
    Unknown,
    /// `EMPTY ARRAY`
    EmptyArray,
    /// `EMPTY OBJECT`
    EmptyObject,
    /// `DEFAULT value`
    Default(Box<Expression>),
}

/// Whether `JSON_QUERY` puts its result in an array.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsonWrapper {
    /// `WITHOUT [ARRAY] WRAPPER`
    Without,
    /// `WITH CONDITIONAL [ARRAY] WRAPPER`
    Conditional,
    /// `WITH [UNCONDITIONAL] [ARRAY] WRAPPER`
    Unconditional,
}

/// What `IS JSON` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsonShape {
    /// `JSON`, `JSON VALUE`
    Value,
    /// `JSON OBJECT`
    Object,
    /// `JSON ARRAY`
    Array,
    /// `JSON SCALAR`
    Scalar,
}

impl JsonCall {
    /// The function's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            JsonKind::Exists { .. } => "JSON_EXISTS",
            JsonKind::Value { .. } => "JSON_VALUE",
            JsonKind::Query { .. } => "JSON_QUERY",
            JsonKind::Object { .. } => "JSON_OBJECT",
            JsonKind::Array { .. } => "JSON_ARRAY",
            JsonKind::ObjectAgg { .. } => "JSON_OBJECTAGG",
            JsonKind::ArrayAgg { .. } => "JSON_ARRAYAGG",
        }
    }

    /// Every expression among its arguments.
    pub fn arguments(&self) -> Vec<&Expression> {
        match &self.kind {
            JsonKind::Exists { source, .. } => vec![&source.input, &source.path],
            JsonKind::Value { source, on_empty, on_error, .. } | JsonKind::Query { source, on_empty, on_error, .. } => {
                let defaults = [on_empty, on_error].into_iter().filter_map(|behavior| match behavior {
                    Some(JsonBehavior::Default(value)) => Some(&**value),
                    _ => None,
                });
                [&source.input, &source.path].into_iter().chain(defaults).collect()
            }
            JsonKind::Object { pairs, .. } => pairs.iter().flat_map(|(key, value)| [key, value]).collect(),
            JsonKind::Array { values, .. } => values.iter().collect(),
            JsonKind::ObjectAgg { key, value, .. } => vec![key, value],
            JsonKind::ArrayAgg { value, .. } => vec![value],
        }
    }

    /// How many nodes lie above its deepest leaf.
    pub(crate) fn depth(&self) -> u32 {
        let order = match &self.kind {
            JsonKind::ArrayAgg { order_by, .. } => order_depth(order_by),
            _ => 0,
        };
        self.arguments().into_iter().map(|e| e.depth).max().unwrap_or(0).max(order)
    }
}
