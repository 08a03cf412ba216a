//! The same payment twice: paid again, delivered again, seen again, sent back and paid once more.

use super::clock::DAY;
use super::roads::{gateway_row, plain_bank_row};
use super::rows::{BANK, FEED, Label, SHARED_ACCOUNT, TxnRow};
use super::tangled::{fee, new, own, paid, parts};
use super::town::Town;

/// The same amount three times by the same payer.
pub(crate) fn thrice(town: &mut Town) {
    let defect = "paid_three_times";
    let dossier = new(town, &[("le_phi", 75_000)]);
    let line = dossier.lines[0].id.clone();
    let mut links = Vec::new();
    for n in 0..3 {
        let row = own(town, &dossier, 75_000, dossier.received + 900 + n * DAY);
        let (class, part) = if n == 0 {
            ("ok", 75_000)
        } else {
            ("duplicate", 0)
        };
        let label =
            Label::new(class, defect, "yes").linked(vec![(line.clone(), part)], &dossier.code);
        links.push((town.txn(row, &label), part));
    }
    fee(town, &dossier, 0, "duplicate", defect, links);
    paid(town, &dossier, 75_000);
}

/// A wallet's payment, the bank line it became, and that line in a second feed.
pub(crate) fn three_sources(town: &mut Town) {
    let defect = "three_sources";
    let dossier = new(town, &[("phi", 64_000)]);
    let name = dossier.payer.bank_name.clone();
    let at = dossier.received + 3_000;
    let mut row = gateway_row(town, &dossier, "momo", 64_000, at, &name);
    row.id = town.id("MM");
    let mut line = TxnRow::new(BANK, row.amount - row.fee, at + 40_000);
    SHARED_ACCOUNT.clone_into(&mut line.account);
    line.bank_ref = town.dice.digits(10);
    line.memo = format!("{} CHI HO MOMO", row.id);
    let mut again = line.clone();
    again.source = FEED;
    again.at += 20;
    let label = Label::new("ok", defect, "yes").linked(parts(&dossier), &dossier.code);
    let id = town.txn(row, &label);
    for seen in [line, again] {
        let label = Label::new("sighting", defect, "yes").linked(Vec::new(), &dossier.code);
        town.txn(seen, &label);
    }
    fee(town, &dossier, 0, "ok", defect, vec![(id, 64_000)]);
    paid(town, &dossier, 64_000);
}

/// Paid, sent back, paid again: the fee is in order.
pub(crate) fn paid_again(town: &mut Town) {
    let defect = "refunded_then_paid";
    let dossier = new(town, &[("phi", 55_000), ("le_phi", 10_000)]);
    let first = own(town, &dossier, 65_000, dossier.received + 900);
    let mut back = TxnRow::new(BANK, 65_000, first.at + DAY);
    back.kind = "debit";
    back.account.clone_from(&first.account);
    back.memo = format!("HOAN PHI {}", dossier.code);
    let second = own(town, &dossier, 65_000, first.at + 3 * DAY);
    let whole = |class: &str, sign: i64| {
        let links = parts(&dossier)
            .into_iter()
            .map(|(line, v)| (line, sign * v));
        Label::new(class, defect, "yes").linked(links.collect(), &dossier.code)
    };
    let ids = [
        (town.txn(first, &whole("ok", 1)), 1),
        (town.txn(back, &whole("refunded", -1)), -1),
        (town.txn(second, &whole("ok", 1)), 1),
    ];
    for (n, (_, v)) in parts(&dossier).into_iter().enumerate() {
        let links = ids
            .iter()
            .map(|(id, sign)| (id.clone(), sign * v))
            .collect();
        fee(town, &dossier, n, "ok", defect, links);
    }
    paid(town, &dossier, 65_000);
}

/// The same row delivered twice is one row.
pub(crate) fn delivered_twice(town: &mut Town) {
    let defect = "delivered_twice";
    let dossier = new(town, &[("phi", 36_000)]);
    let mut row = own(town, &dossier, 36_000, dossier.received + 900);
    row.id = town.id("FT");
    let label = Label::new("ok", defect, "yes").linked(parts(&dossier), &dossier.code);
    row.write(&mut town.files, 2);
    let id = town.txn(row, &label);
    fee(town, &dossier, 0, "ok", defect, vec![(id, 36_000)]);
    paid(town, &dossier, 36_000);
}

/// Paid twice at a gateway, and the second one undone: the fee is in order.
pub(crate) fn repeat_undone(town: &mut Town) {
    let defect = "duplicate_reversed";
    let dossier = new(town, &[("le_phi", 90_000)]);
    let line = dossier.lines[0].id.clone();
    let name = dossier.payer.bank_name.clone();
    let mut links = Vec::new();
    for (minutes, kind, part) in [
        (0, "payment", 90_000),
        (20, "payment", 90_000),
        (30, "reversal", -90_000),
    ] {
        let at = dossier.received + 60 * minutes;
        let mut row = gateway_row(town, &dossier, "zalopay", 90_000, at, &name);
        row.kind = kind;
        let class = if kind == "reversal" { "reversed" } else { "ok" };
        let label =
            Label::new(class, defect, "yes").linked(vec![(line.clone(), part)], &dossier.code);
        links.push((town.txn(row, &label), part));
    }
    fee(town, &dossier, 0, "ok", defect, links);
    paid(town, &dossier, 90_000);
}

/// Two payments within minutes, each with its bank line: two payments, one of them too many.
pub(crate) fn twins_twice(town: &mut Town) {
    let defect = "duplicate_each_seen_twice";
    let dossier = new(town, &[("phi", 72_000)]);
    let line = dossier.lines[0].id.clone();
    let name = dossier.payer.bank_name.clone();
    let mut links = Vec::new();
    for n in 0..2 {
        let at = dossier.received + 600 + 240 * n;
        let mut row = gateway_row(town, &dossier, "vnpay", 72_000, at, &name);
        row.id = town.id("VNP");
        let mut seen = plain_bank_row(town, None, 72_000, at + 100, &name);
        seen.memo = format!("THANH TOAN {} GD {}", dossier.code, row.id);
        let (class, part) = if n == 0 {
            ("ok", 72_000)
        } else {
            ("duplicate", 0)
        };
        let label =
            Label::new(class, defect, "yes").linked(vec![(line.clone(), part)], &dossier.code);
        links.push((town.txn(row, &label), part));
        town.txn(
            seen,
            &Label::new("sighting", defect, "yes").linked(Vec::new(), &dossier.code),
        );
    }
    fee(town, &dossier, 0, "duplicate", defect, links);
    paid(town, &dossier, 72_000);
}
