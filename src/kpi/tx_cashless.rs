//! `TX_CASHLESS`: payment events without cash over all payment events. The unit is what one payer
//! did at one moment; the plan of December 2022 sets its target.

use crate::classify::Classified;
use crate::domain::Text;
use crate::matching::desk::Money;
use crate::matching::ledger::Effect;
use crate::matching::pool::{Index, at, index};

use super::Definition;
use super::agencies::Agencies;
use super::facts::{Facts, Open};
use super::item::{Item, Name};
use super::tally::Tally;
use super::unread::{self, Unit};

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "TX_CASHLESS",
    name: Text {
        vi: "Tỷ lệ giao dịch không dùng tiền mặt",
        en: "Cashless share of payments",
    },
    unit: Text {
        vi: "giao dịch",
        en: "transactions",
    },
    formula: Text {
        vi: "Số lần thanh toán thành công không dùng tiền mặt trên tổng số lần thanh toán thành công, kể cả tiền mặt; \
             theo ngày thanh toán; không tính giao dịch trùng, đã hoàn hết hoặc đã hủy, và nghĩa vụ tài chính đất đai.",
        en: "Successful cashless payments over all successful payments, cash included; \
             by day of payment; without duplicates, payments wholly returned or undone, and land obligations.",
    },
    enough: |_, _| true,
    distinct: |_| None,
    contributions: |facts, out| {
        contributions(facts, out);
        unread::items(facts, (DEFINITION.id, Unit::Event), facts.last_day, out);
    },
};

/// The same without the rows that could not be read.
pub(super) fn contributions(facts: &Facts, out: &mut Tally) {
    for i in 0..facts.pool.inputs.txns.len() {
        transaction(facts, index(i), out);
    }
    cash(facts, out);
    fees(facts, out);
}

/// What one transaction may add.
fn transaction(facts: &Facts, i: u32, out: &mut Tally) {
    let row = facts.pool.txn(i);
    if let Some(dossier) = facts.plain(Money::Txn(i)) {
        let item = Item::plain(DEFINITION.id, Name::Txn(row), row.paid_on);
        let agency = facts.pool.dossier(dossier).agency;
        return item.spread(&Agencies::one(agency), &[(1, 1)], out);
    }
    let exceptions = facts.txn_exceptions(i);
    let mut item = Item::new(DEFINITION.id, Name::Txn(row), row.paid_on, exceptions);
    if let Some(agency) = facts.desk.certified_agency(i) {
        item.spread(&Agencies::one(&agency), &[(1, 1)], out);
        return;
    }
    match facts.open(i) {
        Open::Nothing => credited(facts, i, &mut item, out),
        Open::Fee => {
            let mut total = item.clone();
            total.coupled = true;
            let sure = facts.is_fee_whatever_comes(i);
            let outcomes: &[(i64, i64)] = if sure { &[(1, 1)] } else { &[(1, 1), (0, 0)] };
            out.total(&total, outcomes);
            let first = facts.first_named(i);
            for agency in facts.named(i).iter() {
                let mut outcomes = [(0, 0), (1, 1)];
                if first == Some(agency) {
                    outcomes.reverse();
                }
                out.agency(&item, agency, &outcomes);
            }
        }
        Open::Credit => {
            item.coupled = facts.is_carried_by_open(i) || facts.hangs_on_sum(i);
            item.anywhere(&[(0, 0), (1, 1)], out);
        }
        Open::Refund => item.may_go_back(&facts.named(i), 1, facts.days_before(i), out),
    }
}

/// A transaction in ledgers: one event in each agency it pays for. Where an open row may take its
/// place, it may be the repeat.
fn credited(facts: &Facts, i: u32, item: &mut Item, out: &mut Tally) {
    let (mut sure, mut perhaps) = (Agencies::default(), Agencies::default());
    let (mut displacing, mut again) = (Vec::new(), Vec::new());
    let mut instead = Vec::new();
    // of a repeat in one dossier, what found no room in another is no event by itself
    let repeat = facts.txn_row(i).map_or("", Classified::counts_as) == "duplicate";
    for (dossier, ledger, entry) in facts.entries(Money::Txn(i)) {
        let gone = entry.reversed || entry.returned >= entry.credit.amount;
        match entry.effect {
            // asked about all the same: it may be the payment, and another one went back
            Effect::Doubtful { .. } => {
                facts.add_agencies(dossier, ledger, entry, &mut perhaps);
            }
            _ if gone => {
                let back = facts.back_again(dossier, entry);
                if !back.is_empty() {
                    facts.add_agencies(dossier, ledger, entry, &mut perhaps);
                    item.coupled = true;
                    again.extend(back);
                }
            }
            Effect::Settles if repeat && entry.parts.is_empty() => {
                facts.add_agencies(dossier, ledger, entry, &mut perhaps);
            }
            Effect::Settles => {
                facts.add_agencies(dossier, ledger, entry, &mut sure);
                displacing.extend(facts.displacing(dossier, entry));
                let cash = facts.cash_instead(ledger, entry);
                instead.extend(cash.filter(|_| facts.is_replaced(dossier, entry)));
            }
            Effect::Duplicate { certain: true, .. } if !facts.may_be_again(dossier, entry) => {}
            Effect::Duplicate { certain, .. } => {
                facts.add_agencies(dossier, ledger, entry, &mut perhaps);
                item.coupled |= certain;
                again.extend(facts.again(dossier, entry));
            }
        }
    }
    if !sure.is_empty() && !displacing.is_empty() {
        item.coupled = true;
        item.exceptions.extend(displacing);
        // what takes its place counts by itself, once, also where it takes that of several
        let mut outcomes = vec![(1, 1), (0, 0)];
        for (lines, _, days) in instead {
            outcomes.push((0, lines));
            item.sometime(days, &[(0, lines)]);
        }
        item.spread(&sure, &outcomes, out);
    } else if !sure.is_empty() {
        item.spread(&sure, &[(1, 1)], out);
    } else if !perhaps.is_empty() {
        item.exceptions.extend(again);
        item.spread(&perhaps, &[(0, 0), (1, 1)], out);
    } else if !displacing.is_empty() {
        // on a land obligation it counts nowhere, of another dossier in whatever agency
        item.coupled = true;
        item.exceptions.extend(displacing);
        item.anywhere(&[(0, 0), (1, 1)], out);
    }
}

/// Cash events: all valid receipts of one dossier, cashier and moment.
fn cash(facts: &Facts, out: &mut Tally) {
    let receipts = &facts.pool.inputs.receipts;
    let mut order: Vec<(u128, i64, Index)> = receipts
        .iter()
        .enumerate()
        .map(|(i, r)| (r.dossier_code.prefix(), r.collected_at.ms(), index(i)))
        .collect();
    order.sort_unstable();
    for near in order.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let mut near: Vec<Index> = near.iter().map(|(_, _, receipt)| *receipt).collect();
        let event = |i: &Index| {
            let receipt = &receipts[at(*i)];
            (&receipt.dossier_code, &receipt.cashier)
        };
        near.sort_by_key(event);
        for members in near.chunk_by(|a, b| event(a) == event(b)) {
            cash_event(facts, members, out);
        }
    }
}

fn cash_event(facts: &Facts, members: &[Index], out: &mut Tally) {
    let (mut sure, mut perhaps) = (Agencies::default(), Agencies::default());
    let (mut exceptions, mut contest, mut hangs) = (Vec::new(), Vec::new(), false);
    let mut plain = true;
    for i in members {
        let receipt = &facts.pool.inputs.receipts[at(*i)];
        if let Some(dossier) = facts.plain(Money::Receipt(*i)) {
            sure.insert(facts.pool.dossier(dossier).agency);
            continue;
        }
        plain = false;
        for (dossier, ledger, entry) in facts.entries(Money::Receipt(*i)) {
            let open = facts.contest(dossier).into_iter();
            contest.extend(open.flat_map(|open| open.exceptions.iter().cloned()));
            contest.extend(facts.displacing(dossier, entry));
            match entry.effect {
                _ if entry.returned >= entry.credit.amount => {
                    let back = facts.back_again(dossier, entry);
                    if !back.is_empty() {
                        facts.add_agencies(dossier, ledger, entry, &mut perhaps);
                        hangs = true;
                        exceptions.extend(back);
                    }
                }
                Effect::Settles => facts.add_agencies(dossier, ledger, entry, &mut sure),
                Effect::Duplicate { certain: true, .. } if !facts.may_be_again(dossier, entry) => {}
                Effect::Duplicate { .. } | Effect::Doubtful { .. } => {
                    facts.add_agencies(dossier, ledger, entry, &mut perhaps);
                    exceptions.extend(facts.receipt_exceptions(*i));
                    let again = facts.again(dossier, entry);
                    hangs |= !again.is_empty();
                    exceptions.extend(again);
                }
            }
        }
        match facts.receipt_row(*i).map_or("", Classified::counts_as) {
            "receipt_mismatch" if facts.entries(Money::Receipt(*i)).next().is_none() => {
                sure.insert(&receipt.agency_code);
            }
            "conflict" => {
                perhaps.insert(&receipt.agency_code);
                exceptions.extend(facts.receipt_exceptions(*i));
            }
            _ => {}
        }
    }
    let Some(first) = members.first() else { return };
    let first = &facts.pool.inputs.receipts[at(*first)];
    let contested = !contest.is_empty() && !sure.is_empty();
    let exceptions = if contested { contest } else { exceptions };
    let (name, day) = (Name::Cash(first), first.collected_at.day());
    let mut item = Item::new(DEFINITION.id, name, day, exceptions);
    item.coupled = contested || hangs;
    item.plain = plain;
    if contested {
        item.spread(&sure, &[(0, 1), (0, 0)], out);
    } else if !sure.is_empty() {
        item.spread(&sure, &[(0, 1)], out);
    } else if !perhaps.is_empty() {
        item.spread(&perhaps, &[(0, 0), (0, 1)], out);
    }
}

/// Fee lines that may stand for a payment nobody has seen.
fn fees(facts: &Facts, out: &mut Tally) {
    for (i, fee) in facts.pool.inputs.fees.iter().enumerate() {
        let Some(told) = facts.told_paid(index(i)) else {
            continue;
        };
        let mut item = Item::new(DEFINITION.id, Name::Fee(fee), told.day, told.exceptions);
        item.sometime(told.days, told.ways);
        // an open payment that names nobody counts as much elsewhere, so nothing hangs on it
        let dossier = facts.pool.find(&fee.dossier_code);
        let named = dossier.is_some_and(|dossier| facts.contest(dossier).is_some());
        item.coupled = told.hangs || named;
        item.spread(&Agencies::one(&fee.agency_code), told.ways, out);
    }
}
