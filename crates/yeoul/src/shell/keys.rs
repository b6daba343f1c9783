//! Bytes of a terminal to keys: UTF-8, control characters, the sequences of xterm and those like it, and pasted texts.

/// The longest sequence of a key.
const SEQUENCE_BYTES_MAX: usize = 32;
/// The longest text that is pasted; what is behind it is dropped.
const PASTE_BYTES_MAX: usize = 16 << 20;
/// What stands behind a pasted text.
const PASTE_END: &[u8] = b"\x1b[201~";

/// A key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    /// A character.
    Char(char),
    /// Ctrl with a letter, lower case.
    Ctrl(char),
    /// Alt with a character.
    Alt(char),
    Enter,
    AltEnter,
    Tab,
    Backspace,
    AltBackspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    PageUp,
    PageDown,
    Escape,
    /// A pasted text, its line breaks as `\n`.
    Paste(String),
    /// The terminal went away.
    Hangup,
    /// A key that means nothing here.
    Other,
}

/// What is read so far of a key.
#[derive(Default)]
enum State {
    #[default]
    Ground,
    /// Behind an Escape.
    Escape,
    /// Within `ESC [ …`.
    Sequence(Vec<u8>),
    /// Behind `ESC O`.
    Single,
    /// Within a character of this many bytes.
    Char(Vec<u8>, usize),
    /// Within a pasted text.
    Paste(Vec<u8>),
}

/// Makes keys of bytes.
#[derive(Default)]
pub struct Decoder {
    state: State,
}

impl Decoder {
    /// Takes a byte; the key that it ends.
    pub fn push(&mut self, byte: u8) -> Option<Key> {
        match std::mem::take(&mut self.state) {
            State::Ground => self.ground(byte),
            State::Escape => self.escape(byte),
            State::Sequence(bytes) => self.sequence(bytes, byte),
            State::Single => Some(named(byte, false)),
            State::Char(bytes, length) => self.char(bytes, length, byte),
            State::Paste(bytes) => self.paste(bytes, byte),
        }
    }

    /// Whether a key has begun whose end isn't there, which must come soon. A paste may take its time.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Ground | State::Paste(_))
    }

    /// Nothing more comes: what the bytes so far mean by themselves.
    pub fn give_up(&mut self) -> Option<Key> {
        match std::mem::take(&mut self.state) {
            State::Ground => None,
            State::Escape => Some(Key::Escape),
            State::Single => Some(Key::Alt('O')),
            _ => Some(Key::Other),
        }
    }

    fn ground(&mut self, byte: u8) -> Option<Key> {
        match byte {
            0x1b => self.state = State::Escape,
            0xc2..=0xdf => self.state = State::Char(vec![byte], 2),
            0xe0..=0xef => self.state = State::Char(vec![byte], 3),
            0xf0..=0xf4 => self.state = State::Char(vec![byte], 4),
            _ => return Some(simple(byte)),
        }
        None
    }

    fn escape(&mut self, byte: u8) -> Option<Key> {
        match byte {
            b'[' => self.state = State::Sequence(Vec::new()),
            b'O' => self.state = State::Single,
            0x1b => {
                self.state = State::Escape;
                return Some(Key::Escape);
            }
            b'\r' | b'\n' => return Some(Key::AltEnter),
            0x7f | 0x08 => return Some(Key::AltBackspace),
            0x20..=0x7e => return Some(Key::Alt(char::from(byte))),
            _ => return Some(Key::Other),
        }
        None
    }

    fn sequence(&mut self, mut bytes: Vec<u8>, byte: u8) -> Option<Key> {
        match byte {
            b'~' if bytes == b"200" => self.state = State::Paste(Vec::new()),
            0x40..=0x7e => return Some(of_sequence(&bytes, byte)),
            0x20..=0x3f if bytes.len() < SEQUENCE_BYTES_MAX => {
                bytes.push(byte);
                self.state = State::Sequence(bytes);
            }
            _ => return Some(Key::Other),
        }
        None
    }

    fn char(&mut self, mut bytes: Vec<u8>, length: usize, byte: u8) -> Option<Key> {
        if !(0x80..=0xbf).contains(&byte) {
            // The character is broken; the byte begins the next one.
            return self.ground(byte).or(Some(Key::Char(char::REPLACEMENT_CHARACTER)));
        }
        bytes.push(byte);
        if bytes.len() < length {
            self.state = State::Char(bytes, length);
            return None;
        }
        let text = String::from_utf8_lossy(&bytes);
        Some(Key::Char(text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)))
    }

    fn paste(&mut self, mut bytes: Vec<u8>, byte: u8) -> Option<Key> {
        bytes.push(byte);
        if bytes.ends_with(PASTE_END) {
            bytes.truncate(bytes.len() - PASTE_END.len());
            let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n").replace('\r', "\n");
            return Some(Key::Paste(text));
        }
        if bytes.len() > PASTE_BYTES_MAX {
            // The end must still be found.
            bytes.remove(PASTE_BYTES_MAX - PASTE_END.len());
        }
        self.state = State::Paste(bytes);
        None
    }
}

/// A key of one byte.
fn simple(byte: u8) -> Key {
    match byte {
        b'\r' | b'\n' => Key::Enter,
        b'\t' => Key::Tab,
        0x7f | 0x08 => Key::Backspace,
        0x00..=0x1f => Key::Ctrl(char::from(byte | 0x40).to_ascii_lowercase()),
        0x20..=0x7e => Key::Char(char::from(byte)),
        _ => Key::Char(char::REPLACEMENT_CHARACTER),
    }
}

/// The key of a sequence with these parameters: `1;5` for Ctrl, `1;3` for Alt.
fn of_sequence(parameters: &[u8], last: u8) -> Key {
    let text = std::str::from_utf8(parameters).unwrap_or("");
    let mut numbers = text.split(';').map(|number| number.parse::<u32>().unwrap_or(0));
    let (first, modifier) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(1));
    if last != b'~' {
        return named(last, modifier > 2);
    }
    match first {
        1 | 7 => Key::Home,
        4 | 8 => Key::End,
        3 => Key::Delete,
        5 => Key::PageUp,
        6 => Key::PageDown,
        _ => Key::Other,
    }
}

fn named(last: u8, by_word: bool) -> Key {
    match (last, by_word) {
        (b'A', _) => Key::Up,
        (b'B', _) => Key::Down,
        (b'C', false) => Key::Right,
        (b'D', false) => Key::Left,
        (b'C', true) => Key::WordRight,
        (b'D', true) => Key::WordLeft,
        (b'H', _) => Key::Home,
        (b'F', _) => Key::End,
        (b'M', _) => Key::Enter,
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = Decoder::default();
        let mut keys: Vec<Key> = bytes.iter().filter_map(|byte| decoder.push(*byte)).collect();
        keys.extend(decoder.give_up());
        keys
    }

    #[test]
    fn characters_of_any_length_are_keys() {
        assert_eq!(keys("aé울😀".as_bytes()), ['a', 'é', '울', '😀'].map(Key::Char));
        assert_eq!(keys(b"\xec\x9aa"), [Key::Char('a')]);
        assert_eq!(keys(b"\xff"), [Key::Char('\u{fffd}')]);
    }

    #[test]
    fn control_characters_are_keys() {
        let expected =
            [Key::Ctrl('a'), Key::Enter, Key::Enter, Key::Tab, Key::Backspace, Key::Ctrl('c'), Key::Ctrl('_')];
        assert_eq!(keys(b"\x01\r\n\t\x7f\x03\x1f"), expected);
    }

    #[test]
    fn sequences_are_keys() {
        for (bytes, key) in [
            (&b"\x1b[A"[..], Key::Up),
            (b"\x1bOB", Key::Down),
            (b"\x1b[1;5C", Key::WordRight),
            (b"\x1b[1;3D", Key::WordLeft),
            (b"\x1b[1;2D", Key::Left),
            (b"\x1b[3~", Key::Delete),
            (b"\x1b[H", Key::Home),
            (b"\x1b[4~", Key::End),
            (b"\x1b[6~", Key::PageDown),
            (b"\x1bb", Key::Alt('b')),
            (b"\x1b\r", Key::AltEnter),
            (b"\x1b\x7f", Key::AltBackspace),
            (b"\x1b", Key::Escape),
            (b"\x1b[", Key::Other),
            (b"\x1b[99~", Key::Other),
        ] {
            assert_eq!(keys(bytes), [key], "{bytes:?}");
        }
    }

    #[test]
    fn what_is_pasted_is_one_key() {
        let pasted = Key::Paste("SELECT 1;\nSELECT\t2;\n".to_owned());
        assert_eq!(keys(b"\x1b[200~SELECT 1;\r\nSELECT\t2;\r\x1b[201~x"), [pasted, Key::Char('x')]);
    }

    #[test]
    fn any_bytes_are_read() {
        let mut decoder = Decoder::default();
        let mut state = 1u32;
        for _ in 0..100_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let _ = decoder.push((state >> 24) as u8);
        }
        let long: Vec<u8> = b"\x1b[".iter().copied().chain(std::iter::repeat_n(b'1', 1000)).collect();
        assert!(keys(&long).len() > 900);
    }
}
