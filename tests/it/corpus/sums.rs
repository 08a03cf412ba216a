//! One payment for several dossiers, one payer of many, two codes in a memo.

use super::clock::DAY;
use super::keys::waiting_fees;
use super::memo;
use super::people;
use super::roads::{net_fee, plain_bank_row, printed};
use super::rows::{FeeRow, Label};
use super::town::{Dossier, Town};

/// The codes of several dossiers in one memo.
fn memo_of(town: &mut Town, dossiers: &[Dossier]) -> String {
    let squeezed = town.dice.chance(300);
    let by = town.dice.pick(&[" ", ", ", " va ", "; "]);
    let codes = dossiers.iter().map(|d| {
        if squeezed {
            memo::squeeze(&d.code)
        } else {
            d.code.clone()
        }
    });
    format!("nop phi {}", codes.collect::<Vec<_>>().join(by))
}

/// One transfer for several dossiers, exact or less the provider's fee, in time or late.
pub(crate) fn n_to_one(town: &mut Town, net: bool, late: bool) {
    let count = town.dice.between(2, 4);
    let payer = people::person(&mut town.dice);
    let mut dossiers = Vec::new();
    for _ in 0..count {
        let agency = town.agency();
        let lines = super::town::tariff(&mut town.dice);
        dossiers.push(town.dossier(agency, payer.clone(), &lines));
    }
    // the memo names them in any order; what is missing is missing on the last by code
    dossiers.sort_by(|a, b| a.code.cmp(&b.code));
    let total: i64 = dossiers.iter().map(Dossier::total).sum();
    let fee = if net { net_fee(total) } else { 0 };
    let last = dossiers.len() - 1;
    let small = dossiers[last]
        .lines
        .last()
        .is_none_or(|line| line.amount <= fee);
    let (net, fee) = if small { (false, 0) } else { (net, fee) };
    let names = [("n_to_one", true), ("net_settlement", net), ("late", late)];
    let names: Vec<&str> = names
        .iter()
        .filter(|(_, on)| *on)
        .map(|(name, _)| *name)
        .collect();
    let defect = names.join("+");
    let due = town.day + 6;
    let at = town.moment(if late { 8 } else { 1 });
    let name = payer.bank_name.clone();
    let mut row = plain_bank_row(town, None, total - fee, at, &name);
    let typed = memo_of(town, &dossiers);
    row.memo = printed(town, typed, &name, at);
    let mut links: Vec<(String, i64)> = dossiers
        .iter()
        .flat_map(|d| &d.lines)
        .map(|l| (l.id.clone(), l.amount))
        .collect();
    if let Some((_, part)) = links.last_mut() {
        *part -= fee;
    }
    let codes: Vec<&str> = dossiers.iter().map(|d| d.code.as_str()).collect();
    let class = if net {
        "net_settlement"
    } else if late {
        "late"
    } else {
        "ok"
    };
    let label = Label::new(class, &defect, "yes").linked(links.clone(), &codes.join(";"));
    let id = town.txn(row, &label);
    let mut links = links.into_iter();
    for (d, dossier) in dossiers.iter().enumerate() {
        for n in 0..dossier.lines.len() {
            let part = links.next().map_or(0, |(_, part)| part);
            let mut row = FeeRow::new("transfer", "paid");
            row.due = Some(due * DAY);
            row.paid_at = Some(at);
            row.receipt_no = town.dice.digits(7);
            let short = net && d == last && n + 1 == dossier.lines.len();
            let class = if short {
                "net_settlement"
            } else if late {
                "late"
            } else {
                "ok"
            };
            let label = Label::new(class, &defect, "yes").linked(vec![(id.clone(), part)], "");
            town.fee(dossier, n, &row, &label);
        }
        town.kept(dossier.agency, true, dossier.total());
        town.full(dossier.agency, true);
    }
    let agencies: Vec<usize> = dossiers.iter().map(|d| d.agency).collect();
    town.event(&agencies, true);
}

/// Two codes in a memo and an amount that is the sum of neither what is open nor what is due.
pub(crate) fn two_codes(town: &mut Town) {
    let defect = "two_codes_ambiguous";
    let payer = people::person(&mut town.dice);
    let agency = town.agency();
    let amount = town.dice.pick(&[50_000, 75_000, 100_000]);
    let one = town.dossier(agency, payer.clone(), &[("phi", amount)]);
    let other = town.dossier(agency, payer.clone(), &[("phi", amount)]);
    let at = town.moment(1);
    let name = payer.bank_name.clone();
    let mut row = plain_bank_row(town, None, amount, at, &name);
    let dossiers = [one, other];
    row.memo = memo_of(town, &dossiers);
    let label = Label::new("ambiguous", defect, "no");
    town.txn(row, &label);
    for dossier in &dossiers {
        waiting_fees(town, dossier, "missing_payment", defect, "no", &[]);
    }
    let dossier = &dossiers[town.dice.index(2)];
    town.event(&[dossier.agency], true);
    town.kept(dossier.agency, true, dossier.total());
    town.full(dossier.agency, true);
}

/// A notary's clerk, say: one payer, many dossiers of one tariff on one day, each paid on its own.
pub(crate) fn many_of_one(town: &mut Town, count: i64) {
    let defect = "one_payer_many";
    let payer = people::person(&mut town.dice);
    let amount = town.dice.pick(&[10_000, 50_000, 100_000]);
    for _ in 0..count {
        let agency = town.agency();
        let dossier = town.dossier(agency, payer.clone(), &[("phi", amount)]);
        let at = town.moment(0) + DAY / 2;
        let name = payer.bank_name.clone();
        let mut row = plain_bank_row(town, None, amount, at, &name);
        let writing = town.dice.weighted(memo::WRITINGS);
        let typed = memo::typed(&mut town.dice, &dossier.code, writing);
        row.memo = printed(town, typed, &name, at);
        let links = vec![(dossier.lines[0].id.clone(), amount)];
        let label = Label::new("ok", defect, "yes").linked(links, &dossier.code);
        let id = town.txn(row, &label);
        let mut fee = FeeRow::new("transfer", "paid");
        fee.receipt_no = town.dice.digits(7);
        let label = Label::new("ok", defect, "yes").linked(vec![(id, amount)], "");
        town.fee(&dossier, 0, &fee, &label);
        town.event(&[agency], true);
        town.kept(agency, true, amount);
        town.full(agency, true);
    }
}
