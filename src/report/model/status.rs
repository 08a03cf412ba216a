//! Pure: how far the settling of an exception has come, and until when it should be settled.

use crate::classify::Severity;
use crate::domain::{Day, Lang};
use crate::text;

use super::{ExceptionView, OVERDUE_DAYS};

/// How far the settling of an exception has come; the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody has to do anything.
    Informs,
    /// Open for more than [`OVERDUE_DAYS`] days.
    Overdue,
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
        match () {
            () if self.severity == Severity::Info => Status::Informs,
            () if self.age_days > OVERDUE_DAYS => Status::Overdue,
            () if !self.assignee.is_empty() => Status::Assigned,
            () if self.is_new => Status::New,
            () => Status::Waiting,
        }
    }

    /// The last day before it is overdue; none where nobody has to do anything.
    pub fn due_on(&self) -> Option<Day> {
        let days = u32::try_from(OVERDUE_DAYS).unwrap_or(0);
        (self.severity != Severity::Info).then(|| self.opened_on.plus(days))
    }

    /// What is left until then, for people: `còn 2 ngày`, `quá hạn 5 ngày`; empty where nobody has
    /// to do anything.
    pub fn clock(&self, lang: Lang) -> String {
        let left = OVERDUE_DAYS - self.age_days;
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
