//! Functions of DOUBLEs: angles, logarithms, powers.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use arrow::compute::kernels::arity::binary;
use datafusion::error::Result;

use super::cast::doubles;
use super::function::{Call, Kernel};

/// The kernel of a function of DOUBLEs.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "power" => |call| two(call, f64::powf),
        "sqrt" => |call| one(call, f64::sqrt),
        "ln" => |call| one(call, f64::ln),
        "log10" => |call| one(call, f64::log10),
        "log2" => |call| one(call, |x| x.ln() / 2_f64.ln()),
        "log" => log,
        "exp" => |call| one(call, f64::exp),
        "sin" => |call| one(call, f64::sin),
        "cos" => |call| one(call, f64::cos),
        "tan" => |call| one(call, f64::tan),
        "cot" => |call| one(call, |x| 1.0 / x.tan()),
        "asin" => |call| one(call, f64::asin),
        "acos" => |call| one(call, f64::acos),
        "atan" => |call| one(call, f64::atan),
        "atan2" => |call| two(call, f64::atan2),
        "sinh" => |call| one(call, f64::sinh),
        "cosh" => |call| one(call, f64::cosh),
        "tanh" => |call| one(call, f64::tanh),
        // As Java multiplies: by the rounded quotient.
        "degrees" => |call| one(call, |x| x * (180.0 / std::f64::consts::PI)),
        "radians" => |call| one(call, |x| x * (std::f64::consts::PI / 180.0)),
        "pi" => |call| constant(call, std::f64::consts::PI),
        "e" => |call| constant(call, std::f64::consts::E),
        _ => return None,
    })
}

fn one(call: &Call<'_>, value: fn(f64) -> f64) -> Result<ArrayRef> {
    let values: Float64Array = doubles(&call.array(0)?)?.unary(value);
    Ok(Arc::new(values))
}

fn two(call: &Call<'_>, value: fn(f64, f64) -> f64) -> Result<ArrayRef> {
    let (left, right) = (doubles(&call.array(0)?)?, doubles(&call.array(1)?)?);
    let values: Float64Array = binary(&left, &right, value)?;
    Ok(Arc::new(values))
}

/// `LOG(x)`, `LOG(base, x)`
fn log(call: &Call<'_>) -> Result<ArrayRef> {
    if call.args.len() == 1 { one(call, f64::ln) } else { two(call, |base, x| x.ln() / base.ln()) }
}

fn constant(call: &Call<'_>, value: f64) -> Result<ArrayRef> {
    Ok(Arc::new(Float64Array::from(vec![value; call.rows])))
}
