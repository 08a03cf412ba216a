//! Rows that were left out, read again: a gateway's batch and a cash deposit are exact sums within
//! their windows, money out names nobody, what a person set aside was set aside.

use std::collections::BTreeMap;

use super::super::books::{Books, MoneyRow};
use super::super::violation::{Findings, Invariant, dong, name, text};
use crate::classify::Classified;
use crate::domain::{Day, ReceiptStatus, Ruling, Txn, TxnKind, TxnStatus};
use crate::matching::Evidence;

pub(super) fn check(books: &Books, findings: &mut Findings) {
    let sums = Sums::new(books);
    for money in &books.money {
        let (MoneyRow::Txn(txn), Some(row)) = (money.row, money.said) else {
            continue;
        };
        match row.class {
            "batch_settlement" if super::payout::is_ruled(row) => {
                super::payout::check(books, &sums, txn, row, findings);
            }
            "batch_settlement" if super::spans::told(row).is_some() => {
                super::spans::batch(books, &sums, txn, row, findings);
            }
            "batch_settlement" => batch(books, &sums, txn, row, findings),
            "cash_deposit" if super::deposits::told(row).is_some() => {
                super::deposits::check(books, &sums, txn, row, findings);
            }
            "cash_deposit" => deposit(books, &sums, txn, row, findings),
            "not_fee" => not_fee(books, txn, row, findings),
            _ => {}
        }
    }
    super::listed::check(books, &sums, findings);
}

/// What gateways and cash desks took in, by day.
pub(super) struct Sums<'a> {
    /// Payments, and net sums less refunds: as told, then with each configured rate where no fee is
    /// told.
    pub(super) gateways: BTreeMap<(&'a str, Day), (u32, Vec<i128>)>,
    /// What was paid less what was refunded, before fees.
    pub(super) gross: BTreeMap<(&'a str, Day), i128>,
    /// The days of two payments or more, by each net sum that they may be.
    by_net: BTreeMap<i128, Vec<(&'a str, Day)>>,
    /// Valid receipts and their sum.
    pub(super) desks: BTreeMap<(&'a str, Day), (u32, i128)>,
}

impl<'a> Sums<'a> {
    fn new(books: &Books<'a>) -> Self {
        let mut sums = Self {
            gateways: BTreeMap::new(),
            gross: BTreeMap::new(),
            by_net: BTreeMap::new(),
            desks: BTreeMap::new(),
        };
        let rates = &books.rules.net_rates;
        for txn in &books.inputs.txns {
            if txn.order_ref.is_none() || txn.status != TxnStatus::Success {
                continue;
            }
            let day = sums.gateways.entry((txn.source.as_str(), txn.paid_on));
            let day = day.or_insert_with(|| (0, vec![0; rates.len() + 1]));
            let pays = txn.kind == TxnKind::Payment;
            day.0 += u32::from(pays);
            let sum = txn.amount.wide();
            let gross = sums.gross.entry((txn.source.as_str(), txn.paid_on));
            *gross.or_default() += if pays { sum } else { -sum };
            for (way, net) in day.1.iter_mut().enumerate() {
                let kept = match way.checked_sub(1).map(|i| rates[i]) {
                    Some(rate) if pays && txn.fee.is_zero() => {
                        let (num, den) = (rate.rate.num, rate.rate.den);
                        let fee = (txn.amount.wide() * num * 2 + den).div_euclid(den * 2);
                        fee.max(rate.minimum.wide())
                    }
                    _ => 0,
                };
                let part = txn.net.wide() - kept;
                *net += if pays { part } else { -part };
            }
        }
        for receipt in &books.inputs.receipts {
            if receipt.status == ReceiptStatus::Valid {
                let key = (receipt.agency_code.as_str(), receipt.collected_at.day());
                let day = sums.desks.entry(key).or_default();
                *day = (day.0 + 1, day.1 + receipt.amount.wide());
            }
        }
        for (key, (payments, nets)) in &sums.gateways {
            for (way, net) in nets.iter().enumerate() {
                if *payments >= 2 && !nets[..way].contains(net) {
                    sums.by_net.entry(*net).or_default().push(*key);
                }
            }
        }
        sums
    }

    /// The days of gateways of which a net sum is this.
    pub(super) fn days_of(&self, net: i128) -> &[(&'a str, Day)] {
        self.by_net.get(&net).map_or(&[], Vec::as_slice)
    }
}

pub(super) fn in_window(txn: &Txn, day: Day, days: u32) -> bool {
    (0..=i64::from(days)).contains(&txn.paid_on.days_since(day))
}

fn batch(books: &Books, sums: &Sums, txn: &Txn, row: &Classified, findings: &mut Findings) {
    let told = row.evidence.iter().find_map(|why| match why {
        Evidence::BatchOf(source, day, _) => Some((&**source, *day)),
        _ => None,
    });
    let exact = told.is_some_and(|key| {
        let day = sums.gateways.get(&key);
        let exact = |(payments, nets): &(u32, Vec<i128>)| {
            *payments >= 2 && nets.contains(&txn.amount.wide())
        };
        day.is_some_and(exact) && in_window(txn, key.1, books.rules.batch_days)
    });
    if !exact || txn.order_ref.is_some() {
        let what = text(
            "phải đúng bằng tổng thực nhận một ngày của cổng thanh toán, trong hạn",
            "it is the exact net sum of a gateway's day, within its window",
        );
        let expected = told.and_then(|key| sums.gateways.get(&key)).map_or_else(
            || "-".to_owned(),
            |(_, nets)| {
                nets.iter()
                    .map(|net| dong(*net))
                    .collect::<Vec<_>>()
                    .join("|")
            },
        );
        let found = dong(txn.amount.wide());
        findings.add(Invariant::Rule, name(&row.key), what, expected, found);
    }
}

fn deposit(books: &Books, sums: &Sums, txn: &Txn, row: &Classified, findings: &mut Findings) {
    let told = row.evidence.iter().find_map(|why| match why {
        Evidence::DepositOf(agency, day, _) => Some((&**agency, *day)),
        _ => None,
    });
    let day = told.and_then(|key| sums.desks.get(&key));
    let exact = day.is_some_and(|(_, sum)| *sum == txn.amount.wide());
    let timely = told.is_some_and(|key| in_window(txn, key.1, books.rules.deposit_days));
    if !exact || !timely || txn.order_ref.is_some() {
        let what = text(
            "phải đúng bằng tổng biên lai một ngày của một cơ quan, trong hạn",
            "it is the exact sum of an agency's receipts of a day, within its window",
        );
        let expected = day.map_or_else(|| "-".to_owned(), |(_, sum)| dong(*sum));
        let found = dong(txn.amount.wide());
        findings.add(Invariant::Rule, name(&row.key), what, expected, found);
    }
}

/// Set aside by a person, or money that went out and names no dossier.
fn not_fee(books: &Books, txn: &Txn, row: &Classified, findings: &mut Findings) {
    let ruled = |decision: &&crate::domain::Decision| {
        decision.row == row.key && decision.ruling == Ruling::NotFee && !decision.is_handling()
    };
    let ruled = books.inputs.decisions.iter().any(|d| ruled(&d));
    let memo = super::super::memo::squeezed(&txn.memo);
    let out = txn.kind == TxnKind::Debit && books.codes.within(&memo).is_empty();
    if !ruled && !out {
        let what = text(
            "chỉ bỏ ra ngoài khi cán bộ quyết định, hoặc tiền ra không ghi hồ sơ nào",
            "set aside by a person, or money out that names no dossier",
        );
        findings.add(Invariant::Rule, name(&row.key), what, "decision|debit", "-");
    }
}
