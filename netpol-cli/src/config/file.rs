//! `netpol.toml`: what manifests cannot tell, written down once.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Deserialize;

use super::value::{DnsPods, PluginKey, VersionKey};
use super::{Lint, NamedCluster, Output};

/// The name of the file.
pub const FILE_NAME: &str = "netpol.toml";

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Globs: of the files in folders, only those that one matches are read.
    pub include: Vec<Glob>,
    /// Globs: files in folders that one matches are not read.
    pub exclude: Vec<Glob>,
    /// The namespace of objects that name none.
    pub default_namespace: Option<String>,
    /// Facts about the cluster.
    pub cluster: Cluster,
    /// The clusters of one repository, each judged on its own.
    pub clusters: Vec<NamedCluster>,
    /// What lint rules find.
    pub lint: Lint,
    /// How reports look.
    pub output: Output,
}

/// Facts about the cluster.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cluster {
    /// The network plugin.
    pub plugin: Option<PluginKey>,
    /// Where pods get their addresses from.
    pub pod_cidrs: Vec<Block>,
    /// Where Services get their addresses from.
    pub service_cidrs: Vec<Block>,
    /// The addresses of nodes.
    pub node_addresses: Vec<Block>,
    /// The addresses of the API server.
    pub api_server: Vec<Block>,
    /// The domain of cluster names.
    pub cluster_domain: Option<String>,
    /// Labels of namespaces that are not in the input.
    pub namespaces: BTreeMap<String, BTreeMap<String, String>>,
    /// Addresses of names outside the cluster.
    pub names: BTreeMap<String, Vec<Block>>,
    /// The version of Kubernetes.
    pub kubernetes_version: Option<VersionKey>,
    /// How the cluster resolves names.
    pub dns: Dns,
}

/// How the cluster resolves names.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dns {
    /// The pods that answer, as an endpoint is spelled.
    pub pods: Option<DnsPods>,
    /// The ports that they answer on.
    pub ports: Vec<u16>,
    /// The address of a cache on each node.
    pub node_local: Option<Block>,
    /// Whether names of pods resolve: `disabled`, `insecure` or `verified`.
    pub pod_mode: Option<String>,
}

/// A block of addresses, or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct Block(#[schemars(with = "String")] pub IpNet);

impl TryFrom<String> for Block {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        crate::args::block(&text).map(Self)
    }
}

/// A glob that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct Glob(#[schemars(with = "String")] pub String);

impl TryFrom<String> for Glob {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        crate::input::pattern::glob(&text).map(|_| Self(text))
    }
}

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, with line and column where there is one.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for ConfigError {}

/// The nearest `netpol.toml` in a folder or one above it.
pub fn find(folder: &Path) -> Option<PathBuf> {
    let mut folders = folder.ancestors().map(|folder| folder.join(FILE_NAME));
    folders.find(|file| file.is_file())
}

/// Reads a file, and gives its text too; `name` is how messages call it.
///
/// # Errors
/// A file that cannot be read, is no TOML, or has keys or values that netpol does not know.
pub fn read(path: &Path, name: &str) -> Result<(Config, String), ConfigError> {
    let text = crate::input::bounded::read_beside(path).map_err(|error| ConfigError {
        place: name.to_owned(),
        message: format!("the configuration cannot be read: {error}"),
        help: None,
    })?;
    let config = parse(&text, name)?;
    Ok((config, text))
}

/// Reads a text; `name` is how messages call it.
///
/// # Errors
/// As [`read`].
pub fn parse(text: &str, name: &str) -> Result<Config, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let (line, column) = line_column(text, error.span().map_or(0, |span| span.start));
        let message = error.message();
        ConfigError {
            place: format!("{name}:{line}:{column}"),
            message: unknown_key(message).map_or_else(
                || wrong_type(message).unwrap_or_else(|| message.lines().collect::<Vec<_>>().join(", ")),
                |(key, _)| format!("unknown key `{key}`"),
            ),
            help: unknown_key(message).map(|(key, known)| suggestion(key, &known)),
        }
    })
}

/// The key and the keys that there are, from serde's "unknown field `a`, expected one of `b`, `c`".
fn unknown_key(message: &str) -> Option<(&str, Vec<&str>)> {
    let names = message.strip_prefix("unknown field ")?;
    let mut quoted = names.split('`').skip(1).step_by(2);
    quoted.next().map(|key| (key, quoted.collect()))
}

/// Serde's "invalid type: integer `3`, expected a string" in words.
fn wrong_type(message: &str) -> Option<String> {
    let (found, wanted) = message.strip_prefix("invalid type: ")?.split_once(", expected ")?;
    let wanted = match wanted {
        "a string" => "a text",
        "a sequence" => "a list",
        "a boolean" => "true or false",
        number if number.starts_with(['u', 'i', 'f']) && number.len() <= 3 => "a number",
        _ => "a table",
    };
    let found = match found.split_once(' ').unwrap_or((found, "")) {
        ("string", text) => format!("the text {text}"),
        ("integer" | "floating", number) => format!("the number {}", number.trim_start_matches("point ")),
        ("boolean", value) => format!("the value {value}"),
        ("sequence", _) => "a list".to_owned(),
        ("map", _) => "a table".to_owned(),
        _ => found.to_owned(),
    };
    Some(format!("{wanted} is wanted here, and not {found}"))
}

fn suggestion(key: &str, known: &[&str]) -> String {
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys here are {}", known.join(", ")),
    }
}

/// The name that a slip of the finger would make of `typed`.
pub(crate) fn nearest<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    netpol_core::text::nearest(typed, names, (typed.chars().count() / 3).max(1))
}

fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_contract_is_read() {
        let text = r#"
            include = ["*.yaml"]
            exclude = ["old/**"]
            default-namespace = "shop"
            [cluster]
            plugin = "cilium"
            pod-cidrs = ["10.244.0.0/16"]
            service-cidrs = ["10.96.0.0/12"]
            node-addresses = ["192.168.1.1"]
            api-server = ["192.168.1.1"]
            cluster-domain = "k8s.example"
            kubernetes-version = "1.33"
            namespaces = { monitoring = { team = "sre" } }
            names = { "api.example.com" = ["192.0.2.1"] }
            [cluster.dns]
            pods = "kube-system/@k8s-app=kube-dns"
            ports = [53]
            node-local = "169.254.20.10"
            pod-mode = "verified"
            [lint]
            preset = "strict"
            select = ["policy"]
            ignore = ["namespace-without-default-deny"]
            baseline = "netpol-baseline.json"
            [lint.rules]
            policy-selects-nothing = "error"
            [lint.per-file]
            "legacy/**" = { unknown-field = "warning" }
            [[lint.exceptions]]
            rule = "duplicate-object"
            files = ["old/*.yaml"]
            object = "NetworkPolicy shop/cart"
            reason = "until it moves"
            expires = 2030-01-31
            [output]
            format = "json"
        "#;
        let config = parse(text, "netpol.toml").unwrap();
        assert_eq!(config.cluster.node_addresses, [Block("192.168.1.1/32".parse().unwrap())]);
        assert_eq!(config.cluster.namespaces["monitoring"]["team"], "sre");
    }

    #[test]
    fn an_unknown_key_has_a_place_and_a_suggestion() {
        let error = parse("[cluster]\nplugn = \"calico\"\n", "netpol.toml").unwrap_err();
        assert_eq!(error.to_string(), "netpol.toml:2:1: unknown key `plugn`");
        assert_eq!(error.help.as_deref(), Some("did you mean `plugin`?"));
    }

    #[test]
    fn a_wrong_type_or_value_has_a_place_and_plain_words() {
        let said = |text: &str| parse(text, "netpol.toml").unwrap_err().to_string();
        let number = said("[cluster]\nplugin = 3\n");
        assert_eq!(number, "netpol.toml:2:10: a text is wanted here, and not the number `3`");
        let text = said("[cluster]\npod-cidrs = \"10.0.0.0/8\"\n");
        assert_eq!(text, "netpol.toml:2:13: a list is wanted here, and not the text \"10.0.0.0/8\"");
        for text in ["plugin = \"calcio\"", "kubernetes-version = \"new\"", "dns.pods = \"dns\""] {
            assert!(said(&format!("[cluster]\n{text}\n")).starts_with("netpol.toml:2:"), "{text}");
        }
    }

    #[test]
    fn a_bad_block_has_a_place() {
        let error = parse("[cluster]\npod-cidrs = [\"10.0.0.0\", \"ten\"]\n", "netpol.toml").unwrap_err();
        assert!(error.place.starts_with("netpol.toml:2:"), "{error}");
        assert!(error.message.contains("`ten`"), "{error}");
    }
}
