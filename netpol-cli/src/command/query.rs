//! One line of questions.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A question: `{"from":"shop/a","to":"shop/b","protocol":"TCP","port":80}`.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Query<'q> {
    /// The source.
    #[serde(borrow)]
    pub(super) from: Cow<'q, str>,
    /// The destination, without a port.
    #[serde(borrow)]
    pub(super) to: Cow<'q, str>,
    /// The protocol.
    #[serde(default)]
    pub(super) protocol: Option<Cow<'q, str>>,
    /// The port.
    #[serde(borrow, default)]
    pub(super) port: Option<Port<'q>>,
}

/// A port, as a number or in the spellings of the command line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Port<'q> {
    /// A number.
    Number(u64),
    /// A number, a range or a name.
    Text(Cow<'q, str>),
}

impl<'de: 'q, 'q> Deserialize<'de> for Port<'q> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PortVisitor)
    }
}

struct PortVisitor;

impl<'de> Visitor<'de> for PortVisitor {
    type Value = Port<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a port number or a text such as \"8000-8100\" or \"http\"")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Port::Number(number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Port::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Port::Text(Cow::Owned(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_a_number_or_a_text() {
        let port =
            |json: &str| serde_json::from_str::<Query<'_>>(json).map(|query| format!("{:?}", query.port));
        assert_eq!(port(r#"{"from":"a","to":"b","port":80}"#).unwrap(), "Some(Number(80))");
        assert_eq!(port(r#"{"from":"a","to":"b","port":"http"}"#).unwrap(), "Some(Text(\"http\"))");
        assert_eq!(port(r#"{"from":"a","to":"b","port":null}"#).unwrap(), "None");
        assert!(port(r#"{"from":"a","to":"b","port":-1}"#).is_err());
        assert!(port(r#"{"from":"a","to":"b","prot":"TCP"}"#).is_err());
    }
}
