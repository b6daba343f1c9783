//! `CREATE TABLE … LIKE t`: the definition of `t` and the new one as one, by Flink's merging rules (FLIP-110).

use crate::ast::Ident;
use crate::ast::create::{ColumnDefinition, ColumnKind, CreateTable, Like, LikeFeature, Merging};
use crate::diagnostic::{Diagnostic, Span};

type Merged<T> = Result<T, Diagnostic>;

/// What the rules say of each feature.
struct Rules<'a> {
    like: &'a Like,
}

impl Rules<'_> {
    /// `INCLUDING ALL OVERWRITING OPTIONS` if nothing is said, then the rules in their order.
    fn of(&self, feature: LikeFeature) -> Merging {
        let first = if feature == LikeFeature::Options { Merging::Overwriting } else { Merging::Including };
        let rules = self.like.rules.iter();
        let all = rules.clone().rev().find(|rule| rule.feature == LikeFeature::All).map(|rule| rule.merging);
        let own = rules.rev().find(|rule| rule.feature == feature).map(|rule| rule.merging);
        own.or(all).unwrap_or(first)
    }

    /// A feature that both may have: the new one, the old one, or the refusal of both.
    fn one<T: Clone>(&self, feature: LikeFeature, new: Option<T>, old: Option<T>, what: &str) -> Merged<Option<T>> {
        match (self.of(feature), new, old) {
            (Merging::Including, Some(_), Some(_)) => Err(self.both(what)),
            (Merging::Excluding, new, _) => Ok(new),
            (_, Some(new), _) => Ok(Some(new)),
            (_, None, old) => Ok(old),
        }
    }

    fn takes(&self, column: &ColumnDefinition) -> bool {
        feature(&column.kind).is_none_or(|feature| self.of(feature) != Merging::Excluding)
    }

    fn both(&self, what: &str) -> Diagnostic {
        let name = &self.like.table;
        Diagnostic::new(format!("`{}` has {what} already", name.key()), name.span).with_help(
            "leave it out here, or say `EXCLUDING` or `OVERWRITING` behind `LIKE t`: `LIKE t (EXCLUDING CONSTRAINTS)`",
        )
    }
}

/// Refuses rules that contradict each other.
fn check_rules(like: &Like) -> Merged<()> {
    for (place, rule) in like.rules.iter().enumerate() {
        if like.rules[..place].iter().any(|other| other.feature == rule.feature) {
            return Err(Diagnostic::new("this of the table is ruled twice", rule.span).with_help("keep one rule"));
        }
        let never = matches!(
            rule.feature,
            LikeFeature::All | LikeFeature::Constraints | LikeFeature::Distribution | LikeFeature::Partitions
        );
        if never && rule.merging == Merging::Overwriting {
            return Err(Diagnostic::new("this of the table can't be overwritten", rule.span)
                .with_help("say `EXCLUDING` and declare it anew"));
        }
    }
    Ok(())
}

/// `create` with what it takes over of `base`.
///
/// # Errors
/// What both have and no rule decides.
pub(super) fn merged(create: &CreateTable, like: &Like, base: &CreateTable) -> Merged<CreateTable> {
    check_rules(like)?;
    let rules = Rules { like };
    let mut table = create.clone();
    table.like = None;
    table.columns = columns(&rules, create, base)?;
    table.watermark =
        rules.one(LikeFeature::Watermarks, create.watermark.clone(), base.watermark.clone(), "a watermark")?;
    if base.primary_key.is_some() {
        table.columns = with_key_columns(table.columns, base);
    }
    table.primary_key =
        rules.one(LikeFeature::Constraints, create.primary_key.clone(), base.primary_key.clone(), "a primary key")?;
    table.distribution = rules.one(
        LikeFeature::Distribution,
        create.distribution.clone(),
        base.distribution.clone(),
        "a distribution",
    )?;
    let (new, old) = (given(&create.partitioned_by), given(&base.partitioned_by));
    table.partitioned_by = rules.one(LikeFeature::Partitions, new, old, "partitions")?.unwrap_or_default();
    table.options = options(&rules, create, base)?;
    Ok(table)
}

/// The columns of the base's key hold no NULLs, whether or not the key is taken over.
fn with_key_columns(columns: Vec<ColumnDefinition>, base: &CreateTable) -> Vec<ColumnDefinition> {
    let Some(key) = &base.primary_key else { return columns };
    columns.into_iter().map(|column| column.not_null_in(key)).collect()
}

fn given(columns: &[Ident]) -> Option<Vec<Ident>> {
    (!columns.is_empty()).then(|| columns.to_vec())
}

fn options(rules: &Rules<'_>, create: &CreateTable, base: &CreateTable) -> Merged<Vec<crate::ast::OptionPair>> {
    let merging = rules.of(LikeFeature::Options);
    if merging == Merging::Excluding {
        return Ok(create.options.clone());
    }
    let mut options = base.options.clone();
    for option in &create.options {
        match options.iter_mut().find(|other| other.key == option.key) {
            Some(_) if merging == Merging::Including => {
                let message = format!("`{}` has the option `{}` already", rules.like.table.key(), option.key);
                return Err(Diagnostic::new(message, option.span).with_help("say `LIKE t (OVERWRITING OPTIONS)`"));
            }
            Some(other) => other.clone_from(option),
            None => options.push(option.clone()),
        }
    }
    Ok(options)
}

/// The columns that are taken over, then the new ones; a new one of the same name and kind stands in the old one's place.
fn columns(rules: &Rules<'_>, create: &CreateTable, base: &CreateTable) -> Merged<Vec<ColumnDefinition>> {
    let mut columns: Vec<ColumnDefinition> =
        base.columns.iter().filter(|column| rules.takes(column)).cloned().collect();
    for column in &create.columns {
        let Some(old) = columns.iter_mut().find(|old| old.name.name == column.name.name) else {
            columns.push(column.clone());
            continue;
        };
        let overwrites = match (feature(&old.kind), feature(&column.kind)) {
            (Some(old), Some(new)) if old == new => rules.of(new) == Merging::Overwriting,
            _ => false,
        };
        if !overwrites {
            return Err(clash(rules, &column.name.name, column.name.span));
        }
        old.clone_from(column);
    }
    Ok(columns)
}

fn clash(rules: &Rules<'_>, name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("`{}` has a column `{name}` already", rules.like.table.key()), span)
        .with_help("leave it out here; a computed or metadata column can be replaced: `LIKE t (OVERWRITING GENERATED)`")
}

/// Which rule a column is under; a physical one is always taken.
fn feature(kind: &ColumnKind) -> Option<LikeFeature> {
    match kind {
        ColumnKind::Physical(_) | ColumnKind::OfQuery => None,
        ColumnKind::Computed(_) => Some(LikeFeature::Generated),
        ColumnKind::Metadata { .. } => Some(LikeFeature::Metadata),
    }
}
