//! `docs/functions.md`, written from the tables.

use std::fmt::Write;

use super::{AGGREGATES, BITMAPS, FAMILIES, Family, JSON, Nulls, ResultRule, ScalarFunction};

/// The page, as Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "# Functions\n\nWritten from the function tables of `crates/sql/src/functions` by \
         `UPDATE_DOCS=1 cargo test -p yeoul-sql --test functions_page`. Names, arguments, results and NULLs are Flink's; a \
         NULL argument gives NULL unless the line says otherwise.\n\n\
         `CASE`, `IF`, `NULLIF`, `CAST`, `TRY_CAST` and `TYPEOF` are there too. A Java class that `CREATE FUNCTION` names is run only \
         where it is one that Yeoul knows: `com.github.nexmark.flink.udf.CountChar`.\n",
    );
    for family in FAMILIES.into_iter().chain([JSON, BITMAPS]) {
        write_family(&family, &mut page);
    }
    page.push_str("\n## Aggregates\n\n| function | arguments | gives |\n|---|---|---|\n");
    for aggregate in AGGREGATES {
        let _ = writeln!(page, "| {} | {} | {} |", names(aggregate.sql), aggregate.usage, aggregate.doc);
    }
    page
}

fn write_family((heading, intro, table): &Family, page: &mut String) {
    let _ = write!(page, "\n## {heading}\n\n");
    if !intro.is_empty() {
        let _ = write!(page, "{intro}\n\n");
    }
    page.push_str("| function | arguments | type | gives |\n|---|---|---|---|\n");
    for function in *table {
        write_function(function, page);
    }
}

fn write_function(function: &ScalarFunction, page: &mut String) {
    let nullable = if function.nulls == Nulls::Never { " NOT NULL" } else { "" };
    let doc = function.doc.replace('|', "\\|");
    let (names, result) = (names(function.sql), result_text(function.result));
    let _ = writeln!(page, "| {names} | {} | {result}{nullable} | {doc} |", function.usage());
}

fn names(sql: &str) -> String {
    sql.split_whitespace().map(|name| format!("`{name}`")).collect::<Vec<String>>().join(", ")
}

fn result_text(rule: ResultRule) -> String {
    match rule {
        ResultRule::Boolean => "BOOLEAN".to_owned(),
        ResultRule::Text => "STRING".to_owned(),
        ResultRule::Fixed(length) => format!("CHAR({length})"),
        ResultRule::Varchar(length) => format!("VARCHAR({length})"),
        ResultRule::Varying => "VARCHAR as long as the first".to_owned(),
        ResultRule::Bytes => "BYTES".to_owned(),
        ResultRule::Variant => "VARIANT".to_owned(),
        ResultRule::Bitmap => "BITMAP".to_owned(),
        ResultRule::Ints => "ARRAY<INT>".to_owned(),
        ResultRule::Int => "INT".to_owned(),
        ResultRule::BigInt => "BIGINT".to_owned(),
        ResultRule::Double => "DOUBLE".to_owned(),
        ResultRule::Date => "DATE".to_owned(),
        ResultRule::Time => "TIME(0)".to_owned(),
        ResultRule::Timestamp => "TIMESTAMP(3)".to_owned(),
        ResultRule::TimestampLtz => "TIMESTAMP_LTZ(3)".to_owned(),
        ResultRule::Months => "INTERVAL MONTH".to_owned(),
        ResultRule::Millis => "INTERVAL SECOND".to_owned(),
        ResultRule::Argument(0) => "the first's".to_owned(),
        ResultRule::Argument(_) => "the second's".to_owned(),
        ResultRule::Common => "the common type".to_owned(),
        ResultRule::DecimalSum
        | ResultRule::DecimalProduct
        | ResultRule::DecimalQuotient
        | ResultRule::DecimalRemainder
        | ResultRule::DecimalRound
        | ResultRule::DecimalFloor => "a number".to_owned(),
        ResultRule::Array => "ARRAY of the common type".to_owned(),
        ResultRule::Element => "the element's".to_owned(),
        ResultRule::Extended => "the array's".to_owned(),
        ResultRule::Texts => "ARRAY<STRING>".to_owned(),
        ResultRule::TextMap => "MAP<STRING, STRING>".to_owned(),
        ResultRule::MapKeys => "ARRAY of keys".to_owned(),
        ResultRule::MapValues => "ARRAY of values".to_owned(),
        ResultRule::MapEntries => "ARRAY<ROW<key, value>>".to_owned(),
        ResultRule::MapOfArrays => "MAP".to_owned(),
    }
}
