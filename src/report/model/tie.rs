//! Pure: conservation, shown. Per source, business date and kind the rows that came in are the
//! matched, the open, the rejected and the excluded ones, in count and to the dong.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::classify::{Bucket, Classified};
use crate::domain::{Day, RowKey, Side, Vnd};
use crate::matching::{MatchGroup, Role};
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Settlement;

use super::index::Index;

/// One line of the tie-out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TieLine {
    /// The source; `cash` for counter receipts, empty for fee lines.
    pub source: Box<str>,
    /// The accounting day.
    pub business_date: Option<Day>,
    /// `payment`, `refund`, `reversal`, `debit`, `receipt`, `fee`, or `reject`.
    pub kind: &'static str,
    /// True for the transactions of money sources and their rejects.
    pub money: bool,
    /// Rows as they came in, counted where they were stored.
    pub rows_in: Figure,
    /// Rows in a group; of a fee line that is paid in part, what was paid.
    pub matched: Figure,
    /// Rows that wait; what a fee line in a group lacks is in the sum, and the row not counted
    /// again.
    pub open: Figure,
    /// Rows that could not be read.
    pub rejected: Figure,
    /// Rows left out with a reason.
    pub excluded: Figure,
}

/// Classes of fee lines in a group that money is still due for.
const SHORT: [&str; 3] = ["underpaid", "partial", "reversed"];

/// What was paid of the fee lines that money is still due for, by dossier and line, in dong.
pub(super) struct Paid<'s>(FxHashMap<(&'s str, &'s str), i128>);

impl<'s> Paid<'s> {
    /// By the classes of the rows and the legs of the groups.
    pub(super) fn by(rows: &'s [Classified], groups: &'s [MatchGroup]) -> Self {
        let short = rows.iter().filter(|row| is_short(row));
        let mut paid: FxHashMap<_, i128> = short
            .filter_map(|row| Some(((row.key.dossier.as_ref()?.as_str(), &*row.key.id), 0)))
            .collect();
        let legs = groups.iter().flat_map(MatchGroup::links);
        for leg in legs.filter(|leg| matches!(leg.role, Role::Settles | Role::Reversal)) {
            let line = leg.dossier_code.as_ref().zip(leg.fee_id.as_ref());
            let line = line.map(|(dossier, fee)| (dossier.as_str(), fee.as_str()));
            if let Some(sum) = line.and_then(|line| paid.get_mut(&line)) {
                *sum += leg.amount.wide();
            }
        }
        Self(paid)
    }

    /// What is still due for a row of this amount; 0 for a row that is not short.
    pub(super) fn lacking(&self, row: &Classified, amount: Vnd) -> i128 {
        if let Some(due) = row.still_due().filter(|_| is_short(row)) {
            return due.wide();
        }
        let dossier = row.key.dossier.as_ref().filter(|_| is_short(row));
        let paid = dossier.and_then(|code| self.0.get(&(code.as_str(), &*row.key.id)));
        paid.map_or(0, |paid| (amount.wide() - *paid).max(0))
    }
}

fn is_short(row: &Classified) -> bool {
    let mut classes = std::iter::once(&row.class).chain(&row.also);
    row.key.side == Side::Fee
        && row.bucket == Bucket::Matched
        && classes.any(|class| SHORT.contains(class))
}

impl TieLine {
    /// The rows of another day too.
    pub(super) fn plus(&mut self, other: &Self) {
        self.rows_in.plus(other.rows_in);
        self.matched.plus(other.matched);
        self.open.plus(other.open);
        self.rejected.plus(other.rejected);
        self.excluded.plus(other.excluded);
    }

    /// Rows in, less everything decided: (rows, dong); (0, 0) when nothing was lost or invented.
    pub fn difference(&self) -> (i128, i128) {
        let parts = [self.matched, self.open, self.rejected, self.excluded];
        let count: i128 = parts.iter().map(|p| i128::from(p.count)).sum();
        let sum: i128 = parts.iter().map(|p| p.sum_vnd).sum();
        (
            i128::from(self.rows_in.count) - count,
            self.rows_in.sum_vnd - sum,
        )
    }

    /// True when nothing was lost or invented.
    pub fn ties(&self) -> bool {
        self.difference() == (0, 0)
    }

    /// A row of this amount, of which so much is still due, in dong.
    pub(super) fn decided(&mut self, bucket: Bucket, amount: Vnd, lacking: i128) {
        let figure = self.bucket(bucket);
        figure.add(amount);
        figure.sum_vnd -= lacking;
        self.open.sum_vnd += lacking;
    }

    fn bucket(&mut self, bucket: Bucket) -> &mut Figure {
        match bucket {
            Bucket::Matched => &mut self.matched,
            Bucket::Open => &mut self.open,
            Bucket::Rejected => &mut self.rejected,
            Bucket::Excluded => &mut self.excluded,
        }
    }
}

/// The totals block of `run.json`: the transactions of all money sources and their rejects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Rows that came in.
    pub transactions: Figure,
    /// Rows in a group.
    pub matched: Figure,
    /// Rows that wait.
    pub open: Figure,
    /// Rows that could not be read.
    pub rejected: Figure,
    /// Rows left out with a reason.
    pub excluded: Figure,
}

impl Totals {
    /// Those of another night too.
    pub(super) fn plus(&mut self, other: &Self) {
        self.transactions.plus(other.transactions);
        self.matched.plus(other.matched);
        self.open.plus(other.open);
        self.rejected.plus(other.rejected);
        self.excluded.plus(other.excluded);
    }
}

/// The totals over the money lines.
pub fn totals(lines: &[TieLine]) -> Totals {
    let mut totals = Totals::default();
    for line in lines.iter().filter(|line| line.money) {
        totals.transactions.plus(line.rows_in);
        totals.matched.plus(line.matched);
        totals.open.plus(line.open);
        totals.rejected.plus(line.rejected);
        totals.excluded.plus(line.excluded);
    }
    totals
}

type LineKey = (Side, Box<str>, Option<Day>, &'static str);
type Lines = BTreeMap<LineKey, TieLine>;

/// The tie-out of a night: the stored figures of each source against the settlement.
pub fn tie_out(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Vec<TieLine> {
    let night = facts.business_date;
    let mut lines = Lines::new();
    for source in &facts.sources {
        let name = source.facts.name.as_str();
        for kind in &source.by_kind {
            let kind_id = kind_id(&kind.kind);
            line(&mut lines, Side::Txn, name, night, kind_id)
                .rows_in
                .plus(kind.figure);
        }
        if source.facts.carries_money && source.rejects > 0 {
            let of_source = |r: &&crate::domain::Reject| {
                r.side == Side::Txn && r.source == source.facts.name && r.business_date == night
            };
            let readable = index
                .inputs
                .rejects
                .iter()
                .filter(of_source)
                .filter_map(|r| r.amount);
            let sum = readable.map(crate::domain::Vnd::wide).sum();
            line(&mut lines, Side::Txn, name, night, "reject").rows_in =
                Figure::new(source.rejects, sum);
        }
    }
    rows_in_of_registry(index, settlement, night, &mut lines);
    let paid = Paid::by(&settlement.rows, &settlement.groups);
    let tonight = |row: &&Classified| row.business_date == night;
    for row in settlement.rows.iter().filter(tonight) {
        settle_row(index, row, &paid, &mut lines);
    }
    lines.into_values().collect()
}

/// Fee lines and receipts come from one export; they count under the day that `settle` gave them.
fn rows_in_of_registry(index: &Index<'_>, settlement: &Settlement, night: Day, lines: &mut Lines) {
    let days: BTreeMap<&RowKey, Day> = settlement
        .rows
        .iter()
        .filter(|row| row.key.side != Side::Txn)
        .map(|row| (&row.key, row.business_date))
        .collect();
    let mut count = |key: RowKey, kind: &'static str, amount| {
        if days.get(&key).is_none_or(|day| *day == night) {
            let entry = (key.side, key.source.as_str().into(), Some(night), kind);
            at(lines, entry).rows_in.add(amount);
        }
    };
    for fee in &index.inputs.fees {
        count(fee.key(), "fee", fee.amount);
    }
    for receipt in &index.inputs.receipts {
        count(receipt.key(), "receipt", receipt.amount);
    }
    for reject in index.inputs.rejects.iter().filter(|r| r.side != Side::Txn) {
        count(reject.key(), "reject", reject.amount.unwrap_or_default());
    }
}

fn settle_row(index: &Index<'_>, row: &Classified, paid: &Paid<'_>, lines: &mut Lines) {
    let rejected = row.bucket == Bucket::Rejected;
    let kind = match row.key.side {
        _ if rejected => "reject",
        Side::Txn => index.txn(&row.key).map_or("unknown", |t| t.kind.id()),
        Side::Receipt => "receipt",
        Side::Fee => "fee",
    };
    let amount = if rejected {
        None
    } else {
        index.amount(&row.key)
    }
    .unwrap_or(row.amount);
    let key = (
        row.key.side,
        row.key.source.as_str().into(),
        Some(row.business_date),
        kind,
    );
    let lacking = paid.lacking(row, amount);
    at(lines, key).decided(row.bucket, amount, lacking);
}

fn line<'l>(
    lines: &'l mut Lines,
    side: Side,
    source: &str,
    day: Day,
    kind: &'static str,
) -> &'l mut TieLine {
    at(lines, (side, source.into(), Some(day), kind))
}

fn at(lines: &mut Lines, key: LineKey) -> &mut TieLine {
    let (side, source, business_date, kind) = key.clone();
    lines.entry(key).or_insert_with(|| TieLine {
        source,
        business_date,
        kind,
        money: side == Side::Txn,
        ..TieLine::default()
    })
}

fn kind_id(kind: &str) -> &'static str {
    crate::domain::TxnKind::parse(kind).map_or("unknown", crate::domain::TxnKind::id)
}
