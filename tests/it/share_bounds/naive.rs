//! Every way in which a world may turn out, and the share in each: written as plainly as possible,
//! from the rules and not from the program.

use super::world::{ACredit, DAY_COUNT, DAYS, LE_PHI, PHI, Paid, World};

/// What happened to one dossier, in the end: money that came, and refunds of it by position.
#[derive(Clone, Debug, Default)]
struct Outcome {
    paid: Vec<Paid>,
    /// (day, minute, amount, the payment that it returns).
    back: Vec<(u32, i64, i64, usize)>,
    /// Payments, by position, whose event counts at another dossier.
    silent: Vec<usize>,
}

/// The money on a dossier: per payment what is kept of it, and whether it counts as an event.
struct Kept {
    parts: Vec<i64>,
    counts: Vec<bool>,
    full: bool,
}

/// One way in which everything may turn out.
#[derive(Clone, Debug)]
pub(super) struct Resolution(Vec<Outcome>, Vec<Elsewhere>);

/// A payment that is of a dossier which is not here: day, amount, agency.
type Elsewhere = (u32, i64, usize);

/// The three shares, as (numerator, denominator).
pub(super) const DEFINITIONS: [&str; 3] = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];

/// Every resolution; none when there are too many to try.
pub(super) fn resolutions(world: &World, most: usize) -> Option<Vec<Resolution>> {
    let seen = |d: &super::world::ADossier| Outcome {
        paid: d.paid.clone(),
        back: Vec::new(),
        silent: Vec::new(),
    };
    let mut all = vec![Resolution(
        world.dossiers.iter().map(seen).collect(),
        Vec::new(),
    )];
    for refund in &world.refunds {
        all = all
            .iter()
            .flat_map(|r| with_refund(r, (refund.day, refund.minute, refund.amount)))
            .collect();
        if all.len() > most {
            return None;
        }
    }
    for (c, credit) in world.credits.iter().enumerate() {
        let last = c + 1 == world.credits.len();
        let with = |r: &Resolution| {
            let mut ways = with_credit(world, r, credit);
            ways.extend(
                last.then(|| with_split(world, r, credit))
                    .into_iter()
                    .flatten(),
            );
            ways
        };
        all = all.iter().flat_map(with).collect();
        if all.len() > most {
            return None;
        }
    }
    for (d, dossier) in world.dossiers.iter().enumerate() {
        for unseen in &dossier.unseen {
            all = all
                .iter()
                .flat_map(|r| with_unseen(world, r, d, *unseen))
                .collect();
            if all.len() > most {
                return None;
            }
        }
    }
    Some(all)
}

/// A refund that names nobody returns one payment that was there by then, or none.
fn with_refund(r: &Resolution, (day, minute, amount): (u32, i64, i64)) -> Vec<Resolution> {
    let mut all = vec![r.clone()];
    for (d, outcome) in r.0.iter().enumerate() {
        for (p, paid) in outcome.paid.iter().enumerate() {
            let gone: i64 = outcome.back.iter().filter(|b| b.3 == p).map(|b| b.2).sum();
            if (paid.day, paid.minute) < (day, minute) && gone + amount <= paid.amount {
                let mut with = r.clone();
                with.0[d].back.push((day, minute, amount, p));
                all.push(with);
            }
        }
    }
    all
}

/// An open credit pays a dossier that it names, or one that lacks money when it names none; unless
/// each that it names lacks money it may also be no fee at all.
fn with_credit(world: &World, r: &Resolution, credit: &ACredit) -> Vec<Resolution> {
    let lacks = |d: usize| !settle(&r.0[d], world.dossiers[d].due).full;
    let everyone: Vec<usize> = (0..r.0.len()).filter(|d| lacks(*d)).collect();
    let could: &[usize] = if credit.named.is_empty() {
        &everyone
    } else {
        &credit.named
    };
    // certainly a fee: each of them lacks money, for all the open payments that name it
    let sure = |d: &usize| {
        let naming = world
            .credits
            .iter()
            .filter(|other| other.named.len() > 1 && other.named.contains(d));
        let naming: Vec<i64> = naming.map(|other| other.amount).collect();
        let lacking = world.dossiers[*d].lacking();
        lacking > 0 && (naming.len() == 1 || naming.iter().sum::<i64>() <= lacking)
    };
    let sure = credit.named.len() > 1 && credit.named.iter().all(sure);
    let mut all: Vec<Resolution> = Vec::new();
    all.extend((!sure).then(|| r.clone()));
    if credit.named.is_empty() {
        for agency in 0..2 {
            let mut with = r.clone();
            with.1.push((credit.day, credit.amount, agency));
            all.push(with);
        }
    }
    let open = |d: usize| r.0[d].paid.iter().skip(world.dossiers[d].paid.len());
    for d in could {
        let mut with = r.clone();
        with.0[*d].paid.push(Paid {
            day: credit.day,
            minute: credit.minute,
            amount: credit.amount,
            cash: false,
            by_hand: None,
        });
        let in_time = open(*d).all(|paid| paid.by_hand.is_none());
        // what went back and nobody knows of makes room, and takes no other money's place
        if in_time && (r.0[*d].back.is_empty() || leaves_others(world, r, &with, *d)) {
            all.push(with);
        }
    }
    for d in (0..r.0.len()).filter(|_| credit.named.is_empty()) {
        if open(d).all(|paid| paid.by_hand.is_some()) {
            all.extend(by_hand(world, r, d, credit));
        }
    }
    all
}

/// A person puts a payment that names nobody to what a dossier lacks, before or after others.
fn by_hand(world: &World, r: &Resolution, d: usize, credit: &ACredit) -> Vec<Resolution> {
    let mut all = Vec::new();
    let turn = 1 + i64::try_from(r.0[d].paid.len()).unwrap();
    for turn in [turn, -turn] {
        let mut with = r.clone();
        with.0[d].paid.push(Paid {
            day: credit.day,
            minute: credit.minute,
            amount: credit.amount,
            cash: false,
            by_hand: Some(turn),
        });
        if r.0[d].back.is_empty() && is_placed(world, &with, d) {
            all.push(with);
        }
    }
    all
}

/// True when each payment that a person put to a dossier found something open.
fn is_placed(world: &World, r: &Resolution, d: usize) -> bool {
    let kept = settle(&r.0[d], world.dossiers[d].due);
    let paid = r.0[d].paid.iter().zip(&kept.parts);
    paid.clone()
        .all(|(paid, part)| paid.by_hand.is_none() || *part > 0)
}

/// A person splits an open credit that names nobody over two dossiers of one agency: one becomes
/// whole, the rest is the other's. One payment, one event.
fn with_split(world: &World, r: &Resolution, credit: &ACredit) -> Vec<Resolution> {
    let mut all = Vec::new();
    if !credit.named.is_empty() {
        return all;
    }
    for d in 0..r.0.len() {
        for e in (0..r.0.len()).filter(|e| *e != d) {
            let lacking = |d: usize| {
                let kept = settle(&r.0[d], world.dossiers[d].due);
                world.dossiers[d].due - kept.parts.iter().sum::<i64>()
            };
            let (first, rest) = (lacking(d), credit.amount - lacking(d));
            let one = world.dossiers[d].agency == world.dossiers[e].agency;
            if !one || first <= 0 || rest <= 0 || rest > lacking(e) {
                continue;
            }
            let mut with = r.clone();
            for (to, amount) in [(d, first), (e, rest)] {
                with.0[to].paid.push(Paid {
                    day: credit.day,
                    minute: credit.minute,
                    amount,
                    cash: false,
                    by_hand: None,
                });
            }
            let silent = with.0[e].paid.len() - 1;
            with.0[e].silent.push(silent);
            // no part of a split is the net of another amount
            let exact = settle(&with.0[e], world.dossiers[e].due).parts.last() == Some(&rest);
            if exact && leaves_others(world, r, &with, d) && leaves_others(world, r, &with, e) {
                all.push(with);
            }
        }
    }
    all
}

/// What the registry calls paid was not, or in cash, or (where a source is not complete) without,
/// on the registry's day or, where it tells none, on any.
fn with_unseen(
    world: &World,
    r: &Resolution,
    d: usize,
    unseen: super::world::Unseen,
) -> Vec<Resolution> {
    let mut all = vec![r.clone()];
    let days = unseen.day.map_or(0..DAYS, |day| day..day + 1);
    for day in days {
        for cash in [true, false] {
            if cash || world.incomplete {
                let mut with = r.clone();
                let (minute, amount) = (700, unseen.amount);
                with.0[d].paid.push(Paid {
                    day,
                    minute,
                    amount,
                    cash,
                    by_hand: None,
                });
                // what is put by hand comes after it
                let seen = |r: &Resolution| {
                    let mut r = r.clone();
                    r.0[d].paid.retain(|paid| paid.by_hand.is_none());
                    r
                };
                let kept = settle(&seen(&with).0[d], world.dossiers[d].due);
                let whole = kept.parts.last() == Some(&amount);
                let others = leaves_others(world, &seen(r), &seen(&with), d);
                if whole && others && is_placed(world, &with, d) {
                    all.push(with);
                }
            }
        }
    }
    all
}

/// True when the newest money of a dossier takes no other money's place.
fn leaves_others(world: &World, before: &Resolution, with: &Resolution, d: usize) -> bool {
    let due = world.dossiers[d].due;
    let (before, with) = (settle(&before.0[d], due), settle(&with.0[d], due));
    with.parts.starts_with(&before.parts)
}

/// The provider's fee of the default rate: 1,1 %, at least 220, rounded half up.
fn net_fee(due: i64) -> i64 {
    ((due * 22 + 1000) / 2000).max(220)
}

/// Takes payments and refunds in order of time. What finds nothing lacking is a repeat where its
/// amount came before or is all that is due, else it is too much (an event of no dong).
fn settle(outcome: &Outcome, due: i64) -> Kept {
    let mut moves: Vec<(u32, i64, Result<usize, usize>)> = Vec::new();
    moves.extend(outcome.paid.iter().enumerate().map(|(p, paid)| {
        let last = paid.by_hand.map(|turn| (u32::MAX, turn));
        let (day, minute) = last.unwrap_or((paid.day, paid.minute));
        (day, minute, Ok(p))
    }));
    moves.extend(
        outcome
            .back
            .iter()
            .enumerate()
            .map(|(b, back)| (back.0, back.1, Err(b))),
    );
    moves.sort_unstable();
    let mut parts = vec![0; outcome.paid.len()];
    let mut counts = vec![false; outcome.paid.len()];
    let mut gone = vec![0; outcome.paid.len()];
    for (.., what) in moves {
        match what {
            Ok(p) => {
                let lacking = due - parts.iter().sum::<i64>();
                let amount = outcome.paid[p].amount;
                let told = outcome.paid[p].by_hand.is_some();
                let net = !outcome.paid[p].cash
                    && !told
                    && amount < lacking
                    && lacking - amount == net_fee(lacking);
                // the net of the first line alone, while nothing is on it
                let of_line = !outcome.paid[p].cash
                    && !told
                    && lacking == due
                    && due == PHI + LE_PHI
                    && amount == PHI - net_fee(PHI);
                parts[p] = match () {
                    () if net => lacking,
                    () if of_line => PHI,
                    () => amount.min(lacking),
                };
                let live = |o: &usize| counts[*o] && *o != p;
                let again = (0..parts.len())
                    .filter(live)
                    .any(|o| outcome.paid[o].amount == amount);
                counts[p] = lacking > 0 || !(again || amount == due);
            }
            Err(b) => {
                let (.., amount, p) = outcome.back[b];
                let loose = outcome.paid[p].amount - gone[p] - parts[p];
                gone[p] += amount;
                parts[p] = (parts[p] - (amount - loose.max(0)).max(0)).max(0);
                if gone[p] >= outcome.paid[p].amount {
                    (parts[p], counts[p]) = (0, false);
                }
            }
        }
    }
    let full = parts.iter().sum::<i64>() == due;
    Kept {
        parts,
        counts,
        full,
    }
}

/// What each day adds to each definition in each agency: (numerator, denominator).
pub(super) type Tally = [[[(i64, i64); DAY_COUNT]; 2]; 3];

impl Resolution {
    /// Everything that happened, counted.
    pub(super) fn tally(&self, world: &World) -> Tally {
        let mut tally = Tally::default();
        for (day, amount, agency) in &self.1 {
            for (definition, v) in [(0, 1), (1, *amount)] {
                let sum = &mut tally[definition][*agency][usize::try_from(*day).unwrap()];
                *sum = (sum.0 + v, sum.1 + v);
            }
        }
        for (outcome, dossier) in self.0.iter().zip(&world.dossiers) {
            let kept = settle(outcome, dossier.due);
            let mut add = |definition: usize, day: u32, cashless: bool, v: i64| {
                let sum = &mut tally[definition][dossier.agency][usize::try_from(day).unwrap()];
                sum.0 += if cashless { v } else { 0 };
                sum.1 += v;
            };
            for (p, paid) in outcome.paid.iter().enumerate() {
                let counts = kept.counts[p] && !outcome.silent.contains(&p);
                add(0, paid.day, !paid.cash, i64::from(counts));
                add(1, paid.day, !paid.cash, kept.parts[p]);
            }
            let live = || {
                outcome
                    .paid
                    .iter()
                    .enumerate()
                    .filter(|(p, _)| kept.parts[*p] > 0)
            };
            if let Some(last) = live().map(|(_, paid)| paid.day).max().filter(|_| kept.full) {
                add(2, last, live().all(|(_, paid)| !paid.cash), 1);
            }
        }
        tally
    }
}

/// The share of a definition in an agency (or in all) over days.
pub(super) fn share(
    tally: &Tally,
    definition: usize,
    agency: Option<usize>,
    (from, to): (u32, u32),
) -> (i64, i64) {
    let agencies = agency.map_or(0..2, |agency| agency..agency + 1);
    let days = usize::try_from(from).unwrap()..=usize::try_from(to).unwrap();
    let mut sum = (0, 0);
    for (num, den) in agencies.flat_map(|a| tally[definition][a][days.clone()].iter()) {
        sum = (sum.0 + num, sum.1 + den);
    }
    sum
}
