//! Partition commit: when a partition is over, an empty file (`_SUCCESS`) is put into its folder, so that whoever reads the files
//! knows that they are all there.
//!
//! A partition is pending from its first row on. It is due by the clock so long after that (`process-time`), or when the
//! watermark has passed its own time (`partition-time`), or when the input has ended. With the checkpoint at which it is
//! due its rows become files and it is *finishing*: once the checkpoint is durable and the files are shown, the success file is
//! written. Both lists are in the checkpoint's record, so that a restart goes on. Rows that come later make the partition
//! pending again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_engine::catalog::{OptionError, TableSpec};

use super::partition_time::TimeExtractor;
use crate::options::{Given, fault};

const KIND: &str = "sink.partition-commit.policy.kind";
const TRIGGER: &str = "sink.partition-commit.trigger";

/// When and how partitions are committed.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct CommitOptions {
    trigger: Trigger,
    delay: Duration,
    /// The success file's name.
    pub(crate) file: String,
}

#[derive(Clone, PartialEq, Debug)]
enum Trigger {
    ProcessTime,
    PartitionTime(TimeExtractor),
}

impl CommitOptions {
    /// Reads the options; none without a policy.
    pub(crate) fn parse(given: &Given<'_>, table: &TableSpec) -> Result<Option<CommitOptions>, OptionError> {
        let partition_time = given.one_of(TRIGGER, &["process-time", "partition-time"])? == "partition-time";
        let trigger = if partition_time || given.get("partition.time-extractor.kind").is_some() {
            let extractor = TimeExtractor::parse(given)?;
            if partition_time { Trigger::PartitionTime(extractor) } else { Trigger::ProcessTime }
        } else {
            Trigger::ProcessTime
        };
        let delay = given.duration("sink.partition-commit.delay", Duration::ZERO)?;
        let file = given.get("sink.partition-commit.success-file.name").unwrap_or("_SUCCESS");
        let Some(kinds) = given.get(KIND) else { return Ok(None) };
        for kind in kinds.split(',').map(str::trim) {
            match kind.to_ascii_lowercase().as_str() {
                "success-file" => {}
                "metastore" => return Err(fault(KIND, "there is no metastore to tell", "write 'success-file'")),
                "custom" => return Err(fault(KIND, "Java classes can't be loaded", "write 'success-file'")),
                _ => return Err(fault(KIND, format!("`{kind}` is no policy"), "write 'success-file'")),
            }
        }
        if file.is_empty() || file.contains(['/', '\0']) || matches!(file, "." | "..") {
            let key = "sink.partition-commit.success-file.name";
            return Err(fault(key, format!("`{file}` is no name of a file"), "write one such as '_SUCCESS'"));
        }
        if table.partition_keys.is_empty() {
            return Ok(None);
        }
        Ok(Some(CommitOptions { trigger, delay, file: file.to_owned() }))
    }

    fn delay_millis(&self) -> i64 {
        i64::try_from(self.delay.as_millis()).unwrap_or(i64::MAX)
    }
}

/// Which partitions of a sink are pending, and which are being committed.
#[derive(Default)]
pub(super) struct Commits {
    options: Option<CommitOptions>,
    /// By folder, when its first row came, by the wall clock in milliseconds.
    pending: BTreeMap<String, i64>,
    /// Named by the checkpoint that is being committed.
    finishing: BTreeSet<String>,
    watermark: i64,
}

impl Commits {
    pub(super) fn new(options: Option<CommitOptions>) -> Commits {
        Commits { options, watermark: i64::MIN, ..Commits::default() }
    }

    /// Rows came for a folder.
    pub(super) fn touch(&mut self, folder: &str, now: i64) {
        if self.options.is_some() && !self.pending.contains_key(folder) {
            self.pending.insert(folder.to_owned(), now);
        }
    }

    /// The watermark moved.
    pub(super) fn reach(&mut self, watermark: i64) {
        self.watermark = self.watermark.max(watermark);
    }

    /// The folders that are due; `values` reads a folder's columns and values. They are finishing from now on.
    ///
    /// # Errors
    /// A folder whose values make no time.
    pub(super) fn take_due(
        &mut self,
        now: i64,
        last: bool,
        values: impl Fn(&str) -> Vec<(String, String)>,
    ) -> Result<Vec<String>, String> {
        let Some(options) = &self.options else { return Ok(Vec::new()) };
        let mut due = Vec::new();
        for (folder, since) in &self.pending {
            let from = match &options.trigger {
                _ if last => i64::MIN,
                Trigger::ProcessTime => *since,
                Trigger::PartitionTime(extractor) => extractor.millis(&values(folder))?,
            };
            let reached = match &options.trigger {
                Trigger::ProcessTime => now,
                // The watermark must be past the time, not at it.
                Trigger::PartitionTime(_) => self.watermark.saturating_sub(1),
            };
            if last || reached >= from.saturating_add(options.delay_millis()) {
                due.push(folder.clone());
            }
        }
        self.pending.retain(|folder, _| !due.contains(folder));
        self.finishing.extend(due.iter().cloned());
        Ok(due)
    }

    /// The folders whose success files are to be written, and the name of these.
    pub(super) fn finishing(&self) -> Option<(&str, impl Iterator<Item = &str>)> {
        let options = self.options.as_ref()?;
        Some((options.file.as_str(), self.finishing.iter().map(String::as_str)))
    }

    /// The success files are written.
    pub(super) fn finished(&mut self) {
        self.finishing.clear();
    }

    /// Appends what a restart needs: a count u32, and so many folders (texts) with a time i64; a count u32, and so many folders.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
        out.extend(length(self.pending.len()));
        for (folder, since) in &self.pending {
            out.extend(length(folder.len()));
            out.extend(folder.as_bytes());
            out.extend(since.to_be_bytes());
        }
        out.extend(length(self.finishing.len()));
        for folder in &self.finishing {
            out.extend(length(folder.len()));
            out.extend(folder.as_bytes());
        }
    }

    /// Takes back what [`write`](Commits::write) gave; nothing from a record that was written before there was such.
    pub(super) fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if decoder.remaining() == 0 {
            return Ok(());
        }
        for _ in 0..decoder.count(12)? {
            let folder = decoder.text()?.to_owned();
            self.pending.insert(folder, decoder.i64()?);
        }
        for _ in 0..decoder.count(4)? {
            self.finishing.insert(decoder.text()?.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commits(trigger: Trigger, delay: u64) -> Commits {
        let file = "_SUCCESS".to_owned();
        Commits::new(Some(CommitOptions { trigger, delay: Duration::from_millis(delay), file }))
    }

    #[test]
    fn a_partition_is_due_so_long_after_its_first_row() {
        let mut commits = commits(Trigger::ProcessTime, 100);
        commits.touch("day=1", 1000);
        commits.touch("day=1", 1050);
        assert_eq!(commits.take_due(1099, false, |_| Vec::new()), Ok(Vec::new()));
        let mut record = Vec::new();
        commits.write(&mut record);
        let mut restored = self::commits(Trigger::ProcessTime, 100);
        restored.read(&mut Decoder::new(&record)).unwrap();
        assert_eq!(restored.take_due(1100, false, |_| Vec::new()), Ok(vec!["day=1".to_owned()]));
        assert_eq!(restored.finishing().map(|(_, folders)| folders.count()), Some(1));
        assert_eq!(restored.take_due(9999, false, |_| Vec::new()), Ok(Vec::new()));
    }
}
