//! Which columns a file had: a definition whose columns are missing prints no figure.

use std::collections::BTreeSet;

use serde::Serialize;

/// The known columns of a file, or those that all of several files have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Columns(BTreeSet<&'static str>);

impl Columns {
    /// A set of names.
    pub fn new(names: impl IntoIterator<Item = &'static str>) -> Self {
        Self(names.into_iter().collect())
    }

    /// True when the file had the column.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// The columns that both files have.
    #[must_use]
    pub fn both(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// The names as `Rules::columns` holds them.
    pub fn to_list(&self) -> Vec<Box<str>> {
        self.names().map(Box::from).collect()
    }

    /// The names in byte order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().copied()
    }
}
