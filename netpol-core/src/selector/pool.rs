//! Selectors that many policies spell alike, held once.

use rustc_hash::FxHashSet;

use super::Selector;

/// The distinct selectors of an input.
#[derive(Debug, Default)]
pub struct SelectorPool {
    known: FxHashSet<Selector>,
}

impl SelectorPool {
    /// Lets a selector share its requirements with an equal one that came before.
    pub fn share(&mut self, selector: &mut Selector) {
        match self.known.get(selector) {
            Some(known) => selector.clone_from(known),
            None => {
                self.known.insert(selector.clone());
            }
        }
    }
}
