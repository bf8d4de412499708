//! Services that the text of a workload names as something to connect to: in variables, arguments and commands.

use rustc_hash::FxHashMap;

use super::Context;
use crate::cluster::{NamespaceId, Workload};
use crate::manifest::ServicePort;
use crate::text::Span;

/// The Services of a cluster by namespace and name.
#[derive(Debug)]
pub(super) struct ByName<'a> {
    services: FxHashMap<(NamespaceId, &'a str), u32>,
}

/// A Service that a text names, with the port.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mention<'a> {
    /// The place of the Service in the cluster.
    pub service: u32,
    /// The port.
    pub port: &'a ServicePort,
    /// Where it is named.
    pub span: Span,
}

impl<'a> ByName<'a> {
    pub(super) fn new(context: &Context<'a>) -> Self {
        let services = (0u32..).zip(&context.cluster.services).filter_map(|(number, service)| {
            let metadata = &service.metadata;
            let namespace = context.cluster.namespace_named(&metadata.namespace.value)?;
            Some(((namespace, metadata.name.value.as_str()), number))
        });
        Self { services: services.collect() }
    }

    /// The Services that the text of a workload names with a port, the first mention of each.
    pub(super) fn of(&self, context: &Context<'a>, workload: &Workload) -> Vec<Mention<'a>> {
        let mut found: Vec<Mention<'a>> = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        if self.services.is_empty() {
            return found;
        }
        for (at, address) in addresses(context.files.slice(workload.span)) {
            let Some((service, port)) = self.named(context, workload.namespace, address) else { continue };
            if !seen.insert((service, address.port)) {
                continue;
            }
            let start = workload.span.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            let length = u32::try_from(address.text.len()).unwrap_or(0);
            let span = Span::new(workload.span.file, start, start.saturating_add(length));
            found.push(Mention { service, port, span });
        }
        found
    }

    fn named(
        &self,
        context: &Context<'a>,
        home: NamespaceId,
        address: Address<'_>,
    ) -> Option<(u32, &'a ServicePort)> {
        let mut parts = address.host.split('.');
        let name = parts.next()?;
        let namespace = match parts.next() {
            None => home,
            Some(namespace) => context.cluster.namespace_named(namespace)?,
        };
        if parts.next().is_some_and(|part| part != "svc") {
            return None;
        }
        let number = *self.services.get(&(namespace, name))?;
        let service = context.cluster.services.get(number as usize)?;
        let is_meant = |port: &&ServicePort| port.port.as_ref().is_some_and(|own| own.value == address.port);
        service.ports.iter().find(is_meant).map(|port| (number, port))
    }
}

/// A host and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Address<'t> {
    text: &'t str,
    host: &'t str,
    port: u16,
}

/// The addresses in a text, with their places. Comments and names of images have none.
fn addresses(text: &str) -> impl Iterator<Item = (usize, Address<'_>)> {
    let lines = text.split_inclusive('\n').scan(0usize, |end, line| {
        let start = *end;
        *end += line.len();
        Some((start, line))
    });
    lines.flat_map(|(start, line)| {
        let is_comment = line.trim_start().starts_with('#');
        let own = if is_comment { "" } else { line.split_once(" #").map_or(line, |(own, _)| own) };
        let mut is_image = false;
        words(own).filter_map(move |(at, word)| {
            let of_image = std::mem::replace(&mut is_image, word == "image:");
            if of_image { None } else { address(word).map(|(skipped, found)| (start + at + skipped, found)) }
        })
    })
}

/// The words of a line, with their places.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_between = |letter: char| {
        letter.is_whitespace()
            || matches!(letter, '"' | '\'' | ',' | '=' | '{' | '}' | '[' | ']' | '(' | ')' | ';' | '|' | '`')
    };
    let mut end = 0usize;
    line.split(is_between).filter_map(move |word| {
        let start = end;
        end += word.len()
            + line.get(start + word.len()..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((start, word))
    })
}

/// `redis:6379`, `redis://user@redis:6379/0`, `http://api`.
fn address(word: &str) -> Option<(usize, Address<'_>)> {
    let (scheme, rest) = word.split_once("://").map_or((None, word), |(scheme, rest)| (Some(scheme), rest));
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit('@').next()?;
    let place = (authority.as_ptr() as usize).checked_sub(word.as_ptr() as usize)?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (authority, usual_port(scheme?)?),
    };
    let is_host = |host: &str| {
        !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
    };
    is_host(host).then_some((place, Address { text: authority, host, port }))
}

fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(usize, &str, u16)> {
        addresses(text).map(|(at, found)| (at, found.host, found.port)).collect()
    }

    #[test]
    fn hosts_with_ports_are_addresses() {
        assert_eq!(all("- --db=mongo.data.svc:27017\n"), [(7, "mongo.data.svc", 27017)]);
        assert_eq!(all("{value: \"redis://u:p@redis:6379/0\"}"), [(21, "redis", 6379)]);
        assert_eq!(all("é: http://api/v1"), [(11, "api", 80)]);
    }

    #[test]
    fn images_and_comments_are_none() {
        assert!(all("image: redis:6379").is_empty());
        assert!(all("# redis:6379\nx: y # redis:6379").is_empty());
        assert!(all("port: 6379").is_empty());
    }
}
