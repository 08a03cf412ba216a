//! Pure: how far an exception moves a verdict that is open.

use std::collections::BTreeMap;

use crate::domain::ExceptionId;
use crate::kpi::{Scope, Share, Verdict};
use crate::settle::Settlement;

/// How far each exception moves an open verdict: the distance between its best and its worst
/// outcome against the target.
pub(super) fn moves<'s>(
    settlement: &'s Settlement,
    share: &Share,
) -> BTreeMap<&'s ExceptionId, i128> {
    let mut moves: BTreeMap<&ExceptionId, i128> = BTreeMap::new();
    let Some(target) = share
        .target
        .filter(|_| share.verdict == Some(Verdict::Undecided))
    else {
        return moves;
    };
    let worth = |(a, b): &(i64, i64)| target.den * i128::from(*a) - target.num * i128::from(*b);
    let mine = settlement
        .contributions
        .iter()
        .filter(|item| item.definition == share.definition && item.scope == Scope::Total);
    for item in mine {
        let Some(outcomes) = item.within(&share.period) else {
            continue;
        };
        let best = outcomes.iter().map(worth).max().unwrap_or(0);
        let worst = outcomes.iter().map(worth).min().unwrap_or(0);
        for id in &item.exceptions {
            let moved = moves.entry(id).or_default();
            *moved = (*moved).max(best - worst);
        }
    }
    moves
}
