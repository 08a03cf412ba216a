//! The amount that both sign, and the lines that define it: what a bank credited to the account of
//! party A, or what party B still has to transfer of what it collected.

use super::figures::{Sums, succeeded};
use super::minutes::{Minutes, Table};
use super::paper::{Block, How, Line};
use crate::domain::ProviderRow;
use crate::report::facts::Figure;
use crate::text;

/// What of party B's collections reached the banks of party A.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Handed {
    /// Not every night of the period tells it.
    #[default]
    Untold,
    /// Another source tells of the same party B: its paper holds what both collected.
    With(Box<str>),
    /// As the nights told it.
    Told {
        /// Of the days before the period, still to be transferred when the paper before ended,
        /// dong.
        before: i128,
        /// What banks received since, of the days up to the end of the period, dong. Nobody counts
        /// the credits: a night that finds one to be of another day tells it again.
        received: i128,
        /// Of these days, still to be transferred, added up from the rows, dong.
        left: i128,
    },
}

/// The rows of the paper by what they did to the account of party A, as its bank tells them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Money that came in, whether it is a fee or not.
    pub credited: Figure,
    /// Of it, of days before the period: no earlier paper told these.
    pub late: Figure,
    /// Money that went out.
    pub debited: Figure,
    /// Rows without effect: pending, failed, void.
    pub idle: Figure,
    /// Rows of earlier papers of which the bank says by now that they were credited, less those of
    /// which it says so no more, dong.
    pub changed: i128,
}

/// True where the bank says that the row took effect.
fn took_effect(row: &ProviderRow) -> bool {
    match &*row.class {
        // that the one-stop system says otherwise changes no account
        "status_mismatch" => &*row.status == "success",
        _ => succeeded(row),
    }
}

/// What it added to what was credited, dong.
fn credit(row: &ProviderRow) -> i128 {
    let is_credit = took_effect(row) && &*row.kind == "payment";
    if is_credit { row.amount.wide() } else { 0 }
}

impl Minutes<'_> {
    /// The rows by what they did to the account.
    pub fn account(&self) -> Account {
        let mut account = Account::default();
        for row in &self.rows {
            let part = if !took_effect(row) {
                &mut account.idle
            } else if &*row.kind == "payment" {
                if row.business_date < self.period.from {
                    account.late.add(row.amount);
                }
                &mut account.credited
            } else {
                &mut account.debited
            };
            part.add(row.amount);
        }
        let changed = self.changed.iter();
        account.changed = changed.map(|(was, now)| credit(now) - credit(was)).sum();
        account
    }

    /// The sentence that both sign: what is still to be transferred, or what reached the account.
    pub(super) fn amount(&self, sums: &Sums, blocks: &mut Vec<Block>) {
        if !self.collects {
            return self.credited(blocks);
        }
        let (dong, keys) = match &self.handed {
            Handed::Told { left, .. } => (*left, ["form-minutes-left", "form-minutes-left-back"]),
            Handed::With(_) => (sums.due, ["form-minutes-due-with"; 2]),
            Handed::Untold => (sums.due, ["form-minutes-due", "form-minutes-due-back"]),
        };
        let key = if dong < 0 { keys[1] } else { keys[0] };
        let with = match &self.handed {
            Handed::With(source) => &**source,
            Handed::Untold | Handed::Told { .. } => "",
        };
        let shown = if with.is_empty() { dong.abs() } else { dong };
        let words = text::dong_in_words(self.lang, shown);
        let shown = text::number(self.lang, shown);
        let args = [("amount", &*shown), ("words", &*words), ("source", with)];
        let line = Line::plain(text::say(self.lang, key, &args)).strong();
        blocks.push(Block::Line(line));
        let mut plain = |key: &str| blocks.push(Block::Line(Line::plain(self.say(key))));
        if dong > 0 && (sums.fees.is_none() || self.withheld.is_some()) {
            plain("form-minutes-fee-to-come");
        }
        if with.is_empty() && dong > 0 {
            plain("form-minutes-account");
        }
    }

    fn credited(&self, blocks: &mut Vec<Block>) {
        let account = self.account();
        let key = if account.changed == 0 {
            "form-minutes-credited"
        } else {
            "form-minutes-credited-changed"
        };
        let dong = account.credited.sum_vnd + account.changed;
        let words = text::dong_in_words(self.lang, dong);
        let dong = text::number(self.lang, dong);
        let said = text::say(self.lang, key, &[("amount", &dong), ("words", &words)]);
        blocks.push(Block::Line(Line::plain(said).strong()));
        if !account.late.is_empty() {
            let n = text::number(self.lang, account.late.count);
            let late = text::number(self.lang, account.late.sum_vnd);
            let args = [("n", &*n), ("amount", &*late)];
            let said = text::say(self.lang, "form-minutes-credited-late", &args);
            blocks.push(Block::Line(Line::plain(said)));
        }
        let said = self.say("form-minutes-credited-only");
        blocks.push(Block::Line(Line::plain(said)));
    }
}

impl Table<'_> {
    /// What earlier papers counted otherwise, XI. A bank's account is as it was: only what counts
    /// as paid is another.
    pub(super) fn carried(&mut self, sums: &Sums) {
        let mut carried = sums.taken_up;
        carried.plus(sums.taken_back);
        carried.sum_vnd = sums.taken_up.sum_vnd - sums.taken_back.sum_vnd;
        let [head, up, back] = if self.of.collects {
            [
                "form-minutes-carried",
                "form-minutes-taken-up",
                "form-minutes-taken-back",
            ]
        } else {
            [
                "form-minutes-carried-bank",
                "form-minutes-taken-up-bank",
                "form-minutes-taken-back-bank",
            ]
        };
        self.head("XI", head, Some(carried));
        self.part("1", up, sums.taken_up);
        self.part("2", back, sums.taken_back);
    }

    /// The lines of the amount, XII: what the sentence below the table names.
    pub(super) fn amount(&mut self, sums: &Sums) {
        if !self.of.collects {
            return self.account(sums);
        }
        let due = self.of.say("form-minutes-due-line");
        let of_period = [None, Some(sums.due)];
        let Handed::Told {
            before,
            received,
            left,
        } = self.of.handed
        else {
            self.cells("XII", due, of_period, true);
            return;
        };
        let rest = left - (before + sums.due - received);
        let has_rest = rest != 0;
        let head = self.of.say(if has_rest {
            "form-minutes-left-line-rest"
        } else {
            "form-minutes-left-line"
        });
        self.cells("XII", head, [None, Some(left)], true);
        self.made(|_| How::Balance(has_rest));
        let opening = self.of.say("form-minutes-left-before");
        self.cells("1", opening, [None, Some(before)], false);
        self.cells("2", due, of_period, false);
        let gone = self.of.say("form-minutes-received");
        self.cells("3", gone, [None, Some(received)], false);
        if has_rest {
            let other = self.of.say("form-minutes-left-rest");
            self.cells("4", other, [None, Some(rest)], false);
        }
    }

    /// The rows by what they did to the account.
    fn account(&mut self, sums: &Sums) {
        let account = self.of.account();
        self.head("XII", "form-minutes-movements", Some(sums.rows));
        self.sum_below(3);
        self.part("1", "form-minutes-credits", account.credited);
        self.part("2", "form-minutes-debits", account.debited);
        self.part("3", "form-minutes-idle", account.idle);
        if account.changed != 0 {
            let name = self.of.say("form-minutes-credits-changed");
            self.cells("4", name, [None, Some(account.changed)], false);
        }
        if !account.late.is_empty() {
            self.part("", "form-minutes-credits-late", account.late);
        }
    }
}
