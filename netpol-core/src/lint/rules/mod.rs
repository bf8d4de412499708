//! One file and one page a rule. A rule imports no other.

pub(super) mod reading;
pub(super) mod suppressions;

pub(super) mod block_covers_pods;
pub(super) mod client_range_behind_cluster_policy;
pub(super) mod comment_contradicts_cidr;
pub(super) mod database_port_open_to_world;
pub(super) mod dns_egress_blocked;
pub(super) mod dns_single_protocol;
pub(super) mod exposed_service_not_admitted;
pub(super) mod metadata_address_reachable;
pub(super) mod named_port_unknown;
pub(super) mod namespace_without_default_deny;
pub(super) mod one_sided_connection;
pub(super) mod pod_name_without_pod;
pub(super) mod policy_selects_nothing;
pub(super) mod service_port_not_pod_port;
