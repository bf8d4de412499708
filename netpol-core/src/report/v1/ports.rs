//! Sets of ports and of addresses on the wire.

use schemars::JsonSchema;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::net::{ConnectionSet, IpSet};

/// A set of connections: `{"TCP":[[80,80],[8000,8100]]}`, inclusive ranges per protocol.
/// A protocol that is absent is not in the set.
#[derive(Debug, Clone, Copy)]
pub struct Ports<'a>(pub &'a ConnectionSet);

impl Serialize for Ports<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (protocol, ports) in self.0.iter() {
            map.serialize_entry(protocol.name(), ports.ranges())?;
        }
        map.end()
    }
}

impl JsonSchema for Ports<'_> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Ports".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let ranges = serde_json::json!({
            "type": "array",
            "items": {
                "type": "array",
                "prefixItems": [
                    {"type": "integer", "minimum": 1, "maximum": 65535},
                    {"type": "integer", "minimum": 1, "maximum": 65535}
                ],
                "minItems": 2,
                "maxItems": 2
            }
        });
        schemars::json_schema!({
            "description": "Inclusive ranges of ports per protocol; a protocol that is absent is not in the set.",
            "type": "object",
            "properties": {"TCP": ranges, "UDP": ranges, "SCTP": ranges},
            "additionalProperties": false
        })
    }
}

/// A set of addresses as CIDRs: disjoint, merged, sorted, IPv4 first.
#[derive(Debug, Clone, Copy)]
pub struct Cidrs<'a>(pub &'a IpSet);

impl Serialize for Cidrs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for cidr in self.0.cidrs() {
            list.serialize_element(&cidr.to_string())?;
        }
        list.end()
    }
}

impl JsonSchema for Cidrs<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cidrs".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<Vec<String>>()
    }
}
