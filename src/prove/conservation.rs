//! Nothing is lost and nothing invented: per source, day, kind and status the rows that came in are
//! the rows that were given a bucket, in number and in dong.

use std::collections::BTreeMap;

use super::books::{Books, is_unread};
use super::violation::{Findings, Invariant, count_and_sum, name, text};
use crate::domain::{Day, Fee, Receipt, Reject, RowKey, Side, Txn, Vnd};

/// Source, day, kind and status, as people read them.
type Cell = (Box<str>, Day, &'static str, &'static str);

/// Where a row that came in counts, with its dong.
fn fee(books: &Books, fee: &Fee) -> (Cell, Vnd) {
    let day = fee
        .dossier_code
        .received_on()
        .or(books.inputs.business_date);
    let day = day.unwrap_or_else(|| Day::of_ms(0));
    let cell = ("fees".into(), day, fee.kind.id(), fee.status.id());
    (cell, fee.amount)
}

fn txn(txn: &Txn) -> (Cell, Vnd) {
    let source = txn.source.as_str().into();
    let cell = (source, txn.business_date, txn.kind.id(), txn.status.id());
    (cell, txn.amount)
}

fn receipt(receipt: &Receipt) -> (Cell, Vnd) {
    let day = receipt.collected_at.day();
    let cell = ("cash".into(), day, "receipt", receipt.status.id());
    (cell, receipt.amount)
}

fn reject(reject: &Reject) -> (Cell, Vnd) {
    let key = reject.key();
    let source = key.source.as_str().into();
    let cell = (source, reject.business_date, "reject", key.side.id());
    (cell, reject.amount.unwrap_or_default())
}

/// Rows and dong.
type Sums = BTreeMap<Cell, (i128, i128)>;

fn enter(sums: &mut Sums, (cell, amount): (Cell, Vnd)) {
    let sum = sums.entry(cell).or_default();
    *sum = (sum.0 + 1, sum.1 + amount.wide());
}

pub(super) fn check(books: &Books, findings: &mut Findings) {
    let inputs = books.inputs;
    let mut came = Sums::new();
    let mut kinds: BTreeMap<RowKey, Cell> = BTreeMap::new();
    for row in &inputs.fees {
        let counted = fee(books, row);
        kinds.insert(row.key(), counted.0.clone());
        enter(&mut came, counted);
    }
    for row in &inputs.txns {
        let counted = txn(row);
        kinds.insert(row.key(), counted.0.clone());
        enter(&mut came, counted);
    }
    for row in &inputs.receipts {
        let counted = receipt(row);
        kinds.insert(row.key(), counted.0.clone());
        enter(&mut came, counted);
    }
    for row in &inputs.rejects {
        enter(&mut came, reject(row));
    }
    let mut given = Sums::new();
    for row in &books.settlement.rows {
        let unread = is_unread(row);
        let source: Box<str> = row.key.source.as_str().into();
        let cell = match kinds.get(&row.key).filter(|_| !unread) {
            Some(cell) => (cell.0.clone(), row.business_date, cell.2, cell.3),
            None => (source, row.business_date, "reject", row.key.side.id()),
        };
        enter(&mut given, (cell, row.amount));
    }
    compare(&came, &given, findings);
    facts(books, findings);
    groups(books, findings);
}

fn compare(came: &Sums, given: &Sums, findings: &mut Findings) {
    let mut cells: Vec<&Cell> = came.keys().chain(given.keys()).collect();
    cells.sort();
    cells.dedup();
    for cell in cells {
        let of = |sums: &Sums| sums.get(cell).copied().unwrap_or_default();
        let (came, given) = (of(came), of(given));
        if came != given {
            let (source, day, kind, status) = cell;
            findings.add(
                Invariant::Conservation,
                format!("{source} {day} {kind} {status}"),
                text(
                    "số dòng vào phải bằng khớp + mở + loại + ngoài đối soát, cả số tiền",
                    "rows in must equal matched + open + rejected + excluded, in dong too",
                ),
                count_and_sum(came.0, came.1),
                count_and_sum(given.0, given.1),
            );
        }
    }
}

/// Per group: what the payments bring is what the lines get and what is over, by name.
fn groups(books: &Books, findings: &mut Findings) {
    for group in books.groups() {
        let surplus: i128 = group
            .legs
            .iter()
            .filter(|leg| leg.role == crate::matching::Role::Surplus)
            .map(|leg| leg.amount.wide())
            .sum();
        let named = group.difference.map_or(("", 0), |difference| {
            (difference.class, difference.amount.wide())
        });
        let expected = if surplus > 0 {
            Some(("overpaid", surplus))
        } else {
            shortfall(books, group)
        };
        let Some(expected) = expected else { continue };
        if named != expected {
            findings.add(
                Invariant::Conservation,
                format!("group {}", group.id),
                text(
                    "hai bên của nhóm phải bằng nhau, trừ khoản lệch được nêu tên",
                    "the two sides of a group must agree up to its named difference",
                ),
                format!("{} {}", expected.0, expected.1),
                format!("{} {}", named.0, named.1),
            );
        }
    }
}

/// What the lines of a group lack, by name; none where money went back, since what was open when
/// the next payment came is not told by the legs.
fn shortfall(books: &Books, group: &crate::matching::MatchGroup) -> Option<(&'static str, i128)> {
    let mut dossiers: Vec<usize> = Vec::new();
    for leg in &group.legs {
        if leg.role == crate::matching::Role::Sighting {
            continue;
        }
        dossiers.push(books.lines[books.line_of(leg)?].dossier);
    }
    dossiers.sort_unstable();
    dossiers.dedup();
    let (mut lacking, mut net) = (0, 0);
    for dossier in dossiers {
        let of = &books.dossiers[dossier];
        if of.went_back {
            return None;
        }
        for line in of.lines.clone() {
            let line = &books.lines[line];
            if !line.payable || line.paid == 0 || line.gap() == 0 {
                continue;
            }
            if books.says(&line.fee.key(), "net_settlement") {
                net += line.gap();
            } else if line.stakes.iter().any(|s| books.is_net(&books.stakes[*s])) {
                return None;
            } else {
                lacking += line.gap();
            }
        }
    }
    Some(match (net, lacking) {
        (0, 0) => ("", 0),
        (0, lacking) => ("partial", -lacking),
        (net, _) => ("net_settlement", -net),
    })
}

/// Fees and money rows whose copied facts are not the row's own.
fn facts(books: &Books, findings: &mut Findings) {
    for row in &books.settlement.rows {
        let wanted = match row.key.side {
            _ if is_unread(row) => continue,
            Side::Fee => books
                .line_at(
                    row.key.dossier.as_ref().map_or("", |code| code.as_str()),
                    &row.key.id,
                )
                .map(|line| fee(books, books.lines[line].fee)),
            Side::Txn | Side::Receipt => {
                books
                    .money_of(&row.key)
                    .map(|at| match books.money[at].row {
                        super::books::MoneyRow::Txn(row) => txn(row),
                        super::books::MoneyRow::Receipt(row) => receipt(row),
                    })
            }
        };
        let Some((cell, amount)) = wanted else {
            continue; // `once` names rows that nobody sent
        };
        if (cell.1, amount) != (row.business_date, row.amount) {
            findings.add(
                Invariant::Conservation,
                name(&row.key),
                text(
                    "số tiền và ngày phải là của chính dòng đó",
                    "amount and day must be the row's own",
                ),
                format!("{amount} {}", cell.1),
                format!("{} {}", row.amount, row.business_date),
            );
        }
    }
}
