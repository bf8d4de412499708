//! Which requirement nearly matched: a slip of the keyboard rather than another meaning.

use crate::text::distance;

use super::{LabelValue, Labels, Operator, Requirement};

/// How labels nearly satisfy a requirement that they do not satisfy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Near {
    /// The label is there, and its value differs from a wanted one in upper and lower case alone.
    ValueCase {
        /// The wanted value.
        wanted: String,
        /// The value that the label has.
        has: String,
    },
    /// The label is there, and its value is a letter or two away from a wanted one.
    Value {
        /// The wanted value.
        wanted: String,
        /// The value that the label has.
        has: String,
    },
    /// The label is there, and its value differs from a wanted one in a version alone, which changes with each release.
    Version {
        /// The wanted value.
        wanted: String,
        /// The value that the label has.
        has: String,
    },
    /// A label with nearly this key, or with this key in another case, has a wanted value.
    Key {
        /// The key of that label.
        key: String,
    },
    /// A label with quite another key has a wanted value.
    OtherKey {
        /// The key of that label.
        key: String,
        /// The value that it shares with the requirement.
        value: String,
    },
}

/// How `labels` nearly satisfy `requirement`; `None` when they satisfy it, or are far from it.
///
/// Only requirements that want a label (`In`, `Exists`) can be nearly satisfied.
///
/// ```
/// use netpol_core::selector::{near, Labels, Near, Requirement};
///
/// let labels = Labels::known([("app", "frontend")]);
/// let slip = near(&Requirement::equals("app", "fronted"), &labels);
/// assert_eq!(slip, Some(Near::Value { wanted: "fronted".into(), has: "frontend".into() }));
/// assert_eq!(near(&Requirement::equals("app", "checkout"), &labels), None);
/// ```
pub fn near(requirement: &Requirement, labels: &Labels) -> Option<Near> {
    let key = requirement.key.as_deref()?;
    if requirement.operator.accepts_absent() || requirement.matches(labels).truth.is_yes() {
        return None;
    }
    if let Some(LabelValue::Known(has)) = labels.get(key) {
        return near_value(&requirement.values, has);
    }
    let known = || {
        labels.iter().filter_map(|(key, value)| match value {
            LabelValue::Known(value) => Some((key, value.as_str())),
            LabelValue::Unknown => None,
        })
    };
    let is_wanted = |value: &str| match requirement.operator {
        Operator::Exists => true,
        _ => requirement.values.iter().any(|wanted| wanted == value),
    };
    if let Some((key, _)) = known().find(|(other, value)| is_wanted(value) && is_slip(key, other)) {
        return Some(Near::Key { key: key.to_owned() });
    }
    if requirement.operator == Operator::Exists {
        return None;
    }
    known()
        .find(|(_, value)| !is_common(value) && is_wanted(value))
        .map(|(key, value)| Near::OtherKey { key: key.to_owned(), value: value.to_owned() })
}

/// Values that every cluster has.
const IN_EVERY_CLUSTER: [&str; 7] =
    ["coredns", "default", "kube-dns", "kube-node-lease", "kube-proxy", "kube-public", "kube-system"];

/// Whether a value is one that every cluster has, or nearer to one than to the value that is there.
fn means_every_cluster(wanted: &str, has: &str) -> bool {
    let distance = strsim::osa_distance(wanted, has);
    IN_EVERY_CLUSTER.iter().any(|known| *known != has && strsim::osa_distance(wanted, known) <= distance)
}

fn near_value(wanted: &[String], has: &str) -> Option<Near> {
    let same_letters = wanted.iter().find(|value| value.eq_ignore_ascii_case(has));
    if let Some(value) = same_letters {
        return Some(Near::ValueCase { wanted: value.clone(), has: has.to_owned() });
    }
    let of_release = wanted.iter().find(|value| is_other_release(value, has));
    if let Some(value) = of_release {
        return Some(Near::Version { wanted: value.clone(), has: has.to_owned() });
    }
    let slips = wanted.iter().filter(|value| is_slip(value, has) && !means_every_cluster(value, has));
    slips
        .min_by_key(|value| distance(value, has))
        .map(|value| Near::Value { wanted: value.clone(), has: has.to_owned() })
}

/// Whether two texts name two releases of one thing: `etcd-8.8.0` and `etcd-8.8.1`, but not `web-1` and `web-2`.
fn is_other_release(left: &str, right: &str) -> bool {
    left != right && name_before_version(left).is_some_and(|name| name_before_version(right) == Some(name))
}

/// What stands before the first number that a dot and another number follow.
fn name_before_version(text: &str) -> Option<&str> {
    let starts = text.char_indices().filter(|(at, letter)| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        letter.is_ascii_digit() && !before.is_some_and(|before| before.is_ascii_digit() || before == '.')
    });
    let mut names = starts.filter_map(|(at, _)| {
        let (name, rest) = text.split_at_checked(at)?;
        let rest = rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).strip_prefix('.')?;
        rest.starts_with(|letter: char| letter.is_ascii_digit()).then_some(name)
    });
    names.next()
}

/// Whether one text is the other with a letter or two wrong. Texts that differ in digits alone (`web-1`, `web-2`) or in
/// short words of one length (`team-a`, `team-b`, `cart-eu`, `cart-us`) are siblings, not slips.
fn is_slip(left: &str, right: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    if left.eq_ignore_ascii_case(right) {
        return left != right;
    }
    if letters(left) == letters(right) || differ_in_short_words(left, right) {
        return false;
    }
    are_close(left, right)
}

fn are_close(left: &str, right: &str) -> bool {
    let length = left.chars().count().max(right.chars().count());
    left.len().abs_diff(right.len()) <= 8
        && distance(left, right).is_some_and(|distance| distance <= 2 && distance * 4 <= length)
}

/// Whether two texts have the same words but for some that are too short for a wrong letter to be one: they have the
/// same length and not the same letters.
fn differ_in_short_words(left: &str, right: &str) -> bool {
    let words = |text: &str| text.split(['-', '_', '.', '/']).map(str::to_owned).collect::<Vec<_>>();
    let (left, right) = (words(left), words(right));
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let is_other = |(left, right): (&String, &String)| {
        left.len() == right.len() && sorted(left) != sorted(right) && !are_close(left, right)
    };
    let mut differing = left.iter().zip(&right).filter(|(left, right)| left != right).peekable();
    left.len() > 1 && left.len() == right.len() && differing.peek().is_some() && differing.all(is_other)
}

/// Whether a value says so little that sharing it means nothing.
fn is_common(value: &str) -> bool {
    matches!(value, "" | "true" | "false" | "yes" | "no") || value.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(wanted: (&str, &str), has: (&str, &str)) -> Option<Near> {
        near(&Requirement::equals(wanted.0, wanted.1), &Labels::known([has]))
    }

    #[test]
    fn a_wrong_letter_or_case_in_the_value_is_near() {
        assert!(matches!(of(("app", "fronted"), ("app", "frontend")), Some(Near::Value { .. })));
        assert!(matches!(of(("app", "Frontend"), ("app", "frontend")), Some(Near::ValueCase { .. })));
        assert!(matches!(of(("app", "fornt"), ("app", "front")), Some(Near::Value { .. })));
        assert!(matches!(of(("app", "wbe-server"), ("app", "web-server")), Some(Near::Value { .. })));
        assert!(matches!(of(("app", "fromtend-eu"), ("app", "frontend-eu")), Some(Near::Value { .. })));
    }

    #[test]
    fn another_release_is_near() {
        let chart = |wanted, has| of(("helm.sh/chart", wanted), ("helm.sh/chart", has));
        assert!(matches!(chart("etcd-8.8.1", "etcd-8.8.0"), Some(Near::Version { .. })));
        assert!(matches!(chart("v1.10.0", "v1.9.3-rc1"), Some(Near::Version { .. })));
        assert_eq!(chart("etcd-8.8.1", "redis-8.8.0"), None);
        assert_eq!(chart("v1", "v2"), None);
    }

    #[test]
    fn siblings_and_strangers_are_not_near() {
        assert_eq!(of(("app", "web-1"), ("app", "web-2")), None);
        assert_eq!(of(("team", "team-a"), ("team", "team-b")), None);
        assert_eq!(of(("app", "frontend-eu"), ("app", "frontend-us")), None);
        assert_eq!(of(("app", "cart"), ("app", "card-service")), None);
        assert_eq!(of(("app", "db"), ("app", "fe")), None);
    }

    #[test]
    fn what_every_cluster_has_is_no_slip_for_something_else() {
        assert_eq!(of(("name", "kube-system"), ("name", "kure-system")), None);
        assert_eq!(of(("name", "kube-sistem"), ("name", "kure-system")), None);
        assert!(matches!(of(("name", "kube-sytem"), ("name", "kube-system")), Some(Near::Value { .. })));
        assert!(matches!(of(("name", "kuresystem"), ("name", "kure-system")), Some(Near::Value { .. })));
    }

    #[test]
    fn the_same_value_under_another_key_is_near_unless_it_says_little() {
        assert_eq!(
            of(("app", "web"), ("app.kubernetes.io/name", "web")),
            Some(Near::OtherKey { key: "app.kubernetes.io/name".to_owned(), value: "web".to_owned() })
        );
        assert_eq!(of(("App", "web"), ("app", "web")), Some(Near::Key { key: "app".to_owned() }));
        assert_eq!(of(("enabled", "true"), ("public", "true")), None);
    }

    #[test]
    fn what_matches_or_forbids_is_never_near() {
        assert_eq!(of(("app", "web"), ("app", "web")), None);
        let forbids = Requirement::new("app", Operator::NotIn, ["web".to_owned()]);
        assert_eq!(near(&forbids, &Labels::known([("app", "web")])), None);
    }
}
