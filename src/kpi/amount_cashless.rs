//! `AMOUNT_CASHLESS`: dong paid without cash over all dong paid, net of refunds and reversals, at
//! most what was due.

use crate::classify::Classified;
use crate::domain::{AgencyCode, Text};
use crate::matching::desk::Money;
use crate::matching::ledger::{Effect, Entry, Ledger, Line};
use crate::matching::pool::index;

use super::Definition;
use super::agencies::Agencies;
use super::facts::{Facts, Open};
use super::hanging::Room;
use super::item::{Item, Name};
use super::share::{Elsewhere, Scope};
use super::tally::Tally;
use super::unread::{self, Unit};

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "AMOUNT_CASHLESS",
    name: Text {
        vi: "Tỷ lệ giá trị không dùng tiền mặt",
        en: "Cashless share of money",
    },
    unit: Text {
        vi: "đồng",
        en: "dong",
    },
    formula: Text {
        vi: "Số tiền thu không dùng tiền mặt trên tổng số tiền thu, tối đa bằng số phải thu; theo ngày thanh toán.",
        en: "Dong collected without cash over all dong collected, at most what was due; by day of payment.",
    },
    enough: |_, _| true,
    distinct: |_| None,
    contributions: |facts, out| {
        contributions(facts, out);
        unread::items(facts, (DEFINITION.id, Unit::Dong), facts.last_day, out);
    },
};

/// The same without the rows that could not be read.
pub(super) fn contributions(facts: &Facts, out: &mut Tally) {
    for i in 0..facts.pool.inputs.txns.len() {
        transaction(facts, index(i), out);
    }
    for (i, receipt) in facts.pool.inputs.receipts.iter().enumerate() {
        if let Some(dossier) = facts.plain(Money::Receipt(index(i))) {
            let (name, day) = (Name::Receipt(receipt), receipt.collected_at.day());
            let item = Item::plain(DEFINITION.id, name, day);
            let agency = facts.pool.dossier(dossier).agency;
            let dong = receipt.amount.get();
            item.spread(&Agencies::one(agency), &[(0, dong)], out);
            continue;
        }
        let exceptions = facts.receipt_exceptions(index(i));
        let (name, day) = (Name::Receipt(receipt), receipt.collected_at.day());
        let item = Item::new(DEFINITION.id, name, day, exceptions);
        let dong = receipt.amount.get();
        let own = Agencies::one(&receipt.agency_code);
        let nowhere = || facts.entries(Money::Receipt(index(i))).next().is_none();
        match facts
            .receipt_row(index(i))
            .map_or("", Classified::counts_as)
        {
            "conflict" => {
                let largest = largest(facts, &receipt.key()).max(dong);
                item.spread(&own, &[(0, 0), (0, largest)], out);
            }
            "receipt_mismatch" if nowhere() => {
                item.spread(&own, &[(0, 0), (0, dong)], out);
            }
            _ => settled(facts, Money::Receipt(index(i)), &item, out),
        }
    }
    fees(facts, out);
}

/// A payment or receipt: where an open row may take its place, it may be the repeat. What takes the
/// place of a payment counts by itself, on its own day. Where an open row may move other money of
/// its dossier, what was too much of it may settle lines.
fn settled(facts: &Facts, money: Money, item: &Item, out: &mut Tally) {
    let (mut displacing, mut instead, mut freed) = (Vec::new(), Vec::new(), false);
    let mut counts = false;
    for (dossier, ledger, entry) in facts.entries(money) {
        counts |= ledger.lines.iter().any(|line| !line.land);
        displacing.extend(facts.displacing(dossier, entry));
        displacing.extend(facts.again(dossier, entry));
        freed |= !facts.freed_by(dossier, entry).is_empty();
        let cash = facts.cash_instead(ledger, entry);
        instead.extend(cash.filter(|_| facts.is_replaced(dossier, entry)));
    }
    let room = facts.may_find_room(money);
    if displacing.is_empty() && room.dong == 0 {
        return in_ledgers(facts, money, item, out);
    }
    let mut own = Tally::of_each();
    in_ledgers(facts, money, item, &mut own);
    if room.dong > 0 {
        find_room(money, &room, item, &mut own);
    }
    let displaced = !displacing.is_empty();
    // of a dossier that owes land obligations alone nothing counts
    let elsewhere = freed || displaced && counts && own.items.is_empty();
    if let Some(txn) = money.txn().filter(|_| elsewhere) {
        put_elsewhere(facts.gross(txn), item, &mut own);
    }
    for contribution in &mut own.items {
        contribution.coupled = true;
        let exceptions = displacing.iter().chain(&room.exceptions);
        contribution.exceptions.extend(exceptions.cloned());
        if !contribution.outcomes.contains(&(0, 0)) {
            contribution.outcomes.push((0, 0));
        }
        for &(_, due, (from, to)) in instead.iter().filter(|_| displaced) {
            let outcome = (0, due);
            contribution.outcomes.push(outcome);
            contribution.elsewhere.push(Elsewhere { from, to, outcome });
        }
        contribution.elsewhere.sort_unstable();
        contribution.elsewhere.dedup();
    }
    out.items.append(&mut own.items);
}

/// A payment that may be put elsewhere counts there as an open one does; one that counts nowhere
/// now, in whatever agency.
fn put_elsewhere(gross: i64, item: &Item, own: &mut Tally) {
    if own.items.is_empty() {
        item.anywhere(&[(0, 0), (gross, gross)], own);
    }
    for made in &mut own.items {
        if !made.outcomes.contains(&(gross, gross)) {
            made.outcomes.push((gross, gross));
        }
    }
}

/// Adds the most that money may settle once there is room for it.
fn find_room(money: Money, room: &Room, item: &Item, own: &mut Tally) {
    let most = dong(room.dong);
    let most = (if money.txn().is_some() { most } else { 0 }, most);
    let scopes = room.agencies.iter().cloned().map(Scope::Agency);
    for scope in std::iter::once(Scope::Total).chain(scopes) {
        match own.items.iter_mut().find(|made| made.scope == scope) {
            Some(made) if made.outcomes.contains(&most) => {}
            Some(made) => made.outcomes.push(most),
            None => own.items.push(item.within(scope, vec![(0, 0), most])),
        }
    }
}

/// The largest amount among the versions of a contradictory row.
fn largest(facts: &Facts, key: &crate::domain::RowKey) -> i64 {
    let conflicts = facts.pool.inputs.conflicts.iter().filter(|c| c.key == *key);
    conflicts.map(|c| c.largest.get()).max().unwrap_or(0)
}

fn transaction(facts: &Facts, i: u32, out: &mut Tally) {
    let row = facts.pool.txn(i);
    if let Some(dossier) = facts.plain(Money::Txn(i)) {
        let item = Item::plain(DEFINITION.id, Name::Txn(row), row.paid_on);
        let agency = facts.pool.dossier(dossier).agency;
        let dong = row.amount.get();
        return item.spread(&Agencies::one(agency), &[(dong, dong)], out);
    }
    let exceptions = facts.txn_exceptions(i);
    let mut item = Item::new(DEFINITION.id, Name::Txn(row), row.paid_on, exceptions);
    if let Some(agency) = facts.desk.certified_agency(i) {
        let dong = facts.largest(i);
        item.spread(&Agencies::one(&agency), &[(dong, dong)], out);
        return;
    }
    match facts.open(i) {
        Open::Nothing => settled(facts, Money::Txn(i), &item, out),
        Open::Fee => of_a_fee(facts, i, &item, out),
        Open::Credit => {
            let dong = facts.gross(i);
            // more than its amount only as the net of what some dossier owes
            item.coupled = dong != facts.largest(i) || facts.hangs(i) || facts.hangs_on_sum(i);
            item.anywhere(&[(0, 0), (dong, dong)], out);
        }
        Open::Refund => {
            let back = facts.most_back(i);
            item.may_go_back(&facts.named(i), back, facts.days_before(i), out);
        }
    }
}

/// A payment of one of several dossiers: at most what they lack.
fn of_a_fee(facts: &Facts, i: u32, item: &Item, out: &mut Tally) {
    let (least, greatest) = facts.part_of_named(i);
    let (least, greatest) = (dong(least), dong(greatest));
    let most = dong(facts.most_of_named(i)).max(greatest);
    let mut outcomes = vec![(greatest, greatest)];
    outcomes.extend((least < greatest).then_some((least, least)));
    outcomes.extend((greatest < most).then_some((most, most)));
    if !facts.is_fee_whatever_comes(i) {
        outcomes.push((0, 0));
    }
    let mut total = item.clone();
    total.coupled = true;
    out.total(&total, &outcomes);
    let first = facts.first_named(i);
    for agency in facts.named(i).iter() {
        // the point figures of the agencies add up to the total's
        let mut outcomes = vec![(0, 0), (greatest, greatest)];
        if first == Some(agency) {
            outcomes.reverse();
        }
        outcomes.extend((greatest < most).then_some((most, most)));
        out.agency(item, agency, &outcomes);
    }
}

/// Dong by agency: (as booked, by the other reading).
type Kept<'a> = Vec<(&'a AgencyCode, (i64, i64))>;

fn add<'a>(kept: &mut Kept<'a>, agency: &'a AgencyCode, sure: i64, other: i64) {
    match kept.iter_mut().find(|(known, _)| *known == agency) {
        Some((_, sum)) => {
            sum.0 += sure;
            sum.1 += other;
        }
        None => kept.push((agency, (sure, other))),
    }
}

/// What a money row may count for, by agency, and over all.
#[derive(Default)]
struct Perhaps<'a> {
    kept: Kept<'a>,
    total: i64,
}

impl<'a> Perhaps<'a> {
    /// On a land obligation it counts nowhere.
    fn add(&mut self, agencies: &Agencies<'a>, dong: i64) {
        self.total += if agencies.is_empty() { 0 } else { dong };
        for agency in agencies.iter() {
            add(&mut self.kept, agency, dong, 0);
        }
    }
}

/// What a money row keeps on the lines of each agency.
fn in_ledgers(facts: &Facts, money: Money, item: &Item, out: &mut Tally) {
    let cashless = matches!(money, Money::Txn(_));
    let pair = |dong: i64| (if cashless { dong } else { 0 }, dong);
    let (mut kept, mut perhaps): (Option<Kept>, _) = (None, Perhaps::default());
    for (dossier, ledger, entry) in facts.entries(money) {
        let amount = dong(entry.credit.amount - entry.returned);
        let whole = dong(entry.credit.amount);
        let agencies = || facts.agencies(dossier, ledger, entry);
        match entry.effect {
            // asked about all the same: it may be the payment, and another one went back
            Effect::Doubtful { .. } => perhaps.add(&agencies(), whole),
            _ if entry.reversed || amount <= 0 => {
                let back = if cashless {
                    // what else it may be, `settled` adds
                    facts.may_come_back(dossier, entry)
                } else {
                    facts.back_again(dossier, entry)
                };
                if !back.is_empty() {
                    // a receipt over another amount stands for its line
                    let on = entry.parts.iter().map(|(l, _)| *l).chain(entry.surplus_on);
                    let dues = on.filter(|_| !cashless).map(|l| ledger.lines[l].due);
                    let most = dues.max().map_or(whole, |due| dong(due).max(whole));
                    perhaps.add(&agencies(), most);
                }
            }
            Effect::Settles if entry.receipt_differs && entry.parts.is_empty() => {
                let line = entry.surplus_on.map(|l| &ledger.lines[l]);
                let left = line.map_or(amount, |line| dong(left_by_others(line, 0, 0)));
                if amount.min(left) > 0 {
                    perhaps.add(&agencies(), amount.min(left));
                }
            }
            Effect::Settles => {
                let back = !facts.may_come_back(dossier, entry).is_empty();
                kept_by(facts, ledger, entry, back, &mut kept);
            }
            Effect::Duplicate { certain: true, .. } if !facts.may_be_again(dossier, entry) => {}
            Effect::Duplicate { .. } => perhaps.add(&agencies(), amount),
        }
    }
    if let Some(kept) = kept {
        let add = |sum: (i64, i64), part: &(i64, i64)| (sum.0 + part.0, sum.1 + part.1);
        let total = kept.iter().map(|(_, part)| part).fold((0, 0), add);
        let both = |(sure, other): (i64, i64)| [pair(sure), pair(other)];
        let count = |(sure, other): (i64, i64)| if sure == other { 1 } else { 2 };
        if total != (0, 0) {
            out.total(item, &both(total)[..count(total)]);
        }
        for (agency, part) in kept.into_iter().filter(|(_, part)| *part != (0, 0)) {
            out.agency(item, agency, &both(part)[..count(part)]);
        }
    } else if !perhaps.kept.is_empty() {
        out.total(item, &[(0, 0), pair(perhaps.total)]);
        for (agency, (amount, _)) in perhaps.kept {
            out.agency(item, agency, &[(0, 0), pair(amount)]);
        }
    }
}

/// Dong that an entry keeps on lines that count, as booked, by agency.
pub(super) fn kept<'a>(
    facts: &Facts<'_, 'a>,
    ledger: &Ledger,
    entry: &Entry,
) -> Vec<(&'a AgencyCode, i64)> {
    let mut kept = None;
    kept_by(facts, ledger, entry, false, &mut kept);
    let kept = kept.into_iter().flatten();
    kept.map(|(agency, (sure, _))| (agency, sure))
        .filter(|(_, dong)| *dong > 0)
        .collect()
}

/// Dong that an entry keeps on lines that count, by agency, twice: as booked, and (for a receipt
/// over another amount than its line) by the other reading; or as a `whole`, where
/// what went back may be other money.
fn kept_by<'a>(
    facts: &Facts<'_, 'a>,
    ledger: &Ledger,
    entry: &Entry,
    whole: bool,
    kept: &mut Option<Kept<'a>>,
) {
    let gone = entry.back_by_line();
    for (l, part) in &entry.parts {
        let line = &ledger.lines[*l];
        if facts.pool.is_land(line.fee) {
            continue;
        }
        let gross = entry.net_fee.map_or(0, |_| line.net_short);
        let back = gone.get(l).copied().unwrap_or(0);
        let (sure, other) = if entry.receipt_differs {
            let (left, alone) = (left_by_others(line, *part, back), line.paid == *part);
            let told = entry.credit.amount - entry.returned;
            (
                left - back,
                if alone { told } else { told.min(left - back) },
            )
        } else {
            let other = if whole { 0 } else { back };
            (part + gross - back, part + gross - other)
        };
        let agency = &facts.pool.fee(line.fee).agency_code;
        let kept = kept.get_or_insert_default();
        add(kept, agency, dong(sure.max(0)), dong(other.max(0)));
    }
}

/// What the other money on a line left of its due, `part` being one's own and `back` what went back
/// of it.
fn left_by_others(line: &Line, part: i128, back: i128) -> i128 {
    let others = line.paid - part - (line.refunded - back) + line.net_short;
    (line.due - others).max(0)
}

/// Back to 64 bits; a row's amount always fits.
fn dong(wide: i128) -> i64 {
    i64::try_from(wide).unwrap_or(i64::MAX)
}

/// Fee lines that may stand for money nobody has seen.
fn fees(facts: &Facts, out: &mut Tally) {
    for (i, fee) in facts.pool.inputs.fees.iter().enumerate() {
        let Some(told) = facts.told_paid(index(i)) else {
            continue;
        };
        let due = fee.amount.get();
        let outcomes: Vec<(i64, i64)> = told.ways.iter().map(|(a, b)| (a * due, b * due)).collect();
        let mut item = Item::new(DEFINITION.id, Name::Fee(fee), told.day, told.exceptions);
        item.sometime(told.days, &outcomes);
        item.coupled = told.hangs || !facts.credits.is_empty();
        item.spread(&Agencies::one(&fee.agency_code), &outcomes, out);
    }
}
