//! Who a client is: `User:alice`.

use std::fmt;
use std::str::FromStr;

/// The name of a client that did not say who it is.
const ANONYMOUS: &str = "ANONYMOUS";
/// The kind of principal that authentication gives.
const USER: &str = "User";

/// A principal: its kind (`User` for everybody who authenticates) and its name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Principal {
    kind: String,
    name: String,
}

impl Principal {
    /// The user of this name.
    #[must_use]
    pub fn user(name: &str) -> Principal {
        Principal { kind: USER.to_owned(), name: name.to_owned() }
    }

    /// A client of a listener that asks nobody who he is.
    #[must_use]
    pub fn anonymous() -> Principal {
        Principal::user(ANONYMOUS)
    }

    /// The name without the kind.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a rule written for `self` concerns `other`: the same principal, or all of its kind (`User:*`).
    pub(crate) fn covers(&self, other: &Principal) -> bool {
        self.kind == other.kind && (self.name == other.name || self.name == "*")
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.name)
    }
}

impl FromStr for Principal {
    type Err = String;

    fn from_str(text: &str) -> Result<Principal, String> {
        match text.split_once(':') {
            Some((kind, name)) if !kind.is_empty() && !name.is_empty() => {
                Ok(Principal { kind: kind.to_owned(), name: name.to_owned() })
            }
            _ => Err(format!("`{text}` is not a principal; write `User:alice`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_is_a_kind_and_a_name() {
        let alice: Principal = "User:alice".parse().unwrap();
        assert_eq!((alice.to_string().as_str(), alice.name()), ("User:alice", "alice"));
        let named: Principal = "User:CN=a,OU=b:c".parse().unwrap();
        assert_eq!(named.name(), "CN=a,OU=b:c");
        for wrong in ["", "alice", ":alice", "User:"] {
            assert!(wrong.parse::<Principal>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_star_covers_all_of_its_kind() {
        let all: Principal = "User:*".parse().unwrap();
        assert!(all.covers(&Principal::user("alice")) && all.covers(&Principal::anonymous()));
        assert!(!all.covers(&"Group:alice".parse().unwrap()));
        assert!(!Principal::user("alice").covers(&Principal::user("bob")));
    }
}
