//! Where a listener is bound: parsing, and the rule that nothing but loopback is opened without authentication (C8).

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use crate::fault::Fault;

/// Binds `listener` (`kafka`, `http`) to `address`; port 0 takes any free one. Only one that authenticates its clients
/// may be open to the network.
///
/// # Errors
/// An address that can't be read, is open to the network, or is taken.
pub fn bind(listener: &str, address: &str, authenticates: bool) -> Result<TcpListener, Fault> {
    let place = parse(listener, address, authenticates)?;
    let bound = TcpListener::bind(place).map_err(|error| refuse(listener, address, &error))?;
    bound.set_nonblocking(true)?;
    Ok(bound)
}

fn refuse(listener: &str, address: &str, error: &std::io::Error) -> Fault {
    Fault::usage(match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "`{address}` is in use by another process; stop it, or take another port with `{}`",
            flag(listener, "127.0.0.1:0")
        ),
        _ => format!(
            "can't listen on `{address}`: {error}; take another address with `{}`",
            flag(listener, "127.0.0.1:0")
        ),
    })
}

/// The flag that sets a listener's address.
fn flag(listener: &str, address: &str) -> String {
    match listener {
        "kafka" | "http" => format!("--{listener} {address}"),
        _ => format!("--listener {listener}=PLAINTEXT://{address}"),
    }
}

/// The address of a listener, if it may be opened.
fn parse(listener: &str, address: &str, authenticates: bool) -> Result<SocketAddr, Fault> {
    let resolved = address.to_socket_addrs().map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let Some(first) = resolved.first().copied() else {
        return Err(Fault::usage(format!(
            "`{address}` is not an address to listen on; write `{}`, with port 0 for any free one",
            flag(listener, "127.0.0.1:9092")
        )));
    };
    match resolved.iter().find(|place| !authenticates && !place.ip().to_canonical().is_loopback()) {
        None => Ok(first),
        Some(open) => Err(Fault::usage(format!(
            "the {listener} listener `{address}` would be open to the network, and no authentication is configured; \
             listen on a loopback address: `{}`{}",
            flag(listener, &format!("127.0.0.1:{}", open.port())),
            if listener == "http" {
                ", or have it ask who its clients are, and encrypt: `http.authentication = \"basic\"` with `http.certificate` \
                 and `http.key` in `yeoul.toml`, see docs/security.md"
            } else {
                ", or give it a `protocol` with SASL or client certificates, see docs/security.md"
            }
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_opened() {
        for address in ["127.0.0.1:0", "127.8.8.8:1", "[::1]:9092", "localhost:9092"] {
            assert!(parse("kafka", address, false).is_ok(), "{address}");
        }
        for address in [
            "0.0.0.0:9092",
            "[::ffff:10.0.0.1]:9092",
            "192.168.1.4:9092",
            "[::]:9092",
            "8.8.8.8:1",
            "9092",
            "",
            "127.0.0.1",
            "127.0.0.1:99999",
        ] {
            assert!(parse("kafka", address, false).is_err(), "{address}");
        }
    }

    #[test]
    fn who_authenticates_may_be_open() {
        for address in ["0.0.0.0:9092", "[::]:9092", "127.0.0.1:0"] {
            assert!(parse("kafka", address, true).is_ok(), "{address}");
        }
        assert!(parse("kafka", "nowhere", true).is_err());
    }

    #[test]
    fn a_taken_port_is_a_fault_of_usage() {
        let first = bind("http", "127.0.0.1:0", false).expect("a free port");
        let taken = first.local_addr().expect("it is bound").to_string();
        let fault = bind("http", &taken, false).expect_err("it is taken");
        assert!(matches!(&fault, Fault::Usage(error) if error.to_string().contains("--http")), "{fault:?}");
    }
}
