//! Numbers out of text, as Java reads them, since Flink's formats do.
//!
//! `Integer.parseInt`, `Double.parseDouble`.

/// So many digits never overflow.
const DIGITS_SAFE: usize = 18;

/// Digits that can't overflow.
#[inline]
fn plain_digits(digits: &[u8]) -> Option<i64> {
    let mut value = 0_i64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(value)
}

/// A whole number as `Long.parseLong` reads it: an optional sign and ASCII digits.
pub(crate) fn parse_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    if digits.len() <= DIGITS_SAFE {
        let value = plain_digits(digits)?;
        return Some(if negative { -value } else { value });
    }
    let mut value = 0_i64;
    for digit in digits {
        let digit = i64::from(digit.wrapping_sub(b'0'));
        if !(0..=9).contains(&digit) {
            return None;
        }
        // Summed below zero, where `i64` reaches one further.
        value = value.checked_mul(10)?.checked_sub(digit)?;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

/// A floating-point number as `Double.parseDouble` reads it: decimal, with `NaN`, `Infinity` and a trailing `d` or `f`.
pub(crate) fn parse_double(text: &str) -> Option<f64> {
    let (unsigned, negative) = match text.as_bytes().first()? {
        b'-' => (text.get(1..)?, true),
        b'+' => (text.get(1..)?, false),
        _ => (text, false),
    };
    let magnitude = match unsigned {
        "NaN" => f64::NAN,
        "Infinity" => f64::INFINITY,
        digits => finite(digits)?.parse::<f64>().ok()?,
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// As [`parse_double`], rounded once, straight to 32 bits.
pub(crate) fn parse_float(text: &str) -> Option<f32> {
    let (unsigned, negative) = match text.as_bytes().first()? {
        b'-' => (text.get(1..)?, true),
        b'+' => (text.get(1..)?, false),
        _ => (text, false),
    };
    let magnitude = match unsigned {
        "NaN" => f32::NAN,
        "Infinity" => f32::INFINITY,
        digits => finite(digits)?.parse::<f32>().ok()?,
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// The digits without Java's type suffix, if they begin as a number does (Rust also reads `inf`).
fn finite(digits: &str) -> Option<&str> {
    let first = *digits.as_bytes().first()?;
    let begins = first.is_ascii_digit() || first == b'.';
    begins.then(|| digits.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_to_their_limits() {
        assert_eq!(parse_integer(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!(parse_integer(b"+9223372036854775807"), Some(i64::MAX));
        assert_eq!(parse_integer(b"9223372036854775808"), None);
        for bad in ["", "-", "1.0", " 1", "1e3", "--1"] {
            assert_eq!(parse_integer(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn doubles_are_read_as_java_does() {
        assert_eq!(parse_double("1e5"), Some(1e5));
        assert_eq!(parse_double("-1.5d"), Some(-1.5));
        assert_eq!(parse_double("-Infinity"), Some(f64::NEG_INFINITY));
        assert_eq!(parse_float("0.1f"), Some(0.1));
        for bad in ["", "inf", "nan", "x", "1.2.3", "--1"] {
            assert_eq!(parse_double(bad), None, "{bad}");
        }
    }
}
