//! Functions over JSON texts.

use super::Nulls::{Always, AnyArgument, FirstArgument, Never};
use super::Param::{Any, Boolean, Text};
use super::{ONE_TEXT, ResultRule, ScalarFunction, function, variadic};

/// The clauses are constant arguments behind those that are written; see the binder.
pub(super) const JSON: &[ScalarFunction] = &[
    function("json_value", "JSON_VALUE", &[&[Text, Text, Text, Text, Any, Any]], ResultRule::Argument(4), Always)
        .says("`JSON_VALUE(a, path [RETURNING type] [… ON EMPTY] [… ON ERROR])`: the scalar at a path; `… ON EMPTY` and `… ON ERROR` are NULL, ERROR or DEFAULT b")
        .fails(),
    function("json_query", "JSON_QUERY", &[&[Text, Text, Text, Text, Text]], ResultRule::Text, Always)
        .says("`JSON_QUERY(a, path [RETURNING type] [WITH [CONDITIONAL] WRAPPER] [… ON EMPTY] [… ON ERROR])`: the object or array at a path")
        .fails(),
    function("json_exists", "JSON_EXISTS", &[&[Text, Text, Text]], ResultRule::Boolean, Always)
        .says("`JSON_EXISTS(a, path [… ON ERROR])`: whether a path leads anywhere")
        .fails(),
    variadic("json_object", "JSON_OBJECT", &[&[Text, Text, Any]], ResultRule::Text, Never)
        .says("`JSON_OBJECT(KEY k VALUE v, … [ABSENT ON NULL])`: an object")
        .fails(),
    variadic("json_array", "JSON_ARRAY", &[&[Text, Text, Any]], ResultRule::Text, Never)
        .says("`JSON_ARRAY(a, … [NULL ON NULL])`: an array")
        .fails(),
    function("json_string", "JSON_STRING", &[&[Any]], ResultRule::Text, AnyArgument).says("a value as JSON"),
    function("is_json", "", &[&[Text, Text]], ResultRule::Boolean, Never)
        .says("`a IS JSON [VALUE | OBJECT | ARRAY | SCALAR]`"),
    function("parse_json", "PARSE_JSON", &[&[Text], &[Text, Boolean]], ResultRule::Variant, FirstArgument)
        .says("JSON as a `VARIANT`; the second argument: of a key that comes twice the last value counts, else it fails")
        .fails(),
    function("try_parse_json", "TRY_PARSE_JSON", &[&[Text], &[Text, Boolean]], ResultRule::Variant, Always)
        .says("as `PARSE_JSON`; NULL where the text is no JSON")
        .fails(),
    function("json_quote", "JSON_QUOTE", ONE_TEXT, ResultRule::Text, AnyArgument)
        .says("a text as a JSON string, quotes and all"),
    function("json_unquote", "JSON_UNQUOTE", ONE_TEXT, ResultRule::Text, AnyArgument)
        .says("the text of a JSON string; other texts as they are"),
];
