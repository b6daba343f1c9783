//! SQL/JSON functions with their clauses: `JSON_VALUE(x, '$.a' RETURNING INT NULL ON EMPTY)`, `JSON_OBJECT(KEY k VALUE v)`.

use super::{Parsed, Parser};
use crate::ast::expression::{Expression, ExpressionKind};
use crate::ast::json::{JsonBehavior, JsonCall, JsonKind, JsonSource, JsonWrapper};

type Behaviors = (Option<JsonBehavior>, Option<JsonBehavior>);

/// Whether `word`, in upper case, is a function of these.
pub(super) fn is_json_function(word: &str) -> bool {
    let names =
        ["JSON_EXISTS", "JSON_VALUE", "JSON_QUERY", "JSON_OBJECT", "JSON_ARRAY", "JSON_OBJECTAGG", "JSON_ARRAYAGG"];
    names.contains(&word)
}

impl Parser {
    /// The call whose name `word` stands here.
    pub(super) fn json_call(&mut self, word: &str) -> Parsed<Expression> {
        let start = self.here();
        self.advance();
        self.expect_mark("(")?;
        let kind = match word {
            "JSON_EXISTS" => self.json_exists()?,
            "JSON_VALUE" => self.json_value()?,
            "JSON_QUERY" => self.json_query()?,
            "JSON_OBJECT" => self.json_object()?,
            "JSON_ARRAY" => self.json_array()?,
            "JSON_OBJECTAGG" => self.json_objectagg()?,
            _ => self.json_arrayagg()?,
        };
        self.expect_mark(")")?;
        let kind = self.within_group(kind)?;
        // Flink's grammar has no FILTER and no OVER behind these.
        Ok(Expression::new(ExpressionKind::Json(Box::new(JsonCall { kind })), self.since(start)))
    }

    /// `WITHIN GROUP (ORDER BY …)` behind `JSON_ARRAYAGG(…)`.
    fn within_group(&mut self, kind: JsonKind) -> Parsed<JsonKind> {
        match kind {
            JsonKind::ArrayAgg { value, order_by, absent_on_null }
                if order_by.is_empty() && self.eat_words(&["WITHIN", "GROUP"]) =>
            {
                self.expect_mark("(")?;
                let order_by = self.order_by()?;
                self.expect_mark(")")?;
                Ok(JsonKind::ArrayAgg { value, order_by, absent_on_null })
            }
            kind => Ok(kind),
        }
    }

    fn json_source(&mut self) -> Parsed<JsonSource> {
        let input = self.expression()?;
        self.json_format()?;
        self.expect_mark(",")?;
        let path = self.expression()?;
        if self.at_word("PASSING") {
            return self.unsupported("PASSING");
        }
        Ok(JsonSource { input, path })
    }

    /// `FORMAT JSON`, which says nothing new.
    fn json_format(&mut self) -> Parsed<()> {
        if self.eat_word("FORMAT") { self.expect_word("JSON") } else { Ok(()) }
    }

    fn json_exists(&mut self) -> Parsed<JsonKind> {
        let source = self.json_source()?;
        let (_, on_error) = self.json_behaviors()?;
        Ok(JsonKind::Exists { source, on_error })
    }

    fn json_value(&mut self) -> Parsed<JsonKind> {
        let source = self.json_source()?;
        let returning = if self.eat_word("RETURNING") { Some(self.data_type()?) } else { None };
        let (on_empty, on_error) = self.json_behaviors()?;
        Ok(JsonKind::Value { source, returning, on_empty, on_error })
    }

    fn json_query(&mut self) -> Parsed<JsonKind> {
        let source = self.json_source()?;
        let returning = if self.eat_word("RETURNING") { Some(self.data_type()?) } else { None };
        let wrapper = self.json_wrapper()?;
        if self.at_word("KEEP") || self.at_word("OMIT") {
            return self.unsupported("KEEP/OMIT QUOTES");
        }
        let (on_empty, on_error) = self.json_behaviors()?;
        Ok(JsonKind::Query { source, returning, wrapper, on_empty, on_error })
    }

    fn json_wrapper(&mut self) -> Parsed<Option<JsonWrapper>> {
        let wrapper = match () {
            () if self.eat_word("WITHOUT") => JsonWrapper::Without,
            () if self.eat_words(&["WITH", "CONDITIONAL"]) => JsonWrapper::Conditional,
            () if self.eat_word("WITH") => {
                self.eat_word("UNCONDITIONAL");
                JsonWrapper::Unconditional
            }
            () => return Ok(None),
        };
        self.eat_word("ARRAY");
        self.expect_word("WRAPPER")?;
        Ok(Some(wrapper))
    }

    /// What stands before `ON EMPTY` and `ON ERROR`, each at most once and in this order.
    fn json_behaviors(&mut self) -> Parsed<Behaviors> {
        let (mut on_empty, mut on_error) = (None, None);
        while on_error.is_none() {
            let Some(behavior) = self.json_behavior()? else { break };
            self.expect_word("ON")?;
            if on_empty.is_none() && self.eat_word("EMPTY") {
                on_empty = Some(behavior);
            } else {
                self.expect_word("ERROR")?;
                on_error = Some(behavior);
            }
        }
        Ok((on_empty, on_error))
    }

    fn json_behavior(&mut self) -> Parsed<Option<JsonBehavior>> {
        Ok(Some(match () {
            () if self.eat_word("NULL") => JsonBehavior::Null,
            () if self.eat_word("ERROR") => JsonBehavior::Error,
            () if self.eat_word("TRUE") => JsonBehavior::True,
            () if self.eat_word("FALSE") => JsonBehavior::False,
            () if self.eat_word("UNKNOWN") => JsonBehavior::Unknown,
            () if self.eat_words(&["EMPTY", "ARRAY"]) => JsonBehavior::EmptyArray,
            () if self.eat_words(&["EMPTY", "OBJECT"]) => JsonBehavior::EmptyObject,
            () if self.eat_word("DEFAULT") => JsonBehavior::Default(Box::new(self.expression()?)),
            () => return Ok(None),
        }))
    }

    fn json_object(&mut self) -> Parsed<JsonKind> {
        let pairs =
            if self.at_mark(")") || self.at_nulls_clause() { Vec::new() } else { self.comma_list(Parser::json_pair)? };
        Ok(JsonKind::Object { pairs, absent_on_null: self.json_nulls()? })
    }

    /// `[KEY] k VALUE v`, `k : v`
    fn json_pair(&mut self) -> Parsed<(Expression, Expression)> {
        if self.at_word("KEY") && !self.at_mark_ahead(1, ".") && !self.at_word_ahead(1, "VALUE") {
            self.advance();
        }
        let key = self.expression()?;
        if !self.eat_mark(":") {
            self.expect_word("VALUE")?;
        }
        let value = self.expression()?;
        self.json_format()?;
        Ok((key, value))
    }

    fn json_array(&mut self) -> Parsed<JsonKind> {
        let values = if self.at_mark(")") || self.at_nulls_clause() {
            Vec::new()
        } else {
            self.comma_list(|parser| {
                let value = parser.expression()?;
                parser.json_format()?;
                Ok(value)
            })?
        };
        Ok(JsonKind::Array { values, absent_on_null: self.json_nulls()? })
    }

    fn json_objectagg(&mut self) -> Parsed<JsonKind> {
        let (key, value) = self.json_pair()?;
        Ok(JsonKind::ObjectAgg { key, value, absent_on_null: self.json_nulls()? })
    }

    fn json_arrayagg(&mut self) -> Parsed<JsonKind> {
        let value = self.expression()?;
        self.json_format()?;
        let order_by = if self.at_words(&["ORDER", "BY"]) { self.order_by()? } else { Vec::new() };
        Ok(JsonKind::ArrayAgg { value, order_by, absent_on_null: self.json_nulls()? })
    }

    fn at_nulls_clause(&self) -> bool {
        self.at_words(&["NULL", "ON", "NULL"]) || self.at_words(&["ABSENT", "ON", "NULL"])
    }

    /// `NULL ON NULL` (false), `ABSENT ON NULL` (true)
    fn json_nulls(&mut self) -> Parsed<Option<bool>> {
        if !self.at_nulls_clause() {
            return Ok(None);
        }
        let absent = self.at_word("ABSENT");
        self.advance();
        self.expect_words(&["ON", "NULL"])?;
        Ok(Some(absent))
    }
}
