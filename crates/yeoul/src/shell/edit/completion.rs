//! What the editor asks of whoever knows the language.

/// What may stand at the cursor.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Completion {
    /// The byte from which on candidates take the place of what was typed in.
    pub start: usize,
    /// The candidates, in the order in which they are shown.
    pub candidates: Vec<Candidate>,
}

/// A text that may stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The text.
    pub text: String,
    /// What comes behind it where it is the only one.
    pub end: &'static str,
}

/// Knows the language that is typed in.
pub trait Completer {
    /// What may stand at byte `at` of `text`.
    fn complete(&self, text: &str, at: usize) -> Completion;

    /// Whether `text` can be run as it is.
    fn is_whole(&self, text: &str) -> bool;
}
