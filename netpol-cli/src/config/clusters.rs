//! `[[clusters]]` of `netpol.toml`: the clusters of one repository.

use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, Error};

use super::{Cluster, Glob};

/// A cluster of its own: its name, the files that make it, and facts that differ from those under `[cluster]`.
#[derive(Debug, Clone, Default, PartialEq, JsonSchema)]
pub struct NamedCluster {
    /// What answers call it.
    pub name: String,
    /// Files, folders and globs, from the folder of the configuration.
    pub paths: Vec<Glob>,
    /// Facts about it; those that it leaves out are those of `[cluster]`.
    #[schemars(flatten)]
    pub cluster: Cluster,
}

impl<'de> Deserialize<'de> for NamedCluster {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(toml::Table::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl NamedCluster {
    fn read(mut table: toml::Table) -> Result<Self, String> {
        let in_words = |error: toml::de::Error| error.message().to_owned();
        let required = |key: &str| format!("a cluster needs `{key}`");
        let name = table.remove("name").ok_or_else(|| required("name"))?;
        let paths = table.remove("paths").ok_or_else(|| required("paths"))?;
        let name: String = name.try_into().map_err(in_words)?;
        if name.is_empty() {
            return Err("the name of a cluster is empty".to_owned());
        }
        let paths = paths.try_into().map_err(in_words)?;
        let cluster = toml::Value::Table(table).try_into().map_err(in_words)?;
        Ok(Self { name, paths, cluster })
    }

    /// Its facts, with those of `[cluster]` where it has none.
    pub fn over(&self, base: &Cluster) -> Cluster {
        let Cluster {
            plugin,
            pod_cidrs,
            service_cidrs,
            node_addresses,
            api_server,
            cluster_domain,
            namespaces,
            names,
            kubernetes_version,
            dns,
        } = self.cluster.clone();
        let base = base.clone();
        Cluster {
            plugin: plugin.or(base.plugin),
            pod_cidrs: filled(pod_cidrs, base.pod_cidrs),
            service_cidrs: filled(service_cidrs, base.service_cidrs),
            node_addresses: filled(node_addresses, base.node_addresses),
            api_server: filled(api_server, base.api_server),
            cluster_domain: cluster_domain.or(base.cluster_domain),
            namespaces: if namespaces.is_empty() { base.namespaces } else { namespaces },
            names: if names.is_empty() { base.names } else { names },
            kubernetes_version: kubernetes_version.or(base.kubernetes_version),
            dns: if dns == super::Dns::default() { base.dns } else { dns },
        }
    }
}

fn filled<T>(own: Vec<T>, base: Vec<T>) -> Vec<T> {
    if own.is_empty() { base } else { own }
}

#[cfg(test)]
mod tests {
    use crate::config::parse;

    #[test]
    fn the_keys_of_a_cluster_override_those_of_all() {
        let text = "[cluster]\nplugin = \"calico\"\ncluster-domain = \"a.b\"\n[[clusters]]\nname = \"east\"\npaths = [\"east\"]\n\
                    plugin = \"cilium\"\n";
        let config = parse(text, "netpol.toml").unwrap();
        let cluster = config.clusters[0].over(&config.cluster);
        assert_eq!(
            (cluster.plugin.as_ref().map(|key| key.0.as_str()), cluster.cluster_domain.as_deref()),
            (Some("cilium"), Some("a.b"))
        );
    }

    #[test]
    fn a_cluster_that_cannot_be_read_is_told() {
        for (keys, words) in [
            ("paths = []", "needs `name`"),
            ("name = \"a\"", "needs `paths`"),
            ("name = \"a\"\npaths = []\nplugn = \"x\"", "plugn"),
        ] {
            let error = parse(&format!("[[clusters]]\n{keys}\n"), "netpol.toml").unwrap_err();
            assert!(error.message.contains(words), "{error}");
        }
    }
}
