//! Hashes as hexadecimal text, in lower case.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringBuilder};
use datafusion::error::Result;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::encodings::push_hex;
use super::function::{Call, Kernel};
use super::row_error;

/// The kernel of a hash.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "md5" => |call| hash(call, sum::<Md5>),
        "sha1" => |call| hash(call, sum::<Sha1>),
        "sha224" => |call| hash(call, sum::<Sha224>),
        "sha256" => |call| hash(call, sum::<Sha256>),
        "sha384" => |call| hash(call, sum::<Sha384>),
        "sha512" => |call| hash(call, sum::<Sha512>),
        "sha2" => sha2,
        _ => return None,
    })
}

/// Appends the sum of some bytes.
fn sum<D: Digest>(bytes: &[u8], text: &mut String) {
    push_hex(&D::digest(bytes), text, b"0123456789abcdef");
}

fn hash(call: &Call<'_>, sum: fn(&[u8], &mut String)) -> Result<ArrayRef> {
    let values = call.bytes(0)?;
    call.write_texts(|row, text| values.is_valid(row).then(|| sum(values.value(row), text)))
}

/// `SHA2(x, bits)`
fn sha2(call: &Call<'_>) -> Result<ArrayRef> {
    let (values, lengths) = (call.bytes(0)?, call.ints(1)?);
    let mut builder = StringBuilder::new();
    let mut text = String::new();
    for row in 0..call.rows {
        let (true, Some(bits)) = (values.is_valid(row), lengths.get(row)) else {
            builder.append_null();
            continue;
        };
        let sum = match bits {
            224 => sum::<Sha224>,
            256 => sum::<Sha256>,
            384 => sum::<Sha384>,
            512 => sum::<Sha512>,
            _ => return Err(row_error(format!("SHA2 has 224, 256, 384 or 512 bits, not `{bits}`"))),
        };
        text.clear();
        sum(values.value(row), &mut text);
        builder.append_value(&text);
    }
    Ok(Arc::new(builder.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(sum: fn(&[u8], &mut String), bytes: &[u8]) -> String {
        let mut text = String::new();
        sum(bytes, &mut text);
        text
    }

    #[test]
    fn sums_are_those_of_the_standards() {
        assert_eq!(text_of(sum::<Md5>, b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(text_of(sum::<Sha1>, b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(text_of(sum::<Sha256>, b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
