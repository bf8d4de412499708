//! Schemas that many definitions share.

use std::net::IpAddr;

use ipnet::IpNet;

use super::schema::{Counts, Field, List, Object, Rule, Schema, Text};
use crate::yaml::{Node, Value};

/// `metav1.LabelSelector`. The schema does not look at the syntax of keys and values.
pub(in crate::dialect) const SELECTOR: Schema = Schema::Object(&Object::of(&[
    Field::optional("matchLabels", Schema::Texts),
    Field::optional("matchExpressions", Schema::List(&EXPRESSIONS)),
]));

const EXPRESSIONS: List = List { items: Schema::Object(&EXPRESSION), counts: Counts::ANY, is_set: false };

const EXPRESSION: Object = Object::of(&[
    Field::required("key", TEXT),
    Field::required("operator", TEXT),
    Field::optional("values", Schema::List(&List { items: TEXT, counts: Counts::ANY, is_set: false })),
]);

/// Any text.
pub(in crate::dialect) const TEXT: Schema = Schema::Text(&Text::ANY);

/// A port: 1 to 65535.
pub(in crate::dialect) const PORT: Schema = Schema::Integer(1, 65_535);

/// A block of addresses.
pub(in crate::dialect) const CIDR: Schema =
    Schema::Text(&Text { longest: Some(43), rules: &[IS_CIDR], ..Text::ANY });

const IS_CIDR: Rule = Rule { message: "Invalid CIDR format provided", holds: is_cidr_text };

fn is_cidr_text(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::String(text) if parse_cidr(text).is_some())
}

/// The block that a text means, by the server's `isCIDR`: no leading zeros, no zone, no IPv4 address in an IPv6 one; bits
/// behind the prefix may be set, and are dropped.
pub(in crate::dialect) fn parse_cidr(text: &str) -> Option<IpNet> {
    let (address, length) = text.split_once('/')?;
    let is_plain = length.bytes().all(|digit| digit.is_ascii_digit()) && !has_leading_zero(length);
    let length: u8 = length.parse().ok().filter(|_| is_plain)?;
    let address: IpAddr = address.parse().ok()?;
    let is_mapped = matches!(address, IpAddr::V6(address) if address.to_ipv4_mapped().is_some());
    let block = IpNet::new(address, length).ok().filter(|_| !is_mapped)?;
    Some(block.trunc())
}

fn has_leading_zero(digits: &str) -> bool {
    digits.len() > 1 && digits.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cidr_is_what_the_server_takes_for_one() {
        for text in ["10.0.0.0/8", "10.0.0.5/24", "0.0.0.0/0", "::/0", "fd00::1/64", "10.0.0.1/32"] {
            assert!(parse_cidr(text).is_some(), "{text}");
        }
        for text in [
            "10.0.0.0",
            "010.0.0.0/8",
            "10.0.0.0/08",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "::ffff:10.0.0.0/104",
            "fe80::1%eth0/64",
            "",
        ] {
            assert!(parse_cidr(text).is_none(), "{text}");
        }
    }
}
