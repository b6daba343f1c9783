//! `ALTER TABLE`, `ALTER VIEW`; the rest of `ALTER` in [`super::alter_other`].

use super::{Parsed, Parser};
use crate::ast::alter::{AlterTable, AlterTableAction, AlterView, AlterViewAction, ColumnPosition, TableChange};
use crate::ast::create::ColumnKind;
use crate::ast::statement::Statement;
use crate::diagnostic::Span;

impl Parser {
    pub(super) fn alter(&mut self) -> Parsed<Statement> {
        let start = self.here();
        self.advance();
        if self.eat_word("TABLE") {
            let if_exists = self.if_exists();
            let name = self.object_name("the table's name")?;
            let action = self.alter_table_action()?;
            return Ok(Statement::AlterTable(Box::new(AlterTable { name, if_exists, action })));
        }
        if self.eat_word("VIEW") {
            let if_exists = self.if_exists();
            let name = self.object_name("the view's name")?;
            let action = self.alter_view_action()?;
            return Ok(Statement::AlterView(Box::new(AlterView { name, if_exists, action })));
        }
        self.alter_other(start)
    }

    pub(super) fn if_exists(&mut self) -> bool {
        self.eat_words(&["IF", "EXISTS"])
    }

    fn alter_view_action(&mut self) -> Parsed<AlterViewAction> {
        if self.eat_words(&["RENAME", "TO"]) {
            return self.object_name("the view's new name").map(AlterViewAction::RenameTo);
        }
        if self.eat_word("AS") {
            return self.query().map(AlterViewAction::As);
        }
        Err(self.expected("`RENAME TO` or `AS`"))
    }

    fn alter_table_action(&mut self) -> Parsed<AlterTableAction> {
        let start = self.here();
        match () {
            () if self.eat_word("RENAME") => self.rename(),
            () if self.eat_word("SET") => self.option_list().map(AlterTableAction::Set),
            () if self.eat_word("RESET") => self.option_keys().map(AlterTableAction::Reset),
            () if self.eat_word("ADD") => self.add(start),
            () if self.eat_word("MODIFY") => self.table_changes().map(AlterTableAction::Modify),
            () if self.eat_word("DROP") => self.drop_of_table(start),
            () => self.compact(start),
        }
    }

    fn rename(&mut self) -> Parsed<AlterTableAction> {
        if self.eat_word("TO") {
            return self.object_name("the table's new name").map(AlterTableAction::RenameTo);
        }
        let column = self.path("a column's name")?;
        self.expect_word("TO")?;
        Ok(AlterTableAction::RenameColumn(column, self.ident("the column's new name")?))
    }

    /// `('key', …)`
    pub(super) fn option_keys(&mut self) -> Parsed<Vec<(String, Span)>> {
        self.bracketed_list(|parser| parser.text("an option's key in single quotes"))
    }

    fn add(&mut self, start: Span) -> Parsed<AlterTableAction> {
        let at_partition = self.at_word("PARTITION") || self.at_words(&["IF", "NOT", "EXISTS"]);
        if !at_partition {
            return self.table_changes().map(AlterTableAction::Add);
        }
        self.if_not_exists();
        while self.eat_word("PARTITION") {
            self.partition_values()?;
            self.with_options()?;
        }
        Ok(AlterTableAction::NotExecuted("ALTER TABLE … ADD PARTITION", self.since(start)))
    }

    fn compact(&mut self, start: Span) -> Parsed<AlterTableAction> {
        if self.eat_word("PARTITION") {
            self.partition_values()?;
            if self.at_word("SET") || self.at_word("RENAME") {
                return Err(self.expected("`COMPACT`"));
            }
        }
        if !self.eat_word("COMPACT") {
            return Err(self.expected("`ADD`, `MODIFY`, `DROP`, `RENAME`, `SET` or `RESET`"));
        }
        Ok(AlterTableAction::NotExecuted("ALTER TABLE … COMPACT", self.since(start)))
    }

    fn drop_of_table(&mut self, start: Span) -> Parsed<AlterTableAction> {
        match () {
            () if self.eat_words(&["PRIMARY", "KEY"]) => Ok(AlterTableAction::DropPrimaryKey(self.since(start))),
            () if self.eat_word("CONSTRAINT") => {
                self.ident("the constraint's name").map(AlterTableAction::DropConstraint)
            }
            () if self.eat_word("WATERMARK") => Ok(AlterTableAction::DropWatermark(self.since(start))),
            () if self.eat_word("DISTRIBUTION") => Ok(AlterTableAction::DropDistribution(self.since(start))),
            () if self.at_mark("(") => {
                self.bracketed_list(|parser| parser.path("a column's name")).map(AlterTableAction::DropColumns)
            }
            () if self.at_word("PARTITION") || self.at_words(&["IF", "EXISTS"]) => self.drop_partitions(start),
            () => self.path("a column's name").map(|path| AlterTableAction::DropColumns(vec![path])),
        }
    }

    fn drop_partitions(&mut self, start: Span) -> Parsed<AlterTableAction> {
        self.if_exists();
        self.comma_list(|parser| {
            parser.expect_word("PARTITION")?;
            parser.partition_values()
        })?;
        Ok(AlterTableAction::NotExecuted("ALTER TABLE … DROP PARTITION", self.since(start)))
    }

    /// One change, or several in parentheses.
    fn table_changes(&mut self) -> Parsed<Vec<TableChange>> {
        if self.at_mark("(") {
            return self.bracketed_list(Parser::table_change);
        }
        Ok(vec![self.table_change()?])
    }

    fn table_change(&mut self) -> Parsed<TableChange> {
        if self.at_words(&["WATERMARK", "FOR"]) {
            return self.watermark().map(TableChange::Watermark);
        }
        if self.at_constraint() {
            return self.table_constraint().map(TableChange::PrimaryKey);
        }
        let start = self.here();
        if self.eat_word("DISTRIBUTION") || self.eat_word("DISTRIBUTED") {
            self.eat_word("BY");
            return self.distribution(start).map(TableChange::Distribution);
        }
        let mut path = self.path("a column's name")?;
        let rest = path.split_off(1);
        let Some(name) = path.pop() else { return Err(self.expected("a column's name")) };
        let (column, key) = self.column_behind(name)?;
        if key.is_some() || column.kind == ColumnKind::OfQuery {
            return Err(self.expected("a column's type"));
        }
        Ok(TableChange::Column { column, path: rest, position: self.column_position()? })
    }

    fn column_position(&mut self) -> Parsed<Option<ColumnPosition>> {
        if self.eat_word("FIRST") {
            return Ok(Some(ColumnPosition::First));
        }
        if !self.eat_word("AFTER") {
            return Ok(None);
        }
        let mut after = self.path("a column's name")?;
        Ok(after.pop().map(ColumnPosition::After))
    }
}
