//! Numbers, bytes and texts in other forms: hexadecimal, binary, base64, character sets, addresses.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datafusion::error::Result;

use super::function::{Call, Kernel};
use super::row_error;

/// The kernel of an encoding.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "hex" => hex,
        "unhex" => unhex,
        "bin" => bin,
        "to_base64" => to_base64,
        "from_base64" => from_base64,
        "encode" => encode,
        "decode" => decode,
        "inet_aton" => inet_aton,
        "inet_ntoa" => inet_ntoa,
        _ => return None,
    })
}

/// Appends two digits for each byte.
pub(super) fn push_hex(bytes: &[u8], text: &mut String, digits: &[u8; 16]) {
    for byte in bytes {
        text.push(char::from(digits[usize::from(byte >> 4)]));
        text.push(char::from(digits[usize::from(byte & 15)]));
    }
}

/// Negative numbers have 16 digits.
fn hex(call: &Call<'_>) -> Result<ArrayRef> {
    if call.types[0].logical.is_character() {
        let texts = call.texts(0)?;
        return call.write_texts(|row, text| {
            push_hex(texts.get(row)?.as_bytes(), text, b"0123456789ABCDEF");
            Some(())
        });
    }
    let numbers = call.ints(0)?;
    call.write_texts(|row, text| write!(text, "{:X}", numbers.get(row)?).ok())
}

/// The first of an odd number of digits gives a zero byte, as in Flink.
fn unhex(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    call.write_bytes(|row, bytes| {
        let Some(digits) = texts.get(row).map(str::as_bytes) else { return Ok(None) };
        let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let (first, rest) = digits.split_at(digits.len() % 2);
        let first = first.iter().map(|digit| value(*digit).map(|_| 0));
        let pairs = rest.chunks_exact(2).map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?));
        Ok(first.chain(pairs).try_for_each(|byte| {
            bytes.push(byte?);
            Some(())
        }))
    })
}

fn bin(call: &Call<'_>) -> Result<ArrayRef> {
    let numbers = call.ints(0)?;
    call.write_texts(|row, text| write!(text, "{:b}", numbers.get(row)?).ok())
}

fn to_base64(call: &Call<'_>) -> Result<ArrayRef> {
    let values = call.bytes(0)?;
    call.write_texts(|row, text| values.is_valid(row).then(|| STANDARD.encode_string(values.value(row), text)))
}

fn from_base64(call: &Call<'_>) -> Result<ArrayRef> {
    let values = call.bytes(0)?;
    call.try_write_texts(|row, text| {
        if values.is_null(row) {
            return Ok(None);
        }
        let encoded = String::from_utf8_lossy(values.value(row));
        // Java takes texts without padding.
        let bare = encoded.trim_end_matches('=');
        let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(bare);
        let bytes = bytes.map_err(|error| row_error(format!("`{encoded}` is no base64: {error}")))?;
        text.push_str(&String::from_utf8_lossy(&bytes));
        Ok(Some(()))
    })
}

/// The character sets that every Java has.
#[derive(Clone, Copy)]
enum Charset {
    Ascii,
    Latin1,
    Utf8,
    Utf16Big,
    Utf16Little,
    /// Big-endian, with a mark.
    Utf16,
}

impl Charset {
    fn named(name: &str) -> Result<Charset> {
        Ok(match name.to_ascii_uppercase().as_str() {
            "US-ASCII" | "ASCII" => Charset::Ascii,
            "ISO-8859-1" | "ISO8859_1" | "LATIN1" => Charset::Latin1,
            "UTF-8" | "UTF8" => Charset::Utf8,
            "UTF-16BE" => Charset::Utf16Big,
            "UTF-16LE" => Charset::Utf16Little,
            "UTF-16" | "UTF16" => Charset::Utf16,
            _ => return Err(row_error(format!("the character set `{name}` is not supported; UTF-8 is"))),
        })
    }

    fn encode(self, text: &str, bytes: &mut Vec<u8>) {
        let narrow = |limit: u32| move |c: char| u8::try_from(u32::from(c)).ok().filter(|_| u32::from(c) < limit);
        match self {
            Charset::Ascii => bytes.extend(text.chars().map(|c| narrow(128)(c).unwrap_or(b'?'))),
            Charset::Latin1 => bytes.extend(text.chars().map(|c| narrow(256)(c).unwrap_or(b'?'))),
            Charset::Utf8 => bytes.extend(text.as_bytes()),
            Charset::Utf16Big => bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Charset::Utf16Little => bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Charset::Utf16 if text.is_empty() => {}
            Charset::Utf16 => {
                bytes.extend([0xfe, 0xff]);
                bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
            }
        }
    }

    fn decode(self, bytes: &[u8], text: &mut String) {
        match self {
            Charset::Ascii => {
                text.extend(bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '\u{fffd}' }))
            }
            Charset::Latin1 => text.extend(bytes.iter().map(|byte| char::from(*byte))),
            Charset::Utf8 => text.push_str(&String::from_utf8_lossy(bytes)),
            Charset::Utf16Big => decode_utf16(bytes, u16::from_be_bytes, text),
            Charset::Utf16Little => decode_utf16(bytes, u16::from_le_bytes, text),
            Charset::Utf16 => match bytes {
                [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes, text),
                [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes, text),
                _ => decode_utf16(bytes, u16::from_be_bytes, text),
            },
        }
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, text: &mut String) {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    text.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')));
    if bytes.len() % 2 == 1 {
        text.push('\u{fffd}');
    }
}

fn encode(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, names) = (call.texts(0)?, call.texts(1)?);
    call.write_bytes(|row, bytes| {
        let (Some(text), Some(name)) = (texts.get(row), names.get(row)) else { return Ok(None) };
        Charset::named(name)?.encode(text, bytes);
        Ok(Some(()))
    })
}

fn decode(call: &Call<'_>) -> Result<ArrayRef> {
    let (values, names) = (call.bytes(0)?, call.texts(1)?);
    call.try_write_texts(|row, text| {
        let (true, Some(name)) = (values.is_valid(row), names.get(row)) else { return Ok(None) };
        Charset::named(name)?.decode(values.value(row), text);
        Ok(Some(()))
    })
}

/// `1.2.3.4`, and as MySQL the shorter forms, whose last part fills what is left.
fn inet_aton(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    Ok(Arc::new((0..call.rows).map(|row| address(texts.get(row)?)).collect::<Int64Array>()))
}

fn address(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split('.').collect();
    let (last, first) = parts.split_last()?;
    let number = |part: &str| -> Option<i64> {
        let digits = !part.is_empty() && part.len() <= 10 && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse().ok() } else { None }
    };
    let byte = |part: &str| number(part).filter(|value| *value <= 255);
    let mut value = 0;
    for (place, part) in first.iter().enumerate() {
        value += byte(part)? << (24 - 8 * u32::try_from(place).ok().filter(|place| *place < 3)?);
    }
    byte(last).map(|last| value + last)
}

fn inet_ntoa(call: &Call<'_>) -> Result<ArrayRef> {
    let numbers = call.ints(0)?;
    call.write_texts(|row, text| {
        let number = u32::try_from(numbers.get(row)?).ok()?;
        write!(text, "{}", std::net::Ipv4Addr::from(number)).ok()
    })
}
