//! The ends of help texts: spellings and examples. Each example can be pasted as it stands.

pub(super) const SPELLINGS: &str = "\
Endpoints:
  shop/cart              the workload or pod of that name
  shop/deploy/cart       that kind: deploy, sts, ds, rs, job, cj, po
  ns/shop                every pod of a namespace
  'shop/@app=web'        every pod that the labels select
  10.1.2.3, 10.0.0.0/8   an address, or the addresses of a block outside the cluster
  outside                every address outside the cluster
  internet               its public part: every globally routable address
  node/n1                a node
  any                    everything, in the cluster or outside
Ports (after TO):
  :8080  :80,443  :udp/53  :8000-8100  :http (a named port)  :udp (every port of UDP)";

pub(super) const CAN_EXAMPLES: &str = "\
Examples:
  netpol can shop/frontend shop/cart:8080 -f manifests/
  netpol can -n shop frontend internet:443
  netpol can --queries questions.jsonl -f manifests/ > answers.jsonl
  echo '{\"from\":\"shop/frontend\",\"to\":\"shop/cart\"}' | netpol can --queries -

Exit codes: 0 allowed, 1 denied or partial, 2 error, 3 nothing to do, 4 unknown";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  netpol explain shop/frontend shop/cart:8080 -f manifests/
  netpol explain -n shop frontend cart:http -o json
  helm template . | netpol explain shop/frontend shop/db:5432 -f -

Exit codes: 0 allowed, 1 denied or partial, 2 error, 3 nothing to do, 4 unknown";

pub(super) const LIST_EXAMPLES: &str = "\
Examples:
  netpol list manifests/
  netpol list --to shop/db:5432        # who can reach the database
  netpol list -n shop --direction ingress --hide-not-isolated
  netpol list --expand -o csv > connections.csv";

pub(super) const PATH_EXAMPLES: &str = "\
Examples:
  netpol path internet shop/db:5432 -f manifests/
  netpol path shop/frontend --max-hops 2      # all that it reaches in two hops
  netpol path shop/frontend shop/db --cut     # which connections to close

Exit codes: 0 there is a path, 1 there is none, 2 error, 3 nothing to do, 4 only if an unknown connection is allowed";

pub(super) const COVERAGE_EXAMPLES: &str = "\
Examples:
  netpol coverage manifests/
  netpol coverage -n shop -o md
  netpol coverage -o csv > coverage.csv";

pub(super) const DIFF_EXAMPLES: &str = "\
Examples:
  netpol diff old/ new/
  netpol diff git:main manifests/         # what this branch changes
  netpol diff git:v1:manifests git:v2:manifests -o md

Exit codes: 0 no difference, 1 differences, 2 error, 3 nothing to do, 4 something changed that is not evaluated";

pub(super) const GRAPH_EXAMPLES: &str = "\
Examples:
  netpol graph -o html=map.html manifests/
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

To suppress a finding, on its line or the line above:
  # netpol: ignore[RULE] reason

Exit codes: 0 no finding at the level of --fail-on or above, 1 findings, 2 error, 3 nothing to do";

pub(super) const RULES_EXAMPLES: &str = "\
Examples:
  netpol rules
  netpol rules policy-selects-nothing";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  netpol completions bash > /etc/bash_completion.d/netpol
  netpol completions zsh > \"${fpath[1]}/_netpol\"
  netpol completions fish > ~/.config/fish/completions/netpol.fish
  netpol completions kubectl > kubectl_complete-netpol
  chmod +x kubectl_complete-netpol    # put it in $PATH: for kubectl netpol";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  netpol man explain | man -l -
  netpol man > netpol.1";

pub(super) const SCHEMA_EXAMPLES: &str = "\
Examples:
  netpol schema
  netpol schema verdict > verdict.schema.json";

/// The end of `--help`: how endpoints are spelled, then the examples.
pub(super) fn long(examples: &str) -> String {
    format!("{SPELLINGS}\n\n{examples}")
}
