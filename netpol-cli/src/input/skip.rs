//! Files that lie among manifests and are none.

use std::path::Path;

/// Why a file is no manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// `netpol-test.yaml`.
    Test,
    /// A kustomization.
    Kustomization,
    /// A file that a kustomization names as a patch, replacement or transformer.
    Patch,
    /// A file whose text a kustomization puts into a `ConfigMap` or `Secret`, or gives to a chart.
    Data,
    /// A chart's own file, or one of its templates.
    Chart,
}

impl Skip {
    /// Every reason, in the order of the note.
    pub const ALL: [Self; 5] = [Self::Test, Self::Kustomization, Self::Patch, Self::Data, Self::Chart];

    /// What such files are, in the number of `count`.
    pub const fn words(self, count: usize) -> &'static str {
        match (self, count) {
            (Self::Test, 1) => "file of policy tests",
            (Self::Test, _) => "files of policy tests",
            (Self::Kustomization, 1) => "kustomization",
            (Self::Kustomization, _) => "kustomizations",
            (Self::Patch, 1) => "kustomize patch",
            (Self::Patch, _) => "kustomize patches",
            (Self::Data, 1) => "file that a kustomization takes as data",
            (Self::Data, _) => "files that kustomizations take as data",
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
