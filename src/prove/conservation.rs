//! Nothing is lost and nothing invented: per source, day, kind and status the rows that came in are
//! the rows that were given a bucket, in number and in dong.

use rustc_hash::FxHashMap;

use super::books::{Books, Entry, MoneyRow, is_unread};
use super::violation::{Findings, Invariant, count_and_sum, name, text};
use crate::classify::Classified;
use crate::domain::{Day, Fee, Receipt, Txn, Vnd};

/// Source, day, kind and status, as people read them.
type Cell<'a> = (&'a str, Day, &'static str, &'static str);

/// Where a row that came in counts, with its dong.
fn fee<'a>(books: &Books, fee: &Fee) -> (Cell<'a>, Vnd) {
    let day = fee
        .dossier_code
        .received_on()
        .or(books.inputs.business_date);
    let day = day.unwrap_or_else(|| Day::of_ms(0));
    let cell = ("fees", day, fee.kind.id(), fee.status.id());
    (cell, fee.amount)
}

fn txn(txn: &Txn) -> (Cell<'_>, Vnd) {
    let source = txn.source.as_str();
    let cell = (source, txn.business_date, txn.kind.id(), txn.status.id());
    (cell, txn.amount)
}

fn receipt<'a>(receipt: &Receipt) -> (Cell<'a>, Vnd) {
    let day = receipt.collected_at.day();
    let cell = ("cash", day, "receipt", receipt.status.id());
    (cell, receipt.amount)
}

/// Where a row counts that the books have.
fn counted<'a>(books: &Books<'a>, entry: Entry) -> (Cell<'a>, Vnd) {
    match entry {
        Entry::Line(line) => fee(books, books.lines[line].fee),
        Entry::Money(money) => match books.money[money].row {
            MoneyRow::Txn(row) => txn(row),
            MoneyRow::Receipt(row) => receipt(row),
        },
    }
}

/// Rows and dong.
type Sums<'a> = FxHashMap<Cell<'a>, (i128, i128)>;

fn enter<'a>(sums: &mut Sums<'a>, (cell, amount): (Cell<'a>, Vnd)) {
    let sum = sums.entry(cell).or_default();
    *sum = (sum.0 + 1, sum.1 + amount.wide());
}

pub(super) fn check(books: &Books, findings: &mut Findings) {
    let mut came = Sums::default();
    for row in &books.settlement.fees {
        enter(&mut came, fee(books, row));
    }
    for row in &books.settlement.txns {
        enter(&mut came, txn(row));
    }
    for row in &books.settlement.receipts {
        enter(&mut came, receipt(row));
    }
    let unread: Vec<_> = books
        .inputs
        .rejects
        .iter()
        .map(|row| (row.key(), row))
        .collect();
    for (key, reject) in &unread {
        let day = reject.business_date;
        let cell = (key.source.as_str(), day, "reject", key.side.id());
        enter(&mut came, (cell, reject.amount.unwrap_or_default()));
    }
    let mut given = Sums::default();
    for (row, entry) in rows(books) {
        let cell = if let Some(entry) = entry {
            let ((source, _, kind, status), _) = counted(books, entry);
            (source, row.business_date, kind, status)
        } else {
            let (source, side) = (row.key.source.as_str(), row.key.side.id());
            (source, row.business_date, "reject", side)
        };
        enter(&mut given, (cell, row.amount));
    }
    compare(&came, &given, findings);
    facts(books, findings);
    groups(books, findings);
}

/// What was said, each with the row that it is said of.
fn rows<'b, 'a>(
    books: &'b Books<'a>,
) -> impl Iterator<Item = (&'a Classified, Option<Entry>)> + use<'b, 'a> {
    let entries = books.entries.iter().copied();
    books.settlement.rows.iter().copied().zip(entries)
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
    for group in books.groups().iter().copied() {
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
            if line.says("net_settlement") {
                net += line.gap();
            } else if line.net {
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
    for (row, entry) in rows(books) {
        // `once` names rows that nobody sent
        let Some(entry) = entry.filter(|_| !is_unread(row)) else {
            continue;
        };
        let (cell, amount) = counted(books, entry);
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
