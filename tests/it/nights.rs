//! Nights for tests of the store: pull, read, settle, publish, as the job does it.

use doisoat::domain::{Day, Period, RunId, Txn};
use doisoat::matching::Names;
use doisoat::normalise::merge;
use doisoat::settle::{Inputs, Settlement};
use doisoat::store::{Delivery, Lease, Publication, RunRecord, Store, StoreError, Window};

use crate::rows::{night_of, sepay, txn};
use crate::settler::settle;

pub(crate) const A: &str = "H48.18.22-221205-0001";
pub(crate) const B: &str = "H48.18.22-221205-0002";
pub(crate) const C: &str = "H48.18.22-221206-0003";

/// A payment whose memo names a dossier.
pub(crate) fn paid(id: &str, dossier: &str, amount: i64, on: &str) -> Txn {
    Txn {
        memo: dossier.into(),
        ..txn(id, amount, on)
    }
}

pub(crate) async fn pull(store: &Store, night: Day, txns: Vec<Txn>) {
    let delivery = Delivery {
        txns,
        ..Delivery::default()
    };
    store
        .save_transactions(&sepay(), night, &delivery, merge)
        .await
        .unwrap();
}

/// What the night reads: the names are the dossiers in the memos of its new rows.
pub(crate) async fn pool_of(store: &Store, night: Day) -> Inputs {
    let new = store.new_rows(night).await.unwrap();
    let squeezed = new
        .txns
        .iter()
        .map(|t| t.memo.replace(['.', '-'], ""))
        .collect();
    let dossiers = store.existing_dossiers(night, &squeezed).await.unwrap();
    let names = Names {
        dossiers: dossiers.into_iter().collect(),
        ..Names::default()
    };
    let window = Window {
        days: 3,
        sum_days: 3,
        gateways: Vec::new(),
    };
    store.pool(night, &names, &window).await.unwrap()
}

pub(crate) async fn run_after(store: &Store, night: Day, digest: &str) -> RunRecord {
    let old = store.published(night).await.unwrap();
    let version = old.as_ref().map_or(1, |old| old.version + 1);
    RunRecord {
        id: RunId::new(&format!("{night}-{digest:0>12}-{version}")),
        business_date: night,
        version,
        state: "published".into(),
        replaces: old.map(|old| old.id),
        input_digest: digest.into(),
        rules_digest: "rules".into(),
        output_digest: "output".into(),
        exit_codes: vec![0],
        program: "0.1.0".into(),
        pulled_at_ms: night.plus(1).start_ms(),
        sources_json: "[]".into(),
        files: Vec::new(),
        calibration_json: "{}".into(),
        run_json: "{}".into(),
    }
}

pub(crate) async fn publish(
    store: &Store,
    lease: &Lease,
    run: &RunRecord,
    pool: &Inputs,
    settlement: &Settlement,
) -> Result<(), StoreError> {
    let publication = Publication {
        run,
        pool,
        settlement,
        kept: &[],
        archive: None,
        outbox: &[],
        now_wall: "2022-12-06T01:31:00+07:00",
    };
    store.publish(lease, &publication).await
}

/// One night of December as the job does it. Tells the keys that it read.
pub(crate) async fn night(store: &Store, lease: &Lease, of: u32) -> String {
    night_on(store, lease, night_of(of)).await
}

/// One night as the job does it. Tells the keys that it read.
pub(crate) async fn night_on(store: &Store, lease: &Lease, date: Day) -> String {
    let pool = pool_of(store, date).await;
    let periods = [Period::year_to(date)];
    let prior = store.prior(date, &periods, &pool).await.unwrap();
    let settlement = settle(&pool, &prior);
    let run = run_after(store, date, "d").await;
    publish(store, lease, &run, &pool, &settlement)
        .await
        .unwrap();
    keys_of(&pool)
}

pub(crate) fn keys_of(pool: &Inputs) -> String {
    let txns = pool.txns.iter().map(|t| t.id.to_string());
    let fees = pool
        .fees
        .iter()
        .map(|f| f.dossier_code.as_str()[17..].to_owned());
    let receipts = pool.receipts.iter().map(|r| r.receipt_id.to_string());
    txns.chain(fees)
        .chain(receipts)
        .collect::<Vec<_>>()
        .join(" ")
}
