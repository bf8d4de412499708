//! The path of a value within its object. It costs nothing until a message spells it out.

use std::fmt;

use super::go;

/// One step from a value to a part of it.
#[derive(Debug, Clone, Copy)]
enum Step<'p> {
    Field(&'p str),
    Index(usize),
}

/// The way from the object to one of its values, as a list of the steps back.
#[derive(Debug, Clone, Copy)]
pub struct Path<'p> {
    last: Option<(&'p Self, Step<'p>)>,
}

impl<'p> Path<'p> {
    /// The object itself.
    pub const ROOT: Self = Self { last: None };

    /// A field of the value.
    #[must_use]
    pub const fn field(&'p self, name: &'p str) -> Self {
        Self { last: Some((self, Step::Field(name))) }
    }

    /// An item of the value.
    #[must_use]
    pub const fn index(&'p self, index: usize) -> Self {
        Self { last: Some((self, Step::Index(index))) }
    }

    /// The path without indexes, as Go's JSON decoder spells it: `spec.ingress.from`.
    pub fn without_indexes(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut text, |_, _| Ok(()));
        text
    }

    fn write<W: fmt::Write>(&self, to: &mut W, index: fn(&mut W, usize) -> fmt::Result) -> fmt::Result {
        let Some((parent, step)) = self.last else { return Ok(()) };
        parent.write(to, index)?;
        match step {
            Step::Index(number) => index(to, number),
            Step::Field(name) => {
                if parent.last.is_some() {
                    to.write_char('.')?;
                }
                to.write_str(&go::escape(name))
            }
        }
    }
}

impl fmt::Display for Path<'_> {
    /// `spec.ingress[0].from[1].ports`, as the API server spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, |to, index| write!(to, "[{index}]"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_spelled_as_the_api_server_spells_it() {
        let spec = Path::ROOT.field("spec");
        let rules = spec.field("ingress");
        let rule = rules.index(0);
        let peers = rule.field("from");
        let peer = peers.index(12);
        assert_eq!(peer.field("ports").to_string(), "spec.ingress[0].from[12].ports");
        assert_eq!(peer.field("ports").without_indexes(), "spec.ingress.from.ports");
        assert_eq!(Path::ROOT.field("\u{a0} name").to_string(), "\\u00a0 name");
        assert_eq!(Path::ROOT.to_string(), "");
    }
}
