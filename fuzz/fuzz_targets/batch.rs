//! Any bytes as a record batch: in each codec it is walked, compacted or refused, within the bound of what a batch may
//! decompress to (B3, B4, B5). Checksums fit always here.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: yeoul_fuzz::no_allocation_beyond(130 << 20), |batch: &[u8]| yeoul_log::fuzzing::batch(batch));
