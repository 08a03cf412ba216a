//! Pure: what gateways hold, in words.

use crate::domain::{Day, Lang};
use crate::report::model::Report;
use crate::text;

use super::{GatewayDay, HeldRow};

impl GatewayDay {
    /// The fee that was kept, dong; none where its rows tell none and it has not reached the bank.
    pub fn known_fee(&self) -> Option<i128> {
        let is_known = self.held() == 0 || self.fees != 0;
        is_known.then(|| self.kept())
    }

    /// How it reached the bank.
    pub fn way(&self, lang: Lang) -> String {
        let say = |key: &str, args: &[(&str, &str)]| text::say(lang, key, args);
        let mut ways = Vec::new();
        if let Some(batch) = &self.batch {
            ways.push(say("ledger-batch", &[("bank", &batch.bank)]));
        }
        if !self.singles.is_empty() {
            let n = text::number(lang, self.singles.count);
            let all = text::number(lang, self.rows);
            ways.push(say("ledger-singles", &[("n", &n), ("all", &all)]));
        }
        if ways.is_empty() && self.held() != 0 {
            ways.push(say("ledger-none", &[]));
        }
        ways.join("; ")
    }

    /// Days from the payments to the last line of a bank, or to `night` while there is none.
    pub fn after(&self, night: Day) -> i64 {
        self.on().unwrap_or(night).days_since(self.day)
    }
}

impl Report {
    /// True where something is told of fees and settlements.
    pub fn has_settlement(&self) -> bool {
        let days = self.held.as_ref().is_some_and(|held| !held.days.is_empty());
        days || !self.kept.is_empty() || !self.batches.is_empty()
    }

    /// True when a night of the period does not begin with what the one before it left there.
    pub fn held_is_broken(&self) -> bool {
        let rows = self.held.iter().flat_map(|held| &held.rows);
        rows.into_iter().any(|row| row.between != 0)
    }

    /// What the page calls the money that gateways hold.
    pub fn held_heading(&self) -> String {
        self.say_of_nights("held-heading", "held-heading-period")
    }

    /// What the page calls the way from the one-stop system to the bank.
    pub fn chain_heading(&self) -> String {
        self.say_of_nights("chain-heading", "chain-heading-period")
    }

    /// What has to be said of one gateway: whose rows are in it, how it began, what is old.
    pub fn held_note(&self, row: &HeldRow) -> String {
        let say = |key: &str, args: &[(&str, &str)]| text::say(self.lang, key, args);
        let mut notes = Vec::new();
        if !row.also.is_empty() {
            let others = row.also.join(", ");
            notes.push(say("held-also", &[("others", &others)]));
        }
        if row.recomputed {
            notes.push(say("held-recomputed", &[]));
        }
        if row.older != 0 {
            let sum = text::money(self.lang, row.older);
            notes.push(say("held-older", &[("sum", &sum)]));
        }
        notes.join(" ")
    }

    /// The same of all gateways of which something has to be said, each with its name.
    pub fn held_notes(&self) -> Vec<String> {
        let rows = self.held.iter().flat_map(|held| &held.rows);
        let note = |row: &HeldRow| format!("{}: {}", row.source, self.held_note(row));
        let told = rows.filter(|row| !self.held_note(row).is_empty());
        told.map(note).collect()
    }
}
