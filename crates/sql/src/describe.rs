//! The answer of `DESCRIBE`: one row per column, with Flink's columns.

use std::sync::Arc;

use yeoul_row::{DataType, Field, LogicalType, RowType};

use crate::bind::node;
use crate::bind::tables::{Column, ColumnSource, Table};
use crate::expr::{ExprKind, Literal};
use crate::keyword::is_reserved;
use crate::plan::{Rel, TimeAttribute};
use crate::token::{Token, TokenKind};

/// A table's columns.
pub(crate) fn table(table: &Table, keep: impl Fn(&str) -> bool) -> Arc<Rel> {
    let commented = table.columns.iter().any(|column| column.comment.is_some());
    let kept = table.columns.iter().enumerate().filter(|(_, column)| keep(&column.name));
    let rows = kept.map(|(place, column)| {
        let watermark = table.watermark.as_ref().filter(|watermark| watermark.rowtime == place);
        let time = if watermark.is_some() { TimeAttribute::Rowtime } else { computed_time(column) };
        let key = physical_key(table, column);
        let watermark = watermark.map(|watermark| watermark.text.clone());
        let mut row = row(&column.name, &column.data_type, time, [key, extras(table, column), watermark]);
        if commented {
            row.push(text(column.comment.clone()));
        }
        row
    });
    answer(rows.collect(), commented)
}

/// The columns of a view or a materialized table; `time` may be shorter than the columns.
pub(crate) fn columns(schema: &RowType, time: &[TimeAttribute], keep: impl Fn(&str) -> bool) -> Arc<Rel> {
    let kept = schema.fields.iter().enumerate().filter(|(_, field)| keep(&field.name));
    let rows = kept.map(|(place, field)| {
        let time = time.get(place).copied().unwrap_or(TimeAttribute::None);
        row(&field.name, &field.data_type, time, [None, None, None])
    });
    answer(rows.collect(), false)
}

/// The modules, and whether names are looked up in them.
pub(crate) fn modules() -> Arc<Rel> {
    let fields = vec![
        Field::new("module name", LogicalType::STRING.nullable()),
        Field::new("used", LogicalType::Boolean.nullable()),
    ];
    node::values(vec![vec![text(Some("core".to_owned())), Literal::Boolean(true)]], RowType::new(fields))
}

fn answer(rows: Vec<Vec<Literal>>, commented: bool) -> Arc<Rel> {
    let field = |name: &str| Field::new(name, LogicalType::STRING.nullable());
    let mut fields: Vec<Field> = ["name", "type"].map(field).to_vec();
    fields.push(Field::new("null", LogicalType::Boolean.nullable()));
    fields.extend(["key", "extras", "watermark"].map(field));
    if commented {
        fields.push(field("comment"));
    }
    node::values(rows, RowType::new(fields))
}

fn row(name: &str, data_type: &DataType, time: TimeAttribute, rest: [Option<String>; 3]) -> Vec<Literal> {
    let mark = match time {
        TimeAttribute::None => "",
        TimeAttribute::Rowtime => " *ROWTIME*",
        TimeAttribute::Proctime => " *PROCTIME*",
    };
    let logical = format!("{}{mark}", data_type.logical);
    let mut row = vec![text(Some(name.to_owned())), text(Some(logical)), Literal::Boolean(data_type.nullable)];
    row.extend(rest.map(text));
    row
}

fn text(value: Option<String>) -> Literal {
    value.map_or(Literal::Null, Literal::String)
}

fn computed_time(column: &Column) -> TimeAttribute {
    match &column.source {
        ColumnSource::Computed { expr, .. } if matches!(expr.kind, ExprKind::Call { function: "proctime", .. }) => {
            TimeAttribute::Proctime
        }
        _ => TimeAttribute::None,
    }
}

/// `PRI(a, b)` for each column of the primary key.
fn physical_key(table: &Table, column: &Column) -> Option<String> {
    let spec = &table.spec;
    let place = spec.physical.index_of(&column.name)?;
    if !spec.primary_key.contains(&place) {
        return None;
    }
    let names: Vec<&str> = spec.primary_key.iter().map(|key| spec.physical.fields[*key].name.as_str()).collect();
    Some(format!("PRI({})", names.join(", ")))
}

fn extras(table: &Table, column: &Column) -> Option<String> {
    if let ColumnSource::Computed { text, .. } = &column.source {
        return Some(format!("AS {text}"));
    }
    let metadata = table.spec.metadata.iter().find(|metadata| metadata.name == column.name)?;
    let from = if metadata.key == metadata.name { String::new() } else { format!(" FROM '{}'", metadata.key) };
    let is_virtual = if metadata.is_virtual { " VIRTUAL" } else { "" };
    Some(format!("METADATA{from}{is_virtual}"))
}

/// An expression as Flink writes it: names in backticks, one blank between words.
pub(crate) fn written(tokens: &[Token]) -> String {
    let mut written = String::new();
    for (place, token) in tokens.iter().enumerate() {
        let next = tokens.get(place + 1).map(|token| &token.kind);
        let piece = token_text(token, next);
        let glued =
            matches!(piece.as_str(), "(" | ")" | "," | ".") || written.ends_with(['(', '.']) || written.is_empty();
        if !glued {
            written.push(' ');
        }
        written.push_str(&piece);
    }
    written.trim_end().to_owned()
}

fn token_text(token: &Token, next: Option<&TokenKind>) -> String {
    match &token.kind {
        TokenKind::Word(word) if is_reserved(word) || next == Some(&TokenKind::Mark("(")) => word.to_ascii_uppercase(),
        TokenKind::Word(name) | TokenKind::Quoted(name) => format!("`{name}`"),
        TokenKind::Number(digits) => digits.clone(),
        TokenKind::Text(text) => format!("'{}'", text.replace('\'', "''")),
        TokenKind::Bytes(bytes) => bytes.iter().fold("X'".to_owned(), |text, byte| text + &format!("{byte:02X}")) + "'",
        TokenKind::Mark(mark) => (*mark).to_owned(),
        TokenKind::End => String::new(),
    }
}
