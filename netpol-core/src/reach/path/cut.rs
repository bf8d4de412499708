//! The fewest connections that keep two ends apart.

use super::between::Between;
use super::network::{self, Network};
use super::ways::{Goal, Ways};
use crate::reach::Rectangle;

/// Connections without which no chain leads from the sources to the destinations; no fewer would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The connections, as rectangles: each of some sources towards each of some destinations.
    pub rectangles: Vec<Rectangle>,
    /// How many there are, where the pods of a workload that policies tell apart count for themselves, and
    /// addresses outside are one end.
    pub connections: u64,
}

/// There are too many connections between the ends to find the fewest of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl Ways<'_> {
    /// The fewest connections whose removal leaves no chain that reaches the goal.
    ///
    /// # Errors
    /// Too many connections lie between.
    pub fn cut(&self, goal: &Goal) -> Result<Cut, TooLarge> {
        let Some(ends) = self.ends(goal) else {
            return Ok(Cut { rectangles: Vec::new(), connections: 0 });
        };
        let between = Between::new(self, goal, ends);
        let network = Network::new(&between)?;
        let reach = network.reach();
        let mut rectangles = Vec::new();
        for (rectangle, place) in between.connections() {
            rectangles.extend(between.cut_of(rectangle, &reach, place));
        }
        rectangles.sort_unstable();
        Ok(Cut { rectangles, connections: network.flow() })
    }
}

impl From<network::TooMany> for TooLarge {
    fn from(_: network::TooMany) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::UnknownAs;
    use crate::index::{Plugin, PolicyIndex};
    use crate::policy::Direction;
    use crate::reach::path::Through;
    use crate::reach::{Map, Wanted};
    use crate::report::scenario::{Scenario, app, app_peer};

    /// `web` reaches `a` and `b`, those reach `db`, and nobody else reaches anybody.
    fn diamond() -> Scenario {
        let labels: [&[(&str, &str)]; 4] =
            [&[("app", "a")], &[("app", "b")], &[("app", "db")], &[("app", "web")]];
        let names = ["a", "b", "db", "web"];
        let workloads: Vec<_> =
            names.iter().zip(labels).map(|(name, labels)| ("shop", *name, labels)).collect();
        let admit = |names: &[&str]| vec![(Some(vec![app_peer(names)]), None)];
        Scenario::new(&workloads)
            .policy("middle", app(&["a", "b"]), Direction::Ingress, admit(&["web"]))
            .policy("db", app(&["db"]), Direction::Ingress, admit(&["a", "b"]))
            .policy("web", app(&["web"]), Direction::Ingress, Vec::new())
    }

    fn with_ways(scenario: &Scenario, then: impl Fn(&Ways<'_>, &dyn Fn(&str) -> Wanted)) {
        let index = PolicyIndex::new(&scenario.cluster, &scenario.policies, Plugin::default());
        let map = Map::new(&scenario.cluster, &scenario.policies, &index);
        let ways = Ways::new(&scenario.cluster, &map, Through::Allowed, UnknownAs::Unknown);
        let wanted = |name: &str| Wanted::of(&map, &[scenario.workload(name)]).unwrap();
        then(&ways, &wanted);
    }

    #[test]
    fn a_chain_through_the_middle_is_cut_on_every_branch() {
        with_ways(&diamond(), |ways, end| {
            let goal = Goal { from: end("web"), to: end("db"), ports: None };
            assert_eq!(ways.shortest(&goal).unwrap().hops.len(), 2);
            let cut = ways.cut(&goal).unwrap();
            assert_eq!(cut.connections, 2);
            let pairs = cut.rectangles.iter().map(|it| it.from.pods().len() * it.to.pods().len());
            assert_eq!(pairs.sum::<usize>(), 2);
        });
    }

    #[test]
    fn ends_that_are_apart_need_no_cut() {
        with_ways(&diamond(), |ways, end| {
            let goal = Goal { from: end("db"), to: end("web"), ports: None };
            assert!(ways.shortest(&goal).is_none());
            assert_eq!(ways.cut(&goal), Ok(Cut { rectangles: Vec::new(), connections: 0 }));
        });
    }

    #[test]
    fn an_end_is_at_itself() {
        with_ways(&diamond(), |ways, end| {
            let goal = Goal { from: end("db"), to: end("db"), ports: None };
            assert_eq!(ways.shortest(&goal).unwrap().hops, []);
        });
    }

    #[test]
    fn so_many_hops_are_gone_and_no_more() {
        with_ways(&diamond(), |ways, end| {
            let hops = |most| {
                let reached = ways.reached(&end("web"), most).into_iter();
                reached.flat_map(|entry| vec![entry.hops; entry.to.pods().len()]).collect::<Vec<u32>>()
            };
            assert_eq!(hops(0), [0; 0]);
            assert_eq!(hops(1), [1, 1]);
            assert_eq!(hops(u32::MAX), [1, 1, 2]);
        });
    }
}
