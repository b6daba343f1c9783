//! Ctrl-C for `yeoul run file.sql`: the first one stops the jobs, which then print what they have; the second one ends the
//! process. The thread that waits for it is started with the first job, and costs nothing but its stack.

use std::sync::{Arc, Mutex, PoisonError};

use yeoul_engine::JobHandle;

use crate::fault::Fault;
use crate::shutdown::Signals;

/// Exit code of a process that is ended by Ctrl-C.
const EXIT_CODE_INTERRUPTED: i32 = 130;
/// Stack of the waiting thread.
const STACK_BYTES: usize = 256 << 10;

/// What Ctrl-C stops.
#[derive(Default)]
pub struct Interrupt {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    listening: bool,
    came: bool,
    jobs: Vec<Arc<JobHandle>>,
}

impl Interrupt {
    /// Stops nothing yet.
    #[must_use]
    pub fn new() -> Interrupt {
        Interrupt::default()
    }

    /// Whether Ctrl-C came.
    #[must_use]
    pub fn came(&self) -> bool {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).came
    }

    /// Ctrl-C stops `job` from now on.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn stops(&self, job: Arc<JobHandle>) -> Result<(), Fault> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.jobs.push(job);
        if !std::mem::replace(&mut shared.listening, true) {
            let waiting = self.shared.clone();
            let thread = std::thread::Builder::new().name("yeoul-interrupt".into()).stack_size(STACK_BYTES);
            thread.spawn(move || wait(&waiting))?;
        }
        Ok(())
    }
}

fn wait(shared: &Mutex<Shared>) {
    if let Err(error) = stop_at_signals(shared) {
        tracing::warn!(%error, "can't wait for Ctrl-C");
    }
}

fn stop_at_signals(shared: &Mutex<Shared>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let mut signals = Signals::listen()?;
        signals.next().await;
        {
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.came = true;
            shared.jobs.iter().for_each(|job| job.stop());
        }
        signals.next().await;
        std::process::exit(EXIT_CODE_INTERRUPTED)
    })
}
