//! What decided what, as the walk goes along: recorded when it is asked for.

use super::trace::{Decider, Step};
use crate::net::ConnectionSet;
use crate::policy::Action;

/// The steps of a walk.
#[derive(Debug)]
pub(super) struct Steps {
    list: Vec<Step>,
    /// What nothing has allowed or denied, not even perhaps.
    undecided: ConnectionSet,
    /// What comes to the next step for sure.
    certain: ConnectionSet,
}

/// Lists of ranks of which nobody knows which comes first.
#[derive(Debug)]
pub(super) struct Race {
    certain: ConnectionSet,
    /// For each list its first step.
    starts: Vec<usize>,
}

impl Steps {
    pub(super) fn new(asked: &ConnectionSet) -> Self {
        Self { list: Vec::new(), undecided: asked.clone(), certain: asked.clone() }
    }

    pub(super) fn into_list(self) -> Vec<Step> {
        self.list
    }

    /// A stage begins. Whatever an earlier tier passed on or left alone comes to it.
    pub(super) fn begin_stage(&mut self) {
        self.certain = self.undecided.clone();
    }

    /// Something takes what it matches for sure, and perhaps more, of what comes to it.
    pub(super) fn take(
        &mut self,
        (by, action): (Decider, Action),
        (sure, possible): (&ConnectionSet, &ConnectionSet),
    ) {
        if possible.is_empty() {
            return;
        }
        let sure = sure.intersection(&self.certain);
        self.certain = self.certain.difference(possible);
        if action != Action::Pass {
            self.undecided = self.undecided.difference(possible);
        }
        let maybe = possible.difference(&sure);
        self.list.push(Step { by, action, sure, maybe });
    }

    pub(super) fn begin_race(&self) -> Race {
        Race { certain: self.certain.clone(), starts: Vec::new() }
    }

    /// Another list of a race begins, as if it were the first.
    pub(super) fn begin_list(&mut self, race: &mut Race) {
        self.certain = race.certain.clone();
        race.starts.push(self.list.len());
    }

    /// What more than one list of a race takes, none of them takes for sure.
    pub(super) fn end_race(&mut self, race: Race) {
        let Race { mut certain, starts } = race;
        let list_of = |step: usize| starts.partition_point(|start| *start <= step);
        let first = starts.first().copied().unwrap_or(self.list.len());
        let steps = (first..).zip(self.list.iter().skip(first));
        let taken: Vec<(usize, ConnectionSet)> =
            steps.map(|(place, step)| (list_of(place), step.possible())).collect();
        for (place, step) in self.list.iter_mut().enumerate().skip(first) {
            for (_, other) in taken.iter().filter(|(list, _)| *list != list_of(place)) {
                step.maybe.extend(&step.sure.intersection(other));
                step.sure = step.sure.difference(other);
            }
            certain = certain.difference(&step.possible());
        }
        self.certain = certain;
    }
}
