//! Rows that somebody changes between the pull that stored them and the publication that would seal
//! them: the publication ends there and names them, and so does `verify`.

use doisoat::store::StoreError;

use crate::cli::stdout;
use crate::database::{Kind, each_database};
use crate::night_cli::{code, run};
use crate::nights::{A, B, paid, pull};
use crate::rows::{night_of, registry_file};
use crate::store_older::{Office, with_a_late_payment};
use crate::town::{FIRST, Town, as_is, day, night};

/// What is done after the pull of the 6th, how it is undone, and the row that must be named.
const EDITS: [(&str, &str, &str); 7] = [
    (
        "UPDATE txn SET amount_vnd = amount_vnd + 1 WHERE id = '2'",
        "UPDATE txn SET amount_vnd = amount_vnd - 1 WHERE id = '2'",
        "txn sepay-main 2",
    ),
    (
        "UPDATE txn SET memo = memo || 'x' WHERE id = '2'",
        "UPDATE txn SET memo = substr(memo, 1, length(memo) - 1) WHERE id = '2'",
        "txn sepay-main 2",
    ),
    (
        "UPDATE txn SET business_date = '2022-12-09' WHERE id = '2'",
        "UPDATE txn SET business_date = '2022-12-06' WHERE id = '2'",
        "txn sepay-main 2",
    ),
    (
        "UPDATE txn SET id = '3' WHERE id = '2'",
        "UPDATE txn SET id = '2' WHERE id = '3'",
        "txn sepay-main 2",
    ),
    (
        "UPDATE fee_version SET amount_vnd = amount_vnd + 1 WHERE file_sha256 LIKE '%f2%'",
        "UPDATE fee_version SET amount_vnd = amount_vnd - 1 WHERE file_sha256 LIKE '%f2%'",
        "fee_version ",
    ),
    (
        "UPDATE feed_day SET state = 'late' WHERE day = '2022-12-06'",
        "UPDATE feed_day SET state = 'complete' WHERE day = '2022-12-06'",
        "feed_day sepay-main 2022-12-06",
    ),
    (
        "UPDATE export_file SET lines = lines + 1 WHERE night = '2022-12-06'",
        "UPDATE export_file SET lines = lines - 1 WHERE night = '2022-12-06'",
        "export_file ",
    ),
];

fn altered(done: Result<String, StoreError>, edit: &str) -> Vec<String> {
    match done {
        Err(StoreError::Altered(rows)) => rows,
        other => panic!("{edit}: {other:?}"),
    }
}

#[tokio::test]
async fn a_row_that_is_changed_before_it_is_sealed_stops_the_night() {
    each_database(async |store, database| {
        let office = Office::new(store, database).await;
        let (file, rows) = registry_file("f1", "2022-12-05", &[A]);
        office.store.save_registry(&file, &rows).await.unwrap();
        pull(
            &office.store,
            night_of(5),
            vec![paid("1", A, 50_000, "2022-12-05")],
        )
        .await;
        office.night(5).await;
        assert!(office.store.staged().await.unwrap().is_empty());
        let (file, rows) = registry_file("f2", "2022-12-06", &[B]);
        office.store.save_registry(&file, &rows).await.unwrap();
        pull(
            &office.store,
            night_of(6),
            vec![paid("2", B, 50_000, "2022-12-06")],
        )
        .await;
        let (before, mut tried) = (office.dump().await, 0);
        for (edit, undo, named) in EDITS {
            let rows = office.store.staged().await.unwrap();
            assert!(rows.len() >= 4, "{rows:?}");
            database.execute(edit).await;
            if office.dump().await == before {
                // this store holds no such row
                continue;
            }
            let told = altered(office.publish(6).await, edit);
            assert!(
                told.iter().any(|row| row.starts_with(named)),
                "{edit}: {told:?}"
            );
            database.execute(undo).await;
            tried += 1;
        }
        assert!(tried >= 5, "{tried}");
        database
            .execute("CREATE TABLE aside AS SELECT * FROM txn WHERE id = '2'")
            .await;
        database.execute("DELETE FROM txn WHERE id = '2'").await;
        assert_eq!(
            altered(office.publish(6).await, "deleted"),
            ["txn sepay-main 2"]
        );
        database
            .execute("INSERT INTO txn SELECT * FROM aside")
            .await;
        database.execute("UPDATE aside SET id = 'by-hand'").await;
        database
            .execute("INSERT INTO txn SELECT * FROM aside")
            .await;
        let told = altered(office.publish(6).await, "inserted");
        assert_eq!(told, ["txn sepay-main by-hand"]);
        database
            .execute("DELETE FROM txn WHERE id = 'by-hand'")
            .await;
        assert_eq!(office.dump().await, before, "all undone");
        office.night(6).await;
        assert!(office.store.staged().await.unwrap().is_empty());
    })
    .await;
}

/// Publishing a night again seals its rows again: not those that were changed since.
#[tokio::test]
async fn a_night_published_again_does_not_seal_what_somebody_changed() {
    each_database(async |store, database| {
        let office = Office::new(store, database).await;
        with_a_late_payment(&office).await;
        let edit = "UPDATE txn SET payer = payer || 'x' WHERE id = '1'";
        database.execute(edit).await;
        assert_eq!(altered(office.publish(5).await, edit), ["txn sepay-main 1"]);
        database
            .execute("UPDATE txn SET payer = substr(payer, 1, length(payer) - 1) WHERE id = '1'")
            .await;
        office.night(5).await;
        for of in 6..=8 {
            office.night(of).await;
        }
        assert!(office.store.staged().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_changed_after_the_pull_is_named_by_the_night_and_by_verify() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        night(&desk, FIRST).await;
        desk.close().await;
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
        town.morning_after(day("2022-12-06"));
        let date = ["--date", "2022-12-06", "--lang", "en"];
        let output = run(&town, &[&["pull"], &date[..2]].concat()).await;
        assert_eq!(code(&output), 0, "{}", stdout(&output));
        let reports = town.reports();
        let new = "SELECT id FROM txn WHERE decided_night = '9999-12-31' ORDER BY id LIMIT 1";
        let id = town.database.texts(new).await.remove(0);
        let edit = |by: &str| {
            let text = format!("UPDATE txn SET amount_vnd = amount_vnd {by} WHERE id = '{id}'");
            &*Box::leak(text.into_boxed_str())
        };
        assert_eq!(code(&run(&town, &["verify", "--all"]).await), 0);
        town.database.execute(edit("+ 1")).await;
        for args in [["verify", "--all"], ["run", "--date"]] {
            let rest = if args[0] == "run" {
                &date[1..]
            } else {
                &date[2..]
            };
            let output = run(&town, &[&args[..], rest].concat()).await;
            let said = stdout(&output) + &String::from_utf8_lossy(&output.stderr);
            assert_eq!(code(&output), 1, "{kind:?} {args:?}: {said}");
            assert!(
                said.contains("txn ") && said.contains(&id),
                "{args:?}: {said}"
            );
        }
        let mut left = town.reports();
        // the next start sweeps what was not revealed
        left.retain(|file, _| !file.starts_with('.'));
        assert!(left == reports, "{kind:?}: nothing was published");
        town.database.execute(edit("- 1")).await;
    }
}
