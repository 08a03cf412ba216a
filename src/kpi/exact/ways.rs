//! What a dossier adds, way by way: its own ledger with the payments that are taken to be of it,
//! and with what nobody has seen.

use std::collections::BTreeMap;

use crate::domain::Day;
use crate::matching::desk::{Credit, Money};
use crate::matching::evidence::Evidence;
use crate::matching::ledger::{Effect, Entry, Ledger, settle_with};
use crate::matching::pool::{Index, at};

use super::super::agencies::Agencies;
use super::super::amount_cashless;
use super::super::facts::Facts;
use super::super::share::Scope;
use super::placed::placed;
use super::unseen::{Choice, Unseen, WAYS_MAX, choices, unseen};
use super::{Adds, Component, Row, Table, WALK_MAX};

/// The component of these payments and dossiers; none where it cannot be resolved.
pub(super) fn resolve(facts: &Facts, rows: &[Row], dossiers: &[Index]) -> Option<Component> {
    // what an order of certain lines would pay is not told by what is open
    if rows.iter().any(|row| row.of_lines) || walked(rows, dossiers) > WALK_MAX {
        return None;
    }
    let mut component = Component::default();
    for dossier in dossiers {
        let mine: Vec<usize> = (0..rows.len())
            .filter(|r| rows[*r].dossiers.contains(dossier))
            .collect();
        component
            .dossiers
            .push(table(facts, rows, &mine, *dossier)?);
    }
    for row in rows {
        component.alone.push(alone(facts, row));
    }
    Some(component)
}

/// How much is walked for one optimum: the sets of a dossier's payments times those of all payments
/// that an earlier or this dossier and a later one may take.
fn walked(rows: &[Row], dossiers: &[Index]) -> usize {
    let places = |row: &Row| {
        let of = |dossier: &Index| dossiers.iter().position(|place| place == dossier);
        let places: Vec<usize> = row.dossiers.iter().filter_map(of).collect();
        (places.iter().min().copied(), places.iter().max().copied())
    };
    let spans: Vec<(Option<usize>, Option<usize>)> = rows.iter().map(places).collect();
    let of = |place: usize| {
        let here = |(first, last): &&(Option<usize>, Option<usize>)| {
            *first <= Some(place) && Some(place) <= *last
        };
        let own = |row: &&Row| row.dossiers.contains(&dossiers[place]);
        let (wide, own) = (
            spans.iter().filter(here).count(),
            rows.iter().filter(own).count(),
        );
        1_usize << (wide + own).min(40)
    };
    (0..dossiers.len()).map(of).sum()
}

/// What a payment adds where it is of no dossier here.
fn alone(facts: &Facts, row: &Row) -> Vec<Vec<Adds>> {
    if row.sure {
        return Vec::new();
    }
    let mut ways = vec![Vec::new()];
    if row.elsewhere {
        let day = facts.pool.txn(row.txn).paid_on;
        let dong = facts.largest(row.txn);
        // a credit without a dossier adds nothing to the dossiers
        let adds = |scope: Scope| {
            let one = |(definition, v): (usize, i64)| Adds {
                definition,
                scope: scope.clone(),
                day,
                pair: (v, v),
            };
            [(0, 1), (1, dong)].map(one)
        };
        ways.push([adds(Scope::Total), adds(Scope::AnyAgency)].concat());
    }
    ways
}

fn table(facts: &Facts, rows: &[Row], mine: &[usize], dossier: Index) -> Option<Table> {
    let base = facts.desk.ledgers.of(dossier);
    let shared = |entry: &Entry| entry.credit.shared || entry.credit.decided.is_some();
    let went_back = !facts.desk.returns_of(dossier).is_empty();
    let land = base.lines.iter().any(|line| line.land);
    let loose = |entry: &Entry| !facts.is_referred(entry.credit.money);
    let mut entries = base.entries.iter();
    if went_back || land || entries.any(|entry| shared(entry) || loose(entry)) {
        return None;
    }
    let sent_back = !facts.may_go_back(dossier).is_empty();
    if sent_back || facts.desk.set_of.contains_key(&dossier) {
        return None;
    }
    let unseen = unseen(facts, base)?;
    let lines: Vec<usize> = unseen.iter().map(|one| one.line).collect();
    let mut table = Table::default();
    for chosen in 0..1_u32 << mine.len() {
        let is_in = |bit: &usize| chosen >> bit & 1 == 1;
        let bits = (0..mine.len()).filter(is_in);
        let of: Vec<usize> = bits.map(|bit| mine[bit]).collect();
        let credit = |r: &usize| credit(facts, rows[*r].txn, dossier);
        let more: Vec<Credit> = of.iter().map(credit).collect();
        let mask = of.iter().fold(0_u32, |mask, r| mask | 1 << r);
        let with = |more: Vec<Credit>| {
            let linked = base.entries.iter().map(|entry| entry.credit.clone());
            let credits = linked.chain(more).collect();
            settle_with(facts.pool, dossier, credits, facts.desk.returns_of(dossier))
        };
        let mut all = ways(facts, dossier, &with(more.clone()), &unseen, None)?;
        let by_hand = of.iter().all(|r| !rows[*r].by_text);
        for placed in placed(facts, base, &more, &lines, by_hand)? {
            let ledger = with(placed.credits);
            all.extend(ways(facts, dossier, &ledger, &unseen, Some(placed.found))?);
        }
        all.sort();
        all.dedup();
        table.ways.push((mask, all));
    }
    Some(table)
}

/// An open payment, put to the credit of a dossier.
fn credit(facts: &Facts, txn: Index, dossier: Index) -> Credit {
    let row = facts.pool.txn(txn);
    let code = facts.pool.dossier(dossier).code.clone();
    Credit {
        money: Money::Txn(txn),
        amount: i128::from(facts.largest(txn)),
        pass: "",
        why: Evidence::MemoHolds(code),
        lines: None,
        decided: None,
        shared: false,
        payer: facts.pool.payer(row, dossier),
    }
}

fn ways(
    facts: &Facts,
    dossier: Index,
    ledger: &Ledger,
    unseen: &[Unseen],
    found: Option<u32>,
) -> Option<Vec<Vec<Adds>>> {
    let choices = choices(facts, ledger, unseen, found)?;
    let mut bases = vec![events(facts, dossier, ledger)];
    for again in repeats(facts, dossier, ledger) {
        let with = |base: &Vec<Adds>| [base.as_slice(), &again].concat();
        let more: Vec<Vec<Adds>> = bases.iter().map(with).collect();
        bases.extend(more);
    }
    if bases.len() * choices.len() > WAYS_MAX {
        return None;
    }
    let mut made: Vec<Vec<Adds>> = Vec::new();
    let all = bases
        .iter()
        .flat_map(|base| choices.iter().map(move |choice| (base, choice)));
    for (base, choice) in all {
        let mut adds = base.clone();
        for (one, chosen) in unseen.iter().zip(choice) {
            let Some((day, cash)) = chosen else { continue };
            let line = &ledger.lines[one.line];
            let agency = &facts.pool.fee(line.fee).agency_code;
            let v = i64::try_from(line.due).unwrap_or(i64::MAX);
            put(&mut adds, 0, agency, *day, *cash, 1);
            put(&mut adds, 1, agency, *day, *cash, v);
        }
        whole(facts, dossier, ledger, unseen, choice, &mut adds);
        adds.sort();
        made.push(adds);
    }
    made.sort();
    made.dedup();
    Some(made)
}

fn put(
    adds: &mut Vec<Adds>,
    definition: usize,
    agency: &crate::domain::AgencyCode,
    day: Day,
    cash: bool,
    v: i64,
) {
    let pair = (if cash { 0 } else { v }, v);
    for scope in [Scope::Total, Scope::Agency(agency.clone())] {
        adds.push(Adds {
            definition,
            scope,
            day,
            pair,
        });
    }
}

/// A payment, or all receipts of one cashier and moment.
type Event<'a> = (bool, i64, &'a str, &'a str);

fn event<'a>(facts: &Facts<'_, 'a>, money: Money) -> Event<'a> {
    let (ms, source, id) = money.order(facts.pool);
    match money {
        Money::Txn(_) => (false, ms, source, id),
        Money::Receipt(receipt) => {
            let row = &facts.pool.inputs.receipts[at(receipt)];
            (true, ms, &*row.cashier, "")
        }
    }
}

/// The events of a ledger, each with its agencies.
fn events_of<'a>(
    facts: &Facts<'_, 'a>,
    dossier: Index,
    ledger: &Ledger,
) -> BTreeMap<Event<'a>, (Day, Agencies<'a>)> {
    let mut events: BTreeMap<Event, (Day, Agencies)> = BTreeMap::new();
    for entry in &ledger.entries {
        let gone = entry.reversed || entry.returned >= entry.credit.amount;
        if gone || entry.effect != Effect::Settles {
            continue;
        }
        let money = entry.credit.money;
        let day = money.day(facts.pool);
        let new = || (day, Agencies::default());
        let (_, agencies) = events.entry(event(facts, money)).or_insert_with(new);
        facts.add_agencies(dossier, ledger, entry, agencies);
    }
    events
}

/// The payments of a ledger, as events and as dong.
fn events(facts: &Facts, dossier: Index, ledger: &Ledger) -> Vec<Adds> {
    let mut adds = Vec::new();
    for ((cash, ..), (day, agencies)) in events_of(facts, dossier, ledger) {
        let scopes = agencies.iter().cloned().map(Scope::Agency);
        adds.extend(scopes.chain([Scope::Total]).map(|scope| Adds {
            definition: 0,
            scope,
            day,
            pair: (i64::from(!cash), 1),
        }));
    }
    for entry in &ledger.entries {
        let gone = entry.reversed || entry.returned >= entry.credit.amount;
        if gone || entry.effect != Effect::Settles {
            continue;
        }
        let money = entry.credit.money;
        let cash = matches!(money, Money::Receipt(_));
        for (agency, dong) in amount_cashless::kept(facts, ledger, entry) {
            put(&mut adds, 1, agency, money.day(facts.pool), cash, dong);
        }
    }
    adds
}

/// Payments that may be repeats and may be none: only the code agrees. A receipt of an event that
/// counts already is no other one.
fn repeats(facts: &Facts, dossier: Index, ledger: &Ledger) -> Vec<Vec<Adds>> {
    let mut repeats = Vec::new();
    let known = events_of(facts, dossier, ledger);
    for entry in &ledger.entries {
        let perhaps = match entry.effect {
            Effect::Settles => false,
            Effect::Duplicate { certain, .. } => !certain,
            Effect::Doubtful { .. } => true,
        };
        let amount = entry.credit.amount - entry.returned;
        if !perhaps || entry.reversed || amount <= 0 {
            continue;
        }
        let money = entry.credit.money;
        let dong = i64::try_from(amount).unwrap_or(i64::MAX);
        let day = money.day(facts.pool);
        let cash = matches!(money, Money::Receipt(_));
        let agencies = facts.agencies(dossier, ledger, entry);
        let scopes = agencies.iter().cloned().map(Scope::Agency);
        let counts = known.contains_key(&event(facts, money));
        let mut adds = Vec::new();
        for scope in scopes.chain([Scope::Total]) {
            for (definition, v) in [(0, 1), (1, dong)].into_iter().skip(usize::from(counts)) {
                adds.push(Adds {
                    definition,
                    scope: scope.clone(),
                    day,
                    pair: (if cash { 0 } else { v }, v),
                });
            }
        }
        repeats.push(adds);
    }
    repeats
}

/// The dossier, where it is paid in full.
fn whole(
    facts: &Facts,
    dossier: Index,
    ledger: &Ledger,
    unseen: &[Unseen],
    choice: &Choice,
    adds: &mut Vec<Adds>,
) {
    let mut cash = false;
    let mut last: Option<Day> = None;
    for (l, line) in ledger.lines.iter().enumerate() {
        let place = unseen.iter().position(|one| one.line == l);
        let chosen = place.and_then(|place| choice.get(place).copied().flatten());
        if let Some((day, by_cash)) = chosen {
            cash |= by_cash;
            last = last.max(Some(day));
        } else if !(line.is_full() && line.given_back() == 0) {
            return;
        }
    }
    for entry in ledger.entries.iter().filter(|entry| !entry.reversed) {
        let sum = |parts: &[(usize, i128)]| parts.iter().map(|(_, part)| part).sum::<i128>();
        if sum(&entry.parts) > sum(&entry.sent_back) {
            cash |= matches!(entry.credit.money, Money::Receipt(_));
            last = last.max(Some(entry.credit.money.day(facts.pool)));
        }
    }
    if let Some(day) = last {
        put(adds, 2, facts.pool.dossier(dossier).agency, day, cash, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_nothing_adds_nothing() {
        let mut adds = Vec::new();
        let agency = crate::domain::AgencyCode::new("H48.18");
        put(&mut adds, 0, &agency, Day::of_ms(0), true, 1);
        let pairs: Vec<(i64, i64)> = adds.iter().map(|adds| adds.pair).collect();
        assert_eq!(pairs, [(0, 1), (0, 1)]);
    }
}
