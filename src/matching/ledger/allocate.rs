//! Payments onto lines: a payment that equals exactly one open line settles that line, else the
//! waterfall, phí before lệ phí.

use super::super::desk::Money;
use super::super::pool::{Payer, Pool};
use super::large::{payment as in_large, repeat as repeat_in_large};
use super::net::net;
use super::room::Over;
use super::{Effect, Ledger};

/// Allocates one entry, those before it being done; a reversed one is shown on the lines it would
/// have settled, without effect.
pub(super) fn entry(pool: &Pool, ledger: &mut Ledger, e: usize) {
    if ledger.entries[e].reversed {
        show_reversed(ledger, e);
    } else if ledger.entries[e].credit.decided.is_some() {
        decided(ledger, e);
    } else if matches!(ledger.entries[e].credit.money, Money::Receipt(_)) {
        receipt(pool, ledger, e);
    } else {
        payment(pool, ledger, e);
    }
}

/// Puts `amount` of entry `e` on line `l`.
pub(super) fn put(ledger: &mut Ledger, e: usize, l: usize, amount: i128) {
    if amount <= 0 {
        return;
    }
    let line = &mut ledger.lines[l];
    line.paid += amount;
    if matches!(ledger.entries[e].credit.money, Money::Txn(_)) {
        line.cashless += amount;
    }
    if line.lacking() == 0 && line.completed_by.is_none() {
        line.completed_by = Some(e);
    }
    if let Some(room) = &mut ledger.room {
        room.sync(l, line);
        room.settles(e, ledger.entries[e].credit.amount, l);
    }
    let parts = &mut ledger.entries[e].parts;
    if parts.is_empty() {
        ledger.settling.push(e);
        // nearly always the only one
        parts.reserve_exact(1);
    }
    parts.push((l, amount));
}

fn decided(ledger: &mut Ledger, e: usize) {
    let parts = ledger.entries[e].credit.decided.clone().unwrap_or_default();
    for (fee, amount) in parts {
        if let Some(l) = ledger.place(fee) {
            let room = ledger.lines[l].lacking();
            put(ledger, e, l, i128::from(amount).min(room));
        }
    }
    let settled: i128 = ledger.entries[e]
        .parts
        .iter()
        .map(|(_, amount)| amount)
        .sum();
    let lacks = |(l, _): &(usize, i128)| ledger.lines[*l].lacking() > 0;
    ledger.entries[e].short = ledger.entries[e].parts.iter().any(lacks);
    let beyond = ledger.entries[e].credit.amount - settled;
    let lines: Vec<usize> = ledger.entries[e].parts.iter().map(|(l, _)| *l).collect();
    if beyond > 0 {
        surplus(ledger, e, &lines, beyond);
    }
}

/// The lines that an entry may settle.
fn eligible(ledger: &Ledger, e: usize) -> Vec<usize> {
    let Some(only) = ledger.entries[e].credit.lines.as_ref() else {
        return (0..ledger.lines.len()).collect();
    };
    let places = only.iter().filter_map(|fee| ledger.place(*fee));
    let mut lines: Vec<usize> = places.collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn receipt(pool: &Pool, ledger: &mut Ledger, e: usize) {
    let Some(l) = eligible(ledger, e).first().copied() else {
        return;
    };
    let amount = ledger.entries[e].credit.amount;
    let room = ledger.lines[l].lacking();
    if room == 0 && repeat(pool, ledger, e, &[l]) {
        return;
    }
    let due = ledger.lines[l].due;
    put(ledger, e, l, amount.min(room));
    if amount > room && amount == due {
        // the receipt is right, other money was there before it
        surplus(ledger, e, &[l], amount - room);
    } else if amount != room {
        ledger.entries[e].surplus = (amount - room).max(0);
        ledger.entries[e].surplus_on = Some(l);
        ledger.entries[e].receipt_differs = true;
        ledger.entries[e].line_got = (due - room).max(0) + amount;
        ledger.lines[l].receipt_differs = Some(e);
    }
}

fn payment(pool: &Pool, ledger: &mut Ledger, e: usize) {
    let amount = ledger.entries[e].credit.amount;
    let bound = ledger.entries[e].credit.lines.is_some();
    if let [line] = ledger.lines.as_slice()
        && !bound
        && amount > 0
        && line.lacking() == amount
    {
        // the only line, paid exactly
        put(ledger, e, 0, amount);
        return;
    }
    if ledger.room.is_some() && !bound && amount > 0 {
        in_large(pool, ledger, e, amount);
        return;
    }
    let lines = fitting(ledger, eligible(ledger, e), amount);
    let open: i128 = lines.iter().map(|l| ledger.lines[*l].lacking()).sum();
    if open == 0 {
        if !repeat(pool, ledger, e, &lines) {
            surplus(ledger, e, &lines, amount);
        }
        return;
    }
    let equal: Vec<usize> = lines
        .iter()
        .copied()
        .filter(|l| ledger.lines[*l].lacking() == amount)
        .collect();
    if let [l] = equal.as_slice() {
        put(ledger, e, *l, amount);
        return;
    }
    if amount < open && net(pool, ledger, e, &lines, open) {
        return;
    }
    let mut rest = amount;
    for l in &lines {
        let part = rest.min(ledger.lines[*l].lacking());
        put(ledger, e, *l, part);
        rest -= part;
    }
    ledger.entries[e].short = amount < open && (equal.is_empty() || leaves_some(ledger, e));
    if rest > 0 {
        surplus(ledger, e, &lines, rest);
    }
}

/// True when a payment left some of a line open: an amount that equals a line paid that line,
/// unless another one came before it that took some.
pub(super) fn leaves_some(ledger: &Ledger, e: usize) -> bool {
    let mut parts = ledger.entries[e].parts.iter();
    parts.any(|(l, _)| ledger.lines[*l].lacking() > 0)
}

/// The lines that an amount is spread over: fees, without land obligations, unless it equals an
/// open land line or everything open, or there is nothing else.
fn fitting(ledger: &Ledger, lines: Vec<usize>, amount: i128) -> Vec<usize> {
    let lacking = |l: &usize| ledger.lines[*l].lacking();
    let land = |l: &usize| ledger.lines[*l].land;
    let fees: Vec<usize> = lines.iter().copied().filter(|l| !land(l)).collect();
    let open_fees: i128 = fees.iter().map(lacking).sum();
    if fees.is_empty() || fees.len() == lines.len() || open_fees == amount {
        return if fees.is_empty() { lines } else { fees };
    }
    let land_line = lines
        .iter()
        .copied()
        .find(|l| land(l) && lacking(l) == amount);
    let everything: i128 = lines.iter().map(lacking).sum();
    match land_line {
        _ if fees.iter().any(|l| lacking(l) == amount) => fees,
        Some(l) => vec![l],
        None if everything == amount => lines,
        None => fees,
    }
}

/// Too much: what is beyond goes to the last line by name.
pub(super) fn surplus(ledger: &mut Ledger, e: usize, lines: &[usize], amount: i128) {
    ledger.entries[e].surplus = amount;
    ledger.entries[e].surplus_on = lines.last().copied();
    if let Some(last) = lines.last() {
        ledger.lines[*last].overpaid_by = Some(e);
    }
}

/// Nothing is open: is it the same thing again?
fn repeat(pool: &Pool, ledger: &mut Ledger, e: usize, lines: &[usize]) -> bool {
    if ledger.room.is_some() {
        return repeat_in_large(pool, ledger, e, Over::These(lines));
    }
    let amount = ledger.entries[e].credit.amount;
    let settled = |other: &usize| {
        let entry = &ledger.entries[*other];
        let kept = !entry.reversed && entry.returned < entry.credit.amount;
        *other != e && entry.effect == Effect::Settles && kept && !entry.parts.is_empty()
    };
    let touches = |other: &usize| {
        ledger.entries[*other]
            .parts
            .iter()
            .any(|(l, _)| lines.contains(l))
    };
    let earlier = ledger.settling.iter().copied().filter(|o| *o < e);
    let earlier: Vec<usize> = earlier.filter(|o| settled(o) && touches(o)).collect();
    let same = earlier
        .iter()
        .copied()
        .find(|o| ledger.entries[*o].credit.amount == amount);
    let total: i128 = lines.iter().map(|l| ledger.lines[*l].due).sum();
    let line = lines
        .iter()
        .copied()
        .find(|l| ledger.lines[*l].due == amount);
    let (of, twice) = match (same, earlier.first().copied()) {
        (Some(of), _) => (
            of,
            ledger.entries[of].parts.iter().map(|(l, _)| *l).collect(),
        ),
        (None, Some(of)) if total == amount => (of, lines.to_vec()),
        (None, Some(_)) => {
            let Some(l) = line else { return false };
            let payer = earlier
                .iter()
                .copied()
                .find(|o| ledger.entries[*o].parts.iter().any(|(part, _)| *part == l));
            let Some(of) = payer else { return false };
            (of, vec![l])
        }
        (None, None) => return false,
    };
    again(pool, ledger, e, of, twice);
    true
}

/// Notes that an entry pays these lines again, as entry `of` did.
pub(super) fn again(pool: &Pool, ledger: &mut Ledger, e: usize, of: usize, twice: Vec<usize>) {
    let certain = is_certain(pool, ledger, e, of);
    for l in &twice {
        ledger.lines[*l].duplicates.push(e);
    }
    ledger.entries[e].effect = Effect::Duplicate {
        of,
        certain,
        lines: twice,
    };
}

/// The same order, or the same payer and amount; two receipts of one line and amount.
fn is_certain(pool: &Pool, ledger: &Ledger, e: usize, of: usize) -> bool {
    let (again, first) = (&ledger.entries[e].credit, &ledger.entries[of].credit);
    match (again.money, first.money) {
        (Money::Txn(a), Money::Txn(b)) => {
            let (a, b) = (pool.txn(a), pool.txn(b));
            let order = a.order_ref.is_some() && a.order_ref == b.order_ref && a.source == b.source;
            let fold = crate::domain::fold::fold_name;
            let person = !a.payer.is_empty() && fold(&a.payer) == fold(&b.payer);
            order || (person && a.amount == b.amount)
        }
        (Money::Receipt(_), Money::Receipt(_)) => again.amount == first.amount,
        _ => false,
    }
}

/// A payment that came first from a stranger, while a later equal one is from the fee's payer: not
/// a duplicate but a question.
pub(super) fn doubtful(pool: &Pool, ledger: &mut Ledger) {
    let mut left = Vec::new();
    for e in 0..ledger.entries.len() {
        let Effect::Duplicate { of, ref lines, .. } = ledger.entries[e].effect else {
            continue;
        };
        let (again, first) = (&ledger.entries[e].credit, &ledger.entries[of].credit);
        let earlier = again.money.order(pool) < first.money.order(pool);
        if earlier && again.payer == Payer::Differs && first.payer == Payer::Agrees {
            left.extend_from_slice(lines);
            ledger.entries[e].effect = Effect::Doubtful { of };
        }
    }
    left.sort_unstable();
    left.dedup();
    for l in left {
        let repeats = |e: &usize| matches!(ledger.entries[*e].effect, Effect::Duplicate { .. });
        ledger.lines[l].duplicates.retain(repeats);
    }
}

/// A reversed payment is shown on the lines it had settled.
fn show_reversed(ledger: &mut Ledger, e: usize) {
    let (amount, bound) = (
        ledger.entries[e].credit.amount,
        ledger.entries[e].credit.lines.is_some(),
    );
    let lines = if bound {
        eligible(ledger, e)
    } else {
        Vec::new()
    };
    let exact = match &ledger.room {
        Some(room) if !bound => room.is_due(amount),
        _ if bound => lines
            .iter()
            .copied()
            .find(|l| ledger.lines[*l].due == amount),
        _ => ledger.lines.iter().position(|line| line.due == amount),
    };
    let wanted: Box<dyn Iterator<Item = usize>> = match exact {
        Some(l) => Box::new(std::iter::once(l)),
        None if bound => Box::new(lines.into_iter()),
        None => Box::new(0..ledger.lines.len()),
    };
    let mut rest = amount;
    for l in wanted {
        if rest <= 0 {
            break;
        }
        let line = &mut ledger.lines[l];
        let part = rest.min(line.due);
        if part > 0 {
            line.reversed += part;
            line.touched_by_refund = true;
            ledger.entries[e].parts.push((l, part));
            rest -= part;
        }
    }
    ledger.entries[e].surplus = rest;
}
