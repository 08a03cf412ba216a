//! Pure: the bridges of each source. The day's money from what people paid to what was received,
//! and what was open from the night before to tonight. What neither explains is a column of its
//! own.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use crate::classify::{Bucket, Classified};
use crate::domain::{Day, RowKey, Side, Txn, TxnKind, TxnStatus, Vnd};
use crate::matching::{Evidence, Role};
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Settlement;

use super::index::Index;

/// The money of the day of one source, successful rows only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FlowRow {
    /// The source.
    pub source: Box<str>,
    /// Every payment line, with the fee that the provider kept before it told the amount.
    pub came: Figure,
    /// Of these, lines that are no payment of their own: batched settlements, banked cash, second
    /// sightings, and what a person said is no fee; and the doubtful ones.
    pub uncounted: Figure,
    /// Of the uncounted, open lines that equal a sum of a gateway or of counter cash and may be
    /// something else too: nobody knows whether people paid them.
    pub doubtful: Figure,
    /// What people paid.
    pub paid: Figure,
    /// The part of it that no row tells: fees that the provider kept before it told the amount, as
    /// the matching found them; how many payments, and dong.
    pub kept_before: Figure,
    /// What the provider kept of it, in dong: as its rows tell, else as the matching found.
    pub fees: i128,
    /// Refunds and reversals, by the kind of the row or by what it undoes.
    pub returned: Figure,
    /// Other debits.
    pub debits: Figure,
    /// What the counted rows say was received, less what went out, in dong.
    pub net: i128,
    /// Outgoing lines that another source tells already; in no other figure.
    pub uncounted_out: Figure,
}

impl FlowRow {
    /// The money of another day too.
    pub(super) fn plus(&mut self, other: &Self) {
        self.came.plus(other.came);
        self.uncounted.plus(other.uncounted);
        self.doubtful.plus(other.doubtful);
        self.paid.plus(other.paid);
        self.kept_before.plus(other.kept_before);
        self.fees += other.fees;
        self.returned.plus(other.returned);
        self.debits.plus(other.debits);
        self.net += other.net;
        self.uncounted_out.plus(other.uncounted_out);
    }

    /// Came in, not counted, paid, fees, returned, debits, received and what no row explains, in
    /// dong.
    pub fn parts(&self) -> [i128; 8] {
        [
            self.came.sum_vnd,
            self.uncounted.sum_vnd,
            self.paid.sum_vnd,
            self.fees,
            self.returned.sum_vnd,
            self.debits.sum_vnd,
            self.net,
            self.rest(),
        ]
    }

    /// Came in, less what is not counted, fees and what went out, less received: what no row
    /// explains, in dong.
    pub fn rest(&self) -> i128 {
        let out = self.fees + self.returned.sum_vnd + self.debits.sum_vnd;
        self.came.sum_vnd - self.uncounted.sum_vnd - out - self.net
    }
}

/// The outgoing lines of all sources that are not counted; none where there is nothing.
pub fn uncounted_out(flows: &[FlowRow]) -> Option<Figure> {
    let mut all = Figure::default();
    for row in flows {
        all.plus(row.uncounted_out);
    }
    (!all.is_empty()).then_some(all)
}

/// What people paid in all sources, dong.
pub(super) fn paid(flows: &[FlowRow]) -> i128 {
    flows.iter().map(|row| row.paid.sum_vnd).sum()
}

/// A night of a period that did not begin with what the night before it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Break {
    /// The night before.
    pub after: Day,
    /// The night.
    pub before: Day,
    /// Rows that it began with more; fewer where negative.
    pub count: i128,
    /// Dong that it began with more.
    pub sum_vnd: i128,
    /// True where it is the night after the period that tells it: what changed since its last one.
    pub later: bool,
}

/// What was open in one source, from the night before to tonight, or from before the first night of
/// a period to its last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CarryRow {
    /// The source; `cash` for counter receipts, empty for fee lines.
    pub source: Box<str>,
    /// True for transactions.
    pub money: bool,
    /// Open after the night before.
    pub opening: Figure,
    /// Open now and not then.
    pub came: Figure,
    /// Open then and now with another amount: how many, and by how much the money at risk grew.
    pub changed: Figure,
    /// Open then and matched now, with the amount of then; of a fee line that is paid in part
    /// since, what was paid, and no row.
    pub matched: Figure,
    /// Open then; left out with a reason, unreadable or without anything due now. The amount is
    /// that of then.
    pub left_out: Figure,
    /// Open now.
    pub closing: Figure,
    /// Over a period: where its nights do not join; empty in a night.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<Break>,
}

impl CarryRow {
    /// (rows, dong) by which nights of the period began with more than the nights before them left.
    pub fn between(&self) -> (i128, i128) {
        let breaks = self.breaks.iter();
        breaks.fold((0, 0), |sum, one| (sum.0 + one.count, sum.1 + one.sum_vnd))
    }

    /// The next night of a period, told by this row up to the night `after`.
    pub(super) fn go_on(&mut self, after: Option<Day>, night: Day, row: &Self) {
        let count = i128::from(row.opening.count) - i128::from(self.closing.count);
        let sum_vnd = row.opening.sum_vnd - self.closing.sum_vnd;
        if let Some(after) = after
            && (count, sum_vnd) != (0, 0)
        {
            self.breaks.push(Break {
                after,
                before: night,
                count,
                sum_vnd,
                later: false,
            });
        }
        self.came.plus(row.came);
        self.changed.plus(row.changed);
        self.matched.plus(row.matched);
        self.left_out.plus(row.left_out);
        self.closing = row.closing;
    }

    /// Opening, came, changed, matched, left out and closing.
    pub fn parts(&self) -> [Figure; 6] {
        [
            self.opening,
            self.came,
            self.changed,
            self.matched,
            self.left_out,
            self.closing,
        ]
    }

    /// (rows, dong) of the closing that the opening and the movements do not explain: rows that are
    /// not seen any more. A changed amount is no row more or less.
    pub fn rest(&self) -> (i128, i128) {
        let count = |figure: Figure| i128::from(figure.count);
        let between = self.between();
        (
            between.0 + count(self.opening) + count(self.came)
                - count(self.matched)
                - count(self.left_out)
                - count(self.closing),
            between.1 + self.opening.sum_vnd + self.came.sum_vnd + self.changed.sum_vnd
                - self.matched.sum_vnd
                - self.left_out.sum_vnd
                - self.closing.sum_vnd,
        )
    }
}

/// The fee that the matching found missing in what a row tells; none where the row tells a fee of
/// its own.
pub(super) fn kept_before(row: &Classified, txn: &Txn) -> i128 {
    let found = row.evidence.iter().find_map(|seen| match seen {
        Evidence::NetOfFee(fee) => Some(fee.wide()),
        _ => None,
    });
    found.filter(|_| txn.fee == Vnd::ZERO).unwrap_or(0)
}

/// Rows of money with a fee that the matching found missing, by source and id.
pub(super) fn kept_before_all(rows: &[Classified]) -> FxHashMap<(&str, &str), &Classified> {
    let net = |row: &&Classified| {
        let is_net = |seen: &Evidence| matches!(seen, Evidence::NetOfFee(_));
        row.key.side == Side::Txn && row.evidence.iter().any(is_net)
    };
    let rows = rows.iter().filter(net);
    rows.map(|row| ((row.key.source.as_str(), &*row.key.id), row))
        .collect()
}

/// An open line that equals a sum of the day and was not taken for it.
pub(super) fn is_doubtful(row: &Classified) -> bool {
    row.bucket == Bucket::Open && row.evidence.iter().any(Evidence::is_doubtful_sum)
}

/// Lines of money that are no payment of their own, or are perhaps none, by source and id.
pub(super) fn left_out(settlement: &Settlement) -> FxHashSet<(&str, &str)> {
    let rows = settlement.rows.iter();
    let is_out = |row: &Classified| row.bucket == Bucket::Excluded || is_doubtful(row);
    let out = rows.filter(|row| row.key.side == Side::Txn && is_out(row));
    out.map(|row| (row.key.source.as_str(), &*row.key.id))
        .collect()
}

/// What the settlement says of transactions that do not count as their kind tells.
struct Said<'s> {
    /// Rows left out, and rows whose fee was kept before.
    rows: FxHashMap<(&'s str, &'s str), &'s Classified>,
    /// Rows that undo or return a payment.
    returns: FxHashSet<(&'s str, &'s str)>,
}

impl<'s> Said<'s> {
    fn by(settlement: &'s Settlement) -> Self {
        let id = |key: &'s RowKey| (key.source.as_str(), &*key.id);
        let of_money = |row: &&Classified| row.key.side == Side::Txn;
        let tells = |row: &&Classified| {
            let is_net = |seen: &Evidence| matches!(seen, Evidence::NetOfFee(_));
            let is_out = row.bucket == Bucket::Excluded || is_doubtful(row);
            is_out || row.evidence.iter().any(is_net)
        };
        let rows = settlement.rows.iter().filter(of_money).filter(tells);
        let legs = settlement.groups.iter().flat_map(|group| &group.legs);
        let returns = legs.filter(|leg| {
            leg.money.side == Side::Txn && matches!(leg.role, Role::Refund | Role::Reversal)
        });
        Self {
            rows: rows.map(|row| (id(&row.key), row)).collect(),
            returns: returns.map(|leg| id(&leg.money)).collect(),
        }
    }
}

/// One row a money source, in the order of the configuration.
pub(super) fn flows(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Vec<FlowRow> {
    let said = Said::by(settlement);
    let money = facts.sources.iter().filter(|s| s.facts.carries_money);
    money
        .map(|source| {
            let mut row = FlowRow {
                source: source.facts.name.as_str().into(),
                ..FlowRow::default()
            };
            let of_day = |txn: &&Txn| {
                txn.source == source.facts.name
                    && txn.business_date == facts.business_date
                    && txn.status == TxnStatus::Success
            };
            index
                .inputs
                .txns
                .iter()
                .filter(of_day)
                .for_each(|txn| flow(&mut row, txn, &said));
            row
        })
        .collect()
}

fn flow(row: &mut FlowRow, txn: &Txn, said: &Said<'_>) {
    let id = (txn.source.as_str(), &*txn.id);
    let known = said.rows.get(&id).copied();
    let left_out = known.filter(|known| known.bucket == Bucket::Excluded);
    match txn.kind {
        TxnKind::Payment => {
            let kept = known.map_or(0, |known| kept_before(known, txn));
            let gross = Figure::new(1, txn.amount.wide() + kept);
            row.came.plus(gross);
            let doubtful = known.is_some_and(is_doubtful);
            if doubtful {
                row.doubtful.plus(gross);
            }
            if doubtful || left_out.is_some() {
                row.uncounted.plus(gross);
                return;
            }
            row.paid.plus(gross);
            if kept != 0 {
                row.kept_before.plus(Figure::new(1, kept));
            }
            row.fees += txn.fee.wide() + kept;
            row.net += txn.net.wide();
        }
        // the same line in another source has gone out there
        _ if left_out.is_some_and(|known| known.class == "sighting") => {
            row.uncounted_out.add(txn.amount);
        }
        TxnKind::Debit if !said.returns.contains(&id) => {
            row.debits.add(txn.amount);
            row.net -= txn.amount.wide();
        }
        TxnKind::Debit | TxnKind::Refund | TxnKind::Reversal => {
            row.returned.add(txn.amount);
            row.net -= txn.amount.wide();
        }
    }
}

/// What waits of an exception as the store keeps it, the whole row or what a fee line that is paid
/// in part lacks: tomorrow's opening are these, no others.
fn waits(row: &Classified) -> Option<Vnd> {
    let kept = row.exception_id.is_some() && row.is_open();
    match row.bucket {
        _ if !kept => None,
        Bucket::Open => Some(row.amount),
        Bucket::Matched => row.still_due(),
        Bucket::Rejected | Bucket::Excluded => None,
    }
}

/// One row a source in which something is or was open: money first, then receipts and fee lines.
pub(super) fn carries(settlement: &Settlement, facts: &RunFacts) -> Vec<CarryRow> {
    let mut rows: BTreeMap<(bool, Side, Box<str>), CarryRow> = BTreeMap::new();
    let mut before: BTreeMap<&RowKey, Vnd> = BTreeMap::new();
    for (key, amount) in &facts.page.open_before {
        before.insert(key, *amount);
        of(&mut rows, key).opening.add(*amount);
    }
    for row in &settlement.rows {
        let then = before.get(&row.key).copied();
        if let Some(now) = waits(row) {
            let of = of(&mut rows, &row.key);
            of.closing.add(now);
            match then {
                None => of.came.add(now),
                // a part of it was paid: the row still waits with the rest
                Some(then) if now < then && row.bucket == Bucket::Matched => {
                    let paid = then.wide() - now.wide();
                    of.matched.plus(Figure::new(0, paid));
                }
                Some(then) if then != now => {
                    let grown = now.wide() - then.wide();
                    of.changed.plus(Figure::new(1, grown));
                }
                Some(_) => {}
            }
        } else if let Some(then) = then {
            let of = of(&mut rows, &row.key);
            match row.bucket {
                // what somebody gave up never came
                Bucket::Matched if row.ended_by().is_none() => of.matched.add(then),
                _ => of.left_out.add(then),
            }
        }
    }
    rows.into_values().collect()
}

fn of<'r>(
    rows: &'r mut BTreeMap<(bool, Side, Box<str>), CarryRow>,
    key: &RowKey,
) -> &'r mut CarryRow {
    let money = key.side == Side::Txn;
    let source: Box<str> = key.source.as_str().into();
    let place = (!money, key.side, source.clone());
    rows.entry(place).or_insert_with(|| CarryRow {
        source,
        money,
        ..CarryRow::default()
    })
}
