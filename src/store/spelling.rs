//! What transactions spell, kept beside them: a dossier that is told of after its payment was
//! settled elsewhere finds it.

use std::collections::BTreeSet;

use super::batch::{batches, keys};
use super::codec::read_txn;
use super::exec::{Bind, Tx};
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::spelling::spelled;
use crate::domain::{Day, Txn};

/// One row: spelling, source, id.
type Spelling = (String, String, String);

/// What these transactions spell.
fn of(txns: &[Txn]) -> BTreeSet<Spelling> {
    let all = txns.iter().flat_map(|txn| {
        let told = spelled(&txn.memo, txn.order_ref.as_deref()).into_iter();
        told.map(move |text| (text, txn.source.as_str().to_owned(), txn.id.to_string()))
    });
    all.collect()
}

fn documents<'s>(rows: impl IntoIterator<Item = &'s Spelling>) -> Vec<String> {
    batches(rows, |row, (spelling, source, id)| {
        row.text("spelling", spelling)
            .text("source", source)
            .text("id", id);
    })
}

/// Keeps what new transactions spell, and what changed ones spell now in place of what their
/// versions `before` did.
pub(super) async fn keep(
    tx: &mut Tx,
    before: &[Txn],
    (fresh, updated): (&[Txn], &[Txn]),
) -> Result<(), StoreError> {
    let changed: BTreeSet<_> = updated.iter().map(Txn::key).collect();
    let before = before.iter().filter(|txn| changed.contains(&txn.key()));
    let before = of(&before.cloned().collect::<Vec<_>>());
    let mut now = of(updated);
    let gone = documents(before.difference(&now));
    tx.run_batches(&sql::DELETE_TXN_SPELLING, &gone, &[])
        .await?;
    now.extend(of(fresh));
    let rows = documents(&now);
    tx.run_batches(&sql::INSERT_TXN_SPELLING, &rows, &[])
        .await?;
    Ok(())
}

impl Store {
    /// Makes the spellings of the transactions that older programs stored: once, at the first night
    /// of a database that comes from them. A snapshot is read as it is.
    pub async fn make_spellings(&self) -> Result<(), StoreError> {
        let untold = self.read(&sql::SELECT_UNTOLD_SPELLING, &[]).await?;
        if untold.is_empty() || self.snapshot.is_some() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let mut after = (String::new(), String::new());
        loop {
            let binds = [Bind::Text(&after.0), Bind::Text(&after.1)];
            let rows = tx.rows(&sql::SELECT_TXN_TEXT, &binds).await?;
            let mut all = BTreeSet::new();
            for row in &rows {
                let (source, id) = (row.text("source")?.to_owned(), row.text("id")?.to_owned());
                let told = spelled(row.text("memo")?, row.opt_text("order_ref")?);
                all.extend(
                    told.into_iter()
                        .map(|text| (text, source.clone(), id.clone())),
                );
                after = (source, id);
            }
            tx.run_batches(&sql::INSERT_TXN_SPELLING, &documents(&all), &[])
                .await?;
            if rows.is_empty() {
                break;
            }
        }
        let marker = documents(&[Spelling::default()]);
        tx.run_batches(&sql::DELETE_TXN_SPELLING, &marker, &[])
            .await?;
        tx.commit().await
    }

    /// The transactions up to `night` that spell these squeezed codes, settled or not, in key
    /// order.
    pub async fn spelling_txns(
        &self,
        night: Day,
        squeezed: &BTreeSet<String>,
    ) -> Result<Vec<Txn>, StoreError> {
        let mut tx = self.begin_read().await?;
        let night = night.to_string();
        let rows = tx
            .rows_of_batches(
                &sql::SELECT_TXN_BY_SPELLING,
                &keys(squeezed),
                &[Bind::Text(&night)],
            )
            .await?;
        let mut txns = rows.iter().map(read_txn).collect::<Result<Vec<_>, _>>()?;
        txns.sort_by_cached_key(Txn::key);
        txns.dedup();
        Ok(txns)
    }
}
