//! The fields of the API, level by level, and what to say of one that is not among them.

use crate::manifest::decode::decoder::nearest;
use crate::manifest::decode::{Decoder, Path};
use crate::policy::Direction;
use crate::yaml::{Entry, Value};

/// A level of the API with its own fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The object.
    Root,
    /// `spec`.
    Spec,
    /// An item of `ingress` or `egress`.
    Rule(Direction),
    /// An item of `from` or `to`.
    Peer,
    /// `ipBlock`.
    Block,
    /// An item of `ports`.
    Port,
}

/// A field, and what its absence means.
type Field = (&'static str, &'static str);

impl Level {
    const fn fields(self) -> &'static [Field] {
        match self {
            Self::Root => &[
                ("apiVersion", ""),
                ("kind", ""),
                ("metadata", ""),
                ("spec", "the policy then isolates every pod of the namespace and allows nothing"),
            ],
            Self::Spec => &[
                ("podSelector", "the policy then selects every pod of the namespace"),
                ("policyTypes", "the types are then filled in from the rules"),
                ("ingress", "the policy then has no ingress rule"),
                ("egress", "the policy then has no egress rule"),
            ],
            Self::Rule(Direction::Ingress) => {
                &[("from", "the rule then allows every source"), ("ports", "the rule then allows every port")]
            }
            Self::Rule(Direction::Egress) => &[
                ("to", "the rule then allows every destination"),
                ("ports", "the rule then allows every port"),
            ],
            Self::Peer => &[
                ("podSelector", ""),
                ("namespaceSelector", "the peer then means the namespace of the policy alone"),
                ("ipBlock", ""),
            ],
            Self::Block => &[("cidr", ""), ("except", "the block then has no exception")],
            Self::Port => &[
                ("protocol", "the protocol is then TCP"),
                ("port", "every port of the protocol is then meant"),
                ("endPort", "one port is then meant"),
            ],
        }
    }

    /// Where a field belongs that stands at the wrong level, or what to write in its place.
    fn misplaced(self, name: &str) -> Option<&'static str> {
        Some(match (self, name) {
            (Self::Spec, "ports" | "from" | "to") => "it belongs in a rule: an item of `ingress` or `egress`",
            (Self::Spec, "selector") => "did you mean `podSelector`?",
            (Self::Rule(Direction::Ingress), "to") => {
                "an ingress rule has `from`; the destination is the policy's `podSelector`"
            }
            (Self::Rule(Direction::Egress), "from") => {
                "an egress rule has `to`; the source is the policy's `podSelector`"
            }
            (Self::Rule(_), "podSelector" | "namespaceSelector" | "ipBlock") => {
                "it belongs in an item of `from` or `to`; mind the dash and the indentation"
            }
            (
                Self::Rule(Direction::Ingress),
                "formSelector" | "fromSelector" | "fromSelectors" | "sourceSelector",
            ) => "write `from:`, and the selector in an item under it: `- podSelector:`",
            (Self::Rule(Direction::Egress), "toSelector" | "toSelectors" | "destinationSelector") => {
                "write `to:`, and the selector in an item under it: `- podSelector:`"
            }
            (Self::Rule(_), "port" | "protocol" | "endPort") => "it belongs in an item of `ports`",
            (Self::Peer, "ports" | "port" | "protocol") => {
                "`ports` belongs in the rule, beside `from` or `to`"
            }
            (Self::Peer, "cidr" | "except") => "it belongs under `ipBlock`",
            (Self::Peer, "matchLabels" | "matchExpressions") => {
                "it belongs under `podSelector` or `namespaceSelector`"
            }
            (Self::Peer, "namespace") => {
                "write `namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: …}}`"
            }
            (Self::Port, "number" | "targetPort" | "ports") => "did you mean `port`?",
            (Self::Port, "portRange") => "a range is written `port` and `endPort`",
            _ => return None,
        })
    }

    /// The list of peers, for a field such as `formSelector` that means to be one.
    fn peers_meant(self, name: &str) -> Option<&'static str> {
        let Self::Rule(direction) = self else { return None };
        let is_list = matches!(name, "podSelector" | "namespaceSelector" | "ipBlock" | "peers" | "selector")
            || name.ends_with("Selector")
            || name.ends_with("Selectors");
        is_list.then_some(match direction {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        })
    }

    fn nearest_field(self, name: &str) -> Option<&'static str> {
        nearest(name, self.fields().iter().map(|(name, _)| *name))
    }

    /// Reports a field that the level does not have. `siblings` are all fields that stand beside it.
    pub(super) fn unknown_field(
        self,
        decoder: &mut Decoder<'_>,
        entry: &Entry<'_>,
        siblings: &[Entry<'_>],
        path: &Path<'_>,
    ) {
        // A list under `port` is the list of ports.
        let is_list = matches!((self, &entry.value.value), (Self::Rule(_), Value::Sequence(_)));
        let misplaced = self.misplaced(&entry.key).filter(|_| !(is_list && entry.key == "port"));
        let meant = self.nearest_field(&entry.key);
        let peers = self.peers_meant(&entry.key);
        let renamed = meant.filter(|_| peers.is_none() && misplaced.is_none());
        let meant = peers.or(meant);
        let effect = self.fields().iter().find(|(name, effect)| {
            let is_present = || siblings.iter().any(|sibling| sibling.key == *name);
            Some(*name) == meant && !effect.is_empty() && !is_present()
        });
        let advice = match (misplaced, meant) {
            (Some(place), _) => format!("{place}; "),
            (None, Some(name)) => format!("did you mean `{name}`? "),
            (None, None) => String::new(),
        };
        let drops = "a server without strict validation drops the field";
        let help = match effect {
            Some((_, effect)) => format!("{advice}{drops}, and {effect}"),
            None => format!("{advice}{drops}"),
        };
        decoder.unknown_field(entry, path, help.replace("?; ", "? "));
        let is_other = |sibling: &&Entry<'_>| sibling.key_span != entry.key_span;
        let renamed = renamed.filter(|name| {
            siblings.iter().filter(is_other).all(|sibling| self.nearest_field(&sibling.key) != Some(*name))
        });
        if let Some(name) = renamed {
            decoder.rename_field(entry, name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_misplaced_field_is_unknown_at_its_level() {
        let levels = [
            Level::Spec,
            Level::Rule(Direction::Ingress),
            Level::Rule(Direction::Egress),
            Level::Peer,
            Level::Block,
            Level::Port,
        ];
        for level in levels {
            for (name, _) in level.fields() {
                assert_eq!(level.misplaced(name), None, "{level:?} {name}");
            }
        }
    }
}
