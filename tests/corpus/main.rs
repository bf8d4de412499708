//! Every case with a known answer, against netpol. See `netpol_tests::corpus` for where the cases are.

mod flows;
mod np_guard;
mod real;
mod remedies;
mod recorded;
mod reports;
mod validation;
mod lint;
mod lint_cases;
mod lint_reports;
mod yaml;
mod hostile;
