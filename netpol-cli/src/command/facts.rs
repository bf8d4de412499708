//! From flags and configuration to the settings of an analysis. Flags beat the file.

use ipnet::IpNet;
use netpol_core::Settings;
use netpol_core::cluster::{Dns, Facts, Resolver};
use netpol_core::dialect::{IpBlockPods, Profile};
use netpol_core::manifest::KubernetesVersion;
use netpol_core::net::IpSet;
use netpol_core::selector::Unlisted;

use crate::args::{self, Common, NamespaceLabels};
use crate::config::{Block, Config, nearest};

/// The settings.
///
/// # Errors
/// A network plugin or version that does not exist: what is wrong, and what to do.
pub(super) fn settings(common: &Common, config: &Config) -> Result<Settings, (String, String)> {
    let flags = &common.cluster;
    let file = &config.cluster;
    let plugin = flags.plugin.as_ref().or(file.plugin.as_ref());
    let version = flags.kubernetes_version.as_ref().or(file.kubernetes_version.as_ref());
    let kubernetes_version = version.map(|version| kubernetes_version(version)).transpose()?;
    let undescribed_namespaces = match flags.namespace_labels {
        Some(NamespaceLabels::Unknown) => Unlisted::Unknown,
        Some(NamespaceLabels::AssumeAbsent) | None => Unlisted::AssumedAbsent,
    };
    let domain = flags.cluster_domain.as_ref().or(file.cluster_domain.as_ref());
    let defaults = Facts::default();
    Ok(Settings {
        default_namespace: default_namespace(common, config),
        facts: Facts {
            pod_cidrs: addresses(flags.pod_cidrs.as_ref(), &file.pod_cidrs),
            service_cidrs: addresses(flags.service_cidrs.as_ref(), &file.service_cidrs),
            node_addresses: addresses(flags.node_addresses.as_ref(), &file.node_addresses),
            cluster_domain: domain.cloned().unwrap_or(defaults.cluster_domain),
            namespaces: file.namespaces.clone(),
            undescribed_namespaces,
            dns: dns(&file.dns)?,
        },
        profile: plugin.map_or(Ok(Profile::default()), |name| profile(name))?,
        ip_block_pods: flags.ip_block_pods.map(|rule| match rule {
            args::IpBlockPods::Match => IpBlockPods::Match,
            args::IpBlockPods::Ignore => IpBlockPods::Ignore,
        }),
        kubernetes_version,
    })
}

/// How names are resolved: what is configured, else what is usual.
fn dns(file: &crate::config::Dns) -> Result<Dns, (String, String)> {
    let usual = Dns::default();
    let node_local = file.node_local.map_or(usual.node_local, |block| IpSet::block(block.0));
    let mut resolvers = match &file.pods {
        Some(pods) => vec![resolver(pods)?],
        None => usual.resolvers,
    };
    if !file.ports.is_empty() {
        for resolver in &mut resolvers {
            resolver.ports.clone_from(&file.ports);
        }
    }
    Ok(Dns { resolvers, node_local })
}

/// The pods of `NAMESPACE/@KEY=VALUE,…`.
fn resolver(pods: &str) -> Result<Resolver, (String, String)> {
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

/// The namespace of objects that name none.
fn default_namespace(common: &Common, config: &Config) -> String {
    let named = common.input.default_namespace.as_ref().or(config.default_namespace.as_ref());
    named.cloned().unwrap_or_else(|| "default".to_owned())
}

fn profile(name: &str) -> Result<Profile, (String, String)> {
    Profile::named(name).ok_or_else(|| {
        let help = match nearest(name, Profile::NAMES) {
            Some(near) => format!("did you mean `{near}`? There are {}", Profile::NAMES.join(", ")),
            None => format!("there are {}", Profile::NAMES.join(", ")),
        };
        (format!("there is no network plugin `{name}`"), help)
    })
}

fn kubernetes_version(version: &str) -> Result<KubernetesVersion, (String, String)> {
    let fault = || (format!("`{version}` is no version of Kubernetes"), "write it as `1.33`".to_owned());
    KubernetesVersion::parse(version).ok_or_else(fault)
}

fn addresses(flag: Option<&Vec<IpNet>>, file: &[Block]) -> IpSet {
    match flag {
        Some(blocks) => IpSet::blocks(blocks.iter().copied()),
        None => IpSet::blocks(file.iter().map(|block| block.0)),
    }
}
