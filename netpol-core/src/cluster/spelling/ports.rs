//! The port at the end of a destination.

use std::net::IpAddr;

use ipnet::IpNet;

use super::SpellingError;
use crate::cluster::Asked;
use crate::net::{ConnectionSet, Protocol};

/// Splits a destination into the endpoint and what is asked of it. The order of reading is: a URL; `[v6]:port`; a whole
/// text that is an address or a block; the prefixes `ns:` and `node:`; then the last colon, which a port follows.
///
/// # Errors
/// A port that cannot be read, or a protocol that network policies do not define.
pub fn split_port(text: &str) -> Result<(&str, Asked), SpellingError> {
    if let Some((scheme, rest)) = text.split_once("://") {
        return split_url(text, scheme, rest);
    }
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        return match rest.strip_prefix(':') {
            Some(port) => Ok((address, parse_port(port)?)),
            None if rest.is_empty() => Ok((address, Asked::Every)),
            None => Err(SpellingError::Port { text: rest.to_owned() }),
        };
    }
    if text.parse::<IpAddr>().is_ok() || text.parse::<IpNet>().is_ok() {
        return Ok((text, Asked::Every));
    }
    let prefix = ["ns:", "node:"].into_iter().find(|prefix| text.starts_with(prefix)).map_or(0, str::len);
    match text.get(prefix..).and_then(|rest| rest.rfind(':')) {
        Some(colon) => {
            let (endpoint, port) = text.split_at_checked(prefix + colon).unwrap_or((text, ""));
            Ok((endpoint, parse_port(port.trim_start_matches(':'))?))
        }
        None => Ok((text, Asked::Every)),
    }
}

/// Splits a URL: what stands between the scheme and the path is the endpoint and its port, or the port of the scheme.
fn split_url<'t>(url: &str, scheme: &str, rest: &'t str) -> Result<(&'t str, Asked), SpellingError> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if authority.is_empty() || authority.contains("://") {
        return Err(SpellingError::Url { text: url.to_owned() });
    }
    let (host, asked) = split_port(authority)?;
    if asked != Asked::Every {
        return Ok((host, asked));
    }
    let known = SCHEMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(scheme)).map(|(_, port)| *port);
    let port = known.ok_or_else(|| SpellingError::Url { text: url.to_owned() })?;
    Ok((host, Asked::Range(Protocol::Tcp, port, port)))
}

/// The port of a scheme, where the URL names none.
const SCHEMES: [(&str, u16); 12] = [
    ("http", 80),
    ("https", 443),
    ("ws", 80),
    ("wss", 443),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("mysql", 3306),
    ("redis", 6379),
    ("mongodb", 27017),
    ("amqp", 5672),
    ("nats", 4222),
    ("ldap", 389),
];

/// Reads `[PROTO/](NUMBER|FROM-TO|NAME)`, kubectl's `NUMBER/PROTO`, a bare `PROTO`, or several of them, without names,
/// with commas between.
///
/// # Errors
/// A port that cannot be read, or a protocol that network policies do not define.
pub fn parse_port(text: &str) -> Result<Asked, SpellingError> {
    if !text.contains(',') {
        return parse_one(text);
    }
    let mut all = ConnectionSet::empty();
    let mut before = None;
    for part in text.split(',').map(str::trim) {
        // As in `udp/53,5353`: the protocol holds for what follows.
        let own = part.split_once('/').map(|(name, _)| name).filter(|name| protocol(name).is_some());
        let asked = match (own, before) {
            (None, Some(name)) if is_number_or_range(part) => parse_one(&format!("{name}/{part}"))?,
            _ => parse_one(part)?,
        };
        before = own.or(before);
        let ports = asked.fixed().ok_or_else(|| SpellingError::NameAmongPorts { text: part.to_owned() })?;
        all = all.union(&ports);
    }
    Ok(Asked::Several(all))
}

/// Whether a text is a port or a range without a protocol.
fn is_number_or_range(text: &str) -> bool {
    text.split_once('-').map_or_else(|| is_number(text), |(first, last)| is_number(first) && is_number(last))
}

fn parse_one(text: &str) -> Result<Asked, SpellingError> {
    if let Some(protocol) = protocol(text) {
        return Ok(Asked::Protocol(protocol));
    }
    if is_foreign_protocol(text) {
        return Err(SpellingError::Protocol { text: text.to_owned() });
    }
    let (protocol, port) = match text.split_once('/') {
        Some((port, name)) if protocol(port).is_none() && protocol(name).is_some() => (protocol(name), port),
        Some((name, port)) => {
            let known = protocol(name).ok_or_else(|| SpellingError::Protocol { text: name.to_owned() })?;
            (Some(known), port)
        }
        None => (None, text),
    };
    let wrong = || SpellingError::Port { text: text.to_owned() };
    if let Some((first, last)) = port.split_once('-')
        && is_number(first)
        && is_number(last)
    {
        let (first, last) = (number(first).ok_or_else(wrong)?, number(last).ok_or_else(wrong)?);
        return if first <= last {
            Ok(Asked::Range(protocol.unwrap_or(Protocol::Tcp), first, last))
        } else {
            Err(wrong())
        };
    }
    if is_number(port) {
        let port = number(port).ok_or_else(wrong)?;
        return Ok(Asked::Range(protocol.unwrap_or(Protocol::Tcp), port, port));
    }
    if is_port_name(port) { Ok(Asked::Named(protocol, port.to_owned())) } else { Err(wrong()) }
}

fn protocol(text: &str) -> Option<Protocol> {
    Protocol::ALL.into_iter().find(|protocol| protocol.name().eq_ignore_ascii_case(text))
}

fn is_foreign_protocol(text: &str) -> bool {
    ["icmp", "icmpv6", "arp", "gre", "esp", "ah", "igmp", "ip"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(text))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn number(text: &str) -> Option<u16> {
    text.parse().ok().filter(|number| *number != 0)
}

/// The names that the API accepts for a container port.
fn is_port_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty()
        && text.len() <= 15
        && text.bytes().all(is_allowed)
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Asked) {
        let (endpoint, asked) = split_port(text).unwrap();
        (endpoint.to_owned(), asked)
    }

    #[test]
    fn ports_are_read_as_the_contract_says() {
        let port = |protocol, number| Asked::Range(protocol, number, number);
        assert_eq!(read("shop/a:8080"), ("shop/a".to_owned(), port(Protocol::Tcp, 8080)));
        assert_eq!(read("shop/a:udp/53"), ("shop/a".to_owned(), port(Protocol::Udp, 53)));
        assert_eq!(read("shop/a:8000-8100").1, Asked::Range(Protocol::Tcp, 8000, 8100));
        assert_eq!(read("shop/a:udp").1, Asked::Protocol(Protocol::Udp));
        assert_eq!(read("shop/a:http").1, Asked::Named(None, "http".to_owned()));
        assert_eq!(read("shop/a:sctp/sig-tran").1, Asked::Named(Some(Protocol::Sctp), "sig-tran".to_owned()));
        assert_eq!(read("ns:shop:80"), ("ns:shop".to_owned(), port(Protocol::Tcp, 80)));
        assert_eq!(read("ns:shop"), ("ns:shop".to_owned(), Asked::Every));
        assert_eq!(read("[fd00::1]:80"), ("fd00::1".to_owned(), port(Protocol::Tcp, 80)));
        assert_eq!(read("fd00::1"), ("fd00::1".to_owned(), Asked::Every));
        assert_eq!(read("10.0.0.0/8:443"), ("10.0.0.0/8".to_owned(), port(Protocol::Tcp, 443)));
    }

    #[test]
    fn several_ports_and_the_order_of_kubectl_are_read() {
        let set = |parts: &[(Protocol, u16, u16)]| {
            parts.iter().fold(ConnectionSet::empty(), |all, (protocol, first, last)| {
                all.union(&ConnectionSet::of(*protocol, crate::net::PortSet::range(*first, *last)))
            })
        };
        assert_eq!(read("a:7070/tcp").1, Asked::Range(Protocol::Tcp, 7070, 7070));
        assert_eq!(read("a:53/UDP").1, Asked::Range(Protocol::Udp, 53, 53));
        let (tcp, udp) = (Protocol::Tcp, Protocol::Udp);
        assert_eq!(read("a:80,443").1, Asked::Several(set(&[(tcp, 80, 80), (tcp, 443, 443)])));
        assert_eq!(read("a:udp/53,5353").1, Asked::Several(set(&[(udp, 53, 53), (udp, 5353, 5353)])));
        assert_eq!(read("a:80,udp/53").1, Asked::Several(set(&[(tcp, 80, 80), (udp, 53, 53)])));
        assert_eq!(read("[::1]:80,90-91").1, Asked::Several(set(&[(tcp, 80, 80), (tcp, 90, 91)])));
        assert!(split_port("a:80,http").is_err() && split_port("a:80,").is_err());
    }

    #[test]
    fn a_url_is_an_endpoint_and_a_port() {
        let port = |number| Asked::Range(Protocol::Tcp, number, number);
        assert_eq!(read("https://10.1.2.3:8443/healthz?x=1"), ("10.1.2.3".to_owned(), port(8443)));
        assert_eq!(read("http://shop"), ("shop".to_owned(), port(80)));
        assert_eq!(read("https://[fd00::1]/"), ("fd00::1".to_owned(), port(443)));
        assert_eq!(read("postgres://me:secret@db:5433/shop"), ("db".to_owned(), port(5433)));
        assert!(split_port("foo://bar").is_err() && split_port("http://").is_err());
    }

    #[test]
    fn what_is_no_port_is_refused() {
        for text in ["a:0", "a:65536", "a:90-80", "a:", "a:icmp", "a:HTTP", "a:tcp/", "a:foo/80", "[::1]80"] {
            assert!(split_port(text).is_err(), "{text}");
        }
    }
}
