//! The kinds, and where each is to be found.

use super::{admin_schema, schema};
use crate::diagnostic::ObjectRef;
use crate::dialect::crd::schema::Object;

/// The API group.
pub const GROUP: &str = "policy.networking.k8s.io";

/// A kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `ClusterNetworkPolicy`.
    Cluster,
    /// `AdminNetworkPolicy`.
    Admin,
    /// `BaselineAdminNetworkPolicy`.
    Baseline,
}

impl Kind {
    /// The kind of an object; `None` for any other object, and for another version.
    pub(super) fn of(object: &ObjectRef) -> Option<Self> {
        let version = object.api_version.strip_prefix(GROUP)?.strip_prefix('/')?;
        Some(match (version, object.kind.as_str()) {
            ("v1alpha2", "ClusterNetworkPolicy") => Self::Cluster,
            ("v1alpha1", "AdminNetworkPolicy") => Self::Admin,
            ("v1alpha1", "BaselineAdminNetworkPolicy") => Self::Baseline,
            _ => return None,
        })
    }

    /// The schema of its definition.
    pub(super) const fn schema(self) -> &'static Object {
        match self {
            Self::Cluster => &schema::ROOT,
            Self::Admin => &admin_schema::ADMIN,
            Self::Baseline => &admin_schema::BASELINE,
        }
    }
}
