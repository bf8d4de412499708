//! How far apart two words are, for every "did you mean".

/// Longer words are not compared: no name of the API is longer, and comparing costs the product of both lengths.
const LONGEST: usize = 320;

/// How many letters have to be changed, added, left out or swapped with their neighbour to make one word of the other;
/// `None` for words of more than 320 bytes.
///
/// ```
/// use netpol_core::text::distance;
///
/// assert_eq!(distance("fronted", "frontend"), Some(1));
/// assert_eq!(distance("web", &"x".repeat(1000)), None);
/// ```
pub fn distance(left: &str, right: &str) -> Option<usize> {
    (left.len().max(right.len()) <= LONGEST).then(|| strsim::osa_distance(left, right))
}

/// The nearest of some names that is at most `limit` letters away: of several, the first in their alphabet.
pub fn nearest<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>, limit: usize) -> Option<&'n str> {
    let is_near = |name: &&str| name.len().abs_diff(typed.len()) <= limit * 4;
    let rated = names.into_iter().filter(is_near).filter_map(|name| Some((distance(typed, name)?, name)));
    rated.filter(|(distance, _)| *distance <= limit).min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_an_end_are_near_to_nothing() {
        let long = "x".repeat(10_000_000);
        assert_eq!(nearest(&long, ["xx", &long], usize::MAX / 8), None);
    }

    #[test]
    fn the_first_of_the_nearest_is_meant() {
        assert_eq!(nearest("cart", ["card", "carts", "dart", "far"], 1), Some("card"));
        assert_eq!(nearest("cart", ["far"], 1), None);
    }
}
