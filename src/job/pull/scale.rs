//! Webhooks of a gateway whose amount is written in another unit than their order's.

use std::collections::{BTreeMap, BTreeSet};

use super::Stage;
use crate::config::SourceSettings;
use crate::domain::{Conflict, Period, Txn, Vnd};
use crate::job::error::JobError;
use crate::normalise;

/// Conflicts of payments whose amount is exactly a hundredth or a hundred times what the registry
/// says of their order, as an answer about the order is judged. `partner` is the source that pulls
/// the same events.
pub(super) async fn conflicts(
    stage: &Stage,
    partner: Option<&SourceSettings>,
    txns: &[Txn],
) -> Result<Vec<Conflict>, JobError> {
    let named = txns.iter().filter_map(|txn| txn.order_ref.as_deref());
    let named: BTreeSet<&str> = named.collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let desk = &stage.desk;
    let word = match partner {
        Some(partner) => desk.config.provider_word(partner),
        None => stage.settings.name.as_str(),
    };
    let night = Period::night(stage.night);
    let orders = desk
        .store
        .own_orders(word, &night, &named, stage.night)
        .await?;
    let amounts: BTreeMap<&str, Vnd> = orders
        .iter()
        .map(|order| (&*order.id, order.amount))
        .collect();
    let conflict = |txn: &Txn| {
        let amount = amounts.get(txn.order_ref.as_deref()?)?;
        normalise::scale_conflict(txn, *amount)
    };
    Ok(txns.iter().filter_map(conflict).collect())
}
