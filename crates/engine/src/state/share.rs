//! Which part of a job's keys a subtask has: a range of the key groups, as in Flink (`KeyGroupRangeAssignment`).

use super::KEY_GROUPS;

/// One of the subtasks that an operator runs in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Share {
    /// Which, from 0.
    pub(crate) subtask: usize,
    /// Of how many; at least 1.
    pub(crate) of: usize,
}

impl Default for Share {
    /// All of it.
    fn default() -> Share {
        Share { subtask: 0, of: 1 }
    }
}

impl Share {
    /// Whether keys of a group are this subtask's.
    pub(crate) fn owns(self, group: u8) -> bool {
        subtask_of(group, self.of) == self.subtask
    }

    /// Whether it is the first subtask: the one that writes what all have.
    pub(crate) fn is_first(self) -> bool {
        self.subtask == 0
    }
}

/// The subtask, of so many, that keys of a group belong to.
pub(crate) fn subtask_of(group: u8, of: usize) -> usize {
    usize::from(group) * of / KEY_GROUPS as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_is_of_exactly_one_subtask_and_each_subtask_has_groups() {
        for of in 1..=KEY_GROUPS as usize {
            let mut groups = vec![0; of];
            for group in 0..KEY_GROUPS as u8 {
                let owners: Vec<usize> =
                    (0..of).filter(|subtask| Share { subtask: *subtask, of }.owns(group)).collect();
                assert_eq!(owners.len(), 1, "group {group} of {of}");
                groups[owners[0]] += 1;
            }
            let (least, most) = (groups.iter().min(), groups.iter().max());
            assert!(least > Some(&0) && most.zip(least).is_some_and(|(most, least)| most - least <= 1), "{groups:?}");
        }
    }
}
