//! Public reports and questions, each with the answer that is right: what `netpol can` says to them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use netpol_cli::{Io, Terminal};
use netpol_tests::corpus;

/// A question as the author of a report would put it: case, words, and the decision.
type Row = (&'static str, &'static str, Said);

/// What the answer begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Allow,
    Deny,
    Partial,
    Unknown,
    /// The question cannot be asked: network policies do not define it.
    Refused,
}

use Said::{Allow, Deny, Partial, Refused, Unknown};

const ROWS: [Row; 96] = [
    ("eval-01-sidecar-named-port", "obs/prom data/db:metrics", Partial),
    ("eval-01-sidecar-named-port", "obs/prom data/db-0:8099", Allow),
    ("eval-01-sidecar-named-port", "obs/prom data/db-1:8099", Allow),
    ("eval-01-sidecar-named-port", "obs/prom data/db-2:8099", Deny),
    ("eval-02-named-port-protocol", "hello/new-pod hello/pod-a", Deny),
    ("eval-04-named-target-port-differs", "shop/client shop/web-a:http", Allow),
    ("eval-04-named-target-port-differs", "shop/client shop/web-b:http", Deny),
    ("eval-05-named-port-without-to", "n1/client-a n1/server:80", Allow),
    ("eval-05-named-port-without-to", "n1/client-a n2/server:8080", Allow),
    ("eval-05-named-port-without-to", "n1/client-a n2/server:80", Deny),
    ("eval-05-named-port-without-to", "n1/client-a n2/other:80", Deny),
    ("eval-05-named-port-without-to", "n1/client-a 203.0.113.7:80", Deny),
    ("eval-05-named-port-without-to", "n1/client-a 203.0.113.7:udp/53", Allow),
    ("eval-06-named-port-of-which-side", "cli/client srv/webserver:80", Allow),
    ("eval-06-named-port-of-which-side", "cli/client srv/webserver:666", Deny),
    ("eval-07-finished-pod-shares-ip", "app/front-1 app/api-1:8080", Allow),
    ("eval-07-finished-pod-shares-ip", "app/front-1 10.51.5.17:8080", Allow),
    ("eval-08-notin-two-values", "a/p srv/web:80", Deny),
    ("eval-08-notin-two-values", "b/p srv/web:80", Deny),
    ("eval-08-notin-two-values", "c/p srv/web:80", Allow),
    ("eval-08-notin-two-values", "d/p srv/web:80", Allow),
    ("eval-10-except-is-not-deny", "team/app 10.96.0.10:udp/53", Allow),
    ("eval-11-selector-and-except", "team/app team/db:80", Allow),
    ("eval-11-selector-and-except", "team/app team/other:80", Deny),
    ("eval-12-service-port", "snake/backend snake/deploy/db1:8080", Deny),
    ("eval-13-statefulset-replica-pinned", "shop/db-0 shop/client:80", Allow),
    ("eval-13-statefulset-replica-pinned", "shop/db-2 shop/client:80", Allow),
    ("eval-13-statefulset-replica-pinned", "shop/db-3 shop/client:80", Deny),
    ("eval-13-statefulset-replica-pinned", "shop/@apps.kubernetes.io/pod-index=1 shop/client:80", Allow),
    (
        "eval-13-statefulset-replica-pinned",
        "shop/@statefulset.kubernetes.io/pod-name=db-3 shop/client:80",
        Deny,
    ),
    ("eval-13-statefulset-replica-pinned", "shop/db shop/client:80", Partial),
    ("eval-13-statefulset-replica-pinned", "shop/db-4 shop/client:80", Refused),
    ("eval-14-version-in-selector", "apps/@app=web kv/etcd-0:2380", Deny),
    ("eval-14-version-in-selector", "apps/@app=web kv/etcd-1:2380", Deny),
    ("eval-14-version-in-selector", "apps/@app=web kv/etcd-2:2380", Allow),
    ("eval-15-duplicate-label-key", "policy-demo/nginx policy-demo/nginx2:80", Deny),
    ("eval-15-duplicate-label-key", "203.0.113.7 policy-demo/nginx:80", Allow),
    ("eval-16-bad-value-in-expression", "test/b test/a:80", Unknown),
    ("eval-16-bad-value-in-expression", "test/b test/a:80 --kubernetes-version 1.26", Unknown),
    ("eval-16-bad-value-in-expression", "test/b test/a:80 --kubernetes-version 1.24", Deny),
    ("eval-17-egress-not-in-policytypes", "vault/vault 203.0.113.7:443", Allow),
    (
        "eval-19-peer-in-other-namespace",
        "ingress-nginx/ingress-nginx-controller payment-gateway/pay:8080",
        Deny,
    ),
    ("eval-20-dns-link-local", "tekton/agent 169.254.20.10:udp/53", Deny),
    ("eval-20-dns-link-local", "tekton/agent kube-system/deploy/kube-dns:udp/53", Allow),
    ("eval-21-split-peer", "istio/other app/web:80", Allow),
    ("eval-22-port-range-from-zero", "mynamespace/a mynamespace/b:80", Unknown),
    ("eval-23-quoted-port", "203.0.113.7 jh/proxy:8000", Unknown),
    ("eval-24-null-selector-in-peer", "x/a x/f:80", Allow),
    ("eval-24-null-selector-in-peer", "x/a yy/f:80", Deny),
    ("eval-25-one-name-in-two-namespaces", "203.0.113.7 test/p:5000", Allow),
    ("eval-25-one-name-in-two-namespaces", "203.0.113.7 test/p:6000", Deny),
    ("eval-25-one-name-in-two-namespaces", "203.0.113.7 test2/p:6000", Allow),
    ("eval-27-label-of-zeros", "ns1/client ns1/myapp:22", Unknown),
    ("eval-28-label-key-host", "lblbug/cli lblbug/p-a:80", Deny),
    ("eval-28-label-key-host", "lblbug/cli lblbug/p-b:80", Deny),
    ("eval-29-sctp-only", "alpha/peer alpha/web:443", Deny),
    ("eval-29-sctp-only", "alpha/peer alpha/web:sctp/3301", Allow),
    ("eval-30-expression-not-met", "203.0.113.7 demo:80", Allow),
    ("eval-32-api-server-443-6443", "cert-manager/webhook 192.0.2.10:6443", Deny),
    ("eval-33-empty-rule-by-template", "203.0.113.7 s/svc:80", Allow),
    ("eval-33-empty-rule-by-template", "s/svc 203.0.113.7:80", Allow),
    ("eval-34-no-source-pod", "s/web s/db:5432", Deny),
    ("eval-35-ingress-controller-host-network", "ingress/nginx-ingress apps/echo:8080", Deny),
    ("eval-38-cidr-with-host-bits", "x/a x/c:80", Allow),
    ("eval-38-cidr-with-host-bits", "x/a x/b:80", Deny),
    ("eval-39-typed-list", "s/b s/a:8080", Deny),
    ("user-01-redis-headless-dns", "cache/store kube-system/@k8s-app=kube-dns:udp/53", Deny),
    ("user-02-service-port-in-egress", "snake/backend-0 snake/deploy/db1:8080", Deny),
    ("user-03-nodeport-in-policy", "203.0.113.7 lab/deploy/hello:8080", Deny),
    ("user-04-two-items-or", "shop/stranger data/mdata:6379", Allow),
    ("user-05-ns-label-name", "monitoring/prometheus probes/blackbox:9115", Deny),
    ("user-06-apiserver-clusterip", "operator 192.0.2.10:6443", Deny),
    ("user-06-apiserver-clusterip", "operator kube-system/@k8s-app=kube-dns:udp/53", Deny),
    (
        "user-08-hostnetwork-ingress/whole",
        "ingress-nginx/ingress-nginx-controller frontend/deploy/frontend:80",
        Deny,
    ),
    (
        "user-08-hostnetwork-ingress/own",
        "ingress-nginx/@app.kubernetes.io/name=ingress-nginx frontend/deploy/frontend:80",
        Allow,
    ),
    (
        "user-09-ingress-ctrl-podselector",
        "ingress-nginx/ingress-nginx-controller pay/deploy/gateway:8080",
        Deny,
    ),
    ("user-10-wrong-namespace", "foo/foo bar/deploy/bar:8080", Allow),
    ("user-11-cronjob-pod-labels", "forge/postgres-backup forge/sts/forge-postgresql:5432", Deny),
    ("user-11-cronjob-pod-labels", "forge/forge forge/sts/forge-postgresql:5432", Allow),
    ("user-12-hook-jobs", "kyverno/migrate-resources 192.0.2.10:6443", Deny),
    ("user-13-initcontainer-apiserver", "cd/cd-redis 10.233.0.1:443", Deny),
    ("user-15-admission-webhook", "192.0.2.10 production/edge:8443", Deny),
    ("user-17-ambient-hbone", "obs/grafana obs/prometheus:15008", Deny),
    (
        "user-18-acme-solver",
        "ingress-nginx/@app=nginx flux-system/@acme.cert-manager.io/http01-solver=true:8089",
        Deny,
    ),
    ("user-20-metrics-port", "observability/prometheus sso/keycloak:9990", Deny),
    ("user-20-metrics-port", "observability/prometheus sso/keycloak:8080", Allow),
    ("user-21-deny-egress-name", "cost/cost-analyzer bank/ledger:8443", Allow),
    ("user-22-egress-other-namespace", "hub/hub users/jupyter-alice:8888", Deny),
    ("user-23-both-ends", "kv/redis-slave kv/redis-master:6379", Deny),
    ("user-24-ping", "pod-a pod-b", Allow),
    ("user-24-ping", "pod-b pod-a:icmp", Refused),
    ("user-25-unknown-fields", "cert-manager/cert-manager 203.0.113.7:443", Allow),
    ("user-25-unknown-fields", "203.0.113.7 web/cm-acme-http-solver-x:8089", Allow),
    ("user-27-nodeport-isolated", "203.0.113.7 team-a/deploy/web:8080", Deny),
    ("user-29-plugin-does-not-enforce", "netshoot 203.0.113.7:443", Deny),
    ("user-29-plugin-does-not-enforce", "netshoot 203.0.113.7:443 --plugin flannel", Allow),
];

/// Questions that wait for the issue "Services, DNS names, nodes and plugins". Until then none of them is answered with a
/// wrong decision.
const WAITING: [(&str, &str, &[Said]); 7] = [
    ("eval-04-named-target-port-differs", "shop/client shop/svc/web:80", &[Partial, Unknown, Refused]),
    ("eval-12-service-port", "snake/backend snake/svc/db1:80", &[Deny, Unknown, Refused]),
    ("eval-20-dns-link-local", "tekton/agent kube-system/svc/kube-dns:udp/53", &[Deny, Unknown, Refused]),
    (
        "eval-32-api-server-443-6443",
        "cert-manager/webhook kube-apiserver",
        &[Partial, Deny, Unknown, Refused],
    ),
    ("eval-38-cidr-with-host-bits", "x/a x/c:80 --plugin cilium", &[Deny, Unknown, Refused]),
    ("user-02-service-port-in-egress", "snake/backend-0 snake/svc/db1:80", &[Deny, Unknown, Refused]),
    ("user-06-apiserver-clusterip", "operator kube-apiserver:6443", &[Deny, Unknown, Refused]),
];

fn ask(folder: &Path, words: &str) -> (Said, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut stdin: &[u8] = &[];
    let mut io = Io {
        stdin: &mut stdin,
        stdout: &mut stdout,
        stderr: &mut stderr,
        environment: &|_| None,
        directory: folder.to_owned(),
        terminal: Terminal::default(),
    };
    let words = ["netpol", "can"].into_iter().chain(words.split(' '));
    let code = netpol_cli::run(words.chain(["--isolated", "-f", "."]), &mut io).code();
    let told = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    let first = String::from_utf8_lossy(&stdout).split(' ').next().unwrap_or_default().to_owned();
    let said = match (first.as_str(), code) {
        ("ALLOW", 0) => Allow,
        ("DENY", 1) => Deny,
        ("PARTIAL", 1) => Partial,
        ("UNKNOWN", 4) => Unknown,
        ("", 2) => Refused,
        _ => panic!("code {code}: {told}"),
    };
    (said, told)
}

fn cases(corpus: &Path) -> BTreeSet<String> {
    let folder: PathBuf = corpus.join("reports");
    let entries = folder.read_dir().expect("the corpus has reports").map(|entry| entry.unwrap().file_name());
    entries.map(|name| name.to_string_lossy().into_owned()).collect()
}

/// The folder of a case; a part of it where a case has several inputs.
fn folder(corpus: &Path, case: &str) -> PathBuf {
    corpus.join("reports").join(case)
}

#[test]
fn every_report_gets_its_right_answer() {
    let Some(corpus) = corpus::folder() else { return };
    let wrong: Vec<String> = ROWS
        .iter()
        .filter_map(|(case, words, right)| {
            let (said, told) = ask(&folder(&corpus, case), words);
            (said != *right).then(|| format!("{case}: `{words}` is {said:?} and not {right:?}:\n{told}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let asked: BTreeSet<String> =
        ROWS.iter().map(|(case, ..)| case.split('/').next().unwrap().to_owned()).collect();
    assert_eq!(asked, cases(&corpus), "every report has a question");
}

#[test]
fn reports_about_services_get_no_wrong_answer() {
    let Some(corpus) = corpus::folder() else { return };
    for (case, words, right) in WAITING {
        let (said, told) = ask(&folder(&corpus, case), words);
        assert!(right.contains(&said), "{case}: `{words}` is {said:?}:\n{told}");
    }
}

#[test]
fn the_replica_that_lacks_a_port_is_named() {
    let Some(corpus) = corpus::folder() else { return };
    let (_, told) = ask(&folder(&corpus, "eval-01-sidecar-named-port"), "obs/prom data/db:metrics");
    assert!(told.contains("data/db-2"), "{told}");
}
