//! `CREATE`: tables, views, materialized tables.

use super::{Parsed, Parser, not_supported};
use crate::ast::query::Query;
use crate::ast::statement::{
    ColumnDefinition, ColumnKind, CreateMaterializedTable, CreateTable, CreateView, PrimaryKey, Statement,
    WatermarkDefinition,
};
use crate::ast::{Ident, OptionPair};
use crate::diagnostic::{Diagnostic, Span};

impl Parser {
    pub(super) fn create(&mut self) -> Parsed<Statement> {
        let start = self.here();
        self.advance();
        for words in [["OR", "REPLACE"], ["OR", "ALTER"]] {
            if self.at_words(&words) {
                return self.unsupported(&format!("CREATE {}", words.join(" ")));
            }
        }
        let temporary = self.eat_word("TEMPORARY");
        if self.eat_word("TABLE") {
            return self.create_table(start);
        }
        if self.eat_word("VIEW") {
            return self.create_view();
        }
        if !temporary && self.eat_words(&["MATERIALIZED", "TABLE"]) {
            return self.create_materialized_table();
        }
        let others = ["CATALOG", "DATABASE", "FUNCTION", "SYSTEM", "MODEL", "CONNECTION"];
        match others.into_iter().find(|word| self.at_word(word)) {
            Some(word) => Err(not_supported(&format!("CREATE {word}"), self.since(start))),
            None => Err(self.expected("`TABLE`, `VIEW` or `MATERIALIZED TABLE`")),
        }
    }

    fn if_not_exists(&mut self) -> bool {
        self.eat_words(&["IF", "NOT", "EXISTS"])
    }

    fn create_table(&mut self, start: Span) -> Parsed<Statement> {
        let if_not_exists = self.if_not_exists();
        let name = self.object_name("the table's name")?;
        let span = self.since(start);
        let mut table = CreateTable {
            name,
            if_not_exists,
            columns: Vec::new(),
            watermark: None,
            primary_key: None,
            partitioned_by: Vec::new(),
            options: Vec::new(),
            span,
        };
        if self.at_mark("(") {
            self.table_elements(&mut table)?;
        }
        self.comment()?;
        if self.at_word("DISTRIBUTED") {
            return self.unsupported("DISTRIBUTED BY");
        }
        table.partitioned_by = self.partitioned_by()?;
        table.options = self.with_options()?;
        for word in ["LIKE", "AS"] {
            if self.at_word(word) {
                return Err(not_supported(&format!("CREATE TABLE … {word}"), self.here()));
            }
        }
        Ok(Statement::CreateTable(table))
    }

    fn table_elements(&mut self, table: &mut CreateTable) -> Parsed<()> {
        self.advance();
        loop {
            self.table_element(table)?;
            if !self.eat_mark(",") {
                break;
            }
        }
        if !self.at_mark(")") {
            return Err(self.expected("`,` or `)`"));
        }
        self.advance();
        Ok(())
    }

    fn table_element(&mut self, table: &mut CreateTable) -> Parsed<()> {
        if self.at_words(&["WATERMARK", "FOR"]) {
            let watermark = self.watermark()?;
            if table.watermark.is_some() {
                return Err(
                    Diagnostic::new("the table has two watermarks", watermark.span).with_help("keep one of them")
                );
            }
            table.watermark = Some(watermark);
            return Ok(());
        }
        if self.at_word("PRIMARY") || self.at_word("CONSTRAINT") || self.at_word("UNIQUE") {
            let key = self.table_constraint()?;
            return set_primary_key(table, key);
        }
        self.column(table)
    }

    fn watermark(&mut self) -> Parsed<WatermarkDefinition> {
        let start = self.here();
        self.expect_words(&["WATERMARK", "FOR"])?;
        let column = self.ident("the rowtime column's name")?;
        if self.at_mark(".") {
            return self.unsupported("WATERMARK FOR a nested field");
        }
        self.expect_word("AS")?;
        let value = self.expression()?;
        Ok(WatermarkDefinition { column, value, span: self.since(start) })
    }

    /// `[CONSTRAINT name] PRIMARY KEY (columns) NOT ENFORCED`
    fn table_constraint(&mut self) -> Parsed<PrimaryKey> {
        let start = self.here();
        if self.eat_word("CONSTRAINT") {
            self.ident("the constraint's name")?;
        }
        if self.at_word("UNIQUE") {
            return self.unsupported("UNIQUE");
        }
        self.expect_words(&["PRIMARY", "KEY"])?;
        let columns = self.idents("a column's name")?;
        self.not_enforced(start)?;
        Ok(PrimaryKey { columns, span: self.since(start) })
    }

    fn not_enforced(&mut self, start: Span) -> Parsed<()> {
        if self.eat_words(&["NOT", "ENFORCED"]) {
            return Ok(());
        }
        Err(Diagnostic::new("a primary key can't be enforced", self.since(start))
            .with_help("Flink doesn't own the data and takes keys on trust: write `NOT ENFORCED` behind it"))
    }

    fn column(&mut self, table: &mut CreateTable) -> Parsed<()> {
        let name = self.ident("a column's name")?;
        if self.eat_word("AS") {
            let value = self.expression()?;
            let comment = self.comment()?;
            table.columns.push(ColumnDefinition { name, kind: ColumnKind::Computed(value), comment });
            return Ok(());
        }
        let start = self.here();
        let data_type = self.data_type()?;
        let kind = if self.eat_word("METADATA") {
            let from =
                if self.eat_word("FROM") { Some(self.text("the metadata's key in single quotes")?.0) } else { None };
            let is_virtual = self.eat_word("VIRTUAL");
            ColumnKind::Metadata { data_type, from, is_virtual }
        } else {
            ColumnKind::Physical(data_type)
        };
        self.column_constraint(table, &name, start)?;
        let comment = self.comment()?;
        table.columns.push(ColumnDefinition { name, kind, comment });
        Ok(())
    }

    /// `[CONSTRAINT name] PRIMARY KEY NOT ENFORCED` behind a column.
    fn column_constraint(&mut self, table: &mut CreateTable, name: &Ident, start: Span) -> Parsed<()> {
        if self.eat_word("CONSTRAINT") {
            self.ident("the constraint's name")?;
        }
        if !self.eat_words(&["PRIMARY", "KEY"]) {
            return Ok(());
        }
        self.not_enforced(start)?;
        set_primary_key(table, PrimaryKey { columns: vec![name.clone()], span: self.since(start) })
    }

    /// `COMMENT 'text'`, which says nothing to the planner.
    fn comment(&mut self) -> Parsed<Option<String>> {
        if !self.eat_word("COMMENT") {
            return Ok(None);
        }
        self.text("the comment in single quotes").map(|(text, _)| Some(text))
    }

    fn partitioned_by(&mut self) -> Parsed<Vec<Ident>> {
        if !self.eat_word("PARTITIONED") {
            return Ok(Vec::new());
        }
        self.expect_word("BY")?;
        self.idents("a column's name")
    }

    fn with_options(&mut self) -> Parsed<Vec<OptionPair>> {
        if !self.eat_word("WITH") {
            return Ok(Vec::new());
        }
        self.option_list()
    }

    fn create_view(&mut self) -> Parsed<Statement> {
        let if_not_exists = self.if_not_exists();
        let name = self.object_name("the view's name")?;
        let columns = if self.at_mark("(") { self.idents("a column's name")? } else { Vec::new() };
        self.comment()?;
        self.expect_word("AS")?;
        let query = self.query()?;
        Ok(Statement::CreateView(CreateView { name, if_not_exists, columns, query }))
    }

    fn create_materialized_table(&mut self) -> Parsed<Statement> {
        if self.at_words(&["IF", "NOT", "EXISTS"]) {
            return self.unsupported("CREATE MATERIALIZED TABLE IF NOT EXISTS");
        }
        let name = self.object_name("the materialized table's name")?;
        let primary_key = if self.eat_mark("(") { Some(self.only_constraint()?) } else { None };
        self.comment()?;
        let partitioned_by = self.partitioned_by()?;
        let options = self.with_options()?;
        if self.eat_word("FRESHNESS") {
            self.freshness()?;
        }
        let full_refresh = self.refresh_mode()?;
        if self.at_word("START_MODE") {
            return self.unsupported("START_MODE");
        }
        self.expect_word("AS")?;
        let query: Query = self.query()?;
        let table = CreateMaterializedTable { name, primary_key, partitioned_by, options, full_refresh, query };
        Ok(Statement::CreateMaterializedTable(table))
    }

    fn only_constraint(&mut self) -> Parsed<PrimaryKey> {
        let key = self.table_constraint().map_err(|fault| {
            let help = "the columns of a materialized table come from its query; only a key can be given";
            if fault.help.is_empty() { fault.with_help(help) } else { fault }
        })?;
        self.expect_mark(")")?;
        Ok(key)
    }

    fn freshness(&mut self) -> Parsed<()> {
        self.expect_mark("=")?;
        if !self.at_word("INTERVAL") {
            return Err(self.expected("`INTERVAL '…' unit`"));
        }
        self.interval_literal().map(drop)
    }

    /// Where `FULL` is asked for.
    fn refresh_mode(&mut self) -> Parsed<Option<Span>> {
        if !self.eat_word("REFRESH_MODE") {
            return Ok(None);
        }
        self.expect_mark("=")?;
        let span = self.here();
        if self.eat_word("CONTINUOUS") {
            return Ok(None);
        }
        self.expect_word("FULL")?;
        Ok(Some(span))
    }
}

fn set_primary_key(table: &mut CreateTable, key: PrimaryKey) -> Parsed<()> {
    if table.primary_key.is_some() {
        return Err(Diagnostic::new("the table has two primary keys", key.span).with_help("keep one of them"));
    }
    table.primary_key = Some(key);
    Ok(())
}
