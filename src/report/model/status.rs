//! Pure: how far the settling of an exception has come, and until when it should be settled.

use crate::classify::{Classified, Severity};
use crate::domain::{Day, Lang, Ruling};
use crate::text;

use super::index::Index;
use super::{ExceptionView, OVERDUE_DAYS};

/// What a person ruled on the handling of a row, as the book of decisions has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// Nothing more is expected.
    WrittenOff,
    /// The refund was asked for.
    RefundRequested,
}

impl Handled {
    /// The ruling in force; none where the row is not any more what was ruled upon.
    pub(super) fn of(index: &Index<'_>, row: &Classified) -> Option<Self> {
        let decision = index.decision(&row.key)?;
        let holds = *decision.class_then == *row.class && decision.amount_then == row.amount;
        match decision.ruling {
            _ if !holds => None,
            Ruling::WriteOff => Some(Self::WrittenOff),
            Ruling::RefundRequested => Some(Self::RefundRequested),
            Ruling::Pays(_) | Ruling::Payout { .. } | Ruling::NotFee => None,
        }
    }
}

/// How far the settling of an exception has come; the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Somebody ruled that nothing more is expected.
    WrittenOff,
    /// Nobody has to do anything.
    Informs,
    /// Open for more than [`OVERDUE_DAYS`] days, or longer than an asked refund may take.
    Overdue,
    /// The refund was asked for.
    RefundRequested,
    /// Somebody is to settle it.
    Assigned,
    /// It was not open the night before, and nobody is to settle it.
    New,
    /// Nobody is to settle it.
    Waiting,
}

impl Status {
    /// A word for people.
    pub fn word(self, lang: Lang) -> String {
        let key = match self {
            Self::WrittenOff => "status-written-off",
            Self::RefundRequested => "status-refund-requested",
            Self::Informs => "status-informs",
            Self::Overdue => "status-overdue",
            Self::Assigned => "status-assigned",
            Self::New => "status-new",
            Self::Waiting => "status-waiting",
        };
        text::say(lang, key, &[])
    }
}

impl ExceptionView {
    /// How far its settling has come.
    pub fn status(&self) -> Status {
        let waits = self.waits_until.is_some();
        match () {
            () if self.handled == Some(Handled::WrittenOff) => Status::WrittenOff,
            () if self.severity == Severity::Info => Status::Informs,
            () if self.left() < 0 => Status::Overdue,
            () if waits || self.handled == Some(Handled::RefundRequested) => {
                Status::RefundRequested
            }
            () if !self.assignee.is_empty() => Status::Assigned,
            () if self.is_new => Status::New,
            () => Status::Waiting,
        }
    }

    /// The last day before it is overdue, which an asked refund puts off; none where nobody has to
    /// do anything.
    pub fn due_on(&self) -> Option<Day> {
        (self.severity != Severity::Info).then(|| self.last_day())
    }

    fn last_day(&self) -> Day {
        let days = u32::try_from(OVERDUE_DAYS).unwrap_or(0);
        let own = self.opened_on.plus(days);
        self.waits_until.map_or(own, |until| until.max(own))
    }

    /// Whole days until then; below 0 when it is overdue.
    fn left(&self) -> i64 {
        self.last_day().days_since(self.opened_on) - self.age_days
    }

    /// What is left until then, for people: `còn 2 ngày`, `quá hạn 5 ngày`; empty where nobody has
    /// to do anything.
    pub fn clock(&self, lang: Lang) -> String {
        let left = self.left();
        let n = text::number(lang, left.abs());
        let key = match left {
            _ if self.severity == Severity::Info => return String::new(),
            0 => "clock-today",
            left if left > 0 => "clock-left",
            _ => "clock-over",
        };
        text::say(lang, key, &[("n", &n)])
    }
}
