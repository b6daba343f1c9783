//! Bounds on the distance of two time attributes, as conditions of a join write them: `l.ts BETWEEN r.ts - x AND r.ts + y`,
//! `l.ts = r.ts`, and comparisons of either direction.

use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{Rel, TimeAttribute};

/// `lower <= left time - right time <= upper`, in milliseconds.
pub(crate) struct Distance {
    /// The places of the time attributes, on the left and on the right.
    pub(crate) times: (usize, usize),
    pub(crate) lower: i64,
    pub(crate) upper: i64,
    /// The conditions that say something else.
    pub(crate) rest: Vec<Expr>,
}

/// One side of a comparison: a time attribute, shifted.
#[derive(Clone, Copy)]
struct Moment {
    place: usize,
    shift: i64,
}

/// What one condition says of left time minus right time.
struct Limit {
    times: (usize, usize),
    lower: Option<i64>,
    upper: Option<i64>,
}

/// The bounds, if `parts` give a lower and an upper one for one pair of time attributes of one kind.
pub(crate) fn distance(left: &Rel, right: &Rel, parts: &[Expr]) -> Option<Distance> {
    let limits: Vec<Option<Limit>> = parts.iter().map(|part| limit(left, right, part)).collect();
    let times = limits.iter().flatten().next()?.times;
    let (mut lower, mut upper) = (None::<i64>, None::<i64>);
    let mut rest = Vec::new();
    for (limit, part) in limits.into_iter().zip(parts) {
        match limit.filter(|limit| limit.times == times) {
            Some(limit) => {
                lower = limit.lower.into_iter().chain(lower).max();
                upper = limit.upper.into_iter().chain(upper).min();
            }
            None => rest.push(part.clone()),
        }
    }
    Some(Distance { times, lower: lower?, upper: upper?, rest })
}

fn limit(left: &Rel, right: &Rel, part: &Expr) -> Option<Limit> {
    let ExprKind::Call { function, args } = &part.kind else { return None };
    let [a, b] = args.as_slice() else { return None };
    let (a, b) = (moment(a)?, moment(b)?);
    let width = left.schema.fields.len();
    let (function, l, r) = match (a.place < width, b.place < width) {
        (true, false) => (*function, a, b),
        (false, true) => (mirrored(function), b, a),
        _ => return None,
    };
    let times = (l.place, r.place - width);
    let (left_time, right_time) = (left.time[times.0], right.time[times.1]);
    if left_time == TimeAttribute::None || left_time != right_time {
        return None;
    }
    // l + shift ? r + shift, so l - r ? difference of the shifts.
    let apart = r.shift.checked_sub(l.shift)?;
    let (lower, upper) = match function {
        "greater_or_equal" => (Some(apart), None),
        "greater_than" => (Some(apart.checked_add(1)?), None),
        "less_or_equal" => (None, Some(apart)),
        "less_than" => (None, Some(apart.checked_sub(1)?)),
        "equals" => (Some(apart), Some(apart)),
        _ => return None,
    };
    Some(Limit { times, lower, upper })
}

fn mirrored(function: &'static str) -> &'static str {
    match function {
        "greater_or_equal" => "less_or_equal",
        "greater_than" => "less_than",
        "less_or_equal" => "greater_or_equal",
        "less_than" => "greater_than",
        other => other,
    }
}

/// A column, plus or minus constant intervals.
fn moment(expr: &Expr) -> Option<Moment> {
    match &expr.kind {
        ExprKind::Column(place) => Some(Moment { place: *place, shift: 0 }),
        // A comparison of a rowtime with a shifted one casts to the wider precision at most.
        ExprKind::Cast { value, .. } if expr.data_type.logical.is_timestamp() => moment(value),
        ExprKind::Call { function, args } => {
            let [value, interval] = args.as_slice() else { return None };
            let ExprKind::Literal(Literal::Millis(millis)) = interval.kind else { return None };
            let by = match *function {
                "datetime_plus" => millis,
                "datetime_minus" => millis.checked_neg()?,
                _ => return None,
            };
            let moment = moment(value)?;
            Some(Moment { shift: moment.shift.checked_add(by)?, ..moment })
        }
        _ => None,
    }
}
