//! What was said of a row: its class, and which row of the books it is about.

use crate::classify::Classified;

/// True for a row that could not be read, also where a ruling on it is stale.
pub(in crate::prove) fn is_unread(row: &Classified) -> bool {
    row.class == "reject" || row.also.contains(&"reject")
}

/// The class by which a row counts: a stale decision changes nothing in it.
pub(in crate::prove) fn class(row: &Classified) -> &'static str {
    let beside = row.also.iter().copied();
    let mut all = std::iter::once(row.class).chain(beside);
    all.find(|class| *class != "decision_stale").unwrap_or("ok")
}

/// True when a class was said, as a row's own or as one that applies too.
pub(super) fn says(said: Option<&Classified>, class: &str) -> bool {
    said.is_some_and(|row| row.class == class || row.also.contains(&class))
}

/// A row of the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::prove) enum Entry {
    /// A position in `Books::lines`.
    Line(usize),
    /// A position in `Books::money`.
    Money(usize),
}
