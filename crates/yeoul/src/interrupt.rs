//! Ctrl-C for what runs in this process: the first one stops the jobs, which then print what they have; the second one (in a
//! shell, the third one of one statement) ends the process. The thread that waits for it is started with the first job, and
//! costs nothing but its stack.

use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

use yeoul_engine::JobHandle;

use crate::fault::Fault;
use crate::shell::terminal;
use crate::shutdown::Signals;

/// Exit code of a process that is ended by Ctrl-C.
const EXIT_CODE_INTERRUPTED: i32 = 130;
/// Stack of the waiting thread.
const STACK_BYTES: usize = 256 << 10;

/// What Ctrl-C stops.
pub struct Interrupt {
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    listening: bool,
    /// How often it came.
    came: u32,
    /// With how many the process ends.
    last: u32,
    /// Whether the process ends at once where no job runs.
    ends_idle: bool,
    jobs: Vec<Arc<JobHandle>>,
}

impl Interrupt {
    /// Stops nothing yet; the second one ends the process.
    #[must_use]
    pub fn new() -> Interrupt {
        Interrupt::ending_with(2)
    }

    /// Stops nothing yet; the third one since [`clear`](Interrupt::clear) ends the process.
    #[must_use]
    pub fn for_shell() -> Interrupt {
        Interrupt::ending_with(3)
    }

    fn ending_with(last: u32) -> Interrupt {
        Interrupt {
            shared: Arc::new(Mutex::new(Shared {
                listening: false,
                came: 0,
                last,
                ends_idle: false,
                jobs: Vec::new(),
            })),
        }
    }

    /// Ends the process at once where no job runs: there is nothing to be stopped.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn ends_when_idle(&self) -> Result<(), Fault> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).ends_idle = true;
        self.listen()
    }

    /// Forgets what came, and the jobs: what they do is over, or goes on.
    pub fn clear(&self) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.came = 0;
        shared.jobs.clear();
    }

    /// Whether Ctrl-C came.
    #[must_use]
    pub fn came(&self) -> bool {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).came > 0
    }

    /// Ctrl-C stops `job` from now on.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn stops(&self, job: Arc<JobHandle>) -> Result<(), Fault> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).jobs.push(job);
        self.listen()
    }

    /// Takes Ctrl-C over; it is, when this returns.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn listen(&self) -> Result<(), Fault> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut shared.listening, true) {
            let waiting = self.shared.clone();
            let thread = std::thread::Builder::new().name("yeoul-interrupt".into()).stack_size(STACK_BYTES);
            let (ready, is_ready) = mpsc::sync_channel(1);
            thread.spawn(move || wait(&waiting, &ready))?;
            // An error says that the thread has ended, and it has said why.
            let _ = is_ready.recv();
        }
        Ok(())
    }
}

fn wait(shared: &Mutex<Shared>, ready: &SyncSender<()>) {
    if let Err(error) = stop_at_signals(shared, ready) {
        tracing::warn!(%error, "can't wait for Ctrl-C");
    }
}

fn stop_at_signals(shared: &Mutex<Shared>, ready: &SyncSender<()>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let mut signals = Signals::listen()?;
        // Who started this waits for it, and takes one message.
        let _ = ready.send(());
        loop {
            signals.next().await;
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.came += 1;
            let idle = shared.ends_idle && shared.jobs.iter().all(|job| job.finished());
            shared.jobs.iter().for_each(|job| job.stop());
            if idle || shared.came >= shared.last {
                terminal::restore();
                std::process::exit(EXIT_CODE_INTERRUPTED)
            }
        }
    })
}
