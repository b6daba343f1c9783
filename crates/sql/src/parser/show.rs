//! `SHOW`, `DESCRIBE`, `USE`.

use super::{Parsed, Parser};
use crate::ast::statement::{Show, ShowFilter, ShowKind, Statement};
use crate::diagnostic::Span;

impl Parser {
    pub(super) fn show(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        match () {
            () if self.eat_word("CREATE") => return self.show_create(start),
            () if self.eat_word("CURRENT") => return self.show_current(),
            () if self.eat_word("FULL") => {
                self.expect_word("MODULES")?;
                return Ok(plain(ShowKind::Modules(true)));
            }
            () if self.eat_word("MODULES") => return Ok(plain(ShowKind::Modules(false))),
            () if self.eat_word("JARS") => return Ok(plain(ShowKind::Jars)),
            () if self.eat_word("COLUMNS") => return self.show_columns(),
            () => {}
        }
        if let Some(statement) = self.show_other(start)? {
            return Ok(statement);
        }
        let kind = match () {
            () if self.eat_word("TABLES") => ShowKind::Tables,
            () if self.eat_word("VIEWS") => ShowKind::Views,
            () if self.eat_words(&["MATERIALIZED", "TABLES"]) => ShowKind::MaterializedTables,
            () if self.eat_word("CATALOGS") => ShowKind::Catalogs,
            () if self.eat_word("DATABASES") => ShowKind::Databases,
            () if self.eat_words(&["USER", "FUNCTIONS"]) => ShowKind::Functions(true),
            () if self.eat_word("FUNCTIONS") => ShowKind::Functions(false),
            () => return Err(self.expected("what to show")),
        };
        let place = self.show_place(kind != ShowKind::Catalogs)?;
        let any_case = !matches!(kind, ShowKind::Tables | ShowKind::Views | ShowKind::MaterializedTables);
        let filter = self.show_filter(any_case)?;
        Ok(Statement::Show(Show { kind, place, filter }))
    }

    /// `{FROM | IN} place`
    fn show_place(&mut self, allowed: bool) -> Parsed<Option<crate::ast::ObjectName>> {
        if !allowed || !(self.eat_word("FROM") || self.eat_word("IN")) {
            return Ok(None);
        }
        self.object_name("a database's name").map(Some)
    }

    /// `[NOT] {LIKE | ILIKE} 'pattern'`; tables, views and columns know no `ILIKE`.
    fn show_filter(&mut self, ilike: bool) -> Parsed<Option<ShowFilter>> {
        let negated = self.eat_word("NOT");
        let any_case = ilike && self.eat_word("ILIKE");
        if !any_case && !self.eat_word("LIKE") {
            return if negated { Err(self.expected("`LIKE` or `ILIKE`")) } else { Ok(None) };
        }
        let (pattern, _) = self.text("a pattern in single quotes")?;
        Ok(Some(ShowFilter { pattern, any_case, negated }))
    }

    fn show_create(&mut self, start: Span) -> Parsed<Statement> {
        let what = "a name";
        match () {
            () if self.eat_word("TABLE") => Ok(plain(ShowKind::CreateTable(self.object_name(what)?))),
            () if self.eat_word("VIEW") => Ok(plain(ShowKind::CreateView(self.object_name(what)?))),
            () if self.eat_words(&["MATERIALIZED", "TABLE"]) => {
                self.object_name(what)?;
                Ok(self.not_executed("SHOW CREATE MATERIALIZED TABLE", "", start))
            }
            () => {
                let kinds = ["CATALOG", "MODEL", "CONNECTION"];
                let found = kinds.into_iter().find(|kind| self.eat_word(kind));
                let kind = found.ok_or_else(|| self.expected("`TABLE`, `VIEW`, `CATALOG`, `MODEL` or `CONNECTION`"))?;
                self.object_name(what)?;
                Ok(self.not_executed(format!("SHOW CREATE {kind}"), "", start))
            }
        }
    }

    fn show_current(&mut self) -> Parsed<Statement> {
        if self.eat_word("CATALOG") {
            return Ok(plain(ShowKind::CurrentCatalog));
        }
        self.expect_word("DATABASE")?;
        Ok(plain(ShowKind::CurrentDatabase))
    }

    fn show_columns(&mut self) -> Parsed<Statement> {
        if !self.eat_word("FROM") {
            self.expect_word("IN")?;
        }
        let table = self.object_name("a table")?;
        let filter = self.show_filter(false)?;
        Ok(Statement::Show(Show { kind: ShowKind::Columns(table), place: None, filter }))
    }

    /// What Yeoul has nothing for.
    fn show_other(&mut self, start: Span) -> Parsed<Option<Statement>> {
        if self.eat_word("JOBS") {
            return Ok(Some(self.not_executed("SHOW JOBS", "`yeoul jobs` asks a running platform", start)));
        }
        if self.eat_word("PARTITIONS") {
            self.object_name("a table")?;
            if self.eat_word("PARTITION") {
                self.partition_values()?;
            }
            return Ok(Some(self.not_executed("SHOW PARTITIONS", "", start)));
        }
        let kinds = ["PROCEDURES", "MODELS", "CONNECTIONS"];
        let Some(kind) = kinds.into_iter().find(|kind| self.eat_word(kind)) else { return Ok(None) };
        self.show_place(true)?;
        self.show_filter(true)?;
        Ok(Some(self.not_executed(format!("SHOW {kind}"), "", start)))
    }

    pub(super) fn describe(&mut self) -> Parsed<Statement> {
        let start = self.here();
        self.advance();
        if self.at_word("JOB") && matches!(self.peek_at(1).kind, crate::token::TokenKind::Text(_)) {
            self.advance();
            self.advance();
            return Ok(self.not_executed("DESCRIBE JOB", "`yeoul jobs` asks a running platform", start));
        }
        let kinds = ["CATALOG", "DATABASE", "FUNCTION", "MODEL", "CONNECTION"];
        let named = |parser: &Parser| parser.at_ident_ahead(1) || parser.at_word_ahead(1, "EXTENDED");
        if let Some(kind) = kinds.into_iter().find(|kind| self.at_word(kind) && named(self)) {
            self.advance();
            self.eat_word("EXTENDED");
            self.object_name("a name")?;
            return Ok(self.not_executed(format!("DESCRIBE {kind}"), "", start));
        }
        if self.at_word("EXTENDED") && self.at_ident_ahead(1) {
            self.advance();
        }
        self.object_name("a table").map(Statement::Describe)
    }

    pub(super) fn use_statement(&mut self) -> Parsed<Statement> {
        let start = self.here();
        self.advance();
        if self.at_word("CATALOG") && self.at_ident_ahead(1) {
            self.advance();
            return self.ident("a catalog's name").map(Statement::UseCatalog);
        }
        if self.eat_word("MODULES") {
            let modules = self.comma_list(|parser| parser.ident("a module's name"))?;
            if modules.iter().all(|module| module.name == "core") {
                return Ok(self.not_executed("USE MODULES", "the module `core` is always used: leave it out", start));
            }
            return Ok(self.not_executed("USE MODULES", "", start));
        }
        self.object_name("a database's name").map(Statement::UseDatabase)
    }
}

fn plain(kind: ShowKind) -> Statement {
    Statement::Show(Show { kind, place: None, filter: None })
}
