//! Which settled rows the night's new and open rows name: the pure reading by `matching`, then
//! which of the spellings exist. An open payment is read again every night; without the settled
//! dossiers that its memo names it would say something else than on its first night.

mod near;

use std::collections::{BTreeMap, BTreeSet};

use near::Near;

use super::desk::Desk;
use super::error::JobError;
use crate::domain::fold::fold_name;
use crate::domain::{AgencyCode, Day, DossierCode, Inputs, Txn};
use crate::matching::{Names, lost_codes, payers_of, spoken};

/// The keys under which the store finds what the night must decide again.
pub(super) async fn of(desk: &Desk, day: Day, new: &Inputs) -> Result<Names, JobError> {
    let agencies = desk.store.agencies(day).await?;
    let open = desk.store.open_txns(day).await?;
    let txns: Vec<Txn> = new.txns.iter().chain(&open).cloned().collect();
    let of_fees = new.fees.iter().map(|fee| &fee.agency_code);
    let codes: BTreeSet<&AgencyCode> = agencies
        .iter()
        .map(|agency| &agency.code)
        .chain(of_fees)
        .collect();
    let spoken = spoken(
        codes.iter().copied(),
        &txns,
        &new.fees,
        &new.orders,
        &new.receipts,
    );
    let named = desk.store.existing_dossiers(day, &spoken.spellings).await?;
    let mut existing: BTreeSet<DossierCode> = named.into_iter().collect();
    let mut lost = lost_codes(codes.iter().copied(), &new.txns, &existing);
    // What is open may be the payment of a settled dossier, or of one that is not due, next to the
    // one that it names.
    lost.extend(lost_codes(codes, &open, &BTreeSet::new()));
    existing.extend(slips(desk, day, &Near::new(lost.iter())).await?);
    existing.extend(disputed(desk, day, &payers_of(&new.fees)).await?);
    Ok(spoken.resolve(existing))
}

/// Dossiers one edit away from codes that name none.
async fn slips(desk: &Desk, day: Day, near: &Near) -> Result<Vec<DossierCode>, JobError> {
    let mut found = Vec::new();
    for wanted in near.existing(&desk.store, day).await? {
        let dossiers = desk.store.existing_dossiers(day, &wanted).await?;
        found.extend(dossiers);
    }
    found.retain(|code| near.written(&code.squeezed(), |_| true));
    Ok(found)
}

/// Settled dossiers one edit away from those of new fees, whose payer pays one of these.
async fn disputed(
    desk: &Desk,
    day: Day,
    payers: &BTreeMap<String, BTreeSet<String>>,
) -> Result<Vec<DossierCode>, JobError> {
    let near = Near::new(payers.keys());
    // most neighbours of a large past are somebody else's: told before they are spelled
    let names: BTreeSet<&String> = payers.values().flatten().collect();
    let mut found = Vec::new();
    for wanted in near.existing(&desk.store, day).await? {
        let settled = desk.store.settled_payers(day, wanted.iter()).await?;
        found.extend(settled.into_iter().filter(|(code, payer)| {
            let payer = fold_name(payer);
            let pays = |of: &str| payers.get(of).is_some_and(|names| names.contains(&payer));
            names.contains(&payer) && near.written(&code.squeezed(), pays)
        }));
    }
    Ok(found.into_iter().map(|(code, _)| code).collect())
}
