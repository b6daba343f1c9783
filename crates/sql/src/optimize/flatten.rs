//! Fields of a row that is read from a table as columns of their own, right above the scan, where nobody reads the row as a
//! whole. What stands between then carries, filters and computes with the fields that are read and no others, and the scan
//! knows which ones it need not decode.
//!
//! A row passes through projections, filters and watermarks; any other operation reads it whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use yeoul_row::LogicalType;

use super::share::Shared;
use super::with_inputs;
use crate::bind::node;
use crate::expr::{Expr, ExprKind};
use crate::plan::{Rel, RelOp};
use crate::walk;

/// What is read of a column.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Reads {
    /// These fields of its rows; none: it is carried along only.
    Fields(BTreeSet<usize>),
    Whole,
}

impl Reads {
    fn add(&mut self, other: &Reads) {
        match (&mut *self, other) {
            (Reads::Fields(own), Reads::Fields(other)) => own.extend(other),
            _ => *self = Reads::Whole,
        }
    }
}

/// Where a column is now.
#[derive(Clone, Debug)]
enum At {
    Column(usize),
    /// For each of its fields that is read, the column.
    Fields(BTreeMap<usize, usize>),
}

/// A node anew, and where its columns are.
#[derive(Clone)]
struct Flat {
    rel: Arc<Rel>,
    at: Vec<At>,
}

/// The branches' inputs with rows flattened; `None` if there are none to flatten.
pub(crate) fn flattened(plan: &Shared) -> Option<Vec<Arc<Rel>>> {
    let reads = reads(plan);
    let any = plan.nodes.iter().zip(&reads).any(|(rel, reads)| !flat_columns(rel, reads).is_empty());
    if !any {
        return None;
    }
    let mut done: Vec<Flat> = Vec::with_capacity(plan.nodes.len());
    for (rel, reads) in plan.nodes.iter().zip(&reads) {
        let below: Vec<Flat> = rel.inputs().into_iter().map(|input| done[Shared::place(input)].clone()).collect();
        done.push(rebuilt(rel, &below, reads));
    }
    Some(plan.tops.iter().map(|top| done[*top].rel.clone()).collect())
}

/// For each node what is read of each of its columns.
fn reads(plan: &Shared) -> Vec<Vec<Reads>> {
    let none = |rel: &Arc<Rel>| vec![Reads::Fields(BTreeSet::new()); rel.schema.fields.len()];
    let mut reads: Vec<Vec<Reads>> = plan.nodes.iter().map(none).collect();
    for top in &plan.tops {
        reads[*top].fill(Reads::Whole);
    }
    // Readers stand behind what they read.
    for place in (0..plan.nodes.len()).rev() {
        let own = reads[place].clone();
        read_by(&plan.nodes[place], &own, &mut reads);
    }
    reads
}

/// Adds what a node reads of its inputs, of whose own columns `own` is read.
fn read_by(rel: &Rel, own: &[Reads], reads: &mut [Vec<Reads>]) {
    match &rel.op {
        RelOp::Project { input, exprs } => {
            let input = &mut reads[Shared::place(input)];
            for (expr, own) in exprs.iter().zip(own) {
                match expr.kind {
                    ExprKind::Column(place) => input[place].add(own),
                    _ => read_by_expr(expr, input),
                }
            }
        }
        RelOp::Filter { input, predicate } => {
            let input = &mut reads[Shared::place(input)];
            input.iter_mut().zip(own).for_each(|(input, own)| input.add(own));
            read_by_expr(predicate, input);
        }
        RelOp::Watermark { input, rowtime, expr, .. } => {
            let input = &mut reads[Shared::place(input)];
            input.iter_mut().zip(own).for_each(|(input, own)| input.add(own));
            input[*rowtime] = Reads::Whole;
            read_by_expr(expr, input);
        }
        _ => rel.inputs().into_iter().for_each(|input| reads[Shared::place(input)].fill(Reads::Whole)),
    }
}

fn read_by_expr(expr: &Expr, reads: &mut [Reads]) {
    match &expr.kind {
        ExprKind::Column(place) => reads[*place] = Reads::Whole,
        ExprKind::Field { row, field } if matches!(row.kind, ExprKind::Column(_)) => {
            let ExprKind::Column(place) = row.kind else { return };
            reads[place].add(&Reads::Fields(BTreeSet::from([*field])));
        }
        _ => walk::for_children(expr, |child| read_by_expr(child, reads)),
    }
}

/// The columns of a scan that are flattened, with their fields.
fn flat_columns<'a>(rel: &Rel, reads: &'a [Reads]) -> BTreeMap<usize, &'a BTreeSet<usize>> {
    if !matches!(rel.op, RelOp::Scan { .. }) {
        return BTreeMap::new();
    }
    let fields = rel.schema.fields.iter().zip(reads).enumerate();
    let flat = fields.filter_map(|(place, (field, reads))| match reads {
        Reads::Fields(read) if !read.is_empty() && matches!(field.data_type.logical, LogicalType::Row(_)) => {
            Some((place, read))
        }
        _ => None,
    });
    flat.collect()
}

fn rebuilt(rel: &Arc<Rel>, below: &[Flat], reads: &[Reads]) -> Flat {
    match &rel.op {
        RelOp::Scan { .. } => scanned(rel, reads),
        RelOp::Project { exprs, .. } => projected(rel, &below[0], exprs),
        RelOp::Filter { predicate, .. } => {
            let filtered = node::filter(below[0].rel.clone(), below[0].moved(predicate));
            Flat { rel: filtered, at: below[0].at.clone() }
        }
        RelOp::Watermark { rowtime, expr, emit, idle_timeout, .. } => {
            let (input, expr) = (below[0].rel.clone(), below[0].moved(expr));
            let marked = node::watermark(input, below[0].column(*rowtime), expr, *emit, *idle_timeout);
            Flat { rel: marked, at: below[0].at.clone() }
        }
        // Whoever reads rows whole has all columns where they were.
        _ => {
            let inputs: Vec<Arc<Rel>> = below.iter().map(|input| input.rel.clone()).collect();
            let op = with_inputs(&rel.op, &inputs);
            Flat { rel: Arc::new(Rel { op, ..(**rel).clone() }), at: identity(rel) }
        }
    }
}

fn identity(rel: &Rel) -> Vec<At> {
    (0..rel.schema.fields.len()).map(At::Column).collect()
}

/// A scan that knows what is read, under a projection to the fields.
fn scanned(rel: &Arc<Rel>, reads: &[Reads]) -> Flat {
    let flat = flat_columns(rel, reads);
    let RelOp::Scan { table, projection, .. } = &rel.op else { return Flat { rel: rel.clone(), at: identity(rel) } };
    if flat.is_empty() {
        return Flat { rel: rel.clone(), at: identity(rel) };
    }
    let fields = (0..projection.len()).map(|place| flat.get(&place).map(|read| read.iter().copied().collect()));
    let op = RelOp::Scan { table: table.clone(), projection: projection.clone(), fields: fields.collect() };
    let scan = Arc::new(Rel { op, ..(**rel).clone() });
    let mut columns = Columns::default();
    let at = (0..projection.len()).map(|place| match flat.get(&place) {
        None => At::Column(columns.push(node::column(&scan, place), scan.schema.fields[place].name.clone())),
        Some(read) => At::Fields(read.iter().map(|field| (*field, columns.field(&scan, place, *field))).collect()),
    });
    let at = at.collect();
    Flat { rel: node::project(scan, columns.exprs, columns.names), at }
}

/// The columns of a projection under construction.
#[derive(Default)]
struct Columns {
    exprs: Vec<Expr>,
    names: Vec<String>,
}

impl Columns {
    fn push(&mut self, expr: Expr, name: String) -> usize {
        self.exprs.push(expr);
        self.names.push(name);
        self.exprs.len() - 1
    }

    /// The field of a row of the input, NULL where the row is.
    fn field(&mut self, input: &Arc<Rel>, place: usize, field: usize) -> usize {
        let row = node::column(input, place);
        let LogicalType::Row(fields) = &row.data_type.logical else { return self.push(row.clone(), String::new()) };
        let Some(of) = fields.fields.get(field) else { return self.push(row.clone(), String::new()) };
        let nullable = row.data_type.nullable || of.data_type.nullable;
        let data_type = of.data_type.clone().with_nullable(nullable);
        let name = format!("{}.{}", input.schema.fields[place].name, of.name);
        self.push(Expr { kind: ExprKind::Field { row: Box::new(row), field }, data_type }, name)
    }
}

fn projected(rel: &Rel, input: &Flat, exprs: &[Expr]) -> Flat {
    let mut columns = Columns::default();
    let at = exprs.iter().zip(&rel.schema.fields).map(|(expr, field)| {
        if let ExprKind::Column(place) = expr.kind
            && let At::Fields(fields) = &input.at[place]
        {
            let carried = |(field, column): (&usize, &usize)| {
                let name = input.rel.schema.fields[*column].name.clone();
                (*field, columns.push(node::column(&input.rel, *column), name))
            };
            return At::Fields(fields.iter().map(carried).collect());
        }
        At::Column(columns.push(input.moved(expr), field.name.clone()))
    });
    let at = at.collect();
    Flat { rel: node::project(input.rel.clone(), columns.exprs, columns.names), at }
}

impl Flat {
    /// Where a column is that isn't flattened.
    fn column(&self, place: usize) -> usize {
        match self.at[place] {
            At::Column(column) => column,
            At::Fields(_) => place,
        }
    }

    /// An expression over the old columns over the new ones.
    fn moved(&self, expr: &Expr) -> Expr {
        match &expr.kind {
            ExprKind::Column(place) => Expr::column(self.column(*place), expr.data_type.clone()),
            ExprKind::Field { row, field } => match row.kind {
                ExprKind::Column(place) => self.moved_field(place, *field, expr),
                _ => self.moved_children(expr),
            },
            _ => self.moved_children(expr),
        }
    }

    fn moved_field(&self, place: usize, field: usize, expr: &Expr) -> Expr {
        match &self.at[place] {
            At::Fields(fields) => Expr::column(fields.get(&field).copied().unwrap_or_default(), expr.data_type.clone()),
            At::Column(_) => self.moved_children(expr),
        }
    }

    fn moved_children(&self, expr: &Expr) -> Expr {
        let never: Result<Expr, std::convert::Infallible> = walk::map_children(expr, |child| Ok(self.moved(child)));
        match never {
            Ok(expr) => expr,
            Err(impossible) => match impossible {},
        }
    }
}
