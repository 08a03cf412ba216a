//! What must hold of every settlement, whatever came in.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::classify::Bucket;
use doisoat::domain::{Inputs, RowKey, Rules};
use doisoat::matching::Role;
use doisoat::settle::{Settlement, settle};

/// Settles forwards and with every list turned round, and checks both.
pub(crate) fn settle_every_way(inputs: &Inputs, rules: &Rules) -> Result<Settlement, String> {
    let settled = settle(inputs, rules, &Vec::new()).map_err(|error| error.to_string())?;
    let turned = settle(&turned(inputs), rules, &Vec::new()).map_err(|error| error.to_string())?;
    if settled != turned {
        return Err("the result depends on the order of the rows".to_owned());
    }
    holds(inputs, &settled)?;
    Ok(settled)
}

/// The same inputs with every list the other way round.
pub(crate) fn turned(inputs: &Inputs) -> Inputs {
    let mut turned = inputs.clone();
    turned.agencies.reverse();
    turned.fees.reverse();
    turned.orders.reverse();
    turned.receipts.reverse();
    turned.txns.reverse();
    turned.rejects.reverse();
    turned.conflicts.reverse();
    turned.decisions.reverse();
    turned.sources.reverse();
    turned
}

/// Invariants of one settlement.
pub(crate) fn holds(inputs: &Inputs, settled: &Settlement) -> Result<(), String> {
    rows(inputs, settled)?;
    legs(inputs, settled)?;
    shares(settled)
}

/// Each row once; matched exactly where a leg says so; every open row says why.
fn rows(inputs: &Inputs, settled: &Settlement) -> Result<(), String> {
    let mut keys: Vec<RowKey> = inputs.fees.iter().map(doisoat::domain::Fee::key).collect();
    keys.extend(inputs.txns.iter().map(doisoat::domain::Txn::key));
    keys.extend(inputs.receipts.iter().map(doisoat::domain::Receipt::key));
    keys.extend(inputs.rejects.iter().map(doisoat::domain::Reject::key));
    keys.sort();
    let got: Vec<RowKey> = settled.rows.iter().map(|row| row.key.clone()).collect();
    if keys != got {
        return Err("a row was lost, invented or not in order".to_owned());
    }
    let all = || settled.groups.iter().flat_map(|group| &group.legs);
    let taking = |role: Role| !matches!(role, Role::Surplus | Role::Sighting);
    let mut linked: BTreeSet<RowKey> = BTreeSet::new();
    for leg in all().filter(|leg| taking(leg.role)) {
        linked.insert(leg.money.clone());
        if let (Some(dossier), Some(fee)) = (&leg.dossier_code, &leg.fee_id) {
            linked.insert(RowKey::fee(dossier, fee));
        }
    }
    for row in &settled.rows {
        let name = format!("{} {} {}", row.key.side.id(), row.key.id, row.class);
        let has_leg = linked.contains(&row.key);
        if (row.bucket == Bucket::Matched) && !has_leg {
            return Err(format!("{name} is matched without a leg"));
        }
        if row.bucket == Bucket::Open && has_leg {
            return Err(format!("{name} is open and has a leg"));
        }
        if row.bucket == Bucket::Open && row.evidence.is_empty() && row.nearest.is_empty() {
            return Err(format!("{name} is open and nothing says why"));
        }
        if row.bucket == Bucket::Open && row.class == doisoat::classify::OK {
            return Err(format!("{name} is open and in order at once"));
        }
        // where nothing is due, only a row that names the fee can change it
        let nothing_due = ["zero_fee", "exempt", "land_obligation"].contains(&row.class);
        if row.bucket == Bucket::Open && !row.carried && !nothing_due {
            return Err(format!("{name} is open and would never be read again"));
        }
    }
    Ok(())
}

/// Nothing is used beyond its amount, on either side, and no fee holds less than nothing.
fn legs(inputs: &Inputs, settled: &Settlement) -> Result<(), String> {
    let mut money: BTreeMap<RowKey, i128> = BTreeMap::new();
    let mut lines: BTreeMap<RowKey, i128> = BTreeMap::new();
    for leg in settled.groups.iter().flat_map(|group| &group.legs) {
        *money.entry(leg.money.clone()).or_default() += leg.amount.wide();
        if let (Some(dossier), Some(fee)) = (&leg.dossier_code, &leg.fee_id)
            && leg.role != Role::Surplus
        {
            *lines.entry(RowKey::fee(dossier, fee)).or_default() += leg.amount.wide();
        }
    }
    let of = |key: RowKey, amount: i128| {
        let used = money.get(&key).copied().unwrap_or(0);
        (used.abs() <= amount)
            .then_some(())
            .ok_or_else(|| format!("{} has {amount} and is used with {used}", key.id))
    };
    for txn in &inputs.txns {
        of(txn.key(), txn.amount.wide())?;
    }
    for receipt in &inputs.receipts {
        of(receipt.key(), receipt.amount.wide())?;
    }
    for fee in &inputs.fees {
        let held = lines.get(&fee.key()).copied().unwrap_or(0);
        if held < 0 || held > fee.amount.wide() {
            return Err(format!("{} of {} holds {held}", fee.fee_id, fee.amount));
        }
    }
    Ok(())
}

/// low <= point <= high, and every open item says which exception would decide it.
fn shares(settled: &Settlement) -> Result<(), String> {
    for share in &settled.shares {
        let (Some(low), Some(high)) = (share.low, share.high) else {
            continue;
        };
        let name = format!("{} {:?}", share.definition, share.agency);
        if low.compare(high).is_gt() {
            return Err(format!("{name}: low is above high"));
        }
        if let Some(point) = share.point()
            && (point.compare(low).is_lt() || point.compare(high).is_gt())
        {
            return Err(format!("{name}: the point is outside its bounds"));
        }
    }
    let known: BTreeSet<_> = settled
        .rows
        .iter()
        .filter_map(|row| row.exception_id.as_ref())
        .collect();
    for contribution in &settled.contributions {
        let open = contribution.is_open();
        let name = format!("{} {}", contribution.definition, contribution.item);
        if open && contribution.exceptions.is_empty() {
            return Err(format!("{name} is open and names no exception"));
        }
        if contribution.exceptions.iter().any(|id| !known.contains(id)) {
            return Err(format!("{name} names an exception that is not there"));
        }
    }
    let name = |c: &doisoat::kpi::Contribution| (c.definition, c.item.clone(), c.scope.clone());
    let mut names: Vec<_> = settled.contributions.iter().map(name).collect();
    names.sort();
    let count = names.len();
    names.dedup();
    (names.len() == count)
        .then_some(())
        .ok_or_else(|| "an item adds to a share twice".to_owned())
}
