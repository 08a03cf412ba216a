//! From ledgers to match groups: the money rows and lines that belong together, as values.

mod families;

use std::collections::BTreeMap;

use crate::domain::ids::short_hash;
use crate::domain::{DossierCode, RowKey, Vnd, sorting};

use super::desk::{Assigned, Desk, Standing};
use super::evidence::{Evidence, Nearest, Test};
use super::group::{Difference, Leg, MatchGroup, Role};
use super::ledger::{Effect, Entry, Ledger};
use super::pass::{PASSES, set_certificate};
use super::pool::{Index, Pool, at, index};
use super::reading::Reading;
use families::Families;

/// The groups of the desk: one a dossier, dossiers that share a payment together.
pub fn groups(desk: &Desk) -> Vec<MatchGroup> {
    let families = Families::new(desk);
    let mut sightings: BTreeMap<Index, Vec<Leg>> = BTreeMap::new();
    let mut groups = Vec::with_capacity(desk.ledgers.iter().count());
    for (i, standing) in desk.txns.iter().enumerate() {
        let Standing::Sighting(of, why) = standing else {
            continue;
        };
        let leg = sighting(desk, index(i), *of, why);
        match dossier_of(desk, *of) {
            Some(dossier) => sightings.entry(dossier).or_default().push(leg),
            None => groups.push(group(desk, vec![leg], &[])),
        }
    }
    for (first, _) in desk.ledgers.iter() {
        let Some(others) = families.behind(first) else {
            continue;
        };
        let family = || [first].into_iter().chain(others.iter().copied());
        let mut legs = Vec::new();
        for dossier in family() {
            ledger_legs(desk.pool, dossier, desk.ledgers.of(dossier), &mut legs);
            legs.extend(sightings.remove(&dossier).into_iter().flatten());
        }
        if legs.is_empty() {
            continue;
        }
        groups.push(if others.is_empty() {
            group(desk, legs, &[desk.ledgers.of(first)])
        } else {
            let ledgers: Vec<&Ledger> = family().map(|d| desk.ledgers.of(d)).collect();
            group(desk, legs, &ledgers)
        });
    }
    groups.extend((0..desk.sets.len()).map(|set| certified(desk, index(set))));
    sort(desk.pool, &mut groups);
    groups
}

/// By their first legs.
fn sort(pool: &Pool, groups: &mut [MatchGroup]) {
    let txns = pool.inputs.txns.chunk_by(|a, b| a.source == b.source);
    let mut sources: Vec<&str> = txns.map(|rows| rows[0].source.as_str()).collect();
    sources.extend(["", "cash"]);
    sources.sort_unstable();
    let prefix = |group: &MatchGroup| {
        let key = group.legs.first().map(|leg| &leg.money);
        let source = key.map_or("", |key| key.source.as_str());
        let rank = sources.partition_point(|known| *known < source);
        let id = key.map_or(0, |key| sorting::prefix(&key.id));
        u128::from(u16::try_from(rank).unwrap_or(u16::MAX)) << 112 | id >> 16
    };
    sorting::sort(groups, prefix, |a, b| {
        a.legs.first().map(order).cmp(&b.legs.first().map(order))
    });
}

/// The first of the family of `i`; shortens the way for the next.
pub(super) fn find(root: &mut [Index], mut i: Index) -> Index {
    while root[at(i)] != i {
        root[at(i)] = root[at(root[at(i)])];
        i = root[at(i)];
    }
    i
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

/// Adds the legs of one dossier.
fn ledger_legs(pool: &Pool, dossier: Index, ledger: &Ledger, legs: &mut Vec<Leg>) {
    let book = Book {
        pool,
        dossier,
        ledger,
    };
    let code = pool.dossier(dossier).code;
    let parts = ledger.entries.iter().map(|entry| entry.parts.len());
    legs.reserve_exact(parts.sum());
    for entry in &ledger.entries {
        book.entry_legs(entry, legs);
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

/// The id of a group: of its money rows and its lines, each once, in byte order.
fn id(legs: &[Leg]) -> Box<str> {
    let money = |leg: &Leg, text: &mut String| {
        let RowKey {
            side, source, id, ..
        } = &leg.money;
        for part in [side.id(), "\u{1f}", source.as_str(), "\u{1f}", id] {
            text.push_str(part);
        }
    };
    let line = |leg: &Leg, text: &mut String| {
        let (_, _, dossier, fee, _) = order(leg);
        for part in [dossier, "\u{1f}", fee] {
            text.push_str(part);
        }
    };
    if let [leg] = legs {
        // a line begins with a capital letter, a digit or the separator; a row with a small letter
        let mut text = String::with_capacity(96);
        line(leg, &mut text);
        text.push('\u{1e}');
        money(leg, &mut text);
        return short_hash(text.as_bytes(), 16).into();
    }
    let made = |write: &dyn Fn(&Leg, &mut String), leg: &Leg| {
        let mut text = String::new();
        write(leg, &mut text);
        text
    };
    let mut parts: Vec<String> = legs.iter().map(|leg| made(&money, leg)).collect();
    parts.extend(legs.iter().map(|leg| made(&line, leg)));
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
fn certified(desk: &Desk, set: Index) -> MatchGroup {
    let why = desk.set_evidence(set);
    let (pool, set) = (desk.pool, &desk.sets[at(set)]);
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
    let fees = set.dossiers.iter().flat_map(|dossier| pool.lines(*dossier));
    let fees = fees.map(|(line, _)| {
        let fee = pool.fee(line);
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
    let fits = (due == paid && !due.is_zero()).then_some(Evidence::AmountFits(due));
    let several = (payments > 1 && ledgers.len() == 1).then(|| {
        let number = u32::try_from(payments).unwrap_or(u32::MAX);
        Evidence::Instalments(number, paid, due)
    });
    let mut said = Vec::with_capacity(usize::from(fits.is_some()) + usize::from(several.is_some()));
    said.extend(fits);
    said.extend(several);
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
