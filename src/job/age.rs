//! Since when what is open waits.

use std::collections::BTreeMap;

use super::desk::Desk;
use super::error::JobError;
use crate::classify::{Classified, Severity};
use crate::domain::{Day, ExceptionId, RowKey, Side};
use crate::settle::Settlement;
use crate::store::ExceptionRecord;

/// Since when each exception is open: of a row that changed its class, since the first of them; of
/// a line that nights before had taken for a sum, since its own day.
pub(super) async fn opened_on(
    (desk, night): (&Desk, Day),
    settlement: &Settlement,
    before: &[ExceptionRecord],
) -> Result<BTreeMap<ExceptionId, Day>, JobError> {
    let mut opened = waiting(settlement, before);
    let rows = settlement.rows.iter();
    let old: Vec<(&ExceptionId, &Classified)> = rows
        .filter(|row| row.key.side == Side::Txn && row.severity != Severity::Info)
        .filter(|row| row.business_date < night)
        .filter_map(|row| Some((row.exception_id.as_ref()?, row)))
        .filter(|(id, _)| !opened.contains_key(*id))
        .collect();
    let keys: Vec<RowKey> = old.iter().map(|(_, row)| row.key.clone()).collect();
    if keys.is_empty() {
        return Ok(opened);
    }
    let standing = desk.store.standing((night, night), &[], &keys).await?;
    let taken = |key: &RowKey| {
        let mut of_row = standing.iter().filter(|stood| stood.key == *key);
        of_row.any(|stood| matches!(&*stood.class, "batch_settlement" | "cash_deposit"))
    };
    let since: Vec<(ExceptionId, Day)> = old
        .iter()
        .filter(|(_, row)| taken(&row.key))
        .map(|(id, row)| ((*id).clone(), row.business_date))
        .collect();
    opened.extend(since);
    Ok(opened)
}

fn waiting(settlement: &Settlement, before: &[ExceptionRecord]) -> BTreeMap<ExceptionId, Day> {
    let own: BTreeMap<&ExceptionId, Day> = before.iter().map(|o| (&o.id, o.opened)).collect();
    let mut waited: BTreeMap<&RowKey, Day> = BTreeMap::new();
    for open in before.iter().filter(|o| o.severity != Severity::Info) {
        let first = waited.entry(&open.key).or_insert(open.opened);
        *first = (*first).min(open.opened);
    }
    let since = |row: &Classified| {
        let id = row.exception_id.as_ref()?;
        let waits = row.severity != Severity::Info;
        let waited = waited.get(&row.key).filter(|_| waits);
        let first = own.get(id).into_iter().chain(waited).min()?;
        Some((id.clone(), *first))
    };
    settlement.rows.iter().filter_map(since).collect()
}
