//! Which of many selectors may select all that another selects, found without a look at all of them.
//!
//! A selector that selects all that another selects asks for less: whatever it asks for, the other asks for at least
//! as much. So each is kept under one thing that it asks for, and found by all that the other asks for.

use rustc_hash::FxHashMap;

use crate::cluster::{Cluster, Namespace};
use crate::policy::{NamespaceMatch, PodMatch};
use crate::selector::{LabelValue, Labels, Operator, Requirement, Selector};

/// Selectors, by their places in a list.
#[derive(Debug, Default)]
pub struct Around<'a> {
    asking: FxHashMap<Asked<'a>, Vec<u32>>,
    /// Those that ask of namespaces that a label is not there, or has not some values.
    sparing: Vec<u32>,
    /// Those that ask for nothing that is known.
    anything: Vec<u32>,
}

/// Something that a selector asks of a label of pods, or of their namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Asked<'a> {
    /// The namespace that its pods are in, when it names one.
    within: Option<&'a str>,
    of: Of,
    key: &'a str,
    value: Value<'a>,
}

impl<'a> Asked<'a> {
    /// Nothing but a namespace.
    const fn within(namespace: &'a str) -> Self {
        Self { within: Some(namespace), of: Of::Pods, key: "", value: Value::Exists }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Of {
    Pods,
    Namespaces,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Value<'a> {
    /// It may have this value.
    Is(&'a str),
    /// It must not have this value.
    IsNot(&'a str),
    /// There is some value that it must not have.
    IsNotAny,
    /// It is there.
    Exists,
    /// It is not there.
    Absent,
}

impl<'a> Around<'a> {
    /// The selectors of a list.
    pub fn new(selectors: impl IntoIterator<Item = &'a PodMatch>) -> Self {
        let mut all = Self::default();
        for (place, pods) in (0u32..).zip(selectors) {
            all.add(place, pods);
        }
        all
    }

    fn add(&mut self, place: u32, pods: &'a PodMatch) {
        let within = match &pods.namespaces {
            NamespaceMatch::Named(name) => Some(name.as_str()),
            NamespaceMatch::Selected(_) => None,
        };
        let Some((of, key, requirement)) = narrowest(pods) else {
            match within {
                Some(name) => self.asking.entry(Asked::within(name)).or_default().push(place),
                None => self.anything.push(place),
            }
            return;
        };
        let values = requirement.values.iter().map(String::as_str);
        let asked: Vec<Value<'a>> = match requirement.operator {
            Operator::In => values.map(Value::Is).collect(),
            Operator::NotIn => values.take(1).map(Value::IsNot).chain([Value::IsNotAny]).collect(),
            Operator::Exists => vec![Value::Exists],
            Operator::DoesNotExist => vec![Value::Absent],
        };
        if of == Of::Namespaces && requirement.operator.accepts_absent() {
            self.sparing.push(place);
        }
        for value in asked {
            self.asking.entry(Asked { within, of, key, value }).or_default().push(place);
        }
    }

    /// The places of the selectors that may select all that `narrow` selects, whatever pods there are: each once, in order.
    pub fn candidates(&self, narrow: &PodMatch, cluster: &Cluster) -> Vec<u32> {
        let mut found = self.anything.clone();
        for within in std::iter::once(None).chain(namespaces_of(narrow).map(Some)) {
            if let Some(name) = within {
                self.add_one(Asked::within(name), &mut found);
            }
            self.add_asked((within, Of::Pods), &narrow.pods, &mut found);
        }
        match &narrow.namespaces {
            NamespaceMatch::Selected(selector) => {
                self.add_asked((None, Of::Namespaces), selector, &mut found);
            }
            NamespaceMatch::Named(name) => {
                let known = cluster.namespace_named(name).and_then(|id| cluster.namespace(id));
                match known {
                    Some(namespace) => self.add_labels(&namespace.labels, &mut found),
                    None => self.add_labels(&cluster.labels_of_unlisted_namespace(name), &mut found),
                }
                found.extend(&self.sparing);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Those that ask for something that the requirements of a selector grant.
    fn add_asked(&self, (within, of): (Option<&str>, Of), selector: &Selector, found: &mut Vec<u32>) {
        for requirement in selector.requirements().iter().filter(|it| !it.has_placeholder()) {
            let Some(key) = requirement.key.as_deref() else { continue };
            let values = requirement.values.iter().map(String::as_str);
            let granted: Vec<Value<'_>> = match requirement.operator {
                Operator::In => values.map(Value::Is).chain([Value::Exists, Value::IsNotAny]).collect(),
                Operator::NotIn => values.map(Value::IsNot).collect(),
                Operator::Exists => vec![Value::Exists],
                Operator::DoesNotExist => vec![Value::Absent, Value::IsNotAny],
            };
            for value in granted {
                self.add_one(Asked { within, of, key, value }, found);
            }
        }
    }

    fn add_labels(&self, labels: &Labels, found: &mut Vec<u32>) {
        for (key, value) in labels.iter() {
            let asked = |value| Asked { within: None, of: Of::Namespaces, key, value };
            self.add_one(asked(Value::Exists), found);
            if let LabelValue::Known(value) = value {
                self.add_one(asked(Value::Is(value)), found);
            }
        }
    }

    fn add_one(&self, asked: Asked<'_>, found: &mut Vec<u32>) {
        found.extend(self.asking.get(&asked).into_iter().flatten());
    }
}

/// The requirement of a selector that fewest others grant, as far as is seen at a glance.
fn narrowest(pods: &PodMatch) -> Option<(Of, &str, &Requirement)> {
    let of_namespaces: &[Requirement] = match &pods.namespaces {
        NamespaceMatch::Selected(selector) => selector.requirements(),
        NamespaceMatch::Named(_) => &[],
    };
    let of_pods = pods.pods.requirements().iter().map(|it| (Of::Pods, it));
    let all = of_pods.chain(of_namespaces.iter().map(|it| (Of::Namespaces, it)));
    let asking = all.filter(|(_, it)| asks(it));
    let asking = asking.filter_map(|(of, it)| Some((of, it.key.as_deref()?, it)));
    asking.min_by_key(|(of, _, it)| (it.operator != Operator::In, *of, it.values.len()))
}

/// Whether a requirement is known and leaves somebody out.
fn asks(requirement: &Requirement) -> bool {
    let leaves_nobody_out = requirement.operator == Operator::NotIn && requirement.values.is_empty();
    !requirement.has_placeholder() && !leaves_nobody_out
}

/// The names of the only namespaces that a selector speaks of, as far as it names them.
fn namespaces_of(pods: &PodMatch) -> impl Iterator<Item = &str> {
    let (named, selected): (Option<&str>, &[Requirement]) = match &pods.namespaces {
        NamespaceMatch::Named(name) => (Some(name), &[]),
        NamespaceMatch::Selected(selector) => (None, selector.requirements()),
    };
    let by_name = selected.iter().filter(|it| it.key.as_deref() == Some(Namespace::NAME_LABEL));
    let values = by_name.filter(|it| it.operator == Operator::In).flat_map(|it| &it.values);
    named.into_iter().chain(values.map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::term::selects_all;
    use crate::report::scenario::Scenario;
    use crate::selector::Truth;

    fn requirements() -> Vec<Requirement> {
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let mut all = Vec::new();
        for key in ["app", "tier"] {
            for list in [vec!["a"], vec!["b"], vec!["a", "b"]] {
                all.push(Requirement::new(key, Operator::In, values(&list)));
                all.push(Requirement::new(key, Operator::NotIn, values(&list)));
            }
            all.push(Requirement::new(key, Operator::Exists, []));
            all.push(Requirement::new(key, Operator::DoesNotExist, []));
            all.push(Requirement { has_unknown_value: true, ..Requirement::equals(key, "a") });
        }
        all
    }

    #[test]
    fn nobody_who_selects_all_of_another_is_left_out() {
        let all = requirements();
        let mut selectors = vec![Selector::everything()];
        for one in &all {
            selectors.extend(all.iter().map(|other| Selector::new([one.clone(), other.clone()])));
        }
        let namespaces = [
            NamespaceMatch::Named("shop".to_owned()),
            NamespaceMatch::Selected(Selector::everything()),
            NamespaceMatch::Selected(Selector::new([Requirement::equals(Namespace::NAME_LABEL, "shop")])),
            NamespaceMatch::Selected(Selector::new([Requirement::new("team", Operator::DoesNotExist, [])])),
            NamespaceMatch::Selected(Selector::new([Requirement::new("team", Operator::Exists, [])])),
        ];
        let pods: Vec<PodMatch> = namespaces
            .iter()
            .flat_map(|namespaces| {
                let of = |pods: &Selector| PodMatch { namespaces: namespaces.clone(), pods: pods.clone() };
                selectors.iter().step_by(3).map(of).collect::<Vec<_>>()
            })
            .collect();
        let cluster = Scenario::new(&[("shop", "web", &[("app", "a")])]).cluster;
        let around = Around::new(&pods);
        for narrow in pods.iter().filter(|narrow| !narrow.is_contradictory()).step_by(5) {
            let found = around.candidates(narrow, &cluster);
            for (place, wide) in (0u32..).zip(&pods) {
                let is_wider = selects_all(wide, narrow, &cluster) == Truth::Yes && wide != narrow;
                assert!(!is_wider || found.contains(&place), "{wide:?} selects all of {narrow:?}");
            }
        }
    }

    #[test]
    fn selectors_that_have_nothing_in_common_are_not_looked_at() {
        let of = |pods| PodMatch { namespaces: NamespaceMatch::Named("shop".to_owned()), pods };
        let cluster = Scenario::new(&[("shop", "web", &[("app", "a")])]).cluster;
        for operator in [Operator::In, Operator::NotIn] {
            let value = |number: u32| Requirement::new("app", operator, [format!("v{number}")]);
            let pods: Vec<PodMatch> = (0..1000).map(|number| of(Selector::new([value(number)]))).collect();
            let around = Around::new(&pods);
            let looked_at = pods.iter().map(|pods| around.candidates(pods, &cluster).len());
            assert_eq!(looked_at.sum::<usize>(), 1000, "{operator:?}");
        }
    }
}
