//! Pure: conservation of a `match`. Inputs and classified rows stand in the same order, so both
//! are walked once, side by side; a row that one of the two lacks shows as a difference.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::classify::{Bucket, Classified};
use crate::domain::sorting::at;
use crate::domain::{Day, Inputs, RowKey, Side, Vnd};
use crate::settle::{Lean, Settlement};

use super::tie::{Paid, TieLine};

/// Lines by day, those of a day by kind.
type Days = FxHashMap<Option<Day>, Vec<TieLine>>;

/// Lines by side and source; the next row is nearly always of the source of the last.
#[derive(Default)]
struct Sheet {
    sources: Vec<((Side, Box<str>), Days)>,
    last: usize,
}

impl Sheet {
    fn line(&mut self, key: (Side, &str), day: Option<Day>, kind: &'static str) -> &mut TieLine {
        let is_it = |of: &(Side, Box<str>)| (of.0, &*of.1) == key;
        if self.sources.get(self.last).is_none_or(|of| !is_it(&of.0)) {
            let known = self.sources.iter().position(|of| is_it(&of.0));
            self.last = known.unwrap_or(self.sources.len());
            if known.is_none() {
                let of = (key.0, key.1.into());
                self.sources.push((of, Days::default()));
            }
        }
        let kinds = self.sources[self.last].1.entry(day).or_default();
        let known = kinds.iter().position(|line| line.kind == kind);
        let place = known.unwrap_or(kinds.len());
        if known.is_none() {
            kinds.push(TieLine {
                source: key.1.into(),
                business_date: day,
                kind,
                money: key.0 == Side::Txn,
                ..TieLine::default()
            });
        }
        &mut kinds[place]
    }

    /// All lines in order.
    fn lines(self) -> Vec<TieLine> {
        let mut lines = BTreeMap::new();
        for ((side, source), days) in self.sources {
            let keyed = days.into_values().flatten();
            lines.extend(keyed.map(|line| {
                let key = (side, source.clone(), line.business_date, line.kind);
                (key, line)
            }));
        }
        lines.into_values().collect()
    }

    /// A classified row, with its input row where there is one.
    fn row(&mut self, row: &Classified, input: Option<&Input>, paid: Option<&Paid<'_>>) {
        let kind = match (row.key.side, input) {
            _ if row.bucket == Bucket::Rejected => "reject",
            (_, Some(input)) => input.kind,
            (Side::Txn, None) => "unknown",
            (Side::Receipt, None) => "receipt",
            (Side::Fee, None) => "fee",
        };
        let amount = input.map_or(row.amount, |input| input.amount);
        let of = (row.key.side, row.key.source.as_str());
        let line = self.line(of, Some(row.business_date), kind);
        let lacking = paid.map_or(0, |paid| paid.lacking(row, amount));
        line.decided(row.bucket, amount, lacking);
    }

    /// Inputs of one side in order of their keys against the rows of that side.
    fn side<'i>(
        &mut self,
        rows: &'i [Classified],
        paid: &Paid<'_>,
        inputs: impl Iterator<Item = Input<'i>>,
        order: impl Fn(&RowKey, &Input) -> Ordering,
    ) {
        let mut rows = rows.iter().peekable();
        for input in inputs {
            let mut own = None;
            while let Some(row) = rows.peek() {
                let rejected = row.bucket == Bucket::Rejected;
                match order(&row.key, &input) {
                    _ if rejected => self.row(row, None, None),
                    Ordering::Less => self.row(row, None, Some(paid)),
                    Ordering::Equal => {
                        self.row(row, Some(&input), Some(paid));
                        own = rows.next();
                        break;
                    }
                    Ordering::Greater => break,
                }
                rows.next();
            }
            let day = input.day.or(own.map(|row| row.business_date));
            let of = (input.side, input.source);
            self.line(of, day, input.kind).rows_in.add(input.amount);
        }
        rows.for_each(|row| self.row(row, None, Some(paid)));
    }
}

/// One row as it was read.
struct Input<'i> {
    side: Side,
    source: &'i str,
    id: &'i str,
    dossier: &'i str,
    kind: &'static str,
    amount: Vnd,
    /// A transaction's own; the others count under the day that `settle` gave them.
    day: Option<Day>,
}

/// The tie-out of `match`: the rows as read against the settlement, every day of the input.
pub fn tie_out_files(inputs: &Inputs, settlement: &Settlement) -> Vec<TieLine> {
    let mut inputs = Cow::Borrowed(inputs);
    if !inputs.is_sorted() {
        inputs.to_mut().sort();
    }
    let inputs = inputs.as_ref();
    let mut sheet = Sheet::default();
    let rows = &settlement.rows;
    let paid = Paid::by(rows, &settlement.groups);
    let (fees, money) = rows.split_at(rows.partition_point(|row| row.key.side < Side::Receipt));
    let (receipts, txns) = money.split_at(money.partition_point(|row| row.key.side < Side::Txn));
    let places = inputs.fees_by_key().into_iter();
    let lines = places.map(|place| &inputs.fees[at(place)]);
    let lines = lines.map(|fee| Input {
        side: Side::Fee,
        source: "",
        id: fee.fee_id.as_str(),
        dossier: fee.dossier_code.as_str(),
        kind: "fee",
        amount: fee.amount,
        day: None,
    });
    sheet.side(fees, &paid, lines, |key, input| {
        let dossier = key.dossier.as_ref().map_or("", |code| code.as_str());
        (&*key.id, dossier).cmp(&(input.id, input.dossier))
    });
    let cash = inputs.receipts.iter().map(|receipt| Input {
        side: Side::Receipt,
        source: "cash",
        id: &receipt.receipt_id,
        dossier: "",
        kind: "receipt",
        amount: receipt.amount,
        day: None,
    });
    sheet.side(receipts, &paid, cash, |key, input| (*key.id).cmp(input.id));
    let came = inputs.txns.iter().map(|txn| Input {
        side: Side::Txn,
        source: txn.source.as_str(),
        id: &txn.id,
        dossier: "",
        kind: txn.kind.id(),
        amount: txn.amount,
        day: Some(txn.business_date),
    });
    sheet.side(txns, &paid, came, |key, input| {
        (key.source.as_str(), &*key.id).cmp(&(input.source, input.id))
    });
    rejects(inputs, &settlement.rows, &mut sheet);
    sheet.lines()
}

/// The same of files that were settled without holding every row: each input row counts where its
/// class says, those of plain dossiers as matched.
pub fn tie_out_lean(lean: &Lean) -> Vec<TieLine> {
    let inputs = lean.inputs;
    let mut sheet = Sheet::default();
    let paid = Paid::by(&lean.settled.rows, &lean.settled.groups);
    let mut add = |side, position: usize, source: &str, kind, amount| {
        let (bucket, day, lacking) = match lean.row_of(side, position) {
            Some(row) => (row.bucket, row.business_date, paid.lacking(row, amount)),
            None => (Bucket::Matched, lean.plain_day(side, position), 0),
        };
        let line = sheet.line((side, source), Some(day), kind);
        line.rows_in.add(amount);
        line.decided(bucket, amount, lacking);
    };
    for (i, fee) in inputs.fees.iter().enumerate() {
        add(Side::Fee, i, "", "fee", fee.amount);
    }
    for (i, receipt) in inputs.receipts.iter().enumerate() {
        add(Side::Receipt, i, "cash", "receipt", receipt.amount);
    }
    for (i, txn) in inputs.txns.iter().enumerate() {
        add(Side::Txn, i, txn.source.as_str(), txn.kind.id(), txn.amount);
    }
    let unread = lean.settled.rows.iter();
    for row in unread.filter(|row| row.bucket == Bucket::Rejected) {
        sheet.row(row, None, None);
    }
    rejects(inputs, &lean.settled.rows, &mut sheet);
    sheet.lines()
}

/// Rows that could not be read, as they came in: those of the registry count under the day that
/// `settle` gave them.
fn rejects(inputs: &Inputs, rows: &[Classified], sheet: &mut Sheet) {
    for reject in &inputs.rejects {
        let key = reject.key();
        let found = || rows.binary_search_by(|row| row.key.cmp(&key));
        let day = match key.side {
            Side::Txn => Some(reject.business_date),
            _ => found().ok().map(|i| rows[i].business_date),
        };
        let of = (key.side, key.source.as_str());
        let amount = reject.amount.unwrap_or_default();
        sheet.line(of, day, "reject").rows_in.add(amount);
    }
}
