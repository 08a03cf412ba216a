//! Which settled rows the night's new and open rows name: the pure reading by `matching`, then
//! which of the spellings exist. An open payment is read again every night; without the settled
//! dossiers that its memo names it would say something else than on its first night. And which
//! settled transactions name the dossiers of the new rows: these are decided again as if all had
//! come together, so they are read as if they were new.

mod near;

use std::collections::{BTreeMap, BTreeSet};

use near::Near;

use super::desk::Desk;
use super::error::JobError;
use crate::domain::fold::fold_name;
use crate::domain::{AgencyCode, Day, DossierCode, Inputs, Txn};
use crate::matching::{Names, Spoken, lost_codes, payers_of, spoken};

/// The keys under which the store finds what the night must decide again.
pub(super) async fn of(desk: &Desk, day: Day, new: &Inputs) -> Result<Names, JobError> {
    let agencies = desk.store.agencies(day).await?;
    let open = desk.store.open_txns(day).await?;
    let of_fees = new.fees.iter().map(|fee| &fee.agency_code);
    let codes: BTreeSet<&AgencyCode> = agencies
        .iter()
        .map(|agency| &agency.code)
        .chain(of_fees)
        .collect();
    let speak = |txns: &[Txn]| {
        let codes = codes.iter().copied();
        spoken(codes, txns, &new.fees, &new.orders, &new.receipts)
    };
    let again = spelling(desk, day, &speak(&new.txns)).await?;
    let fresh: Vec<Txn> = new.txns.iter().chain(&again).cloned().collect();
    let txns: Vec<Txn> = fresh.iter().chain(&open).cloned().collect();
    let spoken = speak(&txns);
    let named = desk.store.existing_dossiers(day, &spoken.spellings).await?;
    let mut existing: BTreeSet<DossierCode> = named.into_iter().collect();
    let mut lost = lost_codes(codes.iter().copied(), &fresh, &existing);
    // What is open may be the payment of a settled dossier, or of one that is not due, next to the
    // one that it names.
    lost.extend(lost_codes(codes, &open, &BTreeSet::new()));
    existing.extend(slips(desk, day, &Near::new(lost.iter())).await?);
    existing.extend(disputed(desk, day, &payers_of(&new.fees)).await?);
    let mut names = spoken.resolve(existing);
    names.txns = again.iter().map(Txn::key).collect();
    Ok(names)
}

/// The transactions, settled or not, that spell a dossier which the new rows name.
async fn spelling(desk: &Desk, day: Day, spoken: &Spoken) -> Result<Vec<Txn>, JobError> {
    desk.store.make_spellings().await?;
    let named = desk.store.existing_dossiers(day, &spoken.spellings).await?;
    let codes = named.iter().map(DossierCode::squeezed).collect();
    Ok(desk.store.spelling_txns(day, &codes).await?)
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
