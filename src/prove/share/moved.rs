//! What a memo, a score or a repair put to a dossier is decided again with every other row of it.
//! While one of them is open, such a payment may be put elsewhere: it may count nowhere, its
//! dossier may lack money, and what seemed to repeat it may be the payment.

use std::collections::BTreeMap;

use super::super::books::{Books, Line, MoneyRow, Stake, class};
use super::super::memo::squeezed;
use super::super::violation::{Findings, Invariant, text};
use super::again::certain;
use super::by_item::ByItem;
use super::components::named::{by_reference, order};
use super::events::agencies;
use super::passed_over::is_told;
use super::reach::{Hull, Reach, widen};
use super::spans::{counted, must, sure_stakes, unseen};
use super::{Pair, told};
use crate::classify::{Bucket, Classified};
use crate::domain::{FeeStatus, Text, Txn};
use crate::kpi::Contribution;

const TX: &str = "TX_CASHLESS";
const AMOUNT: &str = "AMOUNT_CASHLESS";
const PAID: &str = "DOSSIER_CASHLESS";

const UNDONE: Text = text(
    "hồ sơ nộp đủ nhờ khoản còn có thể chuyển đi thì còn có thể chưa đủ",
    "a dossier paid by what may move may turn out not to be paid",
);
const AGAIN: Text = text(
    "khoản nộp lặp lại được tính khi khoản trước nó chuyển đi",
    "a repeat may be the payment once the first one moves",
);
const INSTEAD: Text = text(
    "tiền mặt còn có thể thay khoản nộp chuyển đi, vào ngày hệ thống ghi hoặc bất kỳ ngày nào",
    "counter cash may stand in the stead of a payment that moves, on a day on which nobody saw it",
);
const ELSEWHERE: Text = text(
    "khoản nộp còn có thể chuyển sang hồ sơ khác thì tính như khoản chưa rõ",
    "a payment that may be put to another dossier counts as an open one does",
);
const FREED: Text = text(
    "khoản thừa còn có thể được tính khi khoản nộp bên cạnh chuyển đi",
    "what was too much may count once the payment beside it goes",
);

/// Neither a reference of its own nor a person put it there.
pub(super) fn is_loose(books: &Books, stake: &Stake) -> bool {
    let txn = books.money[stake.money].txn();
    !stake.decided && txn.is_some_and(|txn| !by_reference(books, txn))
}

/// A payment that the rules may put elsewhere, as other rows of its dossier turn out: an open
/// payment or refund names it, other money is open and it lacks some, or the money of a line of it
/// may be found which the registry calls paid.
pub(super) fn moves(books: &Books, reach: &Reach, stake: &Stake) -> bool {
    let of = stake.dossier;
    let claimed = || reach.claims.get(&of).is_some_and(|dong| *dong > 0);
    let lacks = || {
        let totals = books.totals(of);
        !totals.says_net && totals.lacks > 0
    };
    let some = || lacks() && reach.surely_by(1).is_some();
    let unfit = || may_be_unfit(books, stake) && may_be_found(books, of);
    is_loose(books, stake) && (claimed() || reach.doubts.contains(&of) || some() || unfit())
}

/// One that may move as far as it is not told for certain here.
pub(super) fn may_move(books: &Books, reach: &Reach, stake: &Stake) -> bool {
    let of = stake.dossier;
    let went_back = books.dossiers[of].went_back;
    let lacks = || books.totals(of).lacks > 0;
    let some = || (went_back || lacks()) && reach.days().is_some();
    let touched = || reach.named.contains(&of) || some() || may_be_found(books, of);
    is_loose(books, stake) && touched()
}

/// The registry calls a line paid that nobody saw paid.
fn may_be_found(books: &Books, dossier: usize) -> bool {
    books.totals(dossier).may_be_found
}

/// It pays a land obligation, too much, or again, or its text names nobody: other money of the
/// dossier leaves it without support.
fn may_be_unfit(books: &Books, stake: &Stake) -> bool {
    let on_land = |(line, dong): &(usize, i128)| books.lines[*line].land && *dong > 0;
    let money = &books.money[stake.money];
    let silent = |text: &str| books.codes.within(&squeezed(text)).is_empty();
    let reference = |txn: &Txn| txn.order_ref.as_deref().is_none_or(silent);
    let read = || {
        let txn = money.txn();
        txn.is_some_and(|txn| silent(&txn.memo) && reference(txn))
    };
    let nameless = || *money.nameless.get_or_init(read);
    stake.parts.iter().any(on_land) || stake.surplus > 0 || !stake.settles() || nameless()
}

/// What hangs on payments that may move hangs on them in every definition.
pub(super) fn check(books: &Books, reach: &Reach, findings: &mut Findings) {
    if books.rules.start.is_some() {
        return; // clipped: what is left does not tell what was there
    }
    let own = |item: &Contribution| matches!(item.definition, TX | AMOUNT | PAID);
    let held = ByItem::new(&books.settlement.contributions, own);
    let mut moving: BTreeMap<usize, Vec<&Stake>> = BTreeMap::new();
    for (_, stake) in sure_stakes(books).filter(|(_, stake)| must(books, reach, stake)) {
        moving.entry(stake.dossier).or_default().push(stake);
    }
    let mut found = Vec::new();
    for (dossier, moving) in &moving {
        let name = format!("dossier|{}", books.dossiers[*dossier].code);
        held.of(held.find(PAID, &name), &mut found);
        let days = days(books, reach, *dossier);
        let open = |item: &&Contribution| {
            item.coupled && item.outcomes.contains(&(0, 0)) && is_whenever(item, days)
        };
        if !found.iter().all(open) {
            let (shown, days) = (super::shown(&found), format!("0/0 {days:?}"));
            findings.add(Invariant::Item, told(PAID, &name), UNDONE, days, shown);
        }
        repeats(books, *dossier, &held, findings);
        for stake in moving {
            cash_instead(books, reach, stake, &held, findings);
            elsewhere(books, reach, stake, &held, findings);
        }
        for stake in &books.dossiers[*dossier].stakes {
            let stake = &books.stakes[*stake];
            let other = |other: &&Stake| other.money != stake.money && other.settled() > 0;
            if moving.iter().any(other) {
                freed(books, stake, &held, findings);
            }
        }
    }
}

/// A payment that may be put to another dossier may count there, with its whole amount; one that
/// counts nowhere now, too.
fn elsewhere(books: &Books, reach: &Reach, stake: &Stake, held: &ByItem, findings: &mut Findings) {
    let money = &books.money[stake.money];
    let alone = money.stakes.len() == 1 && stake.returned == 0;
    let Some(txn) = money.txn().filter(|_| alone && moves(books, reach, stake)) else {
        return;
    };
    let name = format!("txn|{}|{}", txn.source, txn.id);
    let mut found = Vec::new();
    for (definition, v) in [(TX, 1), (AMOUNT, money.amount())] {
        if !is_asked(books, definition) || v <= 0 {
            continue;
        }
        held.of(held.find(definition, &name), &mut found);
        let whole = |(a, b): Pair| a == b && i128::from(b) >= v;
        let may = |item: &&Contribution| {
            let both = item.outcomes.contains(&(0, 0)) && item.outcomes.iter().any(|p| whole(*p));
            item.coupled && both
        };
        if found.is_empty() || !found.iter().all(may) {
            let (about, shown) = (told(definition, &name), super::shown(&found));
            findings.add(Invariant::Item, about, ELSEWHERE, format!("0/0,{v}"), shown);
        }
    }
}

/// The days of the money that is on a dossier, of what may have come unseen, and of what is open.
pub(super) fn days(books: &Books, reach: &Reach, dossier: usize) -> Hull {
    let mut hull = reach.sure_days();
    for stake in &books.dossiers[dossier].stakes {
        widen(&mut hull, books.money[books.stakes[*stake].money].day());
    }
    for (_, line) in counted(books, dossier).filter(|(_, line)| is_told_paid(books, line)) {
        let (from, to) = unseen(reach, line.fee);
        widen(&mut hull, from);
        widen(&mut hull, to);
    }
    hull
}

/// The registry or a provider tells that a line was paid, or may tell it.
fn is_told_paid(books: &Books, line: &Line) -> bool {
    let open = line.said.filter(|row| row.bucket == Bucket::Open);
    let waits = |row: &Classified| {
        let told = class(row);
        told.starts_with("missing_") || told == "pending" || told == "status_mismatch"
    };
    is_told(books, line).is_some() || open.is_some_and(waits)
}

/// A dossier that counts as paid may be paid otherwise on any of the days; one that lacks money is
/// told elsewhere.
fn is_whenever(item: &Contribution, days: Hull) -> bool {
    let first = item.outcomes.first().copied().unwrap_or((0, 0));
    let Some((from, to)) = days.filter(|days| first != (0, 0) && *days != (item.day, item.day))
    else {
        return true;
    };
    let mut spans = item.elsewhere.iter();
    spans.any(|span| span.outcome == first && span.from <= from && to <= span.to)
}

/// Where a payment moves, counter cash may have paid what the registry calls paid, on any day on
/// which nobody saw it.
fn cash_instead(
    books: &Books,
    reach: &Reach,
    stake: &Stake,
    held: &ByItem,
    findings: &mut Findings,
) {
    let money = &books.money[stake.money];
    let alone = money.stakes.len() == 1 && is_loose(books, stake);
    let Some(txn) = money.txn().filter(|_| alone) else {
        return;
    };
    let (mut lines, mut dong, mut days) = (0, 0, None);
    for (at, line) in counted(books, stake.dossier) {
        if stake.part(at) > 0 && line.fee.status == FeeStatus::Paid {
            let (from, to) = unseen(reach, line.fee);
            widen(&mut days, from);
            widen(&mut days, to);
            lines += 1;
            dong += line.due();
        }
    }
    let Some((from, to)) = days else { return };
    let name = format!("txn|{}|{}", txn.source, txn.id);
    let mut found = Vec::new();
    for (definition, least) in [(TX, lines), (AMOUNT, dong)] {
        held.of(held.find(definition, &name), &mut found);
        let cash = |(a, b): Pair| a == 0 && i128::from(b) >= least;
        let may = |item: &&Contribution| {
            let mut spans = item.elsewhere.iter();
            let here = (from, to) == (item.day, item.day);
            let now = here && item.outcomes.iter().any(|pair| cash(*pair));
            now || spans.any(|s| cash(s.outcome) && s.from <= from && to <= s.to)
        };
        if !found.iter().all(may) {
            let (shown, wanted) = (super::shown(&found), format!("0/{least} {from}..{to}"));
            findings.add(
                Invariant::Item,
                told(definition, &name),
                INSTEAD,
                wanted,
                shown,
            );
        }
    }
}

/// Money that found no room counts once the money beside it goes, for as much as its lines owe.
fn freed(books: &Books, stake: &Stake, held: &ByItem, findings: &mut Findings) {
    let money = &books.money[stake.money];
    let there = stake.settles() && !stake.undone && stake.returned == 0;
    if !there || money.stakes.len() > 1 || stake.settled() > 0 || stake.surplus == 0 {
        return;
    }
    let (name, due, a) = match money.row {
        MoneyRow::Receipt(receipt) => {
            let (code, fee) = (receipt.dossier_code.as_str(), receipt.fee_id.as_str());
            let line = books.line_at(code, fee);
            let mut lines = counted(books, stake.dossier);
            let line = lines.find(|(at, _)| Some(*at) == line);
            let name = format!("receipt|{code}|{}", receipt.receipt_id);
            (name, line.map_or(0, |(_, line)| line.due()), 0)
        }
        MoneyRow::Txn(txn) => {
            let order = order(books, txn);
            let some = order.is_some_and(|order| !order.fee_ids.is_empty());
            let lines = counted(books, stake.dossier).filter(|_| !some);
            let due = lines.map(|(_, line)| line.due()).sum();
            (format!("txn|{}|{}", txn.source, txn.id), due, 1)
        }
    };
    // a receipt over another amount may stand for its line
    let least = if money.is_cash() {
        due
    } else {
        due.min(money.amount())
    };
    if least <= 0 || !is_asked(books, AMOUNT) {
        return;
    }
    let mut found = Vec::new();
    held.of(held.find(AMOUNT, &name), &mut found);
    let counts = |item: &&Contribution| {
        let reaches = |(x, b): Pair| i128::from(b) >= least && x == a * b;
        item.coupled && super::pairs(item).any(reaches)
    };
    if found.is_empty() || !found.iter().all(counts) {
        let shown = super::shown(&found);
        let about = told(AMOUNT, &name);
        findings.add(Invariant::Item, about, FREED, least, shown);
    }
}

fn is_asked(books: &Books, definition: &str) -> bool {
    books.inputs.business_date.is_some() || super::figures::is_wanted(books, definition)
}

/// Each payment that certainly repeats another one of the dossier may count.
fn repeats(books: &Books, dossier: usize, held: &ByItem, findings: &mut Findings) {
    let mut found = Vec::new();
    for stake in &books.dossiers[dossier].stakes {
        let stake = &books.stakes[*stake];
        let money = &books.money[stake.money];
        let alone = money.stakes.len() == 1 && !stake.undone && stake.returned == 0;
        let repeat = !stake.settles() && certain(books, money, stake) == Some(true);
        let counts = money.amount() > 0 && !agencies(books, stake).is_empty();
        let Some(txn) = money.txn().filter(|_| alone && repeat && counts) else {
            continue;
        };
        let name = format!("txn|{}|{}", txn.source, txn.id);
        for definition in [TX, AMOUNT] {
            if !is_asked(books, definition) {
                continue;
            }
            held.of(held.find(definition, &name), &mut found);
            let may = |item: &&Contribution| {
                item.coupled && super::pairs(item).any(|(_, counts)| counts > 0)
            };
            if found.is_empty() || !found.iter().all(may) {
                let shown = super::shown(&found);
                findings.add(
                    Invariant::Item,
                    told(definition, &name),
                    AGAIN,
                    "v/v",
                    shown,
                );
            }
        }
    }
}
