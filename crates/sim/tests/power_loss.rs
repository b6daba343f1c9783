//! L1: the power goes at any moment, again and again; nothing acknowledged is lost, offsets stay dense and unchanged.
//! A checker that finds nothing is worth what it can find: planted bugs are caught.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

use yeoul_sim::{Bug, Crash, Fault, Violation, World, WorldConfig};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

fn seeds() -> u64 {
    if std::env::var_os("YEOUL_SLOW").is_some() { 2000 } else { 200 }
}

fn any_crash(random: &mut SmallRng) -> Crash {
    match random.random_range(0..6) {
        0 => Crash::Drop,
        1 => Crash::Keep,
        kind => Crash::Tear { block: if kind < 4 { 512 } else { 4096 }, seed: random.random() },
    }
}

/// Runs a life of several crashes. Returns how many values were acknowledged.
fn live(seed: u64, bug: Option<Bug>) -> Result<usize, String> {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut world = World::new(WorldConfig::default(), seed);
    for _ in 0..random.random_range(2..5) {
        bug.into_iter().for_each(|bug| world.disk.plant(bug));
        let opened = world.open().map_err(|error| format!("seed {seed}: {error}"))?;
        opened.map_err(|violation| format!("seed {seed}: {violation}"))?;
        let ends_at = world.disk.operations() + random.random_range(1..600);
        world.disk.inject(Fault::PowerOff(ends_at));
        while world.disk.operations() < ends_at {
            // Reads fail when the power is off; that is no violation.
            match world.step() {
                Err(Violation::Read(_)) | Ok(()) => {}
                Err(violation) => return Err(format!("seed {seed}: {violation}")),
            }
        }
        let disk = world.disk.after_crash(any_crash(&mut random));
        world.lose(disk);
        crash_while_recovering(&mut world, &mut random).map_err(|violation| format!("seed {seed}: {violation}"))?;
    }
    let opened = world.open().map_err(|error| format!("seed {seed}: {error}"))?;
    opened.map_err(|violation| format!("seed {seed}: {violation}"))?;
    Ok(world.history.kept_count())
}

/// One time in five, the power goes again while the log is being opened.
fn crash_while_recovering(world: &mut World, random: &mut SmallRng) -> Result<(), Violation> {
    if random.random_range(0..5) != 0 {
        return Ok(());
    }
    let again = world.disk.clone();
    again.inject(Fault::PowerOff(random.random_range(1..60)));
    world.lose(again);
    // Whether it opens or not, what is then on the disk must open; what it showed must stay.
    match world.open() {
        Ok(Err(violation)) if !matches!(violation, Violation::Read(_)) => return Err(violation),
        _ => {}
    }
    let disk = world.disk.after_crash(any_crash(random));
    world.lose(disk);
    Ok(())
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_goes() {
    let mut kept = 0;
    for seed in 0..seeds() {
        kept += live(seed, None).unwrap();
    }
    assert!(kept as u64 > seeds() * 20, "the workload acknowledged too little to prove anything: {kept}");
}

#[test]
fn planted_bugs_are_caught() {
    for bug in [Bug::SkippedFlush, Bug::EarlyAcknowledgement, Bug::MissingFolderFlush] {
        let caught = (0..40).filter(|&seed| live(seed, Some(bug)).is_err()).count();
        assert!(caught > 0, "{bug:?} was not caught by any of 40 seeds");
    }
}
