//! Bank lines that list dossiers, read again as what a gateway paid out: the net sum of a day on
//! which its own payments settled every dossier of the list. Such a line is no second payment, and
//! none but such a line is taken for a payout.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::super::books::{Books, Money};
use super::super::memo::{person, squeezed};
use super::super::violation::{Findings, Invariant, dong, name, text};
use super::excluded::{Sums, in_window};
use super::{is_whole, refers};
use crate::domain::{Day, Txn, TxnKind, TxnStatus};
use crate::matching::Evidence;

/// What the payments of gateways brought to dossiers, by source and day.
type Paid<'a> = FxHashMap<(&'a str, Day, usize), i128>;

pub(super) fn check(books: &Books, sums: &Sums, findings: &mut Findings) {
    let lines: Vec<(&Money, &Txn, Vec<usize>)> = lists(books).collect();
    if lines.is_empty() {
        return;
    }
    let (every, plain) = (paid(books, false), paid(books, true));
    let mut claims: BTreeMap<Day, Vec<(&Money, &Txn)>> = BTreeMap::new();
    for (money, txn, listed) in &lines {
        let batch = money
            .said
            .is_some_and(|row| row.class == "batch_settlement");
        if !batch {
            let days = claimed(books, sums, &plain, txn, listed);
            // what several lines may be is none of them
            let same = |amount| {
                let here = lines.iter().filter(|line| line.1.amount == amount).count();
                here + books.settlement.plain.listed_with(amount)
            };
            if let [day] = days[..]
                && same(txn.amount) == 1
            {
                claims.entry(day).or_default().push((money, txn));
            }
            continue;
        }
        let settled = told(money).is_some_and(|(source, day)| {
            let key = |dossier: &usize| (source, day, *dossier);
            let all = |dossier: &usize| is_settled(books, every.get(&key(dossier)), *dossier);
            let kept = sums
                .gross
                .get(&(source, day))
                .is_some_and(|g| *g > txn.amount.wide());
            listed.iter().all(all) && (kept || !txn.payer.is_empty())
        });
        let payer = person(&txn.payer);
        let own = |d: &usize| !payer.is_empty() && payer == books.payers[*d];
        if !settled || listed.iter().any(own) {
            let what = text(
                "hồ sơ nêu trong dòng quyết toán phải do chính cổng đó thu đủ trong ngày",
                "the dossiers of a payout were all settled through that gateway on that day",
            );
            let found = dong(txn.amount.wide());
            findings.add(Invariant::Rule, name(&money.key), what, "batch", found);
        }
    }
    let taken = |day: &Day| {
        let told = books.money.iter().filter_map(told);
        told.filter(|(_, of)| of == day).count() > 0
    };
    for (day, lines) in claims.iter().filter(|(day, _)| !taken(day)) {
        if let [(money, txn)] = lines[..] {
            let what = text(
                "dòng liệt kê hồ sơ đã nộp qua cổng và đúng tổng thực nhận của ngày là dòng quyết toán",
                "a line that lists what a gateway's day settled and is its net sum is its payout",
            );
            let found = format!("{} {day}", dong(txn.amount.wide()));
            let wanted = "batch_settlement";
            findings.add(Invariant::Rule, name(&money.key), what, wanted, found);
        }
    }
}

/// The gateway's day of which a line is said to be the payout.
fn told<'b>(money: &'b Money) -> Option<(&'b str, Day)> {
    let row = money.said.filter(|row| row.class == "batch_settlement")?;
    row.evidence.iter().find_map(|why| match why {
        Evidence::BatchOf(source, day, _) => Some((&**source, *day)),
        _ => None,
    })
}

/// Bank lines whose memo names dossiers, each at a place of its own, and that only their text
/// decides.
fn lists<'b, 'a>(
    books: &'b Books<'a>,
) -> impl Iterator<Item = (&'b Money<'a>, &'b Txn, Vec<usize>)> {
    books.money.iter().filter_map(|money| {
        let txn = money.txn().filter(|txn| txn.order_ref.is_none())?;
        let final_payment = txn.kind == TxnKind::Payment && txn.status == TxnStatus::Success;
        let ruled = books.decisions.contains_key(&money.key);
        let known = books.conflicts.contains(&money.key) || !money.seen.is_empty();
        if !final_payment || ruled || known {
            return None;
        }
        let found = books.codes.within(&squeezed(&txn.memo));
        let mut listed: Vec<usize> = found.iter().map(|f| f.dossier).collect();
        listed.sort_unstable();
        listed.dedup();
        let glued = found.iter().enumerate().any(|(i, f)| {
            let mut others = found[i + 1..].iter();
            others.any(|o| o.dossier != f.dossier && o.at < f.at + f.length)
        });
        (!listed.is_empty() && !glued).then_some((money, txn, listed))
    })
}

/// What each dossier got through each gateway on each day; `plain` by references alone, without
/// what a person ruled on and what is seen twice.
fn paid<'b>(books: &'b Books, plain: bool) -> Paid<'b> {
    let mut paid = Paid::default();
    for money in &books.money {
        let Some(txn) = money.txn().filter(|txn| txn.order_ref.is_some()) else {
            continue;
        };
        if txn.kind != TxnKind::Payment || txn.status != TxnStatus::Success {
            continue;
        }
        let dossier = match (money.stakes.as_slice(), money.seen.as_slice()) {
            ([stake], _) => {
                let stake = &books.stakes[*stake];
                let ruled = stake.decided || books.decisions.contains_key(&money.key);
                let sure = !plain || (!ruled && refers(books, txn, stake));
                sure.then_some(stake.dossier)
            }
            ([], [leg]) if !plain => {
                let code = leg.dossier_code.as_ref();
                code.and_then(|code| books.dossier_at(code.as_str()))
            }
            _ => None,
        };
        if let Some(dossier) = dossier {
            let key = (txn.source.as_str(), txn.paid_on, dossier);
            *paid.entry(key).or_default() += txn.amount.wide();
        }
    }
    paid
}

/// The days of gateways whose payout a line must be.
fn claimed(books: &Books, sums: &Sums, paid: &Paid, txn: &Txn, listed: &[usize]) -> Vec<Day> {
    let tonight = books.inputs.business_date;
    let payer = person(&txn.payer);
    let stranger = |d: &usize| payer.iter().all(|word| !books.payers[*d].contains(word));
    let mut days = Vec::new();
    for (source, day) in sums.days_of(txn.amount.wide()) {
        let whole = tonight.is_none_or(|night| is_whole(books, night, *day));
        if whole && in_window(txn, *day, books.rules.batch_days) {
            days.push((*source, *day));
        }
    }
    let settled = |(source, day): &(&str, Day)| {
        let of = |dossier: &usize| paid.get(&(*source, *day, *dossier));
        let all = |dossier: &usize| is_settled(books, of(dossier), *dossier);
        let kept = sums
            .gross
            .get(&(*source, *day))
            .is_some_and(|g| *g > txn.amount.wide());
        let told = kept || !payer.is_empty();
        told && listed.iter().all(all) && listed.iter().all(stranger)
    };
    match days.as_slice() {
        [only] if settled(only) => vec![only.1],
        _ => Vec::new(),
    }
}

/// What a gateway brought covers what the dossier owes: its fees, or land obligations alone.
fn is_settled(books: &Books, paid: Option<&i128>, dossier: usize) -> bool {
    let lines = books.dossiers[dossier].lines.clone();
    let lines = || {
        lines
            .clone()
            .map(|line| &books.lines[line])
            .filter(|line| line.payable)
    };
    let fees: i128 = lines()
        .filter(|line| !line.land)
        .map(super::super::books::Line::due)
        .sum();
    let all: i128 = lines().map(super::super::books::Line::due).sum();
    let due = if fees == 0 { all } else { fees };
    due > 0 && paid.is_some_and(|paid| *paid >= due)
}
