//! What a night reads: its new rows, every open item, and the settled items that they name.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::{batches, keys};
use super::book;
use super::codec::{
    code, from_json, read_fee, read_key, read_order, read_receipt, read_reject, read_txn, write_key,
};
use super::exec::{Bind, Row, Tx};
use super::owner::Owner;
use super::registry::load_agencies;
use super::statement as sql;
use super::txn::{assemble, load_txns};
use super::{Store, StoreError};
use crate::domain::{
    Conflict, Day, DossierCode, Fee, PaymentOrder, Receipt, Reject, RowKey, Side, SourceName, Txn,
    Vnd,
};
use crate::matching::{Evidence, Names};
use crate::settle::Inputs;

/// Rows that come into the pool by date alone, because batches and deposits name none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Days before the night.
    pub days: u32,
    /// Days before the night whose sums are looked for; at most `days`.
    pub sum_days: u32,
    /// The sources whose payments land in the bank in batches.
    pub gateways: Vec<SourceName>,
}

impl Store {
    /// Rows not decided before `night`: money with `business_date <= night`, registry versions and
    /// rejects that count by then; all sorted. `sources` is left empty.
    pub async fn new_rows(&self, night: Day) -> Result<Inputs, StoreError> {
        let mut tx = self.begin_read().await?;
        let mut new = load_new(&mut tx, night).await?;
        new.conflicts = load_conflicts(&mut tx, &new, night).await?;
        new.agencies = load_agencies(&mut tx, night).await?;
        Ok(sorted(new))
    }

    /// The transactions that were still open before `night`, in key order: what they name is read
    /// again with them.
    pub async fn open_txns(&self, night: Day) -> Result<Vec<Txn>, StoreError> {
        let mut tx = self.begin_read().await?;
        let night = night.to_string();
        let mut keys = BTreeSet::new();
        for row in tx
            .rows(&sql::SELECT_OPEN_ROW, &[Bind::Text(&night)])
            .await?
        {
            let key = read_key(&row)?;
            if key.side == Side::Txn {
                keys.insert(key);
            }
        }
        load_txns(&mut tx, &keys, &night).await
    }

    /// The pool of `night`, sorted: new rows, open items, everything linked to what they and
    /// `names` name, and the window's rows. `sources` is left empty for the job to fill. Depends
    /// only on facts and on decisions before `night`: publishing the night does not change it.
    pub async fn pool(
        &self,
        night: Day,
        names: &Names,
        window: &Window,
    ) -> Result<Inputs, StoreError> {
        let mut tx = self.begin_read().await?;
        let mut reach = Reach::default();
        reach.add_new(&mut tx, night).await?;
        reach.add_open(&mut tx, night).await?;
        reach.add_decided(&mut tx, night).await?;
        reach.add_names(&mut tx, night, names).await?;
        reach.add_window(&mut tx, night, window).await?;
        let night_text = night.to_string();
        let as_of = [Bind::Text(&night_text)];
        let mut rejects = tx.rows(&sql::SELECT_OPEN_REJECT_ROW, &as_of).await?;
        rejects.extend(tx.rows(&sql::SELECT_NEW_REJECT_ROW, &as_of).await?);
        let rejects = rejects.iter().map(read_reject);
        let rejects: Vec<Reject> = rejects.collect::<Result<_, _>>()?;
        reach.add_lines(&mut tx, &rejects, &as_of).await?;
        reach.close(&mut tx, night).await?;
        let codes = keys(reach.dossiers.iter().map(DossierCode::as_str));
        let fees = tx.read_batches(&sql::SELECT_FEE_BY_DOSSIER, &codes, &as_of, read_fee);
        let fees = fees.await?;
        let orders = tx.read_batches(&sql::SELECT_ORDER_BY_DOSSIER, &codes, &as_of, read_order);
        let orders = orders.await?;
        let receipts = &sql::SELECT_RECEIPT_BY_DOSSIER;
        let receipts = tx.read_batches(receipts, &codes, &as_of, read_receipt);
        let receipts = receipts.await?;
        let mut pool = Inputs {
            business_date: Some(night),
            agencies: load_agencies(&mut tx, night).await?,
            fees,
            orders,
            receipts,
            rejects,
            txns: load_txns(&mut tx, &reach.txns, &night_text).await?,
            conflicts: Vec::new(),
            decisions: Vec::new(),
            sources: Vec::new(),
        };
        pool.conflicts = load_conflicts(&mut tx, &pool, night).await?;
        pool.decisions = book::rulings(&mut tx, &pool, night).await?;
        Ok(sorted(pool))
    }
}

/// The keys of the rows that a night reads, growing until nothing new is linked.
#[derive(Default)]
struct Reach {
    dossiers: BTreeSet<DossierCode>,
    txns: BTreeSet<RowKey>,
}

impl Reach {
    /// The rows not decided before the night.
    async fn add_new(&mut self, tx: &mut Tx, night: Day) -> Result<(), StoreError> {
        let night = night.to_string();
        let binds = [Bind::Text(&night)];
        let rows = tx.rows(&sql::SELECT_NEW_TXN_KEY, &binds).await?;
        self.add_txns(&rows)?;
        for row in tx.rows(&sql::SELECT_NEW_DOSSIER, &binds).await? {
            self.dossiers.insert(row.parsed("dossier_code", code)?);
        }
        Ok(())
    }

    /// Every open row with the dossier it names, and whatever could still end in several ways.
    async fn add_open(&mut self, tx: &mut Tx, night: Day) -> Result<(), StoreError> {
        let night = night.to_string();
        let binds = [Bind::Text(&night)];
        for row in tx.rows(&sql::SELECT_OPEN_ROW, &binds).await? {
            let key = read_key(&row)?;
            self.dossiers.extend(key.dossier.clone());
            self.dossiers.extend(row.opt_parsed("dossier_code", code)?);
            if key.side == Side::Txn {
                self.txns.insert(key);
            }
        }
        for row in tx.rows(&sql::SELECT_OPEN_OWNER, &binds).await? {
            match Owner::parse(row.text("owner")?) {
                Some(Owner::Txn(key)) => {
                    self.txns.insert(key);
                }
                Some(Owner::Dossier(code)) => {
                    self.dossiers.insert(code);
                }
                // each night reads all of them
                Some(Owner::Unread(_)) => {}
                None => return Err(row.damaged("owner")),
            }
        }
        Ok(())
    }

    /// Rows that people decided upon since, with the dossiers that they gave them to.
    async fn add_decided(&mut self, tx: &mut Tx, night: Day) -> Result<(), StoreError> {
        let (rows, dossiers) = book::decided_anew(tx, &night.to_string()).await?;
        self.dossiers.extend(dossiers);
        let txns = rows.into_iter().filter(|key| key.side == Side::Txn);
        self.txns.extend(txns);
        Ok(())
    }

    /// The dossiers of the lines of which a row that cannot be read may be another version.
    async fn add_lines(
        &mut self,
        tx: &mut Tx,
        rejects: &[Reject],
        as_of: &[Bind<'_>],
    ) -> Result<(), StoreError> {
        let lines = rejects.iter().filter(|reject| reject.side == Side::Fee);
        let ids = keys(lines.map(|reject| &*reject.id));
        let found = tx.rows_of_batches(&sql::SELECT_DOSSIER_BY_FEE_ID, &ids, as_of);
        for row in &found.await? {
            self.dossiers.insert(row.parsed("dossier_code", code)?);
        }
        Ok(())
    }

    async fn add_names(
        &mut self,
        tx: &mut Tx,
        night: Day,
        names: &Names,
    ) -> Result<(), StoreError> {
        self.dossiers.extend(names.dossiers.iter().cloned());
        self.txns.extend(names.txns.iter().cloned());
        let night = night.to_string();
        let as_of = [Bind::Text(&night)];
        for (statement, texts) in [
            (&sql::SELECT_TXN_KEY_BY_ID, &names.txn_ids),
            (&sql::SELECT_TXN_KEY_BY_BANK_REF, &names.bank_refs),
            (&sql::SELECT_TXN_KEY_BY_ORDER_REF, &names.orders),
        ] {
            let rows = tx.rows_of_batches(statement, &keys(texts), &as_of).await?;
            self.add_txns(&rows)?;
        }
        let orders = tx
            .rows_of_batches(&sql::SELECT_ORDER_BY_ID, &keys(&names.orders), &as_of)
            .await?;
        for row in &orders {
            self.dossiers.insert(row.parsed("dossier_code", code)?);
        }
        Ok(())
    }

    async fn add_window(
        &mut self,
        tx: &mut Tx,
        night: Day,
        window: &Window,
    ) -> Result<(), StoreError> {
        let (from, to) = (night.minus(window.days).to_string(), night.to_string());
        let days = [Bind::Text(&from), Bind::Text(&to)];
        let gateways = keys(window.gateways.iter().map(SourceName::as_str));
        let rows = tx
            .rows_of_batches(&sql::SELECT_TXN_KEY_BY_WINDOW, &gateways, &days)
            .await?;
        self.add_txns(&rows)?;
        let rows = tx
            .rows(&sql::SELECT_RECEIPT_DOSSIER_BY_WINDOW, &days)
            .await?;
        for row in &rows {
            self.dossiers.insert(row.parsed("dossier_code", code)?);
        }
        self.add_sums(tx, night, window).await
    }

    /// The bank lines that were taken for the sum of a day that the pool holds whole: each night
    /// adds that day up again, so that a receipt made void or a refund is seen.
    async fn add_sums(
        &mut self,
        tx: &mut Tx,
        night: Day,
        window: &Window,
    ) -> Result<(), StoreError> {
        let (from, held) = (night.minus(window.sum_days), night.minus(window.days));
        let (from_text, to) = (from.to_string(), night.to_string());
        let days = [Bind::Text(&from_text), Bind::Text(&to)];
        for row in tx.rows(&sql::SELECT_SUMMED_LINE, &days).await? {
            let evidence: Vec<Evidence> = from_json(&row, "evidence")?;
            let whole = |what: &Evidence| match what {
                Evidence::DepositOf(_, of, _) => *of >= from,
                Evidence::DepositOfDays(_, days, _) => {
                    days.first().is_some_and(|(of, _)| *of >= from)
                }
                // the first of its days is added up again too, or it would be no sum any more
                what => what.paid_out().is_some_and(|(_, days)| {
                    let ends = days.first().zip(days.last());
                    ends.is_some_and(|((first, _), (last, _))| *first >= held && *last >= from)
                }),
            };
            if evidence.iter().any(whole) {
                self.add_txns(std::slice::from_ref(&row))?;
            }
        }
        Ok(())
    }

    fn add_txns(&mut self, rows: &[Row]) -> Result<(), StoreError> {
        for row in rows {
            let source = SourceName::new(row.text("source")?);
            self.txns.insert(RowKey::txn(&source, row.text("id")?));
        }
        Ok(())
    }

    /// Follows the links made before the night, both ways. Each round adds at least one key of the
    /// finitely many that are linked.
    async fn close(&mut self, tx: &mut Tx, night: Day) -> Result<(), StoreError> {
        let night = night.to_string();
        let as_of = [Bind::Text(&night)];
        let mut done = Self::default();
        loop {
            let dossiers: Vec<_> = self.dossiers.difference(&done.dossiers).cloned().collect();
            let txns: Vec<_> = self.txns.difference(&done.txns).cloned().collect();
            if dossiers.is_empty() && txns.is_empty() {
                return Ok(());
            }
            let mut links = tx
                .rows_of_batches(
                    &sql::SELECT_LINK_BY_DOSSIER,
                    &keys(dossiers.iter().map(DossierCode::as_str)),
                    &as_of,
                )
                .await?;
            let money = batches(&txns, |row, key| {
                write_key(row, key);
            });
            links.extend(
                tx.rows_of_batches(&sql::SELECT_LINK_BY_MONEY, &money, &as_of)
                    .await?,
            );
            done.dossiers.extend(dossiers);
            done.txns.extend(txns);
            for link in &links {
                self.dossiers.extend(link.opt_parsed("dossier_code", code)?);
                if link.text("side")? == Side::Txn.id() {
                    let source = SourceName::new(link.text("source")?);
                    self.txns.insert(RowKey::txn(&source, link.text("id")?));
                }
            }
        }
    }
}

async fn load_new(tx: &mut Tx, night: Day) -> Result<Inputs, StoreError> {
    let text = night.to_string();
    let as_of = [Bind::Text(&text)];
    let txns = read_all(tx.rows(&sql::SELECT_NEW_TXN, &as_of).await?, read_txn)?;
    let fees = read_all(tx.rows(&sql::SELECT_NEW_FEE, &as_of).await?, read_fee)?;
    let orders = read_all(tx.rows(&sql::SELECT_NEW_ORDER, &as_of).await?, read_order)?;
    let receipts = tx.rows(&sql::SELECT_NEW_RECEIPT, &as_of).await?;
    let receipts = read_all(receipts, read_receipt)?;
    let rejects = tx.rows(&sql::SELECT_NEW_REJECT_ROW, &as_of).await?;
    Ok(Inputs {
        business_date: Some(night),
        txns,
        fees,
        orders,
        receipts,
        rejects: read_all(rejects, read_reject)?,
        ..Inputs::default()
    })
}

/// Reads rows, each of which is let go as soon as it is read.
fn read_all<T>(
    rows: Vec<Row>,
    read: impl Fn(&Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(|row| read(&row)).collect()
}

/// The contradictions of the rows at hand.
async fn load_conflicts(
    tx: &mut Tx,
    rows: &Inputs,
    night: Day,
) -> Result<Vec<Conflict>, StoreError> {
    let txns = rows
        .txns
        .iter()
        .map(|t| (t.key(), (t.amount, Some(t.business_date))));
    let fees = rows.fees.iter().map(|fee| (fee.key(), (fee.amount, None)));
    let receipts = rows.receipts.iter().map(|r| (r.key(), (r.amount, None)));
    let kept: BTreeMap<RowKey, (Vnd, Option<Day>)> = txns.chain(fees).chain(receipts).collect();
    let batch = batches(kept.keys(), |row, key| {
        write_key(row, key);
    });
    let night = night.to_string();
    let found = tx
        .rows_of_batches(&sql::SELECT_CONFLICT_VERSION, &batch, &[Bind::Text(&night)])
        .await?;
    assemble(&found, &kept)
}

/// Order and duplicates out of the way, so that the same rows are the same value.
fn sorted(mut inputs: Inputs) -> Inputs {
    inputs.agencies.sort();
    inputs.fees.sort_by_cached_key(Fee::key);
    inputs.orders.sort_by(|a, b| {
        let key = |order: &PaymentOrder| (order.provider.clone(), order.order_id.clone());
        key(a).cmp(&key(b))
    });
    inputs.receipts.sort_by_cached_key(Receipt::key);
    inputs.txns.sort_by_cached_key(Txn::key);
    inputs.rejects.sort();
    inputs.rejects.dedup();
    inputs.conflicts.sort();
    inputs
}
