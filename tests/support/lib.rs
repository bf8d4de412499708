//! What the tests of netpol share: a second evaluator, generators of clusters, and the way to the corpus.

pub mod corpus;
pub mod generate;
pub mod naive;
