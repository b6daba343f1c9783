//! One rule, the filters that find rules, and how a rule lies in the log.
//!
//! ```text
//! key   = version:u8 (1)  resource:u8  pattern:u8  permission:u8  operation:u8  name:text  principal:text  host:text
//! text  = length:u32 (big-endian)  UTF-8
//! value = empty: the key is the rule
//! ```

use yeoul_base::decode::{DecodeError, Decoder};

use super::principal::Principal;
use super::words::{ANY, CLUSTER_NAME, Operation, Pattern, Permission, Resource};

const VERSION: u8 = 1;
/// The longest name, principal or host of a rule.
const TEXT_BYTES_MAX: usize = 1024;

/// A rule.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Acl {
    /// What it is about.
    pub resource: Resource,
    /// How `name` is meant.
    pub pattern: Pattern,
    /// The resource's name, or how it begins.
    pub name: String,
    /// Whom it concerns.
    pub principal: Principal,
    /// From where: an address, or `*`.
    pub host: String,
    /// What is done.
    pub operation: Operation,
    /// Whether it may be done.
    pub permission: Permission,
}

impl Acl {
    /// What is wrong with the rule, if something is.
    ///
    /// # Errors
    /// The fault, with its remedy.
    pub fn check(&self) -> Result<(), String> {
        if self.name.is_empty() {
            return Err("a rule needs the name of its resource; `*` means all".to_owned());
        }
        if self.resource == Resource::Cluster && self.name != CLUSTER_NAME {
            return Err(format!("there is one cluster, `{CLUSTER_NAME}`, not `{}`", self.name));
        }
        if self.resource == Resource::Cluster && self.pattern == Pattern::Prefixed {
            return Err("a cluster is named literally; leave `prefixed` out".to_owned());
        }
        if self.host != ANY && self.host.parse::<std::net::IpAddr>().is_err() {
            return Err(format!("`{}` is not an address; write one like `10.0.0.7`, or `*`", self.host));
        }
        let operations = self.resource.operations();
        if self.operation != Operation::All && !operations.contains(&self.operation) {
            let known: Vec<&str> = operations.iter().map(|operation| operation.word()).collect();
            return Err(format!(
                "a {} has no operation `{}`; known: {}, All",
                self.resource,
                self.operation,
                known.join(", ")
            ));
        }
        let texts = [self.name.len(), self.host.len(), self.principal.to_string().len()];
        if texts.into_iter().any(|bytes| bytes > TEXT_BYTES_MAX) {
            return Err(format!("a name, host or principal has {TEXT_BYTES_MAX} bytes at most"));
        }
        Ok(())
    }

    /// Whether the rule is about the resource of this name.
    pub(crate) fn is_about(&self, resource: Resource, name: &str) -> bool {
        self.resource == resource
            && match self.pattern {
                Pattern::Literal => self.name == name || self.name == ANY,
                Pattern::Prefixed => name.starts_with(&self.name),
            }
    }

    /// Whether the rule concerns a client.
    pub(crate) fn concerns(&self, principal: &Principal, host: &str) -> bool {
        (self.host == ANY || self.host == host) && self.principal.covers(principal)
    }

    /// The rule as a key of the log's table.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let codes = [self.resource.code(), self.pattern.code(), self.permission.code(), self.operation.code()];
        let mut key = vec![VERSION];
        key.extend(codes.map(|code| code as u8));
        for text in [&self.name, &self.principal.to_string(), &self.host] {
            let length = u32::try_from(text.len()).expect("`check` bounds it");
            key.extend(length.to_be_bytes());
            key.extend(text.as_bytes());
        }
        key
    }

    /// The rule of a key.
    pub(crate) fn decode(key: &[u8]) -> Result<Acl, String> {
        let mut decoder = Decoder::new(key);
        let read = |error: DecodeError| format!("a stored rule {error}");
        let version = decoder.u8().map_err(read)?;
        if version != VERSION {
            return Err(format!("a stored rule has the unknown version `{version}`"));
        }
        let codes: [u8; 4] = decoder.array().map_err(read)?;
        let [resource, pattern, permission, operation] = codes.map(|code| code as i8);
        let mut text = || decoder.text().map(str::to_owned).map_err(read);
        let (name, principal, host) = (text()?, text()?, text()?);
        let unknown = || "a stored rule has an unknown word".to_owned();
        Ok(Acl {
            resource: Resource::from_code(resource).ok_or_else(unknown)?,
            pattern: Pattern::from_code(pattern).ok_or_else(unknown)?,
            permission: Permission::from_code(permission).ok_or_else(unknown)?,
            operation: Operation::from_code(operation).ok_or_else(unknown)?,
            principal: principal.parse()?,
            name,
            host,
        })
    }
}

/// Which names a filter finds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum NamePattern {
    /// Rules of any pattern with this very name.
    #[default]
    Any,
    /// Rules that decide about this name: its own, those of its beginnings, and `*`.
    Match,
    /// Rules of this pattern with this very name.
    Only(Pattern),
}

/// Finds rules: everything that is given has to fit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AclFilter {
    /// What it is about.
    pub resource: Option<Resource>,
    /// The name.
    pub name: Option<String>,
    /// How the name is meant.
    pub pattern: NamePattern,
    /// Whom it concerns, as it is written in the rule.
    pub principal: Option<String>,
    /// From where, as it is written in the rule.
    pub host: Option<String>,
    /// What is done.
    pub operation: Option<Operation>,
    /// Whether it may be done.
    pub permission: Option<Permission>,
}

impl AclFilter {
    /// Whether a rule fits.
    #[must_use]
    pub fn finds(&self, acl: &Acl) -> bool {
        let fits = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        self.resource.is_none_or(|resource| resource == acl.resource)
            && self.finds_name(acl)
            && fits(&self.principal, &acl.principal.to_string())
            && fits(&self.host, &acl.host)
            && self.operation.is_none_or(|operation| operation == acl.operation)
            && self.permission.is_none_or(|permission| permission == acl.permission)
    }

    fn finds_name(&self, acl: &Acl) -> bool {
        let pattern = match self.pattern {
            NamePattern::Only(pattern) => pattern == acl.pattern,
            NamePattern::Any | NamePattern::Match => true,
        };
        let name = match (&self.name, &self.pattern) {
            (None, _) => true,
            (Some(name), NamePattern::Match) => acl.is_about(acl.resource, name),
            (Some(name), _) => *name == acl.name,
        };
        pattern && name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acl(pattern: Pattern, name: &str) -> Acl {
        Acl {
            resource: Resource::Topic,
            pattern,
            name: name.to_owned(),
            principal: Principal::user("alice"),
            host: ANY.to_owned(),
            operation: Operation::Read,
            permission: Permission::Allow,
        }
    }

    #[test]
    fn a_rule_survives_the_log() {
        let rule = Acl { host: "10.0.0.7".to_owned(), ..acl(Pattern::Prefixed, "landing.") };
        let key = rule.encode();
        assert_eq!(Acl::decode(&key), Ok(rule));
        for cut in 0..key.len() {
            assert!(Acl::decode(&key[..cut]).is_err(), "{cut} bytes");
        }
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_refused() {
        let good = acl(Pattern::Literal, "t");
        assert_eq!(good.check(), Ok(()));
        let cluster = Acl { resource: Resource::Cluster, operation: Operation::Alter, ..good.clone() };
        let wrong = [
            Acl { name: String::new(), ..good.clone() },
            Acl { host: "somewhere".to_owned(), ..good.clone() },
            Acl { operation: Operation::ClusterAction, ..good.clone() },
            Acl { name: "x".repeat(TEXT_BYTES_MAX + 1), ..good },
            cluster.clone(),
            Acl { name: CLUSTER_NAME.to_owned(), pattern: Pattern::Prefixed, ..cluster },
        ];
        for rule in wrong {
            assert!(rule.check().is_err(), "{rule:?}");
        }
    }

    #[test]
    fn filters_find_by_pattern_as_kafka_does() {
        let rules = [acl(Pattern::Literal, "ab"), acl(Pattern::Prefixed, "a"), acl(Pattern::Literal, "*")];
        let found = |name: &str, pattern: NamePattern| {
            let filter = AclFilter { name: Some(name.to_owned()), pattern, ..AclFilter::default() };
            rules.iter().map(|rule| filter.finds(rule)).collect::<Vec<_>>()
        };
        assert_eq!(found("ab", NamePattern::Match), [true, true, true]);
        assert_eq!(found("ab", NamePattern::Any), [true, false, false]);
        assert_eq!(found("a", NamePattern::Only(Pattern::Prefixed)), [false, true, false]);
        assert_eq!(found("*", NamePattern::Only(Pattern::Literal)), [false, false, true]);
        assert!(rules.iter().all(|rule| AclFilter::default().finds(rule)));
    }
}
