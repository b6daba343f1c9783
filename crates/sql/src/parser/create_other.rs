//! `CREATE`, `ALTER` and `DROP` of what Yeoul has nothing for: catalogs, databases, models, connections. They are read in
//! full and kept as a name to refuse.

use super::{Parsed, Parser};
use crate::ast::statement::{NotExecuted, Statement};
use crate::diagnostic::Span;

const CATALOG_HELP: &str = "tables live in the one built-in catalog: leave it out";

impl Parser {
    /// A statement that is read and refused.
    pub(super) fn not_executed(&self, name: impl Into<String>, help: &'static str, start: Span) -> Statement {
        Statement::NotExecuted(NotExecuted { name: name.into(), help, span: self.since(start) })
    }

    /// The rest of `CREATE`.
    pub(super) fn create_other(&mut self, start: Span, temporary: bool) -> Parsed<Statement> {
        let system = temporary && self.eat_word("SYSTEM");
        let kinds = ["CATALOG", "DATABASE", "MODEL", "CONNECTION"];
        let allowed = |kind: &&str| if temporary { matches!(*kind, "MODEL" | "CONNECTION") } else { !system };
        let kind = kinds.into_iter().filter(allowed).find(|kind| self.eat_word(kind));
        let Some(kind) = kind else {
            return Err(self.expected("`TABLE`, `VIEW`, `MATERIALIZED TABLE`, `FUNCTION`, `CATALOG`, `DATABASE`, …"));
        };
        let span = start;
        self.if_not_exists();
        self.object_name("a name")?;
        let statement = self.not_executed(format!("CREATE {kind}"), help_of(kind), span);
        if kind == "MODEL" {
            for clause in ["INPUT", "OUTPUT"] {
                if self.eat_word(clause) {
                    self.table_elements()?;
                }
            }
        }
        self.comment()?;
        self.with_options()?;
        if kind == "MODEL" && self.eat_word("AS") {
            self.query()?;
        }
        Ok(statement)
    }

    /// The rest of `ALTER`.
    pub(super) fn alter_other(&mut self, start: Span) -> Parsed<Statement> {
        let temporary = self.eat_word("TEMPORARY");
        let system = temporary && self.eat_word("SYSTEM");
        if self.eat_word("FUNCTION") {
            self.if_exists();
            self.object_name("the function's name")?;
            let statement = self.not_executed("ALTER FUNCTION", "drop it and create it anew", start);
            self.function_class()?;
            return Ok(statement);
        }
        if self.eat_words(&["MATERIALIZED", "TABLE"]) {
            return self.alter_materialized(start);
        }
        let kinds = ["CATALOG", "DATABASE", "MODEL", "CONNECTION"];
        let kind = kinds.into_iter().filter(|_| !system).find(|kind| self.eat_word(kind));
        let Some(kind) = kind else {
            return Err(self.expected("`TABLE`, `VIEW`, `MATERIALIZED TABLE`, `FUNCTION`, `CATALOG`, `DATABASE`, …"));
        };
        self.if_exists();
        self.object_name("a name")?;
        let statement = self.not_executed(format!("ALTER {kind}"), help_of(kind), start);
        match () {
            () if self.eat_word("SET") => drop(self.option_list()?),
            () if kind != "DATABASE" && self.eat_word("RESET") => drop(self.option_keys()?),
            () if kind == "CATALOG" && self.at_word("COMMENT") => drop(self.comment()?),
            () if matches!(kind, "MODEL" | "CONNECTION") && self.eat_words(&["RENAME", "TO"]) => {
                drop(self.object_name("the new name")?);
            }
            () => return Err(self.expected("`SET` or `RESET`")),
        }
        Ok(statement)
    }

    fn alter_materialized(&mut self, start: Span) -> Parsed<Statement> {
        self.object_name("the materialized table's name")?;
        let help = "change the statement that creates it";
        let statement = self.not_executed("ALTER MATERIALIZED TABLE", help, start);
        match () {
            () if self.eat_word("SUSPEND") => {}
            () if self.eat_word("RESUME") => drop(self.with_options()?),
            () if self.eat_word("REFRESH") => {
                if self.eat_word("PARTITION") {
                    self.partition_values()?;
                }
            }
            () if self.eat_words(&["SET", "FRESHNESS"]) => self.freshness()?,
            () if self.eat_words(&["SET", "REFRESH_MODE"]) => drop(self.refresh_mode()?),
            () if self.eat_word("SET") => drop(self.option_list()?),
            () if self.eat_word("RESET") => drop(self.option_keys()?),
            () if self.eat_word("AS") => drop(self.query()?),
            () => return Err(self.expected("`SUSPEND`, `RESUME`, `REFRESH`, `SET`, `RESET` or `AS`")),
        }
        Ok(statement)
    }

    /// `DROP {CATALOG | DATABASE | MODEL | CONNECTION} [IF EXISTS] name [RESTRICT | CASCADE]`
    pub(super) fn drop_other(&mut self, start: Span) -> Parsed<Statement> {
        let kinds = ["CATALOG", "DATABASE", "MODEL", "CONNECTION"];
        let Some(kind) = kinds.into_iter().find(|kind| self.eat_word(kind)) else {
            return Err(self.expected("what to drop"));
        };
        self.if_exists();
        self.object_name("a name")?;
        let statement = self.not_executed(format!("DROP {kind}"), help_of(kind), start);
        if kind == "DATABASE" && !self.eat_word("RESTRICT") {
            self.eat_word("CASCADE");
        }
        Ok(statement)
    }
}

fn help_of(kind: &str) -> &'static str {
    match kind {
        "CATALOG" | "DATABASE" => CATALOG_HELP,
        _ => "",
    }
}
