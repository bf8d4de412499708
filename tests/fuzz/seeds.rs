//! Runs and inputs before they are damaged. `END` stands for an end.

/// Every command, with the formats that it has.
pub(crate) const RUNS: [(&str, &str); 24] = [
    ("can END END -f m", "text json jsonl"),
    ("can END END -f m --unknown deny", "text json"),
    ("can --queries queries.jsonl -f m", "jsonl"),
    ("explain END END -f m", "text json jsonl"),
    ("explain any END -f m", "text json"),
    ("list -f m", "table json yaml csv md dot mermaid svg html"),
    ("list --expand -f m", "table json yaml csv md"),
    ("list --count -f m", "table json yaml csv md"),
    ("list --from END --to END -f m", "table json csv"),
    ("list -n next-door --direction ingress --hide-not-isolated -f m", "table json"),
    ("graph -f m", "dot mermaid svg html json"),
    ("coverage -f m", "table json yaml csv md"),
    ("coverage -n next-door -f m", "table json"),
    ("path END END -f m", "table json yaml csv md"),
    ("path END -f m", "table json yaml csv md"),
    ("path END END --cut -f m", "table json yaml csv md"),
    ("diff o m", "table json yaml csv md dot mermaid svg html"),
    ("lint m", "full concise json jsonl sarif github gitlab junit rdjson md"),
    ("lint --preset strict m", "full concise json jsonl sarif github gitlab junit rdjson md"),
    ("lint --statistics m", "full concise md json"),
    ("lint --baseline baseline.json m", "json concise"),
    ("lint --write-baseline new.json m", "full json"),
    ("lint --fix --unsafe-fixes m", "full json"),
    ("lint --diff --unsafe-fixes m", "full"),
];

pub(crate) const ENDS: [&str; 30] = [
    "next-door/neighbour",
    "neighbour",
    "next-door/neighbour:80",
    "next-door/pod/neighbour:udp/53",
    "shop/cart",
    "shop/deploy/cart:8080",
    "shop/svc/cart:http",
    "ns/shop",
    "ns:next-door",
    "shop/@app=web,tier!=db",
    "shop/@app in (a, b),!c",
    "10.1.2.3",
    "10.0.0.0/8",
    "fd00::1",
    "[fd00::1]:80",
    "fd00::/64",
    "outside",
    "internet",
    "internet:443",
    "node/n1",
    "node:n1",
    "kube-apiserver",
    "db.shop.svc.cluster.local:5432",
    "10-244-0-58.default.pod.cluster.local",
    "example.com",
    "any",
    "any:tcp",
    "any:8000-8100",
    "shop/db-1:sctp/9",
    "shop/cart:80,443",
];

pub(crate) const QUESTIONS: [&str; 3] = [
    "{\"from\":\"next-door/neighbour\",\"to\":\"internet\",\"protocol\":\"TCP\",\"port\":80}\n",
    "{\"from\":\"any\",\"to\":\"any\",\"port\":\"http\"}\n{\"from\":\"internet\",\"to\":\"shop/cart\",\"protocol\":\"UDP\",\"port\":\"1-9\"}\n",
    "\n{\"from\":\"shop/@app=web\",\"to\":\"10.0.0.0/8\"}\n{\"from\":\"fd00::1\",\"to\":\"next-door/neighbour\",\"port\":65535}\n{}\n[]\n",
];

pub(crate) const BASELINES: [&str; 2] = [
    "{\"schema\":\"netpol-baseline/v1\",\"findings\":[]}\n",
    "{\"schema\":\"netpol-baseline/v1\",\"findings\":[{\"rule\":\"unknown-field\",\"object\":null,\"message\":\"x\",\"fingerprint\":\"0123456789abcdef\"}]}\n",
];

pub(crate) const CONFIGURATIONS: [&str; 3] = [
    "default-namespace = \"shop\"\ninclude = [\"*.yaml\"]\nexclude = [\"old/**\"]\n[cluster]\nplugin = \"calico\"\n\
     pod-cidrs = [\"10.244.0.0/16\", \"fd00:1::/64\"]\nservice-cidrs = [\"10.96.0.0/12\"]\n\
     node-addresses = [\"192.168.0.0/24\"]\nkubernetes-version = \"1.30\"\n[cluster.namespaces]\nshop = {team = \"a\"}\n",
    "[lint]\npreset = \"strict\"\nselect = [\"all\"]\nignore = [\"policy\"]\n[lint.rules]\nunknown-field = \"off\"\n\
     [[lint.exceptions]]\nrules = [\"policy-selects-nothing\"]\nfiles = [\"m/*\"]\nreason = \"it is so\"\n\
     expires = 2030-01-01\n",
    "[output]\nformat = \"json\"\ncolor = \"never\"\n[cluster.dns]\nports = [53, 5353]\n[cluster.names]\n\
     \"example.com\" = [\"93.184.216.34\"]\n",
];

pub(crate) const KUSTOMIZATIONS: [&str; 2] = [
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: shop\nresources: [damaged.yaml, neighbour.yaml]\n\
     patches:\n- path: damaged.yaml\n  target: {kind: Pod}\n",
    "resources: [../o, https://example.com/x]\npatchesStrategicMerge:\n- damaged.yaml\nreplacements: [{path: r.yaml}]\n",
];
