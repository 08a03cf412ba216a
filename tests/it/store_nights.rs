//! Nights in the store, on both databases: what a night reads, what it decides, what a rerun does.

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::Poll;

use doisoat::domain::{Day, RunId, SourceName, Txn};
use doisoat::matching::Names;
use doisoat::normalise::merge;
use doisoat::settle::{Inputs, Settlement};
use doisoat::store::{
    Delivery, ExceptionFilter, Lease, Publication, RunRecord, Store, StoreError, Window,
};

use crate::database::{Database, each_database};
use crate::rows::{code, day, night_of, order, receipt, registry_file, sepay, txn};
use crate::settler::{settle, severity};
use crate::store::holder;

const A: &str = "H48.18.22-221205-0001";
const B: &str = "H48.18.22-221205-0002";
const C: &str = "H48.18.22-221206-0003";

/// A payment whose memo names a dossier.
fn paid(id: &str, dossier: &str, amount: i64, on: &str) -> Txn {
    Txn {
        memo: dossier.into(),
        ..txn(id, amount, on)
    }
}

async fn pull(store: &Store, night: Day, txns: Vec<Txn>) {
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
async fn pool_of(store: &Store, night: Day) -> Inputs {
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
        gateways: Vec::new(),
    };
    store.pool(night, &names, &window).await.unwrap()
}

async fn run_after(store: &Store, night: Day, digest: &str) -> RunRecord {
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
        run_json: "{}".into(),
    }
}

async fn publish(
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
        severity,
        now_wall: "2022-12-06T01:31:00+07:00",
    };
    store.publish(lease, &publication).await
}

/// One night as the job does it. Tells the keys that it read.
async fn night(store: &Store, lease: &Lease, of: u32) -> String {
    let date = night_of(of);
    let pool = pool_of(store, date).await;
    let prior = store.prior(date, day("2022-01-01"), &pool).await.unwrap();
    let settlement = settle(&pool, &prior);
    let run = run_after(store, date, "d").await;
    publish(store, lease, &run, &pool, &settlement)
        .await
        .unwrap();
    keys_of(&pool)
}

fn keys_of(pool: &Inputs) -> String {
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

/// The business state of the tables that hold decisions, without the names of the runs.
async fn decisions(store: &Store) -> Vec<String> {
    let dump = store.dump().await.unwrap();
    let tables = ["row_state", "match_", "contribution", "firm_change"];
    let lines = dump
        .lines()
        .filter(|l| tables.iter().any(|t| l.starts_with(t)));
    lines
        .map(|line| {
            let (table, json) = line.split_once(' ').unwrap();
            let mut row: serde_json::Value = serde_json::from_str(json).unwrap();
            row["run_id"] = "".into();
            format!("{table} {row}")
        })
        .collect()
}

#[tokio::test]
async fn a_night_reads_new_rows_open_items_and_what_they_name() {
    each_database(async |store, _database| {
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        let (file, mut rows) = registry_file("f1", "2022-12-05", &[A, B, C]);
        rows.orders.push(order("O1", C, 50_000, "2022-12-06"));
        rows.receipts.push(receipt("R1", C, 50_000, "2022-12-06"));
        store.save_registry(&file, &rows).await.unwrap();
        pull(
            &store,
            night_of(5),
            vec![
                paid("1", A, 50_000, "2022-12-05"),
                txn("2", 9_000, "2022-12-05"),
            ],
        )
        .await;
        assert_eq!(night(&store, &lease, 5).await, "1 2 0001 0002");
        // nothing new: what is open (2, fee B) comes again, the settled (1, fee A) does not
        pull(&store, night_of(6), vec![]).await;
        assert_eq!(night(&store, &lease, 6).await, "2 0002 0003 R1");
        // a second payment names A: its whole group comes back
        pull(
            &store,
            night_of(7),
            vec![paid("3", A, 50_000, "2022-12-07")],
        )
        .await;
        assert_eq!(night(&store, &lease, 7).await, "1 2 3 0001 0002 0003 R1");
        // three days later the receipt has left the window, and what it settled with it
        assert_eq!(night(&store, &lease, 10).await, "2 3 0002");
        // names bring back what they point at, and what is linked to that
        let named = async |names: Names| {
            let window = Window::default();
            keys_of(&store.pool(night_of(11), &names, &window).await.unwrap())
        };
        assert_eq!(named(Names::default()).await, "2 3 0002");
        let orders = ["O1".into()].into();
        assert_eq!(
            named(Names {
                orders,
                ..Names::default()
            })
            .await,
            "2 3 0002 0003 R1"
        );
        let dossiers = [code(A)].into();
        assert_eq!(
            named(Names {
                dossiers,
                ..Names::default()
            })
            .await,
            "1 2 3 0001 0002"
        );
    })
    .await;
}

#[tokio::test]
async fn links_are_followed_both_ways() {
    each_database(async |store, _database| {
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        let (file, rows) = registry_file("f1", "2022-12-05", &[A, B]);
        store.save_registry(&file, &rows).await.unwrap();
        // one payment for two dossiers, and one for the second of them
        let both = paid("1", &format!("{A} {B}"), 100_000, "2022-12-05");
        pull(
            &store,
            night_of(5),
            vec![Txn {
                bank_ref: Some("FT1".into()),
                ..both
            }],
        )
        .await;
        assert_eq!(night(&store, &lease, 5).await, "1 0001 0002");
        let names = |dossier: &str| Names {
            dossiers: [code(dossier)].into(),
            ..Names::default()
        };
        let window = Window::default();
        let all = "1 0001 0002";
        for (what, names) in [
            ("A", names(A)),
            ("B", names(B)),
            (
                "id",
                Names {
                    txn_ids: ["1".into()].into(),
                    ..Names::default()
                },
            ),
            (
                "bank reference",
                Names {
                    bank_refs: ["FT1".into()].into(),
                    ..Names::default()
                },
            ),
        ] {
            let pool = store.pool(night_of(6), &names, &window).await.unwrap();
            assert_eq!(keys_of(&pool), all, "{what}");
        }
        let gateways = vec![sepay()];
        let pool = store
            .pool(
                night_of(7),
                &Names::default(),
                &Window { days: 2, gateways },
            )
            .await
            .unwrap();
        assert_eq!(keys_of(&pool), all, "window");
        let other = vec![SourceName::new("momo")];
        let pool = store
            .pool(
                night_of(7),
                &Names::default(),
                &Window {
                    days: 2,
                    gateways: other,
                },
            )
            .await
            .unwrap();
        assert_eq!(keys_of(&pool), "", "another gateway's window");
    })
    .await;
}

#[tokio::test]
async fn publishing_does_not_change_what_the_night_read() {
    each_database(async |store, _database| {
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        let (file, rows) = registry_file("f1", "2022-12-05", &[A, B, C]);
        store.save_registry(&file, &rows).await.unwrap();
        for (of, dossier) in (5..).zip([A, B, C, A]) {
            let id = of.to_string();
            let on = night_of(of).to_string();
            pull(&store, night_of(of), vec![paid(&id, dossier, 50_000, &on)]).await;
            let before = pool_of(&store, night_of(of)).await;
            night(&store, &lease, of).await;
            assert_eq!(pool_of(&store, night_of(of)).await, before, "night {of}");
        }
        // also after later nights were published
        let pools: Vec<_> = [
            pool_of(&store, night_of(5)).await,
            pool_of(&store, night_of(6)).await,
        ]
        .into();
        let prior = store
            .prior(night_of(6), day("2022-01-01"), &pools[1])
            .await
            .unwrap();
        let state = decisions(&store).await;
        night(&store, &lease, 6).await;
        assert_eq!(
            decisions(&store).await,
            state,
            "the same inputs again change no decision"
        );
        assert_eq!(pool_of(&store, night_of(6)).await, pools[1]);
        assert_eq!(
            store
                .prior(night_of(6), day("2022-01-01"), &pools[1])
                .await
                .unwrap(),
            prior
        );
    })
    .await;
}

#[tokio::test]
async fn a_rerun_replaces_its_own_night_only() {
    each_database(async |store, database| {
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        let (file, rows) = registry_file("f1", "2022-12-05", &[A, B]);
        store.save_registry(&file, &rows).await.unwrap();
        pull(
            &store,
            night_of(5),
            vec![paid("1", A, 50_000, "2022-12-05")],
        )
        .await;
        night(&store, &lease, 5).await;
        let first = store.published(night_of(5)).await.unwrap().unwrap();
        night(&store, &lease, 6).await;
        // a row of the 5th arrives late, with the pull of the 7th, and the 5th is run again
        pull(
            &store,
            night_of(7),
            vec![paid("late", B, 50_000, "2022-12-05")],
        )
        .await;
        night(&store, &lease, 7).await;
        let open = async |as_of: u32| {
            let as_of = Some(night_of(as_of));
            let filter = ExceptionFilter {
                as_of,
                ..ExceptionFilter::default()
            };
            let found = store.exceptions(&filter).await.unwrap();
            found
                .iter()
                .map(|e| format!("{} {}", e.class, e.opened))
                .collect::<Vec<_>>()
        };
        assert_eq!(open(5).await, ["unpaid 2022-12-05"]);
        assert_eq!(open(6).await, ["unpaid 2022-12-05"]);
        assert_eq!(open(7).await, Vec::<String>::new());
        night(&store, &lease, 5).await;
        assert_eq!(open(5).await, Vec::<String>::new());
        let second = store.published(night_of(5)).await.unwrap().unwrap();
        assert_eq!(
            (second.version, second.replaces),
            (2, Some(first.id.clone()))
        );
        let old = store.run(&first.id).await.unwrap().unwrap();
        assert_eq!(&*old.state, "superseded");
        let runs = store.runs().await.unwrap();
        let nights: Vec<_> = runs.iter().map(|r| (r.business_date, r.version)).collect();
        assert_eq!(
            nights,
            [
                (night_of(5), 1),
                (night_of(5), 2),
                (night_of(6), 1),
                (night_of(7), 1)
            ]
        );
        assert_eq!(
            store.last_run().await.unwrap().unwrap().business_date,
            night_of(7)
        );
        check_versions(&store.dump().await.unwrap());
        // a run that does not follow the one that stands is refused, and leaves nothing
        let dump = store.dump().await.unwrap();
        let pool = pool_of(&store, night_of(5)).await;
        let stale = RunRecord {
            version: 2,
            id: RunId::new("2022-12-05-x-2"),
            ..run_after(&store, night_of(5), "x").await
        };
        let refused = publish(&store, &lease, &stale, &pool, &settle(&pool, &[])).await;
        assert!(
            matches!(refused, Err(StoreError::Conservation(_))),
            "{refused:?}"
        );
        assert_eq!(store.dump().await.unwrap(), dump);
        drop(lease);
        let _ = database;
    })
    .await;
}

#[tokio::test]
async fn an_exception_tells_its_history() {
    each_database(async |store, _database| {
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        assert_eq!(
            store.exceptions(&ExceptionFilter::default()).await.unwrap(),
            []
        );
        let (file, rows) = registry_file("f1", "2022-12-05", &[A]);
        store.save_registry(&file, &rows).await.unwrap();
        for of in 5..8 {
            night(&store, &lease, of).await;
        }
        pull(
            &store,
            night_of(8),
            vec![
                paid("1", A, 50_000, "2022-12-08"),
                txn("2", 1_000, "2022-12-08"),
            ],
        )
        .await;
        let open = store.exceptions(&ExceptionFilter::default()).await.unwrap();
        let [unpaid] = open.as_slice() else {
            panic!("{open:?}")
        };
        assert_eq!(
            (&*unpaid.class, unpaid.opened, unpaid.closed),
            ("unpaid", night_of(5), None)
        );
        assert_eq!(
            unpaid.opened_run,
            store.published(night_of(5)).await.unwrap().map(|r| r.id)
        );
        assert!(
            !unpaid.evidence.is_empty() && !unpaid.nearest.is_empty(),
            "{unpaid:?}"
        );
        night(&store, &lease, 8).await;
        let detail = store
            .exception(&unpaid.id.as_str()[..6], None)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(detail.record.closed, Some(night_of(8)));
        let classes: Vec<_> = detail
            .history
            .iter()
            .map(|s| (&*s.class, s.from, s.until))
            .collect();
        assert_eq!(
            classes,
            [
                ("unpaid", night_of(5), Some(night_of(8))),
                ("ok", night_of(8), None)
            ]
        );
        assert_eq!(detail.legs.len(), 1);
        let then = store
            .exception(unpaid.id.as_str(), Some(night_of(6)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((then.record.closed, then.legs.len()), (None, 0));
        for none in ["", "zzzz", "00000000", "%", "abc"] {
            assert_eq!(store.exception(none, None).await.unwrap(), None, "{none}");
        }
        let only = |class: &str| ExceptionFilter {
            classes: vec![class.into()],
            ..ExceptionFilter::default()
        };
        assert_eq!(store.exceptions(&only("unpaid")).await.unwrap().len(), 0);
        assert_eq!(
            store.exceptions(&only("unidentified")).await.unwrap().len(),
            1
        );
    })
    .await;
}

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
    each_database(async |store, database| {
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
        let twin = Database::empty(database.kind);
        let uncut = twin.create().await;
        let lease = prepare(&uncut).await;
        night(&uncut, &lease, 6).await;
        let whole = uncut.dump().await.unwrap();

        let lease = prepare(&store).await;
        let pool = pool_of(&store, night_of(6)).await;
        let prior = store
            .prior(night_of(6), day("2022-01-01"), &pool)
            .await
            .unwrap();
        let settlement = settle(&pool, &prior);
        let run = run_after(&store, night_of(6), "d").await;
        let before = store.dump().await.unwrap();
        assert_ne!(before, whole);
        for polls in 0.. {
            let done = cut(publish(&store, &lease, &run, &pool, &settlement), polls).await;
            let found = store.dump().await.unwrap();
            // cut while the commit was on its way, it may have arrived: then as a whole
            if done.is_some() || found != before {
                assert!(
                    found == whole,
                    "after {polls} polls: neither nothing nor all"
                );
                assert!(polls > 8, "{polls} cuts");
                break;
            }
        }
    })
    .await;
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
    use crate::database::Kind;
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
fn check_versions(dump: &str) {
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
