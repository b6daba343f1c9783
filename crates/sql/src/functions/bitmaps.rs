//! Functions of `BITMAP`: sets of 32-bit integers.

use super::Nulls::AnyArgument;
use super::Param::{Binary, Bitmap, IntArray};
use super::{Param, ResultRule, ScalarFunction, function};

const ONE_SET: &[&[Param]] = &[&[Bitmap]];
const TWO_SETS: &[&[Param]] = &[&[Bitmap, Bitmap]];

pub(super) const BITMAPS: &[ScalarFunction] = &[
    function("bitmap_build", "BITMAP_BUILD", &[&[IntArray]], ResultRule::Bitmap, AnyArgument)
        .says("the set of an array's integers; NULLs are left out"),
    function("bitmap_from_bytes", "BITMAP_FROM_BYTES", &[&[Binary]], ResultRule::Bitmap, AnyArgument)
        .says("the set that bytes in Roaring's portable format say")
        .fails(),
    function("bitmap_and", "BITMAP_AND", TWO_SETS, ResultRule::Bitmap, AnyArgument).says("what is in both sets"),
    function("bitmap_or", "BITMAP_OR", TWO_SETS, ResultRule::Bitmap, AnyArgument).says("what is in either set"),
    function("bitmap_xor", "BITMAP_XOR", TWO_SETS, ResultRule::Bitmap, AnyArgument)
        .says("what is in one of the sets, not in both"),
    function("bitmap_andnot", "BITMAP_ANDNOT", TWO_SETS, ResultRule::Bitmap, AnyArgument)
        .says("what is in the first set, not in the second"),
    function("bitmap_cardinality", "BITMAP_CARDINALITY", ONE_SET, ResultRule::BigInt, AnyArgument)
        .says("how many integers a set has"),
    function("bitmap_to_array", "BITMAP_TO_ARRAY", ONE_SET, ResultRule::Ints, AnyArgument)
        .says("the integers of a set in order, counted without a sign"),
    function("bitmap_to_bytes", "BITMAP_TO_BYTES", ONE_SET, ResultRule::Bytes, AnyArgument).says("the bytes of a set"),
    function("bitmap_to_string", "BITMAP_TO_STRING", ONE_SET, ResultRule::Text, AnyArgument)
        .says("`{1,2,5}`; a text of more than half a mebibyte ends in `...`"),
];
