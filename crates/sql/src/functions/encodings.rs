//! Hashes and encodings.

use super::Nulls::{Always, AnyArgument};
use super::Param::{Binary, Int, Integer, Text};
use super::{ONE_TEXT, Param, ResultRule, ScalarFunction, TWO_TEXTS, function};

const TEXT_OR_BYTES: &[&[Param]] = &[&[Text], &[Binary]];

/// Hashes are hexadecimal, in lower case.
pub(super) const ENCODINGS: &[ScalarFunction] = &[
    function("md5", "MD5", TEXT_OR_BYTES, ResultRule::Fixed(32), AnyArgument).says("the MD5 sum"),
    function("sha1", "SHA1", TEXT_OR_BYTES, ResultRule::Fixed(40), AnyArgument).says("the SHA-1 sum"),
    function("sha224", "SHA224", TEXT_OR_BYTES, ResultRule::Fixed(56), AnyArgument).says("the SHA-224 sum"),
    function("sha256", "SHA256", TEXT_OR_BYTES, ResultRule::Fixed(64), AnyArgument).says("the SHA-256 sum"),
    function("sha384", "SHA384", TEXT_OR_BYTES, ResultRule::Fixed(96), AnyArgument).says("the SHA-384 sum"),
    function("sha512", "SHA512", TEXT_OR_BYTES, ResultRule::Fixed(128), AnyArgument).says("the SHA-512 sum"),
    function("sha2", "SHA2", &[&[Text, Int], &[Binary, Int]], ResultRule::Varchar(128), AnyArgument)
        .says("the SHA-2 sum of 224, 256, 384 or 512 bits")
        .fails(),
    function("hex", "HEX", &[&[Integer], &[Text]], ResultRule::Text, AnyArgument)
        .says("a number, or a text's bytes, in hexadecimal digits of upper case"),
    function("unhex", "UNHEX", ONE_TEXT, ResultRule::Bytes, Always)
        .says("the bytes of hexadecimal digits; NULL for other characters"),
    function("bin", "BIN", &[&[Integer]], ResultRule::Text, AnyArgument).says("a number in binary digits"),
    function("to_base64", "TO_BASE64", TEXT_OR_BYTES, ResultRule::Text, AnyArgument).says("in base64"),
    function("from_base64", "FROM_BASE64", TEXT_OR_BYTES, ResultRule::Text, AnyArgument)
        .says("the text that is encoded in base64")
        .fails(),
    function("encode", "ENCODE", TWO_TEXTS, ResultRule::Bytes, AnyArgument)
        .says("a text as bytes of a character set: US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE or UTF-16")
        .fails(),
    function("decode", "DECODE", &[&[Binary, Text]], ResultRule::Text, AnyArgument)
        .says("bytes of a character set as a text")
        .fails(),
    function("url_encode", "URL_ENCODE", ONE_TEXT, ResultRule::Text, Always)
        .says("as a form's value: `+` for a blank, `%XX` for other characters"),
    function("url_decode", "URL_DECODE", ONE_TEXT, ResultRule::Text, Always)
        .says("the text of a form's value; NULL where it is none"),
    function("parse_url", "PARSE_URL", &[&[Text, Text], &[Text, Text, Text]], ResultRule::Text, Always)
        .says("a part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE, USERINFO; a key of its query"),
    function("inet_aton", "INET_ATON", ONE_TEXT, ResultRule::BigInt, Always)
        .says("an IPv4 address as a number; NULL where it is none"),
    function("inet_ntoa", "INET_NTOA", &[&[Integer]], ResultRule::Text, Always)
        .says("a number as an IPv4 address; NULL where it is none"),
];
