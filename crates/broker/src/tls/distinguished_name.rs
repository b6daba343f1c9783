//! A certificate's subject as text, as Java writes it (RFC 2253): `CN=alice,OU=ops,O=Acme,C=KR`.
//!
//! ```text
//! Certificate    = SEQUENCE { TBSCertificate, … }
//! TBSCertificate = SEQUENCE { [0] version?, serial, algorithm, issuer, validity, subject, … }
//! subject        = SEQUENCE OF SET OF SEQUENCE { type: OID, value: string }
//! ```
//!
//! The certificate was verified by rustls before; what can't be read gives no name.

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OID: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const BMP_STRING: u8 = 0x1e;
const VERSION: u8 = 0xa0;

/// The subject of a certificate; nothing if it can't be read or is empty.
pub(crate) fn subject(certificate: &[u8]) -> Option<String> {
    let (certificate, _) = expect(certificate, SEQUENCE)?;
    let (mut fields, _) = expect(certificate, SEQUENCE)?;
    if fields.first() == Some(&VERSION) {
        fields = next(fields)?.2;
    }
    // Serial, algorithm, issuer, validity.
    for _ in 0..4 {
        fields = next(fields)?.2;
    }
    let (subject, _) = expect(fields, SEQUENCE)?;
    let mut names = Vec::new();
    let mut rest = subject;
    while !rest.is_empty() {
        let (set, behind) = expect(rest, SET)?;
        names.push(relative_name(set)?);
        rest = behind;
    }
    // The last one in the certificate is the first one in the text.
    names.reverse();
    Some(names.join(",")).filter(|text| !text.is_empty())
}

/// `CN=alice`; several parts are joined by `+`.
fn relative_name(mut set: &[u8]) -> Option<String> {
    let mut parts = Vec::new();
    while !set.is_empty() {
        let (pair, behind) = expect(set, SEQUENCE)?;
        let (oid, value) = expect(pair, OID)?;
        let (tag, content, _) = next(value)?;
        parts.push(format!("{}={}", key(oid), escape(&text(tag, content)?)));
        set = behind;
    }
    Some(parts.join("+"))
}

/// The keys that RFC 2253 names; others by number.
fn key(oid: &[u8]) -> String {
    const DOMAIN_COMPONENT: &[u8] = &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19];
    const USER_ID: &[u8] = &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01];
    match oid {
        [0x55, 0x04, 0x03] => "CN".to_owned(),
        [0x55, 0x04, 0x07] => "L".to_owned(),
        [0x55, 0x04, 0x08] => "ST".to_owned(),
        [0x55, 0x04, 0x0a] => "O".to_owned(),
        [0x55, 0x04, 0x0b] => "OU".to_owned(),
        [0x55, 0x04, 0x06] => "C".to_owned(),
        [0x55, 0x04, 0x09] => "STREET".to_owned(),
        DOMAIN_COMPONENT => "DC".to_owned(),
        USER_ID => "UID".to_owned(),
        other => dotted(other),
    }
}

fn dotted(oid: &[u8]) -> String {
    let mut numbers = Vec::new();
    let mut number: u64 = 0;
    for byte in oid {
        number = number.wrapping_shl(7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            numbers.push(number);
            number = 0;
        }
    }
    if let Some(first) = numbers.first().copied() {
        let root = (first / 40).min(2);
        numbers.splice(..1, [root, first - root * 40]);
    }
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

fn text(tag: u8, content: &[u8]) -> Option<String> {
    match tag {
        BMP_STRING => {
            let units: Vec<u16> = content.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).ok()
        }
        UTF8_STRING => String::from_utf8(content.to_vec()).ok(),
        // The other strings are subsets of Latin-1.
        _ => Some(content.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// Escapes as RFC 2253 does.
fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (at, character) in value.chars().enumerate() {
        let edge = (at == 0 && matches!(character, ' ' | '#')) || (at == last && character == ' ');
        if edge || matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// The content of the first element, which has this tag, and what follows it.
fn expect(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = next(bytes)?;
    (tag == wanted).then_some((content, rest))
}

/// Tag and content of the first element, and what follows it.
fn next(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, bytes) = bytes.split_first()?;
    let (first, bytes) = bytes.split_first()?;
    let (length, bytes) = match *first {
        short @ 0..=0x7f => (usize::from(short), bytes),
        long @ 0x81..=0x84 => {
            let (length, rest) = bytes.split_at_checked(usize::from(long & 0x7f))?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = bytes.split_at_checked(length)?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

    use super::*;

    fn certificate(names: &[(DnType, &str)]) -> Vec<u8> {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = DistinguishedName::new();
        for (kind, value) in names {
            params.distinguished_name.push(kind.clone(), *value);
        }
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn a_subject_is_written_as_java_writes_it() {
        let names = [
            (DnType::CountryName, "KR"),
            (DnType::OrganizationName, "Acme, Inc. \"A\""),
            (DnType::OrganizationalUnitName, " ops "),
            (DnType::CustomDnType(vec![1, 2, 840, 113549, 1, 9, 1]), "a@b"),
            (DnType::CommonName, "앨리스"),
        ];
        let text = subject(&certificate(&names)).unwrap();
        assert_eq!(text, "CN=앨리스,1.2.840.113549.1.9.1=a@b,OU=\\ ops\\ ,O=Acme\\, Inc. \\\"A\\\",C=KR");
        assert_eq!(subject(&certificate(&[])), None);
    }

    #[test]
    fn damage_anywhere_gives_a_name_or_none_and_no_panic() {
        let good = certificate(&[(DnType::CommonName, "alice"), (DnType::OrganizationName, "Acme")]);
        for at in 0..good.len() {
            let _ = subject(&good[..at]);
            for value in [0, 0x7f, 0x80, 0x84, 0xff] {
                let mut changed = good.clone();
                changed[at] = value;
                let _ = subject(&changed);
            }
        }
    }
}
