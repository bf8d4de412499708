//! Questions about a generated cluster.

use std::net::IpAddr;

use super::Random;
use crate::naive::End;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    pub from: End,
    pub to: End,
    pub protocol: &'static str,
    pub port: u16,
}

const ADDRESSES: [&str; 13] = [
    "8.8.8.8",
    "8.8.4.4",
    "1.1.1.1",
    "10.0.0.200",
    "10.0.0.5",
    "172.16.5.5",
    "192.168.1.1",
    "2001:db8::1",
    "fd00::ffff",
    "10.0.0.2",
    "10.0.1.3",
    "fd00::4",
    "fd00::1:1",
];

/// Questions between the ends, and between them and what is outside.
pub fn flows(random: &mut Random, ends: &[End], count: usize) -> Vec<Flow> {
    (0..count)
        .map(|_| {
            let (from, to) = pair(random, ends);
            let protocol = *random.pick(&["TCP", "TCP", "TCP", "UDP", "UDP", "SCTP"]);
            let port = *random.pick(&[1, 53, 80, 80, 81, 443, 8080, 9000, 65535]);
            Flow { from, to, protocol, port }
        })
        .collect()
}

fn pair(random: &mut Random, ends: &[End]) -> (End, End) {
    if ends.is_empty() {
        return (address(random), address(random));
    }
    let (from, to) = (random.pick(ends).clone(), random.pick(ends).clone());
    match random.below(20) {
        0..=3 => (address(random), to),
        4..=7 => (from, address(random)),
        8 => (hypothetical(random), to),
        9 => (from, hypothetical(random)),
        _ => (from, to),
    }
}

/// An address outside, of a node or of a pod.
fn address(random: &mut Random) -> End {
    End::Address(random.pick(&ADDRESSES).parse::<IpAddr>().unwrap())
}

/// A pod whose label no pod has.
fn hypothetical(random: &mut Random) -> End {
    let mut labels = vec![("new".to_owned(), "yes".to_owned())];
    if random.chance(50) {
        labels.insert(0, ("app".to_owned(), (*random.pick(&["a", "b"])).to_owned()));
    }
    End::Hypothetical { namespace: format!("n{}", random.below(6)), labels }
}
