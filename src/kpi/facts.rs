//! What definitions look at: the desk with its ledgers, the classes, and what is still open.

use std::collections::{BTreeMap, BTreeSet};

use crate::classify::{Classified, OPEN_CREDITS, Places};
use crate::domain::{AgencyCode, Day, ExceptionId, RowKey, Side, TxnKind};
use crate::matching::desk::{Desk, Money, Standing};
use crate::matching::ledger::{Effect, Entry, Ledger, Line};
use crate::matching::pool::{Index, Pool, at, index};
use crate::matching::reading::Reading;

/// Everything a definition may look at.
pub struct Facts<'f, 'a> {
    /// Rows and rules.
    pub pool: &'f Pool<'a>,
    /// The desk after all passes.
    pub desk: &'f Desk<'f, 'a>,
    /// Every row with its class, sorted by key.
    pub rows: &'f [Classified],
    /// Where each money row stands in the ledgers.
    pub places: Places,
    /// True when some money source is not complete: unseen money is possible.
    pub unseen_money: bool,
    /// The sum of the credits that may still turn out to be a payment of some fee.
    pub open_credits: i128,
    /// Open payments that name each dossier among others: number and sum.
    claims: BTreeMap<Index, (usize, i128)>,
    /// Dossiers that an open payment names: should it turn out to be theirs, counter cash of the
    /// same fee may be the repeat. With the exceptions of those payments.
    contested: BTreeMap<Index, Vec<ExceptionId>>,
    /// Dossiers whose money may have gone back: an open refund names them.
    doubted: BTreeMap<Index, Vec<ExceptionId>>,
    /// The largest open credit, with its exceptions.
    largest_credit: (i128, Vec<ExceptionId>),
    /// The day of the only open credit, where there is one.
    only_day: Option<Day>,
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
    pub fn new(desk: &'f Desk<'f, 'a>, rows: &'f [Classified]) -> Self {
        let pool = desk.pool;
        let complete = crate::domain::Completeness::Complete;
        let unseen = |s: &crate::domain::SourceFacts| s.carries_money && s.state != complete;
        let mut facts = Self {
            pool,
            desk,
            rows,
            places: Places::new(desk),
            unseen_money: pool.inputs.sources.iter().any(unseen),
            open_credits: 0,
            claims: claims(desk),
            contested: BTreeMap::new(),
            doubted: BTreeMap::new(),
            largest_credit: (0, Vec::new()),
            only_day: None,
        };
        let txns = (0..pool.inputs.txns.len()).map(index);
        let credits = txns.map(|txn| (txn, facts.may_still_pay(txn)));
        let credits: Vec<(Index, i128)> = credits.filter(|(_, amount)| *amount > 0).collect();
        facts.open_credits = credits.iter().map(|(_, amount)| amount).sum();
        if let Some((txn, amount)) = credits.iter().max_by_key(|c| (c.1, std::cmp::Reverse(c.0))) {
            facts.largest_credit = (*amount, facts.exceptions(&pool.txn(*txn).key()));
        }
        facts.only_day = match credits.as_slice() {
            [(txn, _)] => Some(pool.txn(*txn).paid_on),
            _ => None,
        };
        facts.contested = facts.naming(|open| matches!(open, Open::Fee | Open::Credit));
        facts.doubted = facts.naming(|open| open == Open::Refund);
        facts
    }

    /// The dossiers that open transactions of a kind name, with their exceptions.
    fn naming(&self, wanted: fn(Open) -> bool) -> BTreeMap<Index, Vec<ExceptionId>> {
        let mut contested: BTreeMap<Index, Vec<ExceptionId>> = BTreeMap::new();
        for txn in (0..self.pool.inputs.txns.len()).map(index) {
            if !wanted(self.open(txn)) {
                continue;
            }
            let exceptions = self.exceptions(&self.pool.txn(txn).key());
            let read: &[Index] = match &self.desk.readings[at(txn)] {
                Reading::One { dossier, .. } => std::slice::from_ref(dossier),
                Reading::Many(several) if wanted(Open::Refund) => several,
                _ => &[],
            };
            let returned = match self.desk.txns[at(txn)] {
                Standing::Returns(dossier) => Some(dossier),
                _ => None,
            };
            let named = match &self.desk.txns[at(txn)] {
                Standing::Out { named, .. } => named.as_slice(),
                _ => &[],
            };
            let dossiers: BTreeSet<Index> =
                named.iter().chain(read).copied().chain(returned).collect();
            for dossier in dossiers {
                let list = contested.entry(dossier).or_default();
                list.extend(exceptions.iter().cloned());
            }
        }
        contested
    }

    /// The exceptions of open payments that name a dossier; none when none does.
    pub fn contest(&self, dossier: Index) -> &[ExceptionId] {
        self.contested.get(&dossier).map_or(&[], Vec::as_slice)
    }

    /// The exceptions of open refunds that name a dossier; none when none does.
    pub fn doubt(&self, dossier: Index) -> &[ExceptionId] {
        self.doubted.get(&dossier).map_or(&[], Vec::as_slice)
    }

    /// The day of the open credit, when there is only one.
    pub fn only_credit_day(&self) -> Option<Day> {
        self.only_day
    }

    /// The exceptions of the largest open credit.
    pub fn of_largest_credit(&self) -> &[ExceptionId] {
        &self.largest_credit.1
    }

    /// True when one open credit alone could pay this much, or that much less a provider's fee.
    pub fn may_complete(&self, lacking: i128) -> bool {
        self.reaches(self.largest_credit.0, lacking)
    }

    /// True when the open credits together could pay this much, or that much less a provider's fee.
    pub fn may_reach(&self, lacking: i128) -> bool {
        self.reaches(self.open_credits, lacking)
    }

    fn reaches(&self, credit: i128, lacking: i128) -> bool {
        let fee = crate::domain::Vnd::from_wide(lacking).ok().and_then(|due| {
            self.pool
                .rules
                .net_rates
                .iter()
                .map(|rate| rate.fee_on(due))
                .max()
        });
        credit > 0 && credit + fee.unwrap_or(0) >= lacking
    }

    /// What a transaction may still pay: the whole of an open credit, or a repeat that may be none.
    fn may_still_pay(&self, txn: Index) -> i128 {
        match self.open(txn) {
            Open::Fee | Open::Credit => self.largest(txn).into(),
            Open::Refund => 0,
            Open::Nothing => {
                let perhaps = |e: &&Entry| match e.effect {
                    Effect::Duplicate { certain, .. } => !certain && !e.reversed,
                    Effect::Doubtful { .. } => !e.reversed,
                    Effect::Settles => false,
                };
                let entries = self.entries(Money::Txn(txn)).into_iter().map(|(_, _, e)| e);
                entries
                    .filter(perhaps)
                    .map(|e| e.credit.amount - e.returned)
                    .sum()
            }
        }
    }

    /// What the standing of a transaction leaves open; a stale decision changes nothing in it.
    pub fn open(&self, txn: Index) -> Open {
        let payment = self.pool.txn(txn).kind == TxnKind::Payment;
        let money = if payment { Open::Credit } else { Open::Refund };
        match &self.desk.txns[at(txn)] {
            Standing::Out { class, named, .. } => match *class {
                "ambiguous" if self.is_fee(named) => Open::Fee,
                "unlinked_refund" => Open::Refund,
                "conflict" | "pending" | "status_mismatch" => money,
                class if OPEN_CREDITS.contains(&class) => Open::Credit,
                _ => Open::Nothing,
            },
            Standing::Returns(_) => match self.places.returns[at(txn)] {
                Some((dossier, r)) if self.desk.ledgers[at(dossier)].returns[r].unlinked => {
                    Open::Refund
                }
                _ => Open::Nothing,
            },
            Standing::Credited
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

    /// The least and the greatest part of a payment that the dossiers which it names could take.
    pub fn part_of_named(&self, txn: Index) -> (i128, i128) {
        let amount = self.pool.txn(txn).amount.wide();
        let Standing::Out { named, .. } = &self.desk.txns[at(txn)] else {
            return (0, amount);
        };
        let lacking = || named.iter().map(|d| self.lacking(*d));
        let least = lacking().min().unwrap_or(0).min(amount);
        (least, lacking().sum::<i128>().min(amount))
    }

    /// What a dossier's lines lack, land obligations left out.
    pub fn lacking(&self, dossier: Index) -> i128 {
        let lines = self.desk.ledgers[at(dossier)].lines.iter();
        let counted = lines.filter(|line| !self.pool.is_land(line.fee));
        counted.map(Line::lacking).sum()
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

    /// The exception of a row, as the list that settling it would decide.
    pub fn exceptions(&self, key: &RowKey) -> Vec<ExceptionId> {
        self.row(key)
            .and_then(|row| row.exception_id.clone())
            .into_iter()
            .collect()
    }

    /// The ledger entries of a money row.
    pub fn entries(&self, money: Money) -> Vec<(Index, &'f Ledger, &'f Entry)> {
        let places = match money {
            Money::Txn(i) => &self.places.txns[at(i)],
            Money::Receipt(i) => &self.places.receipts[at(i)],
        };
        let ledgers = &self.desk.ledgers;
        places
            .iter()
            .map(|(dossier, e)| {
                let ledger = &ledgers[at(*dossier)];
                (*dossier, ledger, &ledger.entries[*e])
            })
            .collect()
    }

    /// The agencies of the lines that an entry settled or paid again, land obligations left out;
    /// the dossier's own when it touched none. A dossier that owes nothing but land obligations has
    /// none.
    pub fn agencies(&self, dossier: Index, ledger: &Ledger, entry: &Entry) -> BTreeSet<AgencyCode> {
        let touched: Vec<usize> = match &entry.effect {
            Effect::Duplicate { lines, .. } => lines.clone(),
            _ => entry.parts.iter().map(|(l, _)| *l).collect(),
        };
        let counted = |line: &Line| !self.pool.is_land(line.fee);
        if touched.is_empty() {
            let land = !ledger.lines.is_empty() && !ledger.lines.iter().any(counted);
            let own = self.pool.dossier(dossier).agency.clone();
            return if land {
                BTreeSet::new()
            } else {
                BTreeSet::from([own])
            };
        }
        let lines = touched.iter().map(|l| &ledger.lines[*l]);
        lines
            .filter(|line| counted(line))
            .map(|line| self.pool.fee(line.fee).agency_code.clone())
            .collect()
    }

    /// The agencies of the dossiers that an open transaction names.
    pub fn named(&self, txn: Index) -> BTreeSet<AgencyCode> {
        match &self.desk.txns[at(txn)] {
            Standing::Out { named, .. } => self.agencies_of(named),
            Standing::Returns(dossier) => self.agencies_of(&[*dossier]),
            _ => BTreeSet::new(),
        }
    }

    /// The agency of the first dossier that an open transaction names.
    pub fn first_named(&self, txn: Index) -> Option<AgencyCode> {
        match &self.desk.txns[at(txn)] {
            Standing::Out { named, .. } => named.first().copied(),
            _ => None,
        }
        .map(|dossier| self.pool.dossier(dossier).agency.clone())
    }

    /// The agencies of dossiers.
    pub fn agencies_of(&self, dossiers: &[Index]) -> BTreeSet<AgencyCode> {
        dossiers
            .iter()
            .map(|d| self.pool.dossier(*d).agency.clone())
            .collect()
    }
}

/// Open payments by the dossiers that they name among others.
fn claims(desk: &Desk) -> BTreeMap<Index, (usize, i128)> {
    let mut claims: BTreeMap<Index, (usize, i128)> = BTreeMap::new();
    for (i, standing) in desk.txns.iter().enumerate() {
        if let Standing::Out {
            class: "ambiguous",
            named,
            ..
        } = standing
        {
            for dossier in named {
                let claim = claims.entry(*dossier).or_default();
                claim.0 += 1;
                claim.1 += desk.pool.txn(index(i)).amount.wide();
            }
        }
    }
    claims
}
