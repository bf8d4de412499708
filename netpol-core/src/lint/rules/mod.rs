//! One file and one page a rule. A rule imports no other.

pub(super) mod reading;
pub(super) mod suppressions;

pub(super) mod namespace_without_default_deny;
pub(super) mod policy_selects_nothing;
