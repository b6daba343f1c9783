//! Where statements end in a text that may be faulty or unfinished, so that a fault of one doesn't hide the others and a prompt
//! knows whether more is to come. Nothing is understood here but quotes, comments, semicolons, and sets of statements.

use std::ops::Range;

/// One statement of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Its bytes, with its semicolon.
    pub range: Range<usize>,
    /// Whether its semicolon (of a set: that behind its `END`) is there.
    pub ended: bool,
}

/// The statements of a text; the last one may be unfinished. What is blank, or comment alone, is none.
#[must_use]
pub fn split(text: &str) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut open: Option<Open> = None;
    for (piece, range) in pieces(text) {
        match piece {
            Piece::Comment => open.iter_mut().for_each(|open| open.in_word = false),
            Piece::End => {
                let Some(mut statement) = open.take() else { continue };
                match statement.goes_on() {
                    true => open = Some(statement),
                    false => statements.push(Statement { range: statement.start..range.end, ended: true }),
                }
            }
            Piece::Code | Piece::Quoted => {
                let code = text.get(range.clone()).unwrap_or("");
                if open.is_some() || !code.trim().is_empty() {
                    open.get_or_insert_with(|| Open::at(range.start)).take(code);
                }
            }
        }
    }
    statements.extend(
        open.filter(|open| !open.is_blank()).map(|open| Statement { range: open.start..text.len(), ended: false }),
    );
    statements
}

/// Whether a text ends where a statement does: behind its semicolon, or with nothing in it.
#[must_use]
pub fn is_complete(text: &str) -> bool {
    split(text).last().is_none_or(|statement| statement.ended)
}

/// The quote that is open at a text's end, and its byte.
#[must_use]
pub fn open_quote(text: &str) -> Option<(usize, char)> {
    let (piece, range) = pieces(text).last()?;
    let quoted = text.get(range.clone())?;
    let quote = quoted.chars().next().filter(|_| piece == Piece::Quoted)?;
    (quoted.len() == 1 || !quoted.ends_with(quote)).then_some((range.start, quote))
}

/// A statement whose end is not seen yet.
struct Open {
    start: usize,
    /// The words since its start, or since the last semicolon within a set, upper case; as many as are looked at.
    words: Vec<String>,
    /// Whether the last word goes on.
    in_word: bool,
    /// Whether it is a set of statements, which has semicolons of its own.
    is_set: bool,
}

/// How many words of a statement are looked at. `COMPILE AND EXECUTE PLAN 'file' IF NOT EXISTS FOR STATEMENT SET` is the longest
/// beginning of a set.
const WORDS_MAX: usize = 16;

impl Open {
    fn at(start: usize) -> Open {
        Open { start, words: Vec::new(), in_word: false, is_set: false }
    }

    fn take(&mut self, code: &str) {
        for c in code.chars() {
            if c.is_whitespace() {
                self.in_word = false;
            } else if self.in_word || self.words.len() <= WORDS_MAX {
                if !std::mem::replace(&mut self.in_word, true) {
                    self.words.push(String::new());
                }
                if let Some(word) = self.words.last_mut() {
                    word.extend(c.to_uppercase());
                }
            }
        }
    }

    fn is_blank(&self) -> bool {
        self.words.is_empty() && !self.is_set
    }

    /// Whether the semicolon that was just met is one within a set.
    fn goes_on(&mut self) -> bool {
        let words = std::mem::take(&mut self.words);
        self.in_word = false;
        let began = !self.is_set && words.windows(2).any(|pair| pair == ["STATEMENT", "SET"]);
        self.is_set |= began;
        self.is_set && words != ["END"]
    }
}

/// Behind each semicolon that is in no literal, name or comment.
pub fn ends(text: &str) -> impl Iterator<Item = usize> {
    pieces(text).filter(|(piece, _)| *piece == Piece::End).map(|(_, range)| range.end)
}

/// The text with its comments blank.
#[must_use]
pub fn blank_comments(text: &str) -> String {
    let mut out = text.to_owned();
    for (piece, range) in pieces(text) {
        if piece == Piece::Comment {
            out.replace_range(range.clone(), &" ".repeat(range.len()));
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece {
    Code,
    Quoted,
    Comment,
    End,
}

/// A text cut into code, quoted parts, comments and semicolons.
fn pieces(text: &str) -> impl Iterator<Item = (Piece, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let (piece, length) = piece_of(rest);
        let range = at..at + length;
        at = range.end;
        Some((piece, range))
    })
}

/// The first piece of a text that isn't empty, and its bytes.
fn piece_of(rest: &str) -> (Piece, usize) {
    let until = |open: usize, close: &str| {
        rest.get(open..).and_then(|inner| inner.find(close)).map_or(rest.len(), |found| open + found + close.len())
    };
    match rest.chars().next().unwrap_or(' ') {
        ';' => (Piece::End, 1),
        '\'' => (Piece::Quoted, until(1, "'")),
        '`' => (Piece::Quoted, until(1, "`")),
        _ if rest.starts_with("--") || rest.starts_with("//") => (Piece::Comment, until(2, "\n")),
        // A hint is code: its quotes count.
        _ if rest.starts_with("/*+") => (Piece::Code, 3),
        _ if rest.starts_with("/*") => (Piece::Comment, until(2, "*/")),
        first => (Piece::Code, first.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|statement| &text[statement.range]).collect()
    }

    #[test]
    fn a_text_is_complete_behind_its_last_semicolon() {
        for text in [
            "",
            "  -- nothing\n",
            ";;",
            "SELECT 1;",
            "SELECT ';'; -- x;",
            "SELECT 1; // it's over",
            "SELECT * FROM t /*+ OPTIONS('a'='*/;') */;",
            "BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END;",
        ] {
            assert!(is_complete(text), "{text}");
        }
        for text in [
            "SELECT 1",
            "SELECT ';",
            "SELECT 1 -- ;",
            "SELECT 1 // ;",
            "SELECT 1; SELECT",
            "BEGIN STATEMENT SET;",
            "BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END",
            "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN b THEN 1 END;",
        ] {
            assert!(!is_complete(text), "{text}");
        }
    }

    #[test]
    fn a_text_is_cut_into_its_statements() {
        let text = "-- first\nSELECT ';' ; ;\n/* ; */ SELECT `a;b`;SELECT";
        assert_eq!(texts(text), ["SELECT ';' ;", "SELECT `a;b`;", "SELECT"]);
    }

    #[test]
    fn an_open_quote_is_found() {
        assert_eq!(open_quote("SELECT 'a"), Some((7, '\'')));
        assert_eq!(open_quote("SELECT `"), Some((7, '`')));
        assert_eq!(open_quote("SELECT 'a'"), None);
        assert_eq!(open_quote("SELECT 'a' -- '"), None);
        assert_eq!(open_quote(""), None);
    }

    #[test]
    fn a_set_of_statements_is_one() {
        let text = "execute statement set\nbegin insert into a select 1; insert into b select 2; end;SELECT 1;";
        assert_eq!(texts(text).len(), 2);
        assert_eq!(texts(text).last(), Some(&"SELECT 1;"));
    }
}
