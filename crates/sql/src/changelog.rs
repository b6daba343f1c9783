//! Which changes each node of a plan emits, as Flink's planner infers it and `EXPLAIN CHANGELOG_MODE` shows it.
//!
//! Two questions, as in Flink. From the inputs up: can there be updates and deletions? From the receiver down: must an
//! update tell the old image (`UB`) as well as the new one (`UA`)? What keeps rows by a key that holds in its input can
//! do without; a filter on other columns, an aggregation and a set operation can't. The receiver does without where it
//! can be had.
//!
//! Yeoul's own operators always tell old images, so that each can take back what it has counted; sinks that keep rows by key
//! leave them out again. What is shown here is what such a plan must send, not what Yeoul's threads pass on.

use std::collections::BTreeMap;

use crate::catalog::TableSpec;
use crate::expr::{Expr, ExprKind};
use crate::plan::{
    AggregateFunction, Branch, JoinHow, JoinKind, Keep, RankRange, Rel, RelOp, SetOperation, SortKey, Target,
};
use crate::walk;

/// What a node may emit besides insertions.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Kinds {
    updates: bool,
    deletes: bool,
}

const APPEND: Kinds = Kinds { updates: false, deletes: false };
const ALL: Kinds = Kinds { updates: true, deletes: true };

impl Kinds {
    fn and(self, other: Kinds) -> Kinds {
        Kinds { updates: self.updates || other.updates, deletes: self.deletes || other.deletes }
    }
}

/// What the receiver of updates needs of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Images {
    /// The new one.
    New,
    /// The old one and the new one.
    Both,
}

/// What each node of a plan emits, by its number.
#[derive(Default)]
pub(crate) struct Changelogs {
    kinds: BTreeMap<u32, Kinds>,
    images: BTreeMap<u32, Images>,
}

impl Changelogs {
    /// Those of all nodes of a job.
    pub(crate) fn of(branches: &[Branch]) -> Changelogs {
        let mut changelogs = Changelogs::default();
        for branch in branches {
            let before = changelogs.images.clone();
            let keeps_by_key = images_wanted(branch) == Images::New;
            if !(keeps_by_key && changelogs.ask(&branch.input, Images::New)) {
                changelogs.images = before;
                changelogs.ask(&branch.input, Images::Both);
            }
        }
        changelogs
    }

    /// `[I,UB,UA,D]`
    pub(crate) fn text(&self, rel: &Rel) -> String {
        let kinds = self.kinds.get(&rel.id).copied().unwrap_or_default();
        let updates = match (kinds.updates, self.images.get(&rel.id)) {
            (false, _) => "",
            (true, Some(Images::New)) => ",UA",
            (true, _) => ",UB,UA",
        };
        format!("[I{updates}{}]", if kinds.deletes { ",D" } else { "" })
    }

    fn kinds(&mut self, rel: &Rel) -> Kinds {
        if let Some(kinds) = self.kinds.get(&rel.id) {
            return *kinds;
        }
        let inputs: Vec<Kinds> = rel.inputs().into_iter().map(|input| self.kinds(input)).collect();
        let kinds = kinds_of(rel, &inputs);
        self.kinds.insert(rel.id, kinds);
        kinds
    }

    /// Asks a node for these images of updates; false where it can't do without old ones.
    fn ask(&mut self, rel: &Rel, wanted: Images) -> bool {
        self.kinds(rel);
        let strictest = self.images.get(&rel.id).copied().unwrap_or(Images::New).max(wanted);
        self.images.insert(rel.id, strictest);
        let inputs = rel.inputs();
        let of_inputs: Vec<Kinds> = inputs.iter().map(|input| self.kinds(input)).collect();
        inputs.iter().zip(&of_inputs).enumerate().all(|(place, (input, kinds))| {
            let below = needed(rel, place, wanted, !kinds.updates && !kinds.deletes);
            below.is_some_and(|below| self.ask(input, if kinds.updates { below } else { Images::New }))
        })
    }
}

/// What a branch's receiver needs: one that writes a log of all changes needs old images, others can do without.
fn images_wanted(branch: &Branch) -> Images {
    let logs = |table: &TableSpec| table.options.get("connector").is_some_and(|connector| connector == "print");
    let by_key = |key: &[usize]| {
        let within = |unique: &Vec<usize>| unique.iter().all(|place| key.contains(place));
        key.is_empty() || branch.input.upsert_keys.iter().any(within)
    };
    match &branch.target {
        Target::Table(table) if logs(table) || !by_key(&table.primary_key) => Images::Both,
        Target::View(view) if !by_key(&view.key) => Images::Both,
        _ => Images::New,
    }
}

fn kinds_of(rel: &Rel, inputs: &[Kinds]) -> Kinds {
    let all = inputs.iter().fold(APPEND, |all, kinds| all.and(*kinds));
    let if_changing = |kinds: Kinds| if all == APPEND { APPEND } else { kinds };
    match &rel.op {
        RelOp::Scan { .. } => Kinds { updates: rel.mode.updates, deletes: rel.mode.deletes },
        RelOp::Values { .. } | RelOp::WindowAggregate { .. } | RelOp::WindowRank { .. } => APPEND,
        RelOp::Project { .. }
        | RelOp::Filter { .. }
        | RelOp::Watermark { .. }
        | RelOp::Window { .. }
        | RelOp::Unnest { .. }
        | RelOp::Materialize { .. }
        | RelOp::Union { .. } => all,
        RelOp::Sort { at_end, .. } => {
            if *at_end {
                APPEND
            } else {
                all
            }
        }
        RelOp::GroupAggregate { .. } => Kinds { updates: true, deletes: all != APPEND },
        RelOp::Deduplicate { keep: Keep::First, .. } => if_changing(ALL),
        RelOp::Limit { .. } => if_changing(ALL),
        RelOp::Deduplicate { .. } | RelOp::Rank { .. } | RelOp::Normalize { .. } => ALL,
        RelOp::Over { .. } if rel.mode.is_append() => APPEND,
        RelOp::Over { .. } => ALL,
        RelOp::Join { how: JoinHow::Interval { .. } | JoinHow::Window { .. }, .. } => APPEND,
        RelOp::Join { how: JoinHow::Temporal { .. }, .. } => inputs.first().copied().unwrap_or_default(),
        RelOp::Join { kind: JoinKind::Inner | JoinKind::Semi, .. } => all,
        RelOp::Join { .. } => ALL,
        RelOp::SetComparison { operation: SetOperation::Intersect, .. } => {
            Kinds { updates: true, deletes: all != APPEND }
        }
        RelOp::SetComparison { .. } => ALL,
    }
}

/// What a node needs of its input at `place` to give what is wanted of it; `None` where it can't.
fn needed(rel: &Rel, place: usize, wanted: Images, appends: bool) -> Option<Images> {
    match &rel.op {
        RelOp::Filter { input, predicate } if wanted == Images::New && !appends => {
            let asked = walk::columns_of(predicate);
            let holds = |key: &Vec<usize>| asked.iter().all(|column| key.contains(column));
            input.upsert_keys.iter().any(holds).then_some(wanted)
        }
        RelOp::Project { .. }
        | RelOp::Filter { .. }
        | RelOp::Watermark { .. }
        | RelOp::Window { .. }
        | RelOp::Unnest { .. }
        | RelOp::Union { .. } => Some(wanted),
        RelOp::Normalize { .. } => Some(Images::New),
        RelOp::Rank { input, order, range, .. } if is_monotonic(input, order, *range) => Some(Images::New),
        RelOp::Join { how: JoinHow::Temporal { .. }, .. } => Some(if place == 0 { wanted } else { Images::New }),
        RelOp::Join { left, right, on, how: JoinHow::Regular | JoinHow::Dictionary, .. } => {
            let side = if place == 0 { left } else { right };
            let keys: Vec<usize> = on.iter().map(|pair| if place == 0 { pair.0 } else { pair.1 }).collect();
            let holds = |unique: &Vec<usize>| keys.iter().all(|key| unique.contains(key));
            let by_key = appends || side.upsert_keys.iter().any(holds);
            match (by_key, wanted) {
                (true, wanted) => Some(wanted),
                (false, Images::New) => None,
                (false, Images::Both) => Some(Images::Both),
            }
        }
        _ => Some(Images::Both),
    }
}

/// Whether rows only ever rise in an order, so that a Top-N needs no old images: the order of a count or a maximum, the
/// highest first, or of a minimum, the lowest first.
fn is_monotonic(input: &Rel, order: &[SortKey], range: RankRange) -> bool {
    let [key] = order else { return false };
    range.first == 1 && rises(input, key.column) == Some(key.descending)
}

/// Whether a column only grows (true) or only falls (false); `None` where it does neither.
fn rises(rel: &Rel, column: usize) -> Option<bool> {
    match &rel.op {
        RelOp::Project { input, exprs } => match exprs.get(column) {
            Some(Expr { kind: ExprKind::Column(below), .. }) => rises(input, *below),
            _ => None,
        },
        RelOp::GroupAggregate { input, keys, aggregates } if input.mode.is_append() => {
            match aggregates.get(column.checked_sub(keys.len())?)?.function {
                AggregateFunction::Count | AggregateFunction::Max => Some(true),
                AggregateFunction::Min => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}
