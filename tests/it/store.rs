//! The store on both databases: what sources told, once; the lease; migrations; damage.

use std::fs;

use doisoat::domain::{Completeness, Reject, RejectCode, Side, TxnStatus, Vnd};
use doisoat::normalise::merge;
use doisoat::store::{Delivery, FeedDay, Holder, OpenMode, Saved, Store, StoreError};

use crate::database::{Database, Kind, each_database};
use crate::rows::{code, day, night_of, receipt, registry_file, sepay, txn};

/// A pull of complete days.
fn delivery(txns: Vec<doisoat::domain::Txn>, days: &[&str]) -> Delivery {
    let days = days.iter().map(|text| FeedDay {
        day: day(text),
        state: Completeness::Complete,
    });
    Delivery {
        txns,
        days: days.collect(),
        ..Delivery::default()
    }
}

pub(crate) fn holder(name: &str) -> Holder {
    Holder {
        name: name.to_owned(),
        pid: std::process::id(),
        host: "một-cửa".to_owned(),
        now_wall: format!("2022-12-06T01:30:00+07:00 {name}"),
    }
}

#[tokio::test]
async fn pulling_a_day_ten_times_in_any_overlap_changes_nothing() {
    each_database(async |store, _database| {
        let all: Vec<_> = (0..30)
            .map(|i| {
                txn(
                    &format!("{i}"),
                    10_000 + i,
                    if i < 20 { "2022-12-05" } else { "2022-12-06" },
                )
            })
            .collect();
        let night = day("2022-12-06");
        let first = delivery(all.clone(), &["2022-12-05", "2022-12-06"]);
        let saved = store
            .save_transactions(&sepay(), night, &first, merge)
            .await
            .unwrap();
        assert_eq!(
            saved,
            Saved {
                new: 30,
                ..Saved::default()
            }
        );
        let once = store.dump().await.unwrap();
        for n in 0..10 {
            let mut part: Vec<_> = all.iter().skip(n).step_by(1 + n % 3).cloned().collect();
            part.extend(all.iter().take(n).cloned());
            part.reverse();
            let again = delivery(part, &["2022-12-05"]);
            let saved = store
                .save_transactions(&sepay(), night, &again, merge)
                .await
                .unwrap();
            assert_eq!(saved, Saved::default(), "pull {n}");
        }
        assert_eq!(store.dump().await.unwrap(), once);
        let counts = store.source_counts(night).await.unwrap();
        let [count] = counts.as_slice() else {
            panic!("{counts:?}")
        };
        assert_eq!((count.count, count.arrived_count), (10, 20));
        assert_eq!(count.sum, (20..30).map(|i| 10_000 + i).sum::<i128>());
        assert_eq!(count.arrived_sum, (0..20).map(|i| 10_000 + i).sum::<i128>());
    })
    .await;
}

#[tokio::test]
async fn other_content_under_the_same_id_is_a_conflict_and_the_first_stays() {
    each_database(async |store, _database| {
        let night = day("2022-12-05");
        let save = async |txns: Vec<_>| {
            let delivery = delivery(txns, &[]);
            store
                .save_transactions(&sepay(), night, &delivery, merge)
                .await
                .unwrap()
        };
        save(vec![
            txn("1", 50_000, "2022-12-05"),
            txn("2", 7_000, "2022-12-05"),
        ])
        .await;
        let saved = save(vec![txn("1", 60_000, "2022-12-05")]).await;
        assert_eq!(
            saved,
            Saved {
                conflicts: 1,
                ..Saved::default()
            }
        );
        assert_eq!(
            save(vec![txn("1", 60_000, "2022-12-05")]).await,
            Saved::default()
        );
        let new = store.new_rows(night).await.unwrap();
        let amounts: Vec<i64> = new.txns.iter().map(|t| t.amount.get()).collect();
        assert_eq!(amounts, [50_000, 7_000]);
        let [conflict] = new.conflicts.as_slice() else {
            panic!("{:?}", new.conflicts)
        };
        assert_eq!(
            (conflict.kept, conflict.largest),
            (Vnd::new(50_000), Vnd::new(60_000))
        );
        assert_eq!(conflict.versions.len(), 2);
        assert_eq!(conflict.business_date, night);
    })
    .await;
}

#[tokio::test]
async fn two_versions_in_one_pull_give_the_same_state_in_any_order() {
    each_database(async |store, database| {
        let night = day("2022-12-05");
        let rows = [50_000, 60_000, 55_000].map(|amount| txn("1", amount, "2022-12-05"));
        let forward = delivery(rows.to_vec(), &[]);
        let backward = delivery(rows.iter().rev().cloned().collect(), &[]);
        let other = Database::empty(database.kind);
        let second = other.create().await;
        store
            .save_transactions(&sepay(), night, &forward, merge)
            .await
            .unwrap();
        second
            .save_transactions(&sepay(), night, &backward, merge)
            .await
            .unwrap();
        assert_eq!(store.dump().await.unwrap(), second.dump().await.unwrap());
        assert_eq!(
            store.new_rows(night).await.unwrap().conflicts[0]
                .versions
                .len(),
            3
        );
    })
    .await;
}

#[tokio::test]
async fn a_later_final_word_is_an_update() {
    each_database(async |store, _database| {
        let night = day("2022-12-05");
        let pending = doisoat::domain::Txn {
            status: TxnStatus::Pending,
            ..txn("1", 50_000, "2022-12-05")
        };
        let first = delivery(vec![pending.clone()], &[]);
        store
            .save_transactions(&sepay(), night, &first, merge)
            .await
            .unwrap();
        let paid = doisoat::domain::Txn {
            bank_ref: Some("FT22339".into()),
            ..txn("1", 50_000, "2022-12-05")
        };
        let second = delivery(vec![paid.clone()], &[]);
        let saved = store
            .save_transactions(&sepay(), night, &second, merge)
            .await
            .unwrap();
        assert_eq!(
            saved,
            Saved {
                updated: 1,
                ..Saved::default()
            }
        );
        // an answer that was on its way longer is no news
        let saved = store
            .save_transactions(&sepay(), night, &first, merge)
            .await
            .unwrap();
        assert_eq!(saved, Saved::default());
        assert_eq!(store.new_rows(night).await.unwrap().txns, [paid]);
    })
    .await;
}

#[tokio::test]
async fn a_bad_row_waits_until_it_comes_in_good_order() {
    each_database(async |store, _database| {
        let night = day("2022-12-05");
        let reject = Reject {
            side: Side::Txn,
            source: sepay(),
            id: "1".into(),
            file: "transactions page 2".into(),
            line: 3,
            column: "amount_in".into(),
            value: "1.250.00".into(),
            code: RejectCode::BadAmount,
            amount: None,
            business_date: night,
        };
        let mut bad = delivery(Vec::new(), &["2022-12-05"]);
        bad.rejects.push(reject.clone());
        let saved = store
            .save_transactions(&sepay(), night, &bad, merge)
            .await
            .unwrap();
        assert_eq!(saved.rejects, 1);
        let saved = store
            .save_transactions(&sepay(), night, &bad, merge)
            .await
            .unwrap();
        assert_eq!(saved, Saved::default());
        assert_eq!(store.new_rows(night).await.unwrap().rejects, [reject]);
        let good = delivery(vec![txn("1", 125_000, "2022-12-05")], &[]);
        store
            .save_transactions(&sepay(), night, &good, merge)
            .await
            .unwrap();
        let new = store.new_rows(night).await.unwrap();
        assert_eq!((new.rejects.len(), new.txns.len()), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_feed_day_stays_on_the_list_until_it_is_complete() {
    each_database(async |store, _database| {
        let save = async |text: &str, state: Completeness| {
            let days = vec![FeedDay {
                day: day(text),
                state,
            }];
            let delivery = Delivery {
                days,
                ..Delivery::default()
            };
            let night = day("2022-12-07");
            store
                .save_transactions(&sepay(), night, &delivery, merge)
                .await
                .unwrap();
            let days = store.incomplete_days(&sepay()).await.unwrap();
            days.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            save("2022-12-05", Completeness::Missing).await,
            "2022-12-05"
        );
        assert_eq!(
            save("2022-12-04", Completeness::Partial).await,
            "2022-12-04 2022-12-05"
        );
        assert_eq!(
            save("2022-12-05", Completeness::Complete).await,
            "2022-12-04"
        );
        assert_eq!(
            save("2022-12-05", Completeness::Missing).await,
            "2022-12-04"
        );
    })
    .await;
}

#[tokio::test]
async fn a_null_character_is_replaced_the_same_way_everywhere() {
    each_database(async |store, _database| {
        let night = day("2022-12-05");
        let mut odd = txn("a\0b", 50_000, "2022-12-05");
        odd.memo = "x\0y \u{1}\"\\ \u{1f4b0} \u{2028}".into();
        let first = delivery(vec![odd.clone()], &[]);
        store
            .save_transactions(&sepay(), night, &first, merge)
            .await
            .unwrap();
        let saved = store
            .save_transactions(&sepay(), night, &first, merge)
            .await
            .unwrap();
        assert_eq!(saved, Saved::default());
        let found = store.new_rows(night).await.unwrap().txns;
        assert_eq!(&*found[0].id, "a\u{fffd}b");
        assert_eq!(&*found[0].memo, "x\u{fffd}y \u{1}\"\\ \u{1f4b0} \u{2028}");
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_rows_are_quick() {
    each_database(async |store, database| {
        let night = day("2022-12-05");
        let rows: Vec<_> = (0..10_000)
            .map(|i| txn(&format!("{i:06}"), i, "2022-12-05"))
            .collect();
        let pull = delivery(rows, &["2022-12-05"]);
        let watch = doisoat_stopwatch();
        let saved = store
            .save_transactions(&sepay(), night, &pull, merge)
            .await
            .unwrap();
        let again = store
            .save_transactions(&sepay(), night, &pull, merge)
            .await
            .unwrap();
        let read = store.new_rows(night).await.unwrap().txns.len();
        let took = watch.elapsed();
        assert_eq!((saved.new, again, read), (10_000, Saved::default(), 10_000));
        eprintln!(
            "{:?}: 10,000 rows stored, compared and read in {took:?}",
            database.kind
        );
        // row by row this takes minutes without optimisation; the bound is loose for slow machines
        assert!(took.as_secs() < 30, "{took:?}");
    })
    .await;
}

#[expect(clippy::disallowed_methods, reason = "a test measures wall time")]
fn doisoat_stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}

#[tokio::test]
async fn one_holder_at_a_time_and_a_dead_one_blocks_nobody() {
    each_database(async |store, database| {
        let mut first = store
            .acquire_lease(&holder("run 2022-12-05"))
            .await
            .unwrap();
        let other = database.open().await;
        let refused = other
            .acquire_lease(&holder("run 2022-12-06"))
            .await
            .unwrap_err();
        let StoreError::Held {
            holder: name,
            pid,
            since,
            ..
        } = &refused
        else {
            panic!("{refused}")
        };
        assert_eq!(name, "run 2022-12-05");
        assert_eq!(*pid, i64::from(std::process::id()));
        assert!(since.starts_with("2022-12-06T01:30:00"), "{refused}");
        store
            .heartbeat(&mut first, "2022-12-06T01:31:00+07:00")
            .await
            .unwrap();
        drop(first); // as a killed process: nothing is given back in order
        let second = eventually(&other, "run 2022-12-06").await;
        other.release_lease(second).await.unwrap();
        let third = eventually(&store, "run 2022-12-07").await;
        store.release_lease(third).await.unwrap();
    })
    .await;
}

/// A dropped PostgreSQL session ends a moment later.
async fn eventually(store: &Store, name: &str) -> doisoat::store::Lease {
    for _ in 0..100 {
        match store.acquire_lease(&holder(name)).await {
            Ok(lease) => return lease,
            Err(StoreError::Held { .. }) => {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            Err(other) => panic!("{other}"),
        }
    }
    panic!("the lease of a dead holder blocks {name}");
}

#[tokio::test]
async fn a_database_is_opened_only_when_it_is_ready() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let database = Database::empty(kind);
        let open = async |mode| Store::open(&database.url, mode).await;
        let none = open(OpenMode::Ready).await.unwrap_err();
        assert!(matches!(none, StoreError::NotInitialised(_)), "{none}");
        let raw = open(OpenMode::Create).await.unwrap();
        let bare = open(OpenMode::Ready).await.unwrap_err();
        assert!(matches!(bare, StoreError::NotInitialised(_)), "{bare}");
        let applied = raw.migrate().await.unwrap();
        assert_eq!(applied, ["0001 core"]);
        assert_eq!(raw.migrate().await.unwrap(), Vec::<String>::new());
        let store = open(OpenMode::Ready).await.unwrap();
        store.check().await.unwrap();
        store.tidy().await.unwrap();
        // a program from the future was here
        database
            .execute(
                "INSERT INTO _sqlx_migrations \
                 (version, description, success, checksum, execution_time) \
                 SELECT 9999, 'future', success, checksum, 0 FROM _sqlx_migrations",
            )
            .await;
        let newer = open(OpenMode::Ready).await.unwrap_err();
        assert!(
            matches!(newer, StoreError::NewerThanProgram(9999)),
            "{newer}"
        );
        assert!(raw.migrate().await.is_err());
        // one from the past: the table is there, a migration is not
        database.execute("DELETE FROM _sqlx_migrations").await;
        let pending = open(OpenMode::Ready).await.unwrap_err();
        assert!(
            matches!(pending, StoreError::MigrationsPending(1)),
            "{pending}"
        );
    }
}

#[tokio::test]
async fn sqlite_files_are_private_and_damage_is_noticed() {
    use std::os::unix::fs::PermissionsExt;
    let database = Database::empty(Kind::Sqlite);
    let store = database.create().await;
    let rows: Vec<_> = (0..500)
        .map(|i| txn(&format!("{i}"), i, "2022-12-05"))
        .collect();
    let pull = delivery(rows, &[]);
    store
        .save_transactions(&sepay(), day("2022-12-05"), &pull, merge)
        .await
        .unwrap();
    store.tidy().await.unwrap();
    let copy = database.dir.path().join("copy.db");
    store.backup(&copy).await.unwrap();
    let path = database.dir.path().join("test.db");
    for file in [&path, &copy] {
        let mode = fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    let dump = store.dump().await.unwrap();
    store.close().await;
    let copied = format!("sqlite://{}", copy.display());
    let restored = Store::open(&copied, OpenMode::Ready).await.unwrap();
    assert_eq!(restored.dump().await.unwrap(), dump);
    restored.close().await;
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    let store = Store::open(&database.url, OpenMode::Any).await;
    let noticed = match store {
        Ok(store) => store.check().await,
        Err(error) => Err(error),
    };
    assert!(
        matches!(noticed, Err(StoreError::Corrupt { .. })),
        "{noticed:?}"
    );
}

#[tokio::test]
async fn a_url_that_is_none_shows_no_password() {
    let error = Store::open("mysql://root:secret@host/db", OpenMode::Ready)
        .await
        .unwrap_err();
    assert!(!error.to_string().contains("secret"), "{error}");
    for url in ["", "sqlite://", "sqlite::memory:", "doisoat.db"] {
        let error = Store::open(url, OpenMode::Create).await.unwrap_err();
        assert!(matches!(error, StoreError::Url(_)), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_known_file_changes_nothing() {
    each_database(async |store, _database| {
        let (file, rows) = registry_file("f1", "2022-12-05", &["H48.18.22-221205-0001"]);
        assert!(store.save_registry(&file, &rows).await.unwrap());
        let once = store.dump().await.unwrap();
        let later = doisoat::store::ExportFile {
            night: day("2022-12-06"),
            ..file.clone()
        };
        assert!(!store.save_registry(&later, &rows).await.unwrap());
        assert_eq!(store.dump().await.unwrap(), once);
        let known = store.known_files(&file.source).await.unwrap();
        assert_eq!(
            known.into_iter().collect::<Vec<_>>(),
            std::slice::from_ref(&file.sha256)
        );
        let of_night = store
            .files_of_night(&file.source, file.night)
            .await
            .unwrap();
        assert_eq!(of_night, [file]);
    })
    .await;
}

#[tokio::test]
async fn versions_count_from_their_night() {
    each_database(async |store, _database| {
        let dossier = "H48.18.22-221205-0001";
        let (first, rows) = registry_file("f1", "2022-12-05", &[dossier, "H48.18.22-221207-0002"]);
        store.save_registry(&first, &rows).await.unwrap();
        let amounts = async |night: &str| {
            let new = store.new_rows(day(night)).await.unwrap();
            new.fees
                .iter()
                .map(|fee| fee.amount.get())
                .collect::<Vec<_>>()
        };
        // the second dossier was received two days later: it counts from then
        assert_eq!(amounts("2022-12-04").await, Vec::<i64>::new());
        assert_eq!(amounts("2022-12-05").await, [50_000]);
        assert_eq!(amounts("2022-12-07").await, [50_000, 50_000]);
        // the same again says nothing new; another amount is a version of its night
        let (again, mut rows) = registry_file("f2", "2022-12-06", &[dossier]);
        let before = store.new_rows(day("2022-12-05")).await.unwrap();
        store.save_registry(&again, &rows).await.unwrap();
        assert_eq!(store.new_rows(day("2022-12-05")).await.unwrap(), before);
        rows.fees[0].amount = Vnd::new(60_000);
        rows.receipts
            .push(receipt("R1", dossier, 60_000, "2022-12-06"));
        let third = doisoat::store::ExportFile {
            sha256: "f3".into(),
            ..again
        };
        store.save_registry(&third, &rows).await.unwrap();
        assert_eq!(amounts("2022-12-05").await, [50_000]);
        assert_eq!(amounts("2022-12-06").await, [60_000]);
        assert_eq!(
            store
                .new_rows(day("2022-12-05"))
                .await
                .unwrap()
                .receipts
                .len(),
            0
        );
        assert_eq!(
            store
                .new_rows(day("2022-12-06"))
                .await
                .unwrap()
                .receipts
                .len(),
            1
        );
        let squeezed = [code(dossier).squeezed(), "H4818222212079999".to_owned()].into();
        let known = store
            .existing_dossiers(night_of(5), &squeezed)
            .await
            .unwrap();
        assert_eq!(known, [code(dossier)]);
        assert!(
            store
                .existing_dossiers(night_of(4), &squeezed)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}
