//! L2: a workload of 500 disk operations is cut off before each of them, and what was not flushed is dropped, kept or
//! torn: 1,500 states of the disk, each of which opens to what was promised.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

use yeoul_sim::{Crash, Fault, Violation, World, WorldConfig};

const OPERATIONS: u64 = 500;

/// Runs the workload up to an operation; the same for each, up to there.
fn run_until(operation: u64) -> World {
    // Small files: the 500 operations roll, rewrite and store index checkpoints several times.
    let mut world = World::new(WorldConfig { file_bytes: 16 << 10, value_bytes_max: 1500 }, 42);
    world.disk.inject(Fault::PowerOff(operation));
    if world.open().is_ok() {
        while world.disk.operations() < operation {
            match world.step() {
                Ok(()) | Err(Violation::Read(_)) => {}
                Err(violation) => panic!("before operation {operation}: {violation}"),
            }
        }
    }
    world
}

#[test]
fn each_prefix_of_a_trace_opens_to_what_was_promised() {
    let mut states = 0;
    let mut kept = 0;
    for operation in 1..=OPERATIONS {
        for crash in [Crash::Drop, Crash::Keep, Crash::Tear { block: 512, seed: operation }] {
            let mut world = run_until(operation);
            let disk = world.disk.after_crash(crash);
            world.lose(disk);
            let checked =
                world.open().unwrap_or_else(|error| panic!("{crash:?} before operation {operation}: {error}"));
            checked.unwrap_or_else(|violation| panic!("{crash:?} before operation {operation}: {violation}"));
            states += 1;
            kept += world.history.kept_count();
        }
    }
    assert_eq!(states, 3 * OPERATIONS);
    assert!(kept > 10_000, "the workload kept too little to prove anything: {kept}");
}
