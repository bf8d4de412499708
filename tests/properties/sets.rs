//! The algebra of sets of ports, addresses and connections.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use netpol_core::net::{ConnectionSet, Decided, Family, IpSet, PortSet, Protocol};
use proptest::collection::vec;
use proptest::prelude::*;

/// Sets of few ports near one another, so that ranges touch and overlap.
fn ports() -> impl Strategy<Value = PortSet> {
    let near = (1u16..40, 0u16..8).prop_map(|(first, width)| (first, first + width));
    let far = (1u16.., 1u16..).prop_map(|(a, b)| (a.min(b), a.max(b)));
    vec(prop_oneof![4 => near, 1 => far], 0..5).prop_map(PortSet::from_ranges)
}

fn connections() -> impl Strategy<Value = ConnectionSet> {
    (ports(), ports(), ports()).prop_map(|(tcp, udp, sctp)| {
        ConnectionSet::of(Protocol::Tcp, tcp)
            .union(&ConnectionSet::of(Protocol::Udp, udp))
            .union(&ConnectionSet::of(Protocol::Sctp, sctp))
    })
}

fn block() -> impl Strategy<Value = IpNet> {
    let v4 = (0u32..64, 20u8..=32).prop_map(|(low, prefix)| {
        IpNet::V4(Ipv4Net::new(Ipv4Addr::from_bits(0x0A00_0000 | (low << 4)), prefix).unwrap())
    });
    let v6 = (0u128..64, 100u8..=128).prop_map(|(low, prefix)| {
        IpNet::V6(Ipv6Net::new(Ipv6Addr::from_bits((0xFD00 << 112) | (low << 8)), prefix).unwrap())
    });
    let whole = prop_oneof![Just("0.0.0.0/0"), Just("::/0")].prop_map(|text| text.parse::<IpNet>().unwrap());
    prop_oneof![6 => v4, 3 => v6, 1 => whole]
}

fn addresses() -> impl Strategy<Value = IpSet> {
    (vec(block(), 0..4), vec(block(), 0..3))
        .prop_map(|(with, without)| IpSet::blocks(with).difference(&IpSet::blocks(without)))
}

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        (0u32..1100).prop_map(|low| IpAddr::V4(Ipv4Addr::from_bits(0x0A00_0000 | low))),
        (0u128..17000).prop_map(|low| IpAddr::V6(Ipv6Addr::from_bits((0xFD00 << 112) | low))),
    ]
}

fn decided() -> impl Strategy<Value = Decided> {
    (connections(), connections()).prop_map(|(allowed, maybe)| Decided::new(allowed, &maybe))
}

proptest! {
    #[test]
    fn ports_are_in_a_combination_as_they_are_in_its_parts(a in ports(), b in ports(), port in 1u16..60) {
        let (in_a, in_b) = (a.contains(port), b.contains(port));
        prop_assert_eq!(a.union(&b).contains(port), in_a || in_b);
        prop_assert_eq!(a.intersection(&b).contains(port), in_a && in_b);
        prop_assert_eq!(a.difference(&b).contains(port), in_a && !in_b);
    }

    #[test]
    fn equal_sets_of_ports_are_equal_values(a in ports(), b in ports()) {
        let rebuilt = a.difference(&b).union(&a.intersection(&b));
        prop_assert_eq!(&rebuilt, &a);
        prop_assert_eq!(a.is_subset(&b), a.difference(&b).is_empty());
        prop_assert_eq!(a.overlaps(&b), !a.intersection(&b).is_empty());
    }

    #[test]
    fn ranges_are_sorted_and_do_not_touch(a in ports(), b in ports()) {
        for set in [a.union(&b), a.difference(&b), a.intersection(&b)] {
            for pair in set.ranges().windows(2) {
                prop_assert!(u32::from(pair[0].1) + 1 < u32::from(pair[1].0));
            }
        }
    }

    #[test]
    fn addresses_are_in_a_combination_as_they_are_in_its_parts(a in addresses(), b in addresses(), ip in address()) {
        let (in_a, in_b) = (a.contains(ip), b.contains(ip));
        prop_assert_eq!(a.union(&b).contains(ip), in_a || in_b);
        prop_assert_eq!(a.intersection(&b).contains(ip), in_a && in_b);
        prop_assert_eq!(a.difference(&b).contains(ip), in_a && !in_b);
    }

    #[test]
    fn blocks_of_a_set_make_it_up(a in addresses()) {
        prop_assert_eq!(&IpSet::blocks(a.cidrs()), &a);
        let families = a.in_family(Family::V4).union(&a.in_family(Family::V6));
        prop_assert_eq!(&families, &a);
    }

    #[test]
    fn equal_sets_of_addresses_are_equal_values(a in addresses(), b in addresses()) {
        prop_assert_eq!(&a.difference(&b).union(&a.intersection(&b)), &a);
        prop_assert_eq!(a.is_subset(&b), a.difference(&b).is_empty());
        prop_assert_eq!(a.overlaps(&b), !a.intersection(&b).is_empty());
    }

    #[test]
    fn connections_obey_the_laws_of_sets(a in connections(), b in connections(), c in connections()) {
        prop_assert_eq!(a.union(&b), b.union(&a));
        prop_assert_eq!(a.intersection(&b.union(&c)), a.intersection(&b).union(&a.intersection(&c)));
        prop_assert_eq!(a.difference(&b.union(&c)), a.difference(&b).difference(&c));
        prop_assert_eq!(a.union(&ConnectionSet::every()), ConnectionSet::every());
        prop_assert!(a.difference(&a).is_empty());
    }

    #[test]
    fn and_and_or_keep_what_is_decided_apart_from_what_is_not(a in decided(), b in decided()) {
        for both in [a.and(&b), a.or(&b)] {
            prop_assert!(!both.allowed.overlaps(&both.unknown));
            let whole = both.allowed.union(&both.unknown).union(&both.denied());
            prop_assert_eq!(whole, ConnectionSet::every());
        }
        prop_assert_eq!(a.and(&b).allowed, a.allowed.intersection(&b.allowed));
        prop_assert_eq!(a.or(&b).denied(), a.denied().intersection(&b.denied()));
    }
}
