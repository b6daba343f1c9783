//! What stands in the parentheses of `CREATE TABLE`, and the clauses behind them.

use super::{Parsed, Parser};
use crate::ast::Ident;
use crate::ast::create::{
    ColumnDefinition, ColumnKind, Distribution, DistributionKind, Like, LikeFeature, LikeRule, Merging, PrimaryKey,
    WatermarkDefinition, Written,
};
use crate::describe;
use crate::diagnostic::{Diagnostic, Span};

/// Columns, watermark and key.
#[derive(Default)]
pub(super) struct TableElements {
    pub(super) columns: Vec<ColumnDefinition>,
    pub(super) watermark: Option<WatermarkDefinition>,
    pub(super) primary_key: Option<PrimaryKey>,
}

impl Parser {
    /// `(element, …)`
    pub(super) fn table_elements(&mut self) -> Parsed<TableElements> {
        self.advance();
        let mut elements = TableElements::default();
        loop {
            self.table_element(&mut elements)?;
            if !self.eat_mark(",") {
                break;
            }
        }
        if !self.at_mark(")") {
            return Err(self.expected("`,` or `)`"));
        }
        self.advance();
        Ok(elements)
    }

    fn table_element(&mut self, elements: &mut TableElements) -> Parsed<()> {
        if self.at_words(&["WATERMARK", "FOR"]) {
            let watermark = self.watermark()?;
            if elements.watermark.is_some() {
                return Err(
                    Diagnostic::new("the table has two watermarks", watermark.span).with_help("keep one of them")
                );
            }
            elements.watermark = Some(watermark);
            return Ok(());
        }
        if self.at_constraint() {
            let key = self.table_constraint()?;
            return set_primary_key(elements, key);
        }
        let (column, key) = self.column()?;
        elements.columns.push(column);
        key.map_or(Ok(()), |key| set_primary_key(elements, key))
    }

    /// Whether a constraint of the table stands here.
    pub(super) fn at_constraint(&self) -> bool {
        self.at_word("PRIMARY") || self.at_word("CONSTRAINT") || self.at_word("UNIQUE")
    }

    /// `WATERMARK FOR column AS expression`
    pub(super) fn watermark(&mut self) -> Parsed<WatermarkDefinition> {
        let start = self.here();
        self.expect_words(&["WATERMARK", "FOR"])?;
        let column = self.path("the rowtime column's name")?;
        self.expect_word("AS")?;
        let value = self.written()?;
        Ok(WatermarkDefinition { column, value, span: self.since(start) })
    }

    /// `a.b.c`
    pub(super) fn path(&mut self, what: &str) -> Parsed<Vec<Ident>> {
        let mut path = vec![self.ident(what)?];
        while self.eat_mark(".") {
            path.push(self.ident("a field's name")?);
        }
        Ok(path)
    }

    /// An expression with its text.
    fn written(&mut self) -> Parsed<Written> {
        let first = self.at;
        let value = self.expression()?;
        let text = describe::written(&self.tokens[first..self.at]);
        Ok(Written { value, text })
    }

    /// `[CONSTRAINT name] PRIMARY KEY (columns) NOT ENFORCED`
    pub(super) fn table_constraint(&mut self) -> Parsed<PrimaryKey> {
        let start = self.here();
        let name = self.constraint_name()?;
        self.primary_key_words()?;
        let columns = self.idents("a column's name")?;
        self.not_enforced(start)?;
        Ok(PrimaryKey { name, columns, span: self.since(start) })
    }

    fn constraint_name(&mut self) -> Parsed<Option<Ident>> {
        if self.eat_word("CONSTRAINT") { self.ident("the constraint's name").map(Some) } else { Ok(None) }
    }

    fn primary_key_words(&mut self) -> Parsed<()> {
        if self.at_word("UNIQUE") {
            return Err(Diagnostic::new("Flink knows no `UNIQUE`", self.here())
                .with_help("declare `PRIMARY KEY (…) NOT ENFORCED`"));
        }
        self.expect_words(&["PRIMARY", "KEY"])
    }

    fn not_enforced(&mut self, start: Span) -> Parsed<()> {
        if self.eat_words(&["NOT", "ENFORCED"]) {
            return Ok(());
        }
        Err(Diagnostic::new("a primary key can't be enforced", self.since(start))
            .with_help("Flink doesn't own the data and takes keys on trust: write `NOT ENFORCED` behind it"))
    }

    /// A column, and the primary key that is declared behind it.
    pub(super) fn column(&mut self) -> Parsed<(ColumnDefinition, Option<PrimaryKey>)> {
        let name = self.ident("a column's name")?;
        self.column_behind(name)
    }

    /// What stands behind a column's name.
    pub(super) fn column_behind(&mut self, name: Ident) -> Parsed<(ColumnDefinition, Option<PrimaryKey>)> {
        if self.eat_word("AS") {
            let kind = ColumnKind::Computed(self.written()?);
            let comment = self.comment()?;
            return Ok((ColumnDefinition { name, kind, comment }, None));
        }
        if self.at_mark(",") || self.at_mark(")") {
            return Ok((ColumnDefinition { name, kind: ColumnKind::OfQuery, comment: None }, None));
        }
        let start = self.here();
        let data_type = self.data_type()?;
        if self.eat_word("METADATA") {
            let from =
                if self.eat_word("FROM") { Some(self.text("the metadata's key in single quotes")?.0) } else { None };
            let is_virtual = self.eat_word("VIRTUAL");
            let kind = ColumnKind::Metadata { data_type, from, is_virtual };
            let comment = self.comment()?;
            return Ok((ColumnDefinition { name, kind, comment }, None));
        }
        let key = if self.at_constraint() { Some(self.column_constraint(&name, start)?) } else { None };
        let comment = self.comment()?;
        Ok((ColumnDefinition { name, kind: ColumnKind::Physical(data_type), comment }, key))
    }

    /// `[CONSTRAINT name] PRIMARY KEY NOT ENFORCED` behind a column.
    fn column_constraint(&mut self, column: &Ident, start: Span) -> Parsed<PrimaryKey> {
        let name = self.constraint_name()?;
        self.primary_key_words()?;
        self.not_enforced(start)?;
        Ok(PrimaryKey { name, columns: vec![column.clone()], span: self.since(start) })
    }

    pub(super) fn partitioned_by(&mut self) -> Parsed<Vec<Ident>> {
        if !self.eat_word("PARTITIONED") {
            return Ok(Vec::new());
        }
        self.expect_word("BY")?;
        self.idents("a column's name")
    }

    /// `DISTRIBUTED [BY …] [INTO n BUCKETS]`
    pub(super) fn distributed(&mut self) -> Parsed<Option<Distribution>> {
        let start = self.here();
        if !self.eat_word("DISTRIBUTED") {
            return Ok(None);
        }
        if !self.at_word("INTO") {
            self.expect_word("BY")?;
            return self.distribution(start).map(Some);
        }
        let buckets = self.buckets()?;
        Ok(Some(Distribution { kind: None, columns: Vec::new(), buckets, span: self.since(start) }))
    }

    /// `[HASH | RANGE] (columns) [INTO n BUCKETS]`
    pub(super) fn distribution(&mut self, start: Span) -> Parsed<Distribution> {
        let kind = match () {
            () if self.eat_word("HASH") => Some(DistributionKind::Hash),
            () if self.eat_word("RANGE") => Some(DistributionKind::Range),
            () => None,
        };
        let columns = self.idents("a column's name")?;
        let buckets = self.buckets()?;
        Ok(Distribution { kind, columns, buckets, span: self.since(start) })
    }

    fn buckets(&mut self) -> Parsed<Option<u64>> {
        if !self.eat_word("INTO") {
            return Ok(None);
        }
        let (count, span) = self.unsigned("a number of buckets")?;
        if count == 0 {
            return Err(Diagnostic::new("there must be a bucket at least", span));
        }
        self.expect_word("BUCKETS")?;
        Ok(Some(count))
    }

    /// `LIKE t [(rule …)]`
    pub(super) fn like(&mut self) -> Parsed<Option<Like>> {
        if !self.eat_word("LIKE") {
            return Ok(None);
        }
        let table = self.object_name("the table that it is like")?;
        let mut rules = Vec::new();
        if self.eat_mark("(") {
            rules.push(self.like_rule()?);
            while !self.eat_mark(")") {
                rules.push(self.like_rule()?);
            }
        }
        Ok(Some(Like { table, rules }))
    }

    fn like_rule(&mut self) -> Parsed<LikeRule> {
        let start = self.here();
        let merging = match () {
            () if self.eat_word("INCLUDING") => Merging::Including,
            () if self.eat_word("EXCLUDING") => Merging::Excluding,
            () if self.eat_word("OVERWRITING") => Merging::Overwriting,
            () => return Err(self.expected("`INCLUDING`, `EXCLUDING` or `OVERWRITING`")),
        };
        let features = [
            ("ALL", LikeFeature::All),
            ("CONSTRAINTS", LikeFeature::Constraints),
            ("DISTRIBUTION", LikeFeature::Distribution),
            ("GENERATED", LikeFeature::Generated),
            ("METADATA", LikeFeature::Metadata),
            ("OPTIONS", LikeFeature::Options),
            ("PARTITIONS", LikeFeature::Partitions),
            ("WATERMARKS", LikeFeature::Watermarks),
        ];
        let found = features.into_iter().find(|(word, _)| self.eat_word(word));
        let (_, feature) = found.ok_or_else(|| self.expected("`ALL`, `CONSTRAINTS`, `OPTIONS`, … of the table"))?;
        Ok(LikeRule { merging, feature, span: self.since(start) })
    }
}

fn set_primary_key(elements: &mut TableElements, key: PrimaryKey) -> Parsed<()> {
    if elements.primary_key.is_some() {
        return Err(Diagnostic::new("the table has two primary keys", key.span).with_help("keep one of them"));
    }
    elements.primary_key = Some(key);
    Ok(())
}
