//! Functions of texts. Lengths and places count characters, from 1.

use super::Nulls::{Always, AnyArgument, Never};
use super::Param::{Any, Binary, CommonText, Int, Integer, Number, Text};
use super::{NOTHING, ONE_TEXT, Param, ResultRule, ScalarFunction, TWO_TEXTS, function, variadic};

const TEXT_AND_LENGTH: &[&[Param]] = &[&[Text, Int]];
const ONE_OR_TWO_TEXTS: &[&[Param]] = &[&[Text], &[Text, Text]];
const TEXT_OR_NUMBER: &[&[Param]] = &[&[Text], &[Number]];
const TEXTS_OR_BYTES: &[&[Param]] = &[&[Text, Text], &[Binary, Binary]];

pub(super) const TEXTS: &[ScalarFunction] = &[
    function("upper", "UPPER", ONE_TEXT, ResultRule::Argument(0), AnyArgument).says("in upper case"),
    function("lower", "LOWER", ONE_TEXT, ResultRule::Argument(0), AnyArgument).says("in lower case"),
    function("initcap", "INITCAP", ONE_TEXT, ResultRule::Argument(0), AnyArgument)
        .says("the first letter of each word large, the others small"),
    function("reverse", "REVERSE", ONE_TEXT, ResultRule::Text, Always).says("backwards"),
    function("char_length", "CHAR_LENGTH CHARACTER_LENGTH", ONE_TEXT, ResultRule::Int, AnyArgument)
        .says("the number of characters"),
    function("ascii", "ASCII", ONE_TEXT, ResultRule::Int, AnyArgument)
        .says("the number of the first byte; 0 for the empty text"),
    function("chr", "CHR", &[&[Integer]], ResultRule::Text, Always)
        .says("the character of this number, taken modulo 256; the empty text for a negative one"),
    // `trim(value, what)`: any of the characters of `what`, at both ends, the front, the back.
    function("trim", "", &[&[Text, Text]], ResultRule::Varying, AnyArgument)
        .says("`TRIM([BOTH | LEADING | TRAILING] [what] FROM a)`: without the characters of `what` at its ends"),
    function("ltrim", "LTRIM", ONE_OR_TWO_TEXTS, ResultRule::Text, AnyArgument)
        .says("without blanks (or the second argument's characters) at the front"),
    function("rtrim", "RTRIM", ONE_OR_TWO_TEXTS, ResultRule::Text, AnyArgument)
        .says("without blanks (or the second argument's characters) at the back"),
    function("btrim", "BTRIM", ONE_OR_TWO_TEXTS, ResultRule::Text, AnyArgument)
        .says("without blanks (or the second argument's characters) at both ends"),
    function("substring", "SUBSTRING SUBSTR", &[&[Text, Int], &[Text, Int, Int]], ResultRule::Varying, Always)
        .says("from a place on, so many characters; 0 is the first place too, a negative one counts from the end"),
    function("overlay", "OVERLAY", &[&[Text, Text, Int], &[Text, Text, Int, Int]], ResultRule::Text, AnyArgument)
        .says("`OVERLAY(a PLACING b FROM start [FOR length])`: with another text in its place"),
    function("left", "LEFT", TEXT_AND_LENGTH, ResultRule::Text, AnyArgument).says("the first so many characters"),
    function("right", "RIGHT", TEXT_AND_LENGTH, ResultRule::Text, AnyArgument).says("the last so many characters"),
    function("repeat", "REPEAT", TEXT_AND_LENGTH, ResultRule::Text, AnyArgument).says("so many times").fails(),
    function("replace", "REPLACE", &[&[Text, Text, Text]], ResultRule::Text, AnyArgument)
        .says("each occurrence of the second argument replaced by the third"),
    function("translate", "TRANSLATE", &[&[Text, Text, Text]], ResultRule::Text, Always)
        .says("each character of the second argument replaced by the one at its place in the third, or removed"),
    // `||` and CONCAT: NULL if any argument is.
    variadic("concat", "CONCAT", &[&[Text]], ResultRule::Text, AnyArgument).says("all arguments in a row; `a || b`"),
    variadic("concat_ws", "CONCAT_WS", &[&[Text, Text]], ResultRule::Text, AnyArgument)
        .says("all but the first in a row, the first between them; NULLs are passed over"),
    function("lpad", "LPAD", &[&[Text, Int, Text]], ResultRule::Text, AnyArgument)
        .says("so long, filled at the front; NULL for a negative length or an empty filling"),
    function("rpad", "RPAD", &[&[Text, Int, Text]], ResultRule::Text, AnyArgument)
        .says("so long, filled at the back; NULL for a negative length or an empty filling"),
    function("position", "POSITION", TWO_TEXTS, ResultRule::Int, AnyArgument)
        .says("`POSITION(a IN b)`: where it begins; 0 where it isn't"),
    function("locate", "LOCATE", &[&[Text, Text], &[Text, Text, Int]], ResultRule::Int, AnyArgument)
        .says("where the first argument begins in the second, from a place on; 0 where it doesn't"),
    function(
        "instr",
        "INSTR",
        &[&[Text, Text], &[Text, Text, Int], &[Text, Text, Int, Int]],
        ResultRule::Int,
        AnyArgument,
    )
    .says("where the second argument begins in the first, from a place on, for the n-th time; 0 where it doesn't")
    .fails(),
    function("startswith", "STARTSWITH", TEXTS_OR_BYTES, ResultRule::Boolean, AnyArgument)
        .says("whether the first begins with the second"),
    function("endswith", "ENDSWITH", TEXTS_OR_BYTES, ResultRule::Boolean, AnyArgument)
        .says("whether the first ends with the second"),
    function("split", "SPLIT", TWO_TEXTS, ResultRule::Texts, AnyArgument)
        .says("the parts between separators; each character where the separator is empty"),
    function("split_index", "SPLIT_INDEX", &[&[Text, Text, Int], &[Text, Int, Int]], ResultRule::Text, Always)
        .says("the part at this place, from 0; NULL where there is none"),
    function("str_to_map", "STR_TO_MAP", &[&[Text], &[Text, Text, Text]], ResultRule::TextMap, AnyArgument)
        .says("a map of pairs: separated by the second argument (`,`), key and value by the third (`=`)"),
    variadic("elt", "ELT", &[&[Integer, CommonText]], ResultRule::Argument(1), Always)
        .says("the argument at this place behind the first; NULL where there is none"),
    variadic("printf", "PRINTF", &[&[Text], &[Text, Any]], ResultRule::Text, Always)
        .says("the arguments formatted by a pattern (`%s`, `%d`, `%.2f`); NULL where they don't fit it"),
    function("is_alpha", "IS_ALPHA", TEXT_OR_NUMBER, ResultRule::Boolean, Never).says("whether it is letters only"),
    function("is_digit", "IS_DIGIT", TEXT_OR_NUMBER, ResultRule::Boolean, Never).says("whether it is digits only"),
    function("is_decimal", "IS_DECIMAL", TEXT_OR_NUMBER, ResultRule::Boolean, Never).says("whether it is a number"),
    function("uuid", "UUID", NOTHING, ResultRule::Fixed(36), Never).says("a random UUID, for each row"),
    function("count_char", "", TWO_TEXTS, ResultRule::BigInt, AnyArgument)
        .says("how often a character is in a text; Nexmark's `CountChar`"),
];
