//! All rules, and how they decide.
//!
//! For one question, the rules of the resource's own name, of `*` and of each of its beginnings are looked up, so that
//! deciding takes as long as the name is, not as long as the list is.

use std::collections::{BTreeSet, HashMap};

use super::binding::{Acl, AclFilter};
use super::principal::Principal;
use super::words::{ANY, CLUSTER_NAME, Operation, Pattern, Permission, Resource};

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker<'a> {
    pub(crate) principal: &'a Principal,
    /// The address that he comes from.
    pub(crate) host: &'a str,
}

/// The rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct AclList {
    all: BTreeSet<Acl>,
    literal: HashMap<(Resource, String), Vec<Acl>>,
    prefixed: HashMap<(Resource, String), Vec<Acl>>,
    /// The lengths of the beginnings that there are.
    prefix_lengths: BTreeSet<usize>,
}

impl AclList {
    /// A list of these rules.
    pub(crate) fn new(rules: impl IntoIterator<Item = Acl>) -> AclList {
        let mut list = AclList::default();
        for rule in rules {
            list.add(rule);
        }
        list
    }

    fn add(&mut self, rule: Acl) {
        if !self.all.insert(rule.clone()) {
            return;
        }
        let key = (rule.resource, rule.name.clone());
        match rule.pattern {
            Pattern::Literal => self.literal.entry(key).or_default().push(rule),
            Pattern::Prefixed => {
                self.prefix_lengths.insert(rule.name.len());
                self.prefixed.entry(key).or_default().push(rule);
            }
        }
    }

    /// All rules that a filter finds, in order.
    pub(crate) fn find<'a>(&'a self, filter: &'a AclFilter) -> impl Iterator<Item = &'a Acl> {
        self.all.iter().filter(|rule| filter.finds(rule))
    }

    /// All rules.
    pub(crate) fn all(&self) -> &BTreeSet<Acl> {
        &self.all
    }

    /// Whether the asker may do it: some rule allows it, or what implies it, and none denies it.
    pub(crate) fn allows(&self, asker: Asker<'_>, operation: Operation, resource: Resource, name: &str) -> bool {
        let mut allowed = false;
        for rule in self.about(resource, name).filter(|rule| rule.concerns(asker.principal, asker.host)) {
            if denies(rule, operation) {
                return false;
            }
            allowed |= permits(rule, operation);
        }
        allowed
    }

    /// Whether there is any resource of the kind to which the asker may do it: a rule that allows it, which no denial of
    /// the same name, of a beginning of it, or of all names outweighs.
    pub(crate) fn allows_any(&self, asker: Asker<'_>, operation: Operation, resource: Resource) -> bool {
        let mut permissions = self.all.iter().filter(|rule| {
            rule.resource == resource && permits(rule, operation) && rule.concerns(asker.principal, asker.host)
        });
        permissions.any(|rule| !self.outweighed(asker, operation, rule))
    }

    fn outweighed(&self, asker: Asker<'_>, operation: Operation, permission: &Acl) -> bool {
        let mut about = self.all.iter().filter(|rule| {
            rule.resource == permission.resource
                && denies(rule, operation)
                && rule.concerns(asker.principal, asker.host)
        });
        about.any(|denial| match (denial.pattern, permission.pattern) {
            (Pattern::Literal, _) if denial.name == ANY => true,
            (Pattern::Literal, Pattern::Literal) => denial.name == permission.name,
            (Pattern::Literal, Pattern::Prefixed) => false,
            (Pattern::Prefixed, _) => permission.name.starts_with(&denial.name),
        })
    }

    /// The rules about a resource.
    fn about<'a>(&'a self, resource: Resource, name: &'a str) -> impl Iterator<Item = &'a Acl> {
        let literal = [name, ANY].into_iter().filter_map(move |name| self.literal.get(&(resource, name.to_owned())));
        let beginnings = self.prefix_lengths.iter().filter_map(|length| name.get(..*length));
        let prefixed = beginnings.filter_map(move |name| self.prefixed.get(&(resource, name.to_owned())));
        literal.chain(prefixed).flatten()
    }

    /// What the asker may do to a resource: one bit for each operation, at its number.
    pub(crate) fn operations(&self, asker: Asker<'_>, resource: Resource, name: &str) -> i32 {
        let allowed = resource.operations().iter().filter(|operation| self.allows(asker, **operation, resource, name));
        bits(allowed)
    }
}

/// One bit for each operation, at its number (KIP-430).
pub(crate) fn bits<'a>(operations: impl IntoIterator<Item = &'a Operation>) -> i32 {
    operations.into_iter().fold(0, |bits, operation| bits | 1 << operation.code())
}

fn denies(rule: &Acl, operation: Operation) -> bool {
    rule.permission == Permission::Deny && [operation, Operation::All].contains(&rule.operation)
}

fn permits(rule: &Acl, operation: Operation) -> bool {
    let enough = || operation.implied_by().contains(&rule.operation);
    rule.permission == Permission::Allow && ([operation, Operation::All].contains(&rule.operation) || enough())
}

/// The name under which rules know the cluster.
pub(crate) const CLUSTER: &str = CLUSTER_NAME;

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "127.0.0.1";

    /// `allow alice read topic a* from 10.0.0.1`; a star at the end of a longer name makes it a beginning.
    fn rule(text: &str) -> Acl {
        let words: Vec<&str> = text.split(' ').collect();
        let prefix = words[4].strip_suffix('*').filter(|prefix| !prefix.is_empty());
        Acl {
            permission: Permission::from_word(words[0]).unwrap(),
            principal: Principal::user(words[1]),
            operation: Operation::from_word(words[2]).unwrap(),
            resource: Resource::from_word(words[3]).unwrap(),
            pattern: if prefix.is_some() { Pattern::Prefixed } else { Pattern::Literal },
            name: prefix.unwrap_or(words[4]).to_owned(),
            host: words.get(6).unwrap_or(&ANY).to_string(),
        }
    }

    /// Checks what rules, one a line, say to a question like `alice read topic a`.
    fn check(rules: &str, question: &str, allowed: bool) {
        let list = AclList::new(rules.split("; ").filter(|text| !text.is_empty()).map(rule));
        let words: Vec<&str> = question.split(' ').collect();
        let principal = Principal::user(words[0]);
        let asker = Asker { principal: &principal, host: HERE };
        let operation = Operation::from_word(words[1]).unwrap();
        let resource = Resource::from_word(words[2]).unwrap();
        let said = match words.get(3) {
            Some(name) => list.allows(asker, operation, resource, name),
            None => list.allows_any(asker, operation, resource),
        };
        assert_eq!(said, allowed, "{rules} | {question}");
    }

    #[test]
    fn what_no_rule_allows_is_denied() {
        check("", "alice read topic a", false);
        check("allow alice read topic a", "alice read topic a", true);
        check("allow alice read topic a", "alice write topic a", false);
        check("allow alice read topic a", "alice read topic b", false);
        check("allow alice read topic a", "alice read group a", false);
        check("allow alice read topic a", "bob read topic a", false);
        check("allow alice read topic a", "alice delete topic a", false);
    }

    #[test]
    fn names_may_be_all_or_begin_so() {
        check("allow alice read topic *", "alice read topic anything", true);
        check("allow alice read topic land*", "alice read topic landing.x", true);
        check("allow alice read topic land*", "alice read topic lan", false);
        check("allow * read topic a", "bob read topic a", true);
        check("allow alice read topic é*", "alice read topic ég", true);
        check("allow alice read topic aa*", "alice read topic aé", false);
    }

    #[test]
    fn a_denial_wins_over_every_permission() {
        check("allow alice all topic a; deny alice write topic a", "alice write topic a", false);
        check("allow alice all topic a; deny alice write topic a", "alice read topic a", true);
        check("allow alice all topic a; deny * all topic *", "alice read topic a", false);
        check("allow alice read topic a; deny alice read topic a*", "alice read topic a", false);
        check("allow alice read topic a; deny bob read topic a", "alice read topic a", true);
    }

    #[test]
    fn some_operations_imply_others_and_denials_imply_nothing() {
        for stronger in ["read", "write", "delete", "alter", "all"] {
            check(&format!("allow alice {stronger} topic a"), "alice describe topic a", true);
        }
        check("allow alice create topic a", "alice describe topic a", false);
        check("allow alice alter-configs topic a", "alice describe-configs topic a", true);
        check("allow alice describe topic a", "alice read topic a", false);
        check("allow alice describe topic a; deny alice read topic a", "alice describe topic a", true);
    }

    #[test]
    fn a_rule_holds_for_its_host() {
        check("allow alice read topic a from 127.0.0.1", "alice read topic a", true);
        check("allow alice read topic a from 10.0.0.1", "alice read topic a", false);
        check("allow alice read topic a; deny alice read topic a from 10.0.0.1", "alice read topic a", true);
    }

    #[test]
    fn any_resource_is_one_that_no_denial_takes_away() {
        check("allow alice write topic a", "alice write topic", true);
        check("allow alice read topic a", "alice write topic", false);
        check("allow alice write topic a; deny alice write topic a", "alice write topic", false);
        check("allow alice write topic a; deny alice write topic *", "alice write topic", false);
        check("allow alice write topic ab*; deny alice write topic a*", "alice write topic", false);
        check("allow alice write topic a*; deny alice write topic ab*", "alice write topic", true);
        check("allow alice write topic a*; deny alice write topic a", "alice write topic", true);
    }

    #[test]
    fn operations_are_bits_at_their_numbers() {
        let list = AclList::new([rule("allow alice read topic a")]);
        let principal = Principal::user("alice");
        let asker = Asker { principal: &principal, host: HERE };
        assert_eq!(list.operations(asker, Resource::Topic, "a"), 1 << 3 | 1 << 8);
        assert_eq!(list.operations(asker, Resource::Topic, "b"), 0);
    }
}
