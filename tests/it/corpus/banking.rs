//! Money that moves a second time: gateways pay out a day in one line, counters bank their cash.

use super::clock::{self, DAY};
use super::people;
use super::roads::plain_bank_row;
use super::rows::{BANK, FeeRow, GATEWAYS, Label, ReceiptRow, SHARED_ACCOUNT, TxnRow};
use super::town::Town;

/// No story of a day pays further back than this.
const SETTLED_AFTER: i64 = 8;

/// Writes the batch lines of the sessions that are complete; all of them at the end.
pub(crate) fn batches(town: &mut Town, all: bool) {
    let last = if all {
        i64::MAX
    } else {
        town.day - SETTLED_AFTER
    };
    let later = town.sessions.split_off(&(last, ""));
    let done = std::mem::replace(&mut town.sessions, later);
    for ((day, gateway), session) in done {
        let plain = session.net % 500 == 0;
        if !GATEWAYS.contains(&gateway) || session.payments < 2 || session.net <= 0 || plain {
            continue;
        }
        let exact = town.dice.chance(900);
        let at = (day + town.dice.between(1, 3)) * DAY + town.dice.between(3_600, 40_000);
        let missing = if exact {
            0
        } else {
            1 + town.dice.between(1, 300)
        };
        let mut row = TxnRow::new(BANK, session.net + missing, at);
        SHARED_ACCOUNT.clone_into(&mut row.account);
        row.bank_ref = town.dice.digits(10);
        row.memo = format!(
            "POS79900019{}.GD:{}",
            town.dice.digits(4),
            gateway.to_uppercase()
        );
        let label = if exact {
            Label::new("batch_settlement", "batch", "yes")
        } else {
            Label::new("unidentified", "batch_inexact", "no")
        };
        town.txn(row, &label);
    }
}

/// One counter's day: some dossiers paid in cash, and the cash banked within three days.
pub(crate) fn deposit(town: &mut Town, agency: usize) {
    let exact = town.dice.chance(900);
    let defect = if exact {
        "cash_deposit"
    } else {
        "cash_deposit_inexact"
    };
    let cashier = people::person(&mut town.dice).name;
    // no other counter or day nearby has this remainder, nor has any fee
    let place = i64::try_from(agency - town.ordinary).unwrap_or(0);
    let mark = 100 * (1 + place * 16 + town.day % 16);
    let mut sum = 0;
    for n in 0..town.dice.between(4, 6) {
        let payer = people::person(&mut town.dice);
        let amount = 10_000 * town.dice.between(40, 69) + if n == 0 { mark } else { 0 };
        let dossier = town.dossier(agency, payer, &[("phi", amount)]);
        let row = ReceiptRow {
            fee_id: dossier.lines[0].id.clone(),
            amount,
            at: dossier.received + 600,
            cashier: cashier.clone(),
            status: "valid",
        };
        let label = Label::new("ok", defect, "yes").linked(vec![(row.fee_id.clone(), amount)], "");
        let id = town.receipt(&dossier, &row, &label);
        let mut fee = FeeRow::new("cash", "paid");
        fee.paid_at = Some(row.at);
        let label = Label::new("ok", defect, "yes").linked(vec![(id, amount)], "");
        town.fee(&dossier, 0, &fee, &label);
        town.event(&[agency], false);
        town.kept(agency, false, amount);
        town.full(agency, false);
        sum += amount;
    }
    let at = town.moment(0) + town.dice.between(1, 3) * DAY;
    let mut row = plain_bank_row(town, None, sum, at, "");
    let day = clock::form(town.day * DAY, "%d/%m");
    row.memo = format!("NOP TIEN MAT THU PHI NGAY {day}");
    let label = if exact {
        Label::new("cash_deposit", defect, "yes")
    } else {
        row.amount += 3;
        Label::new("unidentified", defect, "no")
    };
    town.txn(row, &label);
}
