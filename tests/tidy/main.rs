//! The house rules that neither the compiler nor clippy hold: who may import what, how long a file may grow, which
//! words occur where, and that the documents say what is true.

mod sources;

mod budgets;
mod documents;
mod hashes;
mod imports;
mod packages;
mod purity;
mod words;
