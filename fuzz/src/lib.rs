//! What the fuzz targets share: an allocator that ends the run when one allocation is larger than any input may cause.
//! libFuzzer itself bounds time and resident memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Bounded;

static LARGEST: AtomicUsize = AtomicUsize::new(usize::MAX);

// SAFETY: every call is passed on to the system's allocator unchanged, or ends the process.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        // SAFETY: the caller's promise is the one that is needed.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        // SAFETY: the caller's promise is the one that is needed.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        check(size);
        // SAFETY: the pointer came from this allocator, which is the system's.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from this allocator, which is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn check(size: usize) {
    let largest = LARGEST.load(Relaxed);
    if size > largest {
        // Else the message itself would come here again.
        LARGEST.store(usize::MAX, Relaxed);
        panic!("an allocation of {size} bytes; {largest} may be");
    }
}

#[global_allocator]
static ALLOCATOR: Bounded = Bounded;

/// From now on, an allocation that is larger ends the run.
pub fn no_allocation_beyond(bytes: usize) {
    LARGEST.store(bytes, Relaxed);
}
