//! The money at risk against the legs of the groups: what a fee lacks, what a payment has too
//! much, each counted at one of the two rows that tell of it.

use std::collections::BTreeMap;

use doisoat::classify::{AtRisk, Classified};
use doisoat::domain::{RowKey, Side};
use doisoat::matching::Role;

use crate::sample::{sample, settled};

/// What settles the lines, and what the payments settle, by their rows.
fn settled_by_row(settlement: &doisoat::settle::Settlement) -> BTreeMap<RowKey, i128> {
    let mut sums: BTreeMap<RowKey, i128> = BTreeMap::new();
    for leg in settlement.groups.iter().flat_map(|group| group.links()) {
        if leg.role != Role::Settles {
            continue;
        }
        *sums.entry(leg.money.clone()).or_default() += leg.amount.wide();
    }
    sums
}

/// Rows of these classes on one side.
fn of<'s>(
    rows: &'s [Classified],
    classes: &'static [&str],
    is_fee: bool,
) -> impl Iterator<Item = &'s Classified> {
    let mine = move |row: &&Classified| {
        classes.contains(&row.class) && (row.key.side == Side::Fee) == is_fee
    };
    rows.iter().filter(mine)
}

#[test]
fn what_lacks_and_what_is_too_much_is_counted_once() {
    let (inputs, settlement) = (sample(), settled());
    let settled = settled_by_row(&settlement);
    let legs = || settlement.groups.iter().flat_map(|group| group.links());

    // a fee lacks what no leg settled, and its payment adds nothing
    let mut short = 0;
    for row in of(&settlement.rows, &["underpaid"], true) {
        let fee = inputs.fees.iter().find(|fee| fee.key() == row.key).unwrap();
        let mine = |leg: &&doisoat::matching::Leg| {
            leg.role == Role::Settles
                && leg.dossier_code.as_ref() == Some(&fee.dossier_code)
                && leg.fee_id.as_ref() == Some(&fee.fee_id)
        };
        let paid: i128 = legs().filter(mine).map(|leg| leg.amount.wide()).sum();
        let lacks = fee.amount.wide() - paid;
        assert!(lacks > 0, "{:?}", row.key);
        assert_eq!(row.at_risk().here().wide(), lacks, "{:?}", row.key);
        short += 1;
    }
    let money: Vec<_> = of(&settlement.rows, &["underpaid", "partial"], false).collect();
    assert!(short >= 10 && money.len() >= 10, "{short} {}", money.len());
    let at_fee =
        |row: &&Classified| matches!(row.at_risk(), AtRisk::AtFee(lacks) if lacks.get() > 0);
    assert!(money.iter().all(at_fee));

    // a payment has too much what settles nothing, and its fee adds nothing
    let mut over = 0;
    for row in of(&settlement.rows, &["overpaid"], false) {
        let used = settled.get(&row.key).copied().unwrap_or(0);
        let surplus = row.amount.wide() - used;
        assert!(surplus > 0, "{:?}", row.key);
        assert_eq!(row.at_risk().here().wide(), surplus, "{:?}", row.key);
        over += 1;
    }
    let fees: Vec<_> = of(&settlement.rows, &["overpaid", "duplicate"], true).collect();
    assert!(over >= 10 && fees.len() >= 10, "{over} {}", fees.len());
    assert!(
        fees.iter()
            .all(|row| matches!(row.at_risk(), AtRisk::AtMoney(_)))
    );

    // no row is at risk with more than its own amount
    for row in &settlement.rows {
        assert!(row.at_risk().here() <= row.amount, "{:?}", row.key);
    }
}
