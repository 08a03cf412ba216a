//! The checker's own books: rows by key, legs by money row, by fee line, and by the two together.
//! Built from the inputs and the legs alone; nothing that the matcher remembered is believed.

mod dues;
mod enter;
mod said;
mod totals;

use said::says;
pub(super) use said::{Entry, class, is_unread};

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::memo::Codes;
use super::told::Told;
use crate::classify::Classified;
use crate::domain::{
    AgencyCode, Day, Decision, DossierCode, ExceptionId, Fee, FeeStatus, Inputs, PaymentOrder,
    Receipt, RowKey, Rules, Side, Txn,
};
use crate::kpi::PriorSum;
use crate::matching::{Leg, MatchGroup};

/// A transaction or receipt with its legs.
pub(super) struct Money<'a> {
    pub(super) key: RowKey,
    pub(super) row: MoneyRow<'a>,
    /// What was said of it.
    pub(super) said: Option<&'a Classified>,
    /// Stakes in dossiers: positions in `Books::stakes`.
    pub(super) stakes: Vec<usize>,
    /// Its refund and reversal legs.
    pub(super) back: Vec<&'a Leg>,
    /// Its sighting legs.
    pub(super) seen: Vec<&'a Leg>,
    /// The group that it is a member of, where it is one of a certified set.
    pub(super) set: Option<usize>,
    /// Its text holds no code of a dossier that exists: read once, when it is asked for.
    pub(super) nameless: OnceLock<bool>,
}

/// Where it came from.
#[derive(Clone, Copy)]
pub(super) enum MoneyRow<'a> {
    Txn(&'a Txn),
    Receipt(&'a Receipt),
}

impl Money<'_> {
    /// True when this class was said of it, as its own or as one that applies too.
    pub(super) fn says(&self, class: &str) -> bool {
        says(self.said, class)
    }

    pub(super) fn amount(&self) -> i128 {
        match self.row {
            MoneyRow::Txn(txn) => txn.amount.wide(),
            MoneyRow::Receipt(receipt) => receipt.amount.wide(),
        }
    }

    /// The calendar day on which it moved.
    pub(super) fn day(&self) -> Day {
        match self.row {
            MoneyRow::Txn(txn) => txn.paid_on,
            MoneyRow::Receipt(receipt) => receipt.collected_at.day(),
        }
    }

    pub(super) fn ms(&self) -> i64 {
        match self.row {
            MoneyRow::Txn(txn) => txn.paid_at.ms(),
            MoneyRow::Receipt(receipt) => receipt.collected_at.ms(),
        }
    }

    pub(super) fn is_cash(&self) -> bool {
        matches!(self.row, MoneyRow::Receipt(_))
    }

    pub(super) fn txn(&self) -> Option<&Txn> {
        match self.row {
            MoneyRow::Txn(txn) => Some(txn),
            MoneyRow::Receipt(_) => None,
        }
    }
}

/// What one money row did in one dossier.
pub(super) struct Stake<'a> {
    pub(super) money: usize,
    pub(super) dossier: usize,
    /// Settling legs: (line, dong), in order of the lines once the books are closed.
    pub(super) parts: Vec<(usize, i128)>,
    pub(super) surplus: i128,
    pub(super) again: Vec<usize>,
    pub(super) undone: bool,
    /// Sent back, as far as refunds name it alone.
    pub(super) returned: i128,
    /// The one refund that names it alone, while there is only one.
    pub(super) refund: Option<usize>,
    /// Of it, off its lines.
    pub(super) sent_back: Vec<(usize, i128)>,
    /// A refund took from several payments, so it is not told from the legs what of this one.
    pub(super) unsure: bool,
    pub(super) decided: bool,
    /// What its lines lack can be the provider's fee, and nothing else is missing on them.
    pub(super) net: bool,
    /// Its legs name different passes or reasons.
    pub(super) mixed: bool,
    pub(super) first: &'a Leg,
}

impl Stake<'_> {
    pub(super) fn settled(&self) -> i128 {
        self.parts.iter().map(|(_, dong)| dong).sum()
    }

    /// Its share of the row's amount.
    pub(super) fn stake(&self) -> i128 {
        self.settled() + self.surplus
    }

    /// What is left of what was beyond the due, once what went back of it is gone.
    pub(super) fn beyond(&self) -> i128 {
        let off: i128 = self.sent_back.iter().map(|(_, dong)| dong).sum();
        (self.surplus - (self.returned - off)).max(0)
    }

    pub(super) fn is_gone(&self) -> bool {
        self.undone || (self.returned > 0 && self.returned >= self.stake())
    }

    /// Settles, or is beyond what was due; no repeat.
    pub(super) fn settles(&self) -> bool {
        self.again.is_empty()
    }

    pub(super) fn part(&self, line: usize) -> i128 {
        let first = self.parts.partition_point(|(l, _)| *l < line);
        let mine = self.parts[first..].iter().take_while(|(l, _)| *l == line);
        mine.map(|(_, dong)| dong).sum()
    }
}

/// One fee line with what its legs say.
pub(super) struct Line<'a> {
    pub(super) fee: &'a Fee,
    /// What was said of it.
    pub(super) said: Option<&'a Classified>,
    pub(super) dossier: usize,
    /// Money can settle it.
    pub(super) payable: bool,
    pub(super) land: bool,
    pub(super) stakes: Vec<usize>,
    /// Settled by money that was not undone; what was sent back is not taken off.
    pub(super) paid: i128,
    /// Settled by money that the provider undid.
    pub(super) undone: i128,
    pub(super) refunded: i128,
    /// When money first went back off it.
    pub(super) refunded_ms: i64,
    /// Legs beyond what was due, from transactions.
    pub(super) surplus: i128,
    /// Legs of repeats.
    pub(super) again: usize,
    /// Any leg that settles, undoes or returns, of whatever amount.
    pub(super) touched: bool,
    /// What it lacks can be what a payment's provider kept.
    pub(super) net: bool,
    /// The number of payments on it that are not undone.
    pub(super) live: usize,
}

impl Line<'_> {
    /// True when this class was said of it, as its own or as one that applies too.
    pub(super) fn says(&self, class: &str) -> bool {
        says(self.said, class)
    }

    pub(super) fn due(&self) -> i128 {
        self.fee.amount.wide()
    }

    /// The registry calls it refunded, and nothing of it was seen to go back.
    pub(super) fn is_told_back(&self) -> bool {
        self.payable && self.fee.status == FeeStatus::Refunded && self.refunded == 0
    }

    /// What live money has not covered, refunds not taken off, a provider's fee not counted.
    pub(super) fn gap(&self) -> i128 {
        (self.due() - self.paid).max(0)
    }
}

/// One dossier.
pub(super) struct Dossier<'a> {
    pub(super) code: &'a DossierCode,
    /// Positions in `Books::lines`, in the order of the waterfall.
    pub(super) lines: std::ops::Range<usize>,
    pub(super) stakes: Vec<usize>,
    /// Some line can be settled.
    pub(super) payable: bool,
    /// Refunds or reversals touched it.
    pub(super) went_back: bool,
    /// The group that it is a member of, where it is one of a certified set.
    pub(super) set: Option<usize>,
}

/// Everything the checks look at.
pub(super) struct Books<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) rules: &'a Rules,
    pub(super) prior: &'a [PriorSum],
    pub(super) settlement: &'a Told<'a>,
    pub(super) money: Vec<Money<'a>>,
    pub(super) lines: Vec<Line<'a>>,
    pub(super) dossiers: Vec<Dossier<'a>>,
    pub(super) stakes: Vec<Stake<'a>>,
    pub(super) codes: Codes,
    /// The payer that each dossier expects, folded.
    pub(super) payers: Vec<Vec<String>>,
    /// Dossiers by that payer.
    pub(super) by_payer: FxHashMap<Vec<String>, Vec<usize>>,
    /// Payment orders by their id.
    pub(super) orders: FxHashMap<&'a str, Vec<&'a PaymentOrder>>,
    /// Transactions by their id alone.
    pub(super) by_id: FxHashMap<&'a str, Vec<usize>>,
    /// The stakes of which a refund is the only one that names them alone, by the refund.
    pub(super) by_refund: FxHashMap<usize, Vec<usize>>,
    /// What each dossier comes to.
    totals: Vec<totals::Totals>,
    /// Dossiers and lines (all of a dossier's where none is named) whose order a provider calls
    /// paid.
    paid_orders: FxHashSet<(&'a str, Option<&'a str>)>,
    /// Legs whose money row or fee line does not exist.
    pub(super) strays: Vec<&'a Leg>,
    money_at: FxHashMap<(Side, &'a str, &'a str), usize>,
    line_at: FxHashMap<(&'a str, &'a str), usize>,
    dossier_at: FxHashMap<&'a str, usize>,
    /// Of each row that was given a class the row it is about; none of what could not be read.
    pub(super) entries: Vec<Option<Entry>>,
    /// The exceptions of all rows.
    pub(super) exceptions: FxHashSet<&'a ExceptionId>,
    /// Rows whose id came with different content.
    pub(super) conflicts: FxHashSet<&'a RowKey>,
    /// Dossiers for which a payment is left open between several readings.
    pub(super) doubted: FxHashSet<&'a str>,
    /// What people ruled, by row.
    pub(super) decisions: FxHashMap<&'a RowKey, Vec<&'a Decision>>,
    /// Keys that several rows have.
    pub(super) shared_keys: FxHashSet<&'a RowKey>,
    /// Agency and day of certified sets, by their group.
    pub(super) sets: FxHashMap<usize, (Option<&'a AgencyCode>, Option<Day>)>,
    /// When the first of the refunds went out whose payment is not known.
    pub(super) open_refund_ms: Option<i64>,
    /// Some row of the money side is open, doubtful or cannot be read, or money may be found.
    pub(super) any_open: bool,
}

impl<'a> Books<'a> {
    pub(super) fn new(
        inputs: &'a Inputs,
        rules: &'a Rules,
        prior: &'a [PriorSum],
        settlement: &'a Told<'a>,
        codes: Option<Codes>,
    ) -> Self {
        let mut books = Self {
            inputs,
            rules,
            prior,
            settlement,
            money: Vec::new(),
            lines: Vec::new(),
            dossiers: Vec::new(),
            stakes: Vec::new(),
            codes: Codes::default(),
            payers: Vec::new(),
            by_payer: FxHashMap::default(),
            orders: FxHashMap::default(),
            by_id: FxHashMap::default(),
            by_refund: FxHashMap::default(),
            totals: Vec::new(),
            paid_orders: FxHashSet::default(),
            strays: Vec::new(),
            money_at: FxHashMap::default(),
            line_at: FxHashMap::default(),
            dossier_at: FxHashMap::default(),
            entries: Vec::new(),
            conflicts: inputs.conflicts.iter().map(|c| &c.key).collect(),
            doubted: FxHashSet::default(),
            decisions: FxHashMap::default(),
            shared_keys: FxHashSet::default(),
            sets: FxHashMap::default(),
            open_refund_ms: None,
            any_open: false,
            exceptions: FxHashSet::default(),
        };
        let exceptions = settlement.rows.iter().copied();
        books.exceptions = exceptions
            .filter_map(|row| row.exception_id.as_ref())
            .collect();
        let doubtful = settlement.rows.iter().copied();
        let doubtful =
            doubtful.filter(|row| row.class == "ambiguous" || row.also.contains(&"ambiguous"));
        let named = doubtful.filter_map(|row| row.dossier_code.as_ref());
        books.doubted = named.map(DossierCode::as_str).collect();
        books.enter_money();
        books.enter_fees();
        books.enter_classes();
        let own = books.dossiers.iter().map(|dossier| dossier.code.as_str());
        books.codes = match codes {
            Some(all) => all.of_these(own),
            None => Codes::new(own),
        };
        books.enter_names();
        books.enter_legs();
        books.enter_returns();
        books.add_up();
        books.enter_totals();
        books.enter_open();
        books
    }

    /// The money row with this key.
    pub(super) fn money_of(&self, key: &RowKey) -> Option<usize> {
        let at = (key.side, key.source.as_str(), &*key.id);
        self.money_at.get(&at).copied()
    }

    /// The transaction of a source with this id.
    pub(super) fn txn_at(&self, source: &str, id: &str) -> Option<usize> {
        self.money_at.get(&(Side::Txn, source, id)).copied()
    }

    /// True for a line that came with different content.
    pub(super) fn differs(&self, line: &Line) -> bool {
        !self.conflicts.is_empty() && self.conflicts.contains(&line.fee.key())
    }

    /// The row of the books with this key.
    pub(super) fn entry(&self, key: &RowKey) -> Option<Entry> {
        if key.side != Side::Fee {
            return self.money_of(key).map(Entry::Money);
        }
        let dossier = key.dossier.as_ref().map_or("", |code| code.as_str());
        self.line_at(dossier, &key.id).map(Entry::Line)
    }

    /// The receipt with this id.
    pub(super) fn receipt_at(&self, id: &str) -> Option<usize> {
        self.money_at.get(&(Side::Receipt, "cash", id)).copied()
    }

    /// The fee line of a leg.
    pub(super) fn line_of(&self, leg: &Leg) -> Option<usize> {
        let (dossier, fee) = (leg.dossier_code.as_ref()?, leg.fee_id.as_ref()?);
        self.line_at.get(&(dossier.as_str(), fee.as_str())).copied()
    }

    pub(super) fn line_at(&self, dossier: &str, fee: &str) -> Option<usize> {
        self.line_at.get(&(dossier, fee)).copied()
    }

    /// The dossier with this code.
    pub(super) fn dossier_at(&self, code: &str) -> Option<usize> {
        self.dossier_at.get(code).copied()
    }

    /// The class that a readable row was given.
    pub(super) fn row(&self, key: &RowKey) -> Option<&'a Classified> {
        match self.entry(key)? {
            Entry::Line(line) => self.lines[line].said,
            Entry::Money(money) => self.money[money].said,
        }
    }

    pub(super) fn groups(&self) -> &'a [&'a MatchGroup] {
        &self.settlement.groups
    }

    /// The provider's fee by which a payment of `paid` may be short of `due`.
    pub(super) fn may_be_fee(&self, stake: &Stake, due: i128) -> bool {
        let money = &self.money[stake.money];
        let Some(txn) = money.txn() else { return false };
        let short = due - stake.settled();
        // of a payment over several dossiers the fee is kept from the whole
        let shared = money.stakes.len() > 1;
        let due = if shared { money.amount() + short } else { due };
        let by_rate = self.rules.net_rates.iter().any(|rate| {
            let (num, den) = (rate.rate.num, rate.rate.den);
            let half_up = (due * num * 2 + den).div_euclid(den * 2);
            short == half_up.max(rate.minimum.wide())
        });
        short > 0 && (txn.fee.wide() == short || by_rate)
    }
}
