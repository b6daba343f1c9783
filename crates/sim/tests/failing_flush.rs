//! L5: the flush fails at each place where one is done, once and for good. Nothing is acknowledged after a failed
//! flush of the write-ahead log, and nothing that was acknowledged is missing after a restart.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

use yeoul_log::Health;
use yeoul_sim::{Crash, Fault, Violation, World, WorldConfig};

const STEPS: usize = 80;

fn world() -> World {
    World::new(WorldConfig { file_bytes: 32 << 10, value_bytes_max: 2000 }, 7)
}

/// How many flushes the workload does when none fails.
fn flushes() -> u64 {
    let mut world = world();
    world.open().unwrap().unwrap();
    (0..STEPS).for_each(|_| world.step().unwrap());
    world.disk.flushes()
}

fn live_through(fault: Fault, crash: Crash) {
    let mut world = world();
    world.disk.inject(fault);
    if world.open().is_ok() {
        for _ in 0..STEPS {
            let failed = world.log().is_some_and(|log| matches!(log.health(), Health::Failed(_)));
            let before = world.history.acknowledgements();
            world.step().unwrap_or_else(|violation| panic!("{fault:?}: {violation}"));
            let after = world.history.acknowledgements();
            assert!(!failed || before == after, "{fault:?}: {} acknowledgements after it", after - before);
        }
        // What was visible stays readable, whatever failed.
        world.check().unwrap_or_else(|violation| panic!("{fault:?}: {violation}"));
    }
    let disk = world.disk.after_crash(crash);
    world.lose(disk);
    let checked: Result<(), Violation> = world.open().unwrap_or_else(|error| panic!("{fault:?}, {crash:?}: {error}"));
    checked.unwrap_or_else(|violation| panic!("{fault:?}, {crash:?}: {violation}"));
}

#[test]
fn a_flush_that_fails_anywhere_loses_nothing_acknowledged() {
    let sites = flushes();
    assert!(sites > 100, "{sites}");
    for site in 0..sites {
        live_through(Fault::FlushOnce(site), Crash::Tear { block: 4096, seed: site });
        live_through(Fault::FlushForGood(site), Crash::Drop);
        if std::env::var_os("YEOUL_SLOW").is_some() {
            live_through(Fault::FlushOnce(site), Crash::Drop);
            live_through(Fault::FlushForGood(site), Crash::Tear { block: 512, seed: site });
        }
    }
}

#[test]
fn any_operation_that_fails_once_loses_nothing_acknowledged() {
    for operation in 0..400 {
        live_through(Fault::Once(operation), Crash::Tear { block: 512, seed: operation });
    }
}
