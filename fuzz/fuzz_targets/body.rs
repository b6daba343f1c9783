//! Any bytes as the body of a request to the HTTP door, plain and as gzip: split into sound records or refused (F1).
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: yeoul_fuzz::no_allocation_beyond(4 << 20), |input: &[u8]| {
    let Some((&flags, body)) = input.split_first() else { return };
    yeoul_collect::fuzzing::body(flags & 1 == 1, flags & 2 == 2, body);
});
