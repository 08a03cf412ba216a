//! What the page shows of the changes against the version before: a part of each list; the rest
//! stands in `changes.csv`.

use super::Page;
use crate::report::model::{ChangeLine, ChangeSection, Reason, VersionChanges};

/// So many of each kind are shown.
const SHOWN_MAX: usize = 50;

impl Page<'_> {
    pub(super) fn changes_intro(&self, changes: &VersionChanges) -> String {
        let args = [
            ("version", self.r.version_of_night.to_string()),
            ("before", changes.version.to_string()),
            ("n", self.n_of(changes.count())),
        ];
        self.say("changes-intro", &args)
    }

    pub(super) fn change_lines<'c>(&self, section: &'c ChangeSection) -> &'c [ChangeLine] {
        let shown = section.lines.len().min(SHOWN_MAX);
        section.lines.get(..shown).unwrap_or_default()
    }

    pub(super) fn became(&self, line: &ChangeLine) -> String {
        line.became.say(self.r.lang)
    }

    pub(super) fn times(&self, count: &usize) -> String {
        self.n_of(*count)
    }

    pub(super) fn reason(&self, reason: &Reason) -> String {
        reason.say(self.r.lang)
    }

    pub(super) fn change_amount(&self, line: &ChangeLine) -> String {
        line.amount
            .map_or_else(String::new, |amount| self.vnd(amount))
    }

    /// How many are not shown.
    pub(super) fn changes_more(&self, section: &ChangeSection) -> u64 {
        let more = section.lines.len().saturating_sub(SHOWN_MAX);
        u64::try_from(more).unwrap_or(u64::MAX)
    }
}
