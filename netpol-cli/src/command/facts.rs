//! From flags and configuration to the settings of an analysis. Flags beat the file.

use ipnet::IpNet;
use netpol_core::Settings;
use netpol_core::cluster::{Dns, Facts};
use netpol_core::dialect::{IpBlockPods, Profile};
use netpol_core::net::IpSet;
use netpol_core::selector::Unlisted;

use crate::args::{self, Common, NamespaceLabels};
use crate::config::value::{kubernetes_version, profile, resolver};
use crate::config::{Block, Config};

/// The settings.
///
/// # Errors
/// A network plugin or version that does not exist: what is wrong, and what to do.
pub(super) fn settings(common: &Common, config: &Config) -> Result<Settings, (String, String)> {
    let flags = &common.cluster;
    let file = &config.cluster;
    let plugin = flags.plugin.as_deref().or(file.plugin.as_ref().map(|key| key.0.as_str()));
    let version = file.kubernetes_version.as_ref().map(|key| key.0.as_str());
    let version = flags.kubernetes_version.as_deref().or(version);
    let kubernetes_version = version.map(kubernetes_version).transpose()?;
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
        profile: plugin.map_or(Ok(Profile::default()), profile)?,
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
        Some(pods) => vec![resolver(&pods.0)?],
        None => usual.resolvers,
    };
    if !file.ports.is_empty() {
        for resolver in &mut resolvers {
            resolver.ports.clone_from(&file.ports);
        }
    }
    Ok(Dns { resolvers, node_local })
}

/// The namespace of objects that name none.
fn default_namespace(common: &Common, config: &Config) -> String {
    let named = common.input.default_namespace.as_ref().or(config.default_namespace.as_ref());
    named.cloned().unwrap_or_else(|| "default".to_owned())
}

fn addresses(flag: Option<&Vec<IpNet>>, file: &[Block]) -> IpSet {
    match flag {
        Some(blocks) => IpSet::blocks(blocks.iter().copied()),
        None => IpSet::blocks(file.iter().map(|block| block.0)),
    }
}
