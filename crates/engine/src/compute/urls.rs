//! URLs: forms' encoding, and the parts of a URL as `java.net.URL` takes it apart.

use std::fmt::Write;

use arrow::array::ArrayRef;
use datafusion::error::Result;

use super::function::{Call, Kernel};

/// The kernel of a function of URLs.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "url_encode" => url_encode,
        "url_decode" => url_decode,
        "parse_url" => parse_url,
        _ => return None,
    })
}

fn url_encode(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    call.write_texts(|row, text| {
        for byte in texts.get(row)?.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => text.push(char::from(byte)),
                b' ' => text.push('+'),
                byte => write!(text, "%{byte:02X}").ok()?,
            }
        }
        Some(())
    })
}

fn url_decode(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    call.write_texts(|row, text| {
        text.push_str(&decoded(texts.get(row)?)?);
        Some(())
    })
}

/// `None` where a `%` has not two hexadecimal digits behind it.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (digits, behind) = rest.split_at_checked(2)?;
                rest = behind;
                let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
                u8::from_str_radix(digits, 16).ok()?
            }
            other => *other,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The parts of a URL.
struct Url<'a> {
    protocol: String,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    reference: Option<&'a str>,
}

/// The protocols that every Java has a handler for.
const PROTOCOLS: [&str; 6] = ["http", "https", "ftp", "file", "jar", "mailto"];

impl<'a> Url<'a> {
    fn parse(text: &'a str) -> Option<Url<'a>> {
        let text = text.trim_matches(|c: char| c <= ' ');
        let text =
            if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("url:")) { &text[4..] } else { text };
        let (protocol, rest) = text.split_once(':')?;
        let protocol = protocol.to_ascii_lowercase();
        if !PROTOCOLS.contains(&protocol.as_str()) {
            return None;
        }
        let (rest, reference) = split(rest, '#');
        let (rest, query) = split(rest, '?');
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(&rest[..end]), &rest[end..])
            }
            None => (None, rest),
        };
        let url = Url { protocol, authority, path, query, reference };
        url.has_valid_port().then_some(url)
    }

    /// User, host and port.
    fn user_and_host(&self) -> (Option<&'a str>, &'a str) {
        match self.authority.unwrap_or_default().rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, self.authority.unwrap_or_default()),
        }
    }

    /// Host, and what is behind its colon.
    fn host_and_port(&self) -> (&'a str, Option<&'a str>) {
        let (_, host) = self.user_and_host();
        let end = host.rfind(']').map_or(0, |end| end + 1);
        match host.get(end..).and_then(|behind| behind.find(':')) {
            Some(at) => (&host[..end + at], Some(&host[end + at + 1..])),
            None => (host, None),
        }
    }

    fn has_valid_port(&self) -> bool {
        self.host_and_port().1.is_none_or(|port| port.is_empty() || port.parse::<u32>().is_ok())
    }

    fn write(&self, part: &str, text: &mut String) -> Option<()> {
        let found = match part {
            "PROTOCOL" => self.protocol.as_str(),
            "AUTHORITY" => self.authority.filter(|authority| !authority.is_empty())?,
            "USERINFO" => self.user_and_host().0?,
            "HOST" => self.host_and_port().0,
            "PATH" | "FILE" => self.path,
            "QUERY" => self.query?,
            "REF" => self.reference?,
            _ => return None,
        };
        text.push_str(found);
        if let ("FILE", Some(query)) = (part, self.query) {
            text.push('?');
            text.push_str(query);
        }
        Some(())
    }

    /// The value of a key of the query.
    fn value(&self, key: &str) -> Option<&'a str> {
        let mut pairs = self.query?.split('&');
        pairs.find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, behind)| (before, Some(behind)))
}

fn parse_url(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, parts) = (call.texts(0)?, call.texts(1)?);
    let keys = call.optional_texts(2)?;
    call.write_texts(|row, text| {
        let (url, part) = (Url::parse(texts.get(row)?)?, parts.get(row)?);
        match &keys {
            None => url.write(part, text),
            Some(keys) => {
                let key = keys.get(row)?;
                text.push_str(url.value(key).filter(|_| part == "QUERY")?);
                Some(())
            }
        }
    })
}
