//! The rows of a file get their ids and are stored.

use super::super::{Stage, count};
use crate::domain::{ToldBy, Txn};
use crate::job::error::JobError;
use crate::normalise;
use crate::normalise::statement::again::Again;
use crate::normalise::statement::rows::Made;
use crate::store::Delivery;

/// Names some rows; tells how many are readable and how many are not.
pub(in crate::job::pull) async fn delivery(
    stage: &Stage,
    numbers: &mut Again,
    chunk: Vec<Made>,
) -> Result<(Delivery, (u64, u64)), JobError> {
    let (mut named, mut bare, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
    let mut returned = Vec::new();
    for made in chunk {
        match made {
            Made::Named(txn) => named.push(txn),
            Made::Bare(txn) => bare.push(txn),
            Made::Returned(txn) => returned.push(txn),
            Made::Bad(reject) => rejects.push(numbers.number(reject)),
        }
    }
    let rows = named.len() + bare.len() + returned.len();
    let counts = (count(rows), count(rejects.len()));
    let (mut txns, conflicts) = normalise::dedupe(named);
    let known = stored(stage, numbers.ids(&bare), Again::further).await?;
    txns.extend(numbers.settle(bare, &known));
    let ids = numbers.ids_of_returned(&returned);
    let known = stored(stage, ids, Again::further_returned).await?;
    txns.extend(numbers.settle_returned(returned, &known));
    let delivery = Delivery {
        txns,
        rejects,
        conflicts,
        ..Delivery::default()
    };
    Ok((delivery, counts))
}

/// The stored rows of some ids, and of further ones as long as the last were there.
async fn stored(
    stage: &Stage,
    mut ids: Vec<String>,
    further: fn(&[String], &[Txn]) -> Vec<String>,
) -> Result<Vec<Txn>, JobError> {
    let (store, source) = (&stage.desk.store, &stage.settings.name);
    let mut stored = Vec::new();
    while !ids.is_empty() {
        let found = store.txns_named(source, &ids).await?;
        ids = further(&ids, &found);
        stored.extend(found);
    }
    Ok(stored)
}

/// Names and stores some rows; tells how many are readable and how many are not.
pub(super) async fn save(
    stage: &Stage,
    numbers: &mut Again,
    chunk: Vec<Made>,
    bytes: &ToldBy,
) -> Result<(u64, u64), JobError> {
    let (mut delivery, counts) = delivery(stage, numbers, chunk).await?;
    delivery.files.push(bytes.clone());
    let (store, source) = (&stage.desk.store, &stage.settings.name);
    store
        .save_transactions(source, stage.night, &delivery, normalise::merge)
        .await?;
    Ok(counts)
}
