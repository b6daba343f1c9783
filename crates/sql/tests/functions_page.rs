//! `docs/functions.md` is written from the function tables.

use std::path::Path;

use yeoul_sql::functions::{self, reference};

#[test]
fn the_page_of_functions_is_current() {
    let path = Path::new("../../docs/functions.md");
    let page = reference::page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page, "docs/functions.md is old; run this test with UPDATE_DOCS=1");
}

#[test]
fn names_are_unique_and_every_function_says_what_it_gives() {
    let mut names: Vec<&str> = functions::all().map(|function| function.name).collect();
    let mut sql: Vec<&str> = functions::all().flat_map(|function| function.sql_names()).collect();
    for list in [&mut names, &mut sql] {
        let count = list.len();
        list.sort_unstable();
        list.dedup();
        assert_eq!(list.len(), count);
    }
    let silent: Vec<&str> = functions::all().filter(|function| function.doc.is_empty()).map(|f| f.name).collect();
    assert!(silent.is_empty(), "{silent:?}");
}
