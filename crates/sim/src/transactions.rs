//! Transactions in the simulated world: what was sent and ended, and what readers of committed records must therefore see
//! after any crash: all of a transaction or nothing of it, in all partitions, as the row says that was put with its end.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use yeoul_base::{Offset, PartitionId, TopicId};
use yeoul_log::batch::{CommittedFilter, batches};
use yeoul_log::{Isolation, Log, Row, Table};

use crate::history::{Violation, values};

type Place = (TopicId, PartitionId);

/// The row that is put with each end.
const ROW: &str = "last transaction";

/// A transaction, as its producer knows it.
#[derive(Clone, Debug, Default)]
struct Transaction {
    sent: Vec<(Place, String)>,
    /// Whether it was to be committed, once its end was asked for.
    asked: Option<bool>,
    /// What is known of its end.
    ended: Option<bool>,
}

/// All transactions of a world, by number.
#[derive(Default)]
pub(crate) struct Transactions {
    all: BTreeMap<u64, Transaction>,
    last: u64,
}

impl Transactions {
    /// A value is sent as part of the last transaction.
    pub(crate) fn sent(&mut self, place: Place, value: &str) {
        self.all.entry(self.last).or_default().sent.push((place, value.to_owned()));
    }

    /// How many values the last transaction has.
    pub(crate) fn open_values(&self) -> usize {
        self.all.get(&self.last).filter(|last| last.ended.is_none()).map_or(0, |last| last.sent.len())
    }

    /// Whether the last transaction's end was asked for, and not answered.
    pub(crate) fn is_ending(&self) -> bool {
        self.all.get(&self.last).is_some_and(|last| last.asked.is_some())
    }

    /// The last transaction's end is asked for. Gives the row that is put with it.
    pub(crate) fn ending(&mut self, commit: bool) -> Row {
        self.all.entry(self.last).or_default().asked = Some(commit);
        Row::new(Table::TRANSACTIONS, ROW, format!("{} {commit}", self.last))
    }

    /// The last transaction's end was acknowledged; the next one begins.
    pub(crate) fn ended(&mut self, commit: bool) {
        self.all.entry(self.last).or_default().ended = Some(commit);
        self.last += 1;
    }

    /// Compares a log that was just opened: the last transaction's end has happened, or is still to come.
    pub(crate) fn check_opened(&mut self, log: &Log) -> Result<(), Violation> {
        let row = log.row(Table::TRANSACTIONS, ROW.as_bytes());
        let row = row.map(|row| String::from_utf8_lossy(&row).into_owned()).unwrap_or_default();
        let acknowledged = self.all.iter().rev().find_map(|(number, it)| it.ended.map(|commit| (*number, commit)));
        let asked = self.all.get(&self.last).and_then(|last| last.asked);
        if asked.is_some_and(|commit| row == format!("{} {commit}", self.last)) {
            self.ended(asked == Some(true));
        } else if row != acknowledged.map(|(number, commit)| format!("{number} {commit}")).unwrap_or_default() {
            return Err(Violation::Torn(format!("the row says `{row}`, and {acknowledged:?} was acknowledged")));
        } else if let Some(last) = self.all.get_mut(&self.last) {
            last.asked = None;
        }
        Ok(())
    }

    /// Compares a log with what was committed and aborted. Topics that lose records are left out.
    pub(crate) fn check(&self, log: &Log, keeps: impl Fn(TopicId) -> bool) -> Result<(), Violation> {
        let mut visible: HashMap<Place, BTreeSet<String>> = HashMap::new();
        for (place, _) in self.all.values().flat_map(|transaction| &transaction.sent) {
            if keeps(place.0) && !visible.contains_key(place) {
                visible.insert(*place, committed_values(log, *place)?);
            }
        }
        for (number, transaction) in &self.all {
            // What was asked for in this process and not answered may have happened.
            if transaction.ended.is_none() && transaction.asked.is_some() {
                continue;
            }
            let committed = transaction.ended == Some(true);
            for (place, value) in &transaction.sent {
                let Some(found) = visible.get(place) else { continue };
                if found.contains(value) != committed {
                    let what = if committed { "committed and missing" } else { "not committed and read" };
                    return Err(Violation::Torn(format!("`{value}` of transaction {number} is {what}")));
                }
            }
        }
        Ok(())
    }
}

/// What a reader of committed records sees of a partition.
fn committed_values(log: &Log, (topic, partition): Place) -> Result<BTreeSet<String>, Violation> {
    let failed = |error: &dyn std::fmt::Display| Violation::Read(error.to_string());
    let Some(bounds) = log.bounds(topic, partition) else { return Ok(BTreeSet::new()) };
    let mut found = BTreeSet::new();
    let mut next = bounds.log_start;
    while next < bounds.last_stable {
        let read = log.read_isolated(topic, partition, next, 8192, Isolation::Committed);
        let read = read.map_err(|error| failed(&error))?;
        let mut filter = CommittedFilter::new(&read.aborted);
        let before = next;
        for (header, batch) in read.data.iter().flat_map(|data| batches(data).flatten()) {
            next = Offset(header.last_offset().0 + 1);
            if filter.takes(&header, batch).map_err(|error| failed(&error))? {
                found.extend(values(batch)?);
            }
        }
        if next == before {
            return Err(Violation::Gap { partition, expected: next.0, found: bounds.last_stable.0 });
        }
    }
    Ok(found)
}
