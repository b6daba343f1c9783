//! Ctrl-R: looking for what was typed in before by a part of it, the latest first.

use super::history::History;

/// A search under way.
#[derive(Clone, Debug)]
pub struct Search {
    text: String,
    /// Behind the entries that are looked at.
    from: usize,
    found: Option<usize>,
}

impl Search {
    /// Looks for nothing yet, among the entries before `from`.
    #[must_use]
    pub fn new(from: usize) -> Search {
        Search { text: String::new(), from, found: None }
    }

    /// What is looked for.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The entry that was found.
    #[must_use]
    pub fn found(&self) -> Option<usize> {
        self.found
    }

    /// Looks for one character more. The entry that was found is kept where it still fits.
    pub fn push(&mut self, c: char, history: &History) {
        self.text.push(c);
        self.look(self.found.map_or(self.from, |found| found + 1), history);
    }

    /// Looks for one character less, from the beginning.
    pub fn pop(&mut self, history: &History) {
        self.text.pop();
        self.look(self.from, history);
    }

    /// Looks for an older entry.
    pub fn older(&mut self, history: &History) {
        if let Some(found) = self.found
            && let Some(older) = history.find(&self.text, found)
        {
            self.found = Some(older);
        }
    }

    fn look(&mut self, from: usize, history: &History) {
        self.found = if self.text.is_empty() { None } else { history.find(&self.text, from) };
    }
}
