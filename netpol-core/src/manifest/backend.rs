//! The Services that Ingresses and routes of gateways lead to. These objects are not read with the others, since no answer
//! depends on them.

use crate::text::{FileSet, Span};
use crate::yaml::{self, Entry, Mapping, Node, Parsed, Value};

/// A Service that an Ingress or a route leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// The kind of the object that leads there: `Ingress`, `HTTPRoute` and the like.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The namespace of the Service.
    pub service_namespace: String,
    /// The name of the Service.
    pub service: String,
    /// The port of the Service; `None` when the text does not tell.
    pub port: Option<BackendPort>,
    /// Where the name of the Service stands.
    pub span: Span,
}

/// A port of a Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackendPort {
    /// By its number.
    Number(u16),
    /// By its name.
    Name(String),
}

/// The Services that the Ingresses and routes of an input lead to, in the order of the text.
pub fn backends(files: &FileSet, default_namespace: &str) -> Vec<Backend> {
    let mut found = Vec::new();
    for (id, file) in files.iter().filter(|(_, file)| file.is_manifest() && may_have_one(file.text())) {
        for chunk in yaml::split(id, file) {
            let is_wanted = |version: &str, kind: &str| is_meant(version, kind) || kind.ends_with("List");
            if let Parsed::Tree(node) = yaml::parse(file, &chunk, &is_wanted, &mut Vec::new()) {
                of_document(&node, default_namespace, &mut found);
            }
        }
    }
    found
}

/// Most files can be left unread.
fn may_have_one(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    has("ackend") && (has("Ingress") || has("Route"))
}

/// Whether a kind leads to Services.
fn is_meant(version: &str, kind: &str) -> bool {
    match version.split_once('/').map_or("", |(group, _)| group) {
        "networking.k8s.io" | "extensions" => kind == "Ingress",
        "gateway.networking.k8s.io" => kind.ends_with("Route"),
        _ => false,
    }
}

fn of_document(node: &Node<'_>, default_namespace: &str, found: &mut Vec<Backend>) {
    let (version, kind) = (text(node, "apiVersion"), text(node, "kind"));
    let (Some(version), Some(kind)) = (version, kind) else { return };
    if kind == "List" {
        for item in items(node, "items") {
            of_document(item, default_namespace, found);
        }
        return;
    }
    let Some(spec) = field(node, "spec").filter(|_| is_meant(version, kind)) else { return };
    let metadata = field(node, "metadata");
    let of_object = |key| metadata.and_then(|metadata| text(metadata, key));
    let leader = Leader {
        kind,
        namespace: of_object("namespace").unwrap_or(default_namespace),
        name: of_object("name").unwrap_or_default(),
    };
    if kind == "Ingress" {
        let defaults = ["defaultBackend", "backend"].into_iter().filter_map(|key| field(spec, key));
        let paths = items(spec, "rules").iter().filter_map(|rule| field(rule, "http"));
        let of_paths = paths.flat_map(|http| items(http, "paths")).filter_map(|path| field(path, "backend"));
        found.extend(defaults.chain(of_paths).filter_map(|backend| leader.of_ingress(backend)));
    } else {
        let rules = items(spec, "rules").iter();
        let references = rules.flat_map(|rule| items(rule, "backendRefs"));
        found.extend(references.filter_map(|reference| leader.of_route(reference)));
    }
}

/// An object that leads to Services.
struct Leader<'n> {
    kind: &'n str,
    namespace: &'n str,
    name: &'n str,
}

impl Leader<'_> {
    /// `backend` of an Ingress, in its current form or in that of its beta versions.
    fn of_ingress(&self, backend: &Node<'_>) -> Option<Backend> {
        match field(backend, "service") {
            Some(service) => {
                let port = field(service, "port");
                let number = port.and_then(|port| field(port, "number").or_else(|| field(port, "name")));
                self.backend(field(service, "name")?, number, self.namespace)
            }
            None => {
                self.backend(field(backend, "serviceName")?, field(backend, "servicePort"), self.namespace)
            }
        }
    }

    /// An item of `backendRefs` of a route.
    fn of_route(&self, reference: &Node<'_>) -> Option<Backend> {
        if text(reference, "kind").is_some_and(|kind| kind != "Service") {
            return None;
        }
        let namespace = text(reference, "namespace").unwrap_or(self.namespace);
        self.backend(field(reference, "name")?, field(reference, "port"), namespace)
    }

    fn backend(&self, name: &Node<'_>, port: Option<&Node<'_>>, namespace: &str) -> Option<Backend> {
        let Value::String(service) = &name.value else { return None };
        let port = port.and_then(|port| match &port.value {
            Value::Int(number) => u16::try_from(*number).ok().map(BackendPort::Number),
            Value::String(name) => Some(BackendPort::Name(name.to_string())),
            _ => None,
        });
        Some(Backend {
            kind: self.kind.to_owned(),
            namespace: self.namespace.to_owned(),
            name: self.name.to_owned(),
            service_namespace: namespace.to_owned(),
            service: service.to_string(),
            port,
            span: name.span,
        })
    }
}

fn field<'n, 't>(node: &'n Node<'t>, key: &str) -> Option<&'n Node<'t>> {
    let Value::Mapping(mapping) = &node.value else { return None };
    Mapping::get(mapping, key).map(|entry: &Entry<'t>| &entry.value)
}

fn text<'n>(node: &'n Node<'_>, key: &str) -> Option<&'n str> {
    match &field(node, key)?.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn items<'n, 't>(node: &'n Node<'t>, key: &str) -> &'n [Node<'t>] {
    match field(node, key).map(|node| &node.value) {
        Some(Value::Sequence(items)) => items,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceFile;

    fn found(text: &str) -> Vec<String> {
        let mut files = FileSet::new();
        files.add(SourceFile::named("a.yaml", text)).unwrap();
        let shown =
            |it: Backend| format!("{} {} {:?}", it.name, it.service_namespace + "/" + &it.service, it.port);
        backends(&files, "default").into_iter().map(shown).collect()
    }

    #[test]
    fn an_ingress_leads_to_its_default_and_to_those_of_its_paths() {
        let text = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\nspec:\n  \
                    defaultBackend: {service: {name: a, port: {number: 80}}}\n  rules:\n  - http:\n      paths:\n      \
                    - backend: {service: {name: b, port: {name: http}}}\n";
        assert_eq!(found(text), ["web shop/a Some(Number(80))", "web shop/b Some(Name(\"http\"))"]);
    }

    #[test]
    fn so_does_a_route_and_an_old_ingress_in_a_list() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: gateway.networking.k8s.io/v1\n  kind: HTTPRoute\n  \
                    metadata: {name: r}\n  spec: {rules: [{backendRefs: [{name: a, namespace: pay, port: 8080}, {kind: \
                    Bucket, name: x}]}]}\n- apiVersion: extensions/v1beta1\n  kind: Ingress\n  metadata: {name: old}\n  \
                    spec: {backend: {serviceName: c, servicePort: 80}}\n- apiVersion: v1\n  kind: ConfigMap\n";
        assert_eq!(found(text), ["r pay/a Some(Number(8080))", "old default/c Some(Number(80))"]);
    }
}
