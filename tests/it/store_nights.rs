//! Nights in the store, on both databases: what a night reads, what it decides, what a rerun does.

use doisoat::domain::{Period, RunId, SourceName, Txn};
use doisoat::matching::Names;
use doisoat::store::{ExceptionFilter, RunRecord, Store, StoreError, Window};

use crate::database::{Database, Kind, each_database};
use crate::nights::{A, B, C, keys_of, night, paid, pool_of, publish, pull, run_after};
use crate::rows::{code, night_of, order, receipt, registry_file, sepay, txn};
use crate::settler::settle;
use crate::store_open::holder;
use crate::store_proof::check_versions;

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
                &Window {
                    days: 2,
                    sum_days: 2,
                    gateways,
                },
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
                    sum_days: 2,
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
            .prior(night_of(6), &[Period::year_to(night_of(6))], &pools[1])
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
                .prior(night_of(6), &[Period::year_to(night_of(6))], &pools[1])
                .await
                .unwrap(),
            prior
        );
    })
    .await;
}

#[tokio::test]
async fn a_rerun_replaces_its_own_night_only() {
    each_database(async |store, _database| {
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
    })
    .await;
}

#[tokio::test]
async fn a_run_that_does_not_follow_is_refused() {
    each_database(async |store, _database| {
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        pull(&store, night_of(5), vec![txn("1", 9_000, "2022-12-05")]).await;
        night(&store, &lease, 5).await;
        let dump = store.dump().await.unwrap();
        let pool = pool_of(&store, night_of(5)).await;
        let stale = RunRecord {
            version: 1,
            id: RunId::new("2022-12-05-x-1"),
            ..run_after(&store, night_of(5), "x").await
        };
        let refused = publish(&store, &lease, &stale, &pool, &settle(&pool, &[])).await;
        assert!(
            matches!(refused, Err(StoreError::Conservation(_))),
            "{refused:?}"
        );
        assert_eq!(store.dump().await.unwrap(), dump);
    })
    .await;
}

/// PostgreSQL ends the first three transactions that add a row to these tables as it does with one
/// of two that wait for each other.
const DEADLOCKS: [&str; 5] = [
    "CREATE SEQUENCE tried",
    "CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN \
     IF nextval(''tried'') % 4 <> 0 THEN \
     RAISE EXCEPTION ''deadlock detected'' USING ERRCODE = ''40P01''; END IF; \
     RETURN NEW; END'",
    "CREATE TRIGGER t BEFORE INSERT ON run FOR EACH STATEMENT EXECUTE FUNCTION deadlock()",
    "CREATE TRIGGER t BEFORE INSERT ON export_file FOR EACH STATEMENT EXECUTE FUNCTION deadlock()",
    "CREATE TRIGGER t BEFORE INSERT ON txn FOR EACH STATEMENT EXECUTE FUNCTION deadlock()",
];

#[tokio::test]
async fn what_gave_way_to_another_transaction_is_written_again() {
    let mut dumps = Vec::new();
    let mut tried = Vec::new();
    for disturbed in [false, true] {
        let database = Database::empty(Kind::Postgres);
        let store = database.create().await;
        for sql in DEADLOCKS.iter().filter(|_| disturbed) {
            database.execute(sql).await;
        }
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
        dumps.push(store.dump().await.unwrap());
        if disturbed {
            tried = database.texts("SELECT last_value::text FROM tried").await;
        }
    }
    assert_eq!(
        tried,
        ["12"],
        "three failures and a success for each of three"
    );
    assert_eq!(dumps[0], dumps[1]);
}
