//! `CREATE`, `ALTER` and `DROP`: what changes the catalog.

use std::sync::Arc;

use super::{Read, Session, Step, alter, create_as, like};
use crate::ast::ObjectName;
use crate::ast::alter::{AlterTable, AlterTableAction, AlterView, AlterViewAction};
use crate::ast::create::{ColumnKind, CreateFunction, CreateTable, CreateView};
use crate::ast::query::Query;
use crate::ast::statement::{Drop, DropKind, Insert};
use crate::bind::insert::check_result;
use crate::bind::tables::{Entry, Table, table_of, view_of};
use crate::diagnostic::{Diagnostic, Span};
use crate::functions;
use crate::plan::Branch;

/// Java classes that a built-in function stands for: the class, and the function's canonical name.
const CLASSES: [(&str, &str); 1] = [("com.github.nexmark.flink.udf.CountChar", "count_char")];

impl Session {
    pub(super) fn create_table(&mut self, create: &CreateTable) -> Read<Option<Step>> {
        let liked = match &create.like {
            Some(like) => Some(self.like(create, like)?),
            None => None,
        };
        let create = liked.as_ref().unwrap_or(create);
        if let Some(query) = &create.query {
            let Some(branch) = self.create_as(create, query)? else { return Ok(None) };
            let name = format!("insert-into_{}", branch.name);
            return Ok(Some(Step::Job(self.job(&name, vec![branch]))));
        }
        let free = create.replace.is_some() || self.is_free(&create.name, create.temporary, create.if_not_exists)?;
        let table = self.made(create)?;
        if free {
            self.binder().check_options(&table, &create.name)?;
            self.tables.insert(create.temporary, create.name.key(), Entry::Table(Arc::new(table)));
        }
        Ok(None)
    }

    /// The table of a definition.
    fn made(&self, create: &CreateTable) -> Read<Table> {
        table_of(create, self.text_id)
    }

    /// Whether a name is free; `IF NOT EXISTS` lets a taken one pass.
    fn is_free(&self, name: &ObjectName, temporary: bool, if_not_exists: bool) -> Read<bool> {
        match self.tables.get_of(temporary, &name.key()) {
            None => Ok(true),
            Some(_) if if_not_exists => Ok(false),
            Some(_) => Err(Diagnostic::new(format!("`{}` exists already", name.key()), name.span)
                .with_help("drop it first, or write `IF NOT EXISTS`")),
        }
    }

    fn like(&self, create: &CreateTable, like: &crate::ast::create::Like) -> Read<CreateTable> {
        match self.tables.get(&like.table.key()) {
            Some(Entry::Table(base)) => {
                let merged = like::merged(create, like, &base.definition)?;
                self.made(&merged).map_err(|fault| at_name(fault, create, &like.table))?;
                Ok(merged)
            }
            Some(_) => {
                Err(Diagnostic::new(format!("`{}` is no table with a connector", like.table.key()), like.table.span)
                    .with_help("a table can only be like another that `CREATE TABLE` made"))
            }
            None => Err(self.tables.unknown(&like.table)),
        }
    }

    /// `CREATE TABLE … AS query`: the table, and the branch that fills it; `None`: it exists already.
    fn create_as(&mut self, create: &CreateTable, query: &Query) -> Read<Option<Branch>> {
        refuse_clauses_with_query(create)?;
        let relation = self.binder().query(query)?;
        relation.refuse_rank()?;
        check_result(&relation.rel, query.span)?;
        let definition = create_as::with_columns(create, &relation.rel.schema, query.span)?;
        let free = create.replace.is_some() || self.is_free(&create.name, false, create.if_not_exists)?;
        let table = self.made(&definition)?;
        if !free {
            return Ok(None);
        }
        self.tables.insert(false, create.name.key(), Entry::Table(Arc::new(table)));
        let insert = insert_of(create, query, &relation.rel.schema);
        self.binder().insert(&insert).map(Some)
    }

    pub(super) fn explain_create(&mut self, create: &CreateTable, span: Span) -> Read<Vec<Branch>> {
        let Some(query) = &create.query else {
            return Err(Diagnostic::new("only queries and `INSERT` can be explained", span));
        };
        let before = self.tables.clone();
        let branch = self.create_as(create, query);
        self.tables = before;
        branch.map(|branch| branch.into_iter().collect())
    }

    pub(super) fn create_view(&mut self, create: &CreateView, text: &str) -> Read<()> {
        if !self.is_free(&create.name, create.temporary, create.if_not_exists)? {
            return Ok(());
        }
        let view = view_of(&mut self.binder(), create, text)?;
        self.tables.insert(create.temporary, create.name.key(), Entry::View(Arc::new(view)));
        Ok(())
    }

    /// A function of a class that a built-in stands for.
    pub(super) fn create_function(&mut self, create: &CreateFunction) -> Read<()> {
        let name = create.name.last().to_ascii_uppercase();
        if self.user_functions.contains_key(&name) {
            return match create.if_not_exists {
                true => Ok(()),
                false => Err(Diagnostic::new(
                    format!("the function `{}` exists already", create.name.key()),
                    create.name.span,
                )
                .with_help("drop it first, or write `IF NOT EXISTS`")),
            };
        }
        let (class, span) = &create.class;
        let builtin = CLASSES.iter().find(|(known, _)| known == class).map(|(_, builtin)| *builtin);
        let builtin = builtin.filter(|builtin| functions::by_name(builtin).is_some()).ok_or_else(|| {
            Diagnostic::new(format!("`CREATE FUNCTION … AS '{class}'` is not supported yet"), *span)
                .with_help("Yeoul runs no Java; `SHOW FUNCTIONS` lists what is built in")
        })?;
        self.user_functions.insert(name, format!("${builtin}"));
        Ok(())
    }

    pub(super) fn alter_table(&mut self, alter: &AlterTable) -> Read<()> {
        let key = alter.name.key();
        let temporary = self.tables.is_temporary(&key);
        let table = match self.tables.get(&key) {
            None if alter.if_exists => return Ok(()),
            None => return Err(self.tables.unknown(&alter.name)),
            Some(Entry::Table(table)) => table.clone(),
            Some(_) => {
                return Err(Diagnostic::new(format!("`{key}` is no table with a connector"), alter.name.span)
                    .with_help("`ALTER VIEW` changes a view"));
            }
        };
        if temporary && !matches!(alter.action, AlterTableAction::RenameTo(_)) {
            return Err(Diagnostic::new("a temporary table can't be altered", alter.name.span)
                .with_help("drop it and create it anew"));
        }
        if let AlterTableAction::RenameTo(to) = &alter.action {
            return self.rename_table(&table, &key, temporary, to);
        }
        let mut definition = alter::altered(&table, &alter.action, &alter.name)?;
        definition.name = alter.name.clone();
        let table = self.made(&definition).map_err(|fault| at_alteration(fault, alter))?;
        self.tables.insert(temporary, key, Entry::Table(Arc::new(table)));
        Ok(())
    }

    fn rename_table(&mut self, table: &Table, key: &str, temporary: bool, to: &ObjectName) -> Read<()> {
        let to = renamed(&table.definition.name, to);
        self.is_free(&to, temporary, false)?;
        let definition = CreateTable { name: to.clone(), ..(*table.definition).clone() };
        let table = self.made(&definition)?;
        self.tables.remove(temporary, key);
        self.tables.insert(temporary, to.key(), Entry::Table(Arc::new(table)));
        Ok(())
    }

    pub(super) fn alter_view(&mut self, alter: &AlterView, text: &str) -> Read<()> {
        let key = alter.name.key();
        let temporary = self.tables.is_temporary(&key);
        let view = match self.tables.get(&key) {
            None if alter.if_exists => return Ok(()),
            None => return Err(self.tables.unknown(&alter.name)),
            Some(Entry::View(view)) => view.clone(),
            Some(_) => return Err(Diagnostic::new(format!("`{key}` is no view"), alter.name.span)),
        };
        match &alter.action {
            AlterViewAction::RenameTo(to) => {
                let to = renamed(&alter.name, to);
                self.is_free(&to, temporary, false)?;
                self.tables.remove(temporary, &key);
                self.tables.insert(temporary, to.key(), Entry::View(view));
            }
            AlterViewAction::As(query) => {
                let create = CreateView {
                    name: alter.name.clone(),
                    temporary,
                    if_not_exists: false,
                    columns: Vec::new(),
                    comment: view.comment.clone(),
                    query: query.clone(),
                };
                let view = view_of(&mut self.binder(), &create, text)?;
                self.tables.insert(temporary, key, Entry::View(Arc::new(view)));
            }
        }
        Ok(())
    }

    pub(super) fn drop_entry(&mut self, drop: &Drop) -> Read<()> {
        if drop.kind == DropKind::Function {
            return self.drop_function(drop);
        }
        let key = drop.name.key();
        match self.tables.get_of(drop.temporary, &key) {
            Some(entry) => fits(entry, drop)?,
            None if !drop.temporary && self.tables.is_temporary(&key) => return Err(hidden(drop)),
            None if drop.if_exists => return Ok(()),
            None if self.tables.get(&key).is_some() => {
                let message = format!("`{key}` is not temporary");
                return Err(Diagnostic::new(message, drop.name.span).with_help("leave `TEMPORARY` out"));
            }
            None => return Err(self.tables.unknown(&drop.name)),
        }
        if !drop.temporary && self.tables.is_temporary(&key) {
            return Err(hidden(drop));
        }
        if drop.kind == DropKind::MaterializedTable {
            return Err(Diagnostic::new("`DROP MATERIALIZED TABLE` is not supported yet", drop.name.span)
                .with_help("take the statement that creates it out of the project"));
        }
        self.tables.remove(drop.temporary, &key);
        Ok(())
    }

    fn drop_function(&mut self, drop: &Drop) -> Read<()> {
        let found = self.user_functions.remove(&drop.name.last().to_ascii_uppercase());
        if found.is_some() || drop.if_exists {
            return Ok(());
        }
        Err(Diagnostic::new(format!("unknown function `{}`", drop.name.key()), drop.name.span)
            .with_help("only functions that `CREATE FUNCTION` made can be dropped"))
    }
}

fn fits(entry: &Entry, drop: &Drop) -> Read<()> {
    let fits = matches!(
        (entry, drop.kind),
        (Entry::Table(_), DropKind::Table)
            | (Entry::View(_), DropKind::View)
            | (Entry::Materialized(_), DropKind::MaterializedTable)
    );
    if fits {
        return Ok(());
    }
    let message = format!("`{}` is something else than what is to be dropped", drop.name.key());
    Err(Diagnostic::new(message, drop.name.span).with_help("`SHOW TABLES` says what it is"))
}

fn hidden(drop: &Drop) -> Diagnostic {
    Diagnostic::new(format!("`{}` is hidden by a temporary one", drop.name.key()), drop.name.span)
        .with_help("drop that first: write `TEMPORARY`")
}

/// A name of one part is in the old one's database.
fn renamed(from: &ObjectName, to: &ObjectName) -> ObjectName {
    if to.parts.len() > 1 {
        return to.clone();
    }
    let place = from.parts.iter().take(from.parts.len() - 1).cloned();
    ObjectName { parts: place.chain(to.parts.iter().cloned()).collect(), span: to.span }
}

fn refuse_clauses_with_query(create: &CreateTable) -> Read<()> {
    if create.temporary {
        return Err(Diagnostic::new("`CREATE TEMPORARY TABLE … AS` is none of Flink's", create.span)
            .with_help("leave `TEMPORARY` out"));
    }
    Ok(())
}

/// `INSERT INTO t (the query's columns) query`
fn insert_of(create: &CreateTable, query: &Query, given: &yeoul_row::RowType) -> Insert {
    let reordered = create.columns.iter().any(|column| column.kind == ColumnKind::OfQuery);
    let plain = create.columns.is_empty() && !reordered;
    let span = query.span;
    let names = given.fields.iter().map(|field| crate::ast::Ident { name: field.name.clone(), span });
    Insert {
        table: create.name.clone(),
        hints: Vec::new(),
        overwrite: None,
        partition: Vec::new(),
        columns: if plain { Vec::new() } else { names.collect() },
        query: query.clone(),
        on_conflict: None,
        span: create.span,
    }
}

/// A fault of what was taken over, shown where it is taken over.
fn at_name(fault: Diagnostic, create: &CreateTable, base: &ObjectName) -> Diagnostic {
    let within = fault.span.start >= create.span.start && fault.span.end <= base.span.end;
    if within { fault } else { Diagnostic { span: base.span, ..fault } }
}

/// A fault of a part that the alteration doesn't write, shown at the table's name.
fn at_alteration(fault: Diagnostic, alter: &AlterTable) -> Diagnostic {
    let behind = fault.span.start >= alter.name.span.end;
    if behind { fault } else { Diagnostic { span: alter.name.span, ..fault } }
}
