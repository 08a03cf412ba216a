//! From ledgers to match groups: the money rows and lines that belong together, as values.

use crate::domain::ids::short_hash;
use crate::domain::{DossierCode, RowKey, Vnd};

use super::desk::{Assigned, Desk, Money, Standing};
use super::evidence::{Evidence, Nearest, Test};
use super::group::{Difference, Leg, MatchGroup, Role};
use super::ledger::{Effect, Entry, Ledger};
use super::pass::{PASSES, set_certificate};
use super::pool::{Index, Pool, at, index};
use super::reading::Reading;

/// The groups of the desk: one a dossier, dossiers that share a payment together.
pub fn groups(desk: &Desk) -> Vec<MatchGroup> {
    let families = families(desk);
    let mut sightings: Vec<Vec<Leg>> = vec![Vec::new(); desk.ledgers.len()];
    let mut groups = Vec::new();
    for (i, standing) in desk.txns.iter().enumerate() {
        let Standing::Sighting(of, why) = standing else {
            continue;
        };
        let leg = sighting(desk, index(i), *of, why);
        match dossier_of(desk, *of) {
            Some(dossier) => sightings[at(dossier)].push(leg),
            None => groups.push(group(desk, vec![leg], &[])),
        }
    }
    for family in families {
        let mut legs = Vec::new();
        for dossier in &family {
            legs.extend(ledger_legs(
                desk.pool,
                *dossier,
                &desk.ledgers[at(*dossier)],
            ));
            legs.append(&mut sightings[at(*dossier)]);
        }
        if !legs.is_empty() {
            let ledgers: Vec<&Ledger> = family.iter().map(|d| &desk.ledgers[at(*d)]).collect();
            groups.push(group(desk, legs, &ledgers));
        }
    }
    groups.extend((0..desk.sets.len()).map(|set| certified(desk, set)));
    groups.sort_by(|a, b| a.legs.first().map(order).cmp(&b.legs.first().map(order)));
    groups
}

/// The first of the family of `i`; shortens the way for the next.
pub(super) fn find(root: &mut [Index], mut i: Index) -> Index {
    while root[at(i)] != i {
        root[at(i)] = root[at(root[at(i)])];
        i = root[at(i)];
    }
    i
}

/// Dossiers that share a payment, each family in order.
fn families(desk: &Desk) -> Vec<Vec<Index>> {
    let mut root: Vec<Index> = (0..desk.ledgers.len()).map(index).collect();
    let mut first: std::collections::BTreeMap<Money, Index> = std::collections::BTreeMap::new();
    for (d, ledger) in desk.ledgers.iter().enumerate() {
        for entry in ledger.entries.iter().filter(|e| e.credit.shared) {
            let other = *first.entry(entry.credit.money).or_insert(index(d));
            let (a, b) = (find(&mut root, other), find(&mut root, index(d)));
            let (low, high) = (a.min(b), a.max(b));
            root[at(high)] = low;
        }
    }
    let mut families: Vec<Vec<Index>> = vec![Vec::new(); desk.ledgers.len()];
    for d in 0..desk.ledgers.len() {
        let top = find(&mut root, index(d));
        families[at(top)].push(index(d));
    }
    families.retain(|family| !family.is_empty());
    families
}

fn dossier_of(desk: &Desk, txn: Index) -> Option<Index> {
    match (&desk.txns[at(txn)], &desk.readings[at(txn)]) {
        (Standing::Credited, Reading::One { dossier, .. }) => Some(*dossier),
        _ => None,
    }
}

fn sighting(desk: &Desk, txn: Index, of: Index, why: &Evidence) -> Leg {
    let dossier = match desk.readings[at(of)] {
        Reading::One { dossier, .. } => Some(desk.pool.dossier(dossier).code.clone()),
        _ => None,
    };
    Leg {
        money: desk.pool.txn(txn).key(),
        dossier_code: dossier,
        fee_id: None,
        amount: Vnd::ZERO,
        role: Role::Sighting,
        pass: "chain",
        why: why.clone(),
    }
}

/// The legs of one dossier.
fn ledger_legs(pool: &Pool, dossier: Index, ledger: &Ledger) -> Vec<Leg> {
    let book = Book {
        pool,
        dossier,
        ledger,
    };
    let code = pool.dossier(dossier).code;
    let mut legs = Vec::new();
    for entry in &ledger.entries {
        book.entry_legs(entry, &mut legs);
    }
    for back in ledger.returns.iter().filter(|back| !back.unlinked) {
        let role = if back.reversal {
            Role::Reversal
        } else {
            Role::Refund
        };
        let undone = back
            .of
            .first()
            .map_or("", |e| ledger.entries[*e].credit.money.id(pool));
        let nowhere = (ledger.lines.len(), 0);
        let nowhere = back.parts.is_empty().then_some(&nowhere);
        for (l, amount) in back.parts.iter().chain(nowhere) {
            legs.push(Leg {
                money: pool.txn(back.txn).key(),
                dossier_code: Some(code.clone()),
                fee_id: Some(book.fee_id(*l)),
                amount: Vnd::from_wide(-amount).unwrap_or_default(),
                role,
                pass: "chain",
                why: Evidence::Undoes(undone.into()),
            });
        }
    }
    legs
}

/// A dossier with its ledger.
struct Book<'b, 'a> {
    pool: &'b Pool<'a>,
    dossier: Index,
    ledger: &'b Ledger,
}

impl Book<'_, '_> {
    /// The fee of a line; beyond the last line, the last; where no line can be settled, the
    /// dossier's first fee.
    fn fee_id(&self, line: usize) -> crate::domain::FeeId {
        let lines = &self.ledger.lines;
        let line = lines.get(line).or(lines.last());
        let place = line.map_or(self.pool.dossier(self.dossier).fees.start, |l| at(l.fee));
        self.pool.inputs.fees[place].fee_id.clone()
    }

    fn entry_legs(&self, entry: &Entry, legs: &mut Vec<Leg>) {
        let (pool, ledger) = (self.pool, self.ledger);
        let leg = |line: usize, amount: i128, role, why| Leg {
            money: entry.credit.money.key(pool),
            dossier_code: Some(pool.dossier(self.dossier).code.clone()),
            fee_id: Some(self.fee_id(line)),
            amount: Vnd::from_wide(amount).unwrap_or_default(),
            role,
            pass: entry.credit.pass,
            why,
        };
        let why = || entry.credit.why.clone();
        let last = || entry.shown_on(ledger).unwrap_or(0);
        match &entry.effect {
            Effect::Settles => {
                for (l, amount) in &entry.parts {
                    legs.push(leg(*l, *amount, Role::Settles, why()));
                }
                if entry.came_and_went() {
                    legs.push(leg(last(), 0, Role::Settles, why()));
                }
                if entry.surplus > 0 && !entry.reversed {
                    legs.push(leg(last(), entry.surplus, Role::Surplus, why()));
                }
            }
            Effect::Duplicate { of, lines, .. } => {
                let first = ledger.entries[*of].credit.money.id(pool);
                for l in lines {
                    legs.push(leg(*l, 0, Role::Duplicate, Evidence::Repeats(first.into())));
                }
            }
            Effect::Doubtful { .. } => {}
        }
    }
}

/// The order of legs: source, money id, dossier, fee, role.
fn order(leg: &Leg) -> (&str, &str, &str, &str, Role) {
    let dossier = leg.dossier_code.as_ref().map_or("", DossierCode::as_str);
    let fee = leg.fee_id.as_ref().map_or("", crate::domain::FeeId::as_str);
    (
        leg.money.source.as_str(),
        &leg.money.id,
        dossier,
        fee,
        leg.role,
    )
}

fn group(desk: &Desk, mut legs: Vec<Leg>, ledgers: &[&Ledger]) -> MatchGroup {
    legs.sort_by(|a, b| order(a).cmp(&order(b)));
    let assigned = assigned(desk, ledgers);
    let loosest = PASSES
        .iter()
        .rev()
        .find(|pass| legs.iter().any(|leg| leg.pass == pass.id));
    MatchGroup {
        id: id(&legs),
        pass: loosest.map_or("chain", |pass| pass.id),
        legs,
        score: assigned.iter().map(|a| a.score).min().unwrap_or(1000),
        margin: assigned.iter().map(|a| a.margin).min(),
        evidence: evidence(ledgers, &assigned),
        runner_up: runner_up(desk.pool, ledgers)
            .or_else(|| assigned.iter().find_map(|a| a.runner_up.clone())),
        difference: difference(ledgers),
    }
}

fn name(key: &RowKey) -> String {
    format!("{}\u{1f}{}\u{1f}{}", key.side.id(), key.source, key.id)
}

/// The id of a group: over its money rows and lines.
fn id(legs: &[Leg]) -> Box<str> {
    let mut parts: Vec<String> = legs.iter().map(|leg| name(&leg.money)).collect();
    let lines = legs.iter().map(|leg| {
        let (_, _, dossier, fee, _) = order(leg);
        format!("{dossier}\u{1f}{fee}")
    });
    parts.extend(lines);
    parts.sort();
    parts.dedup();
    short_hash(parts.join("\u{1e}").as_bytes(), 16).into()
}

/// How the scored payments of a group were chosen.
fn assigned<'d>(desk: &'d Desk, ledgers: &[&Ledger]) -> Vec<&'d Assigned> {
    let entries = ledgers.iter().flat_map(|ledger| &ledger.entries);
    let txns = entries.filter_map(|entry| entry.credit.money.txn());
    txns.filter_map(|txn| desk.assigned.get(&txn)).collect()
}

/// A certified set: its rows belong together as a whole, none to one other.
fn certified(desk: &Desk, set: usize) -> MatchGroup {
    let why = desk.set_evidence(set);
    let (pool, set) = (desk.pool, &desk.sets[set]);
    let member = |money: RowKey, dossier_code, fee_id| Leg {
        money,
        dossier_code,
        fee_id,
        amount: Vnd::ZERO,
        role: Role::Member,
        pass: set_certificate::ID,
        why: why.clone(),
    };
    let payments = set
        .txns
        .iter()
        .map(|txn| member(pool.txn(*txn).key(), None, None));
    let fees = set
        .dossiers
        .iter()
        .flat_map(|dossier| &pool.dossier(*dossier).lines);
    let fees = fees.map(|(line, _)| {
        let fee = pool.fee(*line);
        member(
            fee.key(),
            Some(fee.dossier_code.clone()),
            Some(fee.fee_id.clone()),
        )
    });
    let mut legs: Vec<Leg> = payments.chain(fees).collect();
    legs.sort_by(|a, b| order(a).cmp(&order(b)));
    MatchGroup {
        id: id(&legs),
        pass: set_certificate::ID,
        legs,
        score: 1000,
        margin: None,
        evidence: vec![why],
        runner_up: None,
        difference: None,
    }
}

/// What holds for the group as a whole.
fn evidence(ledgers: &[&Ledger], assigned: &[&Assigned]) -> Vec<Evidence> {
    let due: i128 = ledgers.iter().flat_map(|l| &l.lines).map(|l| l.due).sum();
    let paid: i128 = ledgers.iter().flat_map(|l| &l.lines).map(|l| l.paid).sum();
    let payments: usize = ledgers.iter().map(|l| l.live_payments()).sum();
    let (Ok(due), Ok(paid)) = (Vnd::from_wide(due), Vnd::from_wide(paid)) else {
        return Vec::new();
    };
    let mut said = Vec::new();
    if due == paid && !due.is_zero() {
        said.push(Evidence::AmountFits(due));
    }
    if payments > 1 && ledgers.len() == 1 {
        let number = u32::try_from(payments).unwrap_or(u32::MAX);
        said.push(Evidence::Instalments(number, paid, due));
    }
    for seen in assigned.iter().flat_map(|assigned| &assigned.evidence) {
        if !said.contains(seen) {
            said.push(seen.clone());
        }
    }
    said
}

/// The reading that came second: the stranger's payment that was not taken.
fn runner_up(pool: &Pool, ledgers: &[&Ledger]) -> Option<Nearest> {
    let doubtful = |e: &&Entry| matches!(e.effect, Effect::Doubtful { .. });
    let second = ledgers.iter().flat_map(|l| &l.entries).find(doubtful)?;
    Some(Nearest {
        candidate: second.credit.money.id(pool).into(),
        amount: Vnd::from_wide(second.credit.amount).ok(),
        failed: Test::Payer,
    })
}

/// What is left over, by name: surplus first, then the provider's fee, then a shortfall.
fn difference(ledgers: &[&Ledger]) -> Option<Difference> {
    let entries = || {
        ledgers
            .iter()
            .flat_map(|l| &l.entries)
            .filter(|e| !e.reversed)
    };
    let lines = || ledgers.iter().flat_map(|l| &l.lines);
    let surplus: i128 = entries()
        .filter(|e| e.effect == Effect::Settles)
        .map(|e| e.surplus)
        .sum();
    let net: i128 = lines().map(|l| l.net_short).sum();
    let lacking: i128 = lines()
        .filter(|l| l.paid > 0)
        .map(super::ledger::Line::lacking)
        .sum();
    let (class, amount) = match (surplus, net, lacking) {
        (0, 0, 0) => return None,
        (0, 0, lacking) => ("partial", -lacking),
        (0, net, _) => ("net_settlement", -net),
        (surplus, ..) => ("overpaid", surplus),
    };
    Vnd::from_wide(amount)
        .ok()
        .map(|amount| Difference { class, amount })
}
