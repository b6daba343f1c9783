//! The words of access control lists, under Kafka's numbers (`AclOperation`, `ResourceType`, `PatternType`,
//! `AclPermissionType`) and the names of its tools.

/// An enumeration whose variants have a number on the wire and a name in tools.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum $name { $($(#[$doc])* $variant = $code,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// Kafka's number.
            #[must_use]
            pub fn code(self) -> i8 {
                self as i8
            }

            /// The one of Kafka's number.
            #[must_use]
            pub fn from_code(code: i8) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.code() == code)
            }

            /// The name, as Kafka's tools print it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The one of this name; case, `-` and `_` don't matter, as for Kafka's tools.
            #[must_use]
            pub fn from_word(word: &str) -> Option<$name> {
                let bare = |word: &str| word.replace(['-', '_'], "").to_ascii_lowercase();
                $name::ALL.iter().copied().find(|one| bare(one.word()) == bare(word))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// What somebody wants to do.
    Operation {
        /// Everything.
        All = 2 "All",
        /// Fetch records, take part in a group.
        Read = 3 "Read",
        /// Produce records, use a transactional id.
        Write = 4 "Write",
        /// Create topics.
        Create = 5 "Create",
        /// Delete topics, records, groups.
        Delete = 6 "Delete",
        /// Add partitions, change access control lists and credentials.
        Alter = 7 "Alter",
        /// See that it is there. Whoever may read, write, delete or alter may describe.
        Describe = 8 "Describe",
        /// What brokers do among themselves.
        ClusterAction = 9 "ClusterAction",
        /// See settings. Whoever may alter settings may see them.
        DescribeConfigs = 10 "DescribeConfigs",
        /// Change settings.
        AlterConfigs = 11 "AlterConfigs",
        /// Be an idempotent producer. Whoever may write to any topic may.
        IdempotentWrite = 12 "IdempotentWrite",
    }
}

words! {
    /// What it is done to.
    Resource {
        /// A topic.
        Topic = 2 "Topic",
        /// A consumer group.
        Group = 3 "Group",
        /// The cluster; there is one, called `kafka-cluster`.
        Cluster = 4 "Cluster",
        /// A transactional id.
        TransactionalId = 5 "TransactionalId",
    }
}

words! {
    /// How a rule's name is meant.
    Pattern {
        /// This name; `*` means all names.
        Literal = 3 "Literal",
        /// All names that begin so.
        Prefixed = 4 "Prefixed",
    }
}

words! {
    /// What a rule says.
    Permission {
        /// No, whatever others say.
        Deny = 2 "Deny",
        /// Yes.
        Allow = 3 "Allow",
    }
}

/// The name of the one cluster.
pub(crate) const CLUSTER_NAME: &str = "kafka-cluster";
/// The name or host that means all.
pub(crate) const ANY: &str = "*";

impl Operation {
    /// What allows this operation besides itself and `All`.
    pub(crate) fn implied_by(self) -> &'static [Operation] {
        match self {
            Operation::Describe => &[Operation::Read, Operation::Write, Operation::Delete, Operation::Alter],
            Operation::DescribeConfigs => &[Operation::AlterConfigs],
            _ => &[],
        }
    }
}

impl Resource {
    /// The operations that exist for it, in the order of their numbers.
    pub(crate) fn operations(self) -> &'static [Operation] {
        use Operation::*;
        match self {
            Resource::Topic => &[Read, Write, Create, Delete, Alter, Describe, DescribeConfigs, AlterConfigs],
            Resource::Group => &[Read, Delete, Describe, DescribeConfigs, AlterConfigs],
            Resource::Cluster => {
                &[Create, Alter, Describe, ClusterAction, DescribeConfigs, AlterConfigs, IdempotentWrite]
            }
            Resource::TransactionalId => &[Write, Describe],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_kafkas_tools_read_them() {
        for word in ["DescribeConfigs", "describe-configs", "DESCRIBE_CONFIGS"] {
            assert_eq!(Operation::from_word(word), Some(Operation::DescribeConfigs));
        }
        assert_eq!(Resource::from_word("transactional-id"), Some(Resource::TransactionalId));
        assert_eq!(Permission::from_word("maybe"), None);
    }

    #[test]
    fn numbers_lead_back_to_their_words() {
        for operation in Operation::ALL {
            assert_eq!(Operation::from_code(operation.code()), Some(*operation));
        }
        // Unknown, any, and what is behind the last.
        for code in [-1, 0, 1, 99] {
            assert_eq!(Operation::from_code(code), None);
        }
    }
}
