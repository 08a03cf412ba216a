//! What a night has to know of the gateways besides its rows: what the night before published, and
//! what stood decided before the night.

use anyhow::Context;

use super::desk::Desk;
use super::error::JobError;
use super::facts::Previously;
use crate::domain::{Day, Inputs, RowKey, Side, SourceName};
use crate::report::GatewayFacts;
use crate::report::json;
use crate::settle::Settlement;

/// The sources whose payments are handed on to the bank, in the order of the configuration.
pub(super) fn sources(desk: &Desk) -> Vec<SourceName> {
    let sources = desk.config.sources.iter();
    let gateways = sources.filter(|source| source.registration.is_gateway);
    gateways.map(|source| source.name.clone()).collect()
}

/// None without gateways. What is read follows the window.
pub(super) async fn of(
    desk: &Desk,
    day: Day,
    (pool, settlement): (&Inputs, &Settlement),
    before: &Previously,
) -> Result<Option<Box<GatewayFacts>>, JobError> {
    let gateways = sources(desk);
    if gateways.is_empty() {
        return Ok(None);
    }
    let rules = desk.config.rules_for(day);
    let first = rules.whole_from(day);
    // a bank may tell of a payment a moment before its gateway does
    let from = first.minus(1);
    let named = older(pool, settlement, from, &gateways);
    let standing = desk.store.standing((from, day), &gateways, &named).await?;
    let before = match &before.run {
        None => None,
        Some(run) => json::told_gateways(&run.run_json)
            .with_context(|| format!("run.json of {} cannot be read", run.id))?,
    };
    Ok(Some(Box::new(GatewayFacts {
        gateways,
        first,
        due_from: rules.batch_from(day),
        rates: rules.net_rates,
        standing,
        before,
    })))
}

/// The rows of days before `from` that the night reads all the same: those of gateways, and lines
/// that hand on what they took.
fn older(
    pool: &Inputs,
    settlement: &Settlement,
    from: Day,
    gateways: &[SourceName],
) -> Vec<RowKey> {
    let is_older = |day: Day| day < from;
    let txns = pool.txns.iter().filter(|txn| is_older(txn.business_date));
    let own = txns.filter(|txn| gateways.contains(&txn.source));
    let rows = settlement.rows.iter();
    let lines = rows.filter(|row| {
        let hands_on = matches!(row.class, "batch_settlement" | "sighting");
        hands_on && row.key.side == Side::Txn && is_older(row.business_date)
    });
    let mut keys: Vec<RowKey> = own.map(crate::domain::Txn::key).collect();
    keys.extend(lines.map(|row| row.key.clone()));
    keys.sort();
    keys.dedup();
    keys
}
