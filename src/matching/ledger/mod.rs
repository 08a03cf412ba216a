//! The ledger of one dossier: which money settled which line, what was too much, too little, paid
//! twice or returned. Everything that names the dossier is taken together, in order of time, so the
//! result does not depend on the order of delivery.

mod all;
mod allocate;
mod kin;
mod large;
mod net;
mod notes;
mod returns;
mod room;
#[cfg(test)]
mod tests;
mod waiting;

pub use all::Ledgers;
pub use notes::On;

use rustc_hash::FxHashMap;

use super::desk::{Credit, Desk, Money, Return};
use super::evidence::Evidence;
use super::pool::{Index, Payer, Pool};

/// One fee line that money can settle.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Position in `Inputs::fees`.
    pub fee: Index,
    /// Amount due.
    pub due: i128,
    /// A land obligation: settled only by money that fits it exactly.
    pub land: bool,
    /// Settled by live money, refunds not taken off.
    pub paid: i128,
    /// Of it, cashless.
    pub cashless: i128,
    /// Settled by money that the provider undid: shown, but not there.
    pub reversed: i128,
    /// Sent back.
    pub refunded: i128,
    /// Of it, sent back before a later payment came: the line was open again for that payment.
    pub reopened: i128,
    /// Kept by the provider as its fee; the line counts as paid in full.
    pub net_short: i128,
    /// The entry that completed the line.
    pub completed_by: Option<usize>,
    /// Entries that paid the line again.
    pub duplicates: Vec<usize>,
    /// The entry that paid too much, on the last line.
    pub overpaid_by: Option<usize>,
    /// Carries the provider's fee (the last line of a net-settled payment).
    pub net_line: bool,
    /// A receipt over another amount than the line's.
    pub receipt_differs: Option<usize>,
    /// A refund or reversal touched it.
    pub touched_by_refund: bool,
}

impl Line {
    /// What live money has not covered yet. A refund opens a line again only for payments that
    /// came after it.
    pub fn lacking(&self) -> i128 {
        (self.due + self.reopened - self.paid - self.net_short).max(0)
    }

    /// What was sent back and not paid again.
    pub fn given_back(&self) -> i128 {
        if self.lacking() == 0 {
            self.refunded - self.reopened
        } else {
            self.refunded
        }
    }

    /// What is still on the line after refunds.
    pub fn kept(&self) -> i128 {
        self.paid - self.refunded
    }

    /// True when live money covered it in full (net of the provider's fee counts).
    pub fn is_full(&self) -> bool {
        self.paid > 0 && self.lacking() == 0
    }
}

/// What an entry did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Settled lines, perhaps with a surplus.
    Settles,
    /// Paid again what was paid.
    Duplicate {
        /// The entry that settled.
        of: usize,
        /// Same order, or same payer and amount: certainly the same thing twice.
        certain: bool,
        /// The lines paid twice.
        lines: Vec<usize>,
    },
    /// Came first but from another payer than the one whose later payment agrees.
    Doubtful {
        /// The entry that settled.
        of: usize,
    },
}

/// One money row in the ledger.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The row, its part for this dossier, the pass and why.
    pub credit: Credit,
    /// What it settled: (line, amount).
    pub parts: Vec<(usize, i128)>,
    /// Beyond what was due.
    pub surplus: i128,
    /// The line on which the surplus is shown.
    pub surplus_on: Option<usize>,
    /// What it did.
    pub effect: Effect,
    /// The provider's fee that explains a shortfall.
    pub net_fee: Option<i128>,
    /// Undone by the provider.
    pub reversed: bool,
    /// Sent back.
    pub returned: i128,
    /// Of it, out of what it had settled: (line, amount).
    pub sent_back: Vec<(usize, i128)>,
    /// A receipt over another amount than its line's.
    pub receipt_differs: bool,
    /// Of such a receipt, what its line had got with it, in dong.
    pub line_got: i128,
    /// Did not reach and was spread over the lines.
    pub short: bool,
}

impl Entry {
    /// True when it settled some of the line, or was spread over it and did not reach.
    pub fn is_for(&self, ledger: &Ledger, line: &Line) -> bool {
        let settled = |(l, _): &(usize, i128)| ledger.lines[*l].fee == line.fee;
        let allowed = |lines: &Vec<Index>| lines.contains(&line.fee);
        let spread = self.is_spread() && !line.land;
        self.parts.iter().any(settled) || spread && self.credit.lines.as_ref().is_none_or(allowed)
    }

    /// True when it was spread over fees and did not reach.
    fn is_spread(&self) -> bool {
        self.short && self.credit.decided.is_none()
    }

    /// The line on which it is shown beside what it settled: that of its surplus, else the last
    /// that it settled, else that of the payment which it repeats, else the dossier's last.
    pub fn shown_on(&self, ledger: &Ledger) -> Option<usize> {
        let settled = |entry: &Self| entry.parts.last().map(|(l, _)| *l);
        let first = match self.effect {
            Effect::Duplicate { of, .. } | Effect::Doubtful { of } => settled(&ledger.entries[of]),
            Effect::Settles => None,
        };
        let own = self.surplus_on.or_else(|| settled(self)).or(first);
        own.or(ledger.lines.len().checked_sub(1))
    }

    /// What went back of its part on each line, in dong.
    pub fn back_by_line(&self) -> FxHashMap<usize, i128> {
        let mut gone = FxHashMap::default();
        for (l, amount) in &self.sent_back {
            *gone.entry(*l).or_default() += amount;
        }
        gone
    }

    /// True when all of it went back.
    pub fn is_sent_back(&self) -> bool {
        self.returned > 0 && self.returned >= self.credit.amount
    }

    /// What is left here of what was beyond the due, once what went back of it is gone, in dong.
    pub fn surplus_left(&self) -> i128 {
        let off_lines: i128 = self.sent_back.iter().map(|(_, amount)| amount).sum();
        (self.surplus - (self.returned - off_lines)).max(0)
    }

    /// True when it settled nothing and is gone again: undone, or wholly sent back.
    pub fn came_and_went(&self) -> bool {
        let gone = self.reversed || self.returned >= self.credit.amount;
        self.effect == Effect::Settles && self.parts.is_empty() && gone
    }
}

/// One refund or reversal in the ledger.
#[derive(Clone, Debug)]
pub struct Returned {
    /// The transaction.
    pub txn: Index,
    /// Undone by the provider.
    pub reversal: bool,
    /// What it took from lines: (line, amount); 0 where it undid surplus or a duplicate.
    pub parts: Vec<(usize, i128)>,
    /// The payments it returns.
    pub of: Vec<usize>,
    /// It returns the whole of one payment.
    pub whole: bool,
    /// No money of this dossier covers it.
    pub unlinked: bool,
}

/// One dossier's ledger.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Lines in the order of the waterfall.
    pub lines: Vec<Line>,
    /// Money that came, in order of time.
    pub entries: Vec<Entry>,
    /// Money that went back, in order of time.
    pub returns: Vec<Returned>,
    /// The entries that settled something, in order: of a thousand repeats one.
    settling: Vec<usize>,
    /// Of a large ledger what is open, while it is made.
    room: Option<Box<room::Room>>,
    /// Of a large ledger where its money stands, once it is made.
    notes: Option<Box<notes::Notes>>,
}

impl Ledger {
    /// Takes note of what a line lacks now.
    fn sync(&mut self, l: usize) {
        if let Some(room) = &mut self.room {
            room.sync(l, &self.lines[l]);
        }
    }

    /// True when any money row belongs to the dossier.
    pub fn has_money(&self) -> bool {
        !self.entries.is_empty()
    }

    /// The day of payment that completes the dossier, when every line is full and kept.
    pub fn completed(&self, pool: &Pool) -> Option<crate::domain::Day> {
        let full = |line: &Line| line.is_full() && line.given_back() == 0;
        if self.lines.is_empty() || !self.lines.iter().all(full) {
            return None;
        }
        let day = |line: &Line| {
            line.completed_by
                .and_then(|e| self.entries.get(e))
                .map(|e| e.credit.money.day(pool))
        };
        self.lines.iter().filter_map(day).max()
    }

    /// The number of payments that are not undone and not repeats.
    pub fn live_payments(&self) -> usize {
        let live = |e: &&Entry| !e.reversed && e.effect == Effect::Settles;
        self.entries.iter().filter(live).count()
    }
}

/// Settles one dossier: reversals first, then payments in order of time, then refunds.
pub fn settle_dossier(desk: &Desk, dossier: Index) -> Ledger {
    let pool = desk.pool;
    let credits = desk.credits.values(pool, dossier);
    settle_with(pool, dossier, credits, desk.returns_of(dossier))
}

/// The ledger of a dossier with this money to its credit, and this money gone back.
pub fn settle_with(pool: &Pool, dossier: Index, credits: Vec<Credit>, gone: &[Return]) -> Ledger {
    settle(pool, dossier, credits, gone, false)
}

/// The same; `large` takes the way of a large ledger whatever its size.
fn settle(
    pool: &Pool,
    dossier: Index,
    credits: Vec<Credit>,
    gone: &[Return],
    large: bool,
) -> Ledger {
    let mut behind = kin::Behind::new();
    if gone.is_empty() {
        return settle_once(pool, dossier, credits, (gone, &behind), large);
    }
    // what went back is told from a ledger; it holds no place of what stayed in the next
    loop {
        let ledger = settle_once(pool, dossier, credits.clone(), (gone, &behind), large);
        if !kin::make_way(pool, &ledger, &mut behind) {
            return ledger;
        }
    }
}

fn settle_once(
    pool: &Pool,
    dossier: Index,
    credits: Vec<Credit>,
    (gone, behind): (&[Return], &kin::Behind),
    large: bool,
) -> Ledger {
    let due = pool.lines(dossier);
    let new = |(fee, due): (Index, i64)| Line {
        fee,
        due: i128::from(due),
        land: pool.is_land(fee),
        ..Line::default()
    };
    let mut ledger = Ledger {
        lines: Vec::with_capacity(pool.dossier(dossier).fees.len()),
        ..Ledger::default()
    };
    ledger.lines.extend(due.map(new));
    if credits.is_empty() && gone.is_empty() {
        ledger.notes = notes::Notes::of(&ledger, large);
        return ledger;
    }
    ledger.room = room::Room::of(&ledger.lines, credits.len(), large);
    ledger.entries = in_order(pool, credits);
    kin::put_behind(pool, &mut ledger.entries, behind);
    let returned = returns::in_order(pool, gone);
    returns::reverse(pool, &mut ledger, &returned);
    let refunds = returned.into_iter().filter(|r| !r.reversal).collect();
    let mut refunds = waiting::Waiting::new(pool, &ledger, refunds);
    for e in 0..ledger.entries.len() {
        returns::refund_before(pool, &mut ledger, e, &mut refunds);
        allocate::entry(pool, &mut ledger, e);
    }
    allocate::doubtful(pool, &mut ledger);
    returns::refund(pool, &mut ledger, &refunds);
    ledger
        .returns
        .sort_by_key(|r| Money::Txn(r.txn).order(pool));
    ledger.room = None;
    ledger.notes = notes::Notes::of(&ledger, large);
    ledger
}

/// Entries in order of time, source and id; among equal amounts those whose payer is the fee's come
/// first (they take the places of the others).
fn in_order(pool: &Pool, credits: Vec<Credit>) -> Vec<Entry> {
    if credits.len() <= 1 {
        return credits.into_iter().map(entry).collect();
    }
    let mut sorted = credits;
    sorted.sort_by_key(|credit| credit.money.order(pool));
    let decided = |c: &Credit| c.decided.is_none();
    sorted.sort_by_key(decided);
    let mut places: std::collections::BTreeMap<i128, Vec<usize>> =
        std::collections::BTreeMap::new();
    for (i, credit) in sorted.iter().enumerate() {
        places.entry(credit.amount).or_default().push(i);
    }
    let mut ordered: Vec<Option<Credit>> = vec![None; sorted.len()];
    for equal in places.values() {
        let mut by_payer: Vec<usize> = equal.clone();
        by_payer.sort_by_key(|i| (sorted[*i].payer != Payer::Agrees, *i));
        for (place, from) in equal.iter().zip(by_payer) {
            ordered[*place] = Some(sorted[from].clone());
        }
    }
    let mut entries = Vec::with_capacity(ordered.len());
    entries.extend(ordered.into_iter().flatten().map(entry));
    entries
}

/// A credit before it is allocated.
fn entry(credit: Credit) -> Entry {
    Entry {
        credit,
        parts: Vec::new(),
        surplus: 0,
        surplus_on: None,
        effect: Effect::Settles,
        net_fee: None,
        reversed: false,
        returned: 0,
        sent_back: Vec::new(),
        receipt_differs: false,
        line_got: 0,
        short: false,
    }
}

/// Why an entry is linked, for its legs.
pub fn why(entry: &Entry) -> Evidence {
    entry.credit.why.clone()
}
