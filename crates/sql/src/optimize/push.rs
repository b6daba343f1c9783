//! Filters as low as they can stand: below the projections through which their columns only pass.
//!
//! A condition that reads computed columns stays where it is, so that nothing is computed twice and nothing fails that
//! another condition would have kept from failing.

use std::collections::HashMap;
use std::sync::Arc;

use super::with_inputs;
use crate::bind::node;
use crate::bind::operator::balanced;
use crate::expr::{Expr, ExprKind};
use crate::plan::{Rel, RelOp};
use crate::walk;

/// The relations with their filters lowered.
pub(crate) fn lowered(roots: &[Arc<Rel>]) -> Vec<Arc<Rel>> {
    let mut pusher = Pusher::default();
    roots.iter().map(|root| pusher.lowered(root)).collect()
}

/// Nodes that are done, by the address of the old one: shared ones are walked once. The old ones outlive the pusher.
#[derive(Default)]
struct Pusher {
    done: HashMap<*const Rel, Arc<Rel>>,
}

impl Pusher {
    fn lowered(&mut self, rel: &Arc<Rel>) -> Arc<Rel> {
        if let Some(done) = self.done.get(&Arc::as_ptr(rel)) {
            return done.clone();
        }
        let lowered = self.rebuilt(rel);
        self.done.insert(Arc::as_ptr(rel), lowered.clone());
        lowered
    }

    fn rebuilt(&mut self, rel: &Arc<Rel>) -> Arc<Rel> {
        let inputs: Vec<Arc<Rel>> = rel.inputs().into_iter().map(|input| self.lowered(input)).collect();
        let unchanged = inputs.iter().zip(rel.inputs()).all(|(new, old)| Arc::ptr_eq(new, old));
        if let RelOp::Filter { predicate, .. } = &rel.op
            && let [input] = inputs.as_slice()
            && let Some(lower) = below(input, predicate)
        {
            return lower;
        }
        if unchanged {
            return rel.clone();
        }
        Arc::new(Rel { op: with_inputs(&rel.op, &inputs), ..(**rel).clone() })
    }
}

/// The filter of `input`, with what can stand below it there; `None` if nothing can.
fn below(input: &Arc<Rel>, predicate: &Expr) -> Option<Arc<Rel>> {
    let RelOp::Project { input: lower, exprs } = &input.op else { return None };
    let place = |place: usize| match exprs.get(place)?.kind {
        ExprKind::Column(column) => Some(column),
        _ => None,
    };
    let (mut pushed, mut kept) = (Vec::new(), Vec::new());
    for part in walk::conjuncts(predicate.clone()) {
        match walk::moved(&part, &place) {
            // The watermark before a row is the same below, but a condition without columns belongs to where it stands.
            Some(moved) if !walk::columns_of(&part).is_empty() => pushed.push(moved),
            _ => kept.push(part),
        }
    }
    if pushed.is_empty() {
        return None;
    }
    let filter = balanced("and", pushed);
    let filtered = below(lower, &filter).unwrap_or_else(|| node::filter(lower.clone(), filter));
    let names = input.schema.fields.iter().map(|field| field.name.clone()).collect();
    let projected = node::project(filtered, exprs.clone(), names);
    Some(if kept.is_empty() { projected } else { node::filter(projected, balanced("and", kept)) })
}
