//! Any bytes as the messages by which a client logs in: nobody is let in, and nothing large is allocated (B3). The first
//! byte names the mechanism; messages are separated by the byte 0xff.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: yeoul_fuzz::no_allocation_beyond(64 << 10), |input: &[u8]| {
    let Some((&mechanism, messages)) = input.split_first() else { return };
    yeoul_broker::fuzzing::log_in(mechanism, messages.split(|&byte| byte == 0xff));
});
