//! What the shell does itself, without the catalog: `HELP`, `QUIT`, `CLEAR`, and the jobs that it runs.

use yeoul_sql::diagnostic::{Diagnostic, Span};
use yeoul_sql::lexer::tokens;
use yeoul_sql::token::{Token, TokenKind};

/// A command of the shell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// `HELP`
    Help,
    /// `QUIT`, `EXIT`
    Quit,
    /// `CLEAR`
    Clear,
    /// `SHOW JOBS`
    ShowJobs,
    /// `DESCRIBE JOB 'name'`
    DescribeJob(String, Span),
    /// `STOP JOB 'name'`
    StopJob(String, Span),
}

/// The commands that need no semicolon.
const BARE: [(&str, Command); 7] = [
    ("QUIT", Command::Quit),
    ("EXIT", Command::Quit),
    ("HELP", Command::Help),
    ("CLEAR", Command::Clear),
    ("\\Q", Command::Quit),
    ("\\H", Command::Help),
    ("\\?", Command::Help),
];

/// The command that a text without a semicolon is.
#[must_use]
pub fn bare(text: &str) -> Option<Command> {
    let word = text.trim().trim_end_matches(';').trim_end().to_ascii_uppercase();
    BARE.into_iter().find(|(name, _)| *name == word).map(|(_, command)| command)
}

/// The command that a statement is; none if it is for the catalog.
///
/// # Errors
/// A command with a clause that isn't supported.
pub fn of_statement(text: &str) -> Result<Option<Command>, Diagnostic> {
    if let Some(command) = bare(text) {
        return Ok(Some(command));
    }
    let Ok(tokens) = tokens(text) else { return Ok(None) };
    let rest = match tokens.as_slice() {
        [one, two, rest @ ..] if is_word(one, "SHOW") && is_word(two, "JOBS") => {
            return if ends(rest) { Ok(Some(Command::ShowJobs)) } else { Ok(None) };
        }
        [one, two, rest @ ..] if (is_word(one, "DESCRIBE") || is_word(one, "DESC")) && is_word(two, "JOB") => {
            return Ok(name_of(rest).map(|(name, span, _)| Command::DescribeJob(name, span)));
        }
        [one, two, rest @ ..] if is_word(one, "STOP") && is_word(two, "JOB") => rest,
        _ => return Ok(None),
    };
    let Some((name, span, rest)) = name_of(rest) else { return Ok(None) };
    match rest {
        [with, what, ..] if is_word(with, "WITH") => {
            let TokenKind::Word(word) = &what.kind else { return Ok(None) };
            let message = format!("`STOP JOB … WITH {}` is not supported yet", word.to_ascii_uppercase());
            Err(Diagnostic::new(message, with.span).with_help("without it the job stops where it is"))
        }
        rest if ends(rest) => Ok(Some(Command::StopJob(name, span))),
        _ => Ok(None),
    }
}

fn is_word(token: &Token, wanted: &str) -> bool {
    matches!(&token.kind, TokenKind::Word(word) if word.eq_ignore_ascii_case(wanted))
}

fn name_of(tokens: &[Token]) -> Option<(String, Span, &[Token])> {
    match tokens {
        [Token { kind: TokenKind::Text(name), span }, rest @ ..] => Some((name.clone(), *span, rest)),
        _ => None,
    }
}

fn ends(tokens: &[Token]) -> bool {
    tokens.iter().all(|token| matches!(token.kind, TokenKind::End | TokenKind::Mark(";")))
}

/// What `HELP` says.
pub const HELP: &str = "\
A statement ends with `;` and may have many lines. Tab completes, the arrow keys bring back what was typed before, Ctrl-R looks for it.

SELECT …                          shows a query's rows; over input without end: as a table that changes in place
INSERT INTO t SELECT …            runs a job: to its end over bounded input, else beside what follows
CREATE | ALTER | DROP …           tables, views and functions, for the length of the shell
SHOW TABLES, DESCRIBE t           what there is; also SHOW VIEWS, COLUMNS, FUNCTIONS, CREATE TABLE t
EXPLAIN SELECT …                  a plan, without running it
SET 'key' = 'value', RESET        settings; SET alone shows them
SHOW JOBS, STOP JOB 'name'        what runs beside
HELP, CLEAR, QUIT                 this text, an empty screen, the end; these need no `;`

SET 'sql-client.execution.result-mode' = 'table' | 'changelog' | 'tableau'
                                  rows in place, the last changes in place, or each change as it comes
Ctrl-C                            ends what runs, or drops what is typed in
Ctrl-D                            ends the shell";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_statements() {
        let found = |text: &str| of_statement(text).expect("no fault");
        assert_eq!(found("quit"), Some(Command::Quit));
        assert_eq!(found(" Exit ; "), Some(Command::Quit));
        assert_eq!(found("show -- all\njobs;"), Some(Command::ShowJobs));
        assert!(matches!(found("STOP JOB 'a''b';"), Some(Command::StopJob(name, _)) if name == "a'b"));
        assert!(matches!(found("desc job 'a';"), Some(Command::DescribeJob(name, _)) if name == "a"));
        for statement in ["SHOW TABLES;", "SELECT 'quit';", "STOP JOB a;", "DESCRIBE job;", "SHOW JOBS LIKE 'a';", "'"]
        {
            assert_eq!(found(statement), None, "{statement}");
        }
    }

    #[test]
    fn a_savepoint_is_refused_by_name() {
        let fault = of_statement("STOP JOB 'a' WITH SAVEPOINT;").expect_err("not supported");
        assert!(fault.message.contains("WITH SAVEPOINT") && fault.span.column == 14, "{fault}");
    }
}
