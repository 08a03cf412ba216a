//! How sure a scored pair is, weighed again. The weights of the rule are told once more here, as
//! hundredths of a bit; who else could take either end is looked up row by row. What was open when
//! the pass ran is known for certain of rows that nothing else touched: they give the least of the
//! rivals, so the margin claimed is at most what they leave, and the score lies between what they
//! and all that may have been open make of it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Stake, class};
use super::super::memo::{person, squeezed};
use super::super::violation::{Findings, Invariant, name, text};
use super::loose::{holds_tail, in_window};
use crate::domain::{AgencyCode, FeeStatus, Moment, Text, Txn, TxnKind};
use crate::matching::Evidence;

const WEIGHED: Text = text(
    "điểm và khoảng cách đã nêu phải tính lại được từ các dòng",
    "score and margin follow from the rows when they are weighed again",
);

/// Open rows by amount, as the pass saw them.
struct Open<'b, 'a> {
    books: &'b Books<'a>,
    /// Dossiers that lacked so much for certain.
    lacking: BTreeMap<i128, Vec<usize>>,
    /// Payments that were waiting.
    waiting: BTreeMap<i128, Vec<&'b Txn>>,
    /// Dossiers whose state before the pass is not told.
    touched: Vec<usize>,
    /// Names of agencies of two words or more.
    names: BTreeMap<&'b AgencyCode, String>,
}

pub(super) fn check(books: &Books, findings: &mut Findings) {
    let scored = |stake: &&Stake| matches!(stake.first.why, Evidence::Assigned(..));
    let claims: Vec<&Stake> = books.stakes.iter().filter(scored).collect();
    if claims.is_empty() {
        return;
    }
    let amounts = claims.iter().map(|stake| books.money[stake.money].amount());
    let open = Open::new(books, &amounts.collect());
    for stake in claims {
        let money = &books.money[stake.money];
        let (Some(txn), Evidence::Assigned(score, margin)) = (money.txn(), &stake.first.why) else {
            continue;
        };
        if books.is_net_of_any(txn, stake.dossier) || books.due(stake.dossier) != money.amount() {
            continue; // what it lacked before is not told by its lines
        }
        let (least, most, ahead) = open.weigh(txn, stake.dossier);
        let fits = (least..=most).contains(score) && *margin <= ahead;
        if !fits {
            let wanted = format!("{least}..{most} <= {ahead}");
            let found = format!("{score} {margin}");
            findings.add(Invariant::Rule, name(&money.key), WEIGHED, wanted, found);
        }
    }
}

/// A weight as a score.
fn score(weight: i64) -> u16 {
    u16::try_from((weight / 2).clamp(0, 1000)).unwrap_or(0)
}

impl<'b, 'a> Open<'b, 'a> {
    fn new(books: &'b Books<'a>, amounts: &BTreeSet<i128>) -> Self {
        let mut open = Self {
            books,
            lacking: BTreeMap::new(),
            waiting: BTreeMap::new(),
            touched: Vec::new(),
            names: BTreeMap::new(),
        };
        for (at, dossier) in books.dossiers.iter().enumerate() {
            let mut stakes = dossier.stakes.iter().map(|s| &books.stakes[*s]);
            let later = stakes.all(|stake| stake.first.pass == "scored");
            let due = books.due(at);
            if later && !dossier.went_back && amounts.contains(&due) {
                open.lacking.entry(due).or_default().push(at);
            } else if !later || dossier.went_back {
                open.touched.push(at);
            }
        }
        for money in &books.money {
            let Some(txn) = money.txn() else { continue };
            let mut stakes = money.stakes.iter().map(|s| &books.stakes[*s]);
            let taken = stakes.any(|stake| stake.first.pass == "scored");
            let free = money.stakes.is_empty() && money.back.is_empty() && money.seen.is_empty();
            let said = money.said.map_or("", class);
            let left = free && matches!(said, "unidentified" | "near_reference" | "orphan");
            let waits = taken || left || money.set.is_some();
            if txn.kind == TxnKind::Payment && waits && amounts.contains(&money.amount()) {
                open.waiting.entry(money.amount()).or_default().push(txn);
            }
        }
        for agency in &books.inputs.agencies {
            let words = person(&agency.name);
            if words.len() > 1 {
                open.names.insert(&agency.code, words.join(" "));
            }
        }
        open
    }

    /// The least and the greatest score of the pair, and the greatest margin.
    fn weigh(&self, txn: &Txn, dossier: usize) -> (u16, u16, u16) {
        let amount = txn.amount.wide();
        let sure = self.lacking.get(&amount).map_or(&[][..], Vec::as_slice);
        let agency = self.books.agency(dossier);
        let here = |d: &&usize| self.books.agency(**d) == agency && in_window(self.books, txn, **d);
        let least = sure.iter().filter(here).count();
        let most = least + self.touched.iter().filter(here).count();
        let memo = squeezed(&txn.memo);
        let tail = holds_tail(self.books, &memo, dossier);
        let others = sure.iter().copied().filter(|d| *d != dossier);
        let told: Vec<i64> = others
            .filter_map(|d| self.pair(txn, &memo, d, None))
            .collect();
        // the end of another code speaks against this one
        let held = |d: &usize| holds_tail(self.books, &memo, *d) && in_window(self.books, txn, *d);
        let against = if !tail && sure.iter().any(held) {
            800
        } else {
            0
        };
        let own = |equal| self.pair(txn, &memo, dossier, Some(equal)).unwrap_or(0) - against;
        let rivals = self.waiting.get(&amount).into_iter().flatten();
        let rivals = rivals.filter(|other| other.key() != txn.key());
        let of_dossier = rivals.filter_map(|other| {
            let memo = squeezed(&other.memo);
            let held = sure
                .iter()
                .any(|d| *d != dossier && holds_tail(self.books, &memo, *d));
            let weight = self.pair(other, &memo, dossier, None)?;
            Some(if held && !holds_tail(self.books, &memo, dossier) {
                weight - 800
            } else {
                weight
            })
        });
        let of_txn = told
            .into_iter()
            .map(|weight| if tail { weight - 800 } else { weight });
        // how many lacked the amount bears on rivals too: least when most did
        let doubt = log2(most.max(1)) - log2(least.max(1));
        let rival = of_txn.chain(of_dossier).max().unwrap_or(0) - doubt;
        let mut ahead = own(least).min(own(least) - rival.max(0));
        if !tail && least > 1 {
            ahead = ahead.min(1500);
        }
        (score(own(most.max(1))), score(own(least)), score(ahead))
    }

    /// What speaks for a pair; none when it cannot be. Where it is not said how many dossiers of
    /// the agency lacked the amount, they are counted.
    fn pair(&self, txn: &Txn, memo: &str, dossier: usize, equal: Option<usize>) -> Option<i64> {
        let books = self.books;
        let agency = books.agency(dossier);
        if !in_window(books, txn, dossier) {
            return None;
        }
        let lacking = self.lacking.get(&txn.amount.wide());
        let count = || {
            let sure = lacking.into_iter().flatten();
            let here = |d: &&usize| books.agency(**d) == agency && in_window(books, txn, **d);
            sure.filter(here).count()
        };
        let equal = equal.unwrap_or_else(count);
        let mut weight = (600 - log2(equal)).max(0) + account(books, txn, agency)?;
        let (paid, owed) = (person(&txn.payer), &books.payers[dossier]);
        let tail = holds_tail(books, memo, dossier);
        let agrees = !paid.is_empty() && paid == *owed;
        if !agrees && !tail {
            return None;
        }
        weight += match (agrees, owed.len()) {
            (true, 0..=2) => 500,
            (true, _) => 900,
            (false, 0) => 0,
            (false, _) if paid.is_empty() => 0,
            (false, _) => -600,
        };
        weight += if tail { 1000 } else { 0 };
        let words = person(&txn.memo).join(" ");
        let named = self
            .names
            .get(agency)
            .is_some_and(|name| words.contains(name.as_str()));
        if named || memo.contains(&squeezed(agency.as_str())) {
            weight += 200;
        }
        Some(weight + registry(books, txn, dossier))
    }
}

/// The collection account: of this agency, of several, of another (then it cannot be), or none.
fn account(books: &Books, txn: &Txn, agency: &AgencyCode) -> Option<i64> {
    let own = txn.account.as_deref();
    let mut known = books.rules.collection_accounts.iter();
    match known.find(|(known, _)| Some(&**known) == own) {
        None => Some(0),
        Some((_, None)) => Some(100),
        Some((_, Some(of))) => of.eq_ignore_ascii_case(agency.as_str()).then_some(200),
    }
}

/// What the registry tells: a payment on this very day or beside it, receipt on this day; not paid,
/// or cash, speak against.
fn registry(books: &Books, txn: &Txn, dossier: usize) -> i64 {
    let lines = books.dossiers[dossier].lines.clone();
    let fees = || lines.clone().map(|line| books.lines[line].fee);
    let recorded = fees().filter_map(|fee| fee.more.paid_at.as_ref());
    let mut weight = if let Some(day) = recorded.map(Moment::day).max() {
        match day.days_since(txn.paid_on) {
            0 => 300,
            1 | -1 => 100,
            _ => 0,
        }
    } else {
        let received = books.dossiers[dossier].code.received_on();
        i64::from(received == Some(txn.paid_on)) * 100
    };
    if fees().any(|fee| fee.status != FeeStatus::Paid) {
        weight -= 300;
    }
    if fees().any(|fee| fee.declared_method.is_cash()) {
        weight -= 500;
    }
    weight
}

/// The logarithm to base 2 in hundredths, rounded to the steps of a sixteenth that the rule knows.
fn log2(count: usize) -> i64 {
    let steps = [0, 9, 17, 25, 32, 39, 46, 52, 58, 64, 70, 75, 81, 86, 91, 95];
    let (mut power, mut top) = (0, count.max(1));
    while top >= 2 {
        top /= 2;
        power += 1;
    }
    let sixteenths = count.max(1) * 16 / (1 << power) - 16;
    power * 100 + steps.get(sixteenths).copied().unwrap_or(0)
}
