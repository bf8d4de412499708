//! The ends of help texts: spellings and examples.

pub(super) const SPELLINGS: &str = "\
Ends:
  shop/cart              the workload or pod of that name, else the Service
  shop/deploy/cart       that kind: deploy, sts, ds, rs, job, cj, po, svc
  ns/shop                every pod of a namespace
  'shop/@app=web'        every pod that the labels select
  10.1.2.3, 10.0.0.0/8   an address, or the addresses of a block outside the cluster
  internet               every globally routable address
  node/n1                a node
  db.shop.svc            a cluster DNS name
  any                    everything, inside and outside
Ports (after TO):
  :8080  :udp/53  :8000-8100  :http (a named port)  :udp (every port of UDP)";

pub(super) const CAN_EXAMPLES: &str = "\
Examples:
  netpol can shop/frontend shop/cart:8080 -f manifests/
  netpol can -n shop frontend internet:443
  netpol can --queries questions.jsonl -f manifests/ > answers.jsonl

A line of questions:
  {\"from\":\"shop/a\",\"to\":\"shop/b\",\"protocol\":\"TCP\",\"port\":80}";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  netpol explain shop/frontend shop/cart:8080 -f manifests/
  netpol explain -n shop frontend cart:http -o json
  helm template . | netpol explain shop/frontend db.shop.svc:5432 -f -";

pub(super) const LIST_EXAMPLES: &str = "\
Examples:
  netpol list -f manifests/
  netpol list --to shop/db:5432        who can reach the database
  netpol list -n shop --direction ingress --hide-not-isolated
  netpol list --expand -o csv > connections.csv";

pub(super) const PATH_EXAMPLES: &str = "\
Examples:
  netpol path internet shop/db:5432 -f manifests/
  netpol path shop/frontend --max-hops 2      all that it can reach in two hops
  netpol path shop/frontend payments/ledger --cut

Exit codes: 0 there is a way, 1 there is none, 4 it hangs on what is unknown";

pub(super) const COVERAGE_EXAMPLES: &str = "\
Examples:
  netpol coverage -f manifests/
  netpol coverage -n shop -o md
  netpol coverage -o csv > coverage.csv";

pub(super) const DIFF_EXAMPLES: &str = "\
Examples:
  netpol diff old/ new/
  netpol diff git:main manifests/         manifests/ as the branch main has it, and as it is now
  netpol diff git:v1:deploy git:v2:deploy -o md";

pub(super) const GRAPH_EXAMPLES: &str = "\
Examples:
  netpol graph -o html=map.html -f manifests/
  netpol graph -n shop -o svg > shop.svg
  netpol graph | dot -Tpng > map.png";
pub(super) const LINT_EXAMPLES: &str = "\
Examples:
  netpol lint manifests/
  helm template . | netpol lint -
  netpol lint -o github -o sarif=netpol.sarif
  netpol lint --select api --fail-on warning
  netpol lint --diff
  netpol lint --fix manifests/
  netpol lint --write-baseline netpol-baseline.json

Suppress a finding:  # netpol: ignore[RULE] reason     on its line or the line above";

/// The end of `--help`: how ends are spelled, then the examples.
pub(super) fn long(examples: &str) -> String {
    format!("{SPELLINGS}\n\n{examples}")
}
