//! Typed resources, with the places of their fields.

pub mod decode;
pub mod admission;
pub mod backend;
mod bookkeeping;
mod document;
mod homes;
mod identity;
pub mod kinds;
pub mod label_selector;
mod meant;
pub mod metadata;
pub mod names;
pub mod namespace;
pub mod node;
pub mod object;
mod parallel;
mod patch;
pub mod pod;
pub mod reading;
pub mod service;
mod validity;
pub mod version;
pub mod workload;

pub use admission::Admission;
pub use backend::{Backend, BackendPort, backends};
pub use label_selector::{Expression, LabelSelector};
pub use metadata::{Label, Metadata, OwnerReference};
pub use namespace::Namespace;
pub use node::Node;
pub use object::{LeftOut, Manifests, RawObject, ReadOptions, Tally, read};
pub use pod::{ContainerPort, Phase, Pod, PodSpec, PodStatus};
pub use reading::{FileReading, in_order, read_files, replaced_policies};
pub use service::{Service, ServicePort, ServiceType, TargetPort};
pub use version::KubernetesVersion;
pub use workload::{Workload, WorkloadKind};
