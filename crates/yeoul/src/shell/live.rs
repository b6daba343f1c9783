//! A query over input without end at a terminal: its rows as a table that changes in place, on a screen of its own.

use std::sync::Arc;
use std::time::Duration;

use yeoul_engine::JobHandle;
use yeoul_engine::plan::JobPlan;
use yeoul_engine::sink::Sink;
use yeoul_sql::settings;

use super::frame::{Frame, Move};
use super::keys::Key;
use super::live_rows::{Keep, LiveRows};
use super::terminal::{self, Keys, Raw, show};
use crate::fault::Fault;
use crate::output::collected::{column_width_max, look};
use crate::output::print_text;
use crate::runner::{Runner, is_by_key, query_of, start};

/// How often the rows are looked at.
const EVERY: Duration = Duration::from_millis(100);
/// How many rows are kept, unless a setting says otherwise.
const ROWS_MAX: usize = 100_000;
/// How many changes are kept, as in Flink's SQL client.
const CHANGES_MAX: usize = 1000;
/// How many rows are left on the screen when the query has ended.
const LEFT_MAX: usize = 20;

/// Runs a query until its input ends, or somebody ends it.
///
/// # Errors
/// A query that can't be started, or fails; a terminal that can't be read or written.
pub fn run(plan: &JobPlan, runner: &Runner, keys: &mut Keys, changes: bool) -> Result<(), Fault> {
    let branch = query_of(plan).ok_or_else(|| Fault::failed("no query"))?;
    let appends = branch.input.mode.is_append();
    let (keep, rows_max) = match changes {
        true => (Keep::Changes, CHANGES_MAX),
        false => (if appends { Keep::Last } else { Keep::All }, rows_max(plan)),
    };
    let key = branch.input.upsert_keys.first().filter(|_| !appends).cloned().unwrap_or_default();
    let key = if is_by_key(plan)? { key } else { Vec::new() };
    let rows = LiveRows::new(&branch.input.schema, keep, &key, rows_max, look(&plan.settings)?);
    let sink: Box<dyn Sink> = Box::new(rows.clone());
    let handle = Arc::new(start(plan, &runner.environment, Some(sink), None)?);
    runner.interrupt.stops(handle.clone())?;
    let mut frame = Frame::new(&branch.input.schema, keep, column_width_max(&plan.settings));
    let watched = watch(&handle, &rows, &mut frame, keys);
    // Here the terminal is as it was found, so that Ctrl-C ends a job that doesn't.
    handle.stop();
    let ended = handle.wait();
    watched?;
    ended?;
    print_text(&frame.last(&rows, LEFT_MAX)?)
}

fn rows_max(plan: &JobPlan) -> usize {
    plan.settings.get(settings::MAX_ROWS).and_then(|rows| rows.trim().parse().ok()).unwrap_or(ROWS_MAX)
}

/// Shows the rows until the job ends, or a key says so.
fn watch(handle: &JobHandle, rows: &LiveRows, frame: &mut Frame, keys: &mut Keys) -> Result<(), Fault> {
    let raw = Raw::enter()?;
    raw.on_alternate_screen()?;
    let mut size = terminal::size();
    show(&frame.draw(rows, size)?)?;
    while !handle.finished() {
        let key = keys.next(EVERY)?;
        let resized = std::mem::replace(&mut size, terminal::size()) != size;
        let moved = match &key {
            Some(Key::Char('q' | 'Q') | Key::Ctrl('c' | 'd') | Key::Escape | Key::Hangup) => return Ok(()),
            Some(key) => move_of(key),
            None => None,
        };
        moved.into_iter().for_each(|moved| frame.move_by(moved, size));
        if rows.take_changed() || resized || moved.is_some() {
            show(&frame.draw(rows, size)?)?;
        }
    }
    Ok(())
}

fn move_of(key: &Key) -> Option<Move> {
    match key {
        Key::Up | Key::Char('k') => Some(Move::Up),
        Key::Down | Key::Char('j') => Some(Move::Down),
        Key::PageUp | Key::Char('b') => Some(Move::PageUp),
        Key::PageDown | Key::Char(' ') => Some(Move::PageDown),
        Key::Home | Key::Char('g') => Some(Move::First),
        Key::End | Key::Char('G') => Some(Move::Last),
        Key::Left | Key::Char('h') => Some(Move::Left),
        Key::Right | Key::Char('l') => Some(Move::Right),
        _ => None,
    }
}
