//! Payments that people put to the lines of a dossier: in any order, after what nobody had seen.

use crate::matching::desk::Credit;
use crate::matching::ledger::Ledger;
use crate::matching::pool::{Index, Payer};

use super::super::facts::Facts;

/// Payments that a person puts to lines.
pub(super) struct Placed {
    /// The payments, each with its lines.
    pub(super) credits: Vec<Credit>,
    /// The lines that were paid otherwise before, as bits of what is unseen.
    pub(super) found: u32,
}

/// With more payments of one dossier than this nothing is resolved: too many orders.
const PLACED_MAX: usize = 8;
/// With more lines of one dossier than this whose money nobody has seen, likewise.
const UNSEEN_MAX: usize = 11;

/// The ways in which payments are put to what a dossier lacks, one after the other, without moving
/// what is there: after any of the unseen lines was paid otherwise, and in any order as far as
/// that decides which of them reaches a line. `by_hand` is false where one is linked by its own
/// text, and placed so only after money that was unseen.
pub(super) fn placed(
    facts: &Facts,
    base: &Ledger,
    more: &[Credit],
    unseen: &[usize],
    by_hand: bool,
) -> Option<Vec<Placed>> {
    if more.len() > PLACED_MAX || unseen.len() > UNSEEN_MAX {
        return None;
    }
    let mut all = Vec::new();
    if more.is_empty() {
        return Some(all);
    }
    let mut in_time = more.to_vec();
    in_time.sort_by_key(|credit| credit.money.order(facts.pool));
    for found in 0..1_u32 << unseen.len() {
        if found == 0 && !by_hand {
            continue;
        }
        let is_found = |l: usize| {
            let place = unseen.iter().position(|line| *line == l);
            place.is_some_and(|place| found >> place & 1 == 1)
        };
        let room: Vec<(Index, i128)> = base
            .lines
            .iter()
            .enumerate()
            .filter(|(l, _)| !is_found(*l))
            .map(|(_, line)| (line.fee, line.lacking()))
            .collect();
        for first in 0..1_usize << in_time.len() {
            let is_first = |n: &usize| first >> n & 1 == 1;
            let (mut order, rest): (Vec<usize>, Vec<usize>) =
                (0..in_time.len()).partition(is_first);
            order.extend(rest);
            let credits = order.iter().map(|n| in_time[*n].clone());
            all.extend(put_down(credits, &room).map(|credits| Placed { credits, found }));
        }
    }
    Some(all)
}

/// Each payment on what the ones before it left; none where one finds no room.
fn put_down(credits: impl Iterator<Item = Credit>, room: &[(Index, i128)]) -> Option<Vec<Credit>> {
    let mut room = room.to_vec();
    let mut all = Vec::new();
    for mut credit in credits {
        let (mut left, mut parts) = (credit.amount, Vec::new());
        for (fee, lacking) in &mut room {
            let part = left.min(*lacking);
            if part > 0 {
                (left, *lacking) = (left - part, *lacking - part);
                parts.push((*fee, i64::try_from(part).ok()?));
            }
        }
        if parts.is_empty() {
            return None;
        }
        credit.decided = Some(parts);
        credit.payer = Payer::Agrees;
        all.push(credit);
    }
    Some(all)
}
