//! `SHOW …`, `DESCRIBE`, `USE`: what the catalog holds.

use std::sync::Arc;

use super::{Read, Session, Step, show_create};
use crate::ast::statement::{Show, ShowFilter, ShowKind};
use crate::ast::{Ident, ObjectName};
use crate::bind::tables::Entry;
use crate::describe;
use crate::diagnostic::Diagnostic;
use crate::functions;
use crate::plan::{Branch, Rel, Target};

/// The one catalog, and the one database in it.
const CATALOG: &str = "default_catalog";
pub(crate) const DATABASE: &str = "default_database";

impl Session {
    pub(super) fn show(&mut self, show: &Show) -> Read<Step> {
        if let Some(place) = &show.place {
            check_place(place, show.kind == ShowKind::Databases)?;
        }
        let (header, names) = match &show.kind {
            ShowKind::Tables => ("table name", self.names(|entry| !matches!(entry, Entry::View(_)), true)),
            ShowKind::Views => ("view name", self.names(|entry| matches!(entry, Entry::View(_)), false)),
            ShowKind::MaterializedTables => {
                ("materialized table name", self.names(|entry| matches!(entry, Entry::Materialized(_)), false))
            }
            ShowKind::Functions(user) => ("function name", self.function_names(*user)),
            ShowKind::Catalogs => ("catalog name", one(CATALOG)),
            ShowKind::CurrentCatalog => ("current catalog name", one(CATALOG)),
            ShowKind::Databases => ("database name", one(DATABASE)),
            ShowKind::CurrentDatabase => ("current database name", one(DATABASE)),
            ShowKind::Modules(false) => ("module name", one("core")),
            ShowKind::Modules(true) => return Ok(self.listed(describe::modules())),
            ShowKind::Jars => ("jars", Vec::new()),
            ShowKind::Columns(name) => return self.describe(name, show.filter.as_ref()),
            ShowKind::CreateTable(name) => return self.show_create_table(name),
            ShowKind::CreateView(name) => return self.show_create_view(name),
        };
        let rows = names.into_iter().filter(|name| passes(show.filter.as_ref(), name)).map(|name| vec![name]);
        Ok(Step::Print { header: vec![header.to_owned()], rows: rows.collect() })
    }

    /// Names of the catalog, views among them if asked for.
    fn names(&self, fits: impl Fn(&Entry) -> bool, views: bool) -> Vec<String> {
        let fitting = self.tables.iter().filter(|(_, entry)| fits(entry) || (views && matches!(entry, Entry::View(_))));
        fitting.map(|(name, _)| name.clone()).collect()
    }

    fn function_names(&self, user: bool) -> Vec<String> {
        let own = self.user_functions.keys().map(|name| name.to_ascii_lowercase());
        if user {
            return own.collect();
        }
        functions::listed().map(str::to_owned).chain(own).collect()
    }

    fn show_create_table(&self, name: &ObjectName) -> Read<Step> {
        let key = name.key();
        match self.tables.get(&key) {
            Some(Entry::Table(table)) => {
                Ok(result(show_create::table(&table.definition, self.tables.is_temporary(&key))))
            }
            Some(Entry::View(_)) => Err(wrong_kind(name, "a view", "`SHOW CREATE VIEW` shows it")),
            Some(Entry::Materialized(_)) => Err(wrong_kind(name, "a materialized table", "")),
            None => Err(self.tables.unknown(name)),
        }
    }

    fn show_create_view(&self, name: &ObjectName) -> Read<Step> {
        let key = name.key();
        match self.tables.get(&key) {
            Some(Entry::View(view)) => Ok(result(show_create::view(&key, view, self.tables.is_temporary(&key)))),
            Some(_) => Err(wrong_kind(name, "no view", "`SHOW CREATE TABLE` shows it")),
            None => Err(self.tables.unknown(name)),
        }
    }

    /// `DESCRIBE` is answered by a query over constants, so that it is printed as any other result.
    pub(super) fn describe(&mut self, name: &ObjectName, filter: Option<&ShowFilter>) -> Read<Step> {
        let keep = |column: &str| passes(filter, column);
        let input = match self.tables.get(&name.key()) {
            None => return Err(self.tables.unknown(name)),
            Some(Entry::Table(table)) => describe::table(table, keep),
            Some(Entry::Materialized(view)) => describe::columns(&view.schema, &[], keep),
            Some(Entry::View(_)) => {
                let rel = self.binder().catalog_table(name, &[])?.rel;
                describe::columns(&rel.schema, &rel.time, keep)
            }
        };
        Ok(self.listed(input))
    }

    /// Rows that are known, as the result of a query.
    fn listed(&mut self, input: Arc<Rel>) -> Step {
        let branch = Branch { name: "query".to_owned(), input, target: Target::Collect };
        Step::Job(self.job("query", vec![branch]))
    }

    /// `USE CATALOG c`
    pub(super) fn use_catalog(&self, name: &Ident) -> Read<()> {
        if name.name == CATALOG {
            return Ok(());
        }
        Err(Diagnostic::new(format!("unknown catalog `{}`", name.name), name.span)
            .with_help(format!("there is one, `{CATALOG}`")))
    }
}

/// `USE database`
pub(super) fn use_database(name: &ObjectName) -> Read<()> {
    check_place(name, false)
}

/// A database, `[default_catalog.]default_database`, or a catalog.
fn check_place(name: &ObjectName, catalog: bool) -> Read<()> {
    let parts: Vec<&str> = name.parts.iter().map(|part| part.name.as_str()).collect();
    let fits = match parts.as_slice() {
        [CATALOG] if catalog => true,
        [DATABASE] | [CATALOG, DATABASE] if !catalog => true,
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let (what, only) = if catalog { ("catalog", CATALOG) } else { ("database", DATABASE) };
    Err(Diagnostic::new(format!("unknown {what} `{}`", parts.join(".")), name.span)
        .with_help(format!("there is one, `{only}`")))
}

fn one(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

fn result(text: String) -> Step {
    Step::Print { header: vec!["result".to_owned()], rows: vec![vec![text]] }
}

fn wrong_kind(name: &ObjectName, what: &str, help: &str) -> Diagnostic {
    Diagnostic::new(format!("`{}` is {what}", name.key()), name.span).with_help(help)
}

/// Whether a name passes `[NOT] {LIKE | ILIKE} 'pattern'`.
fn passes(filter: Option<&ShowFilter>, name: &str) -> bool {
    let Some(filter) = filter else { return true };
    let like = if filter.any_case {
        matches(&filter.pattern.to_lowercase(), &name.to_lowercase())
    } else {
        matches(&filter.pattern, name)
    };
    like != filter.negated
}

/// `LIKE`: `%` stands for any characters, `_` for any one, each behind a backslash for itself.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Where to go back to: behind the last `%`, and how far it reaches.
    let (mut p, mut n, mut back) = (0, 0, None);
    while n < name.len() {
        let escaped = pattern.get(p) == Some(&'\\') && p + 1 < pattern.len();
        match pattern.get(p) {
            Some('%') => {
                back = Some((p + 1, n));
                p += 1;
            }
            Some(_) if escaped && pattern[p + 1] == name[n] => (p, n) = (p + 2, n + 1),
            Some('_') => (p, n) = (p + 1, n + 1),
            Some(c) if !escaped && *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => {
                let Some((after, reach)) = back else { return false };
                back = Some((after, reach + 1));
                (p, n) = (after, reach + 1);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '%')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_like_does() {
        assert!(matches("%", "") && matches("a%c", "abbc") && matches("_b", "ab") && matches("%o%r%", "orders"));
        assert!(!matches("a", "A") && !matches("a_", "a") && !matches("%x", "xy") && !matches("", "a"));
        assert!(matches("a\\_b", "a_b") && !matches("a\\_b", "axb") && matches("100\\%", "100%"));
    }
}
