//! Functions that choose.

use super::Nulls::{AllArguments, Always};
use super::Param::Common;
use super::{ResultRule, ScalarFunction, function, variadic};

/// `IF`, `NULLIF` and `CASE` are expressions of their own, and `TYPEOF` is answered while a query is read.
pub(super) const CONDITIONS: &[ScalarFunction] = &[
    variadic("coalesce", "COALESCE", &[&[Common]], ResultRule::Common, AllArguments)
        .says("the first argument that is not NULL"),
    function("ifnull", "IFNULL", &[&[Common, Common]], ResultRule::Common, AllArguments)
        .says("the first argument, the second where it is NULL"),
    variadic("greatest", "GREATEST", &[&[Common]], ResultRule::Common, Always).says("the greatest; NULL if any is"),
    variadic("least", "LEAST", &[&[Common]], ResultRule::Common, Always).says("the least; NULL if any is"),
];
