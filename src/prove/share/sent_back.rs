//! Money that is linked and may still be sent back, told again: of a line that the registry calls
//! refunded while none of its money was seen to go, and of a payment that another one repeats. What
//! stands there may count nowhere, and the repeat in its stead.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Line, Money, MoneyRow, Stake, class};
use super::super::violation::{Findings, Invariant, text};
use super::again::paid_beside;
use super::by_item::ByItem;
use super::events::{Event, agencies, event};
use super::reach::Reach;
use super::spans::counted;
use super::{Pair, told};
use crate::domain::{FeeStatus, Text};
use crate::kpi::Contribution;
use crate::matching::Evidence;

const TX: &str = "TX_CASHLESS";
const AMOUNT: &str = "AMOUNT_CASHLESS";
const PAID: &str = "DOSSIER_CASHLESS";

const GOES: Text = text(
    "tiền của khoản ghi đã hoàn hoặc đã nộp hai lần còn có thể trả lại, khi đó không còn được tính",
    "money of a fee called refunded, or paid twice, may go back and counts nowhere then",
);
const LEFT: Text = text(
    "hồ sơ mà mọi khoản đều ghi đã hoàn thì chỉ còn lời hệ thống khi biên lai không còn",
    "where every line of a dossier is called refunded, the registry's word is left once its receipts fall",
);
const STAYS: Text = text(
    "khi lần nộp trước được trả lại thì lần nộp lặp lại là khoản được tính",
    "once the first of two payments is sent back the repeat is the payment",
);

/// The dossiers with a line that the registry calls refunded, of which nothing was seen to go back,
/// and with money that may be what goes.
pub(super) fn told_back(books: &Books) -> BTreeSet<usize> {
    let lines = books.lines.iter().filter(|line| line.is_told_back());
    let dossiers = lines.map(|line| line.dossier);
    let some = |dossier: &usize| {
        let mut stakes = books.dossiers[*dossier].stakes.iter();
        let there = stakes.any(|stake| !is_gone(books, &books.stakes[*stake]));
        there && counted(books, *dossier).next().is_some()
    };
    dossiers.filter(some).collect()
}

/// The dossiers in which something may be a repeat.
pub(super) fn paid_again(books: &Books) -> BTreeSet<usize> {
    let stakes = books.stakes.iter().filter(|stake| {
        let said = books.money[stake.money].said;
        !stake.settles() || said.is_some_and(|row| class(row) == "ambiguous")
    });
    stakes.map(|stake| stake.dossier).collect()
}

/// The dossiers with a pair of which each may go back, and the other count otherwise.
pub(super) fn paid_twice(books: &Books) -> BTreeSet<usize> {
    pairs(books).map(|(_, again)| again.dossier).collect()
}

/// Each repeat after the payment that it names, where both are there and do not count alike.
fn pairs<'b, 'a>(books: &'b Books<'a>) -> impl Iterator<Item = (&'b Stake<'a>, &'b Stake<'a>)> {
    let mut events: BTreeMap<(&str, &str, i64), usize> = BTreeMap::new();
    for event in books.money.iter().filter_map(event_of) {
        *events.entry(event).or_default() += 1;
    }
    let repeats = books.stakes.iter().filter(|stake| !stake.settles());
    repeats.filter_map(move |again| {
        let event = event_of(&books.money[again.money]);
        let lone = event.is_none_or(|event| events.get(&event) == Some(&1));
        let first = first_of(books, again, lone)?;
        let there = !is_gone(books, first) && !is_gone(books, again);
        there.then_some((first, again))
    })
}

fn is_gone(books: &Books, stake: &Stake) -> bool {
    stake.undone || stake.returned >= books.money[stake.money].amount().max(1)
}

/// All receipts of one dossier, cashier and moment are one event.
fn event_of<'b>(money: &'b Money) -> Option<(&'b str, &'b str, i64)> {
    let MoneyRow::Receipt(receipt) = money.row else {
        return None;
    };
    let (code, cashier) = (receipt.dossier_code.as_str(), &*receipt.cashier);
    Some((code, cashier, receipt.collected_at.ms()))
}

/// The one payment that a repeat names, where the two do not count alike: one that is not the only
/// (`lone`) receipt of its cash event adds none by itself.
fn first_of<'b, 'a>(books: &'b Books<'a>, stake: &Stake, lone: bool) -> Option<&'b Stake<'a>> {
    let Evidence::Repeats(id) = &stake.first.why else {
        return None;
    };
    let again = &books.money[stake.money];
    let mut first = paid_beside(books, stake, id);
    first.retain(|other| other.key != again.key);
    let [first] = first[..] else {
        return None;
    };
    let lone = lone || event_of(first) == event_of(again);
    let alike = first.day() == again.day() && first.key.source == again.key.source;
    let [of] = first.stakes[..] else {
        return None;
    };
    (!alike || !lone).then_some(&books.stakes[of])
}

/// What it holds in each definition: its item, and what it is worth at least.
fn items(money: &Money) -> [(&'static str, String); 2] {
    match money.row {
        MoneyRow::Txn(txn) => {
            let name = format!("txn|{}|{}", txn.source, txn.id);
            [(TX, name.clone()), (AMOUNT, name)]
        }
        MoneyRow::Receipt(receipt) => {
            let (code, ms) = (&receipt.dossier_code, receipt.collected_at.ms());
            let event = format!("cash|{code}|{}|{ms}", receipt.cashier);
            let own = format!("receipt|{code}|{}", receipt.receipt_id);
            [(TX, event), (AMOUNT, own)]
        }
    }
}

struct Check<'c, 'a> {
    books: &'c Books<'a>,
    held: ByItem<'a>,
    findings: &'c mut Findings,
}

impl Check<'_, '_> {
    /// Every contribution of an item can add one of the pairs that are wanted.
    fn holds(&mut self, (definition, item): (&str, &str), what: Text, can: impl Fn(Pair) -> bool) {
        let mut found = Vec::new();
        self.held.of(self.held.find(definition, item), &mut found);
        let may = |item: &&Contribution| super::pairs(item).any(&can);
        if !found.iter().all(may) {
            let shown = super::shown(&found);
            let about = told(definition, item);
            self.findings
                .add(Invariant::Item, about, what, "0/0", shown);
        }
    }

    /// What stands in a dossier may count nowhere.
    fn goes(&mut self, stake: &Stake) {
        let money = &self.books.money[stake.money];
        let sure = matches!(event(self.books, stake), Event::Sure);
        if sure && money.stakes.len() == 1 && !agencies(self.books, stake).is_empty() {
            for (definition, item) in items(money) {
                self.holds((definition, &item), GOES, |pair| pair == (0, 0));
            }
        }
    }

    /// The repeat may be the payment, with cash or without.
    fn stays(&mut self, stake: &Stake, code: &str) {
        let money = &self.books.money[stake.money];
        // clipped: what is left does not tell what was there
        if self
            .books
            .rules
            .start
            .is_some_and(|start| money.day() < start)
        {
            return;
        }
        let cash = money.is_cash();
        let kind = |(a, b): Pair| b > 0 && (a == 0) == cash;
        if money.stakes.len() == 1 && !agencies(self.books, stake).is_empty() {
            for (definition, item) in items(money) {
                self.holds((definition, &item), STAYS, kind);
            }
            let full = format!("dossier|{code}");
            let mut found = Vec::new();
            self.held.of(self.held.find(PAID, &full), &mut found);
            let paid = |item: &&Contribution| item.outcomes.first() != Some(&(0, 0));
            if found.iter().all(paid) {
                self.holds((PAID, &full), STAYS, kind);
            }
        }
    }
}

pub(super) fn check(books: &Books, reach: &Reach, findings: &mut Findings) {
    // a zone may make something else of it
    if books.rules.grey.changes() {
        return;
    }
    let own = |item: &Contribution| matches!(item.definition, TX | AMOUNT | PAID);
    let held = ByItem::new(&books.settlement.contributions, own);
    let mut check = Check {
        books,
        held,
        findings,
    };
    for dossier in &reach.told_back {
        let of = &books.dossiers[*dossier];
        for stake in &of.stakes {
            check.goes(&books.stakes[*stake]);
        }
        let paid = format!("dossier|{}", of.code);
        check.holds((PAID, &paid), GOES, |pair| pair == (0, 0));
        let called = |line: &Line| line.fee.status == FeeStatus::Refunded && line.refunded == 0;
        if counted(books, *dossier).all(|(_, line)| called(line)) {
            check.holds((PAID, &paid), LEFT, |pair| pair == (1, 1));
        }
    }
    for (first, again) in pairs(books) {
        check.goes(first);
        if again.returned == 0 {
            check.stays(again, books.dossiers[again.dossier].code.as_str());
        }
    }
}
