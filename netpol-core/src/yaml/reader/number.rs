//! Numbers: as go-yaml reads them, and as Go prints them.

use super::super::Value;

/// A whole number with Go's prefixes (`0x`, `0o`, `0b`, and `0` for octal) and a sign; `text` has no underscores.
pub(in crate::yaml) fn whole(text: &str) -> Option<Value<'static>> {
    let (is_negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..)?),
        Some(b'+') => (false, text.get(1..)?),
        _ => (false, text),
    };
    let magnitude = magnitude(unsigned)?;
    if is_negative {
        return 0_i64.checked_sub_unsigned(magnitude).map(Value::Int);
    }
    match i64::try_from(magnitude) {
        Ok(number) => Some(Value::Int(number)),
        Err(_) => (unsigned.len() == text.len()).then_some(Value::Uint(magnitude)),
    }
}

/// A whole number without a sign.
fn magnitude(text: &str) -> Option<u64> {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, text.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, text.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, text.get(2..)?),
        [b'0', _, ..] => (8, text.get(1..)?),
        _ => (10, text),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

/// A number with a fraction or an exponent, in go-yaml's grammar; `None` also when it is too large.
pub(in crate::yaml) fn fractional(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (unsigned.get(..at)?, Some(unsigned.get(at + 1..)?)),
        None => (unsigned, None),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    let has_digits = match fraction {
        Some(fraction) if integer.is_empty() => !fraction.is_empty(),
        _ => !integer.is_empty(),
    };
    let exponent_digits = exponent.map(|exponent| exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
    if !has_digits
        || !is_digits(integer)
        || !fraction.is_none_or(is_digits)
        || !exponent_digits.is_none_or(|digits| !digits.is_empty() && is_digits(digits))
    {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The value that JSON has for a float: Go prints `80.0` as `80`, which is then a whole number.
pub(in crate::yaml) fn normalized(number: f64) -> Value<'static> {
    if number.fract() == 0.0
        && number.abs() < 9.3e18
        && let Ok(whole) = number.to_string().parse::<i64>()
    {
        return Value::Int(whole);
    }
    Value::Float(number)
}

/// A float as kubectl spells it as a key: the shortest digits of single precision, as Go's `%g` prints them.
pub(in crate::yaml) fn spelled_as_key(number: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "kubectl rounds keys to single precision")]
    let single = number as f32;
    if single.is_nan() {
        return ".nan".to_owned();
    }
    if single.is_infinite() {
        return if single > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{single:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return format!("{single}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_the_prefixes_of_go() {
        let cases = [
            ("0", 0),
            ("-0", 0),
            ("010", 8),
            ("0o17", 15),
            ("0O17", 15),
            ("0x1F", 31),
            ("0X1f", 31),
            ("0b11", 3),
            ("-0x1F", -31),
            ("+5", 5),
            ("-9223372036854775808", i64::MIN),
        ];
        for (text, number) in cases {
            assert_eq!(whole(text), Some(Value::Int(number)), "{text}");
        }
        assert_eq!(whole("18446744073709551615"), Some(Value::Uint(u64::MAX)));
        for text in
            ["", "-", "0x", "08", "0o9", "1.5", "+-5", "+18446744073709551615", "18446744073709551616"]
        {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn fractions_follow_the_grammar_of_go_yaml() {
        let good = [
            ("1.", 1.0),
            (".5", 0.5),
            ("+.5", 0.5),
            ("1e3", 1000.0),
            ("08", 8.0),
            ("010.5", 10.5),
            (".8e2", 80.0),
        ];
        for (text, number) in good {
            assert!(fractional(text).is_some_and(|read| (read - number).abs() < 1e-9), "{text}");
        }
        for text in [".", "e3", "1e", "1.2.3", "1E400", "inf", "nan", "0x1p-2", "1e+", "--1", ""] {
            assert_eq!(fractional(text), None, "{text}");
        }
    }

    #[test]
    fn floats_as_keys_are_spelled_in_single_precision() {
        let cases =
            [(1.5, "1.5"), (1.0, "1"), (1e6, "1e+06"), (1e-5, "1e-05"), (123_456_789.5, "1.2345679e+08")];
        for (number, text) in cases {
            assert_eq!(spelled_as_key(number), text);
        }
    }
}
