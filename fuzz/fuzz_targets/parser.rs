//! Any text is read to its end or refused; it never panics, and never takes long.

#![no_main]

use libfuzzer_sys::fuzz_target;
use yeoul_sql::parser::Parser;

fuzz_target!(|text: &str| {
    if let Ok(mut parser) = Parser::new(text) {
        while let Ok(Some(_)) = parser.next_statement() {
            parser.take_deferred();
        }
    }
});
