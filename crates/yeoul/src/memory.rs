//! The allocator, and when freed memory goes back to the kernel.
//!
//! Batches of some megabytes come and go thousands of times a second; the system's allocator gives such pieces back to the
//! kernel each time, and keyed state is many small ones. mimalloc keeps both apart, and gives back only while its threads
//! allocate: one that has nothing to do any more would keep for good what its last request took. So threads that serve
//! requests give back when they run out of work.

use std::cell::Cell;
use std::time::Duration;

use yeoul_base::{Clock, SystemClock};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of the allocator's options.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
/// How long freed memory is kept before the kernel gets it back. The allocator's own 10 ms are less than a batch takes, whose pages
/// would be cleared anew for the next one.
const PURGE_DELAY_MILLIS: std::ffi::c_long = 1000;
/// How long a thread leaves between two times that it gives back.
const GIVE_BACK_INTERVAL: Duration = Duration::from_millis(100);

/// Sets what the allocator keeps and how large its pages are; called first of all in the process.
pub(crate) fn configure() {
    take_small_pages();
    // SAFETY: setting options isn't thread-safe; there is no other thread yet.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, PURGE_DELAY_MILLIS) };
}

/// The allocator asks for huge pages wherever the kernel leaves that to the program. State grows in small pieces and batches are
/// given back whole: huge pages are cleared for what is never used, a quarter of the memory and a tenth of the time of queries
/// that keep rows. Where the kernel refuses, pages are as large as before.
#[cfg(target_os = "linux")]
fn take_small_pages() {
    let (yes, none): (libc::c_ulong, libc::c_ulong) = (1, 0);
    // SAFETY: the call reads its arguments, which are numbers, and touches no memory of the process.
    unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, yes, none, none, none) };
}

#[cfg(not(target_os = "linux"))]
fn take_small_pages() {}

/// Gives back what this thread holds and doesn't use, unless it did just now; for threads that are about to wait.
pub(crate) fn give_back() {
    thread_local! {
        static CLOCK: SystemClock = SystemClock::new();
        static LAST: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    }
    let now = CLOCK.with(Clock::elapsed);
    if now.saturating_sub(LAST.get()) < GIVE_BACK_INTERVAL {
        return;
    }
    LAST.set(now);
    // SAFETY: it takes no pointer, and concerns the calling thread's heap and what no thread owns.
    unsafe { libmimalloc_sys::mi_collect(true) };
}
