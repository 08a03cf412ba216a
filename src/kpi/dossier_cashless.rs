//! `DOSSIER_CASHLESS`: dossiers paid in full without cash over dossiers paid in full.

use crate::classify::Bucket;
use crate::domain::{Day, ExceptionId, Text};
use crate::matching::desk::Money;
use crate::matching::ledger::Ledger;
use crate::matching::pool::{Dossier, index};

use super::Definition;
use super::facts::Facts;
use super::item::Item;
use super::share::Contribution;

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "DOSSIER_CASHLESS",
    name: Text {
        vi: "Tỷ lệ hồ sơ thanh toán không dùng tiền mặt",
        en: "Cashless share of dossiers",
    },
    unit: Text {
        vi: "hồ sơ",
        en: "dossiers",
    },
    formula: Text {
        vi: "Số hồ sơ nộp đủ hoàn toàn không dùng tiền mặt trên số hồ sơ đã nộp đủ; theo ngày nộp khoản cuối.",
        en: "Dossiers paid in full without cash over dossiers paid in full; by day of the last payment.",
    },
    enough: |_| true,
    contributions,
};

/// What the lines of a dossier say.
#[derive(Default)]
struct State {
    counted: bool,
    full: bool,
    cash: bool,
    day: Option<Day>,
    /// The last day on which a line was completed.
    paid_on: Option<Day>,
    lacking: i128,
    missing: bool,
    waiting: bool,
    unpaid: bool,
    conflict: bool,
    hopeless: bool,
    exceptions: Vec<ExceptionId>,
}

impl State {
    /// Of a dossier in a certified set: paid in full, without cash, on the set's day.
    fn certified(day: Day) -> Self {
        Self {
            counted: true,
            full: true,
            day: Some(day),
            ..Self::default()
        }
    }
}

fn contributions(facts: &Facts) -> Vec<Contribution> {
    let mut out = Vec::new();
    for (d, dossier) in facts.pool.dossiers.iter().enumerate() {
        let ledger = &facts.desk.ledgers[d];
        let mut state = match facts.desk.set_of.get(&index(d)) {
            Some(set) => State::certified(facts.desk.sets[*set].day),
            None => state(facts, dossier, ledger),
        };
        let Some((mut outcomes, mut coupled)) = outcomes(facts, &state) else {
            continue;
        };
        let contest = facts.contest(index(d));
        if outcomes.contains(&(0, 1)) && !outcomes.contains(&(1, 1)) && !contest.is_empty() {
            // an open payment names it: the cash may be the repeat
            outcomes.push((1, 1));
            state.exceptions.extend(contest.iter().cloned());
            coupled = true;
        }
        let doubt = facts.doubt(index(d));
        if state.full && !doubt.is_empty() {
            // an open refund names it: its money may have gone back
            if !outcomes.contains(&(0, 0)) {
                outcomes.push((0, 0));
            }
            state.exceptions.extend(doubt.iter().cloned());
            coupled = true;
        }
        let received = dossier.code.received_on();
        if state.unpaid {
            let own = facts.contest(index(d));
            let credit = if own.is_empty() {
                facts.of_largest_credit()
            } else {
                own
            };
            state.exceptions.extend(credit.iter().cloned());
        }
        // what hangs on the one open credit happens on its day, unless something later is there
        let by_credit = coupled && !state.full && !state.missing && !state.waiting;
        if let Some(day) = facts.only_credit_day().filter(|_| by_credit) {
            state.day = state.paid_on.max(Some(day));
        }
        let Some(day) = state.day.or(received).or(facts.pool.inputs.business_date) else {
            continue;
        };
        let item = Item {
            definition: DEFINITION.id,
            name: format!("dossier|{}", dossier.code),
            day,
            exceptions: state.exceptions,
            coupled,
        };
        item.spread(&facts.agencies_of(&[index(d)]), &outcomes, &mut out);
    }
    out
}

fn state(facts: &Facts, dossier: &Dossier, ledger: &Ledger) -> State {
    let mut state = State {
        full: true,
        ..State::default()
    };
    for line in ledger
        .lines
        .iter()
        .filter(|line| !facts.pool.is_land(line.fee))
    {
        state.counted = true;
        let fee = facts.pool.fee(line.fee);
        let key = fee.key();
        let row = facts.row(&key);
        let covered = (line.is_full() && line.given_back() == 0) || line.receipt_differs.is_some();
        if covered {
            let done = line.completed_by.or(line.receipt_differs);
            let day = done.map(|e| ledger.entries[e].credit.money.day(facts.pool));
            state.day = state.day.max(day);
            state.paid_on = state.paid_on.max(day);
            state.cash |= line.paid > line.cashless;
            if facts.pool.is_fee_conflict(fee).is_some() {
                state.conflict = true;
                let exception = row.and_then(|row| row.exception_id.clone());
                state.exceptions.extend(exception);
            }
            continue;
        }
        state.full = false;
        state.cash |= line.paid > line.cashless;
        state.lacking += line.lacking() + line.given_back();
        state
            .exceptions
            .extend(row.and_then(|row| row.exception_id.clone()));
        let open = row.is_some_and(|row| row.bucket == Bucket::Open);
        match row.map_or("", |row| row.class) {
            "missing_payment" | "missing_receipt" if open => state.missing = true,
            "pending" | "status_mismatch" if open => state.waiting = true,
            "underpaid" | "partial" => {}
            // which of its versions holds decides whether it is paid
            "conflict" if line.kept() > 0 => state.waiting = true,
            "conflict" => state.missing = true,
            "unpaid" | "not_due" => state.unpaid = true,
            // a line that is short may carry a more serious class
            _ if line.kept() > 0 => {}
            _ => state.hopeless = true,
        }
        let paid = fee.more.paid_at.as_ref().map(crate::domain::Moment::day);
        state.day = state.day.max(paid);
    }
    let receipts = |money| matches!(money, Money::Receipt(_));
    let settled = ledger
        .entries
        .iter()
        .filter(|entry| !entry.parts.is_empty() && !entry.reversed);
    state.cash |= settled
        .into_iter()
        .any(|entry| receipts(entry.credit.money));
    debug_assert!(!dossier.fees.is_empty());
    state
}

/// The outcomes of a dossier, and whether they hang on another row's.
fn outcomes(facts: &Facts, state: &State) -> Option<(Vec<(i64, i64)>, bool)> {
    if !state.counted {
        return None;
    }
    let done = if state.cash { (0, 1) } else { (1, 1) };
    if state.full {
        let mut outcomes = vec![done];
        outcomes.extend(state.conflict.then_some((0, 0)));
        return Some((outcomes, false));
    }
    if state.hopeless {
        return None;
    }
    // any open credits that together reach it, net of a provider's fee or not: an outer bound
    // drops constraints, never outcomes
    let credit = facts.may_reach(state.lacking);
    if state.unpaid && !facts.may_complete(state.lacking) {
        return None;
    }
    if state.missing {
        let reach = (credit || facts.unseen_money) && !state.cash;
        let mut outcomes = vec![(0, 0), (0, 1)];
        outcomes.extend(reach.then_some((1, 1)));
        return Some((outcomes, credit));
    }
    if state.waiting || credit {
        return Some((vec![(0, 0), done], credit));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AgencyCode;
    use std::collections::BTreeSet;

    #[test]
    fn an_item_stands_once_in_the_total_and_once_in_its_agency() {
        let day = Day::parse("2022-12-05").unwrap();
        let name = "dossier|X".to_owned();
        let item = Item {
            definition: DEFINITION.id,
            name,
            day,
            exceptions: vec![],
            coupled: false,
        };
        let mut out = Vec::new();
        item.spread(
            &BTreeSet::from([AgencyCode::new("H48.18")]),
            &[(1, 1)],
            &mut out,
        );
        let scopes: Vec<String> = out.iter().map(|c| c.scope.to_string()).collect();
        assert_eq!(scopes, ["", "H48.18"]);
    }
}
