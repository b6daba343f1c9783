//! Functions of arrays and maps. Places count from 1.

use super::Nulls::{Always, AnyArgument, FirstArgument};
use super::Param::{Array, Boolean, CommonArray, CommonMap, Element, Int, Map, Text, TextArray};
use super::{Param, ResultRule, ScalarFunction, function, variadic};

const ONE_ARRAY: &[&[Param]] = &[&[Array]];
const ARRAY_AND_ELEMENT: &[&[Param]] = &[&[Array, Element]];
const TWO_ARRAYS: &[&[Param]] = &[&[CommonArray, CommonArray]];
const ONE_MAP: &[&[Param]] = &[&[Map]];

pub(super) const COLLECTIONS: &[ScalarFunction] = &[
    function("cardinality", "CARDINALITY", &[&[Array], &[Map]], ResultRule::Int, AnyArgument)
        .says("the number of elements"),
    function("element", "ELEMENT", ONE_ARRAY, ResultRule::Element, Always)
        .says("the only element; NULL for an empty array, more than one fail")
        .fails(),
    function("array_append", "ARRAY_APPEND", ARRAY_AND_ELEMENT, ResultRule::Extended, AnyArgument)
        .says("with an element behind the last"),
    function("array_prepend", "ARRAY_PREPEND", ARRAY_AND_ELEMENT, ResultRule::Extended, AnyArgument)
        .says("with an element before the first"),
    variadic("array_concat", "ARRAY_CONCAT", &[&[CommonArray]], ResultRule::Argument(0), AnyArgument)
        .says("the elements of all arrays in a row"),
    function("array_contains", "ARRAY_CONTAINS", ARRAY_AND_ELEMENT, ResultRule::Boolean, FirstArgument)
        .says("whether an element is in it; NULL can be found"),
    function("array_distinct", "ARRAY_DISTINCT", ONE_ARRAY, ResultRule::Argument(0), AnyArgument)
        .says("each element once"),
    function("array_except", "ARRAY_EXCEPT", TWO_ARRAYS, ResultRule::Argument(0), AnyArgument)
        .says("the first array's elements that are not in the second, each once"),
    function("array_intersect", "ARRAY_INTERSECT", TWO_ARRAYS, ResultRule::Argument(0), AnyArgument)
        .says("the first array's elements that are in the second, each once"),
    function("array_union", "ARRAY_UNION", TWO_ARRAYS, ResultRule::Argument(0), AnyArgument)
        .says("the elements of both, each once"),
    function(
        "array_join",
        "ARRAY_JOIN",
        &[&[TextArray, Text], &[TextArray, Text, Text]],
        ResultRule::Text,
        AnyArgument,
    )
    .says("the elements as one text, a separator between them; NULLs are passed over or replaced"),
    function("array_max", "ARRAY_MAX", ONE_ARRAY, ResultRule::Element, Always).says("the greatest element"),
    function("array_min", "ARRAY_MIN", ONE_ARRAY, ResultRule::Element, Always).says("the least element"),
    function("array_position", "ARRAY_POSITION", ARRAY_AND_ELEMENT, ResultRule::Int, AnyArgument)
        .says("the place of the first such element; 0 where there is none"),
    function("array_remove", "ARRAY_REMOVE", ARRAY_AND_ELEMENT, ResultRule::Argument(0), FirstArgument)
        .says("without all such elements"),
    function("array_reverse", "ARRAY_REVERSE", ONE_ARRAY, ResultRule::Argument(0), AnyArgument).says("backwards"),
    function("array_slice", "ARRAY_SLICE", &[&[Array, Int], &[Array, Int, Int]], ResultRule::Argument(0), AnyArgument)
        .says("from a place to another; negative ones count from the end"),
    function(
        "array_sort",
        "ARRAY_SORT",
        &[&[Array], &[Array, Boolean], &[Array, Boolean, Boolean]],
        ResultRule::Argument(0),
        AnyArgument,
    )
    .says("in order; the second argument: ascending, the third: NULLs first"),
    function("map_keys", "MAP_KEYS", ONE_MAP, ResultRule::MapKeys, AnyArgument).says("all keys"),
    function("map_values", "MAP_VALUES", ONE_MAP, ResultRule::MapValues, AnyArgument).says("all values"),
    function("map_entries", "MAP_ENTRIES", ONE_MAP, ResultRule::MapEntries, AnyArgument)
        .says("all entries, as rows of key and value"),
    function("map_from_arrays", "MAP_FROM_ARRAYS", &[&[Array, Array]], ResultRule::MapOfArrays, AnyArgument)
        .says("a map of an array of keys and one of values, of the same length")
        .fails(),
    variadic("map_union", "MAP_UNION", &[&[CommonMap]], ResultRule::Argument(0), AnyArgument)
        .says("the entries of all maps; of a key's values the last map's"),
];
