//! The rules that reading, decoding and validating apply. Their code is there; here are their levels and pages.

use crate::diagnostic::{Category, rule};
use crate::lint::{Level, Levels, Rule};

/// A CIDR that newer servers refuse.
pub(crate) const AMBIGUOUS_CIDR: Rule = Rule::of_reading(
    rule::AMBIGUOUS_CIDR,
    Category::Api,
    Levels::in_all(Level::Error),
    "a CIDR has host bits, leading zeros or an IPv4-mapped form, which newer API servers refuse",
    include_str!("ambiguous-cidr.md"),
);

/// A key that stands twice.
pub(crate) const DUPLICATE_KEY: Rule = Rule::of_reading(
    rule::DUPLICATE_KEY,
    Category::Policy,
    Levels::in_all(Level::Warning),
    "a key is defined twice in one mapping, so that the first value is lost",
    include_str!("duplicate-key.md"),
);

/// Two objects of one identity.
pub(crate) const DUPLICATE_OBJECT: Rule = Rule::of_reading(
    rule::DUPLICATE_OBJECT,
    Category::Policy,
    Levels::in_all(Level::Warning),
    "two objects have the same identity, so that only the later is used",
    include_str!("duplicate-object.md"),
);

/// A value that validation refuses.
pub(crate) const INVALID_FIELD: Rule = Rule::of_reading(
    rule::INVALID_FIELD,
    Category::Api,
    Levels::in_all(Level::Error),
    "a value that the API server's validation refuses",
    include_str!("invalid-field.md"),
);

/// A version that is no longer served.
pub(crate) const REMOVED_API_VERSION: Rule = Rule::of_reading(
    rule::REMOVED_API_VERSION,
    Category::Api,
    Levels::in_all(Level::Error),
    "an `apiVersion` that API servers no longer serve",
    include_str!("removed-api-version.md"),
);

/// A value that is read as something else than it looks like.
pub(crate) const SURPRISING_SCALAR: Rule = Rule::of_reading(
    rule::SURPRISING_SCALAR,
    Category::Policy,
    Levels::from_recommended(Level::Warning),
    "a value is read as something else than it looks like, such as `010` as 8",
    include_str!("surprising-scalar.md"),
);

/// A policy that is not evaluated.
pub(crate) const UNEVALUATED_POLICY: Rule = Rule::of_reading(
    rule::UNEVALUATED_POLICY,
    Category::Policy,
    Levels::from_strict(Level::Info),
    "a policy of a kind that netpol knows but does not evaluate",
    include_str!("unevaluated-policy.md"),
);

/// A field that does not exist.
pub(crate) const UNKNOWN_FIELD: Rule = Rule::of_reading(
    rule::UNKNOWN_FIELD,
    Category::Api,
    Levels::in_all(Level::Error),
    "a field that the API does not have: refused, or dropped without a word",
    include_str!("unknown-field.md"),
);

/// A kind that does not exist.
pub(crate) const UNKNOWN_KIND: Rule = Rule::of_reading(
    rule::UNKNOWN_KIND,
    Category::Api,
    Levels::in_all(Level::Error),
    "an `apiVersion` and `kind` that no API server has",
    include_str!("unknown-kind.md"),
);

/// A document that cannot be read.
pub(crate) const UNREADABLE_YAML: Rule = Rule::of_reading(
    rule::UNREADABLE_YAML,
    Category::Input,
    Levels::in_all(Level::Error),
    "a document that kubectl cannot read",
    include_str!("unreadable-yaml.md"),
);

/// A template that was not rendered.
pub(crate) const UNRENDERED_TEMPLATE: Rule = Rule::of_reading(
    rule::UNRENDERED_TEMPLATE,
    Category::Input,
    Levels::in_all(Level::Warning),
    "a template that was not rendered is left out",
    include_str!("unrendered-template.md"),
);

/// A placeholder that was not substituted.
pub(crate) const UNRESOLVED_PLACEHOLDER: Rule = Rule::of_reading(
    rule::UNRESOLVED_PLACEHOLDER,
    Category::Policy,
    Levels::in_all(Level::Warning),
    "a `${NAME}` that was not substituted makes what depends on it unknown",
    include_str!("unresolved-placeholder.md"),
);

/// A value of a wrong type.
pub(crate) const WRONG_TYPE: Rule = Rule::of_reading(
    rule::WRONG_TYPE,
    Category::Api,
    Levels::in_all(Level::Error),
    "a value of a type that the API does not accept",
    include_str!("wrong-type.md"),
);
