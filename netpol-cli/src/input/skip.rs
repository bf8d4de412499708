//! Files that lie among manifests and are none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use netpol_core::text::{FileSet, SourceFile};
use netpol_core::yaml::{self, Node, Parsed, Value};

use super::bounded;

/// Why a file is no manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// `netpol-test.yaml`.
    Test,
    /// A kustomization.
    Kustomization,
    /// A file that a kustomization names as a patch, replacement or transformer.
    Patch,
    /// A chart's own file, or one of its templates.
    Chart,
}

impl Skip {
    /// Every reason, in the order of the note.
    pub const ALL: [Self; 4] = [Self::Test, Self::Kustomization, Self::Patch, Self::Chart];

    /// What such files are, in the number of `count`.
    pub const fn words(self, count: usize) -> &'static str {
        match (self, count) {
            (Self::Test, 1) => "file of policy tests",
            (Self::Test, _) => "files of policy tests",
            (Self::Kustomization, 1) => "kustomization",
            (Self::Kustomization, _) => "kustomizations",
            (Self::Patch, 1) => "kustomize patch",
            (Self::Patch, _) => "kustomize patches",
            (Self::Chart, 1) => "file of a Helm chart",
            (Self::Chart, _) => "files of Helm charts",
        }
    }

    /// Why a file is no manifest by its name alone.
    pub fn by_name(path: &Path) -> Option<Self> {
        match path.file_name()?.to_str()? {
            "netpol-test.yaml" | "netpol-test.yml" => Some(Self::Test),
            "kustomization.yaml" | "kustomization.yml" | "Kustomization" => Some(Self::Kustomization),
            "Chart.yaml" => Some(Self::Chart),
            _ => None,
        }
    }

    /// Whether a file that was found below `root` is one of a chart's templates.
    pub fn is_template(path: &Path, root: &Path) -> bool {
        let folders = path.ancestors().skip(1).take_while(|folder| *folder != root);
        let mut templates =
            folders.filter(|folder| folder.file_name().is_some_and(|name| name == "templates"));
        templates.any(|folder| folder.parent().is_some_and(|chart| chart.join("Chart.yaml").is_file()))
    }
}

/// The files that a kustomization names as patches, replacements or transformers, by their canonical paths.
pub fn patches(path: &Path) -> BTreeSet<PathBuf> {
    let Ok(bytes) = bounded::read(path, bounded::LARGEST) else { return BTreeSet::new() };
    let folder = path.parent().unwrap_or(Path::new("."));
    let named = named_files(bytes);
    named.iter().filter_map(|file| folder.join(file).canonicalize().ok()).collect()
}

fn named_files(bytes: Vec<u8>) -> Vec<String> {
    let mut files = FileSet::new();
    let Ok(id) = files.add(SourceFile::found("kustomization.yaml", "").with_bytes(bytes)) else {
        return Vec::new();
    };
    let Some(file) = files.get(id) else { return Vec::new() };
    let mut named = Vec::new();
    for chunk in yaml::split(id, file) {
        if let Parsed::Tree(node) = yaml::parse(file, &chunk, &|_, _| true, &mut Vec::new()) {
            named.extend(names_in(&node));
        }
    }
    named
}

/// Lists of paths, and lists of mappings with a `path`. A patch that is written out has lines.
fn names_in(kustomization: &Node<'_>) -> Vec<String> {
    let keys = [
        "patches",
        "patchesStrategicMerge",
        "patchesJson6902",
        "replacements",
        "transformers",
        "generators",
        "validators",
        "configurations",
    ];
    let Value::Mapping(mapping) = &kustomization.value else { return Vec::new() };
    let lists = keys.iter().filter_map(|key| match &mapping.get(key)?.value.value {
        Value::Sequence(items) => Some(items),
        _ => None,
    });
    let paths = lists.flatten().filter_map(|item| match &item.value {
        Value::String(path) => Some(path.as_ref()),
        Value::Mapping(item) => match &item.get("path")?.value.value {
            Value::String(path) => Some(path.as_ref()),
            _ => None,
        },
        _ => None,
    });
    paths.filter(|path| !path.contains('\n')).map(str::to_owned).collect()
}
