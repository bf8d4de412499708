//! What kustomizations say of the files beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use netpol_core::text::{FileSet, Rendering, SourceFile};
use netpol_core::yaml::{self, Mapping, Node, Parsed, Value};

use super::bounded;
use super::skip::Skip;

/// What a kustomization lists.
#[derive(Debug, Default)]
struct Kustomization {
    /// What the user calls its folder.
    name: String,
    /// Its folder.
    folder: PathBuf,
    /// Files of objects, and folders of other kustomizations.
    resources: BTreeSet<PathBuf>,
    /// Patches, replacements and transformers.
    patches: BTreeSet<PathBuf>,
    /// Files that it takes as data.
    data: BTreeSet<PathBuf>,
    /// `namespace`
    namespace: Option<String>,
    /// Whether it changes its resources.
    changes: bool,
}

/// The kustomizations of an input, and what they make of the other files.
#[derive(Debug, Default)]
pub struct Kustomizations {
    patches: BTreeSet<PathBuf>,
    data: BTreeSet<PathBuf>,
    sources: BTreeMap<PathBuf, Rendering>,
    /// The folder of the first that is no part of another and changes something, as the user names it.
    pub first: Option<String>,
}

/// Keys that change names, namespaces, labels or fields.
const CHANGES: [&str; 13] = [
    "commonLabels",
    "components",
    "generators",
    "labels",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "transformers",
    "vars",
];
const PATCHES: [&str; 8] = [
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "replacements",
    "transformers",
    "generators",
    "validators",
    "configurations",
];

impl Kustomizations {
    /// Reads kustomizations: their names as the user gives them, and where they are.
    pub fn read<'f>(files: impl Iterator<Item = (&'f str, &'f Path)>) -> Self {
        let mut all: Vec<Kustomization> = Vec::new();
        for (name, path) in files {
            let folder = name.rsplit_once('/').map_or(".", |(folder, _)| folder);
            all.extend(Kustomization::read(folder.to_owned(), path));
        }
        let is_part = |one: &&Kustomization| all.iter().any(|other| other.resources.contains(&one.folder));
        let roots: Vec<&Kustomization> = all.iter().filter(|one| !is_part(one)).collect();
        let first = roots.iter().find(|root| root.changes).map(|root| root.name.clone());
        let sources = sources(&all, &roots);
        let union = |of: fn(&Kustomization) -> &BTreeSet<PathBuf>| all.iter().flat_map(of).cloned().collect();
        Self { patches: union(|it| &it.patches), data: union(|it| &it.data), sources, first }
    }

    /// Why a file is no manifest, by its canonical path.
    pub fn skip(&self, path: &Path) -> Option<Skip> {
        let holds = |set: &BTreeSet<PathBuf>| path.ancestors().any(|it| set.contains(it));
        match () {
            () if self.sources.contains_key(path) => None,
            () if holds(&self.patches) => Some(Skip::Patch),
            () if holds(&self.data) => Some(Skip::Data),
            () => None,
        }
    }

    /// What becomes of a file that kustomizations list, by its canonical path.
    pub fn rendering(&self, path: &Path) -> Option<Rendering> {
        self.sources.get(path).cloned()
    }
}

/// The files that kustomizations list, with what the outermost ones make of them. Outer namespaces hold.
fn sources(all: &[Kustomization], roots: &[&Kustomization]) -> BTreeMap<PathBuf, Rendering> {
    let folders: BTreeMap<&Path, &Kustomization> = all.iter().map(|it| (it.folder.as_path(), it)).collect();
    let mut sources: BTreeMap<PathBuf, Rendering> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    // Of kustomizations that are parts of one another none is a root.
    let mut left: Vec<(&Kustomization, Option<&str>, bool)> = if roots.is_empty() {
        all.iter().map(|it| (it, None, true)).collect()
    } else {
        roots.iter().map(|it| (*it, None, false)).collect()
    };
    while let Some((one, namespace, is_changed)) = left.pop() {
        let namespace = namespace.or(one.namespace.as_deref());
        let changes = is_changed || one.changes;
        if !seen.insert((one.folder.as_path(), namespace, changes)) {
            continue;
        }
        for resource in &one.resources {
            if let Some(inner) = folders.get(resource.as_path()) {
                left.push((inner, namespace, changes));
                continue;
            }
            let rendering = Rendering { namespace: namespace.map(str::to_owned), changes };
            let known = sources.entry(resource.clone()).or_insert_with(|| rendering.clone());
            known.changes |= changes;
            if known.namespace != rendering.namespace {
                known.namespace = None;
            }
        }
    }
    sources
}

impl Kustomization {
    fn read(name: String, path: &Path) -> Option<Self> {
        let bytes = bounded::read(path, bounded::LARGEST).ok()?;
        let folder = path.parent().unwrap_or(Path::new(".")).canonicalize().ok()?;
        let mut files = FileSet::new();
        let id = files.add(SourceFile::found("kustomization.yaml", "").with_bytes(bytes)).ok()?;
        let file = files.get(id)?;
        let mut read = Self { name, folder, ..Self::default() };
        for chunk in yaml::split(id, file) {
            if let Parsed::Tree(Node { value: Value::Mapping(fields), .. }) =
                yaml::parse(file, &chunk, &|_, _| true, &mut Vec::new())
            {
                read.add(&fields);
            }
        }
        Some(read)
    }

    fn add(&mut self, fields: &Mapping<'_>) {
        let of = |keys: &[&str]| keys.iter().flat_map(|key| items(fields, key)).collect::<Vec<_>>();
        let listed = of(&["resources", "bases", "components", "crds"]);
        let patches = of(&PATCHES);
        let data = of(&["configMapGenerator", "secretGenerator", "helmCharts"]);
        let here = |path: &str| self.folder.join(path).canonicalize().ok();
        let resources: BTreeSet<PathBuf> = listed.iter().filter_map(|item| here(text(item)?)).collect();
        let patches: BTreeSet<PathBuf> = patches.iter().filter_map(|item| here(path_of(item)?)).collect();
        let data: BTreeSet<PathBuf> = data.iter().copied().flat_map(data_of).filter_map(here).collect();
        self.resources.extend(resources);
        self.patches.extend(patches);
        self.data.extend(data);
        let namespace = fields.get("namespace").and_then(|entry| text(&entry.value));
        self.namespace =
            namespace.filter(|text| !text.is_empty()).map(str::to_owned).or(self.namespace.take());
        self.changes |=
            CHANGES.iter().any(|key| fields.get(key).is_some_and(|entry| is_filled(&entry.value)));
    }
}

fn items<'n, 't>(fields: &'n Mapping<'t>, key: &str) -> &'n [Node<'t>] {
    match fields.get(key).map(|entry| &entry.value.value) {
        Some(Value::Sequence(items)) => items,
        _ => &[],
    }
}

fn is_filled(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Sequence(items) => !items.is_empty(),
        Value::Mapping(fields) => !fields.entries.is_empty(),
        _ => true,
    }
}

fn text<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.value {
        Value::String(text) => Some(text.as_ref()),
        _ => None,
    }
}

/// A path, or the `path` of a mapping. A patch that is written out has lines.
fn path_of<'n>(item: &'n Node<'_>) -> Option<&'n str> {
    let path = match &item.value {
        Value::Mapping(fields) => text(&fields.get("path")?.value),
        _ => text(item),
    };
    path.filter(|path| !path.contains('\n'))
}

/// The files of a generator, each perhaps behind `key=`, and those with values of a chart.
fn data_of<'n>(item: &'n Node<'_>) -> Vec<&'n str> {
    let Value::Mapping(fields) = &item.value else { return Vec::new() };
    let lists = ["files", "envs", "additionalValuesFiles"].into_iter().flat_map(|key| items(fields, key));
    let single = ["env", "valuesFile"].into_iter().filter_map(|key| Some(&fields.get(key)?.value));
    let paths = lists.chain(single).filter_map(text);
    paths.map(|path| path.split_once('=').map_or(path, |(_, path)| path)).collect()
}
