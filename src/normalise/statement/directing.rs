//! PURE: which way money went, as the columns of a statement tell it: which of them does, and what
//! the words and marks in it mean beside each other.

use super::amount;
use super::direction::{self, Way};
use super::heading::{Header, Role};
use crate::format::GridRow;
use crate::normalise::memo::fold_name;
use crate::source::{FileRole, Mapping};

/// The column beside a single amount that tells which way it went, where the mapping names none: by
/// its heading, or a column of kinds that holds such words.
pub(super) enum Directing {
    No,
    Heading(usize),
    Kind(usize),
    Told(usize),
}

impl Directing {
    pub(super) fn of(header: &Header, mapping: &Mapping) -> Self {
        let settles = match mapping.role {
            Some(role) => role == FileRole::Settlement,
            None => header.settles(),
        };
        if header.amount_role() != Role::Amount || header.at(Role::Direction).is_some() || settles {
            return Self::No;
        }
        if let Some(at) = header.untold(Role::Direction) {
            return Self::Heading(at);
        }
        let kind = header.at(Role::Kind).or(header.untold(Role::Kind));
        kind.map_or(Self::No, Self::Kind)
    }

    pub(super) fn look(&mut self, row: &GridRow, words: &direction::Words) {
        if let Self::Kind(at) = self
            && words.way(row.get(*at)).is_some()
        {
            *self = Self::Told(*at);
        }
    }

    /// The column, where one tells it.
    pub(super) fn column(&self) -> Option<usize> {
        match self {
            Self::Heading(at) | Self::Told(at) => Some(*at),
            Self::No | Self::Kind(_) => None,
        }
    }

    /// The column that tells it or may.
    pub(super) fn beside(&self, header: &Header) -> Option<usize> {
        match self {
            Self::Heading(at) | Self::Told(at) | Self::Kind(at) => Some(*at),
            Self::No => header.at(Role::Direction),
        }
    }
}

/// What a column tells of words and marks that mean one thing alone and another beside others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sides {
    /// `Nhận tiền` stands there.
    receives: bool,
    /// Another word for money out than `Chuyển tiền`.
    sends: bool,
    /// An amount is marked as money in: `45,000 C`.
    credited: bool,
}

impl Sides {
    /// Looks at a row.
    pub(super) fn look(
        &mut self,
        header: &Header,
        beside: Option<usize>,
        row: &GridRow,
        words: &direction::Words,
    ) {
        let behind = amount::mark(header.cell(row, Role::Amount));
        self.credited |= matches!(behind, Some((_, Way::In)));
        let Some(cell) = beside.map(|at| row.get(at)) else {
            return;
        };
        self.receives |= fold_name(cell) == direction::RECEIVES;
        self.sends |= words.way(cell) == Some(Way::Out);
    }

    /// True where `Chuyển tiền` is the other side of `Nhận tiền`; beside `Chuyển tiền đi` and
    /// alone it may be a transfer to us.
    pub(super) fn transfers_out(self) -> bool {
        self.receives && !self.sends
    }

    /// True where `D` behind an amount is the other side of `C`, and not the dong.
    pub(super) fn marks(self) -> bool {
        self.credited
    }
}
