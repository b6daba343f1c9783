//! `ALTER TABLE`: a table's definition changed; the caller makes the table anew of it, which checks the rest.

use crate::ast::alter::{AlterTableAction, ColumnPosition, TableChange};
use crate::ast::create::{ColumnDefinition, ColumnKind, CreateTable, PrimaryKey};
use crate::ast::{Ident, ObjectName, OptionPair};
use crate::bind::expression::unsupported;
use crate::bind::tables::Table;
use crate::diagnostic::{Diagnostic, Span};
use crate::nearest::did_you_mean;

type Altered<T> = Result<T, Diagnostic>;

/// The definition behind `action`.
///
/// # Errors
/// What is named and isn't there, or is there already.
pub(super) fn altered(table: &Table, action: &AlterTableAction, name: &ObjectName) -> Altered<CreateTable> {
    let mut definition = (*table.definition).clone();
    match action {
        AlterTableAction::RenameTo(_) => {}
        AlterTableAction::RenameColumn(path, to) => rename(table, &mut definition, path, to)?,
        AlterTableAction::Set(options) => set(&mut definition, options, name)?,
        AlterTableAction::Reset(keys) => reset(&mut definition, keys, name)?,
        AlterTableAction::Add(changes) => changes.iter().try_for_each(|change| add(&mut definition, change))?,
        AlterTableAction::Modify(changes) => changes.iter().try_for_each(|change| modify(&mut definition, change))?,
        AlterTableAction::DropColumns(paths) => drop_columns(table, &mut definition, paths)?,
        AlterTableAction::DropConstraint(constraint) => drop_constraint(&mut definition, constraint)?,
        AlterTableAction::DropPrimaryKey(span) => {
            let key = taken(&mut definition.primary_key, *span, "primary key")?;
            keep_not_null(&mut definition, &key);
        }
        AlterTableAction::DropWatermark(span) => taken(&mut definition.watermark, *span, "watermark").map(drop)?,
        AlterTableAction::DropDistribution(span) => {
            taken(&mut definition.distribution, *span, "distribution").map(drop)?;
        }
        AlterTableAction::NotExecuted(what, span) => return Err(unsupported(what, *span)),
    }
    Ok(definition)
}

/// What is there, taken away.
fn taken<T>(place: &mut Option<T>, span: Span, what: &str) -> Altered<T> {
    place.take().ok_or_else(|| Diagnostic::new(format!("the table has no {what}"), span))
}

fn set(definition: &mut CreateTable, options: &[OptionPair], name: &ObjectName) -> Altered<()> {
    if options.is_empty() {
        return Err(Diagnostic::new("there is nothing to set", name.span).with_help("write `SET ('key' = 'value')`"));
    }
    for option in options {
        match definition.options.iter_mut().find(|other| other.key == option.key) {
            Some(other) => other.clone_from(option),
            None => definition.options.push(option.clone()),
        }
    }
    Ok(())
}

fn reset(definition: &mut CreateTable, keys: &[(String, Span)], name: &ObjectName) -> Altered<()> {
    if keys.is_empty() {
        return Err(Diagnostic::new("there is nothing to reset", name.span).with_help("write `RESET ('key')`"));
    }
    if let Some((_, span)) = keys.iter().find(|(key, _)| key == "connector") {
        return Err(Diagnostic::new("a table can't lose its connector", *span)
            .with_help("change it: `SET ('connector' = '…')`"));
    }
    definition.options.retain(|option| keys.iter().all(|(key, _)| *key != option.key));
    Ok(())
}

fn place_of(definition: &CreateTable, name: &Ident) -> Altered<usize> {
    let place = definition.columns.iter().position(|column| column.name.name == name.name);
    place.ok_or_else(|| {
        let names: Vec<&str> = definition.columns.iter().map(|column| column.name.name.as_str()).collect();
        Diagnostic::new(format!("the table has no column `{}`", name.name), name.span)
            .with_help(did_you_mean(&name.name, &names, "columns"))
    })
}

fn refuse_nested(path: &[Ident]) -> Altered<()> {
    path.first().map_or(Ok(()), |field| Err(unsupported("ALTER of a nested column", field.span)))
}

fn rename(table: &Table, definition: &mut CreateTable, path: &[Ident], to: &Ident) -> Altered<()> {
    let [from] = path else { return refuse_nested(&path[1..]) };
    let place = place_of(definition, from)?;
    if definition.columns.iter().any(|column| column.name.name == to.name) {
        return Err(Diagnostic::new(format!("the table has a column `{}` already", to.name), to.span));
    }
    let user = table.user_of(&from.name).filter(|user| user != "the primary key");
    if let Some(user) = user {
        return Err(in_use(from, &user));
    }
    definition.columns[place].name = to.clone();
    let key = definition.primary_key.iter_mut().flat_map(|key| &mut key.columns);
    key.filter(|column| column.name == from.name).for_each(|column| column.clone_from(to));
    Ok(())
}

fn in_use(column: &Ident, user: &str) -> Diagnostic {
    Diagnostic::new(format!("the column `{}` is used by {user}", column.name), column.span)
        .with_help("change that first")
}

fn add(definition: &mut CreateTable, change: &TableChange) -> Altered<()> {
    match change {
        TableChange::Column { column, path, position } => {
            refuse_nested(path)?;
            if place_of(definition, &column.name).is_ok() {
                let name = &column.name;
                return Err(Diagnostic::new(format!("the table has a column `{}` already", name.name), name.span)
                    .with_help("change it with `MODIFY`"));
            }
            let place = match position {
                Some(position) => position_of(definition, position)?,
                None => definition.columns.len(),
            };
            definition.columns.insert(place, column.clone());
            Ok(())
        }
        TableChange::Watermark(new) => put(&mut definition.watermark, new, new.span, "watermark"),
        TableChange::PrimaryKey(new) => put(&mut definition.primary_key, new, new.span, "primary key"),
        TableChange::Distribution(new) => put(&mut definition.distribution, new, new.span, "distribution"),
    }
}

/// What must not be there yet.
fn put<T: Clone>(place: &mut Option<T>, new: &T, span: Span, what: &str) -> Altered<()> {
    if place.is_some() {
        let message = format!("the table has a {what} already");
        return Err(Diagnostic::new(message, span).with_help("change it with `MODIFY`"));
    }
    *place = Some(new.clone());
    Ok(())
}

fn modify(definition: &mut CreateTable, change: &TableChange) -> Altered<()> {
    match change {
        TableChange::Column { column, path, position } => {
            refuse_nested(path)?;
            modify_column(definition, column, position.as_ref())
        }
        TableChange::Watermark(new) => replace(&mut definition.watermark, new, new.span, "watermark"),
        TableChange::PrimaryKey(new) => replace(&mut definition.primary_key, new, new.span, "primary key"),
        TableChange::Distribution(new) => replace(&mut definition.distribution, new, new.span, "distribution"),
    }
}

/// What must be there.
fn replace<T: Clone>(place: &mut Option<T>, new: &T, span: Span, what: &str) -> Altered<()> {
    if place.is_none() {
        return Err(Diagnostic::new(format!("the table has no {what}"), span).with_help("add it with `ADD`"));
    }
    *place = Some(new.clone());
    Ok(())
}

fn modify_column(
    definition: &mut CreateTable,
    column: &ColumnDefinition,
    position: Option<&ColumnPosition>,
) -> Altered<()> {
    let place = place_of(definition, &column.name)?;
    let old = definition.columns.remove(place);
    let comment = column.comment.clone().or(old.comment);
    let place = match position {
        Some(position) => position_of(definition, position)?,
        None => place,
    };
    definition.columns.insert(place, ColumnDefinition { comment, ..column.clone() });
    Ok(())
}

fn position_of(definition: &CreateTable, position: &ColumnPosition) -> Altered<usize> {
    match position {
        ColumnPosition::First => Ok(0),
        ColumnPosition::After(column) => place_of(definition, column).map(|place| place + 1),
    }
}

fn drop_columns(table: &Table, definition: &mut CreateTable, paths: &[Vec<Ident>]) -> Altered<()> {
    for (at, path) in paths.iter().enumerate() {
        let [column] = path.as_slice() else { return refuse_nested(&path[1..]) };
        if paths[..at].iter().any(|other| other.first().is_some_and(|other| other.name == column.name)) {
            return Err(Diagnostic::new(format!("the column `{}` is named twice", column.name), column.span));
        }
        let place = place_of(definition, column)?;
        if let Some(user) = remaining_user(table, paths, column) {
            return Err(in_use(column, &user));
        }
        definition.columns.remove(place);
    }
    Ok(())
}

/// What uses a column, but for computed columns that are dropped with it.
fn remaining_user(table: &Table, paths: &[Vec<Ident>], column: &Ident) -> Option<String> {
    let user = table.user_of(&column.name)?;
    let dropped = |name: &str| paths.iter().any(|path| path.first().is_some_and(|first| first.name == name));
    let computed = table.definition.columns.iter().filter(|other| matches!(other.kind, ColumnKind::Computed(_)));
    let gone = computed.filter(|other| dropped(&other.name.name));
    if gone.into_iter().any(|other| user == format!("the computed column `{}`", other.name.name)) {
        return None;
    }
    Some(user)
}

/// Columns that were a key still hold no NULLs.
fn keep_not_null(definition: &mut CreateTable, key: &PrimaryKey) {
    let columns = std::mem::take(&mut definition.columns);
    definition.columns = columns.into_iter().map(|column| column.not_null_in(key)).collect();
}

fn drop_constraint(definition: &mut CreateTable, constraint: &Ident) -> Altered<()> {
    let named = |key: &PrimaryKey| constraint_name(key) == constraint.name;
    if let Some(key) = definition.primary_key.take_if(|key| named(key)) {
        keep_not_null(definition, &key);
        return Ok(());
    }
    Err(Diagnostic::new(format!("the table has no constraint `{}`", constraint.name), constraint.span)
        .with_help("`SHOW CREATE TABLE` says its name; or write `DROP PRIMARY KEY`"))
}

/// The name that a key has, or that Flink gives it.
pub(super) fn constraint_name(key: &PrimaryKey) -> String {
    let columns: Vec<&str> = key.columns.iter().map(|column| column.name.as_str()).collect();
    key.name.as_ref().map_or_else(|| format!("PK_{}", columns.join("_")), |name| name.name.clone())
}
