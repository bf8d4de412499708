//! Base64 as Go's standard decoder reads it: padded, with line breaks ignored.

/// The bytes of a base64 text.
pub(in crate::yaml) fn decode(text: &str) -> Option<Vec<u8>> {
    let symbols: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let mut bytes = Vec::with_capacity(symbols.len() / 4 * 3);
    let mut groups = symbols.chunks(4).peekable();
    while let Some(group) = groups.next() {
        let padding = group.iter().rev().take_while(|byte| **byte == b'=').count();
        if group.len() != 4 || padding > 2 || (padding > 0 && groups.peek().is_some()) {
            return None;
        }
        let mut bits = 0_u32;
        for symbol in group.iter().take(4 - padding) {
            bits = bits << 6 | u32::from(sextet(*symbol)?);
        }
        bits <<= 6 * u32::try_from(padding).ok()?;
        bytes.extend(bits.to_be_bytes().into_iter().skip(1).take(3 - padding));
    }
    Some(bytes)
}

const fn sextet(symbol: u8) -> Option<u8> {
    match symbol {
        b'A'..=b'Z' => Some(symbol - b'A'),
        b'a'..=b'z' => Some(symbol - b'a' + 26),
        b'0'..=b'9' => Some(symbol - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn base64_is_padded_and_may_be_broken_into_lines() {
        assert_eq!(decode("aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(decode("aGVs\nbG8h"), Some(b"hello!".to_vec()));
        assert_eq!(decode(""), Some(Vec::new()));
        for text in ["aGVsbG8", "a===", "aG==bG8=", "a*bc", "===="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
