//! Ctrl-C and SIGTERM: the first one asks the platform to stop, the second one ends the process at once, and so does a
//! stop that takes too long.

use std::process;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long an orderly stop may take.
const STOP_TIME_MAX: Duration = Duration::from_secs(9);
/// Exit code of a process that ended without stopping in order.
const EXIT_CODE_CUT: i32 = 1;

/// The signals that ask for a stop.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Takes the signals over. Must be called within the runtime.
    ///
    /// # Errors
    /// The system refuses.
    pub fn listen() -> std::io::Result<Signals> {
        Ok(Signals { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Resolves with the next signal.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// A second signal ends the process.
    pub async fn end_at_next(mut self) {
        self.next().await;
        tracing::warn!("asked twice to stop: ending at once; the next start goes on from the last checkpoint");
        process::exit(EXIT_CODE_CUT);
    }
}

/// Ends the process if it is still there after [`STOP_TIME_MAX`]; disarmed when dropped.
pub struct Watchdog {
    _armed: Sender<()>,
}

impl Watchdog {
    /// Starts counting.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn arm() -> std::io::Result<Watchdog> {
        let (armed, disarmed) = mpsc::channel::<()>();
        let wait = move || {
            if disarmed.recv_timeout(STOP_TIME_MAX) == Err(mpsc::RecvTimeoutError::Timeout) {
                tracing::error!("stopping took longer than {} s: ending", STOP_TIME_MAX.as_secs());
                process::exit(EXIT_CODE_CUT);
            }
        };
        std::thread::Builder::new().name("yeoul-watchdog".into()).stack_size(64 << 10).spawn(wait)?;
        Ok(Watchdog { _armed: armed })
    }
}
