//! What a class looks at: a row with everything the passes and ledgers said about it.

use crate::domain::{Day, DeclaredMethod, Fee, FeeStatus, Instrument, RowKey};
use crate::matching::desk::{Desk, Money, Standing};
use crate::matching::ledger::{Effect, Entry, Ledger, Line, Returned};
use crate::matching::pool::{Index, Pool, at};
use crate::matching::{Evidence, Nearest};

/// One fee line.
pub struct FeeCase<'c, 'a> {
    /// Rows and rules.
    pub pool: &'c Pool<'a>,
    /// The row.
    pub fee: &'a Fee,
    /// Its dossier.
    pub dossier: Index,
    /// Its dossier's ledger.
    pub ledger: &'c Ledger,
    /// Its line in the ledger; none for a line that money cannot settle (zero, exempt, cancelled).
    pub line: Option<&'c Line>,
    /// A payment that names its dossier and counts for none of its lines without money.
    pub in_vain: Option<Index>,
}

impl FeeCase<'_, '_> {
    /// True when live money or money since sent back settled any of it.
    pub fn has_money(&self) -> bool {
        self.line
            .is_some_and(|l| l.paid > 0 || l.reversed > 0 || l.overpaid_by.is_some())
            || self.unowed().is_some()
    }

    /// Money for a dossier of which nothing can be paid: shown on its first fee.
    pub fn unowed(&self) -> Option<&Entry> {
        if !self.is_for_the_unowed() {
            return None;
        }
        let live = |e: &&Entry| !e.reversed && e.effect == Effect::Settles && e.surplus > 0;
        self.ledger.entries.iter().find(live)
    }

    /// True for the first fee of a dossier of which nothing can be paid.
    pub fn is_for_the_unowed(&self) -> bool {
        let dossier = self.pool.dossier(self.dossier);
        let first = &self.pool.inputs.fees[dossier.fees.start];
        self.ledger.lines.is_empty() && first.fee_id == self.fee.fee_id
    }

    /// True when the line is short although a payment was spread over it.
    pub fn is_short(&self) -> bool {
        let Some(line) = self.line else { return false };
        let spread = self.ledger.is_short_of(line);
        line.lacking() > 0
            && (line.paid > 0 || (spread && !line.land))
            && line.receipt_differs.is_none()
    }

    /// The entries that settled the line, undone ones left out.
    pub fn settled_by(&self) -> impl Iterator<Item = &Entry> {
        self.on_line().filter(|entry| !entry.reversed)
    }

    /// The entries that settled the line, undone ones too.
    pub fn on_line(&self) -> impl Iterator<Item = &Entry> {
        let ledger = self.ledger;
        let place = self.line.and_then(|line| ledger.place(line.fee));
        let on = place.into_iter().flat_map(|l| ledger.on(l));
        on.map(|on| &ledger.entries[on.entry])
    }

    /// The night of the run; none in `match`, where every deadline counts as passed.
    pub fn tonight(&self) -> Option<Day> {
        self.pool.inputs.business_date
    }

    /// The registry says it has been paid.
    pub fn said_paid(&self) -> bool {
        self.fee.status == FeeStatus::Paid
    }

    /// The registry's day of payment, else of the dossier's receipt.
    pub fn paid_day(&self) -> Option<Day> {
        let paid = self
            .fee
            .more
            .paid_at
            .as_ref()
            .map(crate::domain::Moment::day);
        paid.or_else(|| self.fee.dossier_code.received_on())
    }

    /// The key of the row.
    pub fn key(&self) -> RowKey {
        self.fee.key()
    }
}

/// One transaction or receipt.
pub struct MoneyCase<'c, 'a> {
    /// Rows and rules.
    pub pool: &'c Pool<'a>,
    /// The desk.
    pub desk: &'c Desk<'c, 'a>,
    /// The row.
    pub money: Money,
    /// What the passes decided.
    pub standing: &'c Standing,
    /// Its entries: (dossier, position in that ledger).
    pub entries: &'c [(Index, Index)],
    /// Its return: (dossier, position in that ledger).
    pub returned: Option<(Index, usize)>,
}

impl<'c> MoneyCase<'c, '_> {
    /// Its entries with their ledgers.
    pub fn ledger_entries(&self) -> impl Iterator<Item = (&'c Ledger, &'c Entry)> {
        let ledgers = &self.desk.ledgers;
        self.entries.iter().map(move |(dossier, e)| {
            let ledger = ledgers.of(*dossier);
            (ledger, &ledger.entries[at(*e)])
        })
    }

    /// The lines that it settled, with their ledgers.
    pub fn lines(&self) -> impl Iterator<Item = (&'c Ledger, &'c Line)> {
        self.ledger_entries().flat_map(|(ledger, entry)| {
            entry
                .parts
                .iter()
                .map(move |(l, _)| (ledger, &ledger.lines[*l]))
        })
    }

    /// Its return, if it is one that names a dossier.
    pub fn ledger_return(&self) -> Option<&'c Returned> {
        let (dossier, r) = self.returned?;
        Some(&self.desk.ledgers.of(dossier).returns[r])
    }

    /// The evidence when a pass left it with `class`.
    pub fn out(&self, class: &str) -> Option<Vec<Evidence>> {
        let out = self.standing.out().filter(|out| out.class == class);
        out.map(|out| out.evidence.clone())
    }

    /// The nearest candidates that a pass left.
    pub fn nearest(&self) -> &[Nearest] {
        self.standing.out().map_or(&[], |out| &out.nearest)
    }

    /// True when all of it went back or was undone.
    pub fn is_gone(&self) -> bool {
        let mut entries = self.ledger_entries().peekable();
        entries.peek().is_some()
            && entries.all(|(_, e)| e.reversed || e.returned >= e.credit.amount)
    }
}

/// The means of payment of a money row.
pub fn instrument(pool: &Pool, money: Money) -> Instrument {
    match money {
        Money::Txn(txn) => pool.txn(txn).instrument,
        Money::Receipt(_) => Instrument::Cash,
    }
}

/// True when the declared means is cash and the real one is not, or the reverse. A fee without a
/// declared means says nothing.
pub fn method_differs(declared: DeclaredMethod, real: Instrument) -> bool {
    declared != DeclaredMethod::None && declared.is_cash() != (real == Instrument::Cash)
}
