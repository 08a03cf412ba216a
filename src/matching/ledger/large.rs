//! Payments onto the lines of a large ledger: as `allocate` puts them onto those of a small one,
//! with what is open looked up instead of looked through.

use super::super::pool::Pool;
use super::Ledger;
use super::allocate::{again, leaves_some, put, surplus};
use super::net::{NetOf, put_net};
use super::room::Over;

/// A payment that may be for every line.
pub(super) fn payment(pool: &Pool, ledger: &mut Ledger, e: usize, amount: i128) {
    let Some(room) = &ledger.room else { return };
    let mut equal = room.main.lack(amount);
    let (first, second) = (equal.next(), equal.next());
    drop(equal);
    let open = room.main.lacking;
    if first.is_none() && open != amount {
        let land = room.land.lack(amount).next();
        if let Some(l) = land {
            put(ledger, e, l, amount);
            return;
        }
        if open + room.land.lacking == amount {
            let mut lines: Vec<usize> = room.main.open.union(&room.land.open).copied().collect();
            lines.sort_unstable();
            spread(ledger, e, lines, amount);
            return;
        }
    }
    if open == 0 {
        if !repeat(pool, ledger, e, Over::Main) {
            let last = last_line(ledger);
            surplus(ledger, e, last.as_slice(), amount);
        }
        return;
    }
    if let (Some(l), None) = (first, second) {
        put(ledger, e, l, amount);
        return;
    }
    if amount < open
        && let Some(fees) = NetOf::new(pool, ledger, e)
    {
        let whole = fees
            .is_of(open)
            .then(|| room.main.open.iter().copied().collect());
        let target: Option<Vec<usize>> = whole.or_else(|| fees.only(&room.main).map(|l| vec![l]));
        if let Some(target) = target {
            put_net(ledger, e, &target);
            return;
        }
    }
    let lines = room.main.open.iter().copied();
    let mut reached = 0;
    let lines = lines.take_while(|l| {
        let before = reached;
        reached += ledger.lines[*l].lacking();
        before < amount
    });
    let lines: Vec<usize> = lines.collect();
    let rest = spread(ledger, e, lines, amount);
    ledger.entries[e].short = amount < open && (first.is_none() || leaves_some(ledger, e));
    if rest > 0 {
        let last = last_line(ledger);
        surplus(ledger, e, last.as_slice(), rest);
    }
}

/// The last of the lines that money is spread over.
fn last_line(ledger: &Ledger) -> Option<usize> {
    ledger.room.as_ref()?.main.lines.last().copied()
}

/// Spreads an amount over lines; what is left of it.
fn spread(ledger: &mut Ledger, e: usize, lines: Vec<usize>, amount: i128) -> i128 {
    let mut rest = amount;
    for l in lines {
        let part = rest.min(ledger.lines[l].lacking());
        put(ledger, e, l, part);
        rest -= part;
    }
    rest
}

/// Nothing is open: is it the same thing again?
pub(super) fn repeat(pool: &Pool, ledger: &mut Ledger, e: usize, over: Over) -> bool {
    let Some(mut room) = ledger.room.take() else {
        return false;
    };
    let amount = ledger.entries[e].credit.amount;
    let entries = &ledger.entries;
    let same = room.first(entries, over, Some(amount));
    let any = room.first(entries, over, None);
    let due = |l: &usize| ledger.lines[*l].due;
    let found = match (same, any) {
        (Some(of), _) => {
            let lines = entries[of].parts.iter().map(|(l, _)| *l);
            Some((of, lines.collect()))
        }
        (None, None) => None,
        (None, Some(of)) => {
            let (total, all, line) = match over {
                Over::Main => {
                    let all = &room.main.lines;
                    (room.main.due, all.as_slice(), room.main.is_due(amount))
                }
                Over::These(lines) => {
                    let line = lines.iter().copied().find(|l| due(l) == amount);
                    (lines.iter().map(due).sum(), lines, line)
                }
            };
            if total == amount {
                Some((of, all.to_vec()))
            } else {
                line.and_then(|l| {
                    let payer = room.first(entries, Over::These(&[l]), None)?;
                    Some((payer, vec![l]))
                })
            }
        }
    };
    ledger.room = Some(room);
    let Some((of, twice)) = found else {
        return false;
    };
    again(pool, ledger, e, of, twice);
    true
}
