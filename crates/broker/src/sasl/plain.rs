//! PLAIN (RFC 4616): `identity NUL user NUL password`.

use super::scram::USER_BYTES_MAX;

/// The longest password that is looked at.
const PASSWORD_BYTES_MAX: usize = 4096;

/// What a client says.
pub(crate) struct Plain<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a [u8],
}

impl<'a> Plain<'a> {
    /// Nothing for a message that is not PLAIN, or in which one user wants to act for another.
    pub(crate) fn parse(message: &'a [u8]) -> Option<Plain<'a>> {
        let mut parts = message.split(|byte| *byte == 0);
        let (identity, user, password) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = parts.next().is_none() && !user.is_empty() && !password.is_empty();
        let same = identity.is_empty() || identity == user;
        let short = user.len() <= USER_BYTES_MAX && password.len() <= PASSWORD_BYTES_MAX;
        let user = std::str::from_utf8(user).ok()?;
        (whole && same && short).then_some(Plain { user, password })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_password_are_read_and_all_else_is_refused() {
        for good in [&b"\0u\0p"[..], b"u\0u\0p"] {
            let plain = Plain::parse(good).unwrap();
            assert_eq!((plain.user, plain.password), ("u", &b"p"[..]));
        }
        for bad in [&b""[..], b"\0", b"\0u", b"\0u\0", b"\0\0p", b"other\0u\0p", b"\0u\0p\0", b"\0\xff\0p"] {
            assert!(Plain::parse(bad).is_none(), "{bad:?}");
        }
        let long = [b"\0u\0".to_vec(), vec![b'p'; PASSWORD_BYTES_MAX + 1]].concat();
        assert!(Plain::parse(&long).is_none());
    }
}
