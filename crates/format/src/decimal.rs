//! Decimals as text, exact, as Java's `BigDecimal` reads and writes them.

use yeoul_row::text;

/// The largest precision of a `DECIMAL`.
const PRECISION_MAX: u32 = 38;

/// What a text is as a `DECIMAL(precision, scale)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Parsed {
    /// It fits: the unscaled value.
    Fits(i128),
    /// It is a number with more whole digits than the type has: NULL in Flink.
    Overflows,
    /// It isn't a number.
    NotANumber,
}

/// Reads `[sign] digits [. digits] [e [sign] digits]`; what is behind the scale is rounded half up (away from zero).
pub(crate) fn parse(text: &[u8], precision: u8, scale: u8) -> Parsed {
    let Some(number) = split(text) else { return Parsed::NotANumber };
    let shift = number.exponent.saturating_add(i64::from(scale));
    let Some(unscaled) = scaled(number.whole, number.fraction, shift) else { return Parsed::Overflows };
    if unscaled >= 10_i128.pow(u32::from(precision).min(PRECISION_MAX)) {
        return Parsed::Overflows;
    }
    Parsed::Fits(if number.negative { -unscaled } else { unscaled })
}

struct Number<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i64,
}

fn split(text: &[u8]) -> Option<Number<'_>> {
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (mantissa, exponent) = match unsigned.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (unsigned.get(..at)?, exponent(unsigned.get(at + 1..)?)?),
        None => (unsigned, 0),
    };
    let point = mantissa.iter().position(|byte| *byte == b'.');
    let whole = mantissa.get(..point.unwrap_or(mantissa.len()))?;
    let fraction = point.map_or(Some(&[][..]), |at| mantissa.get(at + 1..))?;
    let digits = whole.iter().chain(fraction);
    if whole.len() + fraction.len() == 0 || !digits.clone().all(u8::is_ascii_digit) {
        return None;
    }
    Some(Number { negative, whole, fraction, exponent })
}

fn exponent(text: &[u8]) -> Option<i64> {
    crate::number::parse_integer(text).filter(|exponent| i32::try_from(*exponent).is_ok())
}

/// The digits times ten to the `shift`, rounded half up; nothing if that has more than 38 digits.
fn scaled(whole: &[u8], fraction: &[u8], shift: i64) -> Option<i128> {
    let kept = i64::try_from(whole.len()).ok()?.saturating_add(shift);
    let mut value = 0_i128;
    let mut at = 0_i64;
    let mut significant = 0;
    for digit in whole.iter().chain(fraction) {
        if at == kept {
            break;
        }
        at += 1;
        value = value * 10 + i128::from(digit - b'0');
        significant += u32::from(value != 0);
        if significant > PRECISION_MAX {
            return None;
        }
    }
    if kept < 0 {
        return Some(0);
    }
    if at < kept && value != 0 {
        let zeros = u32::try_from(kept - at).ok().filter(|zeros| zeros + significant <= PRECISION_MAX)?;
        return Some(value * 10_i128.pow(zeros));
    }
    let next = usize::try_from(kept).ok().and_then(|kept| whole.iter().chain(fraction).nth(kept));
    Some(value + i128::from(at == kept && next.is_some_and(|digit| *digit >= b'5')))
}

/// Appends the number as `BigDecimal.toString` does: with an exponent (`1E-7`) where it is small.
pub(crate) fn write_scientific(unscaled: i128, scale: u8, out: &mut Vec<u8>) {
    let digits = unscaled.unsigned_abs().to_string();
    let adjusted = digits.len() as i64 - 1 - i64::from(scale);
    if adjusted >= -6 {
        return text::write_decimal(unscaled, usize::from(scale), out);
    }
    if unscaled < 0 {
        out.push(b'-');
    }
    let (first, rest) = digits.split_at(1);
    out.extend_from_slice(first.as_bytes());
    if !rest.is_empty() {
        out.push(b'.');
        out.extend_from_slice(rest.as_bytes());
    }
    out.extend_from_slice(format!("E{adjusted}").as_bytes());
}

/// Appends the number as the JSON and CSV formats write it: `BigDecimal.stripTrailingZeros().toString()`, so `12.340` is
/// `12.34` and `100.000` is `1E+2`.
pub(crate) fn write_stripped(unscaled: i128, scale: u8, out: &mut Vec<u8>) {
    if unscaled == 0 {
        out.push(b'0');
        return;
    }
    let (mut unscaled, mut scale) = (unscaled, i32::from(scale));
    while unscaled % 10 == 0 {
        unscaled /= 10;
        scale -= 1;
    }
    match u8::try_from(scale) {
        Ok(scale) => write_scientific(unscaled, scale, out),
        Err(_) => write_large(unscaled, scale, out),
    }
}

/// Appends a whole number that ends in zeros, which `scale < 0` counts.
fn write_large(unscaled: i128, scale: i32, out: &mut Vec<u8>) {
    let digits = unscaled.unsigned_abs().to_string();
    let exponent = i32::try_from(digits.len()).unwrap_or(i32::MAX) - 1 - scale;
    let (first, rest) = digits.split_at(1);
    let sign = if unscaled < 0 { "-" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    out.extend_from_slice(format!("{sign}{first}{point}{rest}E+{exponent}").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        for (text, precision, scale, expected) in [
            ("1.50", 10, 2, Parsed::Fits(150)),
            ("-1.5", 10, 2, Parsed::Fits(-150)),
            ("1.005", 10, 2, Parsed::Fits(101)),
            ("-1.005", 10, 2, Parsed::Fits(-101)),
            ("1.00499999999999999999999999999999999999999999999", 10, 2, Parsed::Fits(100)),
            ("0.5", 1, 0, Parsed::Fits(1)),
            ("0.05", 1, 0, Parsed::Fits(0)),
            ("0.005", 10, 1, Parsed::Fits(0)),
            ("1e3", 10, 2, Parsed::Fits(100_000)),
            ("12e-1", 10, 2, Parsed::Fits(120)),
            ("5e-3", 10, 2, Parsed::Fits(1)),
            ("1e-2000000000", 10, 2, Parsed::Fits(0)),
            ("0e2000000000", 10, 2, Parsed::Fits(0)),
            ("1e2000000000", 10, 2, Parsed::Overflows),
            ("99.99", 3, 1, Parsed::Overflows),
            ("100000000", 10, 2, Parsed::Overflows),
            ("99999999999999999999999999999999999999", 38, 0, Parsed::Fits(10_i128.pow(38) - 1)),
            ("99999999999999999999999999999999999999.5", 38, 0, Parsed::Overflows),
            ("999999999999999999999999999999999999999", 38, 0, Parsed::Overflows),
            (".5", 3, 1, Parsed::Fits(5)),
            ("5.", 3, 1, Parsed::Fits(50)),
            ("", 3, 1, Parsed::NotANumber),
            (".", 3, 1, Parsed::NotANumber),
            ("1x", 3, 1, Parsed::NotANumber),
            ("1e", 3, 1, Parsed::NotANumber),
            ("1 ", 3, 1, Parsed::NotANumber),
        ] {
            assert_eq!(parse(text.as_bytes(), precision, scale), expected, "{text}");
        }
    }

    #[test]
    fn decimals_are_written_as_java_does() {
        for (unscaled, scale, text) in [
            (150, 2, "1.50"),
            (-5, 2, "-0.05"),
            (0, 0, "0"),
            (1, 7, "1E-7"),
            (-12, 9, "-1.2E-8"),
            (1, 6, "0.000001"),
            (0, 7, "0E-7"),
        ] {
            let mut out = Vec::new();
            write_scientific(unscaled, scale, &mut out);
            assert_eq!(out, text.as_bytes());
        }
    }

    #[test]
    fn trailing_zeros_are_stripped_in_files() {
        for (unscaled, scale, text) in [
            (0, 3, "0"),
            (12_340, 3, "12.34"),
            (100_000, 3, "1E+2"),
            (-1_234_500_000, 3, "-1.2345E+6"),
            (5_000, 3, "5"),
            (10, 8, "1E-7"),
        ] {
            let mut out = Vec::new();
            write_stripped(unscaled, scale, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }
}
