//! Money that is still open, told again from the rows: on which days it came, how much of it there
//! is by a day, and which dossiers it names. What open money may still do to other items hangs on
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Money, MoneyRow, Stake, class};
use super::super::memo::squeezed;
use super::amount::largest;
use super::components::is_stranger;
use super::components::named::named;
use super::day_sums::DaySums;
use super::events::{Event, carried_by_open, event, most};
use super::moved::{may_move, moves};
use super::sent_back;
use super::spans::unseen_between;
use super::unread::waits;
use crate::domain::{Day, Moment, Side, Txn, TxnKind};

/// The first and the last of some days.
pub(super) type Hull = Option<(Day, Day)>;

/// Open money as the rows tell it.
pub(super) struct Reach {
    /// What may certainly still be a payment: the least that it could pay, by day.
    sure: BTreeMap<Day, i128>,
    /// With what the legs do not decide: the most that it could pay.
    all: BTreeMap<Day, i128>,
    /// The least and the most are the same.
    pub(super) exact: bool,
    /// Counter cash that could not be read.
    pub(super) unread_cash: Hull,
    /// With counter cash that came with different content.
    pub(super) cash: Hull,
    /// Dossiers that an open row names, or may name.
    pub(super) named: BTreeSet<usize>,
    /// What open payments come to that name a dossier.
    pub(super) claims: BTreeMap<usize, i128>,
    /// Dossiers that money which went back, and whose payment is open, names alone.
    pub(super) doubts: BTreeSet<usize>,
    /// Dossiers with a line that the registry calls refunded although its money is there.
    pub(super) told_back: BTreeSet<usize>,
    /// Dossiers in which something may be a repeat.
    pub(super) paid_again: BTreeSet<usize>,
    /// Of them, those in which it would count otherwise than what it repeats.
    pub(super) paid_twice: BTreeSet<usize>,
    /// Rows of the money side that are certainly open, or may certainly be put elsewhere.
    pub(super) open_rows: usize,
    /// A payment that stands somewhere may certainly be put elsewhere.
    pub(super) moves: bool,
    /// A line that equals the sum of a day may be a payment all the same.
    pub(super) sums: bool,
    /// The last day of which anything is known.
    pub(super) last_day: Day,
    /// Of each dossier the days on which money for a line of it may have come that nobody has seen.
    pub(super) unseen: Vec<Hull>,
}

/// Classes of a payment that nobody was credited with and that may be one of a fee.
pub(super) const CREDITS: [&str; 8] = [
    "unidentified",
    "orphan",
    "foreign",
    "near_reference",
    "ambiguous",
    "conflict",
    "pending",
    "status_mismatch",
];

impl Reach {
    pub(super) fn new(books: &Books, sums: &DaySums) -> Self {
        let mut reach = Self {
            sure: BTreeMap::new(),
            all: BTreeMap::new(),
            exact: true,
            unread_cash: None,
            cash: None,
            named: BTreeSet::new(),
            claims: BTreeMap::new(),
            doubts: BTreeSet::new(),
            told_back: sent_back::told_back(books),
            paid_again: sent_back::paid_again(books),
            paid_twice: sent_back::paid_twice(books),
            open_rows: 0,
            moves: false,
            sums: sums.any(),
            last_day: last_day(books),
            unseen: vec![None; books.dossiers.len()],
        };
        for line in &books.lines {
            let (from, to) = unseen_between(reach.last_day, line.fee);
            let hull = &mut reach.unseen[line.dossier];
            widen(hull, from);
            widen(hull, to);
        }
        let back = books.money.iter().filter(|money| !money.back.is_empty());
        let gone: BTreeSet<&str> = back.flat_map(Books::undoes).collect();
        for (at, money) in books.money.iter().enumerate() {
            reach.enter(books, money, sums.is_open(at), &gone);
            if sums.may_be(books, money) {
                let fee = money.txn().map_or(0, |txn| txn.fee.wide());
                reach.add(money.day(), 0, money.amount() + fee);
            }
        }
        for reject in books.inputs.rejects.iter().filter(|r| waits(books, r)) {
            let day = reject.business_date;
            match (reject.side, reject.amount) {
                (Side::Fee, _) => {}
                (Side::Receipt, _) => {
                    reach.open_rows += 1;
                    widen(&mut reach.unread_cash, day);
                    widen(&mut reach.cash, day);
                }
                (Side::Txn, None) => reach.add(day, i64::MAX.into(), i64::MAX.into()),
                (Side::Txn, Some(v)) => {
                    reach.open_rows += usize::from(v.get() > 0);
                    reach.add(day, v.wide(), most(books, v.get(), 0).into());
                }
            }
        }
        reach.named.extend(&reach.told_back);
        reach.doubts.extend(&reach.told_back);
        reach.enter_moving(books);
        reach
    }

    /// What a text or a score put to a dossier, and what touches that dossier may put elsewhere, is
    /// open money for every dossier; the first of it may let more of it move.
    fn enter_moving(&mut self, books: &Books) {
        let mut known = vec![false; books.stakes.len()];
        for _ in 0..2 {
            let mut more = Vec::new();
            for (at, stake) in books.stakes.iter().enumerate() {
                let sure = matches!(event(books, stake), Event::Sure | Event::None);
                if !known[at] && sure && moves(books, self, stake) {
                    known[at] = true;
                    more.push(stake);
                }
            }
            for stake in more {
                let (day, dong) = left(books, stake);
                self.moves = true;
                self.open_rows += 1;
                self.add(day, dong, dong);
            }
        }
        let rest = books.stakes.iter().zip(known).filter(|(_, known)| !known);
        let rest: Vec<&Stake> = rest.map(|(stake, _)| stake).collect();
        for stake in rest {
            if may_move(books, self, stake) {
                let (day, dong) = left(books, stake);
                self.add(day, 0, dong);
            }
        }
    }

    fn enter(&mut self, books: &Books, money: &Money, is_sum: bool, gone: &BTreeSet<&str>) {
        let Some(row) = money.said else {
            return;
        };
        let free = money.stakes.is_empty() && money.back.is_empty() && money.seen.is_empty();
        let open = CREDITS.contains(&class(row)) && free && money.set.is_none();
        let carried = carried_by_open(books, money);
        let open = open || is_sum || carried == Some(true);
        let txn = match money.row {
            MoneyRow::Txn(txn) => txn,
            MoneyRow::Receipt(receipt) => {
                if class(row) == "conflict" {
                    self.open_rows += 1;
                    let dossier = books.dossier_at(receipt.dossier_code.as_str());
                    self.named.extend(dossier);
                    widen(&mut self.cash, money.day());
                }
                return;
            }
        };
        if carried == Some(false) {
            self.name(books, money);
            let amount = i128::from(largest(books, money)) + txn.fee.wide();
            self.add(money.day(), 0, amount);
        }
        if open || class(row) == "unlinked_refund" {
            self.open_rows += usize::from(money.amount() > 0);
            self.name(books, money);
            self.doubt(books, money, txn);
        }
        if open && txn.kind == TxnKind::Payment {
            let amount = i128::from(largest(books, money)) + txn.fee.wide();
            // the first of two, from another payer, is worth what it is, unless it went back
            let least = match class(row) {
                "ambiguous" if gone.contains(&*money.key.id) => 0,
                "ambiguous" => money.amount(),
                _ => amount,
            };
            self.add(money.day(), least, amount);
            let claims = !is_stranger(money);
            let named = claims.then(|| named(books, money, row).dossiers);
            for dossier in named.into_iter().flatten() {
                *self.claims.entry(dossier).or_default() += i128::from(largest(books, money));
            }
        }
        for stake in money.stakes.iter().map(|s| &books.stakes[*s]) {
            let whole = if stake.settles() {
                stake.stake()
            } else {
                money.amount()
            };
            match event(books, stake) {
                // a repeat that may be none
                Event::Perhaps => {
                    let left = whole - stake.returned;
                    self.add(money.day(), left, left);
                }
                Event::Unknown => self.add(money.day(), 0, money.amount()),
                Event::Sure | Event::None | Event::Gone => {}
            }
        }
    }

    fn add(&mut self, day: Day, least: i128, greatest: i128) {
        self.exact &= least == greatest;
        for (sums, amount) in [(&mut self.sure, least), (&mut self.all, greatest)] {
            if amount > 0 {
                *sums.entry(day).or_default() += amount;
            }
        }
    }

    /// Notes the one dossier whose money may have gone back.
    fn doubt(&mut self, books: &Books, money: &Money, txn: &Txn) {
        let back = txn.kind != TxnKind::Payment;
        if let Some(row) = money.said.filter(|_| back) {
            let named = named(books, money, row).dossiers;
            self.doubts
                .extend(named.iter().filter(|_| named.len() == 1));
        }
    }

    /// Notes every dossier that a row names, or may name.
    fn name(&mut self, books: &Books, money: &Money) {
        let row = money.said;
        let near = row.into_iter().flat_map(|row| &row.nearest);
        let mut codes: Vec<&str> = near.map(|near| &*near.candidate).collect();
        codes.extend(row.and_then(|row| Some(row.dossier_code.as_ref()?.as_str())));
        let reference = money.txn().and_then(|txn| txn.order_ref.as_deref());
        let reference = reference.unwrap_or_default();
        let orders = books.orders.get(reference).into_iter().flatten();
        codes.extend(orders.map(|order| order.dossier_code.as_str()));
        let known = codes.into_iter().filter_map(|code| books.dossier_at(code));
        self.named.extend(known);
        let memo = money.txn().map_or("", |txn| &txn.memo);
        for text in [memo, reference] {
            let found = books.codes.within(&squeezed(text));
            self.named.extend(found.iter().map(|found| found.dossier));
        }
    }

    /// What stands in a dossier may be sent back.
    pub(super) fn may_go_back(&self, dossier: usize) -> bool {
        self.told_back.contains(&dossier) || self.paid_twice.contains(&dossier)
    }

    /// The days of what is certainly open.
    pub(super) fn sure_days(&self) -> Hull {
        hull(&self.sure)
    }

    /// The days of all that may be open.
    pub(super) fn days(&self) -> Hull {
        hull(&self.all)
    }

    /// The first day by whose end everything that may be open comes to so much.
    pub(super) fn by(&self, amount: i128) -> Option<Day> {
        reached(&self.all, amount)
    }

    /// The same of what is certainly open.
    pub(super) fn surely_by(&self, amount: i128) -> Option<Day> {
        reached(&self.sure, amount)
    }
}

/// The day of a payment, and what is left of it where it is.
fn left(books: &Books, stake: &Stake) -> (Day, i128) {
    let money = &books.money[stake.money];
    let whole = if stake.settles() {
        stake.stake()
    } else {
        money.amount()
    };
    let fee = money.txn().map_or(0, |txn| txn.fee.wide());
    (money.day(), whole - stake.returned + fee)
}

fn hull(sums: &BTreeMap<Day, i128>) -> Hull {
    Some((*sums.first_key_value()?.0, *sums.last_key_value()?.0))
}

fn reached(sums: &BTreeMap<Day, i128>, amount: i128) -> Option<Day> {
    let mut sum = 0_i128;
    let enough = |(day, more): (&Day, &i128)| {
        sum = sum.saturating_add(*more);
        (sum >= amount).then_some(*day)
    };
    sums.iter().find_map(enough)
}

/// Makes room for a day.
pub(super) fn widen(hull: &mut Hull, day: Day) {
    let (first, last) = hull.unwrap_or((day, day));
    *hull = Some((first.min(day), last.max(day)));
}

/// The night, else the last day that any row or period tells.
pub(super) fn last_day(books: &Books) -> Day {
    if let Some(night) = books.inputs.business_date {
        return night;
    }
    let mut last = books.settlement.plain.latest;
    for money in &books.money {
        last = last.max(money.day());
    }
    for line in &books.lines {
        let paid = line.fee.more.paid_at.as_ref().map(Moment::day);
        for day in [paid, line.fee.dossier_code.received_on()] {
            last = day.map_or(last, |day| last.max(day));
        }
    }
    for reject in &books.inputs.rejects {
        last = last.max(reject.business_date);
    }
    for period in &books.rules.periods {
        last = last.max(period.to);
    }
    last
}
