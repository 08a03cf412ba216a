//! `DOSSIER_CASHLESS`: dossiers paid in full without cash over dossiers paid in full.

use crate::classify::{Bucket, Classified};
use crate::domain::{Day, ExceptionId, Text};
use crate::matching::desk::Money;
use crate::matching::ledger::{Ledger, Line};
use crate::matching::pool::{Dossier, Index, at, index};

use super::Definition;
use super::agencies::Agencies;
use super::facts::Facts;
use super::item::{Item, Name};
use super::share::Elsewhere;
use super::tally::Tally;

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "DOSSIER_CASHLESS",
    name: Text {
        vi: "Tỷ lệ hồ sơ thanh toán không dùng tiền mặt",
        en: "Cashless share of dossiers",
    },
    unit: Text {
        vi: "hồ sơ",
        en: "dossiers",
    },
    formula: Text {
        vi: "Số hồ sơ nộp đủ hoàn toàn không dùng tiền mặt trên số hồ sơ đã nộp đủ; theo ngày nộp khoản cuối.",
        en: "Dossiers paid in full without cash over dossiers paid in full; by day of the last payment.",
    },
    enough: |_, _| true,
    distinct: |_| None,
    contributions,
};

/// Dong that only money at hand can bring, and the most that providers may keep of it.
#[derive(Clone, Copy, Default)]
struct Need {
    amount: i128,
    fee: i128,
}

impl Need {
    fn add(&mut self, facts: &Facts, lacking: i128) {
        self.amount += lacking;
        self.fee += facts.provider_fee(lacking);
    }

    fn with(self, other: Self) -> Self {
        Self {
            amount: self.amount + other.amount,
            fee: self.fee + other.fee,
        }
    }

    /// The first day by which open credits reach it, all together, net of fees or not: an outer
    /// bound drops constraints, never outcomes.
    fn reached(self, facts: &Facts) -> Option<Day> {
        facts.credits.reach((self.amount - self.fee).max(1))
    }
}

/// What the lines of a dossier say.
#[derive(Default)]
struct State {
    counted: bool,
    full: bool,
    cash: bool,
    day: Option<Day>,
    /// The first and the last day of the money that is on its lines.
    paid: Option<(Day, Day)>,
    /// Lines that only open credits can complete.
    short: Need,
    /// Lines paid by the registry's word, nobody has seen how.
    missing: Need,
    /// True when lines were paid without cash by the word of a provider or a version.
    waiting: bool,
    /// The days on which money that nobody has seen may have come: the earliest, the earliest on
    /// which all of it can have come, the latest.
    unseen: Option<(Day, Day, Day)>,
    conflict: bool,
    exceptions: Vec<ExceptionId>,
}

impl State {
    /// Of a dossier in a certified set: paid in full, without cash, on the set's day.
    fn certified(day: Day) -> Self {
        Self {
            counted: true,
            full: true,
            day: Some(day),
            ..Self::default()
        }
    }
}

pub(super) fn contributions(facts: &Facts, out: &mut Tally) {
    for (d, dossier) in facts.pool.dossiers.iter().enumerate() {
        let mut state = match facts.desk.set_of.get(&index(d)) {
            Some(set) => State::certified(facts.desk.sets[at(*set)].day),
            None if facts.desk.ledgers.is_plain(index(d)) => {
                plain(facts, index(d), out);
                continue;
            }
            None => state(facts, dossier, facts.desk.ledgers.of(index(d))),
        };
        if !state.counted {
            continue;
        }
        let exceptions = std::mem::take(&mut state.exceptions);
        let received = dossier.code.received_on();
        let day = state.day.or(received).unwrap_or(facts.last_day);
        let item = Item::new(DEFINITION.id, Name::Dossier(dossier.code), day, exceptions);
        let made = if state.full {
            Some(full(facts, index(d), &state, item))
        } else {
            lacking(facts, index(d), &state, item)
        };
        if let Some((item, outcomes)) = made {
            item.spread(&Agencies::one(dossier.agency), &outcomes, out);
        }
    }
    refunds(facts, out);
}

/// A dossier of the lane: paid in full, on the day of its last money.
fn plain(facts: &Facts, d: Index, out: &mut Tally) {
    let dossier = facts.pool.dossier(d);
    let money = || facts.desk.credits.of(d).map(|put| put.money);
    let cash = money().any(|money| matches!(money, Money::Receipt(_)));
    let Some(day) = money().map(|money| money.day(facts.pool)).max() else {
        return;
    };
    let name = Name::Dossier(dossier.code);
    let item = Item::new(DEFINITION.id, name, day, Vec::new());
    let outcome = (i64::from(!cash), 1);
    item.spread(&Agencies::one(dossier.agency), &[outcome], out);
}

fn state(facts: &Facts, dossier: &Dossier, ledger: &Ledger) -> State {
    let mut state = State {
        full: true,
        ..State::default()
    };
    let counted = |line: &Line| !facts.pool.is_land(line.fee);
    for (l, line) in ledger
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| counted(line))
    {
        state.counted = true;
        let last = money_on(facts, ledger, l, &mut state);
        let fee = facts.pool.fee(line.fee);
        let row = facts.fee_row(line.fee);
        let exception = row.and_then(|row| row.exception_id.clone());
        let covered = (line.is_full() && line.given_back() == 0) || line.receipt_differs.is_some();
        if covered {
            let done = line.completed_by.or(line.receipt_differs);
            let done = done.map(|e| ledger.entries[e].credit.money.day(facts.pool));
            state.day = state.day.max(last.or(done));
            if facts.pool.is_fee_conflict(fee).is_some() {
                state.conflict = true;
                state.exceptions.extend(exception);
            }
            continue;
        }
        state.full = false;
        state.exceptions.extend(exception);
        let paid = fee.more.paid_at.as_ref().map(crate::domain::Moment::day);
        state.day = state.day.max(paid);
        let lacking = line.lacking() + line.given_back();
        let open = row.is_some_and(|row| row.bucket == Bucket::Open);
        match row.map_or("", Classified::counts_as) {
            // which of its versions holds decides whether it is paid
            "conflict" if line.kept() > 0 => state.waiting = true,
            "missing_payment" | "missing_receipt" if open => state.missing.add(facts, lacking),
            "conflict" => state.missing.add(facts, lacking),
            "pending" | "status_mismatch" if open => state.waiting = true,
            // short, unpaid, or gone back: paid again, it is in order
            _ => {
                state.short.add(facts, lacking);
                continue;
            }
        }
        if line.kept() <= 0 {
            let (from, to) = facts.unseen_days(fee);
            let (first, all, last) = state.unseen.unwrap_or((from, from, to));
            state.unseen = Some((first.min(from), all.max(from), last.max(to)));
        }
    }
    debug_assert!(!dossier.fees.is_empty());
    state
}

/// Notes the money that is kept on a line; the day of the last of it.
fn money_on(facts: &Facts, ledger: &Ledger, l: usize, state: &mut State) -> Option<Day> {
    let mut last = None;
    for entry in ledger.entries.iter().filter(|entry| !entry.reversed) {
        let on = |parts: &[(usize, i128)]| -> i128 {
            let mine = parts.iter().filter(|(line, _)| *line == l);
            mine.map(|(_, amount)| amount).sum()
        };
        if on(&entry.parts) <= on(&entry.sent_back) {
            continue;
        }
        let day = entry.credit.money.day(facts.pool);
        let (from, to) = state.paid.unwrap_or((day, day));
        state.paid = Some((from.min(day), to.max(day)));
        state.cash |= matches!(entry.credit.money, Money::Receipt(_));
        last = last.max(Some(day));
    }
    last
}

/// A dossier paid in full. An open row that names it may be the first payment, and what is on it
/// the repeat: it was completed on that day, or without the cash. An open refund that names it may
/// have taken its money back, and open credits may have paid it again.
fn full<'i>(
    facts: &Facts,
    d: Index,
    state: &State,
    mut item: Item<'i>,
) -> (Item<'i>, Vec<(i64, i64)>) {
    let (cash, cashless) = ((0, 1), (1, 1));
    let done = if state.cash { cash } else { cashless };
    let mut outcomes = vec![done];
    let paid = state.paid.unwrap_or((item.day, item.day));
    let mut ways = vec![done];
    // what a receipt leaves open, other money may pay on a later day
    if facts.may_lack(d) > 0
        && let Some((_, last)) = facts.credits.days()
    {
        item.coupled = true;
        item.exceptions
            .extend(facts.credits.of_largest().iter().cloned());
        item.sometime((paid.0, item.day.max(last)), &[cash, cashless]);
        outcomes.extend((!state.cash).then_some(cash));
    }
    let hidden_cash = facts.may_be_cash(d);
    if let Some(contest) = facts.contest(d) {
        ways.extend((!state.cash && hidden_cash).then_some(cash));
        ways.extend(state.cash.then_some(cashless));
        ways.extend((!state.cash && contest.cash).then_some(cash));
        item.exceptions.extend(contest.exceptions.iter().cloned());
        item.coupled = true;
        let days = (paid.0.min(contest.days.0), item.day.max(contest.days.1));
        outcomes.extend(ways.iter().skip(1));
        item.sometime(days, &ways);
    }
    // what moves leaves room for whatever else is open, or nobody has seen, on its own day
    let moving = facts.moving(d);
    if !moving.is_empty() {
        item.exceptions.extend(moving);
        item.coupled = true;
        let unread = !facts.unread_cash.is_empty();
        ways.extend((!state.cash && (hidden_cash || unread)).then_some(cash));
        ways.extend(state.cash.then_some(cashless));
        outcomes.extend(ways.iter().skip(1).chain(&[(0, 0)]));
        if let Some((from, to)) = facts.days_of(d) {
            item.sometime((from, to), &ways);
        }
    }
    let doubt = facts.doubt(d);
    item.coupled |= doubt.is_some();
    let refunds = doubt.into_iter().flat_map(|doubt| &doubt.exceptions);
    item.exceptions.extend(refunds.cloned());
    if state.conflict || doubt.is_some() || facts.contest(d).is_some() {
        // a payment that its text put here may be of another dossier, once this one is paid
        outcomes.push((0, 0));
    }
    if state.conflict || doubt.is_some() {
        ways.extend(state.cash.then_some(cashless));
        if let Some((_, last)) = facts.credits.days() {
            item.coupled = true;
            item.sometime((paid.0, item.day.max(last)), &ways);
        }
    }
    if let Some(last) = facts.paid_again(d) {
        item.coupled = true;
        item.exceptions.extend(facts.of_refunds(d));
        item.sometime((paid.0, item.day.max(last)), &[cash, cashless]);
    }
    (item, super::joined::once(outcomes))
}

/// A dossier that lacks money: none when no open row can complete it.
fn lacking<'i>(
    facts: &Facts,
    d: Index,
    state: &State,
    mut item: Item<'i>,
) -> Option<(Item<'i>, Vec<(i64, i64)>)> {
    let contest = facts.contest(d);
    let replaced = is_replaceable(facts, d);
    let hidden = !facts.unread_cash.is_empty() || contest.is_some_and(|contest| contest.cash);
    let short = state.short.amount > 0;
    let reached = state.short.reached(facts);
    let completed = !short || reached.is_some();
    let missing = state.missing.amount > 0;
    let cash = hidden || completed && (state.cash || missing || (replaced && facts.may_be_cash(d)));
    let brought = !missing || facts.unseen_money;
    let all = || state.short.with(state.missing).reached(facts).is_some();
    let cashless = (!state.cash || replaced) && (completed && brought || (missing && all()));
    if !cash && !cashless {
        return None;
    }
    let mut pairs = vec![(0, 0)];
    pairs.extend(cash.then_some((0, 1)));
    pairs.extend(cashless.then_some((1, 1)));
    if short {
        let own = contest.map_or(facts.credits.of_largest(), |contest| &contest.exceptions);
        let own = if own.is_empty() {
            facts.unread_cash.of_largest()
        } else {
            own
        };
        item.exceptions.extend(own.iter().cloned());
    }
    item.coupled = !facts.credits.is_empty() || hidden;
    let days = days(facts, d, state, reached.filter(|_| short && !hidden));
    let here = days.0 <= item.day && item.day <= days.1;
    let outcomes = if here { pairs.clone() } else { vec![(0, 0)] };
    item.sometime(days, &pairs);
    Some((item, outcomes))
}

/// True where what is on a dossier may be the repeat, or too much, or may have gone back.
fn is_replaceable(facts: &Facts, d: Index) -> bool {
    facts.contest(d).is_some() || facts.doubt(d).is_some() || facts.may_be_overpaid(d)
}

/// The days on which the last payment of a dossier that lacks money may turn out to be: not before
/// what it has, nor before open credits reach what only they can bring (`reached`).
fn days(facts: &Facts, d: Index, state: &State, reached: Option<Day>) -> (Day, Day) {
    let contest = facts.contest(d).map(|contest| contest.days);
    let paid = state.paid;
    let open = [facts.credits.days(), facts.unread_cash.days(), contest];
    let open = || open.iter().copied().flatten();
    let first = open().map(|days| days.0).min();
    let last = open().map(|days| days.1).max();
    let to = last
        .max(paid.map(|paid| paid.1))
        .max(state.unseen.map(|u| u.2));
    // what is on it may be the repeat, or may have gone back
    let base = paid.filter(|_| !is_replaceable(facts, d));
    let begin = match (state.unseen, first) {
        (Some((earliest, ..)), Some(first)) => Some(earliest.min(first)),
        (Some((_, all, _)), None) => Some(all),
        (None, _) => reached.or(first.filter(|_| paid.is_none())),
    };
    let from = base.map(|paid| paid.1).max(begin).max(reached);
    let earliest = || paid.map(|paid| paid.0).into_iter().chain(first).min();
    let to = to.unwrap_or(facts.last_day);
    (from.or_else(earliest).unwrap_or(to), to)
}

/// Refunds that name no dossier: each may be the money of one payment, and so of every dossier that
/// it paid, on whatever day they were completed. Open credits may have paid them again.
fn refunds(facts: &Facts, out: &mut Tally) {
    let n = i64::try_from(facts.places.txns.most()).unwrap_or(1).max(1);
    for txn in (0..facts.pool.inputs.txns.len()).map(index) {
        if !facts.is_nameless_refund(txn) {
            continue;
        }
        let row = facts.pool.txn(txn);
        let exceptions = facts.txn_exceptions(txn);
        let mut item = Item::new(DEFINITION.id, Name::Txn(row), row.paid_on, exceptions);
        let last = facts.last_day.max(row.paid_on);
        // money of later days is not known of yet
        let credits = facts.credits.days().filter(|(from, _)| *from <= last);
        if let Some((from, _)) = credits {
            let again = |outcome| Elsewhere {
                from,
                to: last,
                outcome,
            };
            item.elsewhere = vec![again((0, n)), again((n, n))];
        }
        let any = (Day::of_ms(0), last);
        item.may_go_back(&Agencies::default(), n, any, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AgencyCode;

    #[test]
    fn an_item_stands_once_in_the_total_and_once_in_its_agency() {
        let day = Day::parse("2022-12-05").unwrap();
        let item = Item::new(DEFINITION.id, Name::Text("dossier|X".into()), day, vec![]);
        let mut out = Tally::of_each();
        let agency = AgencyCode::new("H48.18");
        item.spread(&Agencies::one(&agency), &[(1, 1)], &mut out);
        let scopes: Vec<String> = out.items.iter().map(|c| c.scope.to_string()).collect();
        assert_eq!(scopes, ["", "H48.18"]);
    }
}
