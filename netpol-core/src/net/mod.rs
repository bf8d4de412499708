//! Addresses, ports and protocols, and the algebra of sets of them.

pub mod protocol;
pub mod range_set;
pub mod port_set;
pub mod connection_set;
pub mod decided;
pub mod ip_set;

pub use connection_set::ConnectionSet;
pub use decided::Decided;
pub use ip_set::{Family, HoledBlock, IpSet};
pub use port_set::PortSet;
pub use protocol::Protocol;
pub use range_set::{Bound, RangeSet};
