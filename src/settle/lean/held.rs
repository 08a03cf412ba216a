//! The rows that are held, given in their order among those of plain dossiers.

use crate::classify::{Bucket, Classified};
use crate::domain::{RowKey, Side};
use crate::matching::pool::{Index, at};

use super::{LeanRow, PlainRow};

/// The rows that are held, given in their order among the plain ones.
pub(super) struct Held<'l> {
    rows: &'l [Classified],
    next: usize,
}

impl<'l> Held<'l> {
    /// All rows, from the first.
    pub(super) fn new(rows: &'l [Classified]) -> Self {
        Self { rows, next: 0 }
    }

    /// Gives the row at a place, and those before it; where it is not held, the plain one, and the
    /// unreadable rows before it.
    pub(super) fn until<'r, E>(
        &mut self,
        place: Index,
        plain: impl FnOnce() -> PlainRow<'r>,
        f: &mut impl FnMut(LeanRow) -> Result<(), E>,
    ) -> Result<(), E> {
        if at(place) < self.rows.len() {
            return self.give(|next, _| next <= at(place), f);
        }
        let row = plain();
        let dossier = (row.side == Side::Fee).then_some(row.dossier);
        let key = (row.side, row.source, row.id, dossier);
        let before = |held: &Classified| {
            let RowKey {
                side, source, id, ..
            } = &held.key;
            (*side, source.as_str(), &**id, held.key.dossier.as_ref()) < key
        };
        let unread = |held: &Classified| held.bucket == Bucket::Rejected;
        self.give(|_, held| unread(held) && before(held), f)?;
        f(LeanRow::Plain(row))
    }

    /// Gives what is left of a side.
    pub(super) fn rest<E>(
        &mut self,
        side: Side,
        f: &mut impl FnMut(LeanRow) -> Result<(), E>,
    ) -> Result<(), E> {
        self.give(|_, held| held.key.side == side, f)
    }

    fn give<E>(
        &mut self,
        wanted: impl Fn(usize, &Classified) -> bool,
        f: &mut impl FnMut(LeanRow) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(row) = self
            .rows
            .get(self.next)
            .filter(|row| wanted(self.next, row))
        {
            self.next += 1;
            f(LeanRow::Classified(row))?;
        }
        Ok(())
    }
}
