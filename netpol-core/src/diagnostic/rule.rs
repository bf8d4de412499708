//! The names of the rules that reading, decoding and lowering emit.

/// The name of a rule: kebab-case, names the bad pattern, reads well after "allow".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleName(pub &'static str);

impl std::fmt::Display for RuleName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// A document that kubectl's reader refuses.
pub const UNREADABLE_YAML: RuleName = RuleName("unreadable-yaml");
/// A Helm or Go template that was not rendered.
pub const UNRENDERED_TEMPLATE: RuleName = RuleName("unrendered-template");
/// `${VAR}` that was not substituted.
pub const UNRESOLVED_PLACEHOLDER: RuleName = RuleName("unresolved-placeholder");
/// A scalar that kubectl reads as something else than it looks like.
pub const SURPRISING_SCALAR: RuleName = RuleName("surprising-scalar");
/// A key that stands twice in one mapping; the last one wins.
pub const DUPLICATE_KEY: RuleName = RuleName("duplicate-key");
/// A kind or version that does not exist.
pub const UNKNOWN_KIND: RuleName = RuleName("unknown-kind");
/// A field that the API does not have.
pub const UNKNOWN_FIELD: RuleName = RuleName("unknown-field");
/// A value of a type that the API does not accept.
pub const WRONG_TYPE: RuleName = RuleName("wrong-type");
/// A value that the API server's validation refuses.
pub const INVALID_FIELD: RuleName = RuleName("invalid-field");
/// A group version that servers no longer serve.
pub const REMOVED_API_VERSION: RuleName = RuleName("removed-api-version");
/// A CIDR that newer servers refuse and older ones read.
pub const AMBIGUOUS_CIDR: RuleName = RuleName("ambiguous-cidr");
/// Two objects of one identity; the later wins.
pub const DUPLICATE_OBJECT: RuleName = RuleName("duplicate-object");
/// A policy of a kind that is not evaluated.
pub const UNEVALUATED_POLICY: RuleName = RuleName("unevaluated-policy");
