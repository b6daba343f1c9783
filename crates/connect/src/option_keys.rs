//! Which keys each connector takes, for whoever completes what is typed in. A format's own keys, and those that name a column,
//! are not among them.

use crate::{connect, filesystem, kafka, nexmark, print, socket};

/// Keys of `datagen` that don't name a column.
const DATAGEN: &[&str] = &["rows-per-second", "number-of-rows", "scan.parallelism"];

/// Every connector's name.
#[must_use]
pub fn connectors() -> &'static [&'static str] {
    connect::NAMES
}

/// The keys that a connector takes besides `connector`; none of an unknown one.
#[must_use]
pub fn option_keys(connector: &str) -> &'static [&'static str] {
    match connector {
        "kafka" => kafka::options::KEYS,
        "upsert-kafka" => kafka::upsert::KEYS,
        "filesystem" => filesystem::options::KEYS,
        "datagen" => DATAGEN,
        "nexmark" => &nexmark::options::KNOWN,
        "socket" => socket::KEYS,
        "print" => print::KEYS,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connector_but_blackhole_has_keys() {
        for connector in connectors() {
            assert_eq!(option_keys(connector).is_empty(), *connector == "blackhole", "{connector}");
        }
    }
}
