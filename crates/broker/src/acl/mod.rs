//! Who may do what: Kafka's access control lists.
//!
//! Reading order: [`words`] (operations, resources, permissions, under Kafka's numbers and names), [`binding`] (one
//! rule, and the filters that find rules), [`list`] (all rules, and how they decide), [`permission`] (what each API
//! needs: the one table), [`gate`] (one request's questions to the list), [`screen`] (what of a request is let through).
//!
//! Invariants:
//! - Where authentication is on, what no rule allows is denied; a denial wins over every permission.
//! - A request reaches its handler through [`screen`] only: its body can't be decoded otherwise. An API without a row in
//!   the table, and a request without its screen, do not compile into the dispatch.
//! - A handler sees what its client may touch, and nothing else; the screen answers for the rest.

pub(crate) mod binding;
pub(crate) mod gate;
pub(crate) mod list;
pub(crate) mod permission;
pub(crate) mod principal;
pub(crate) mod screen;
pub(crate) mod words;

#[cfg(test)]
pub(crate) mod tests;

pub use binding::{Acl, AclFilter, NamePattern};
pub use permission::rights_table;
pub use principal::Principal;
pub use words::{Operation, Pattern, Permission, Resource};
