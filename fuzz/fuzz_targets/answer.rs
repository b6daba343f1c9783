//! Any bytes as a client's frames, answered by a whole broker over a simulated disk: no handler panics, whatever came
//! before (B3). Frames stand one behind the other, each behind two bytes that say how long it is.
#![no_main]

use std::cell::RefCell;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use yeoul_base::SystemClock;
use yeoul_broker::fuzzing::Answering;
use yeoul_log::{Log, LogConfig, TopicConfig};
use yeoul_sim::SimDisk;

/// After so many inputs the broker is a new one, since its disk lies in memory.
const INPUTS_MAX: u32 = 500;
/// The most frames of one input.
const FRAMES_MAX: usize = 8;

thread_local! {
    static BROKER: RefCell<Option<(Log, Answering, u32)>> = const { RefCell::new(None) };
}

fn start() -> (Log, Answering, u32) {
    let mut config = LogConfig::new("/data");
    (config.file_bytes, config.group_bytes_max) = (1 << 20, 256 << 10);
    let log = Log::open(config, Arc::new(SimDisk::new()), Arc::new(SystemClock::new())).expect("an empty disk");
    log.create_topic("t", 2, TopicConfig::default()).wait().expect("it is new");
    (log.clone(), Answering::new(log), 0)
}

fn answer(mut input: &[u8]) {
    BROKER.with_borrow_mut(|broker| {
        let (_, answering, inputs) = broker.get_or_insert_with(start);
        *inputs += 1;
        for _ in 0..FRAMES_MAX {
            let Some((length, rest)) = input.split_first_chunk() else { break };
            let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
            let (frame, behind) = rest.split_at(length);
            answering.answer(frame);
            input = behind;
        }
        if *inputs == INPUTS_MAX
            && let Some((log, ..)) = broker.take()
        {
            log.close();
        }
    });
}

fuzz_target!(init: yeoul_fuzz::no_allocation_beyond(80 << 20), |input: &[u8]| answer(input));
