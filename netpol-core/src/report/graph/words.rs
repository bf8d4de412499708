//! The words of pictures: what links and marks say.

use crate::diff::Kind;
use crate::net::ConnectionSet;

/// Parts of a set of connections that a label shows before it counts the rest.
const PARTS: usize = 3;

/// What stands at a link: `tcp/80, tcp/443`, `every port`, with `?` before what is unknown.
pub(super) fn ports(allowed: &ConnectionSet, unknown: &ConnectionSet) -> String {
    match (allowed.is_empty(), unknown.is_empty()) {
        (_, true) => short(allowed),
        (true, false) => format!("? {}", short(unknown)),
        (false, false) => format!("{}; ? {}", short(allowed), short(unknown)),
    }
}

/// What stands before the ports of a change.
pub(super) const fn change(change: Option<Kind>) -> &'static str {
    match change {
        None => "",
        Some(Kind::Added) => "added: ",
        Some(Kind::Removed) => "removed: ",
        Some(Kind::Widened) => "wider: ",
        Some(Kind::Narrowed) => "narrower: ",
        Some(Kind::Changed) => "now: ",
    }
}

/// A kind of change as styles are named for it, and what a legend says of it.
pub(super) const CHANGES: [(Kind, &str, &str); 5] = [
    (Kind::Added, "added", "added"),
    (Kind::Widened, "wider", "wider: more may flow than before"),
    (Kind::Removed, "removed", "removed"),
    (Kind::Narrowed, "narrower", "narrower: less may flow than before"),
    (Kind::Changed, "changed", "changed: some more and some less"),
];

/// The name of a kind of change.
pub(super) fn change_name(change: Kind) -> &'static str {
    CHANGES.iter().find(|(kind, ..)| *kind == change).map_or("changed", |(_, name, _)| name)
}

/// `1 connection`, `2 connections`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

fn short(set: &ConnectionSet) -> String {
    let text = set.to_string();
    let parts: Vec<&str> = text.split(", ").collect();
    match parts.get(..PARTS) {
        Some(shown) if parts.len() > PARTS => format!("{} +{}", shown.join(", "), parts.len() - PARTS),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{PortSet, Protocol};

    #[test]
    fn a_label_names_few_ports_and_counts_the_rest() {
        let set = |ports: &[u16]| {
            ConnectionSet::of(Protocol::Tcp, PortSet::from_ranges(ports.iter().map(|port| (*port, *port))))
        };
        assert_eq!(ports(&set(&[80]), &ConnectionSet::empty()), "tcp/80");
        assert_eq!(ports(&set(&[1, 3, 5, 7, 9]), &ConnectionSet::empty()), "tcp/1, tcp/3, tcp/5 +2");
        assert_eq!(ports(&ConnectionSet::empty(), &set(&[53])), "? tcp/53");
        assert_eq!(ports(&set(&[80]), &set(&[53])), "tcp/80; ? tcp/53");
        assert_eq!(count(1, "link"), "1 link");
        assert_eq!(count(2, "link"), "2 links");
    }
}
