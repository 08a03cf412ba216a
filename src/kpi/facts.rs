//! What definitions look at: the desk with its ledgers, the classes, and what is still open.

use std::collections::BTreeMap;

use crate::classify::{Classes, Classified, OPEN_CREDITS, Places, RowPlaces};
use crate::domain::{AgencyCode, Day, ExceptionId, Fee, Moment, RowKey, Side, TxnKind};
use crate::matching::desk::{Desk, Money, Standing};
use crate::matching::ledger::{Effect, Entry, Ledger, Line};
use crate::matching::pool::{Index, Pool, at, index};

use super::agencies::Agencies;
use super::contest::Contests;
use super::credits::Credits;
use super::day_sums::Unsure;

/// Everything a definition may look at.
pub struct Facts<'f, 'a> {
    /// Rows and rules.
    pub pool: &'f Pool<'a>,
    /// The desk after all passes.
    pub desk: &'f Desk<'f, 'a>,
    /// Every row with its class, sorted by key.
    pub rows: &'f [Classified],
    /// The place of each input row among them.
    place: &'f RowPlaces,
    /// Where each money row stands in the ledgers.
    pub places: &'f Places,
    /// True when some money source is not complete: unseen money is possible.
    pub unseen_money: bool,
    /// The credits that may still turn out to be a payment of some fee: rows that could not be read
    /// and payments that may be put elsewhere among them.
    pub credits: Credits,
    /// Counter cash that could not be read: whose it is, nobody knows.
    pub unread_cash: Credits,
    /// Open payments that name each dossier among others: number and sum.
    claims: BTreeMap<Index, (usize, i128)>,
    /// Rows of the money side that are open in any way.
    pub(super) open_money: usize,
    /// A payment that is linked may be put elsewhere.
    pub(super) moves: bool,
    /// Bank lines that equal the sum of a day and may be payments all the same.
    pub(super) unsure_sums: Unsure,
    /// What open rows name.
    pub contests: Contests,
    /// The most that any dossier owes; none where a refund may have opened one that is not here.
    pub largest_due: Option<i128>,
    /// The last day of which anything is known.
    pub last_day: Day,
}

/// What a transaction that no dossier was credited with may still turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// Nothing that counts.
    Nothing,
    /// A fee for certain, of one of the dossiers that it names.
    Fee,
    /// A fee, or none.
    Credit,
    /// Money that went back, of one payment or of none.
    Refund,
}

impl<'f, 'a> Facts<'f, 'a> {
    /// Collects the facts.
    pub fn new(desk: &'f Desk<'f, 'a>, classes: &'f Classes) -> Self {
        let pool = desk.pool;
        let unseen = |s: &crate::domain::SourceFacts| s.carries_money && !s.is_whole();
        let mut facts = Self {
            pool,
            desk,
            rows: &classes.rows,
            place: &classes.place,
            places: &classes.places,
            unseen_money: pool.inputs.sources.iter().any(unseen),
            credits: Credits::default(),
            unread_cash: Credits::default(),
            claims: claims(desk),
            open_money: 0,
            moves: false,
            unsure_sums: Unsure::new(),
            contests: Contests::default(),
            largest_due: None,
            last_day: last_day(pool),
        };
        let refund = |txn: usize| facts.open(index(txn)) == Open::Refund;
        if !(0..pool.inputs.txns.len()).any(refund) {
            let dues = pool.dossiers.iter().map(|dossier| dossier.fees_due);
            facts.largest_due = Some(dues.max().unwrap_or(0));
        }
        let sums = facts.day_sums();
        facts.unsure_sums = facts.unsure_by_day(&sums);
        facts.unread_cash = Credits::new(facts.unread(Side::Receipt));
        facts.contests = Contests::new(&facts);
        facts.contests.found = facts.found();
        facts.add_credits();
        // the first of them is open money for what lacks some, and so for the others
        for _ in 0..2 {
            let more = facts.unsure_by_dossiers(&sums);
            if more.is_empty() {
                break;
            }
            facts.unsure_sums.extend(more);
            facts.add_credits();
        }
        facts
    }

    /// Money that went back may be the one of any payment before it.
    pub fn days_before(&self, txn: Index) -> (Day, Day) {
        (Day::of_ms(0), self.pool.txn(txn).paid_on)
    }

    /// The days on which money for a fee may have been paid that nobody has seen: the registry's
    /// day, else any since the dossier was received.
    pub fn unseen_days(&self, fee: &Fee) -> (Day, Day) {
        if let Some(day) = fee.more.paid_at.as_ref().map(Moment::day) {
            return (day, day);
        }
        let received = fee.dossier_code.received_on();
        let first = received.unwrap_or(Day::of_ms(0));
        (first.min(self.last_day), self.last_day)
    }

    /// What the standing of a transaction leaves open; a stale decision changes nothing in it.
    pub fn open(&self, txn: Index) -> Open {
        let payment = self.pool.txn(txn).kind == TxnKind::Payment;
        let money = if payment { Open::Credit } else { Open::Refund };
        match &self.desk.txns[at(txn)] {
            Standing::Out(out) => match out.class {
                "ambiguous" if self.is_fee(&out.named) => Open::Fee,
                "unlinked_refund" => Open::Refund,
                "conflict" | "pending" | "status_mismatch" => money,
                class if OPEN_CREDITS.contains(&class) => Open::Credit,
                _ if self.is_unsure_sum(txn) => Open::Credit,
                _ => Open::Nothing,
            },
            Standing::Returns(_) => match self.places.return_of(txn) {
                Some((dossier, r)) if self.desk.ledgers.of(dossier).returns[r].unlinked => {
                    Open::Refund
                }
                _ => Open::Nothing,
            },
            // should the row that carries the payment not hold, this one does
            Standing::Sighting(..) if self.is_carried_by_open(txn) => money,
            Standing::Credited
            | Standing::Plain(_)
            | Standing::InSet(_)
            | Standing::Sighting(..)
            | Standing::Waiting => Open::Nothing,
        }
    }

    /// True when a payment of one of these dossiers is an event of a fee whichever it is: each of
    /// them lacks money, and no other open payment that names it could take its place.
    fn is_fee(&self, named: &[Index]) -> bool {
        let lacks = |d: &Index| {
            let (count, sum) = self.claims.get(d).copied().unwrap_or_default();
            let lacking = self.lacking(*d);
            lacking > 0 && (count == 1 || sum <= lacking)
        };
        !named.is_empty() && named.iter().all(lacks)
    }

    /// What a dossier's lines lack, land obligations left out.
    pub fn lacking(&self, dossier: Index) -> i128 {
        self.desk.ledgers.of(dossier).lacking()
    }

    /// What a dossier lacks once money that came and went back is gone for good, in dong.
    pub fn may_lack(&self, dossier: Index) -> i128 {
        self.desk.ledgers.of(dossier).may_lack()
    }

    /// A transaction's amount; the largest of its versions when its id came with several.
    pub fn largest(&self, txn: Index) -> i64 {
        let row = self.pool.txn(txn);
        let conflict = self.pool.conflict(Side::Txn, row.source.as_str(), &row.id);
        let largest = conflict.map_or(row.amount, |c| self.pool.inputs.conflicts[at(c)].largest);
        largest.max(row.amount).get()
    }

    /// The row with this key.
    pub fn row(&self, key: &RowKey) -> Option<&'f Classified> {
        let found = self.rows.binary_search_by(|row| row.key.cmp(key)).ok()?;
        self.rows.get(found)
    }

    /// The row of a fee.
    pub fn fee_row(&self, fee: Index) -> Option<&'f Classified> {
        self.rows.get(at(self.place.fees[at(fee)]))
    }

    /// The row of a receipt.
    pub fn receipt_row(&self, receipt: Index) -> Option<&'f Classified> {
        self.rows.get(at(self.place.receipts[at(receipt)]))
    }

    /// The row of a transaction.
    pub fn txn_row(&self, txn: Index) -> Option<&'f Classified> {
        self.rows.get(at(self.place.txns[at(txn)]))
    }

    /// The exception of a row, as the list that settling it would decide.
    pub fn exceptions(&self, key: &RowKey) -> Vec<ExceptionId> {
        exception(self.row(key))
    }

    /// The same of a transaction; of a line that equals the sum of a day, that of an open row which
    /// may change it.
    pub fn txn_exceptions(&self, txn: Index) -> Vec<ExceptionId> {
        let sum = self.unsure_sums.get(&txn);
        sum.map_or_else(|| exception(self.txn_row(txn)), Clone::clone)
    }

    /// The same of a receipt.
    pub fn receipt_exceptions(&self, receipt: Index) -> Vec<ExceptionId> {
        exception(self.receipt_row(receipt))
    }

    /// The ledger entries of a money row.
    pub fn entries(&self, money: Money) -> impl Iterator<Item = (Index, &'f Ledger, &'f Entry)> {
        let places = match money {
            Money::Txn(i) => self.places.txns.of(i),
            Money::Receipt(i) => self.places.receipts.of(i),
        };
        let ledgers = &self.desk.ledgers;
        places.iter().map(move |(dossier, e)| {
            let ledger = ledgers.of(*dossier);
            (*dossier, ledger, &ledger.entries[at(*e)])
        })
    }

    /// The dossier that a row of the lane pays, alone or for one of its lines.
    pub fn plain(&self, money: Money) -> Option<Index> {
        let standing = match money {
            Money::Txn(i) => &self.desk.txns[at(i)],
            Money::Receipt(i) => &self.desk.receipts[at(i)],
        };
        match standing {
            Standing::Plain(dossier) => Some(*dossier),
            _ => None,
        }
    }

    /// The agencies of the lines that an entry settled or paid again, land obligations left out;
    /// the dossier's own when it touched none. A dossier that owes nothing but land obligations has
    /// none.
    pub fn agencies(&self, dossier: Index, ledger: &Ledger, entry: &Entry) -> Agencies<'a> {
        let mut agencies = Agencies::default();
        self.add_agencies(dossier, ledger, entry, &mut agencies);
        agencies
    }

    /// Adds them to others.
    pub fn add_agencies(
        &self,
        dossier: Index,
        ledger: &Ledger,
        entry: &Entry,
        agencies: &mut Agencies<'a>,
    ) {
        let again: &[usize] = match &entry.effect {
            Effect::Duplicate { lines, .. } => lines,
            _ => &[],
        };
        let parts = match &entry.effect {
            Effect::Duplicate { .. } => &[][..],
            _ => entry.parts.as_slice(),
        };
        let counted = |line: &Line| !self.pool.is_land(line.fee);
        if again.is_empty() && parts.is_empty() {
            let land = !ledger.lines.is_empty() && !ledger.lines.iter().any(counted);
            if !land {
                agencies.insert(self.pool.dossier(dossier).agency);
            }
            return;
        }
        let touched = again.iter().chain(parts.iter().map(|(l, _)| l));
        let lines = touched.map(|l| &ledger.lines[*l]);
        let lines = lines.filter(|line| counted(line));
        agencies.extend(lines.map(|line| &self.pool.fee(line.fee).agency_code));
    }

    /// The agencies of the dossiers that an open transaction names.
    pub fn named(&self, txn: Index) -> Agencies<'a> {
        let dossiers = match &self.desk.txns[at(txn)] {
            Standing::Out(out) => out.named.as_slice(),
            Standing::Returns(dossier) => std::slice::from_ref(dossier),
            _ => &[],
        };
        let agency = |d: &Index| self.pool.dossier(*d).agency;
        dossiers.iter().map(agency).collect()
    }

    /// The agency of the first dossier that an open transaction names.
    pub fn first_named(&self, txn: Index) -> Option<&'a AgencyCode> {
        let out = self.desk.txns[at(txn)].out();
        let first = out.and_then(|out| out.named.first());
        first.map(|dossier| self.pool.dossier(*dossier).agency)
    }
}

fn exception(row: Option<&Classified>) -> Vec<ExceptionId> {
    row.and_then(|row| row.exception_id.clone())
        .into_iter()
        .collect()
}

/// The night, else the last day of any row or period.
fn last_day(pool: &Pool) -> Day {
    let inputs = pool.inputs;
    let txns = inputs.txns.iter().map(|txn| txn.paid_on);
    let receipts = inputs
        .receipts
        .iter()
        .map(|receipt| receipt.collected_at.day());
    let paid = inputs
        .fees
        .iter()
        .filter_map(|fee| fee.more.paid_at.as_ref().map(Moment::day));
    let received = pool.dossiers.iter();
    let received = received.filter_map(|dossier| dossier.code.received_on());
    let rejects = inputs.rejects.iter().map(|reject| reject.business_date);
    let rows = txns
        .chain(receipts)
        .chain(paid)
        .chain(received)
        .chain(rejects);
    let periods = pool.rules.periods.iter().map(|period| period.to);
    let last = inputs.business_date.or_else(|| rows.chain(periods).max());
    last.unwrap_or(Day::of_ms(0))
}

/// Open payments by the dossiers that they name among others.
fn claims(desk: &Desk) -> BTreeMap<Index, (usize, i128)> {
    let mut claims: BTreeMap<Index, (usize, i128)> = BTreeMap::new();
    for (i, standing) in desk.txns.iter().enumerate() {
        if let Some(out) = standing.out().filter(|out| out.class == "ambiguous") {
            for dossier in &out.named {
                let claim = claims.entry(*dossier).or_default();
                claim.0 += 1;
                claim.1 += desk.pool.txn(index(i)).amount.wide();
            }
        }
    }
    claims
}
