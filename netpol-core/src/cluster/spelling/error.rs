//! What can be wrong with a spelling, and what is to be said of one that is right.

use std::fmt;

/// So many declared ports are named; of more, the rest is counted.
const DECLARED: usize = 8;

/// Why a spelling stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpellingError {
    /// Nothing is spelled.
    Empty,
    /// A port that is no port.
    Port {
        /// The text after the last colon.
        text: String,
    },
    /// A port by its name among several ports.
    NameAmongPorts {
        /// The name.
        text: String,
    },
    /// A URL that does not say what is asked for.
    Url {
        /// The URL.
        text: String,
    },
    /// A namespace that the input does not have, and those of the name in other ones.
    NoNamespace {
        /// The namespace.
        namespace: String,
        /// Spellings of what has the name elsewhere.
        elsewhere: Vec<String>,
    },
    /// A protocol that network policies do not define.
    Protocol {
        /// The protocol.
        text: String,
    },
    /// A text that can only be meant for an address or a block, and is none.
    Address {
        /// The text.
        text: String,
    },
    /// A port where none can stand: at a source, or where the port is given apart.
    PortNotHere {
        /// The endpoint before the port.
        endpoint: String,
        /// The port.
        port: String,
    },
    /// Whether pods are selected hangs on labels whose values the input does not tell.
    MaySelect {
        /// The spelling.
        text: String,
        /// Spellings of the workloads whose pods may be selected.
        workloads: Vec<String>,
    },
    /// A label selector that cannot be read.
    Selector {
        /// The selector.
        text: String,
    },
    /// Nothing has this name.
    Unknown {
        /// What is missing: `namespace`, `node`, `workload or pod`, or a kind.
        what: String,
        /// The name, with its namespace where it has one.
        name: String,
        /// Spellings that are near, best first.
        nearest: Vec<String>,
    },
    /// A pod that has succeeded or failed, or a Job of such pods: it is no endpoint any more.
    Finished {
        /// The name, with its namespace.
        name: String,
    },
    /// The pods that are selected have succeeded or failed: they are no endpoints any more.
    SelectsFinished {
        /// The spelling.
        text: String,
    },
    /// A name that stands for several things.
    Ambiguous {
        /// The name.
        name: String,
        /// Spellings of what it may stand for.
        candidates: Vec<String>,
    },
    /// No pod is selected, and the selector does not describe one.
    SelectsNothing {
        /// The spelling.
        text: String,
    },
    /// A Service, or a name of the cluster's DNS, which is not resolved yet.
    Service {
        /// The spelling.
        text: String,
        /// Spellings of the workloads that the Service selects.
        backends: Vec<String>,
    },
    /// A name outside the cluster, whose addresses are not known.
    OutsideName {
        /// The name.
        name: String,
    },
    /// No address outside the cluster is meant.
    NothingOutside {
        /// The spelling.
        text: String,
    },
    /// The port name that no destination declares.
    NamedPort {
        /// The name.
        name: String,
        /// The names that the destinations declare.
        declared: Vec<String>,
    },
    /// A question about more pairs of endpoints than one answer can hold.
    TooManyPairs {
        /// How many pairs.
        pairs: usize,
        /// How many an answer may have.
        limit: usize,
    },
}

impl SpellingError {
    /// What to do.
    pub fn help(&self) -> Option<String> {
        let list = |spellings: &[String]| {
            spellings.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Empty => Some("name a workload, a pod, a namespace (`ns/shop`), an address, `outside`, `internet` or `any`".to_owned()),
            Self::Port { .. } => Some(
                "write a number from 1 to 65535 (`:8080`), a range (`:8000-8100`), several (`:80,443`), a protocol (`:udp`, `:udp/53`) or the name of a port"
                    .to_owned(),
            ),
            Self::Protocol { .. } => Some("network policies define TCP, UDP and SCTP alone".to_owned()),
            Self::NameAmongPorts { .. } => Some("ask for a named port alone, or give its number".to_owned()),
            Self::Url { .. } => Some("write the endpoint and the port: `shop/cart:8080`, `10.1.2.3:443`".to_owned()),
            Self::NoNamespace { namespace, elsewhere } => {
                let default = elsewhere.iter().any(|name| name.starts_with("default/"));
                let default = default.then(|| {
                    format!("; manifests that name no namespace are applied to one with `--default-namespace {namespace}`")
                });
                Some(format!("did you mean {}?{}", list(elsewhere), default.unwrap_or_default()))
            }
            Self::Address { .. } => Some("write `10.1.2.3`, `10.0.0.0/8`, `fd00::1` or `fd00::/8`".to_owned()),
            Self::PortNotHere { endpoint, port } => Some(format!("leave `:{port}` out: `{endpoint}`")),
            Self::MaySelect { workloads, .. } => Some(format!("name the workload: {}", list(workloads))),
            Self::Selector { .. } => Some("write it as kubectl does: `app=web,tier!=db`".to_owned()),
            Self::Unknown { nearest, .. } if nearest.is_empty() => None,
            Self::Unknown { nearest, .. } => Some(format!("did you mean {}?", list(nearest))),
            Self::Ambiguous { candidates, .. } => Some(format!("say which: {}", list(candidates))),
            Self::SelectsNothing { .. } => {
                Some("a selector of equalities alone (`app=web`) would stand for a pod that does not exist yet".to_owned())
            }
            Self::Service { backends, .. } if backends.is_empty() => {
                Some("name the workload behind it, and the port of its pods".to_owned())
            }
            Self::Service { backends, .. } => {
                Some(format!("name the workload behind it, and the port of its pods: {}", list(backends)))
            }
            Self::OutsideName { .. } => Some("give an address or a block".to_owned()),
            Self::SelectsFinished { .. } => {
                Some("name the workload for the pods that it makes next".to_owned())
            }
            Self::Finished { .. } | Self::NothingOutside { .. } => None,
            Self::TooManyPairs { .. } => Some("name one end more narrowly".to_owned()),
            Self::NamedPort { declared, .. } if declared.is_empty() => {
                Some("no container of the destination names a port; give the number".to_owned())
            }
            Self::NamedPort { declared, .. } => match declared.get(..DECLARED) {
                Some(first) if declared.len() > DECLARED => {
                    Some(format!("it declares {} and {} more", first.join(", "), declared.len() - DECLARED))
                }
                _ => Some(format!("it declares {}", declared.join(", "))),
            },
        }
    }
}

impl fmt::Display for SpellingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an endpoint is missing"),
            Self::Port { text } => write!(f, "`{text}` is no port"),
            Self::Protocol { text } => write!(f, "`{text}` is no protocol that network policies define"),
            Self::NameAmongPorts { text } => write!(f, "`{text}` is the name of a port, among several ports"),
            Self::Url { text } => write!(f, "`{text}` is a URL without a port that is known"),
            Self::NoNamespace { namespace, .. } => write!(f, "there is no namespace `{namespace}`"),
            Self::Address { text } => write!(f, "`{text}` is neither an address nor a block"),
            Self::PortNotHere { endpoint, port } => {
                write!(f, "`{endpoint}:{port}` has a port, which is not possible here")
            }
            Self::MaySelect { text, .. } => write!(
                f,
                "`{text}` may select pods or not: it asks for labels whose values the input does not tell"
            ),
            Self::Selector { text } => write!(f, "`{text}` is no label selector"),
            Self::Unknown { what, name, .. } => write!(f, "there is no {what} `{name}`"),
            Self::Finished { name } => {
                write!(f, "`{name}` has succeeded or failed: it runs no more and opens no connection")
            }
            Self::Ambiguous { name, .. } => write!(f, "`{name}` can mean several things"),
            Self::SelectsNothing { text } => write!(f, "`{text}` selects no pod"),
            Self::SelectsFinished { text } => {
                write!(f, "`{text}` selects only pods that have succeeded or failed: they open no connection")
            }
            Self::Service { text, .. } => {
                write!(f, "`{text}` is a Service or a cluster DNS name, which this version does not resolve")
            }
            Self::OutsideName { name } => write!(f, "the addresses of `{name}` are not known"),
            Self::NothingOutside { text } => write!(f, "no address outside the cluster is in `{text}`"),
            Self::TooManyPairs { pairs, limit } => {
                write!(f, "the question is about {pairs} pairs of endpoints, more than the limit of {limit}")
            }
            Self::NamedPort { name, .. } => write!(f, "the destination names no port `{name}`"),
        }
    }
}

impl std::error::Error for SpellingError {}

/// What is to be said of how a spelling was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// An exact name beat a keyword.
    NameBeatsKeyword {
        /// The spelling.
        text: String,
        /// How to spell the other meaning.
        other: String,
    },
    /// Pods whose addresses lie in a block are left out of it.
    PodsLeftOut {
        /// The block.
        block: String,
        /// How many pods.
        count: usize,
        /// The first of them.
        first: Vec<String>,
    },
    /// No pod is selected, so that a pod with exactly the labels is meant.
    Hypothetical {
        /// The spelling.
        text: String,
    },
    /// The pods that are selected have succeeded or failed, so that a pod with exactly the labels is meant.
    Finished {
        /// The spelling.
        text: String,
    },
    /// Some pods of a destination declare no port of the name that others declare.
    LacksPort {
        /// The name of the port.
        name: String,
        /// The pods.
        pods: Vec<String>,
    },
    /// Further pods may be selected: the input does not tell the values of their labels.
    MaySelectMore {
        /// The spelling.
        text: String,
        /// Spellings of their workloads.
        workloads: Vec<String>,
    },
    /// An address is in the pods' blocks, but no pod has it.
    AddressOfNoPod {
        /// The address.
        address: String,
    },
    /// An address means the pod that holds it.
    AddressOfPod {
        /// The address.
        address: String,
        /// The pod.
        pod: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameBeatsKeyword { text, other } => {
                write!(f, "`{text}` is read as a name; the other meaning is spelled `{other}`")
            }
            Self::PodsLeftOut { block, count, first } => {
                let more = if *count > first.len() { " and more" } else { "" };
                let pods = if *count == 1 { "pod inside it is" } else { "pods inside it are" };
                write!(
                    f,
                    "`{block}` means addresses outside the cluster; {count} {pods} left out: {}{more}",
                    first.join(", ")
                )
            }
            Self::Hypothetical { text } => write!(
                f,
                "`{text}` selects no pod in the input; the answer is for a pod with exactly these labels"
            ),
            Self::Finished { text } => write!(
                f,
                "`{text}` selects only pods that have succeeded or failed; the answer is for a pod with exactly these labels"
            ),
            Self::LacksPort { name, pods } => {
                let first = pods.iter().take(DECLARED).cloned().collect::<Vec<_>>().join(", ");
                let more = if pods.len() > DECLARED { " and more" } else { "" };
                write!(f, "no port `{name}` is declared by {first}{more}; the answer is for the other pods")
            }
            Self::MaySelectMore { text, workloads } => write!(
                f,
                "`{text}` may also select pods of {}, whose labels are not all known; they are left out",
                workloads.join(", ")
            ),
            Self::AddressOfNoPod { address } => {
                write!(
                    f,
                    "`{address}` lies in pod-cidrs, but no pod in the input has it; it is answered as an address"
                )
            }
            Self::AddressOfPod { address, pod } => write!(f, "`{address}` is the address of {pod}"),
        }
    }
}
