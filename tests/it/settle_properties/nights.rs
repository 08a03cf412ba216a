//! Random nights: some rows ruled upon, go-live in between, a source that has not delivered, every
//! definition.

use std::collections::BTreeSet;

use doisoat::domain::{Completeness, Decision, Inputs, Rules, Ruling, SourceFacts, SourceName};
use doisoat::settle::settle;

/// A night over the rows of a day, and its rules.
pub(super) fn a_night(day: &Inputs, seed: u64) -> (Inputs, Rules) {
    let mut night = day.clone();
    let days = day.txns.iter().map(|txn| txn.paid_on);
    let last = days.max().unwrap_or(crate::rows::day("2022-12-05"));
    let bit = |n: u32| seed >> n & 1 == 1;
    let days = u32::try_from(seed >> 8 & 15).unwrap_or(0);
    night.business_date = bit(0).then(|| last.plus(days).minus(4));
    let rules = Rules {
        definitions: ids(),
        start: bit(1).then(|| last.minus(days / 4)),
        e_receipts: bit(2),
        collection_accounts: accounts(day, bit(3)),
        ..Rules::default()
    };
    let source = |carries_money: bool, complete: bool| SourceFacts {
        name: SourceName::new(if carries_money { "bank" } else { "registry" }),
        carries_money,
        state: if complete {
            Completeness::Complete
        } else {
            Completeness::Missing
        },
        kind: "".into(),
        required: true,
        missing_days: Vec::new(),
        missing_orders: 0,
        deadline_passed: complete,
        control: None,
        trouble: None,
        unrun: Vec::new(),
    };
    if bit(4) {
        night.sources = vec![source(true, bit(5)), source(false, bit(6))];
    }
    let rows = settle(&night, &rules, &Vec::new()).unwrap().rows;
    for (n, row) in rows.iter().enumerate() {
        let dice = (seed >> (n % 48)) & 7;
        let ruling = match dice {
            0 | 1 => Ruling::WriteOff,
            2 => Ruling::RefundRequested,
            _ => continue,
        };
        let class_then = if seed >> 20 & 3 == dice {
            "ok"
        } else {
            row.class
        };
        night.decisions.push(Decision {
            row: row.key.clone(),
            ruling,
            amount_then: row.amount,
            class_then: class_then.into(),
            by: "an".into(),
            reason: "phoned".into(),
        });
    }
    (night, rules)
}

pub(super) fn ids() -> Vec<Box<str>> {
    let all = doisoat::kpi::DEFINITIONS.iter();
    all.map(|definition| definition.id.into()).collect()
}

/// The accounts of the day as collection accounts, of an agency or of several.
fn accounts(day: &Inputs, own: bool) -> Vec<(Box<str>, Option<Box<str>>)> {
    let agency = day.fees.first().map(|fee| fee.agency_code.as_str().into());
    let told = day.txns.iter().filter_map(|txn| txn.account.as_deref());
    let of = |account: &str| (account.into(), agency.clone().filter(|_| own));
    let told: BTreeSet<&str> = told.collect();
    told.into_iter().map(of).collect()
}
