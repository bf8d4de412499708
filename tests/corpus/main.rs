//! Cases with known answers, read from the corpus (`NETPOL_CORPUS`).

mod yaml;
