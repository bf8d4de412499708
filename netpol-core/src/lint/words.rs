//! How findings name several things.

use super::Context;
use crate::cluster::WorkloadId;
use crate::index::ClassId;

/// So many things are named one by one.
pub(super) const NAMED: usize = 3;

/// `a`, `a and b`, `a, b and c`, `a, b and 5 more`; `none` of nothing, so that no sentence ends in its middle.
pub(super) fn some<S: AsRef<str>>(names: &[S]) -> String {
    first_of(names, names.len())
}

/// The same of which only the first are at hand.
fn first_of<S: AsRef<str>>(names: &[S], count: usize) -> String {
    let shown = if count > NAMED { NAMED - 1 } else { names.len() };
    let mut words: Vec<String> = names.iter().take(shown).map(|name| name.as_ref().to_owned()).collect();
    if count > shown {
        words.push(format!("{} more", count - shown));
    }
    all(&words)
}

/// `a`, `a and b`, `a, b and c`, however many there are.
pub(super) fn all<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The workloads that have pods of some classes, in order.
pub(super) fn workloads_of(context: &Context<'_>, classes: &[ClassId]) -> Vec<WorkloadId> {
    let pods = context.pods();
    let groups = classes.iter().flat_map(|class| pods.of_class(*class));
    let mut ids: Vec<WorkloadId> =
        groups.filter_map(|id| Some(context.cluster.group(*id)?.workload)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The names of workloads, without their namespaces.
pub(super) fn workloads(context: &Context<'_>, workloads: &[WorkloadId]) -> String {
    first_workloads(context, workloads, workloads.len())
}

/// The same for so many workloads of which only the first are at hand.
pub(super) fn first_workloads(context: &Context<'_>, workloads: &[WorkloadId], count: usize) -> String {
    let name = |id: &WorkloadId| context.cluster.workload(*id).map(|workload| workload.name.as_str());
    first_of(&workloads.iter().filter_map(name).collect::<Vec<_>>(), count)
}

/// One workload by its kind and name, several by their number: `` `Deployment shop/cart` ``, `7 workloads`.
pub(super) fn count(context: &Context<'_>, workloads: &[WorkloadId]) -> String {
    match workloads {
        [only] => context
            .cluster
            .workload(*only)
            .map_or_else(String::new, |workload| format!("`{}`", context.workload_name(workload))),
        several => format!("{} workloads", several.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_named_and_many_are_counted() {
        assert_eq!(some::<&str>(&[]), "none");
        assert_eq!(some(&["a"]), "a");
        assert_eq!(some(&["a", "b"]), "a and b");
        assert_eq!(some(&["a", "b", "c"]), "a, b and c");
        assert_eq!(some(&["a", "b", "c", "d"]), "a, b and 2 more");
    }
}
