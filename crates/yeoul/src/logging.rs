//! Logs go to standard error: warnings and what starts and stops; `YEOUL_LOG` (as `debug`, `yeoul_broker=trace`) says more.

use tracing_subscriber::EnvFilter;

/// Sends the process's logs to standard error, `level` and above unless `YEOUL_LOG` says otherwise.
pub fn start(level: &str) {
    let filter = EnvFilter::try_from_env("YEOUL_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    // Without colours, also at a terminal: their feature isn't there, and asking for it is told as a fault.
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).finish();
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        eprintln!("logging was started before");
    }
}
