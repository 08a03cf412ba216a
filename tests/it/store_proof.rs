//! Proofs about the store, on both databases: cut anywhere, refused, the same state on both.

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::Poll;

use doisoat::domain::{Period, Txn};
use doisoat::settle::{Inputs, Settlement};
use doisoat::store::{Lease, Store, StoreError};

use crate::database::{Database, Kind, each_database};
use crate::nights::{A, B, night, paid, pool_of, publish, pull, run_after};
use crate::rows::{night_of, receipt, registry_file, txn};
use crate::settler::settle;
use crate::store_open::holder;

/// Runs a future for so many polls and then drops it, as a crash would.
async fn cut<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

#[tokio::test]
async fn a_publication_cut_anywhere_leaves_nothing_or_all() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        // how often a publication waits is the scheduler's to say: on a busy machine try once more
        let mut most = 0;
        for _ in 0..10 {
            most = cut_until_done(kind).await.max(most);
            if most > 2 {
                break;
            }
        }
        assert!(most > 2, "{kind:?}: only {most} cuts");
    }
}

/// Cuts the same publication after one poll, after two, and so on, until it is done; tells how many
/// polls it took.
async fn cut_until_done(kind: Kind) -> usize {
    let prepare = async |store: &Store| {
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        let (file, rows) = registry_file("f1", "2022-12-05", &[A, B]);
        store.save_registry(&file, &rows).await.unwrap();
        pull(store, night_of(5), vec![paid("1", A, 50_000, "2022-12-05")]).await;
        night(store, &lease, 5).await;
        let more = [("2", B), ("3", A)].map(|(id, of)| paid(id, of, 50_000, "2022-12-06"));
        pull(store, night_of(6), more.to_vec()).await;
        lease
    };
    let twin = Database::empty(kind);
    let uncut = twin.create().await;
    let lease = prepare(&uncut).await;
    night(&uncut, &lease, 6).await;
    let whole = uncut.dump().await.unwrap();

    let database = Database::empty(kind);
    let store = database.create().await;
    let lease = prepare(&store).await;
    let pool = pool_of(&store, night_of(6)).await;
    let prior = store
        .prior(night_of(6), &[Period::year_to(night_of(6))], &pool)
        .await
        .unwrap();
    let settlement = settle(&pool, &prior);
    let run = run_after(&store, night_of(6), "d").await;
    let before = store.dump().await.unwrap();
    assert_ne!(before, whole);
    let mut polls = 0;
    loop {
        let done = cut(publish(&store, &lease, &run, &pool, &settlement), polls).await;
        let found = store.dump().await.unwrap();
        // cut while the commit was on its way, it may have arrived: then as a whole
        if done.is_some() || found != before {
            assert!(
                found == whole,
                "{kind:?}, after {polls} polls: neither nothing nor all"
            );
            uncut.close().await;
            store.close().await;
            return polls;
        }
        polls += 1;
    }
}

#[tokio::test]
async fn a_lost_lease_publishes_nothing() {
    each_database(async |store, database| {
        let lease = store
            .acquire_lease(&holder("run 2022-12-05"))
            .await
            .unwrap();
        database
            .execute("UPDATE lease SET token = 'another run'")
            .await;
        let pool = Inputs {
            business_date: Some(night_of(5)),
            ..Inputs::default()
        };
        let run = run_after(&store, night_of(5), "d").await;
        let done = publish(&store, &lease, &run, &pool, &Settlement::default()).await;
        assert!(matches!(done, Err(StoreError::LeaseLost)), "{done:?}");
        assert_eq!(store.runs().await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_contribution_without_a_row_of_the_pool_is_refused() {
    each_database(async |store, _database| {
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        pull(&store, night_of(5), vec![txn("1", 9_000, "2022-12-05")]).await;
        let pool = pool_of(&store, night_of(5)).await;
        let good = settle(&pool, &[]);
        let run = run_after(&store, night_of(5), "d").await;
        let before = store.dump().await.unwrap();
        let mut stray = good.clone();
        stray.contributions[0].item = "txn|sepay-main|999".into();
        let mut twice = good.clone();
        twice.rows.push(twice.rows[0].clone());
        for bad in [stray, twice] {
            let done = publish(&store, &lease, &run, &pool, &bad).await;
            assert!(matches!(done, Err(StoreError::Conservation(_))), "{done:?}");
            assert_eq!(store.dump().await.unwrap(), before);
        }
        publish(&store, &lease, &run, &pool, &good).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn both_databases_end_in_the_same_state() {
    let mut dumps = Vec::new();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let database = Database::empty(kind);
        let store = database.create().await;
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        let mut random = Lcg(20_221_205);
        for step in 0..60 {
            random_step(&store, &lease, &mut random, step).await;
        }
        let dump = store.dump().await.unwrap();
        check_versions(&dump);
        dumps.push(dump);
    }
    assert!(
        dumps[0].lines().count() > 500,
        "{} lines",
        dumps[0].lines().count()
    );
    for (sqlite, postgres) in dumps[0].lines().zip(dumps[1].lines()) {
        assert_eq!(sqlite, postgres);
    }
    assert_eq!(dumps[0].len(), dumps[1].len());
}

/// Numbers that are the same on every run.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: u64) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % n).unwrap()
    }
}

/// New facts of any of the first ten days, then any night of them (again).
async fn random_step(store: &Store, lease: &Lease, random: &mut Lcg, step: u32) {
    let on = night_of(1 + random.below(10));
    let dossier = format!(
        "H48.18.22-{}-{:04}",
        on.date().format("%y%m%d"),
        random.below(4)
    );
    let (mut file, mut rows) = registry_file(&format!("f{step}"), &on.to_string(), &[&dossier]);
    file.night = night_of(1 + random.below(10));
    if random.below(3) == 0 {
        rows.receipts.push(receipt(
            &format!("R{}", random.below(9)),
            &dossier,
            50_000,
            &on.to_string(),
        ));
    }
    store.save_registry(&file, &rows).await.unwrap();
    let txns = (0..3).map(|_| {
        let day = night_of(1 + random.below(10)).to_string();
        let named = format!(
            "H48.18.22-{}-{:04}",
            day[2..].replace('-', ""),
            random.below(4)
        );
        let id = random.below(40).to_string();
        let amount = 50_000 + i64::from(random.below(2));
        if random.below(4) == 0 {
            txn(&id, amount, &day)
        } else {
            paid(&id, &named, amount, &day)
        }
    });
    let txns: Vec<Txn> = txns.collect();
    let at = night_of(1 + random.below(10));
    pull(store, at, txns).await;
    night(store, lease, 1 + random.below(10)).await;
}

/// In every table of decisions the entries of a key follow each other without gap or overlap, and
/// the firm sums are those of the contributions as of every night.
pub(crate) fn check_versions(dump: &str) {
    let mut chains: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut sums: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    let nights: Vec<String> = (1..=11).map(|n| night_of(n).to_string()).collect();
    for line in dump.lines() {
        let (table, json) = line.split_once(' ').unwrap();
        let row: serde_json::Value = serde_json::from_str(json).unwrap();
        let text = |column: &str| row[column].as_str().unwrap_or_default().to_owned();
        let key: &[&str] = match table {
            "row_state" => &["side", "source", "id", "dossier"],
            "match_group" => &["group_id"],
            "contribution" => &["definition", "item", "scope"],
            _ => &[],
        };
        if !key.is_empty() {
            let key: Vec<String> = key.iter().map(|c| text(c)).collect();
            let chain = chains
                .entry(format!("{table} {}", key.join("|")))
                .or_default();
            chain.push((text("night"), text("until")));
        }
        let figures = |sign: i64| {
            let figure = |column: &str| row[column].as_i64().unwrap() * sign;
            (figure("numerator"), figure("denominator"))
        };
        let counts = row["firm"] == 1 && row["live"] == 1;
        for night in &nights {
            let (holds, sign) = match table {
                "contribution" => (
                    counts && text("night") < *night && text("until") >= *night,
                    1,
                ),
                "firm_change" => (text("night") < *night, -1),
                _ => continue,
            };
            if holds {
                let (a, b) = figures(sign);
                let slot = sums
                    .entry((
                        night.clone(),
                        format!("{}{}", text("definition"), text("day")),
                    ))
                    .or_default();
                *slot = (slot.0 + a, slot.1 + b);
            }
        }
    }
    for (key, mut chain) in chains {
        chain.sort();
        for pair in chain.windows(2) {
            assert_eq!(pair[0].1, pair[1].0, "{key}: {chain:?}");
        }
        assert_eq!(chain.last().unwrap().1, "9999-12-31", "{key}: {chain:?}");
    }
    for (key, left) in sums {
        assert_eq!(left, (0, 0), "{key:?}: contributions less firm changes");
    }
}
