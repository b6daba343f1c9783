//! `GROUPING SETS`, `CUBE`, `ROLLUP`: the groupings that a `GROUP BY` stands for. Each is an aggregation of its own, and
//! the result is the union of all; keys that a grouping leaves out are NULL in its rows.

use super::Bound;
use crate::ast::expression::Expression;
use crate::ast::query::{GroupBy, GroupingSet, GroupingSets, GroupingSetsKind};
use crate::diagnostic::Diagnostic;

/// The most groupings of one `GROUP BY`: each keeps state of its own.
const GROUPINGS_MAX: usize = 256;
/// The most elements of `CUBE`, whose groupings double with each.
const CUBE_ELEMENTS_MAX: usize = 8;

/// The keys of each grouping.
pub(crate) fn groupings(group_by: &GroupBy) -> Bound<Vec<Vec<&Expression>>> {
    let mut groupings: Vec<Vec<&Expression>> = vec![group_by.keys.iter().collect()];
    for sets in &group_by.sets {
        let more = expanded(sets)?;
        if groupings.len().saturating_mul(more.len()) > GROUPINGS_MAX {
            return Err(too_many(sets));
        }
        let mut product = Vec::with_capacity(groupings.len() * more.len());
        for keys in &groupings {
            product.extend(more.iter().map(|added| keys.iter().chain(added).copied().collect()));
        }
        groupings = product;
    }
    if group_by.distinct {
        let mut seen: Vec<Vec<&Expression>> = Vec::new();
        groupings.retain(|keys| {
            let fresh = !seen.iter().any(|other| same_keys(other, keys));
            seen.push(keys.clone());
            fresh
        });
    }
    Ok(groupings)
}

fn same_keys(a: &[&Expression], b: &[&Expression]) -> bool {
    let within = |a: &[&Expression], b: &[&Expression]| a.iter().all(|key| b.iter().any(|other| same(key, other)));
    within(a, b) && within(b, a)
}

/// Whether two keys are written alike, wherever they stand.
fn same(a: &Expression, b: &Expression) -> bool {
    use crate::ast::expression::ExpressionKind::Name;
    match (&a.kind, &b.kind) {
        (Name(a), Name(b)) => a.iter().map(|part| &part.name).eq(b.iter().map(|part| &part.name)),
        _ => a == b,
    }
}

fn expanded(sets: &GroupingSets) -> Bound<Vec<Vec<&Expression>>> {
    match &sets.kind {
        GroupingSetsKind::Rollup(elements) => {
            let prefix = |count: usize| elements[..count].iter().flatten().collect();
            Ok((0..=elements.len()).rev().map(prefix).collect())
        }
        GroupingSetsKind::Cube(elements) if elements.len() > CUBE_ELEMENTS_MAX => Err(too_many(sets)),
        GroupingSetsKind::Cube(elements) => {
            let subset = |mask: usize| {
                let chosen = elements.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0);
                chosen.flat_map(|(_, keys)| keys).collect()
            };
            Ok((0..1_usize << elements.len()).rev().map(subset).collect())
        }
        GroupingSetsKind::Sets(sets) => {
            let mut all = Vec::new();
            for set in sets {
                match set {
                    GroupingSet::Keys(keys) => all.push(keys.iter().collect()),
                    GroupingSet::Nested(nested) => all.extend(expanded(nested)?),
                }
            }
            Ok(all)
        }
    }
}

fn too_many(sets: &GroupingSets) -> Diagnostic {
    Diagnostic::new(format!("this stands for more than {GROUPINGS_MAX} groupings"), sets.span)
        .with_help("name those that you need in `GROUPING SETS`")
}
