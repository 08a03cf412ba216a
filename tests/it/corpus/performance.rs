//! Adversarial loads: what makes a matcher quadratic when it is written carelessly.

use super::clock::DAY;
use super::memo::{self, WRITINGS};
use super::people::{self, Person};
use super::roads::{plain_bank_row, printed};
use super::rows::{FeeRow, Label};
use super::town::{Dossier, Town};

const AMOUNT: i64 = 50_000;

/// A dossier beyond what a counter of the town can number: the sequence has as many digits as it
/// needs, at most seven.
fn numbered(town: &mut Town, nth: i64, payer: Person) -> Dossier {
    let mut dossier = town.dossier(0, payer, &[("phi", AMOUNT)]);
    let date = super::clock::form(town.day * DAY, "%y%m%d");
    dossier.code = format!("{}-{date}-{}", town.agencies[0].code, 1_000_000 + nth);
    dossier
}

fn waiting(
    town: &mut Town,
    dossier: &Dossier,
    defect: &str,
    class: &str,
    links: Vec<(String, i64)>,
) {
    let mut row = FeeRow::new("transfer", "paid");
    row.receipt_no = town.dice.digits(7);
    let ident = if links.is_empty() { "no" } else { "yes" };
    let label = Label::new(class, defect, ident).linked(links, "");
    town.fee(dossier, 0, &row, &label);
    town.event(&[dossier.agency], true);
    town.kept(dossier.agency, true, AMOUNT);
    town.full(dossier.agency, true);
}

/// Equal amounts on one day without a word about what they are for.
pub(crate) fn equal_amounts(town: &mut Town, count: i64) {
    let defect = "equal_amounts";
    for nth in 0..count {
        let payer = people::person(&mut town.dice);
        let other = people::stranger(&mut town.dice, &payer).bank_name;
        let dossier = numbered(town, nth, payer);
        let at = town.moment(0);
        let mut row = plain_bank_row(town, None, AMOUNT, at, &other);
        row.memo = memo::without_code(&mut town.dice, &other);
        town.txn(row, &Label::new("unidentified", defect, "no"));
        waiting(town, &dossier, defect, "missing_payment", Vec::new());
    }
}

/// Payments that name their dossier in a memo and nowhere else.
pub(crate) fn memo_only(town: &mut Town, count: i64) {
    for nth in 0..count {
        let payer = people::person(&mut town.dice);
        named(town, nth, payer, "memo_only");
    }
}

/// One payer, and each of the dossiers paid on its own.
pub(crate) fn one_payer(town: &mut Town, count: i64) {
    let payer = people::person(&mut town.dice);
    for nth in 0..count {
        named(town, nth, payer.clone(), "one_payer");
    }
}

fn named(town: &mut Town, nth: i64, payer: Person, defect: &str) {
    let name = payer.bank_name.clone();
    let dossier = numbered(town, nth, payer);
    let at = town.moment(0);
    let mut row = plain_bank_row(town, None, AMOUNT, at, &name);
    let writing = town.dice.weighted(WRITINGS);
    let typed = memo::typed(&mut town.dice, &dossier.code, writing);
    row.memo = printed(town, typed, &name, at);
    let links = vec![(dossier.lines[0].id.clone(), AMOUNT)];
    let label = Label::new("ok", defect, "yes").linked(links, &dossier.code);
    let id = town.txn(row, &label);
    waiting(town, &dossier, defect, "ok", vec![(id, AMOUNT)]);
}
