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

# Look at changed snapshots one by one (cargo install cargo-insta)
review:
    cargo insta review

# Rewrite the expected outputs of the examples and the README; read the difference before you commit it
expected:
    UPDATE_EXPECTED=1 cargo test -p netpol-tests --test suite examples
    git diff --stat -- examples README.md

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
