//! The terminal: its modes, its size, and its keys as they are pressed.
//!
//! While a line is edited or a table is looked at, the terminal gives each key at once and shows none by itself ([`Raw`]); at all
//! other times it is as it was found. Whatever ends the process puts it back: leaving the scope, a panic, a signal.

use std::collections::VecDeque;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::keys::{Decoder, Key};
use crate::fault::Fault;

/// A terminal's size where it doesn't tell: columns, rows.
const SIZE: Size = Size { columns: 80, rows: 24 };
/// How long the rest of a key may take that begins like Escape.
const ESCAPE_WAIT: Duration = Duration::from_millis(40);
/// Bytes that are read at once.
const READ_BYTES: usize = 4096;
/// Stack of the thread that waits for signals.
const STACK_BYTES: usize = 256 << 10;
/// Exit code of a process that a signal ended, less the signal's number.
const EXIT_CODE_SIGNAL: i32 = 128;

/// Brackets around what is pasted, on and off.
const PASTE: (&str, &str) = ("\x1b[?2004h", "\x1b[?2004l");
/// A screen of its own, without a cursor, on and off.
const ALTERNATE: (&str, &str) = ("\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l");

/// The modes as they were found, while they are changed.
static FOUND: Mutex<Option<libc::termios>> = Mutex::new(None);
/// Whether the screen is the second one.
static ON_ALTERNATE: AtomicBool = AtomicBool::new(false);

/// A terminal's columns and rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Columns.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
}

/// Whether lines can be edited and tables drawn in place: there is a terminal on both sides, and it knows how.
#[must_use]
pub fn is_capable() -> bool {
    let named = std::env::var("TERM").is_ok_and(|term| !term.is_empty() && term != "dumb");
    named && io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// The terminal's size.
#[must_use]
pub fn size() -> Size {
    let mut told = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the request writes one `winsize`, which `told` is, and keeps no pointer to it.
    let done = unsafe { libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, &raw mut told) };
    match done == 0 && told.ws_col > 0 && told.ws_row > 0 {
        true => Size { columns: usize::from(told.ws_col), rows: usize::from(told.ws_row) },
        false => SIZE,
    }
}

/// Writes to the terminal at once, past what standard output holds back.
///
/// # Errors
/// A terminal that can't be written.
pub fn show(text: &str) -> io::Result<()> {
    let out = io::stdout();
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match rustix::io::write(out.as_fd(), rest) {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The terminal gives each key at once, and shows none, until this is dropped.
pub struct Raw(());

impl Raw {
    /// Changes the modes, and asks for brackets around what is pasted.
    ///
    /// # Errors
    /// Standard input that is no terminal.
    pub fn enter() -> io::Result<Raw> {
        let found = modes()?;
        let mut raw = found;
        // Output stays as it is, so that what other threads say has its line breaks.
        raw.c_lflag &= !(libc::ICANON | libc::ECHO | libc::ISIG | libc::IEXTEN);
        raw.c_iflag &= !(libc::ICRNL | libc::INLCR | libc::IXON | libc::ISTRIP);
        if let Some(least) = raw.c_cc.get_mut(libc::VMIN) {
            *least = 1;
        }
        if let Some(time) = raw.c_cc.get_mut(libc::VTIME) {
            *time = 0;
        }
        FOUND.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(found);
        let entered = Raw(());
        set_modes(&raw)?;
        show(PASTE.0)?;
        Ok(entered)
    }

    /// Goes to the second screen, until this is dropped.
    ///
    /// # Errors
    /// A terminal that can't be written.
    pub fn on_alternate_screen(&self) -> io::Result<()> {
        ON_ALTERNATE.store(true, Ordering::SeqCst);
        show(ALTERNATE.0)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        restore();
    }
}

/// Puts the terminal back as it was found; nothing to do where it is.
pub fn restore() {
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    if ON_ALTERNATE.swap(false, Ordering::SeqCst) {
        let _ = show(ALTERNATE.1);
    }
    if let Some(modes) = found.take() {
        let _ = show(PASTE.1);
        let _ = set_modes(&modes);
    }
}

/// From now on the terminal is put back also by a panic of this thread, and by the signals that ask to end.
///
/// # Errors
/// No thread can be started, or the system refuses to hand over signals.
pub fn restore_in_any_case() -> Result<(), Fault> {
    let shown = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() == shown {
            restore();
        }
        before(panic);
    }));
    let thread = std::thread::Builder::new().name("yeoul-terminal".into()).stack_size(STACK_BYTES);
    thread.spawn(|| {
        if let Err(error) = end_at_signals() {
            tracing::warn!(%error, "can't wait for signals");
        }
    })?;
    Ok(())
}

fn end_at_signals() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hangup = signal(SignalKind::hangup())?;
        let came = tokio::select! {
            _ = terminate.recv() => SignalKind::terminate(),
            _ = hangup.recv() => SignalKind::hangup(),
        };
        restore();
        std::process::exit(EXIT_CODE_SIGNAL + came.as_raw_value())
    })
}

fn modes() -> io::Result<libc::termios> {
    let mut modes = std::mem::MaybeUninit::<libc::termios>::uninit();
    // SAFETY: the call writes one `termios`, for which there is room.
    if unsafe { libc::tcgetattr(libc::STDIN_FILENO, modes.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call that fills it succeeded.
    Ok(unsafe { modes.assume_init() })
}

fn set_modes(modes: &libc::termios) -> io::Result<()> {
    // SAFETY: the call reads one `termios`, which `modes` is.
    match unsafe { libc::tcsetattr(libc::STDIN_FILENO, libc::TCSADRAIN, modes) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The keys, in the order in which they were pressed.
#[derive(Default)]
pub struct Keys {
    decoder: Decoder,
    pressed: VecDeque<Key>,
}

impl Keys {
    /// The next key; none within `timeout`.
    ///
    /// # Errors
    /// A terminal that can't be read.
    pub fn next(&mut self, timeout: Duration) -> io::Result<Option<Key>> {
        if let Some(key) = self.pressed.pop_front() {
            return Ok(Some(key));
        }
        if !is_ready(timeout)? {
            return Ok(None);
        }
        self.read()?;
        while self.decoder.is_open() && self.pressed.is_empty() {
            match is_ready(ESCAPE_WAIT)? {
                true => self.read()?,
                false => self.pressed.extend(self.decoder.give_up()),
            }
        }
        Ok(self.pressed.pop_front())
    }

    fn read(&mut self) -> io::Result<()> {
        let mut bytes = [0; READ_BYTES];
        let read = match rustix::io::read(io::stdin().as_fd(), &mut bytes) {
            Ok(read) => read,
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => return Ok(()),
            // A terminal that went away.
            Err(rustix::io::Errno::IO) => 0,
            Err(error) => return Err(error.into()),
        };
        if read == 0 {
            self.pressed.push_back(Key::Hangup);
        }
        let keys = bytes.iter().take(read).filter_map(|byte| self.decoder.push(*byte));
        self.pressed.extend(keys);
        Ok(())
    }
}

/// Whether a byte can be read, within `timeout`.
fn is_ready(timeout: Duration) -> io::Result<bool> {
    let mut asked = libc::pollfd { fd: libc::STDIN_FILENO, events: libc::POLLIN, revents: 0 };
    let millis = libc::c_int::try_from(timeout.as_millis()).unwrap_or(libc::c_int::MAX);
    // SAFETY: the call reads and writes one `pollfd`, which `asked` is, and keeps no pointer to it.
    match unsafe { libc::poll(&raw mut asked, 1, millis) } {
        0 => Ok(false),
        1.. => Ok(true),
        _ => match io::Error::last_os_error() {
            error if error.kind() == io::ErrorKind::Interrupted => Ok(false),
            error => Err(error),
        },
    }
}
