//! Which settled rows the night's new rows name: the pure reading by `matching`, then which of the
//! spellings exist.

use super::desk::Desk;
use super::error::JobError;
use crate::domain::{AgencyCode, Day, Inputs};
use crate::matching::names::names;
use crate::store::Named;

/// The keys under which the store finds what the night must decide again.
pub(super) async fn of(desk: &Desk, day: Day, new: &Inputs) -> Result<Named, JobError> {
    let agencies = desk.store.agencies(day).await?;
    let of_fees = new.fees.iter().map(|fee| &fee.agency_code);
    let codes: std::collections::BTreeSet<&AgencyCode> = agencies
        .iter()
        .map(|agency| &agency.code)
        .chain(of_fees)
        .collect();
    let found = names(codes, &new.txns, &new.fees, &new.orders, &new.receipts);
    let dossiers = desk.store.existing_dossiers(day, &found.dossiers).await?;
    let references = || found.references.iter().map(|text| text.as_str().into());
    Ok(Named {
        dossiers: dossiers.into_iter().collect(),
        orders: found
            .orders
            .iter()
            .map(|text| text.as_str().into())
            .collect(),
        txn_ids: references().collect(),
        bank_refs: references().collect(),
    })
}
