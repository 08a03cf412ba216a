//! Pure: the bridges of each source. The day's money from what people paid to what was received,
//! and what was open from the night before to tonight. What neither explains is a column of its
//! own.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::classify::Bucket;
use crate::domain::{RowKey, Side, Txn, TxnKind, TxnStatus};
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Settlement;

use super::index::Index;

/// The money of the day of one source, successful rows only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FlowRow {
    /// The source.
    pub source: Box<str>,
    /// What people paid.
    pub paid: Figure,
    /// What the provider says it kept of it, in dong.
    pub fees: i128,
    /// Refunds and reversals.
    pub returned: Figure,
    /// Other debits.
    pub debits: Figure,
    /// What the rows say was received, less what went out, in dong.
    pub net: i128,
}

impl FlowRow {
    /// Paid, fees, returned, debits, received and what no row explains, in dong.
    pub fn parts(&self) -> [i128; 6] {
        [
            self.paid.sum_vnd,
            self.fees,
            self.returned.sum_vnd,
            self.debits.sum_vnd,
            self.net,
            self.rest(),
        ]
    }

    /// Paid, less fees and what went out, less received: what no row explains, in dong.
    pub fn rest(&self) -> i128 {
        let out = self.fees + self.returned.sum_vnd + self.debits.sum_vnd;
        self.paid.sum_vnd - out - self.net
    }
}

/// What was open in one source, from the night before to tonight.
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
    /// Open then and matched now.
    pub matched: Figure,
    /// Open then and left out with a reason now.
    pub left_out: Figure,
    /// Open now.
    pub closing: Figure,
}

impl CarryRow {
    /// Opening, came, matched, left out and closing.
    pub fn parts(&self) -> [Figure; 5] {
        [
            self.opening,
            self.came,
            self.matched,
            self.left_out,
            self.closing,
        ]
    }

    /// (rows, dong) of the closing that the opening and the movements do not explain: rows that are
    /// not seen any more, or whose money at risk changed.
    pub fn rest(&self) -> (i128, i128) {
        let count = |figure: Figure| i128::from(figure.count);
        (
            count(self.opening) + count(self.came)
                - count(self.matched)
                - count(self.left_out)
                - count(self.closing),
            self.opening.sum_vnd + self.came.sum_vnd
                - self.matched.sum_vnd
                - self.left_out.sum_vnd
                - self.closing.sum_vnd,
        )
    }
}

/// One row a money source, in the order of the configuration.
pub(super) fn flows(index: &Index<'_>, facts: &RunFacts) -> Vec<FlowRow> {
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
                .for_each(|txn| flow(&mut row, txn));
            row
        })
        .collect()
}

fn flow(row: &mut FlowRow, txn: &Txn) {
    match txn.kind {
        TxnKind::Payment => {
            row.paid.add(txn.amount);
            row.fees += txn.fee.wide();
            row.net += txn.net.wide();
        }
        TxnKind::Refund | TxnKind::Reversal => {
            row.returned.add(txn.amount);
            row.net -= txn.amount.wide();
        }
        TxnKind::Debit => {
            row.debits.add(txn.amount);
            row.net -= txn.amount.wide();
        }
    }
}

/// One row a source in which something is or was open: money first, then receipts and fee lines.
pub(super) fn carries(settlement: &Settlement, facts: &RunFacts) -> Vec<CarryRow> {
    let mut rows: BTreeMap<(bool, Side, Box<str>), CarryRow> = BTreeMap::new();
    let mut before: BTreeSet<&RowKey> = BTreeSet::new();
    for (key, amount) in &facts.page.open_before {
        before.insert(key);
        of(&mut rows, key).opening.add(*amount);
    }
    for row in &settlement.rows {
        let was_open = before.contains(&row.key);
        // what merely waits (not due, unpaid) is no exception: it was not counted then either
        if row.bucket == Bucket::Open && row.exception_id.is_none() {
            continue;
        }
        if row.bucket == Bucket::Open {
            let of = of(&mut rows, &row.key);
            of.closing.add(row.amount);
            if !was_open {
                of.came.add(row.amount);
            }
        } else if was_open {
            let of = of(&mut rows, &row.key);
            match row.bucket {
                Bucket::Matched => of.matched.add(row.amount),
                _ => of.left_out.add(row.amount),
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
