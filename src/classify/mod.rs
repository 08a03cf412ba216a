//! Pure: every row gets exactly one class, the first that applies; the others go to its evidence.
//!
//! The order of [`CLASSES`] is the policy. A new class is one constant with its texts and tests in
//! the file of its family, and one line here.

mod amount;
mod at_risk;
pub mod case;
pub mod class;
mod data;
mod decided;
mod excluded;
mod near;
mod nothing_due;
mod places;
mod receipt;
mod returned;
mod row;
mod standing;
mod status;
mod surplus;
mod time;
mod unread;

use crate::domain::{Day, Reject, RowKey, Rules, Vnd};
use crate::matching::Evidence;
use crate::matching::desk::{Desk, Money, Standing};
use crate::matching::ledger::{Effect, Entry, Returned};
use crate::matching::pool::{Index, at, index};

pub use at_risk::{AtRisk, at_risk, still_due};
use case::{FeeCase, MoneyCase};
pub use class::{Bucket, Class, Classified, OK, Severity};
use near::NearMoney;
use places::NOWHERE;
pub use places::{Places, RowPlaces};
pub use row::fee_day;
use row::{Row, in_set, named};
pub use standing::StandingRow;
pub use unread::advice;

/// Every class in its order: the first that applies names the row.
pub const CLASSES: &[Class] = &[
    data::REJECT,
    data::CONFLICT,
    data::DECISION_STALE,
    excluded::FAILED,
    excluded::VOID,
    excluded::NOT_FEE,
    excluded::SIGHTING,
    excluded::BATCH_SETTLEMENT,
    excluded::CASH_DEPOSIT,
    returned::REVERSED,
    returned::REFUNDED,
    returned::PARTIAL_REFUND,
    returned::UNLINKED_REFUND,
    amount::DUPLICATE,
    amount::WRONG_AGENCY,
    amount::OVERPAID,
    amount::NET_SETTLEMENT,
    amount::UNDERPAID,
    amount::PARTIAL,
    receipt::RECEIPT_MISMATCH,
    receipt::METHOD_MISMATCH,
    time::LATE,
    time::CUTOFF,
    nothing_due::ZERO_FEE,
    nothing_due::EXEMPT,
    nothing_due::LAND_OBLIGATION,
    status::STATUS_MISMATCH,
    time::PENDING,
    status::MISSING_PAYMENT,
    receipt::MISSING_RECEIPT,
    receipt::NO_E_RECEIPT,
    unread::NEAR_REFERENCE,
    unread::ORPHAN,
    unread::FOREIGN,
    unread::AMBIGUOUS,
    unread::UNIDENTIFIED,
    time::NOT_DUE,
    status::UNPAID,
];

/// The classes that take a row out of the comparison.
const EXCLUDED: [&str; 6] = [
    "failed",
    "void",
    "not_fee",
    "sighting",
    "batch_settlement",
    "cash_deposit",
];

/// Fees for which no payment is expected: only a row that names them can change them.
const NOTHING_DUE: [&str; 3] = ["zero_fee", "exempt", "land_obligation"];

/// The classes of payments whose dossier is open.
pub const OPEN_CREDITS: [&str; 5] = [
    "unidentified",
    "orphan",
    "foreign",
    "near_reference",
    "ambiguous",
];

/// The class with this id.
pub fn class(id: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.id == id)
}

/// Every row of the desk with its class, sorted by row key, and where each row stands. The rows of
/// plain dossiers are in order and not held.
pub struct Classes {
    /// The rows.
    pub rows: Vec<Classified>,
    /// The place of each fee, receipt and transaction among them.
    pub place: RowPlaces,
    /// Where each money row stands in the ledgers.
    pub places: Places,
}

/// Gives every row of the desk its class.
pub fn classify(desk: &Desk) -> Classes {
    let inputs = desk.pool.inputs;
    let places = Places::new(desk);
    let mut rows: Vec<Classified> = Vec::with_capacity(held(desk));
    let rejects = inputs.rejects.iter();
    rows.extend(rejects.map(|row| reject(desk.pool.rules, row)));
    let provisional: Vec<bool> = if inputs.business_date.is_some() {
        let dossiers = (0..desk.ledgers.len()).map(index);
        dossiers.map(|d| desk.is_provisional(d)).collect()
    } else {
        Vec::new()
    };
    let mut place = RowPlaces {
        fees: fees(desk, &provisional, &mut rows),
        ..RowPlaces::default()
    };
    money(desk, &provisional, &places, &mut rows, &mut place);
    place.sort(&mut rows);
    decided::apply(&inputs.decisions, &mut rows);
    decided::with_their_fees(&inputs.decisions, &mut rows);
    Classes {
        rows,
        place,
        places,
    }
}

/// The number of rows that are not of plain dossiers.
fn held(desk: &Desk) -> usize {
    let inputs = desk.pool.inputs;
    let fees = desk.ledgers.iter();
    let fees: usize = fees.map(|(d, _)| desk.pool.fees_of(d).len()).sum();
    let money = desk.receipts.iter().chain(&desk.txns);
    let money = money.filter(|standing| !matches!(standing, Standing::Plain(_)));
    inputs.rejects.len() + fees + money.count()
}

fn reject(rules: &Rules, reject: &Reject) -> Classified {
    let Reject {
        file,
        line,
        column,
        value,
        code,
        ..
    } = reject;
    let row = Row {
        key: reject.key(),
        amount: reject.amount.unwrap_or_default(),
        day: reject.business_date,
        dossier: None,
        linked: false,
        provisional: false,
    };
    let (column, value) = (column.clone(), value.clone());
    let place = Evidence::At(file.clone(), *line, column, value, *code);
    named(rules, row, Vec::new(), |class| {
        (class.id == "reject").then(|| vec![place.clone()])
    })
}

/// The fees in order of their keys; gives the place of each row.
fn fees(desk: &Desk, provisional: &[bool], rows: &mut Vec<Classified>) -> Vec<Index> {
    let pool = desk.pool;
    let near = NearMoney::new(desk);
    let mut dossier_of = vec![0; pool.inputs.fees.len()];
    for (d, dossier) in pool.dossiers.iter().enumerate() {
        dossier_of[dossier.fees.clone()].fill(index(d));
    }
    let mut row_of = vec![NOWHERE; pool.inputs.fees.len()];
    let held = |place: &Index| !desk.ledgers.is_plain(dossier_of[at(*place)]);
    let held = (0..pool.inputs.fees.len()).map(index).filter(held);
    for place in pool.inputs.by_fee_key(held) {
        row_of[at(place)] = index(rows.len());
        rows.push(fee(
            desk,
            provisional,
            &near,
            dossier_of[at(place)],
            at(place),
        ));
    }
    row_of
}

fn fee(
    desk: &Desk,
    provisional: &[bool],
    near: &NearMoney,
    dossier: Index,
    place: usize,
) -> Classified {
    let pool = desk.pool;
    let ledger = desk.ledgers.of(dossier);
    let fee = &pool.inputs.fees[place];
    if let Some(set) = desk.set_of.get(&dossier) {
        return in_set(desk, *set, Row::of_fee(pool, fee));
    }
    let line = ledger.line_of(place);
    let case = FeeCase {
        pool,
        fee,
        dossier,
        ledger,
        line,
        in_vain: near.in_vain(dossier),
    };
    let undone = |back: &Returned| !back.unlinked && back.parts.is_empty();
    let gone =
        || ledger.entries.iter().any(Entry::came_and_went) || ledger.returns.iter().any(undone);
    let linked =
        line.is_some_and(|l| l.paid > 0 || l.reversed > 0) || case.is_for_the_unowed() && gone();
    let row = Row {
        linked,
        provisional: is(provisional, dossier),
        ..Row::of_fee(pool, fee)
    };
    let near = if linked { Vec::new() } else { near.to(&case) };
    let mut row = named(pool.rules, row, near, |class| (class.on_fee)(&case));
    let gone = surplus::on_fee(&case).filter(|entry| entry.surplus_left() == 0);
    let gone = gone.flat_map(|entry| surplus::back(pool, ledger, entry));
    row.evidence.extend(gone);
    row
}

/// Receipts and transactions, in order of their keys.
fn money(
    desk: &Desk,
    provisional: &[bool],
    places: &Places,
    rows: &mut Vec<Classified>,
    place: &mut RowPlaces,
) {
    let pool = desk.pool;
    for (i, receipt) in pool.inputs.receipts.iter().enumerate() {
        if matches!(desk.receipts[i], Standing::Plain(_)) {
            place.receipts.push(NOWHERE);
            continue;
        }
        let case = MoneyCase {
            pool,
            desk,
            money: Money::Receipt(index(i)),
            standing: &desk.receipts[i],
            entries: places.receipts.of(index(i)),
            returned: None,
        };
        place.receipts.push(index(rows.len()));
        rows.push(one(
            &case,
            receipt.key(),
            receipt.amount,
            receipt.collected_at.day(),
        ));
    }
    for (i, txn) in pool.inputs.txns.iter().enumerate() {
        if matches!(desk.txns[i], Standing::Plain(_)) {
            place.txns.push(NOWHERE);
            continue;
        }
        place.txns.push(index(rows.len()));
        if let Standing::InSet(set) = desk.txns[i] {
            let row = Row {
                key: txn.key(),
                amount: txn.amount,
                day: txn.business_date,
                dossier: None,
                linked: false,
                provisional: false,
            };
            rows.push(in_set(desk, set, row));
            continue;
        }
        let entries = places.txns.of(index(i));
        let case = MoneyCase {
            pool,
            desk,
            money: Money::Txn(index(i)),
            standing: &desk.txns[i],
            entries,
            returned: places.return_of(index(i)),
        };
        let row = one(&case, txn.key(), txn.amount, txn.business_date);
        let open = entries.iter().any(|(d, _)| is(provisional, *d));
        rows.push(Classified {
            carried: row.carried || open,
            ..row
        });
    }
}

/// True of a dossier whose links may be taken back; without a night, of none.
fn is(provisional: &[bool], dossier: Index) -> bool {
    provisional.get(at(dossier)).copied().unwrap_or(false)
}

fn one(case: &MoneyCase, key: RowKey, amount: Vnd, day: Day) -> Classified {
    let has_leg = case.ledger_entries().any(|(_, entry)| match entry.effect {
        Effect::Settles => !entry.parts.is_empty() || entry.came_and_went(),
        Effect::Duplicate { .. } => true,
        Effect::Doubtful { .. } => false,
    });
    let row = Row {
        key,
        amount,
        day,
        dossier: dossier(case).map(|d| case.pool.dossier(d).code.clone()),
        linked: has_leg || case.ledger_return().is_some_and(|back| !back.unlinked),
        provisional: false,
    };
    let near = case.nearest().to_vec();
    let mut row = named(case.pool.rules, row, near, |class| (class.on_money)(case));
    let gone = surplus::on_money(case).filter(|(_, entry)| entry.surplus_left() == 0);
    let gone = gone.flat_map(|(ledger, entry)| surplus::back(case.pool, ledger, entry));
    row.evidence.extend(gone);
    row
}

/// The one dossier that a money row is linked to or names.
fn dossier(case: &MoneyCase) -> Option<Index> {
    match (case.entries, case.returned, case.standing) {
        ([(dossier, _)], _, _) => Some(*dossier),
        ([], Some((dossier, _)), _) => Some(dossier),
        ([], None, Standing::Out(out)) => match out.named.as_slice() {
            [only] => Some(*only),
            _ => None,
        },
        ([], None, Standing::Sighting(of, _)) => match case.desk.readings[at(*of)] {
            crate::matching::reading::Reading::One { dossier, .. } => Some(dossier),
            _ => None,
        },
        _ => None,
    }
}
