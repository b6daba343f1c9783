//! Walking the groups of a file, for recovery.

use std::io;

use super::file::{GROUPS_FROM, WalFile};
use super::group::GroupHeader;
use super::{BLOCK, GROUP_HEADER, align_block};

/// What lies at a place where a group is expected.
pub(crate) enum ScanStep {
    /// A whole group, and its bytes.
    Group(GroupHeader, Vec<u8>),
    /// No whole group; the text says what is wrong if something is there.
    End(&'static str),
}

/// Walks a file.
pub(crate) struct Scanner<'a> {
    file: &'a WalFile,
    key: u64,
    /// Where the next group begins.
    pub(crate) position: u64,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(file: &'a WalFile, key: u64, position: u64) -> Scanner<'a> {
        Scanner { file, key, position: position.max(GROUPS_FROM) }
    }

    /// Reads the group of this sequence at the position, and goes behind it if it is whole.
    pub(crate) fn step(&mut self, sequence: u64) -> io::Result<ScanStep> {
        let Some(header) = self.header_at(self.position)? else {
            return Ok(ScanStep::End("no group begins there"));
        };
        if header.sequence != sequence {
            return Ok(ScanStep::End("a group of another sequence begins there"));
        }
        if self.file.bytes.saturating_sub(self.position) < header.bytes {
            return Ok(ScanStep::End("a group ends behind the file"));
        }
        let mut group = vec![0; usize::try_from(header.bytes).unwrap_or(0)];
        self.file.file.read_exact_at(&mut group, self.position)?;
        match header.entries(&group) {
            Ok(_) => {
                self.position += align_block(header.bytes);
                Ok(ScanStep::Group(header, group))
            }
            Err(reason) => Ok(ScanStep::End(reason)),
        }
    }

    fn header_at(&self, position: u64) -> io::Result<Option<GroupHeader>> {
        if position + GROUP_HEADER as u64 > self.file.bytes {
            return Ok(None);
        }
        let mut bytes = [0; GROUP_HEADER];
        self.file.file.read_exact_at(&mut bytes, position)?;
        Ok(GroupHeader::parse(&bytes, self.key, self.file.number))
    }

    /// Looks from the position to the file's end for a group of this sequence or a later one, and for the end of
    /// the last block that is not all zeros: what a cut has to clear.
    pub(crate) fn look_behind(&self, sequence: u64) -> io::Result<(Option<(u64, u64)>, u64)> {
        let mut found = None;
        let mut dirty_end = self.position;
        let mut at = self.position;
        let left = self.file.bytes.saturating_sub(self.position);
        let mut buffer = vec![0; usize::try_from(left.min(1 << 20)).unwrap_or(0)];
        while at < self.file.bytes {
            let length = (self.file.bytes - at).min(buffer.len() as u64);
            let chunk = buffer.get_mut(..usize::try_from(length).unwrap_or(0)).unwrap_or_default();
            self.file.file.read_exact_at(chunk, at)?;
            for (index, block) in chunk.chunks(usize::try_from(BLOCK).unwrap_or(4096)).enumerate() {
                let place = at + index as u64 * BLOCK;
                if block.iter().any(|&byte| byte != 0) {
                    dirty_end = place + block.len() as u64;
                }
                let header = GroupHeader::parse(block, self.key, self.file.number);
                let later = header.filter(|header| {
                    header.sequence > sequence || (header.sequence == sequence && place > self.position)
                });
                found = found.or(later.map(|header| (place, header.sequence)));
            }
            at += length;
        }
        Ok((found, dirty_end))
    }
}
