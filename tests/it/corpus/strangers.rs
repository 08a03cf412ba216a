//! Rows that are no fee, name no dossier, or cannot be trusted; and payments of which nothing
//! in the data tells what they are for.

use super::Decided;
use super::clock::DAY;
use super::keys::{self, waiting_fees};
use super::memo;
use super::people;
use super::roads::{gateway_row_of, order, plain_bank_row};
use super::rows::{BANK, FeeRow, GATEWAYS, Label, SHARED_ACCOUNT, TxnRow};
use super::town::Town;

/// A code of the town's shape that no dossier has nor can be mistyped into.
fn unused_code(town: &mut Town) -> String {
    let agency = town.agency();
    let date = super::clock::form(town.day * DAY, "%y%m%d");
    let agency = &town.agencies[agency];
    // no counter gets as far, nor does one edit lead back to one that does
    let head = 10 * town.dice.between(3, 9) + town.dice.between(3, 9);
    let number = town.dice.between(0, 99);
    format!("{}-{date}-{}{head}{number:02}", agency.code, agency.lead)
}

/// One row that stands alone.
pub(crate) fn alone(town: &mut Town, what: &'static str) {
    let person = people::person(&mut town.dice).bank_name;
    let amount = town
        .dice
        .pick(&[8_000, 20_000, 50_000, 75_000, 100_000, 2_000_000, 13_570]);
    let at = town.moment(0);
    let mut row = plain_bank_row(town, None, amount, at, &person);
    let (class, ident) = match what {
        "orphan" => {
            let code = unused_code(town);
            row.memo = format!("nop phi {code}");
            ("orphan", "no")
        }
        "foreign" => {
            let province = town.dice.pick(&["H15", "H29", "H55", "H56"]);
            let code = unused_code(town).replace("H48", province);
            row.memo = format!("TT le phi {code}");
            ("foreign", "no")
        }
        "pos" => {
            row.memo = format!("POS79900019{}.GD:NAPAS THE", town.dice.digits(6));
            row.amount = 1_000_000 + town.dice.between(1, 9_999_999);
            ("unidentified", "no")
        }
        "outgoing" => {
            let words = town
                .dice
                .pick(&["PHI QUAN LY TAI KHOAN", "CHUYEN KHO BAC", "CHI LUONG"]);
            words.clone_into(&mut row.memo);
            row.kind = "debit";
            ("not_fee", "no")
        }
        "unlinked_refund" => {
            "HOAN TIEN GIAO DICH".clone_into(&mut row.memo);
            row.kind = town.dice.pick(&["refund", "reversal"]);
            ("unlinked_refund", "no")
        }
        _ => {
            let words =
                town.dice
                    .pick(&["tien dien thang 11", "ung ho quy", "tra no", "mua ban ghe"]);
            words.clone_into(&mut row.memo);
            ("unidentified", "no")
        }
    };
    town.txn(row, &Label::new(class, what, ident));
}

/// A refund that names a dossier which never had money.
pub(crate) fn refund_of_nothing(town: &mut Town) {
    let defect = "refund_of_nothing";
    let dossier = town.any_dossier();
    let at = town.moment(2);
    let mut row = plain_bank_row(town, None, dossier.total(), at, "");
    row.memo = format!("HOAN PHI {}", dossier.code);
    row.kind = "refund";
    let label = Label::new("unlinked_refund", defect, "no");
    town.txn(row, &label);
    for n in 0..dossier.lines.len() {
        let row = FeeRow::new("transfer", "unpaid");
        town.fee(&dossier, n, &row, &Label::new("unpaid", defect, "yes"));
    }
}

/// Payments of equal amounts without a word about what they are for.
pub(crate) fn no_reference(town: &mut Town, count: i64) {
    let defect = "equal_no_reference";
    let amount = town.dice.pick(&[8_000, 50_000, 100_000]);
    for _ in 0..count {
        let agency = town.agency();
        let payer = people::person(&mut town.dice);
        let other = people::stranger(&mut town.dice, &payer).bank_name;
        let dossier = town.dossier(agency, payer, &[("phi", amount)]);
        let at = town.moment(0);
        let name = if town.dice.chance(500) {
            other.clone()
        } else {
            String::new()
        };
        let mut row = plain_bank_row(town, None, amount, at, &name);
        row.memo = memo::without_code(&mut town.dice, &other);
        town.txn(row, &Label::new("unidentified", defect, "no"));
        waiting_fees(town, &dossier, "missing_payment", defect, "no", &[]);
        town.event(&[agency], true);
        town.kept(agency, true, amount);
        town.full(agency, true);
    }
}

/// As many payments as fees of one agency, day and amount, into its own account: which is whose
/// nobody can tell, but each is somebody's.
pub(crate) fn certified(town: &mut Town) {
    let defect = "equal_in_own_account";
    let agency = loop {
        let found = town.agency();
        if town.agencies[found].account.is_some() {
            break found;
        }
    };
    let amount = 1_000 * town.dice.between(600, 999);
    for _ in 0..town.dice.between(2, 4) {
        let payer = people::person(&mut town.dice);
        let dossier = town.dossier(agency, payer, &[("phi", amount)]);
        let at = dossier.received + 60;
        let mut row = plain_bank_row(town, Some(agency), amount, at, "");
        "nop le phi".clone_into(&mut row.memo);
        town.txn(row, &Label::new("ok|unidentified", defect, "no"));
        waiting_fees(town, &dossier, "ok|missing_payment", defect, "no", &[]);
        town.event(&[agency], true);
        town.kept(agency, true, amount);
        town.full(agency, true);
    }
}

/// No code, but the payer's name, the day and a rare amount.
pub(crate) fn payer_only(town: &mut Town) {
    let defect = "payer_and_amount_only";
    let mut dossier = town.any_dossier();
    dossier.lines.truncate(1);
    dossier.lines[0].amount = 500 * town.dice.between(1_201, 1_999);
    let name = dossier.payer.bank_name.clone();
    let mut row = plain_bank_row(town, None, dossier.total(), dossier.received + 600, &name);
    row.memo = memo::without_code(&mut town.dice, &name);
    let links = vec![(dossier.lines[0].id.clone(), dossier.total())];
    let label = Label::new("unidentified|ok", defect, "weak").linked(links, &dossier.code);
    let id = town.txn(row, &label);
    waiting_fees(
        town,
        &dossier,
        "missing_payment|ok",
        defect,
        "weak",
        &[(id, 0)],
    );
    town.event(&[dossier.agency], true);
    town.kept(dossier.agency, true, dossier.total());
    town.full(dossier.agency, true);
}

/// Attempts that came to nothing, then the payment.
pub(crate) fn attempts(town: &mut Town, status: &'static str) {
    let told = if status == "void" {
        "cancelled"
    } else {
        status
    };
    let dossier = town.any_dossier();
    let gateway = town.dice.pick(&GATEWAYS);
    let name = dossier.payer.bank_name.clone();
    for _ in 0..town.dice.between(1, 2) {
        let at = dossier.received + town.dice.between(10, 500);
        let order = order(town, &dossier, (gateway, told), dossier.total(), at);
        let order = (gateway, order);
        let mut row = gateway_row_of(town, &dossier, order, dossier.total(), at, &name);
        row.status = status;
        town.txn(row, &Label::new(status, &format!("{status}_attempt"), "no"));
    }
    if status == "pending" {
        for n in 0..dossier.lines.len() {
            let row = FeeRow::new("wallet", "pending");
            town.fee(
                &dossier,
                n,
                &row,
                &Label::new("unpaid", "pending_attempt", "yes"),
            );
        }
    } else {
        keys::paid_by_portal(town, &dossier, &format!("{status}_attempt"));
    }
}

/// One id with two contents.
pub(crate) fn conflict(town: &mut Town, side: &'static str) {
    let defect = "conflict";
    let dossier = town.any_dossier();
    let at = dossier.received + 900;
    let id = town.id("FT");
    match side {
        "fee" => {
            for n in 0..dossier.lines.len() {
                let mut row = FeeRow::new("transfer", "paid");
                let agency = town.agencies[dossier.agency].code.clone();
                row.amount = Some((dossier.lines[n].amount + 5_000).to_string());
                row.write(&mut town.files, &dossier, &dossier.lines[n], &agency);
                row.amount = None;
                town.fee(&dossier, n, &row, &Label::new("conflict", defect, "no"));
            }
        }
        "receipt" => {
            for n in 0..dossier.lines.len() {
                let mut row = super::rows::ReceiptRow {
                    fee_id: dossier.lines[n].id.clone(),
                    amount: dossier.lines[n].amount,
                    at,
                    cashier: "NGUYEN VAN A".to_owned(),
                    status: "valid",
                };
                let label = Label::new("conflict", defect, "no");
                let id = town.receipt(&dossier, &row, &label);
                row.amount += 10_000;
                let agency = town.agencies[dossier.agency].code.clone();
                row.write(&mut town.files, &dossier, &id, &agency);
                let row = FeeRow::new("cash", "paid");
                town.fee(
                    &dossier,
                    n,
                    &row,
                    &Label::new("missing_receipt", defect, "yes"),
                );
            }
            town.event(&[dossier.agency], false);
            town.kept(dossier.agency, false, dossier.total());
            town.full(dossier.agency, false);
        }
        _ => {
            let mut row = TxnRow::new(BANK, dossier.total(), at);
            row.id = id;
            SHARED_ACCOUNT.clone_into(&mut row.account);
            row.memo.clone_from(&dossier.code);
            let mut again = row.clone();
            again.amount += 1_000;
            again.write(&mut town.files, 2);
            town.txn(row, &Label::new("conflict", defect, "no"));
            waiting_fees(town, &dossier, "missing_payment", defect, "no", &[]);
            town.event(&[dossier.agency], true);
            town.kept(dossier.agency, true, dossier.total());
            town.full(dossier.agency, true);
        }
    }
}

/// A row that cannot be read.
pub(crate) fn reject(town: &mut Town) {
    let defect = "reject";
    let amount = town.dice.pick(&[50_000, 75_000]);
    let at = town.moment(0);
    let mut row = plain_bank_row(town, None, amount, at, "");
    "nop phi".clone_into(&mut row.memo);
    match town.dice.between(0, 4) {
        0 => row.text = Some(format!("{amount}.00")),
        1 => row.text = Some("-5000".to_owned()),
        2 => row.text = Some("12345678901234567890".to_owned()),
        3 => row.kind = "thu",
        _ => row.status = "thanh cong",
    }
    town.txn(row, &Label::new("reject", defect, "no"));
}

/// What a person decided: no fee, a pair that nothing else would show, or a decision on a row that
/// has changed since.
pub(crate) fn decided(town: &mut Town, what: &'static str) {
    let dossier = town.any_dossier();
    let name = dossier.payer.bank_name.clone();
    let at = dossier.received + 700;
    let id = town.id("FT");
    let mut row = plain_bank_row(town, None, dossier.total(), at, &name);
    row.id.clone_from(&id);
    let parts: Vec<(String, i64)> = dossier
        .lines
        .iter()
        .map(|l| (l.id.clone(), l.amount))
        .collect();
    let mut decision = Decided {
        source: BANK,
        id: id.clone(),
        amount_then: row.amount,
        dossier: dossier.code.clone(),
        parts: Some(parts.clone()),
    };
    let linked = |class: &str| Label::new(class, what, "yes").linked(parts.clone(), &dossier.code);
    match what {
        "decided_pair" => {
            "nop le phi".clone_into(&mut row.memo);
            town.txn(row, &linked("ok"));
        }
        "decision_stale" => {
            decision.amount_then -= 1_000;
            row.memo = format!("nop phi {}", dossier.code);
            town.txn(row, &linked("decision_stale"));
        }
        _ => {
            decision.parts = None;
            "tien thue nha".clone_into(&mut row.memo);
            town.txn(row, &Label::new("not_fee", what, "no"));
        }
    }
    town.decisions.push(decision);
    if what == "decided_not_fee" {
        return keys::paid_by_portal(town, &dossier, what);
    }
    waiting_fees(town, &dossier, "ok", what, "yes", &[(id, 0)]);
    town.event(&[dossier.agency], true);
    town.kept(dossier.agency, true, dossier.total());
    town.full(dossier.agency, true);
}
