//! Words from files on one line of ours.

/// The same text with what is not seen, but does something, made visible as U+FFFD: control characters, ends of lines among
/// them, and marks that turn the direction of writing. A name in a file can neither steer a terminal, nor begin a line of a
/// report, nor look like another name.
pub fn one_line(text: impl Into<String>) -> String {
    let text = text.into();
    if !text.contains(is_hidden) {
        return text;
    }
    text.chars().map(|letter| if is_hidden(letter) { char::REPLACEMENT_CHARACTER } else { letter }).collect()
}

fn is_hidden(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_within_its_line() {
        assert_eq!(one_line("shop/\u{1b}[31mcart\nALLOW"), "shop/\u{fffd}[31mcart\u{fffd}ALLOW");
        assert_eq!(one_line("a\u{202e}b"), "a\u{fffd}b");
        assert_eq!(one_line("café"), "café");
    }
}
