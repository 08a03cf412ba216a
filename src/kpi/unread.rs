//! Rows that could not be read, of whatever side. What one would have been nobody knows: it may be
//! one payment or one dossier more; it may be what stands in the stead of one that is here (a
//! repeat, money that went back, another line of its dossier), so that there is one less; or let
//! one that is here count the other way. It may be of any agency and, as a file holds rows of
//! other days than its own, of any day.
//!
//! So each adds nothing by the point figure and, as long as nobody mends it, one more without
//! cash, one more with cash, or one less of either. Where an amount cannot be read, or is not to be
//! trusted, it is the greatest that any row may have: such a share proves next to nothing, and says
//! so by its bounds.

use std::collections::BTreeMap;

use crate::domain::{Day, FeeKind, Inputs, Reject, RejectCode, RowKey, Side, Vnd};

use super::facts::Facts;
use super::item::{Item, no_fees, reject_name};
use super::tally::Tally;

/// What a definition counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Payments.
    Event,
    /// Dong.
    Dong,
    /// Dossiers, by the money on their lines.
    Dossier,
    /// Dossiers, requests or procedures, by what the registry tells of itself.
    Registry,
}

/// What a row would have been, as far as its column and its file tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Money,
    Fee,
    Order,
    Agency,
}

/// Columns that only files of payment orders have.
const OF_ORDERS: [&str; 4] = ["provider", "order_id", "fee_ids", "created_at"];

/// Columns that only files of agencies have.
const OF_AGENCIES: [&str; 7] = [
    "valid_from",
    "valid_to",
    "name",
    "level",
    "parent_code",
    "successor_code",
    "kind",
];

/// Where nothing else tells, a row of the registry is a fee line: that is what widens most.
fn kind(reject: &Reject) -> Kind {
    let repeated = reject.code == RejectCode::RepeatedId;
    match (reject.side, &*reject.column) {
        (Side::Txn | Side::Receipt, _) => Kind::Money,
        (Side::Fee, column) if OF_ORDERS.contains(&column) => Kind::Order,
        (Side::Fee, column) if OF_AGENCIES.contains(&column) => Kind::Agency,
        // an agency's id; a dossier's code has this name too, and is never called repeated
        (Side::Fee, "code") if repeated => Kind::Agency,
        (Side::Fee, "") if reject.file.starts_with("agencies") => Kind::Agency,
        (Side::Fee, _) => Kind::Fee,
    }
}

/// True where a row may count once it is mended: every one but a row of the list of agencies, and
/// those that are mended already, or no fee by a person's word.
pub(super) fn any_widens(inputs: &Inputs) -> bool {
    let no_fees = no_fees(inputs);
    let waits = |reject: &&Reject| reject_name(inputs, &no_fees, reject).is_some();
    let mut waiting = inputs.rejects.iter().filter(waits);
    waiting.any(|reject| kind(reject) != Kind::Agency)
}

/// What lines owe that rows may be, or be for, in dong.
#[derive(Debug, Default)]
struct Dues<'r> {
    /// The most under the id of each fee line that could not be read.
    of: BTreeMap<&'r str, i64>,
    /// The most of any line, land obligations left out.
    largest: i64,
}

impl<'r> Dues<'r> {
    /// Each line (its id, what it owes, whether for land) is looked at once, however many rows
    /// there are.
    fn new(rejects: &'r [Reject], fees: impl Iterator<Item = (&'r str, i64, bool)>) -> Self {
        let mut dues = Self::default();
        if rejects.is_empty() {
            return dues;
        }
        let rejects = rejects.iter().filter(|reject| reject.side == Side::Fee);
        dues.of = rejects.map(|reject| (&*reject.id, 0)).collect();
        for (id, due, land) in fees {
            if !land {
                dues.largest = due.max(dues.largest);
            }
            if let Some(known) = dues.of.get_mut(id) {
                *known = due.max(*known);
            }
        }
        dues
    }
}

/// The amount of a row, where it was read from a row whose cells stand where they should.
fn amount(reject: &Reject) -> Option<i64> {
    let shifted = matches!(
        reject.code,
        RejectCode::WrongFieldCount
            | RejectCode::CutOff
            | RejectCode::BadRecord
            | RejectCode::NotUtf8
            | RejectCode::Unverified
    );
    reject.amount.map(Vnd::get).filter(|_| !shifted)
}

/// The most dong that a row moves.
fn dong(facts: &Facts, dues: &Dues, reject: &Reject) -> i64 {
    let Some(amount) = amount(reject) else {
        return Vnd::ROW_MAX.get();
    };
    match reject.side {
        Side::Txn => i64::try_from(facts.gross_of(amount.into(), 0)).unwrap_or(i64::MAX),
        // over another amount it may stand for its line, or take the place of what is there
        Side::Receipt => amount.max(dues.largest),
        // another version of a line that is here takes all of it away
        Side::Fee => dues.of.get(&*reject.id).copied().unwrap_or(0).max(amount),
    }
}

/// How much a row moves what a definition counts; none where it cannot.
fn worth(facts: &Facts, dues: &Dues, reject: &Reject, unit: Unit) -> Option<i64> {
    match (unit, kind(reject)) {
        (_, Kind::Agency) | (Unit::Registry, Kind::Money | Kind::Order) => None,
        (Unit::Dong, _) => Some(dong(facts, dues, reject)).filter(|dong| *dong > 0),
        // one payment may be of as many dossiers as any is
        (Unit::Dossier, Kind::Money) if reject.side == Side::Txn => {
            Some(i64::try_from(facts.places.txns.most()).unwrap_or(1).max(1))
        }
        (Unit::Event | Unit::Registry | Unit::Dossier, _) => Some(1),
    }
}

/// Every row that could not be read, as far as a definition may count it, until `last`.
pub(super) fn items(
    facts: &Facts,
    (definition, unit): (&'static str, Unit),
    last: Day,
    out: &mut Tally,
) {
    let inputs = facts.pool.inputs;
    let fees = inputs.fees.iter().filter(|_| unit == Unit::Dong);
    let fees = fees.map(|fee| {
        let land = fee.kind == FeeKind::LandObligation;
        (fee.fee_id.as_str(), fee.amount.get(), land)
    });
    let (dues, no_fees) = (Dues::new(&inputs.rejects, fees), no_fees(inputs));
    // two registries may give two rows one id: together they are one item
    let mut all: BTreeMap<RowKey, (&Reject, i64)> = BTreeMap::new();
    for reject in &inputs.rejects {
        if let Some(more) = worth(facts, &dues, reject, unit) {
            let (_, worth) = all.entry(reject.key()).or_insert((reject, 0));
            *worth = worth.saturating_add(more);
        }
    }
    for (key, (first, worth)) in all {
        let Some(name) = reject_name(inputs, &no_fees, first) else {
            continue;
        };
        let exceptions = facts.exceptions(&key);
        let mut item = Item::new(definition, name, first.business_date, exceptions);
        // counter cash may take the place of a payment, on whose line other cash is found then
        let twice = first.side == Side::Receipt && matches!(unit, Unit::Event | Unit::Dong);
        let cash = worth.saturating_mul(1 + i64::from(twice));
        let ways = [
            (0, 0),
            (0, cash),
            (worth, worth),
            (-worth, -worth),
            (0, -worth),
        ];
        item.coupled = true;
        item.sometime((Day::of_ms(0), last.max(first.business_date)), &ways);
        item.anywhere(&ways, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SourceName;

    fn row(side: Side, file: &str, column: &str, code: RejectCode) -> Reject {
        Reject {
            side,
            source: SourceName::new("registry"),
            id: "X".into(),
            file: file.into(),
            line: 2,
            column: column.into(),
            value: "".into(),
            code,
            amount: None,
            business_date: Day::of_ms(0),
            spot: crate::domain::Aside::default(),
        }
    }

    #[test]
    fn each_line_is_looked_at_once_for_all_rows() {
        let lines: Vec<String> = (0..500).map(|n| format!("F{n}")).collect();
        let bad = |id: &String| Reject {
            id: id.as_str().into(),
            ..row(Side::Fee, "f.csv", "amount_vnd", RejectCode::UnknownWord)
        };
        let mut rejects: Vec<Reject> = lines.iter().take(300).map(bad).collect();
        rejects.push(row(Side::Txn, "bank.csv", "", RejectCode::UnknownWord));
        let (mut looked_at, dong) = (0, [7, 9, 8]);
        let some = lines
            .iter()
            .flat_map(|id| dong.map(|due| (id.as_str(), due, due == 9)));
        let found = Dues::new(&rejects, some.inspect(|_| looked_at += 1));
        assert_eq!((found.of.len(), found.of.get("F7")), (300, Some(&9)));
        assert_eq!((found.of.get("F400"), found.of.get("X")), (None, None));
        // nine is a land obligation
        assert_eq!(found.largest, 8);
        assert_eq!(looked_at, 3 * lines.len());
    }

    #[test]
    fn a_row_is_what_its_column_says_else_a_fee_line() {
        let check = |file: &str, column: &str, code, expected| {
            let found = kind(&row(Side::Fee, file, column, code));
            assert_eq!(found, expected, "{file} {column}");
        };
        let (bad, twice) = (RejectCode::UnknownWord, RejectCode::RepeatedId);
        check("dossier_fees.csv", "amount_vnd", bad, Kind::Fee);
        check("dossier_fees.csv", "", bad, Kind::Fee);
        check("agencies.csv", "", bad, Kind::Agency);
        check("agencies.csv", "code", twice, Kind::Agency);
        check("agencies.csv", "valid_from", bad, Kind::Agency);
        // a dossier's code in a file of another layout
        check("hoso.json", "code", bad, Kind::Fee);
        check("payment_orders.csv", "order_id", twice, Kind::Order);
        check("payment_orders.csv", "amount_vnd", bad, Kind::Fee);
        let txn = row(Side::Txn, "bank.csv", "name", bad);
        assert_eq!(kind(&txn), Kind::Money);
    }
}
