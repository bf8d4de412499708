//! How much a test does.

/// What a variable of the environment says of it; `otherwise` when it is not set.
pub fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| {
        text.parse().unwrap_or_else(|_| panic!("`{variable}` is a number, not `{text}`"))
    })
}
