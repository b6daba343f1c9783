//! `SHOW CREATE TABLE`, `SHOW CREATE VIEW`: the statement that creates what is there, without secrets.

use std::fmt::Write;

use yeoul_row::DataType;

use super::alter::constraint_name;
use crate::ast::create::{ColumnDefinition, ColumnKind, CreateTable, Distribution, DistributionKind};
use crate::ast::{Ident, OptionPair};
use crate::bind::tables::View;

/// What is shown in place of a secret.
const HIDDEN: &str = "******";

/// Parts of keys whose values are secrets, as Flink has them.
const SECRETS: [&str; 12] = [
    "password",
    "secret",
    "fs.azure.account.key",
    "apikey",
    "api-key",
    "auth-params",
    "service-key",
    "token",
    "basic-auth",
    "jaas.config",
    "http-headers",
    "credential",
];

/// `CREATE TABLE …`
pub(super) fn table(create: &CreateTable, temporary: bool) -> String {
    let word = if temporary { "CREATE TEMPORARY TABLE" } else { "CREATE TABLE" };
    let keys = create.primary_key.as_ref().map_or(&[][..], |key| &key.columns);
    let is_key = |column: &ColumnDefinition| keys.iter().any(|key| key.name == column.name.name);
    let mut elements: Vec<String> = create.columns.iter().map(|each| column(each, is_key(each))).collect();
    if let Some(watermark) = &create.watermark {
        let path: Vec<String> = watermark.column.iter().map(quoted).collect();
        elements.push(format!("WATERMARK FOR {} AS {}", path.join("."), watermark.value.text));
    }
    if let Some(key) = &create.primary_key {
        let name = constraint_name(key);
        elements.push(format!("CONSTRAINT `{name}` PRIMARY KEY ({}) NOT ENFORCED", names(&key.columns)));
    }
    let mut text = format!("{word} {} (\n  {}\n)\n", full_name(&create.name.key()), elements.join(",\n  "));
    if let Some(comment) = &create.comment {
        let _ = writeln!(text, "COMMENT {}", literal(comment));
    }
    if let Some(distributed) = &create.distribution {
        let _ = writeln!(text, "{}", distribution(distributed));
    }
    if !create.partitioned_by.is_empty() {
        let _ = writeln!(text, "PARTITIONED BY ({})", names(&create.partitioned_by));
    }
    let options: Vec<String> = create.options.iter().map(option).collect();
    let _ = writeln!(text, "WITH (\n  {}\n)", options.join(",\n  "));
    text
}

/// `CREATE VIEW …`
pub(super) fn view(name: &str, view: &View, temporary: bool) -> String {
    let word = if temporary { "CREATE TEMPORARY VIEW" } else { "CREATE VIEW" };
    let columns: Vec<String> = view.names.iter().map(|name| format!("`{name}`")).collect();
    let comment = view.comment.as_ref().map_or_else(String::new, |comment| format!("COMMENT {}\n", literal(comment)));
    format!("{word} {} (\n  {}\n)\n{comment}AS {}\n", full_name(name), columns.join(",\n  "), view.text)
}

fn full_name(key: &str) -> String {
    let parts: Vec<String> = key.split('.').map(|part| format!("`{part}`")).collect();
    match parts.len() {
        1 => format!("`default_catalog`.`default_database`.{}", parts.concat()),
        2 => format!("`default_catalog`.{}", parts.join(".")),
        _ => parts.join("."),
    }
}

/// A column; what is part of the key is NOT NULL, said or not.
fn column(column: &ColumnDefinition, is_key: bool) -> String {
    let name = quoted(&column.name);
    let kind = match &column.kind {
        ColumnKind::Physical(data_type) => {
            serializable(&data_type.clone().with_nullable(data_type.nullable && !is_key))
        }
        ColumnKind::Computed(written) => format!("AS {}", written.text),
        ColumnKind::Metadata { data_type, from, is_virtual } => {
            let from = from.as_ref().map_or_else(String::new, |key| format!(" FROM {}", literal(key)));
            let is_virtual = if *is_virtual { " VIRTUAL" } else { "" };
            format!("{} METADATA{from}{is_virtual}", serializable(data_type))
        }
        ColumnKind::OfQuery => String::new(),
    };
    let comment = column.comment.as_ref().map_or_else(String::new, |comment| format!(" COMMENT {}", literal(comment)));
    format!("{name} {kind}{comment}")
}

/// A type as `CREATE TABLE` takes it: `STRING` is `VARCHAR(2147483647)`, as Flink shows it.
fn serializable(data_type: &DataType) -> String {
    data_type.to_string().replace("STRING", "VARCHAR(2147483647)").replace("BYTES", "VARBINARY(2147483647)")
}

fn distribution(distribution: &Distribution) -> String {
    let kind = match distribution.kind {
        Some(DistributionKind::Hash) => "HASH",
        Some(DistributionKind::Range) => "RANGE",
        None => "",
    };
    let by = match distribution.columns.is_empty() {
        true => String::new(),
        false => format!(" BY {kind}({})", names(&distribution.columns)),
    };
    let buckets = distribution.buckets.map_or_else(String::new, |count| format!(" INTO {count} BUCKETS"));
    format!("DISTRIBUTED{by}{buckets}")
}

fn option(option: &OptionPair) -> String {
    let value = if is_secret(&option.key) { HIDDEN } else { &option.value };
    format!("{} = {}", literal(&option.key), literal(value))
}

/// Whether a key's value is not to be shown.
pub(super) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRETS.iter().any(|part| key.contains(part))
}

fn names(columns: &[Ident]) -> String {
    columns.iter().map(quoted).collect::<Vec<_>>().join(", ")
}

fn quoted(name: &Ident) -> String {
    format!("`{}`", name.name.replace('`', "``"))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
