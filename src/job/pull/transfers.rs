//! One link of payOS may be paid in several transfers, and a transfer is told twice: by the
//! webhook, which knows that transfer alone, and by the answer about the link, which knows all of
//! them. Both must come to the same row, whichever comes first: order and bank reference say which
//! transfer it is, and the id under which it was stored first stays.

use std::collections::{BTreeMap, BTreeSet};

use super::Stage;
use crate::domain::{SourceName, Txn, TxnKind, TxnStatus};
use crate::job::error::JobError;
use crate::source::Record;

/// Who told the transfers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// An answer about the whole link: the transfer of exactly its amount has the link's id.
    Link,
    /// A webhook: whether there are other transfers is not known.
    Webhook,
}

/// The rows of `source` that tell of the same orders, where an order may have several transfers.
pub(super) async fn stored(
    stage: &Stage,
    (source, kind): (&SourceName, &str),
    records: &[Record],
) -> Result<Vec<Txn>, JobError> {
    if kind != "payos" {
        return Ok(Vec::new());
    }
    let orders = records
        .iter()
        .filter_map(|record| record.order_ref.as_deref());
    let orders: BTreeSet<&str> = orders.collect();
    Ok(stage.desk.store.txns_of_orders(source, &orders).await?)
}

/// Gives each transfer into a link of payOS the id under which it is stored, or under which it will
/// be known; rows of other kinds stay as they are.
pub(super) fn name(txns: &mut [Txn], kind: &str, by: By, stored: &[Txn]) {
    if kind != "payos" {
        return;
    }
    let mut links: BTreeMap<&str, &Txn> = BTreeMap::new();
    let mut known: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for row in stored {
        let Some(order) = row.order_ref.as_deref() else {
            continue;
        };
        if *row.id == *order {
            links.insert(order, row);
        }
        if let Some(reference) = reference(row) {
            known.insert((order, reference), &row.id);
        }
    }
    // of two transfers that could be the link's one, the earlier is
    let mut order: Vec<&mut Txn> = txns.iter_mut().collect();
    order.sort_by_key(|txn| txn.paid_at.ms());
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for txn in order {
        let (Some(order), Some(reference)) = (txn.order_ref.clone(), reference(txn)) else {
            continue;
        };
        let own = format!("{order}#{reference}");
        let link = links.get(&*order);
        let waits = |link: &&Txn| {
            link.status == TxnStatus::Pending
                && reference_of(link).is_none()
                && link.amount == txn.amount
        };
        let id = match (known.get(&(&*order, reference)), by) {
            (Some(id), _) => (*id).to_owned(),
            (None, By::Link) if *txn.id == *order => match link.and_then(|link| reference_of(link))
            {
                Some(other) if other != reference => own,
                _ => order.to_string(),
            },
            // the link waits for exactly this
            (None, By::Webhook) if link.is_some_and(waits) && !taken.contains(&*order) => {
                order.to_string()
            }
            (None, _) => own,
        };
        taken.insert(id.clone());
        txn.id = id.as_str().into();
    }
}

/// The bank's reference of a transfer; none for what is no transfer.
fn reference(txn: &Txn) -> Option<&str> {
    let is_payment = txn.kind == TxnKind::Payment;
    reference_of(txn).filter(|_| is_payment)
}

fn reference_of(txn: &Txn) -> Option<&str> {
    txn.bank_ref.as_deref().filter(|text| !text.is_empty())
}
