# Recipes for people who work on netpol. Nothing here is needed to build, use or test it: each is a line of cargo.

story := "examples/manifests/shop"

# List the recipes
default:
    @just --list

# Everything that continuous integration runs
check:
    .ci/run

# All tests
test *ARGS:
    cargo test --workspace {{ ARGS }}

# Format, then the lints
lint:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- -D warnings

# Rewrite every expected output (examples, README, fixtures, pages of rules) and look at what changed
review:
    UPDATE_EXPECTED=1 cargo test -p netpol-tests --test suite
    git diff -- examples fixtures docs README.md

# Damaged input to the library and to every command and format, for so many minutes, from a seed on: just fuzz 60 7
fuzz MINUTES="10" SEED="1":
    NETPOL_FUZZ_MINUTES={{ MINUTES }} NETPOL_SEED={{ SEED }} cargo test --release -p netpol-tests --test fuzz -- --nocapture

# The files of a new lint rule, to be filled in: just new-rule peer-matches-nothing
new-rule NAME:
    #!/usr/bin/env bash
    set -euo pipefail
    rules=netpol-core/src/lint/rules
    module="{{ replace(NAME, '-', '_') }}"
    mkdir fixtures/lint/{{ NAME }}
    touch fixtures/lint/{{ NAME }}/{fires,silent}.yaml
    printf '## What it does\n\n\n## Why it matters\n\n\n## Example\n\n```yaml\n```\n\n## Instead\n\n```yaml\n```\n\n## Known limits\n' >"$rules/{{ NAME }}.md"
    cat >"$rules/$module.rs" <<'RUST'
    //! `{{ NAME }}`.

    use crate::diagnostic::{Category, Diagnostic, RuleName};
    use crate::lint::{Context, Level, Levels, Needs, Rule};

    pub(crate) const RULE: Rule = Rule {
        name: RuleName("{{ NAME }}"),
        category: Category::Policy,
        levels: Levels { minimal: Level::Off, recommended: Level::Warning, strict: Level::Warning },
        summary: "",
        page: include_str!("{{ NAME }}.md"),
        needs: Needs::Text,
        find: Some(find),
    };

    fn find(context: &Context<'_>) -> Vec<Diagnostic> {
        Vec::new()
    }
    RUST
    echo "declare $module in $rules/mod.rs, list it in netpol-core/src/lint/registry.rs, then: just review"

# The documentation of the crates, without warnings
docs:
    RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps

# The benchmarks
bench *ARGS:
    cargo bench -p netpol-core {{ ARGS }}

# Licences, bans and sources of the dependencies (cargo install cargo-deny)
deny:
    cargo fetch --locked
    cargo deny --offline check licenses bans sources

# Ask the bundled example: just ask shop/frontend shop/cart:7070
ask FROM TO:
    cargo run --quiet --release -p netpol-cli -- explain {{ FROM }} {{ TO }} -f {{ story }}
