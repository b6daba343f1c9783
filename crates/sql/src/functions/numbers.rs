//! Functions of numbers.

use super::Nulls::{AnyArgument, Never};
use super::Param::{Double, Int, Number};
use super::{NOTHING, Param, ResultRule, ScalarFunction, function};

const ONE_DOUBLE: &[&[Param]] = &[&[Double]];
const TWO_DOUBLES: &[&[Param]] = &[&[Double, Double]];

/// A function of one DOUBLE.
const fn double(name: &'static str, sql: &'static str, doc: &'static str) -> ScalarFunction {
    function(name, sql, ONE_DOUBLE, ResultRule::Double, AnyArgument).says(doc)
}

pub(super) const NUMBERS: &[ScalarFunction] = &[
    function("abs", "ABS", &[&[Number]], ResultRule::Argument(0), AnyArgument).says("without its sign"),
    function("ceil", "CEIL CEILING", &[&[Number]], ResultRule::DecimalFloor, AnyArgument)
        .says("the least whole number that is not below it; `CEIL(a TO unit)` for moments"),
    function("floor", "FLOOR", &[&[Number]], ResultRule::DecimalFloor, AnyArgument)
        .says("the greatest whole number that is not above it; `FLOOR(a TO unit)` for moments"),
    function("round", "ROUND", &[&[Number], &[Number, Int]], ResultRule::DecimalRound, AnyArgument)
        .says("to so many digits behind the point, half away from zero"),
    function("truncate", "TRUNCATE", &[&[Number], &[Number, Int]], ResultRule::DecimalRound, AnyArgument)
        .says("cut off after so many digits behind the point"),
    function("sign", "SIGN", &[&[Number]], ResultRule::Argument(0), AnyArgument).says("-1, 0 or 1"),
    function("power", "POWER", TWO_DOUBLES, ResultRule::Double, AnyArgument)
        .says("the first to the power of the second"),
    double("sqrt", "SQRT", "the square root"),
    double("ln", "LN", "the natural logarithm"),
    double("log10", "LOG10", "the logarithm of base 10"),
    double("log2", "LOG2", "the logarithm of base 2"),
    function("log", "LOG", &[&[Double], &[Double, Double]], ResultRule::Double, AnyArgument)
        .says("the natural logarithm; with two arguments the second's logarithm of the first as base"),
    double("exp", "EXP", "e to this power"),
    double("sin", "SIN", "the sine"),
    double("cos", "COS", "the cosine"),
    double("tan", "TAN", "the tangent"),
    double("cot", "COT", "the cotangent"),
    double("asin", "ASIN", "the arc sine"),
    double("acos", "ACOS", "the arc cosine"),
    double("atan", "ATAN", "the arc tangent"),
    function("atan2", "ATAN2", TWO_DOUBLES, ResultRule::Double, AnyArgument)
        .says("the angle of the point whose ordinate comes first"),
    double("sinh", "SINH", "the hyperbolic sine"),
    double("cosh", "COSH", "the hyperbolic cosine"),
    double("tanh", "TANH", "the hyperbolic tangent"),
    double("degrees", "DEGREES", "radians as degrees"),
    double("radians", "RADIANS", "degrees as radians"),
    function("pi", "PI", NOTHING, ResultRule::Double, Never).says("π"),
    function("e", "E", NOTHING, ResultRule::Double, Never).says("e"),
    function("rand", "RAND", &[&[], &[Int]], ResultRule::Double, AnyArgument)
        .says("a random number from 0 to 1, for each row; the same sequence for the same seed"),
    function("rand_integer", "RAND_INTEGER", &[&[Int], &[Int, Int]], ResultRule::Int, AnyArgument)
        .says("a random integer from 0 to below the last argument, for each row; a seed may come first")
        .fails(),
];
