//! Contributions by definition and item, without a list for each of millions of items.

use rustc_hash::FxHashMap;

use crate::kpi::Contribution;

/// No more contributions of an item.
const END: usize = usize::MAX;

/// The contributions of each item, in their order.
pub(super) struct ByItem<'a> {
    all: &'a [&'a Contribution],
    /// The place of an item in `first`.
    places: FxHashMap<(&'a str, &'a str), usize>,
    /// The first contribution of each item.
    first: Vec<usize>,
    /// Of each contribution the next of its item.
    next: Vec<usize>,
}

impl<'a> ByItem<'a> {
    /// Those of which `is_own` is true.
    pub(super) fn new(all: &'a [&'a Contribution], is_own: impl Fn(&Contribution) -> bool) -> Self {
        let mut items = Self {
            all,
            places: FxHashMap::default(),
            first: Vec::new(),
            next: vec![END; all.len()],
        };
        for (at, contribution) in all.iter().copied().enumerate().rev() {
            if !is_own(contribution) {
                continue;
            }
            let key = (contribution.definition, &*contribution.item);
            let place = *items.places.entry(key).or_insert(items.first.len());
            match items.first.get_mut(place) {
                Some(first) => items.next[at] = std::mem::replace(first, at),
                None => items.first.push(at),
            }
        }
        items
    }

    /// The number of items.
    pub(super) fn len(&self) -> usize {
        self.first.len()
    }

    /// The place of an item.
    pub(super) fn find(&self, definition: &str, item: &str) -> Option<usize> {
        self.places.get(&(definition, item)).copied()
    }

    /// Fills `found` with the contributions of the item at a place; with none where there is none.
    pub(super) fn of(&self, place: Option<usize>, found: &mut Vec<&'a Contribution>) {
        found.clear();
        let mut at = place.map_or(END, |place| self.first[place]);
        while let Some(contribution) = self.all.get(at).copied() {
            found.push(contribution);
            at = self.next[at];
        }
    }
}
