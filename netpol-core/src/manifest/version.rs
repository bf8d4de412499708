//! The version of the API server, where its validation depends on it.

/// A minor version of Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    /// The first number.
    pub major: u16,
    /// The second number.
    pub minor: u16,
}

impl KubernetesVersion {
    /// The first version that refuses CIDRs which older ones read with a warning.
    pub const STRICT_CIDRS: Self = Self { major: 1, minor: 36 };
    /// The first version that refuses a value in `matchExpressions` which no label can have.
    pub const CHECKED_EXPRESSIONS: Self = Self { major: 1, minor: 26 };

    /// `1.33`, `v1.33` or `1.33.4`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        Some(Self { major, minor })
    }

    /// Whether a server does what servers do `since` a version; one of which nothing is said is the newest.
    pub fn does(of: Option<Self>, since: Self) -> bool {
        of.is_none_or(|version| version >= since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_may_have_a_v_and_a_patch() {
        let version = Some(KubernetesVersion { major: 1, minor: 33 });
        assert_eq!(KubernetesVersion::parse("1.33"), version);
        assert_eq!(KubernetesVersion::parse("v1.33.4"), version);
        assert_eq!(KubernetesVersion::parse("one"), None);
        assert!(version < Some(KubernetesVersion::STRICT_CIDRS));
        assert!(KubernetesVersion::does(version, KubernetesVersion::CHECKED_EXPRESSIONS));
    }
}
