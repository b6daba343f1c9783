//! Values as text: JSON strings, base64, decimals, doubles as Java prints them, dates and times in the SQL form.
//!
//! Dates are days since 1970-01-01 of the proleptic Gregorian calendar, times are nanoseconds of a day.

use std::io::Write as _;

use arrow::datatypes::TimeUnit;

const SECONDS_OF_DAY: i64 = 86_400;
const NANOS_OF_SECOND: i64 = 1_000_000_000;
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends a JSON string: quotes, with control characters, `"` and `\` escaped.
pub fn write_quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')) {
        let (plain, behind) = rest.split_at(at);
        out.extend_from_slice(plain);
        if let Some((byte, behind)) = behind.split_first() {
            write_escape(*byte, out);
            rest = behind;
        }
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        _ => return out.extend_from_slice(format!("\\u{byte:04X}").as_bytes()),
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// Appends bytes in base64 (RFC 4648, padded), in quotes.
pub fn write_base64(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) as usize & 63;
            let filled = digit <= chunk.len();
            out.push(if filled { BASE64.get(value).copied().unwrap_or(b'=') } else { b'=' });
        }
    }
    out.push(b'"');
}

/// Appends a decimal of `scale` digits behind the point, without an exponent.
pub fn write_decimal(value: i128, scale: usize, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    out.extend_from_slice(whole.as_bytes());
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(fraction.as_bytes());
    }
}

/// Appends a `FLOAT` or `DOUBLE` as Java's `toString` (JDK 19 and later: the shortest digits that give it back).
/// `wide` is the same value as a double.
pub fn write_java_float(value: impl std::fmt::LowerExp, wide: f64, out: &mut Vec<u8>) {
    if wide.is_nan() {
        return out.extend_from_slice(b"NaN");
    }
    let sign: &[u8] = if wide.is_sign_negative() { b"-" } else { b"" };
    out.extend_from_slice(sign);
    if wide.is_infinite() {
        return out.extend_from_slice(b"Infinity");
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    write_digits(&digits, exponent, wide == 0.0, out);
}

/// Appends `d.ddd × 10^exponent`: plain from 10⁻³ to 10⁷, with `E` else, always with a digit behind the point.
fn write_digits(digits: &str, exponent: i32, zero: bool, out: &mut Vec<u8>) {
    // Writing to a vector can't fail.
    let _ = match exponent {
        _ if zero => write!(out, "0.0"),
        0..7 => {
            let whole = usize::try_from(exponent).unwrap_or(0) + 1;
            let padded = format!("{digits:0<width$}", width = whole + 1);
            let (before, behind) = padded.split_at(whole);
            write!(out, "{before}.{behind}")
        }
        -3..0 => {
            let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
            write!(out, "0.{}{digits}", "0".repeat(zeros))
        }
        _ => {
            let (first, behind) = digits.split_at(1);
            write!(out, "{first}.{}E{exponent}", if behind.is_empty() { "0" } else { behind })
        }
    };
}

/// Year, month and day of a day since 1970-01-01.
#[must_use]
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Years begin in March here, so that the leap day is their last.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Appends `2013-02-08`.
pub fn write_date(days: i64, out: &mut Vec<u8>) {
    let (year, month, day) = civil_from_days(days);
    let sign = match year {
        ..0 => "-",
        10_000.. => "+",
        _ => "",
    };
    out.extend_from_slice(sign.as_bytes());
    write_padded::<4>(year.unsigned_abs(), out);
    out.push(b'-');
    write_padded::<2>(month.unsigned_abs(), out);
    out.push(b'-');
    write_padded::<2>(day.unsigned_abs(), out);
}

/// Appends a number with `DIGITS` digits at least.
fn write_padded<const DIGITS: usize>(number: u64, out: &mut Vec<u8>) {
    let mut digits = [b'0'; DIGITS];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    if rest > 0 {
        // Writing to a vector can't fail.
        let _ = write!(out, "{rest}");
    }
    out.extend_from_slice(&digits);
}

/// Appends `05:00:00`, and behind it the digits of the fraction up to the last that isn't zero.
pub fn write_time(nanos: i64, out: &mut Vec<u8>) {
    let (seconds, fraction) = (nanos.div_euclid(NANOS_OF_SECOND), nanos.rem_euclid(NANOS_OF_SECOND));
    if seconds < 0 {
        out.push(b'-');
    }
    let seconds = seconds.unsigned_abs();
    write_padded::<2>(seconds / 3600, out);
    out.push(b':');
    write_padded::<2>(seconds / 60 % 60, out);
    out.push(b':');
    write_padded::<2>(seconds % 60, out);
    if fraction > 0 {
        out.push(b'.');
        write_padded::<9>(fraction.unsigned_abs(), out);
        while out.pop_if(|digit| *digit == b'0').is_some() {}
    }
}

/// Appends a timestamp in `unit` since 1970 in the SQL form: `2013-02-08 05:00:00.12`.
pub fn write_timestamp(value: i64, unit: TimeUnit, out: &mut Vec<u8>) {
    let units = match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => NANOS_OF_SECOND,
    };
    let day = units * SECONDS_OF_DAY;
    write_date(value.div_euclid(day), out);
    out.push(b' ');
    write_time(value.rem_euclid(day) * (NANOS_OF_SECOND / units), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_have_the_digits_of_the_sql_form() {
        let written = |write: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            write(&mut out);
            String::from_utf8(out).unwrap()
        };
        for (days, text) in
            [(15_744, "2013-02-08"), (-719_529, "-0001-12-31"), (-719_528, "0000-01-01"), (3_000_000, "+10183-09-21")]
        {
            assert_eq!(written(&|out| write_date(days, out)), text);
        }
        let second = NANOS_OF_SECOND;
        for (nanos, text) in [
            (0, "00:00:00"),
            (86_399 * second + 120_000_000, "23:59:59.12"),
            (86_400 * second, "24:00:00"),
            (second + 1, "00:00:01.000000001"),
            (360_000 * second, "100:00:00"),
        ] {
            assert_eq!(written(&|out| write_time(nanos, out)), text);
        }
    }
}
