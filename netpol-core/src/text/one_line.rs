//! Words from files on one line of ours.

/// The same text with control characters, ends of lines among them, made visible as U+FFFD: a name in a file can neither
/// steer a terminal nor begin a line of a report.
pub fn one_line(text: impl Into<String>) -> String {
    let text = text.into();
    if !text.contains(char::is_control) {
        return text;
    }
    text.chars()
        .map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_within_its_line() {
        assert_eq!(one_line("shop/\u{1b}[31mcart\nALLOW"), "shop/\u{fffd}[31mcart\u{fffd}ALLOW");
        assert_eq!(one_line("café"), "café");
    }
}
