//! Globs, as a PATH and in `include` and `exclude`.

use globset::{GlobBuilder, GlobMatcher};

/// Whether a text has characters that make a glob of it.
pub fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// Reads a glob whose `*` stays within a folder and whose `**` does not.
///
/// # Errors
/// What is wrong with it, in words.
pub fn glob(text: &str) -> Result<GlobMatcher, String> {
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|error| format!("`{text}` is no glob: {}", error.kind()))
}

/// The folder that a glob starts in, and empty for the current one: what stands before its first wildcard.
pub fn base(text: &str) -> &str {
    let first = text.find(['*', '?', '[', '{']).unwrap_or(text.len());
    text[..first].rfind('/').map_or("", |slash| &text[..=slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_a_folder() {
        let one = glob("apps/*.yaml").unwrap();
        assert!(one.is_match("apps/a.yaml") && !one.is_match("apps/x/a.yaml"));
        assert!(glob("apps/**/*.yaml").unwrap().is_match("apps/x/a.yaml"));
        assert!(glob("a[").is_err());
    }

    #[test]
    fn a_glob_starts_before_its_first_wildcard() {
        assert_eq!(base("apps/x/*.yaml"), "apps/x/");
        assert_eq!(base("*.yaml"), "");
        assert_eq!(base("/srv/{a,b}/c.yaml"), "/srv/");
    }
}
