//! Counter cash banked later by the office: a bank line that names no dossier and equals the valid
//! receipts of one agency and day, within three days, when nothing else could explain it. While a
//! registry is not complete, a dossier that nobody has told of yet could.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::domain::fold::fold_name;
use crate::domain::{AgencyCode, Day, ReceiptStatus, Text, TxnKind};

use super::super::desk::Desk;
use super::super::evidence::Evidence;
use super::super::pool::{Index, at};
use super::super::reading::Reading;
use super::Pass;

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "cash_deposit",
    label: Text {
        vi: "Nộp tiền mặt vào tài khoản",
        en: "Cash banked later",
    },
    run,
};

fn run(desk: &mut Desk) {
    let open = open_amounts(desk);
    super::batch::batches(desk, &open);
    if !desk.pool.registry_complete() {
        return;
    }
    let mut days: FxHashMap<(&AgencyCode, Day), (u32, i128)> = FxHashMap::default();
    for receipt in &desk.pool.inputs.receipts {
        let whole = desk.pool.holds_whole_day(receipt.collected_at.day());
        if receipt.status == ReceiptStatus::Valid && whole {
            let key = (&receipt.agency_code, receipt.collected_at.day());
            let day = days.entry(key).or_default();
            day.0 += 1;
            day.1 += receipt.amount.wide();
        }
    }
    let days = days.into_iter();
    let days: BTreeMap<(&str, Day), (u32, i128)> = days
        .map(|((agency, day), of)| ((agency.as_str(), day), of))
        .collect();
    let mut by_sum: BTreeMap<i128, Vec<(&str, Day)>> = BTreeMap::new();
    for (key, (_, sum)) in &days {
        by_sum.entry(*sum).or_default().push(*key);
    }
    let mut claims: BTreeMap<(&str, Day), Vec<Index>> = BTreeMap::new();
    for txn in desk.waiting() {
        let row = desk.pool.txn(txn);
        let unread = matches!(
            desk.readings[at(txn)],
            Reading::Nothing {
                class: "unidentified",
                ..
            }
        );
        if !unread || row.order_ref.is_some() || row.kind != TxnKind::Payment {
            continue;
        }
        if open.contains(&row.amount.wide()) {
            continue;
        }
        let limit = i64::from(desk.pool.rules.deposit_days);
        let in_time = |(_, day): &&(&str, Day)| (0..=limit).contains(&row.paid_on.days_since(*day));
        let days = by_sum
            .get(&row.amount.wide())
            .map_or(&[][..], Vec::as_slice);
        if let [only] = days.iter().filter(in_time).collect::<Vec<_>>().as_slice() {
            claims.entry(**only).or_default().push(txn);
        }
    }
    for ((agency, day), lines) in claims {
        let [line] = lines.as_slice() else { continue };
        let row = desk.pool.txn(*line);
        // the amount of one receipt alone says too little
        let several = days.get(&(agency, day)).is_some_and(|(n, _)| *n > 1);
        if !several && !says_deposit(&row.memo, agency) {
            continue;
        }
        let sum = row.amount;
        desk.out(
            *line,
            "cash_deposit",
            vec![Evidence::DepositOf(agency.into(), day, sum)],
        );
    }
}

/// The memo speaks of cash banked, or names the agency.
fn says_deposit(memo: &str, agency: &str) -> bool {
    let memo = fold_name(memo);
    memo.contains("NOP TIEN MAT") || memo.contains(&fold_name(agency))
}

/// What single open lines and whole open dossiers still lack: another reading of a bank line.
fn open_amounts(desk: &Desk) -> std::collections::BTreeSet<i128> {
    let mut amounts = std::collections::BTreeSet::new();
    if desk.ledgers.has_plain() {
        // a dossier that lacks nothing
        amounts.insert(0);
    }
    for (_, ledger) in desk.ledgers.iter() {
        let lacking: Vec<i128> = ledger
            .lines
            .iter()
            .map(|line| line.lacking())
            .filter(|l| *l > 0)
            .collect();
        amounts.insert(lacking.iter().sum());
        amounts.extend(lacking);
    }
    amounts
}
