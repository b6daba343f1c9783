//! Functions of regular expressions, which are Java's.

use super::Nulls::{Always, AnyArgument};
use super::Param::{Int, Integer, Text};
use super::{ResultRule, ScalarFunction, TWO_TEXTS, function};

pub(super) const PATTERNS: &[ScalarFunction] = &[
    function("regexp", "REGEXP", TWO_TEXTS, ResultRule::Boolean, AnyArgument)
        .says("whether the pattern is found anywhere")
        .fails(),
    function("regexp_extract", "REGEXP_EXTRACT", &[&[Text, Text], &[Text, Text, Int]], ResultRule::Text, Always)
        .says("a group of the first match, 0 is all of it; NULL without a match")
        .fails(),
    function(
        "regexp_extract_all",
        "REGEXP_EXTRACT_ALL",
        &[&[Text, Text], &[Text, Text, Integer]],
        ResultRule::Texts,
        Always,
    )
    .says("a group of each match, 1 unless said; NULL where there is no such group"),
    function("regexp_replace", "REGEXP_REPLACE", &[&[Text, Text, Text]], ResultRule::Text, AnyArgument)
        .says("each match replaced by a text")
        .fails(),
    function("regexp_count", "REGEXP_COUNT", TWO_TEXTS, ResultRule::Int, Always)
        .says("the number of matches; NULL for an invalid pattern"),
    function("regexp_instr", "REGEXP_INSTR", TWO_TEXTS, ResultRule::Int, Always)
        .says("where the first match begins; 0 where there is none, NULL for an invalid pattern"),
    function("regexp_substr", "REGEXP_SUBSTR", TWO_TEXTS, ResultRule::Text, Always)
        .says("the first match; NULL without one"),
];
