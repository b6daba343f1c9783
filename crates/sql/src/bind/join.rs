//! Joins: inner and left, the right side bounded. Equalities of one side's value with the other's become keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use yeoul_row::LogicalType;

use super::expression::{ExprBinder, unsupported};
use super::from::Relation;
use super::operator::balanced;
use super::scope::Scope;
use super::{Binder, Bound, node};
use crate::ast::expression::{BinaryOperator, Expression, ExpressionKind};
use crate::ast::query::{Join, JoinOn, JoinWord};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind};
use crate::plan::{JoinKind, Rel, TimeAttribute};
use crate::walk;

impl Binder<'_> {
    /// `left JOIN right ON …`
    pub(crate) fn join(&mut self, left: Relation, right: Relation, join: &Join) -> Bound<Relation> {
        let kind = join_kind(join)?;
        check_sides(&left.rel, &right.rel, join)?;
        // For names and types alone: the condition is bound over both sides.
        let both = node::join(left.rel.clone(), right.rel.clone(), JoinKind::Inner, Vec::new(), None);
        let mut scope = Scope::joined(&left.scope, &right.scope, &both);
        let parts = match &join.on {
            JoinOn::Nothing => Vec::new(),
            JoinOn::Condition(condition) => {
                refuse_implicit_casts(condition, &scope)?;
                walk::conjuncts(ExprBinder::new(&scope, "ON").condition(condition)?)
            }
            JoinOn::Using(_) => return Err(unsupported("JOIN … USING", join.span)),
        };
        refuse_interval_join(&left.rel, &right.rel, &parts, join.span)?;
        let rel = Sides::new(left.rel, right.rel).joined(kind, parts);
        scope.schema = rel.schema.clone();
        Ok(Relation { rel, scope, rank: None })
    }
}

/// Flink joins no text with anything else unless the cast is written out.
fn refuse_implicit_casts(condition: &Expression, scope: &Scope) -> Bound<()> {
    match &condition.kind {
        ExpressionKind::Logical(true, parts) => parts.iter().try_for_each(|part| refuse_implicit_casts(part, scope)),
        ExpressionKind::Binary(BinaryOperator::Equals, left, right) => {
            let mut binder = ExprBinder::new(scope, "ON");
            let (left, right) = (binder.bind(left)?.data_type, binder.bind(right)?.data_type);
            let mixed = left.logical.is_character() != right.logical.is_character();
            if mixed && left.logical != LogicalType::Null && right.logical != LogicalType::Null {
                return Err(Diagnostic::new(format!("a join can't compare `{left}` with `{right}`"), condition.span)
                    .with_help("cast one side"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn join_kind(join: &Join) -> Bound<JoinKind> {
    if join.natural {
        return Err(unsupported("NATURAL JOIN", join.span));
    }
    let conditioned = join.on != JoinOn::Nothing;
    match join.kind {
        JoinWord::Right => Err(unsupported("RIGHT JOIN", join.span).with_help("swap the sides and write `LEFT JOIN`")),
        JoinWord::Full => Err(unsupported("FULL JOIN", join.span)),
        JoinWord::Cross if conditioned => Err(Diagnostic::new("a cross join takes no condition", join.span)),
        JoinWord::Cross => Ok(JoinKind::Inner),
        _ if !conditioned => Err(Diagnostic::new("the join has no condition", join.span).with_help("add `ON …`")),
        JoinWord::Inner => Ok(JoinKind::Inner),
        JoinWord::Left => Ok(JoinKind::Left),
    }
}

fn check_sides(left: &Rel, right: &Rel, join: &Join) -> Bound<()> {
    if !right.bounded {
        let help = if left.bounded {
            "put the bounded table on the right"
        } else {
            "the right side must be a table that ends (`filesystem`, `VALUES`)"
        };
        return Err(unsupported("a join with an unbounded right side", join.span).with_help(help));
    }
    if !right.mode.is_append() {
        return Err(unsupported("a join with an updating right side", join.table.span));
    }
    Ok(())
}

/// A condition over time attributes of both sides makes an interval join in Flink.
fn refuse_interval_join(left: &Rel, right: &Rel, parts: &[Expr], span: Span) -> Bound<()> {
    let width = left.schema.fields.len();
    let timed = |place: usize| match place.checked_sub(width) {
        None => left.time[place] != TimeAttribute::None,
        Some(place) => right.time[place] != TimeAttribute::None,
    };
    let interval = parts.iter().any(|part| {
        let columns = walk::columns_of(part);
        let over = |right: bool| columns.iter().any(|place| (*place >= width) == right && timed(*place));
        over(false) && over(true)
    });
    if interval { Err(unsupported("a join over time attributes of both sides (interval join)", span)) } else { Ok(()) }
}

/// The two sides of a join, with the computed keys that it needs.
struct Sides {
    left: Arc<Rel>,
    right: Arc<Rel>,
    left_keys: Vec<Expr>,
    right_keys: Vec<Expr>,
    residual: Vec<Expr>,
}

impl Sides {
    fn new(left: Arc<Rel>, right: Arc<Rel>) -> Sides {
        Sides { left, right, left_keys: Vec::new(), right_keys: Vec::new(), residual: Vec::new() }
    }

    fn width(&self) -> usize {
        self.left.schema.fields.len()
    }

    /// The join under the conjunction of `parts`.
    fn joined(mut self, kind: JoinKind, parts: Vec<Expr>) -> Arc<Rel> {
        for part in parts {
            match self.key_pair(&part) {
                Some((left, right)) => {
                    self.left_keys.push(left);
                    self.right_keys.push(right);
                }
                None => self.residual.push(part),
            }
        }
        self.build(kind)
    }

    /// Both sides of an equality, the right one over the right side's columns.
    fn key_pair(&self, part: &Expr) -> Option<(Expr, Expr)> {
        let ExprKind::Call { function: "equals", args } = &part.kind else { return None };
        let [a, b] = args.as_slice() else { return None };
        let (left, right) = match (self.side(a)?, self.side(b)?) {
            (false, true) => (a, b),
            (true, false) => (b, a),
            _ => return None,
        };
        let width = self.width();
        Some((left.clone(), walk::moved(right, &|place| place.checked_sub(width))?))
    }

    /// Whether an expression lies on the right side (true), the left (false), or both or neither (`None`).
    fn side(&self, expr: &Expr) -> Option<bool> {
        let columns: BTreeSet<usize> = walk::columns_of(expr);
        let rights = columns.iter().filter(|place| **place >= self.width()).count();
        match rights {
            0 if !columns.is_empty() => Some(false),
            n if n > 0 && n == columns.len() => Some(true),
            _ => None,
        }
    }

    fn build(self, kind: JoinKind) -> Arc<Rel> {
        let (width, right_width) = (self.width(), self.right.schema.fields.len());
        let (left, left_places) = with_columns(self.left, self.left_keys);
        let (right, right_places) = with_columns(self.right, self.right_keys);
        let on = left_places.into_iter().zip(right_places).collect();
        let shift = left.schema.fields.len() - width;
        let place = |column: usize| Some(if column < width { column } else { column + shift });
        let residual: Vec<Expr> = self.residual.iter().filter_map(|part| walk::moved(part, &place)).collect();
        let residual = if residual.is_empty() { None } else { Some(balanced("and", residual)) };
        let added = shift > 0 || right.schema.fields.len() > right_width;
        let start = left.schema.fields.len();
        let joined = node::join(left, right, kind, on, residual);
        if !added {
            return joined;
        }
        let kept: Vec<usize> = (0..width).chain(start..start + right_width).collect();
        let exprs = kept.iter().map(|place| node::column(&joined, *place)).collect();
        let names = kept.iter().map(|place| joined.schema.fields[*place].name.clone()).collect();
        node::project(joined, exprs, names)
    }
}

/// `rel` with each of `exprs` as a column, and their places.
fn with_columns(rel: Arc<Rel>, keys: Vec<Expr>) -> (Arc<Rel>, Vec<usize>) {
    let mut exprs = node::columns(&rel);
    let mut names: Vec<String> = rel.schema.fields.iter().map(|field| field.name.clone()).collect();
    let width = exprs.len();
    let mut places = Vec::with_capacity(keys.len());
    for key in keys {
        let known = exprs.iter().position(|expr| expr.kind == key.kind);
        places.push(known.unwrap_or(exprs.len()));
        if known.is_none() {
            names.push(format!("key{}", exprs.len()));
            exprs.push(key);
        }
    }
    let rel = if exprs.len() == width { rel } else { node::project(rel, exprs, names) };
    (rel, places)
}
