//! Pass 10: the rest. Every row that still waits gets the class of its reading, with the nearest
//! candidates and the first test each failed.

use std::collections::BTreeMap;

use crate::domain::{Text, Vnd};

use super::super::desk::{Desk, Out};
use super::super::evidence::{Nearest, Test};
use super::super::pool::{Index, at};
use super::super::reading::Reading;
use super::Pass;
use super::batch::{NearDays, sessions};

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "rest",
    label: Text {
        vi: "Phần còn lại",
        en: "The rest",
    },
    run,
};

/// At most this many candidates are shown.
const NEAREST_MAX: usize = 3;

fn run(desk: &mut Desk) {
    let open = open_dossiers(desk);
    let sessions = sessions(desk.pool);
    let days = NearDays::new(desk, &sessions);
    for txn in desk.waiting() {
        let row = desk.pool.txn(txn);
        let Reading::Nothing { class, said } = desk.readings[at(txn)].clone() else {
            continue;
        };
        let (mut evidence, mut nearest) = (said.evidence, said.nearest);
        if let Some((said, near)) = desk.notes.remove(&txn) {
            evidence.extend(said);
            nearest.extend(near);
        }
        nearest.extend(days.of(desk.pool, row));
        let same = open.get(&row.amount.wide()).map_or(&[][..], Vec::as_slice);
        let room = NEAREST_MAX.saturating_sub(nearest.len());
        let shown: Vec<Box<str>> = nearest.iter().map(|near| near.candidate.clone()).collect();
        // nobody paid for a dossier that had not come yet
        let there = |d: &&Index| {
            let window = desk.pool.window(**d);
            window.is_none_or(|(first, _)| first <= row.paid_on)
        };
        let codes = same.iter().filter(there);
        let codes = codes.map(|d| desk.pool.dossier(*d).code.as_str());
        let unseen = codes.filter(|code| shown.iter().all(|known| **known != **code));
        nearest.extend(unseen.take(room).map(|code| Nearest {
            candidate: code.into(),
            amount: Some(row.amount),
            failed: Test::Named,
        }));
        let out = Out::new(class, evidence);
        desk.leave(txn, Out { nearest, ..out });
    }
}

/// Dossiers that still lack money, by what they lack.
fn open_dossiers(desk: &Desk) -> BTreeMap<i128, Vec<Index>> {
    let mut open: BTreeMap<i128, Vec<Index>> = BTreeMap::new();
    for (dossier, ledger) in desk.ledgers.iter() {
        let lacking: i128 = ledger.lines.iter().map(|line| line.lacking()).sum();
        let certified = desk.set_of.contains_key(&dossier);
        if lacking > 0 && !certified && Vnd::from_wide(lacking).is_ok() {
            open.entry(lacking).or_default().push(dossier);
        }
    }
    open
}
