//! Texts that many rows of a file share, such as agencies and fee ids: made once, then shared.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

/// Beyond this many the texts are each row's own.
const KNOWN_MAX: usize = 1 << 14;

/// What was made of texts before.
#[derive(Debug)]
pub(super) struct Known<T> {
    by_text: RefCell<FxHashMap<Box<str>, T>>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self {
            by_text: RefCell::new(FxHashMap::default()),
        }
    }
}

impl<T: Clone> Known<T> {
    /// What was made of this text, else what `make` makes of it.
    pub(super) fn get(&self, text: &str, make: impl FnOnce(&str) -> T) -> T {
        let mut by_text = self.by_text.borrow_mut();
        if let Some(known) = by_text.get(text) {
            return known.clone();
        }
        let made = make(text);
        if by_text.len() < KNOWN_MAX {
            by_text.insert(text.into(), made.clone());
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_text_is_made_once() {
        let known: Known<Arc<str>> = Known::default();
        let (one, other) = (
            known.get("a", |t| Arc::from(t)),
            known.get("a", |t| Arc::from(t)),
        );
        assert!(Arc::ptr_eq(&one, &other));
        assert_eq!(&*known.get("b", |t| Arc::from(t)), "b");
    }
}
