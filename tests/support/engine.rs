//! The engine, as the tests ask it: the one place that knows how netpol-core is called.

use netpol_core::analysis::{Analysis, Settings};
use netpol_core::cluster::{Asked, Facts};
use netpol_core::dialect::IpBlockPods;
use netpol_core::evaluate::{Decision, Verdict};
use netpol_core::net::{IpSet, Protocol};
use netpol_core::selector::Unlisted as UnlistedLabels;
use netpol_core::text::{FileSet, SourceFile};

use crate::naive::{Blocks, End, Options, Outcome, Unlisted};

/// An input that the engine has read.
#[derive(Debug)]
pub struct Engine {
    analysis: Analysis,
}

impl Engine {
    /// Reads one text of YAML or JSON.
    pub fn new(text: &str, options: &Options) -> Self {
        let mut files = FileSet::new();
        files.add(SourceFile::named("input.yaml", text)).unwrap();
        Self { analysis: Analysis::new(files, settings(options)) }
    }

    /// What was read.
    pub const fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// The answer for one port.
    pub fn decide(&self, from: &End, to: &End, protocol: &str, port: u16) -> Outcome {
        let protocol = Protocol::parse(protocol).unwrap();
        let verdict = self.ask(&from.to_string(), &to.to_string(), Asked::Range(protocol, port, port));
        outcome(verdict.unwrap_or_else(|error| panic!("{from} -> {to}: {error}")).decision)
    }

    /// The answer to a question that is spelled as users spell it; bare names are those of `default`.
    pub fn ask(&self, from: &str, to: &str, asked: Asked) -> Result<Verdict, String> {
        let question =
            self.analysis.question_on(from, to, asked, "default").map_err(|error| error.to_string())?;
        Ok(self.analysis.verdict(&question.request))
    }
}

/// The same decision in the words of the naive evaluator.
pub const fn outcome(decision: Decision) -> Outcome {
    match decision {
        Decision::Allow => Outcome::Allow,
        Decision::Deny => Outcome::Deny,
        Decision::Partial => Outcome::Partial,
        Decision::Unknown => Outcome::Unknown,
    }
}

/// The settings that say what some options say.
pub fn settings(options: &Options) -> Settings {
    let facts = Facts {
        pod_cidrs: IpSet::blocks(options.pod_cidrs.iter().copied()),
        namespaces: options.namespaces.clone(),
        undescribed_namespaces: match options.unlisted {
            Unlisted::AssumedAbsent => UnlistedLabels::AssumedAbsent,
            Unlisted::Unknown => UnlistedLabels::Unknown,
        },
        ..Facts::default()
    };
    let ip_block_pods = match options.blocks {
        Blocks::PodsToo => IpBlockPods::Match,
        Blocks::OutsideOnly => IpBlockPods::Ignore,
    };
    Settings {
        default_namespace: options.default_namespace.clone(),
        facts,
        ip_block_pods: Some(ip_block_pods),
        ..Settings::default()
    }
}
