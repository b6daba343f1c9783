//! Any bytes as a request's frame, without its length: each API in each version is decoded or refused (B2, B3).
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: yeoul_fuzz::no_allocation_beyond(4 << 20), |frame: &[u8]| yeoul_broker::fuzzing::request(frame));
