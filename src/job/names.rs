//! Which settled rows the night's new and open rows name: the pure reading by `matching`, then
//! which of the spellings exist. An open payment is read again every night; without the settled
//! dossiers that its memo names it would say something else than on its first night.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::error::JobError;
use crate::domain::fold::fold_name;
use crate::domain::{AgencyCode, Day, DossierCode, Inputs, Txn};
use crate::matching::{Names, near_spellings, rival_spellings, spoken};

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
    let mut near = near_spellings(codes.iter().copied(), &new.txns, &existing);
    // What is open may be the payment of a settled dossier, or of one that is not due, next to the
    // one that it names.
    near.extend(near_spellings(codes, &open, &BTreeSet::new()));
    existing.extend(desk.store.existing_dossiers(day, &near).await?);
    let rivals = rival_spellings(&new.fees);
    let settled = desk.store.settled_payers(day, rivals.keys()).await?;
    let disputed = settled.into_iter().filter(|(code, payer)| {
        let payers = rivals.get(&code.squeezed());
        payers.is_some_and(|payers| payers.contains(&fold_name(payer)))
    });
    existing.extend(disputed.map(|(code, _)| code));
    Ok(spoken.resolve(existing))
}
