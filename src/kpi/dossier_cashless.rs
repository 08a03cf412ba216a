//! `DOSSIER_CASHLESS`: dossiers paid in full without cash over dossiers paid in full.

use crate::classify::{Bucket, Classified};
use crate::domain::{Day, ExceptionId, Text};
use crate::matching::desk::Money;
use crate::matching::ledger::{Entry, Ledger, Line};
use crate::matching::pool::{Dossier, Index, at, index};

use super::Definition;
use super::agencies::Agencies;
use super::facts::Facts;
use super::item::{Item, Name};
use super::share::Elsewhere;
use super::tally::Tally;
use super::unread::{self, Unit};

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
    contributions: |facts, out| {
        contributions(facts, out);
        unread::items(facts, (DEFINITION.id, Unit::Dossier), facts.last_day, out);
    },
};

/// What the lines of a dossier say.
#[derive(Default)]
struct State {
    counted: bool,
    full: bool,
    cash: bool,
    day: Option<Day>,
    /// The first and the last day of the money that is on its lines.
    paid: Option<(Day, Day)>,
    /// Some line only open money can complete.
    short: bool,
    /// What open money has to bring at least, what may be put elsewhere with it, provider's fees
    /// left out: dong.
    need: i128,
    /// Some line is paid by the registry's word, nobody has seen how.
    missing: bool,
    /// Every line counts as paid without cash once the cash that is on the dossier falls: by other
    /// money, or by the registry's word.
    word: bool,
    /// The days on which money that nobody has seen may have come: the earliest on which all of it
    /// can have come, and the latest.
    unseen: Option<(Day, Day)>,
    /// Another version of a line, or a receipt over less than it stands for, may be right: then it
    /// is not paid in full.
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

/// The same without the rows that could not be read.
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
    let item = Item::plain(DEFINITION.id, name, day);
    let outcome = (i64::from(!cash), 1);
    item.spread(&Agencies::one(dossier.agency), &[outcome], out);
}

fn state(facts: &Facts, dossier: &Dossier, ledger: &Ledger) -> State {
    let mut state = State {
        full: true,
        word: true,
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
        state.word &= is_by_word(facts, ledger, l);
        let fee = facts.pool.fee(line.fee);
        let row = facts.fee_row(line.fee);
        let exception = row.and_then(|row| row.exception_id.clone());
        // what went back of a receipt is not there, whatever it was over
        let covered = line.given_back() == 0 && (line.is_full() || line.receipt_differs.is_some());
        if covered {
            let done = line.completed_by.or(line.receipt_differs);
            let done = done.map(|e| ledger.entries[e].credit.money.day(facts.pool));
            state.day = state.day.max(last.or(done));
            let less = line.receipt_differs.is_some() && !line.is_full();
            if less || facts.pool.is_fee_conflict(fee).is_some() {
                state.conflict = true;
                state.exceptions.extend(exception);
            }
            continue;
        }
        state.full = false;
        state.exceptions.extend(exception);
        let paid = fee.more.paid_at.as_ref().map(crate::domain::Moment::day);
        state.day = state.day.max(paid);
        let open = row.is_some_and(|row| row.bucket == Bucket::Open);
        match row.map_or("", Classified::counts_as) {
            // which of its versions holds decides whether it is paid
            "conflict" if line.kept() > 0 => {}
            "missing_payment" | "missing_receipt" if open => state.missing = true,
            "conflict" => state.missing = true,
            // paid without cash by the word of a provider
            "pending" | "status_mismatch" if open => {}
            // short, unpaid, or gone back: paid again, it is in order
            _ => {
                state.short = true;
                state.need += needed(facts, ledger, l);
                continue;
            }
        }
        if line.kept() <= 0 {
            let (from, to) = facts.unseen_days(fee);
            let (all, last) = state.unseen.unwrap_or((from, to));
            state.unseen = Some((all.max(from), last.max(to)));
        }
    }
    debug_assert!(!dossier.fees.is_empty());
    state
}

/// True for a line that the registry's word may leave paid without cash, or that other money pays.
fn is_by_word(facts: &Facts, ledger: &Ledger, l: usize) -> bool {
    let line = &ledger.lines[l];
    let cash = ledger.on(l).any(|on| {
        let receipt = ledger.entries[on.entry].credit.money.txn().is_none();
        receipt && on.part > on.back
    });
    let paid = line.is_full() && line.given_back() == 0 && !cash;
    let told = facts.told_paid(line.fee);
    paid || told.is_some_and(|told| told.ways.contains(&(1, 1)))
}

/// What a line needs of open money, and of what may be put elsewhere, at least. One that the
/// registry calls paid needs none once all that is there stands beside it.
fn needed(facts: &Facts, ledger: &Ledger, l: usize) -> i128 {
    let line = &ledger.lines[l];
    let stays = |entry: &Entry| !entry.reversed && !facts.is_loose(entry);
    let on = ledger.on(l).filter(|on| stays(&ledger.entries[on.entry]));
    let firm: i128 = on.map(|on| on.part).sum();
    let beside = ledger.lines.len() > 1 && firm == 0 && facts.is_told(line.fee);
    if beside || facts.may_be_told_paid(line.fee) {
        return 0;
    }
    let lacks = line.due - firm;
    lacks - facts.provider_fee(lacks)
}

/// Notes the money that is kept on a line; the day of the last of it.
fn money_on(facts: &Facts, ledger: &Ledger, l: usize, state: &mut State) -> Option<Day> {
    let mut last = None;
    for on in ledger.on(l) {
        let entry = &ledger.entries[on.entry];
        if entry.reversed || on.part <= on.back {
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

/// A dossier paid in full. Whatever touches it may stand in the stead of what is on it, take it
/// elsewhere, or have taken it back: it may turn out not to be paid, or to be paid by something
/// else on any of its days.
fn full<'i>(
    facts: &Facts,
    d: Index,
    state: &State,
    mut item: Item<'i>,
) -> (Item<'i>, Vec<(i64, i64)>) {
    let (cash, cashless) = ((0, 1), (1, 1));
    let mut ways = vec![if state.cash { cash } else { cashless }];
    let touched = facts.touching(d);
    // by another version it may lack money, which open money brings
    let lacks = state.conflict && !facts.credits.is_empty();
    let touched = touched.or_else(|| lacks.then(Vec::new));
    let unpaid = (touched.is_some() || state.conflict).then_some((0, 0));
    if let Some(touching) = touched {
        item.coupled = true;
        item.exceptions.extend(touching);
        ways.extend(state.cash.then_some(cashless));
        ways.extend((!state.cash && facts.may_be_cash(d)).then_some(cash));
        let days = facts.days_of(d).unwrap_or((item.day, item.day));
        item.sometime((days.0.min(item.day), days.1.max(item.day)), &ways);
    }
    let outcomes = ways.into_iter().chain(unpaid).collect();
    (item, outcomes)
}

/// A dossier that lacks money: none when no open row can complete it. What is open may, all of it
/// together with what is there, or in its stead.
fn lacking<'i>(
    facts: &Facts,
    d: Index,
    state: &State,
    mut item: Item<'i>,
) -> Option<(Item<'i>, Vec<(i64, i64)>)> {
    let cash_only = facts.credits.is_empty() && facts.contest(d).is_none_or(|open| open.cash);
    let touched = facts.touching(d);
    let open = touched.is_some();
    let completed = !state.short || open && is_reached(facts, d, state.need);
    let told = state.cash || state.missing;
    let cash = completed && (told || open && facts.may_be_cash(d));
    let brought = !state.missing || facts.unseen_money;
    let alone = !state.short && !state.cash && brought;
    let goes = !state.cash || may_cash_go(facts, d);
    let falls = open && goes && (!cash_only || state.word);
    let cashless = completed && (falls || alone);
    if !cash && !cashless {
        return None;
    }
    let mut pairs = vec![(0, 0)];
    pairs.extend(cash.then_some((0, 1)));
    pairs.extend(cashless.then_some((1, 1)));
    item.coupled = open;
    let days = if open {
        facts.days_of(d).unwrap_or((item.day, item.day))
    } else {
        days(facts, state)
    };
    item.exceptions.extend(touched.into_iter().flatten());
    let here = days.0 <= item.day && item.day <= days.1;
    let outcomes = if here { pairs.clone() } else { vec![(0, 0)] };
    item.sometime(days, &pairs);
    Some((item, outcomes))
}

/// True where other money may stand in the stead of counter cash that is on a dossier which lacks
/// some.
fn may_cash_go(facts: &Facts, d: Index) -> bool {
    let ledger = facts.desk.ledgers.of(d);
    let loose = ledger.entries.iter().any(|entry| facts.is_loose(entry));
    let named = facts.contest(d).is_some() || facts.doubt(d).is_some();
    loose || named || !ledger.returns.is_empty() || facts.may_be_overpaid(d)
}

/// True where what is open, taken together, may bring as much as a dossier needs. Amounts tell
/// nothing where money of it went back: a line may count otherwise then.
fn is_reached(facts: &Facts, d: Index, need: i128) -> bool {
    let back = !facts.desk.ledgers.of(d).returns.is_empty() || facts.doubt(d).is_some();
    let cash = facts.contest(d).is_some_and(|contest| contest.cash);
    let any = back || cash || !facts.unread_cash.is_empty();
    any || facts.credits.reach(need.max(1)).is_some()
}

/// The days on which the last payment of a dossier that nothing open touches may turn out to be:
/// not before what it has, nor before all that nobody has seen can have come.
fn days(facts: &Facts, state: &State) -> (Day, Day) {
    let paid = state.paid;
    let last = paid.map(|paid| paid.1);
    let to = last.max(state.unseen.map(|unseen| unseen.1));
    let to = to.unwrap_or(facts.last_day);
    let from = last.max(state.unseen.map(|unseen| unseen.0));
    (from.unwrap_or(to), to)
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
