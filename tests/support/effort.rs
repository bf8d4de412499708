//! How much a test does.

use std::time::{Duration, Instant};

/// What a variable of the environment says of it; `otherwise` when it is not set.
pub fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| {
        text.parse().unwrap_or_else(|_| panic!("`{variable}` is a number, not `{text}`"))
    })
}

/// The seeds that a fuzzer tries: so many as a variable says, or for as long as `NETPOL_FUZZ_MINUTES` says.
#[derive(Debug, Clone)]
pub struct Seeds {
    next: u64,
    step: u64,
    end: u64,
    until: Option<Instant>,
}

impl Seeds {
    /// For each of some workers its seeds, `NETPOL_SEED` being the first of all.
    pub fn of_workers(variable: &str, otherwise: u64) -> Vec<Self> {
        let first = number("NETPOL_SEED", 1);
        let minutes = number("NETPOL_FUZZ_MINUTES", 0);
        let until = (minutes > 0).then(|| Instant::now() + Duration::from_secs(60 * minutes));
        let end = if until.is_some() { u64::MAX } else { first + number(variable, otherwise) };
        let step = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
        (0..step).map(|worker| Self { next: first + worker, step, end, until }).collect()
    }
}

impl Iterator for Seeds {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let is_over = self.until.is_some_and(|until| Instant::now() > until);
        let seed = self.next;
        self.next += self.step;
        (!is_over && seed < self.end).then_some(seed)
    }
}
