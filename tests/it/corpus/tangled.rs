//! Dossiers whose money takes several roads: cash and transfer, two codes in one string of digits,
//! land and fee together, somebody else's parts.

use super::clock::DAY;
use super::keys::waiting_fees;
use super::memo::{self, Writing};
use super::people;
use super::roads::{gateway_row, plain_bank_row, printed};
use super::rows::{BANK, FeeRow, Label, PORTAL, ReceiptRow, SHARED_ACCOUNT, TxnRow};
use super::town::{Dossier, Town};
use super::twice;

/// A dossier of an agency and of somebody, with these lines.
pub(crate) fn new(town: &mut Town, lines: &[(&'static str, i64)]) -> Dossier {
    let agency = town.agency();
    let payer = people::person(&mut town.dice);
    town.dossier(agency, payer, lines)
}

/// A bank line by the fee's payer that names the dossier.
pub(crate) fn own(town: &mut Town, dossier: &Dossier, amount: i64, at: i64) -> TxnRow {
    let name = dossier.payer.bank_name.clone();
    let mut row = plain_bank_row(town, None, amount, at, &name);
    let writing = town
        .dice
        .pick(&[Writing::Bare, Writing::Words, Writing::Squeezed]);
    let typed = memo::typed(&mut town.dice, &dossier.code, writing);
    row.memo = printed(town, typed, &name, at);
    row
}

/// Every line with what belongs to it.
pub(crate) fn parts(dossier: &Dossier) -> Vec<(String, i64)> {
    let lines = dossier.lines.iter();
    lines.map(|line| (line.id.clone(), line.amount)).collect()
}

/// A fee line of a class, by transfer.
pub(crate) fn fee(
    town: &mut Town,
    dossier: &Dossier,
    n: usize,
    class: &str,
    defect: &str,
    links: Vec<(String, i64)>,
) {
    let mut row = FeeRow::new("transfer", "paid");
    row.receipt_no = town.dice.digits(7);
    let label = Label::new(class, defect, "yes").linked(links, "");
    town.fee(dossier, n, &row, &label);
}

/// Paid and kept, without cash.
pub(crate) fn paid(town: &mut Town, dossier: &Dossier, amount: i64) {
    town.event(&[dossier.agency], true);
    town.kept(dossier.agency, true, amount);
    town.full(dossier.agency, true);
}

/// The fee by transfer, the charge at the counter.
fn cash_and_transfer(town: &mut Town) {
    let defect = "cash_and_transfer";
    let dossier = new(town, &[("phi", 120_000), ("le_phi", 20_000)]);
    let row = own(town, &dossier, 120_000, dossier.received + 900);
    let mine = vec![(dossier.lines[0].id.clone(), 120_000)];
    let label = Label::new("ok", defect, "yes").linked(mine, &dossier.code);
    let id = town.txn(row, &label);
    let receipt = ReceiptRow {
        fee_id: dossier.lines[1].id.clone(),
        amount: 20_000,
        at: dossier.received + 60,
        cashier: "TRAN THI B".to_owned(),
        status: "valid",
    };
    let mine = vec![(receipt.fee_id.clone(), 20_000)];
    let label = Label::new("ok", defect, "yes").linked(mine, "");
    let paper = town.receipt(&dossier, &receipt, &label);
    fee(town, &dossier, 0, "ok", defect, vec![(id, 120_000)]);
    let label = Label::new("ok", defect, "yes").linked(vec![(paper, 20_000)], "");
    town.fee(&dossier, 1, &FeeRow::new("cash", "paid"), &label);
    town.event(&[dossier.agency], true);
    town.event(&[dossier.agency], false);
    town.kept(dossier.agency, true, 120_000);
    town.kept(dossier.agency, false, 20_000);
    town.full(dossier.agency, false);
}

/// A code that is the beginning of another dossier's; only the amount tells them apart, or nothing.
fn within_another(town: &mut Town) {
    let equal = town.dice.chance(500);
    let defect = if equal {
        "glued_ambiguous"
    } else {
        "glued_two_dossiers"
    };
    let (short, mut long) = loop {
        let short = new(town, &[("phi", 40_000)]);
        if town.agencies[short.agency].lead.is_empty() {
            let amount = if equal { 40_000 } else { 90_000 };
            let payer = people::person(&mut town.dice);
            break (
                short.clone(),
                town.dossier(short.agency, payer, &[("phi", amount)]),
            );
        }
    };
    long.code = format!("{}77", short.code);
    let meant = if town.dice.chance(500) { &short } else { &long };
    let at = short.received + 1_000;
    let mut row = plain_bank_row(town, None, meant.total(), at, "");
    row.memo = format!("nop phi {}", long.code);
    let (class, ident) = if equal {
        ("ambiguous", "no")
    } else {
        ("ok", "yes")
    };
    let label = Label::new(class, defect, ident).linked(parts(meant), &meant.code);
    let id = town.txn(row, &label);
    paid(town, meant, meant.total());
    for dossier in [&short, &long] {
        if dossier.code == meant.code && !equal {
            fee(
                town,
                dossier,
                0,
                "ok",
                defect,
                vec![(id.clone(), dossier.total())],
            );
        } else {
            waiting_fees(town, dossier, "missing_payment", defect, "yes", &[]);
        }
    }
}

/// Land obligation and fee, paid together or each on its own.
fn land(town: &mut Town) {
    let defect = "land_paid";
    let levy = 10_000 * town.dice.between(120, 3_900);
    let dossier = new(town, &[("phi", 150_000), ("land_obligation", levy)]);
    let name = dossier.payer.bank_name.clone();
    let at = dossier.received + 2_000;
    if town.dice.chance(500) {
        let row = gateway_row(town, &dossier, PORTAL, dossier.total(), at, &name);
        let label = Label::new("ok", defect, "yes").linked(parts(&dossier), &dossier.code);
        let id = town.txn(row, &label);
        for (n, (_, part)) in parts(&dossier).into_iter().enumerate() {
            fee(town, &dossier, n, "ok", defect, vec![(id.clone(), part)]);
        }
    } else {
        for (n, (line, part)) in parts(&dossier).into_iter().enumerate() {
            let row = gateway_row(town, &dossier, PORTAL, part, at + 60, &name);
            let label = Label::new("ok", defect, "yes").linked(vec![(line, part)], &dossier.code);
            let id = town.txn(row, &label);
            fee(town, &dossier, n, "ok", defect, vec![(id, part)]);
        }
    }
    // the levy is the Treasury's: it counts nowhere
    paid(town, &dossier, 150_000);
}

/// One transfer for two dossiers goes back whole; the refund names nothing but its number.
fn shared_refund(town: &mut Town) {
    let defect = "n_to_one_refund";
    let payer = people::person(&mut town.dice);
    let agency = town.agency();
    let dossiers = [30_000, 45_000].map(|v| town.dossier(agency, payer.clone(), &[("phi", v)]));
    let at = dossiers[0].received + 40_000;
    let mut row = plain_bank_row(town, None, 75_000, at, &payer.bank_name);
    row.id = town.id("FT");
    row.memo = format!("nop phi {} va {}", dossiers[0].code, dossiers[1].code);
    let codes = format!("{};{}", dossiers[0].code, dossiers[1].code);
    let both: Vec<(String, i64)> = dossiers.iter().flat_map(parts).collect();
    let label = Label::new("ok", defect, "yes").linked(both.clone(), &codes);
    let id = town.txn(row.clone(), &label);
    let mut back = TxnRow::new(BANK, 75_000, at + 2 * DAY);
    back.kind = "refund";
    back.account.clone_from(&row.account);
    back.memo = format!("HOAN TIEN GD {id}");
    let gone = both.iter().map(|(line, v)| (line.clone(), -v)).collect();
    let label = Label::new("refunded", defect, "yes").linked(gone, &codes);
    let refund = town.txn(back, &label);
    for dossier in &dossiers {
        let v = dossier.total();
        fee(
            town,
            dossier,
            0,
            "refunded",
            defect,
            vec![(id.clone(), v), (refund.clone(), -v)],
        );
    }
}

/// Two parts of three by somebody else, the code in free text: nothing supports it.
fn parts_of_other(town: &mut Town) {
    let defect = "parts_by_other_payer";
    let dossier = new(town, &[("phi", 300_000)]);
    let other = people::stranger(&mut town.dice, &dossier.payer).bank_name;
    for n in 0..2 {
        let at = dossier.received + 900 + n * DAY;
        let mut row = plain_bank_row(town, None, 90_000 + 1_000 * n, at, &other);
        row.memo = format!("gop lan {} HS {}", n + 1, dossier.code);
        let line = vec![(dossier.lines[0].id.clone(), row.amount)];
        town.kept(dossier.agency, true, row.amount);
        town.event(&[dossier.agency], true);
        town.txn(
            row,
            &Label::new("ambiguous", defect, "no").linked(line, &dossier.code),
        );
    }
    waiting_fees(town, &dossier, "missing_payment", defect, "no", &[]);
}

/// Taken at the counter, sent back through the bank.
fn cash_sent_back(town: &mut Town) {
    let defect = "cash_refunded";
    let dossier = new(town, &[("le_phi", 100_000)]);
    let line = dossier.lines[0].id.clone();
    let receipt = ReceiptRow {
        fee_id: line.clone(),
        amount: 100_000,
        at: dossier.received + 60,
        cashier: "LE VAN C".to_owned(),
        status: "valid",
    };
    let label = Label::new("ok", defect, "yes").linked(vec![(line.clone(), 100_000)], "");
    let paper = town.receipt(&dossier, &receipt, &label);
    let mut back = TxnRow::new(BANK, 100_000, dossier.received + 3 * DAY);
    back.kind = "refund";
    SHARED_ACCOUNT.clone_into(&mut back.account);
    back.memo = format!("HOAN LE PHI {}", memo::squeeze(&dossier.code));
    let label = Label::new("refunded", defect, "yes").linked(vec![(line, -100_000)], &dossier.code);
    let refund = town.txn(back, &label);
    let label = Label::new("refunded", defect, "yes");
    let label = label.linked(vec![(paper, 100_000), (refund, -100_000)], "");
    town.fee(&dossier, 0, &FeeRow::new("cash", "refunded"), &label);
}

/// Money for a dossier that owes nothing.
fn nothing_owed(town: &mut Town) {
    let defect = "paid_though_free";
    let mut dossier = new(town, &[("le_phi", 8_000)]);
    dossier.lines[0].amount = 0;
    let row = own(town, &dossier, 8_000, dossier.received + 900);
    let line = dossier.lines[0].id.clone();
    let label = Label::new("overpaid", defect, "yes").linked(vec![(line, 0)], &dossier.code);
    let id = town.txn(row, &label);
    let mut row = FeeRow::new("", "paid");
    row.mode = "zero";
    let label = Label::new("overpaid", defect, "yes").linked(vec![(id, 0)], "");
    town.fee(&dossier, 0, &row, &label);
    town.event(&[dossier.agency], true);
}

/// In the last second of the last day: not late, in whatever zone the source writes.
fn last_second(town: &mut Town) {
    let defect = "last_second";
    let dossier = new(town, &[("phi", 44_000)]);
    let due = town.day + 2;
    let row = own(town, &dossier, 44_000, (due + 1) * DAY - 1);
    let at = row.at;
    let label = Label::new("ok", defect, "yes").linked(parts(&dossier), &dossier.code);
    let id = town.txn(row, &label);
    let mut row = FeeRow::new("qr", "paid");
    row.due = Some(due * DAY);
    row.paid_at = Some(at);
    row.receipt_no = town.dice.digits(7);
    let label = Label::new("ok", defect, "yes").linked(vec![(id, 44_000)], "");
    town.fee(&dossier, 0, &row, &label);
    paid(town, &dossier, 44_000);
}

/// All parts by somebody else: together they are the fee, which is support enough.
fn all_parts_of_other(town: &mut Town) {
    let defect = "instalments_by_other_payer";
    let dossier = new(town, &[("phi", 300_000)]);
    let line = dossier.lines[0].id.clone();
    let other = people::stranger(&mut town.dice, &dossier.payer).bank_name;
    let mut links = Vec::new();
    for (n, part) in [(0, 80_000), (1, 101_000), (2, 119_000)] {
        let mut row = plain_bank_row(town, None, part, dossier.received + 900 + n * DAY, &other);
        row.memo = format!("gop lan {} HS {}", n + 1, dossier.code);
        let label =
            Label::new("ok", defect, "yes").linked(vec![(line.clone(), part)], &dossier.code);
        links.push((town.txn(row, &label), part));
        town.event(&[dossier.agency], true);
    }
    fee(town, &dossier, 0, "ok", defect, links);
    town.kept(dossier.agency, true, 300_000);
    town.full(dossier.agency, true);
}

/// Every tangle.
const TANGLES: [fn(&mut Town); 15] = [
    twice::delivered_twice,
    twice::repeat_undone,
    last_second,
    all_parts_of_other,
    twice::twins_twice,
    cash_and_transfer,
    within_another,
    land,
    shared_refund,
    twice::thrice,
    parts_of_other,
    twice::three_sources,
    twice::paid_again,
    cash_sent_back,
    nothing_owed,
];

/// Tells one of them.
pub(crate) fn tell(town: &mut Town) {
    let tangle = town.dice.pick(&TANGLES);
    tangle(town);
}
