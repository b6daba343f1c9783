//! Flink SQL text to bound plan: lexer, parser, catalog, functions, validator, changelog modes.
//!
//! Reading order: [`session`] (the way in), [`plan`] and [`expr`] (what comes out), [`catalog`] (tables and views).
//!
//! This crate does no I/O and runs nothing; it knows of connectors only what [`catalog::Connectors`] says.

pub mod ast;
mod bind;
pub mod catalog;
mod changelog;
mod describe;
pub mod diagnostic;
pub mod expr;
pub mod functions;
pub mod growth;
pub mod keyword;
pub mod lexer;
pub mod nearest;
mod optimize;
pub mod parser;
pub mod plan;
pub mod render;
pub mod session;
pub mod settings;
pub mod token;
mod walk;
