//! Counter cash banked later by the office: a bank line that names no dossier and equals the valid
//! receipts of one agency and day, or of its days behind each other, within three days, when
//! nothing else could explain it. While a registry is not complete, a dossier that nobody has told
//! of yet could.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::domain::fold::fold_name;
use crate::domain::lang::Word;
use crate::domain::{AgencyCode, Day, ReceiptStatus, Text, Txn, TxnKind, Vnd};

use super::super::desk::Desk;
use super::super::evidence::{Evidence, Nearest, Test};
use super::super::pool::{Index, Pool, at};
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

/// At most so many agencies and days that a line equals are shown.
const SHOWN: usize = 2;

fn run(desk: &mut Desk) {
    let open = Open::of(desk);
    let cash = Cash::of(desk.pool);
    let doubtful = super::batch::batches(desk, &open, &cash);
    let whole = desk.pool.registry_complete();
    let mut claims: BTreeMap<(&str, Day), Vec<Index>> = BTreeMap::new();
    let mut several: Vec<(Index, Span)> = Vec::new();
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
        let days = cash.days(desk.pool, row);
        let alone = !open.may_be(row) && !doubtful.contains(&txn) && whole;
        if days.is_empty() && alone {
            several.extend(cash.span(desk.pool, row).map(|span| (txn, span)));
        }
        let why = match days.as_slice() {
            [] => continue,
            _ if open.may_be(row) => "open",
            _ if doubtful.contains(&txn) => "gateway",
            _ if !whole => "registry",
            [only] => {
                claims.entry(*only).or_default().push(txn);
                continue;
            }
            _ => "several",
        };
        doubt(desk, &cash, (txn, &days), why);
    }
    let claimed: BTreeSet<(&str, Day)> = claims.keys().copied().collect();
    for ((agency, day), lines) in claims {
        let [line] = lines.as_slice() else {
            for line in lines {
                doubt(desk, &cash, (line, &[(agency, day)]), "again");
            }
            continue;
        };
        let row = desk.pool.txn(*line);
        // the amount of one receipt alone says too little
        if !cash.several((agency, day)) && !says_deposit(&row.memo, agency) {
            doubt(desk, &cash, (*line, &[(agency, day)]), "one");
            continue;
        }
        let sum = row.amount;
        desk.out(
            *line,
            "cash_deposit",
            vec![Evidence::DepositOf(agency.into(), day, sum)],
        );
    }
    take_spans(desk, &claimed, &several);
}

/// The days behind each other that one line banks together, each with its sum.
type Span<'a> = (&'a str, Vec<(Day, Vnd)>);

/// Takes the lines over several days of which no day is another line's.
fn take_spans(desk: &mut Desk, claimed: &BTreeSet<(&str, Day)>, several: &[(Index, Span)]) {
    let is_of = |(agency, days): &Span, of: &str, day: Day| {
        *agency == of && days.iter().any(|(own, _)| *own == day)
    };
    for (line, span) in several {
        let (agency, days) = span;
        let mut others = several.iter().filter(|(other, _)| other != line);
        let again = others.any(|(_, other)| days.iter().any(|(day, _)| is_of(other, agency, *day)));
        let taken = days
            .iter()
            .any(|(day, _)| claimed.contains(&(*agency, *day)));
        if !again && !taken {
            let sum = desk.pool.txn(*line).amount;
            let days = days.clone().into_boxed_slice();
            let why = Evidence::DepositOfDays((*agency).into(), days, sum);
            desk.out(*line, "cash_deposit", vec![why]);
        }
    }
}

/// Takes note of the receipts that a line equals without being taken for them. Where each is one
/// receipt alone and the memo does not speak of cash, that is why, whatever else there is.
fn doubt(desk: &mut Desk, cash: &Cash, (line, days): (Index, &[(&str, Day)]), why: Word) {
    let row = desk.pool.txn(line);
    let amount = row.amount;
    let speaks = |(agency, day): &(&str, Day)| {
        cash.several((*agency, *day)) || says_deposit(&row.memo, agency)
    };
    let why = if days.iter().any(speaks) { why } else { "one" };
    for (agency, day) in days.iter().take(SHOWN) {
        let near = Nearest {
            candidate: format!("{agency} {day}").into(),
            amount: Some(amount),
            failed: if why == "one" {
                Test::Weight
            } else {
                Test::Unique
            },
        };
        let said = Evidence::MayBeDeposit((*agency).into(), *day, why);
        desk.note(line, said, Some(near));
    }
}

/// The memo speaks of cash banked, or names the agency.
fn says_deposit(memo: &str, agency: &str) -> bool {
    let memo = fold_name(memo);
    memo.contains("NOP TIEN MAT") || memo.contains(&fold_name(agency))
}

/// The valid receipts of agencies by their days, as far as the pool holds these whole.
pub(super) struct Cash<'a> {
    days: BTreeMap<(&'a str, Day), (u32, i128)>,
    by_sum: BTreeMap<i128, Vec<(&'a str, Day)>>,
}

impl<'a> Cash<'a> {
    /// Sums them up.
    pub(super) fn of(pool: &Pool<'a>) -> Self {
        let mut days: FxHashMap<(&'a AgencyCode, Day), (u32, i128)> = FxHashMap::default();
        for receipt in &pool.inputs.receipts {
            let whole = pool.holds_whole_day(receipt.collected_at.day());
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
        Self { days, by_sum }
    }

    /// The agencies and days whose receipts a line equals in time.
    pub(super) fn days(&self, pool: &Pool, row: &Txn) -> Vec<(&'a str, Day)> {
        let limit = i64::from(pool.rules.deposit_days);
        let in_time = |(_, day): &&(&str, Day)| (0..=limit).contains(&row.paid_on.days_since(*day));
        let days = self.by_sum.get(&row.amount.wide());
        days.into_iter()
            .flatten()
            .filter(in_time)
            .copied()
            .collect()
    }

    /// The only agency and days behind each other, two at least, whose receipts a line equals in
    /// time. A sum over days says less than a day's: the memo must speak of cash banked.
    fn span(&self, pool: &Pool, row: &Txn) -> Option<Span<'a>> {
        let first = row.paid_on.minus(pool.rules.deposit_days);
        let mut found: Vec<Span<'a>> = Vec::new();
        let mut agency = self.days.keys().next().map(|(agency, _)| *agency);
        while let Some(of) = agency {
            let days = self.days.range((of, first)..=(of, row.paid_on));
            let days: Vec<(Day, i128)> = days.map(|((_, day), (_, sum))| (*day, *sum)).collect();
            for from in 0..days.len() {
                let mut sum = 0;
                for (at, (_, part)) in days.iter().enumerate().skip(from) {
                    sum += part;
                    if at > from && sum == row.amount.wide() && says_deposit(&row.memo, of) {
                        let dong = |(day, sum): &(Day, i128)| {
                            (*day, Vnd::from_wide(*sum).unwrap_or_default())
                        };
                        let parts = days.get(from..=at).unwrap_or_default();
                        found.push((of, parts.iter().map(dong).collect()));
                    }
                }
            }
            let end = Day::new(chrono::NaiveDate::MAX);
            agency = (self.days.range((of, end)..).map(|((next, _), _)| *next)).find(|n| *n != of);
        }
        match found.as_slice() {
            [_] => found.pop(),
            _ => None,
        }
    }

    /// True for a line that may be banked cash.
    pub(super) fn may_be(&self, pool: &Pool, row: &Txn) -> bool {
        !self.days(pool, row).is_empty() || fold_name(&row.memo).contains("NOP TIEN MAT")
    }

    /// True where more than one receipt makes up the day of an agency.
    fn several(&self, day: (&str, Day)) -> bool {
        self.days.get(&day).is_some_and(|(n, _)| *n > 1)
    }
}

/// What single open lines and whole open dossiers still lack, each amount with the first day on
/// which a dossier that lacks it may be paid: another reading of a bank line.
pub(super) struct Open(BTreeMap<i128, (Option<Day>, Index)>);

impl Open {
    /// Of all ledgers.
    pub(super) fn of(desk: &Desk) -> Self {
        let mut open: BTreeMap<i128, (Option<Day>, Index)> = BTreeMap::new();
        for (dossier, ledger) in desk.ledgers.iter() {
            // without a day that its code tells it may be paid on any
            let first = desk.pool.window(dossier).map(|(first, _)| first);
            let lacking = ledger.lines.iter().map(|line| line.lacking());
            let lacking: Vec<i128> = lacking.filter(|lacking| *lacking > 0).collect();
            let whole = lacking.iter().sum();
            for amount in lacking
                .into_iter()
                .chain([whole])
                .filter(|amount| *amount > 0)
            {
                let known = open.entry(amount).or_insert((first, dossier));
                if first < known.0 {
                    *known = (first, dossier);
                }
            }
        }
        Self(open)
    }

    /// A dossier that a line may pay instead: one that lacks as much, and that had come on the day
    /// of the line. What came later was paid by none that is older.
    pub(super) fn rival(&self, row: &Txn) -> Option<Index> {
        let (first, dossier) = self.0.get(&row.amount.wide())?;
        let there = first.is_none_or(|first| first <= row.paid_on);
        there.then_some(*dossier)
    }

    /// True where there is one.
    pub(super) fn may_be(&self, row: &Txn) -> bool {
        self.rival(row).is_some()
    }
}
