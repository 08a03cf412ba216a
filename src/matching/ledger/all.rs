//! The ledgers of all dossiers. A plain dossier has none: nothing is lacking in it.

use super::super::pool::{Index, at, index};
use super::Ledger;

/// Stands for a plain dossier.
const PLAIN: Index = Index::MAX;

/// The ledgers by dossier.
#[derive(Clone, Debug, Default)]
pub struct Ledgers {
    /// Where each dossier's ledger stands.
    places: Vec<Index>,
    all: Vec<Ledger>,
    /// What a plain dossier shows: no line that lacks anything, no entry to wonder about.
    nothing: Ledger,
}

impl Ledgers {
    /// Adds the next dossier's; none when it is plain.
    pub(in crate::matching) fn push(&mut self, ledger: Option<Ledger>) {
        let place = ledger.as_ref().map_or(PLAIN, |_| index(self.all.len()));
        self.places.push(place);
        self.all.extend(ledger);
    }

    /// Adds those of the dossiers behind.
    pub(in crate::matching) fn append(&mut self, mut behind: Self) {
        let before = index(self.all.len());
        let moved = |place: Index| {
            if place == PLAIN {
                PLAIN
            } else {
                place + before
            }
        };
        self.places.extend(behind.places.into_iter().map(moved));
        self.all.append(&mut behind.all);
    }

    /// Puts another ledger in the place of a dossier's.
    pub(in crate::matching) fn set(&mut self, dossier: Index, ledger: Ledger) {
        let place = &mut self.places[at(dossier)];
        if *place == PLAIN {
            *place = index(self.all.len());
            self.all.push(ledger);
        } else {
            self.all[at(*place)] = ledger;
        }
    }

    /// The number of dossiers.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// True while there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// True for a dossier without a ledger.
    pub fn is_plain(&self, dossier: Index) -> bool {
        self.places[at(dossier)] == PLAIN
    }

    /// True when some dossier has none.
    pub fn has_plain(&self) -> bool {
        self.all.len() < self.places.len()
    }

    /// A dossier's ledger; an empty one for a plain dossier.
    pub fn of(&self, dossier: Index) -> &Ledger {
        let place = self.places[at(dossier)];
        self.all.get(at(place)).unwrap_or(&self.nothing)
    }

    /// The dossiers that have a ledger, with it, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Index, &Ledger)> + Clone {
        let places = self.places.iter().enumerate();
        places.filter_map(|(d, place)| Some((index(d), self.all.get(at(*place))?)))
    }
}
