//! `JSON_OBJECTAGG`: a group's members by their keys. A key that comes twice, or is NULL, fails the job.
//!
//! State of a group, in one entry: what fails it (a text with its length in 32 bits, empty if nothing does), the number of
//! members (32 bits), and of each its key and its value, JSON already, each with its length.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringArray};
use yeoul_base::decode::{DecodeError, Decoder};

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use super::extremes::write_sized;
use crate::compute::json_write::write_text;
use crate::operator::OperatorError;
use crate::state::StateColumns;

/// Bytes that a member takes besides its key and value.
const MEMBER_BYTES: usize = 64;

#[derive(Debug, Default)]
struct Members {
    members: BTreeMap<Box<[u8]>, Box<[u8]>>,
    /// Why there is no such object; empty: there is.
    fault: String,
}

/// The members of each group's object.
pub(crate) struct JsonMembers {
    /// Whether NULLs become members.
    nulls: bool,
    groups: Vec<Members>,
    heap_bytes: usize,
}

impl JsonMembers {
    /// Objects with NULLs as `null`, if `nulls`; else without them.
    pub(crate) fn new(nulls: bool) -> JsonMembers {
        JsonMembers { nulls, groups: Vec::new(), heap_bytes: 0 }
    }

    fn put(&mut self, slot: usize, key: &[u8], value: Box<[u8]>) {
        let group = &mut self.groups[slot];
        if group.members.contains_key(key) {
            let key = String::from_utf8_lossy(key);
            group.fault =
                format!("the key `{key}` comes twice in one object of `JSON_OBJECTAGG`; group so that it doesn't");
            return;
        }
        self.heap_bytes += key.len() + value.len() + MEMBER_BYTES;
        group.members.insert(key.into(), value);
    }

    /// Takes out a member with this very value; Flink never finds one whose value is NULL.
    fn take_out(&mut self, slot: usize, key: &[u8], value: Option<&[u8]>) {
        let members = &mut self.groups[slot].members;
        if members.get(key).is_some_and(|there| Some(&**there) == value)
            && let Some(gone) = members.remove(key)
        {
            self.heap_bytes -= key.len() + gone.len() + MEMBER_BYTES;
        }
    }

    fn object(&self, slot: u32) -> Result<String, OperatorError> {
        let group = &self.groups[slot as usize];
        if !group.fault.is_empty() {
            return Err(OperatorError::Row(group.fault.clone()));
        }
        let mut text = "{".to_owned();
        for (place, (key, value)) in group.members.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            write_text(&String::from_utf8_lossy(key), &mut text);
            text.push(':');
            text.push_str(&String::from_utf8_lossy(value));
        }
        text.push('}');
        Ok(text)
    }
}

impl StateColumns for JsonMembers {
    fn grow(&mut self, slots: usize) {
        self.groups.resize_with(slots, Members::default);
    }

    fn reset(&mut self, slot: usize) {
        let gone = std::mem::take(&mut self.groups[slot]).members;
        self.heap_bytes -= gone.iter().map(|(key, value)| key.len() + value.len() + MEMBER_BYTES).sum::<usize>();
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        let group = &self.groups[slot];
        write_sized(group.fault.as_bytes(), bytes);
        bytes.extend(u32::try_from(group.members.len()).unwrap_or(u32::MAX).to_be_bytes());
        for (key, value) in &group.members {
            write_sized(key, bytes);
            write_sized(value, bytes);
        }
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let fault = String::from_utf8_lossy(bytes.sized_bytes()?).into_owned();
        for _ in 0..bytes.count(8)? {
            let key: Box<[u8]> = bytes.sized_bytes()?.into();
            let value = bytes.sized_bytes()?.into();
            self.put(slot, &key, value);
        }
        self.groups[slot].fault = fault;
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.groups.len() * size_of::<Members>() + self.heap_bytes
    }
}

impl Accumulator for JsonMembers {
    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: usize, from: usize) {
        let moved = self.groups[from].members.clone();
        moved.into_iter().for_each(|(key, value)| self.put(into, &key, value));
        if !self.groups[from].fault.is_empty() {
            self.groups[into].fault = self.groups[from].fault.clone();
        }
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [Cells::Bytes(keys), Cells::Bytes(values)] = inputs else { return };
        rows.each(|row, slot, adds| {
            if keys.is_null(row) {
                self.groups[slot].fault = "`JSON_OBJECTAGG` takes no NULL key; filter such rows out".to_owned();
                return;
            }
            let value = values.is_valid(row).then(|| values.value(row));
            match (adds, value) {
                (false, value) => self.take_out(slot, keys.value(row), value),
                (true, Some(value)) => self.put(slot, keys.value(row), value.into()),
                (true, None) if self.nulls => self.put(slot, keys.value(row), b"null".as_slice().into()),
                (true, None) => {}
            }
        });
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let objects = slots.iter().map(|slot| self.object(*slot).map(Some));
        Ok(Arc::new(objects.collect::<Result<StringArray, OperatorError>>()?))
    }
}
