//! What a key does to the text that is edited. Knows no terminal: keys come in, and what is to be shown is asked for.

use super::buffer::{Buffer, Unit};
use super::completion::{Completer, Completion};
use super::history::History;
use super::search::Search;
use crate::shell::keys::Key;

/// What Tab puts before a line that is blank so far.
const INDENT: &str = "    ";

/// What comes of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The text may have changed.
    Changed,
    /// The text is whole.
    Submitted,
    /// The text is given up.
    Cancelled,
    /// Nothing more is to be read.
    Ended,
    /// The screen is to be emptied.
    Clear,
    /// These may follow.
    Candidates(Vec<String>),
}

/// A text under way.
pub struct Editor<'a> {
    buffer: Buffer,
    history: &'a History,
    /// The entry of the history that is shown; behind the last: what is typed in.
    place: usize,
    /// What was typed in before the history was looked at.
    draft: Buffer,
    search: Option<Search>,
    /// What was taken out last.
    taken: &'a mut String,
    completer: &'a dyn Completer,
}

impl<'a> Editor<'a> {
    /// An empty text. `taken`: what was taken out last, also of texts before.
    pub fn new(history: &'a History, taken: &'a mut String, completer: &'a dyn Completer) -> Editor<'a> {
        let place = history.entries().len();
        let (buffer, draft) = (Buffer::default(), Buffer::default());
        Editor { buffer, history, place, draft, search: None, taken, completer }
    }

    /// The text.
    #[must_use]
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// The search that is under way.
    #[must_use]
    pub fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    /// An entry of the history.
    #[must_use]
    pub fn entry(&self, place: usize) -> Option<&str> {
        self.history.entries().get(place).map(String::as_str)
    }

    /// The cursor goes behind the text, and a search ends.
    pub fn finish(&mut self) {
        self.search = None;
        self.buffer.forward(Unit::Text);
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key) -> Outcome {
        match self.search.take() {
            Some(search) => self.press_in_search(search, key),
            None => self.press_in_text(key),
        }
    }

    fn press_in_text(&mut self, key: Key) -> Outcome {
        match key {
            Key::Char(c) => self.buffer.insert(c.encode_utf8(&mut [0; 4])),
            Key::Paste(text) => self.buffer.insert(&text),
            Key::Enter if self.completer.is_whole(self.buffer.text()) => return Outcome::Submitted,
            Key::Enter | Key::AltEnter => self.buffer.insert("\n"),
            Key::Tab => return self.complete(),
            Key::Ctrl(letter) => return self.control(letter),
            Key::Alt(letter) => self.alt(letter),
            Key::Hangup => return Outcome::Ended,
            Key::Up => self.up(),
            Key::Down => self.down(),
            Key::PageUp => self.show_entry(self.place.saturating_sub(1)),
            Key::PageDown => self.show_entry(self.place + 1),
            key => self.edit(&key),
        }
        Outcome::Changed
    }

    fn edit(&mut self, key: &Key) {
        let buffer = &mut self.buffer;
        match key {
            Key::Left => buffer.back(Unit::Character),
            Key::Right => buffer.forward(Unit::Character),
            Key::WordLeft => buffer.back(Unit::Word),
            Key::WordRight => buffer.forward(Unit::Word),
            Key::Home => buffer.back(Unit::Line),
            Key::End => buffer.forward(Unit::Line),
            Key::Backspace => drop(buffer.take_back(Unit::Character)),
            Key::Delete => drop(buffer.take_forward(Unit::Character)),
            Key::AltBackspace => *self.taken = buffer.take_back(Unit::Word),
            _ => {}
        }
    }

    fn control(&mut self, letter: char) -> Outcome {
        let buffer = &mut self.buffer;
        match letter {
            'a' => buffer.back(Unit::Line),
            'e' => buffer.forward(Unit::Line),
            'b' => buffer.back(Unit::Character),
            'f' => buffer.forward(Unit::Character),
            'd' if buffer.text().is_empty() => return Outcome::Ended,
            'd' => drop(buffer.take_forward(Unit::Character)),
            'k' => *self.taken = buffer.take_forward(Unit::Line),
            'u' => *self.taken = buffer.take_back(Unit::Line),
            'w' => *self.taken = buffer.take_back(Unit::Chunk),
            'y' => buffer.insert(self.taken),
            'p' => self.up(),
            'n' => self.down(),
            'r' => self.search = Some(Search::new(self.place)),
            'l' => return Outcome::Clear,
            'c' => return Outcome::Cancelled,
            _ => {}
        }
        Outcome::Changed
    }

    fn alt(&mut self, letter: char) {
        match letter {
            'b' => self.buffer.back(Unit::Word),
            'f' => self.buffer.forward(Unit::Word),
            'd' => *self.taken = self.buffer.take_forward(Unit::Word),
            '<' => self.show_entry(0),
            '>' => self.show_entry(self.history.entries().len()),
            _ => {}
        }
    }

    fn up(&mut self) {
        if !self.buffer.up() {
            self.show_entry(self.place.saturating_sub(1));
        }
    }

    fn down(&mut self) {
        if !self.buffer.down() {
            self.show_entry(self.place + 1);
        }
    }

    fn show_entry(&mut self, place: usize) {
        let entries = self.history.entries();
        let place = place.min(entries.len());
        if place == self.place {
            return;
        }
        if self.place == entries.len() {
            self.draft = self.buffer.clone();
        }
        self.buffer = entries.get(place).map_or_else(|| self.draft.clone(), Buffer::of);
        self.place = place;
    }

    fn press_in_search(&mut self, mut search: Search, key: Key) -> Outcome {
        match key {
            Key::Char(c) => search.push(c, self.history),
            Key::Paste(text) => text.chars().for_each(|c| search.push(c, self.history)),
            Key::Backspace => search.pop(self.history),
            Key::Ctrl('r') => search.older(self.history),
            Key::Ctrl('g' | 'c') | Key::Escape => return Outcome::Changed,
            key => {
                // Any other key takes what was found and does there what it does.
                search.found().into_iter().for_each(|place| self.show_entry(place));
                return if key == Key::Tab { Outcome::Changed } else { self.press_in_text(key) };
            }
        }
        self.search = Some(search);
        Outcome::Changed
    }

    fn complete(&mut self) -> Outcome {
        let blank = self.buffer.line_before().trim().is_empty();
        if blank && !self.buffer.text().trim().is_empty() {
            self.buffer.insert(INDENT);
            return Outcome::Changed;
        }
        let completion = self.completer.complete(self.buffer.text(), self.buffer.at());
        let Completion { start, candidates } = completion;
        let typed = self.buffer.before().get(start..).unwrap_or("").to_owned();
        match candidates.as_slice() {
            [] => {}
            [only] => self.buffer.replace_from(start, &format!("{}{}", only.text, only.end)),
            several => {
                let common = common_beginning(several.iter().map(|candidate| candidate.text.as_str()));
                if common.len() <= typed.len() {
                    return Outcome::Candidates(candidates.into_iter().map(|candidate| candidate.text).collect());
                }
                self.buffer.replace_from(start, &common);
            }
        }
        Outcome::Changed
    }
}

/// What all texts begin with.
fn common_beginning<'a>(mut texts: impl Iterator<Item = &'a str>) -> String {
    let first = texts.next().unwrap_or("");
    let common = texts.fold(first, |common, text| {
        let same = common.char_indices().zip(text.chars()).find(|((_, a), b)| a != b).map(|((at, _), _)| at);
        common.get(..same.unwrap_or(common.len().min(text.len()))).unwrap_or("")
    });
    common.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::edit::completion::Candidate;
    use crate::statements::is_complete;

    struct Words;

    impl Completer for Words {
        fn complete(&self, text: &str, at: usize) -> Completion {
            let start = text[..at].rfind(' ').map_or(0, |space| space + 1);
            let words = ["orders", "order_items", "customers"].into_iter();
            let fitting = words.filter(|word| word.starts_with(&text[start..at]));
            Completion {
                start,
                candidates: fitting.map(|word| Candidate { text: word.to_owned(), end: " " }).collect(),
            }
        }

        fn is_whole(&self, text: &str) -> bool {
            is_complete(text)
        }
    }

    fn history() -> History {
        let mut history = History::default();
        for text in ["SELECT a FROM t;", "SELECT\n  b;", "SHOW TABLES;"] {
            history.add(text).expect("kept");
        }
        history
    }

    /// The text and the last outcome behind these keys.
    fn typed(keys: impl IntoIterator<Item = Key>) -> (String, Outcome) {
        let (history, mut taken) = (history(), String::new());
        let mut editor = Editor::new(&history, &mut taken, &Words);
        let last = keys.into_iter().map(|key| editor.press(key)).last().unwrap_or(Outcome::Changed);
        (editor.buffer.text().to_owned(), last)
    }

    fn chars(text: &str) -> impl Iterator<Item = Key> {
        text.chars().map(|c| if c == '\n' { Key::Enter } else { Key::Char(c) }).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn enter_ends_a_whole_statement_and_else_begins_a_line() {
        assert_eq!(typed(chars("SELECT\n1;\n")), ("SELECT\n1;".to_owned(), Outcome::Submitted));
        assert_eq!(typed(chars("SELECT ';\n")).1, Outcome::Changed);
        assert_eq!(typed(chars("\n")).1, Outcome::Submitted);
        assert_eq!(typed(chars("a;").chain([Key::AltEnter])), ("a;\n".to_owned(), Outcome::Changed));
    }

    #[test]
    fn what_is_taken_out_is_put_back() {
        let keys = chars("a b c").chain([Key::Ctrl('w'), Key::Home, Key::Ctrl('y')]);
        assert_eq!(typed(keys).0, "ca b ");
        let keys = chars("abc").chain([Key::Left, Key::Ctrl('k'), Key::Ctrl('a'), Key::Ctrl('y')]);
        assert_eq!(typed(keys).0, "cab");
        let keys = chars("abc").chain([Key::Left, Key::Ctrl('u'), Key::Ctrl('e'), Key::Ctrl('y')]);
        assert_eq!(typed(keys).0, "cab");
    }

    #[test]
    fn up_goes_through_lines_and_then_through_the_history() {
        assert_eq!(typed([Key::Up]).0, "SHOW TABLES;");
        assert_eq!(typed([Key::Up, Key::Up]).0, "SELECT\n  b;");
        assert_eq!(typed([Key::Up, Key::Up, Key::Up]).0, "SELECT\n  b;");
        assert_eq!(typed(vec![Key::Up; 9]).0, "SELECT a FROM t;");
        assert_eq!(typed(chars("draft").chain([Key::Up, Key::Down])).0, "draft");
    }

    #[test]
    fn a_search_finds_older_entries() {
        let search = || [Key::Ctrl('r')].into_iter().chain(chars("SEL"));
        assert_eq!(typed(search().chain([Key::Right])).0, "SELECT\n  b;");
        assert_eq!(
            typed(search().chain([Key::Ctrl('r'), Key::Enter])),
            ("SELECT a FROM t;".to_owned(), Outcome::Submitted)
        );
        assert_eq!(typed(chars("x").chain(search()).chain([Key::Ctrl('g')])).0, "x");
        assert_eq!(typed([Key::Ctrl('r'), Key::Char('~'), Key::Enter]).1, Outcome::Submitted);
    }

    #[test]
    fn tab_completes_as_far_as_it_is_clear() {
        assert_eq!(typed(chars("FROM c").chain([Key::Tab])).0, "FROM customers ");
        assert_eq!(typed(chars("FROM o").chain([Key::Tab])).0, "FROM order");
        let shown = typed(chars("FROM o").chain([Key::Tab, Key::Tab])).1;
        assert_eq!(shown, Outcome::Candidates(vec!["orders".to_owned(), "order_items".to_owned()]));
        assert_eq!(typed(chars("a\n").chain([Key::Tab])).0, "a\n    ");
    }

    #[test]
    fn a_paste_is_not_run() {
        let pasted = Key::Paste("SELECT 1;\nSELECT 2;\n".to_owned());
        assert_eq!(typed([pasted]), ("SELECT 1;\nSELECT 2;\n".to_owned(), Outcome::Changed));
    }

    #[test]
    fn the_end_and_the_cancel_keys_do_so() {
        assert_eq!(typed([Key::Ctrl('d')]).1, Outcome::Ended);
        assert_eq!(typed(chars("ab").chain([Key::Home, Key::Ctrl('d')])).0, "b");
        assert_eq!(typed(chars("ab").chain([Key::Ctrl('c')])).1, Outcome::Cancelled);
        assert_eq!(typed(chars("ab").chain([Key::Ctrl('l')])).1, Outcome::Clear);
        assert_eq!(typed([Key::Hangup]).1, Outcome::Ended);
    }
}
