//! Tokens to syntax tree, by recursive descent; expressions by precedence climbing.
//!
//! Invariants: what Flink's grammar has and Yeoul has not yet is recognised by its leading keywords and refused by
//! name, never read as something else. Nesting is bounded ([`DEPTH_MAX`]), so that no text overflows the stack.

mod alter;
mod create;
mod create_other;
mod data_type;
mod dml;
mod expression;
mod function;
mod group_by;
mod infix;
mod json;
mod literal;
mod match_recognize;
mod over;
mod query;
mod show;
mod statement;
mod table;
mod table_elements;
mod table_suffix;

use std::collections::BTreeMap;

use crate::ast::statement::Statement;
use crate::ast::{Hint, Ident, ObjectName, OptionPair};
use crate::diagnostic::{Diagnostic, Span};
use crate::keyword::is_reserved;
use crate::lexer;
use crate::token::{Token, TokenKind};

/// How deep expressions, types and queries may nest.
pub const DEPTH_MAX: u32 = 200;

/// Reads statements one by one.
pub struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
    /// Functions that the user named: upper-case name to the name that is bound.
    user_functions: BTreeMap<String, String>,
    /// The first part of the statement that Flink's grammar has and no node stands for.
    deferred: Option<Diagnostic>,
}

type Parsed<T> = Result<T, Diagnostic>;

impl Parser {
    /// A parser at the beginning of `text`.
    ///
    /// # Errors
    /// What the lexer can't read.
    pub fn new(text: &str) -> Parsed<Parser> {
        Ok(Parser { tokens: lexer::tokens(text)?, at: 0, depth: 0, user_functions: BTreeMap::new(), deferred: None })
    }

    /// Functions that the user named, for the statements that follow: upper-case name to the name that is bound.
    pub fn set_user_functions(&mut self, functions: BTreeMap<String, String>) {
        self.user_functions = functions;
    }

    /// What of the statement read last is right and can't be executed, if anything.
    pub fn take_deferred(&mut self) -> Option<Diagnostic> {
        self.deferred.take()
    }

    /// Keeps a refusal until the statement is read to its end.
    fn defer(&mut self, refusal: Diagnostic) {
        self.deferred.get_or_insert(refusal);
    }

    /// The next statement and its place, `None` behind the last.
    ///
    /// # Errors
    /// A syntax error, or a statement that isn't supported.
    pub fn next_statement(&mut self) -> Parsed<Option<(Statement, Span)>> {
        while self.eat_mark(";") {}
        if self.peek().kind == TokenKind::End {
            return Ok(None);
        }
        let start = self.here();
        let statement = self.statement()?;
        let span = self.since(start);
        if self.peek().kind != TokenKind::End {
            self.expect_mark(";").map_err(|fault| fault.with_help(self.help_for_the_end()))?;
        }
        Ok(Some((statement, span)))
    }

    /// The remedy where something stands in place of a statement's end: a reserved word in front of what follows a name is one
    /// that was meant as a name.
    fn help_for_the_end(&self) -> String {
        let follows_a_name = match &self.peek_at(1).kind {
            TokenKind::End | TokenKind::Mark("," | ";" | ")") => true,
            TokenKind::Word(word) => word.eq_ignore_ascii_case("FROM"),
            _ => false,
        };
        match &self.peek().kind {
            TokenKind::Word(word) if follows_a_name && is_reserved(word) => {
                format!("`{word}` is a reserved word; as a name it needs backticks")
            }
            _ => "statements end with `;`".to_owned(),
        }
    }

    fn peek(&self) -> &Token {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + ahead).min(last)]
    }

    fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn here(&self) -> Span {
        self.peek().span
    }

    /// From `start` to the token before this one.
    fn since(&self, start: Span) -> Span {
        let end = self.tokens[self.at.saturating_sub(1)].span.end;
        Span { end: end.max(start.end), ..start }
    }

    /// Runs `inner` one level deeper.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Parser) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH_MAX {
            return Err(too_deep(self.here()));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn expected(&self, what: &str) -> Diagnostic {
        let token = self.peek();
        Diagnostic::new(format!("expected {what}, found {}", token.kind.describe()), token.span)
    }

    fn at_word_ahead(&self, ahead: usize, word: &str) -> bool {
        matches!(&self.peek_at(ahead).kind, TokenKind::Word(found) if found.eq_ignore_ascii_case(word))
    }

    fn at_word(&self, word: &str) -> bool {
        self.at_word_ahead(0, word)
    }

    fn at_words(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| self.at_word_ahead(ahead, word))
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.advance();
        }
        found
    }

    fn eat_words(&mut self, words: &[&str]) -> bool {
        let found = self.at_words(words);
        if found {
            words.iter().for_each(|_| drop(self.advance()));
        }
        found
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.eat_word(word) { Ok(()) } else { Err(self.expected(&format!("`{word}`"))) }
    }

    fn expect_words(&mut self, words: &[&str]) -> Parsed<()> {
        words.iter().try_for_each(|word| self.expect_word(word))
    }

    fn at_mark_ahead(&self, ahead: usize, mark: &str) -> bool {
        matches!(self.peek_at(ahead).kind, TokenKind::Mark(found) if found == mark)
    }

    fn at_mark(&self, mark: &str) -> bool {
        self.at_mark_ahead(0, mark)
    }

    fn eat_mark(&mut self, mark: &str) -> bool {
        let found = self.at_mark(mark);
        if found {
            self.advance();
        }
        found
    }

    fn expect_mark(&mut self, mark: &str) -> Parsed<()> {
        if self.eat_mark(mark) { Ok(()) } else { Err(self.expected(&format!("`{mark}`"))) }
    }

    /// Whether an identifier stands at `ahead`: quoted, or no reserved word.
    fn at_ident_ahead(&self, ahead: usize) -> bool {
        match &self.peek_at(ahead).kind {
            TokenKind::Quoted(_) => true,
            TokenKind::Word(word) => !is_reserved(word),
            _ => false,
        }
    }

    fn ident(&mut self, what: &str) -> Parsed<Ident> {
        let token = self.peek().clone();
        match token.kind {
            TokenKind::Quoted(name) => {
                self.advance();
                Ok(Ident { name, span: token.span })
            }
            TokenKind::Word(name) if !is_reserved(&name) => {
                self.advance();
                Ok(Ident { name, span: token.span })
            }
            TokenKind::Word(name) => Err(self.expected(what).with_help(
                format!("`{name}` is a reserved word; as a name it needs backticks: \\`{name}\\`").replace('\\', ""),
            )),
            _ => Err(self.expected(what)),
        }
    }

    fn object_name(&mut self, what: &str) -> Parsed<ObjectName> {
        let start = self.here();
        let mut parts = vec![self.ident(what)?];
        while self.at_mark(".") && parts.len() < 3 {
            self.advance();
            parts.push(self.ident("a name behind `.`")?);
        }
        Ok(ObjectName { parts, span: self.since(start) })
    }

    fn idents(&mut self, what: &str) -> Parsed<Vec<Ident>> {
        self.expect_mark("(")?;
        let list = self.comma_list(|parser| parser.ident(what))?;
        self.expect_mark(")")?;
        Ok(list)
    }

    fn comma_list<T>(&mut self, mut item: impl FnMut(&mut Parser) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut list = vec![item(self)?];
        while self.eat_mark(",") {
            list.push(item(self)?);
        }
        Ok(list)
    }

    fn text(&mut self, what: &str) -> Parsed<(String, Span)> {
        let token = self.peek().clone();
        let TokenKind::Text(text) = token.kind else { return Err(self.expected(what)) };
        self.advance();
        Ok((text, token.span))
    }

    fn unsigned(&mut self, what: &str) -> Parsed<(u64, Span)> {
        let token = self.peek().clone();
        let TokenKind::Number(digits) = &token.kind else { return Err(self.expected(what)) };
        let number = digits.parse().map_err(|_| self.expected(what))?;
        self.advance();
        Ok((number, token.span))
    }

    /// `('key' = 'value', …)`
    fn option_list(&mut self) -> Parsed<Vec<OptionPair>> {
        self.expect_mark("(")?;
        if self.eat_mark(")") {
            return Ok(Vec::new());
        }
        let pairs = self.comma_list(Parser::option_pair)?;
        self.expect_mark(")")?;
        Ok(pairs)
    }

    fn option_pair(&mut self) -> Parsed<OptionPair> {
        let start = self.here();
        let (key, _) = self.text("an option's key in single quotes")?;
        self.expect_mark("=")?;
        let (value, _) = self.text("the option's value in single quotes")?;
        Ok(OptionPair { key, value, span: self.since(start) })
    }

    /// `/*+ NAME(…), NAME(…) */`, if any.
    fn hints(&mut self) -> Parsed<Vec<Hint>> {
        let mut hints = Vec::new();
        while self.eat_mark("/*+") {
            hints.extend(self.comma_list(Parser::hint)?);
            self.expect_mark("*/")?;
        }
        Ok(hints)
    }

    /// `NAME`, `NAME('key' = 'value', …)`, `NAME(key = 'value')`, `NAME(a, b)`, `NAME('a')`
    fn hint(&mut self) -> Parsed<Hint> {
        let name = self.ident("a hint's name")?;
        let mut hint = Hint { name, options: Vec::new(), names: Vec::new() };
        if !self.eat_mark("(") || self.eat_mark(")") {
            return Ok(hint);
        }
        self.comma_list(|parser| parser.hint_argument(&mut hint))?;
        self.expect_mark(")")?;
        Ok(hint)
    }

    fn hint_argument(&mut self, hint: &mut Hint) -> Parsed<()> {
        let start = self.here();
        let key = match self.peek().kind.clone() {
            TokenKind::Text(text) | TokenKind::Number(text) => {
                self.advance();
                text
            }
            _ => self.object_name("a name or a text")?.key(),
        };
        if self.eat_mark("=") {
            let (value, _) = self.text("the option's value in single quotes")?;
            hint.options.push(OptionPair { key, value, span: self.since(start) });
        } else {
            hint.names.push(Ident { name: key, span: self.since(start) });
        }
        Ok(())
    }

    /// A number without sign.
    fn number(&mut self) -> Parsed<String> {
        let TokenKind::Number(digits) = self.peek().kind.clone() else { return Err(self.expected("a number")) };
        self.advance();
        Ok(digits)
    }

    fn unsupported<T>(&self, what: &str) -> Parsed<T> {
        Err(not_supported(what, self.here()))
    }
}

fn not_supported(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("`{what}` is not supported yet"), span)
}

fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new("the text is nested too deeply", span).with_help(format!("{DEPTH_MAX} levels are the most"))
}
