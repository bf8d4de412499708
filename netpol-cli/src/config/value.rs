//! Values that are more than texts: checked where they are read, so that a wrong one has its place.

use netpol_core::cluster::Resolver;
use netpol_core::dialect::Profile;
use netpol_core::manifest::KubernetesVersion;
use schemars::JsonSchema;
use serde::Deserialize;

use super::nearest;

/// The name of a network plugin.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct PluginKey(#[schemars(with = "String")] pub String);

impl TryFrom<String> for PluginKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        profile(&text).map_err(in_one)?;
        Ok(Self(text))
    }
}

/// A version of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct VersionKey(#[schemars(with = "String")] pub String);

impl TryFrom<String> for VersionKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        kubernetes_version(&text).map_err(in_one)?;
        Ok(Self(text))
    }
}

/// The pods of the cluster DNS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct DnsPods(#[schemars(with = "String")] pub String);

impl TryFrom<String> for DnsPods {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        resolver(&text).map_err(in_one)?;
        Ok(Self(text))
    }
}

fn in_one((message, help): (String, String)) -> String {
    format!("{message}; {help}")
}

/// The pods of `NAMESPACE/@KEY=VALUE,…`.
pub(crate) fn resolver(pods: &str) -> Result<Resolver, (String, String)> {
    let fault = || {
        let help = "write it as `kube-system/@k8s-app=kube-dns`".to_owned();
        (format!("`{pods}` does not name the pods of the cluster DNS"), help)
    };
    let (namespace, selector) = pods.split_once("/@").ok_or_else(fault)?;
    let label = |pair: &str| {
        let (key, value) = pair.split_once('=')?;
        Some((key.trim().to_owned(), value.trim().to_owned()))
    };
    let labels: Option<Vec<(String, String)>> = selector.split(',').map(label).collect();
    let labels = labels.filter(|labels| labels.iter().all(|(key, _)| !key.is_empty() && !key.ends_with('!')));
    Ok(Resolver { namespace: namespace.to_owned(), labels: labels.ok_or_else(fault)?, ports: vec![53] })
}

/// The profile of a network plugin.
pub(crate) fn profile(name: &str) -> Result<Profile, (String, String)> {
    Profile::named(name).ok_or_else(|| {
        let help = match nearest(name, Profile::NAMES) {
            Some(near) => format!("did you mean `{near}`? There are {}", Profile::NAMES.join(", ")),
            None => format!("there are {}", Profile::NAMES.join(", ")),
        };
        (format!("there is no network plugin `{name}`"), help)
    })
}

/// The version of Kubernetes that a text names.
pub(crate) fn kubernetes_version(version: &str) -> Result<KubernetesVersion, (String, String)> {
    let fault = || (format!("`{version}` is no version of Kubernetes"), "write it as `1.33`".to_owned());
    KubernetesVersion::parse(version).ok_or_else(fault)
}
