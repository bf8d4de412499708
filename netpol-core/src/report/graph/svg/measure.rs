//! How much room text takes. The images use a font whose letters are equally wide, so that this is exact.

/// Width of a letter, in parts of the size of the font. Fonts of this kind have 0.60 to 0.61.
const ADVANCE: f64 = 0.615;
/// Letters of a name that are shown; all of them are in the tooltip.
const LETTERS: usize = 36;

/// Size of names.
pub(super) const NAME: f64 = 13.0;
/// Size of all other text.
pub(super) const SMALL: f64 = 10.5;

/// The width of a text in a size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|character| if is_wide(character) { 2.0 } else { 1.0 }).sum::<f64>() * ADVANCE * size
}

/// The text, cut in its middle when it is too long: names differ at both ends.
pub(super) fn shortened(text: &str) -> String {
    let count = text.chars().count();
    if count <= LETTERS {
        return text.to_owned();
    }
    let start: String = text.chars().take(LETTERS / 2).collect();
    let end: String = text.chars().skip(count - (LETTERS / 2 - 1)).collect();
    format!("{start}…{end}")
}

/// A number that is small enough to be exact.
pub(super) fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn is_wide(character: char) -> bool {
    let code = u32::from(character);
    (0x1100..=0x115f).contains(&code)
        || (0x2e80..=0xd7ff).contains(&code)
        || (0xf900..=0xffef).contains(&code)
        || code > 0xffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_both_ends() {
        let name = format!("{}-{}", "a".repeat(40), "b".repeat(40));
        let short = shortened(&name);
        assert_eq!(short.chars().count(), LETTERS);
        assert!(short.starts_with("aaaa") && short.ends_with("bbbb") && short.contains('…'));
        assert_eq!(shortened("cart"), "cart");
        assert!(width("日本", NAME) > width("ab", NAME));
    }
}
