//! Which names a query can use, and which column of its input each stands for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use yeoul_row::{Field, LogicalType, RowType};

use super::Bound;
use super::answer::Answer;
use crate::ast::Ident;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind};
use crate::nearest::did_you_mean;
use crate::plan::{JoinKind, Rel, TimeAttribute};

/// The columns of a relation under the names that a query gives them.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// One per column of the relation.
    pub(crate) columns: Vec<ScopeColumn>,
    pub(crate) schema: Arc<RowType>,
    pub(crate) time: Vec<TimeAttribute>,
    /// How many of the columns, the first ones, are those of the query around: they are meant only where no other fits.
    pub(crate) outer: usize,
    /// Queries that were joined to the relation, as the values that expressions make of them.
    pub(crate) values: Vec<QueryValue>,
    /// How many of the columns, the first ones, a correlated query is computed for; which of them are named is noted.
    pub(crate) domain: usize,
    pub(crate) noted: Rc<RefCell<BTreeSet<usize>>>,
}

/// What a query within an expression stands for, once it is joined to the relation that the expression is over.
#[derive(Clone, Debug)]
pub(crate) struct QueryValue {
    /// Where the expression stands that holds the query.
    pub(crate) span: Span,
    /// The value, but for what it is compared with.
    pub(crate) answer: Answer,
    /// Whether the query names columns of the relation.
    pub(crate) correlated: bool,
    /// Which columns of the relation the value is computed of besides.
    pub(crate) reads: BTreeSet<usize>,
}

/// One name.
#[derive(Clone, Debug)]
pub(crate) struct ScopeColumn {
    /// The table's alias or name; empty: none.
    pub(crate) qualifier: String,
    pub(crate) name: String,
    /// Whether only its table's name leads to it (`USING` has a column in its place, or it is no column of the text).
    pub(crate) hidden: bool,
}

/// What a name stands for.
pub(crate) struct Resolved {
    pub(crate) place: usize,
    /// How many parts of the name were used; the rest are fields.
    pub(crate) used: usize,
}

impl Scope {
    /// The columns of `rel`, all of the table `qualifier`.
    pub(crate) fn of(rel: &Rel, qualifier: &str) -> Scope {
        let column =
            |field: &Field| ScopeColumn { qualifier: qualifier.to_owned(), name: field.name.clone(), hidden: false };
        let columns = rel.schema.fields.iter().map(column).collect();
        Scope { columns, schema: rel.schema.clone(), time: rel.time.clone(), ..Scope::empty() }
    }

    /// Columns of no table, of these names.
    pub(crate) fn of_fields(fields: &[Field]) -> Scope {
        let column = |field: &Field| ScopeColumn { qualifier: String::new(), name: field.name.clone(), hidden: false };
        let time = vec![TimeAttribute::None; fields.len()];
        let schema = Arc::new(RowType::new(fields.to_vec()));
        Scope { columns: fields.iter().map(column).collect(), schema, time, ..Scope::empty() }
    }

    /// Both sides of a join, before it is a relation.
    pub(crate) fn joined(left: &Scope, right: &Scope, kind: JoinKind) -> Scope {
        let fields = |scope: &Scope, may_miss: bool| -> Vec<Field> {
            let nullable = |field: &Field| field.data_type.nullable || may_miss;
            let field = |field: &Field| Field::new(&field.name, field.data_type.clone().with_nullable(nullable(field)));
            scope.schema.fields.iter().map(field).collect()
        };
        let mut both = fields(left, kind.keeps_right());
        both.extend(fields(right, kind.keeps_left()));
        let columns = left.columns.iter().chain(&right.columns).cloned().collect();
        let time = left.time.iter().chain(&right.time).copied().collect();
        Scope { columns, schema: Arc::new(RowType::new(both)), time, ..left.clone() }
    }

    /// The names of a query within another, whose columns stand in front.
    pub(crate) fn nested(outer: &Scope, inner: &Scope) -> Scope {
        Scope { outer: outer.columns.len(), values: Vec::new(), ..Scope::joined(outer, inner, JoinKind::Inner) }
    }

    /// No columns: for constants.
    pub(crate) fn empty() -> Scope {
        let schema = Arc::new(RowType::default());
        let (values, noted) = (Vec::new(), Rc::default());
        Scope { columns: Vec::new(), schema, time: Vec::new(), outer: 0, values, domain: 0, noted }
    }

    /// What the query of the expression at `span` stands for, if it was joined.
    pub(crate) fn value_at(&self, span: Span) -> Option<&QueryValue> {
        self.values.iter().find(|value| value.span == span)
    }

    /// Columns `keys` of this scope as those that a correlated query is computed for.
    pub(crate) fn as_domain(&self, keys: &[usize], rel: &Rel) -> Scope {
        let columns: Vec<ScopeColumn> = keys.iter().filter_map(|key| self.columns.get(*key)).cloned().collect();
        let count = columns.len();
        Scope {
            columns,
            schema: rel.schema.clone(),
            time: rel.time.clone(),
            outer: count,
            domain: count,
            ..Scope::empty()
        }
    }

    /// Which columns of the domain were named since the last time.
    pub(crate) fn take_named(&self) -> BTreeSet<usize> {
        self.noted.take()
    }

    /// Which columns of the domain were named so far.
    pub(crate) fn named_of_domain(&self) -> Vec<usize> {
        self.noted.borrow().iter().copied().collect()
    }

    /// Notes that the column at `place` was named.
    pub(crate) fn note(&self, place: usize) {
        if place < self.domain {
            self.noted.borrow_mut().insert(place);
        }
    }

    /// The places of the column `name` left and right of place `width`.
    pub(crate) fn pair(&self, name: &Ident, width: usize) -> Bound<(usize, usize)> {
        let one = |range: std::ops::Range<usize>| self.unique(None, name, range);
        Ok((one(self.outer..width)?, one(width..self.columns.len())?))
    }

    /// That the columns `name` left and right of place `width` are equal.
    pub(crate) fn equal(&self, name: &Ident, width: usize) -> Bound<Expr> {
        let (left, right) = self.pair(name, width)?;
        let column = |place: usize| Expr::column(place, self.schema.fields[place].data_type.clone());
        super::operator::compare("equals", "=", column(left), column(right), name.span)
    }

    /// The column for a name, with the fields behind it.
    pub(crate) fn resolve(&self, parts: &[Ident]) -> Bound<Expr> {
        let resolved = self.find(parts)?;
        self.note(resolved.place);
        let mut expr = Expr::column(resolved.place, self.schema.fields[resolved.place].data_type.clone());
        for part in &parts[resolved.used..] {
            expr = field_of(expr, part)?;
        }
        Ok(expr)
    }

    fn find(&self, parts: &[Ident]) -> Bound<Resolved> {
        let own = self.find_in(parts, self.outer..self.columns.len());
        if own.is_ok() || self.outer == 0 {
            return own;
        }
        self.find_in(parts, 0..self.outer).or(own)
    }

    fn find_in(&self, parts: &[Ident], range: Range<usize>) -> Bound<Resolved> {
        let [first, rest @ ..] = parts else { return Err(Diagnostic::new("the name is empty", Span::default())) };
        let columns = &self.columns[range.clone()];
        if let Some(second) = rest.first()
            && columns.iter().any(|column| column.qualifier == first.name)
        {
            let place = self.unique(Some(&first.name), second, range)?;
            return Ok(Resolved { place, used: 2 });
        }
        if !rest.is_empty() && !columns.iter().any(|column| column.name == first.name) {
            return Err(self.unknown_table(first));
        }
        Ok(Resolved { place: self.unique(None, first, range)?, used: 1 })
    }

    /// The one column of this name (and table, if given) within a range of places.
    fn unique(&self, qualifier: Option<&str>, name: &Ident, range: Range<usize>) -> Bound<usize> {
        let fits = |column: &ScopeColumn| {
            column.name == name.name && qualifier.map_or(!column.hidden, |qualifier| qualifier == column.qualifier)
        };
        let mut places = range.clone().filter(|place| fits(&self.columns[*place]));
        let Some(place) = places.next() else { return Err(self.unknown_column(qualifier, name)) };
        if places.next().is_some() || (qualifier.is_none() && self.is_field_elsewhere(name, place, range)) {
            return Err(self.ambiguous(name));
        }
        Ok(place)
    }

    /// Whether a ROW of another table has a field of this name: Flink lets such fields be named without their row.
    fn is_field_elsewhere(&self, name: &Ident, place: usize, mut range: Range<usize>) -> bool {
        let own = &self.columns[place].qualifier;
        range.any(|other| {
            let column = &self.columns[other];
            column.qualifier != *own
                && !column.hidden
                && has_field(&self.schema.fields[other].data_type.logical, &name.name)
        })
    }

    fn unknown_column(&self, qualifier: Option<&str>, name: &Ident) -> Diagnostic {
        let columns = self.columns.iter().filter(|column| qualifier.is_none_or(|q| q == column.qualifier));
        let names: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
        let place = qualifier.map_or(String::new(), |table| format!(" in `{table}`"));
        let mut help = did_you_mean(&name.name, &names, "columns");
        if names.iter().any(|other| other.eq_ignore_ascii_case(&name.name)) {
            help.push_str(" (names are case-sensitive)");
        }
        Diagnostic::new(format!("unknown column `{}`{place}", name.name), name.span).with_help(help)
    }

    fn ambiguous(&self, name: &Ident) -> Diagnostic {
        let tables = self.columns.iter().filter(|column| column.name == name.name && !column.qualifier.is_empty());
        let full: Vec<String> = tables.map(|column| format!("`{}.{}`", column.qualifier, column.name)).collect();
        Diagnostic::new(format!("the column `{}` is ambiguous", name.name), name.span)
            .with_help(format!("say which: {}", full.join(" or ")))
    }

    fn unknown_table(&self, name: &Ident) -> Diagnostic {
        let mut tables: Vec<&str> = self.columns.iter().map(|column| column.qualifier.as_str()).collect();
        tables.retain(|table| !table.is_empty());
        tables.dedup();
        Diagnostic::new(format!("unknown table `{}`", name.name), name.span).with_help(did_you_mean(
            &name.name,
            &tables,
            "tables here",
        ))
    }

    /// The places of a table's columns, `None` if there is no such table.
    pub(crate) fn places_of(&self, qualifier: &str) -> Option<Vec<usize>> {
        let own = self.columns.iter().enumerate().skip(self.outer);
        let places = own.filter(|(_, column)| column.qualifier == qualifier);
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        (!places.is_empty()).then_some(places)
    }

    /// The refusal of `t.*`.
    pub(crate) fn unknown_star(&self, name: &Ident) -> Diagnostic {
        self.unknown_table(name)
    }
}

/// Whether a ROW has a field of this name, at any depth.
fn has_field(logical: &LogicalType, name: &str) -> bool {
    let LogicalType::Row(row) = logical else { return false };
    row.fields.iter().any(|field| field.name == name || has_field(&field.data_type.logical, name))
}

/// A field of a ROW.
pub(crate) fn field_of(row: Expr, name: &Ident) -> Bound<Expr> {
    let LogicalType::Row(fields) = &row.data_type.logical else {
        let found = &row.data_type;
        return Err(Diagnostic::new(
            format!("`{}` is asked of a value that is no ROW, but `{found}`", name.name),
            name.span,
        ));
    };
    let Some(place) = fields.index_of(&name.name) else {
        let names: Vec<&str> = fields.fields.iter().map(|field| field.name.as_str()).collect();
        let help = did_you_mean(&name.name, &names, "fields");
        return Err(Diagnostic::new(format!("unknown field `{}`", name.name), name.span).with_help(help));
    };
    let own = &fields.fields[place].data_type;
    let data_type = own.clone().with_nullable(own.nullable || row.data_type.nullable);
    Ok(Expr { kind: ExprKind::Field { row: Box::new(row), field: place }, data_type })
}
