//! Pass 4: a code read out of free text. Where the amount fits and nothing speaks for another
//! dossier it is a link; where the amount does not fit it needs support; a typo that happens to be
//! another real dossier's code must not pass for a payment of that dossier.

use crate::domain::{Text, Vnd};

use super::super::credits::By;
use super::super::desk::{Desk, Out};
use super::super::evidence::{Evidence, Nearest, Test};
use super::super::pool::{Index, Payer, at};
use super::super::reading::{Key, Reading, rivals};
use super::Pass;

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "extracted_key",
    label: Text {
        vi: "Mã hồ sơ trong nội dung",
        en: "Key read from the memo",
    },
    run,
};

fn run(desk: &mut Desk) {
    glued(desk);
    agreeing(desk);
    others(desk);
}

fn accept(desk: &mut Desk, txn: Index, dossier: Index) {
    desk.credit_by(txn, dossier, By::Extracted);
}

/// Several widths exist at one place: taken only when the amount, and then the payer, leaves one.
fn glued(desk: &mut Desk) {
    for txn in desk.waiting() {
        let Reading::Glued(readings) = &desk.readings[at(txn)] else {
            continue;
        };
        let row = desk.pool.txn(txn);
        let fits = |d: &&Index| desk.pool.fits(row, **d, row.amount.wide());
        let fitting: Vec<Index> = readings.iter().filter(fits).copied().collect();
        let agrees = |d: &&Index| desk.pool.payer(row, **d) == Payer::Agrees;
        let agreeing: Vec<Index> = fitting.iter().filter(agrees).copied().collect();
        let readings = readings.clone();
        match (agreeing.as_slice(), fitting.as_slice()) {
            ([dossier], _) | ([], [dossier]) => {
                let dossier = *dossier;
                desk.readings[at(txn)] = Reading::One {
                    key: Key::Extracted,
                    dossier,
                    order: None,
                };
            }
            _ => ambiguous(desk, txn, readings),
        }
    }
}

/// Codes of the payer's own dossier: the payer is support enough, whatever the amount.
fn agreeing(desk: &mut Desk) {
    for txn in desk.waiting() {
        if let Reading::One {
            key: Key::Extracted,
            dossier,
            ..
        } = desk.readings[at(txn)]
            && desk.pool.payer(desk.pool.txn(txn), dossier) == Payer::Agrees
        {
            accept(desk, txn, dossier);
        }
    }
}

/// The rest, all judged against the same state, so that their order does not matter.
fn others(desk: &mut Desk) {
    let mut named: Vec<(Index, Index)> = Vec::new();
    for txn in desk.waiting() {
        if let Reading::One {
            key: Key::Extracted,
            dossier,
            ..
        } = desk.readings[at(txn)]
        {
            named.push((txn, dossier));
        }
    }
    let mut sums = std::collections::BTreeMap::new();
    for (txn, dossier) in &named {
        *sums.entry(*dossier).or_insert(0) += desk.pool.txn(*txn).amount.wide();
    }
    let judged: Vec<(Index, Index, Option<Vec<Index>>)> = named
        .iter()
        .map(|(txn, dossier)| (*txn, *dossier, doubts(desk, *txn, *dossier, sums[dossier])))
        .collect();
    for (txn, dossier, doubts) in judged {
        match doubts {
            None => accept(desk, txn, dossier),
            Some(rivals) => doubt(desk, txn, dossier, &rivals),
        }
    }
}

/// Why the reading is doubtful: none means it is not.
fn doubts(desk: &Desk, txn: Index, dossier: Index, named_sum: i128) -> Option<Vec<Index>> {
    let pool = desk.pool;
    let row = pool.txn(txn);
    let credited = desk.credited(dossier);
    let part_of_sum = credited + named_sum == pool.due(dossier);
    let fits = pool.fits(row, dossier, row.amount.wide()) || part_of_sum;
    let rivals = match pool.payer(row, dossier) {
        Payer::Agrees => Vec::new(),
        Payer::Unknown if fits && desk.lacks(dossier) => Vec::new(),
        _ => rivals(pool, row, dossier, |other| desk.is_open(other)),
    };
    if !rivals.is_empty() {
        return Some(rivals);
    }
    let others = credited > 0 || named_sum > row.amount.wide();
    (!fits && others).then_some(rivals)
}

/// Leaves a transaction open between the dossier it names and its rivals.
pub(super) fn doubt(desk: &mut Desk, txn: Index, dossier: Index, rivals: &[Index]) {
    let pool = desk.pool;
    let row = pool.txn(txn);
    let named = pool.dossier(dossier).code.clone();
    let mut evidence = vec![Evidence::MemoHolds(named)];
    if pool.payer(row, dossier) == Payer::Differs {
        evidence.push(Evidence::PayerDiffers);
    }
    if !pool.fits(row, dossier, row.amount.wide()) {
        let due = Vnd::from_wide(pool.due(dossier)).unwrap_or_default();
        evidence.push(Evidence::AmountDiffers(due, row.amount));
    }
    evidence.extend(rivals.iter().map(|rival| {
        let code = pool.dossier(*rival).code.clone();
        match pool.payer(row, *rival) {
            Payer::Agrees => Evidence::Rival(code),
            Payer::Unknown | Payer::Differs => Evidence::RivalOfAmount(code),
        }
    }));
    let mut readings = vec![dossier];
    readings.extend(rivals);
    let nearest = readings
        .iter()
        .map(|d| near(desk, *d, Test::Unique))
        .collect();
    let out = Out {
        nearest,
        named: readings,
        ..Out::new("ambiguous", evidence)
    };
    desk.leave(txn, out);
}

/// Leaves a transaction open between several dossiers.
pub(super) fn ambiguous(desk: &mut Desk, txn: Index, readings: Vec<Index>) {
    let codes = readings
        .iter()
        .map(|d| desk.pool.dossier(*d).code.clone())
        .collect();
    let evidence = vec![Evidence::SeveralCodes(codes)];
    let nearest = readings.iter().map(|d| near(desk, *d, Test::Sum)).collect();
    let out = Out {
        nearest,
        named: readings,
        ..Out::new("ambiguous", evidence)
    };
    desk.leave(txn, out);
}

fn near(desk: &Desk, dossier: Index, failed: Test) -> Nearest {
    let amount = Vnd::from_wide(desk.pool.due(dossier)).ok();
    Nearest {
        candidate: desk.pool.dossier(dossier).code.as_str().into(),
        amount,
        failed,
    }
}
