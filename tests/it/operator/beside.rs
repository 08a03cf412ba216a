//! What only reads beside a night: neither waits for the other.

use doisoat::store::{Holder, Lease, Store};

use super::town;
use crate::cli::{stderr, stdout};
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is, day};

const SECOND: &str = "2022-12-06";

/// The lease of somebody of this name.
async fn held(store: &Store, name: &str) -> Lease {
    let holder = Holder {
        name: name.into(),
        pid: std::process::id(),
        host: "other".into(),
        now_wall: "2022-12-07T01:30:00+07:00".into(),
    };
    store.acquire_lease(&holder).await.unwrap()
}

/// Reads everything that can be read, and tells how long the slowest took.
async fn read_all(town: &Town, kind: Kind) {
    let list = stdout(&run(town, &["exceptions", "list", "--json"]).await);
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let id = list["exceptions"][0]["exception_id"].as_str().unwrap();
    let watch = doisoat::clock::Stopwatch::start();
    for args in [
        &["status"][..],
        &["exceptions", "list"],
        &["exceptions", "show", id],
        &["verify", "--all"],
        &["replay", FIRST],
        &["diff", FIRST, FIRST],
        &["report", "--out", "elsewhere"],
        &["report", "--month", "2022-12", "--out", "elsewhere"],
        &["period", "list"],
    ] {
        let output = run(town, args).await;
        let said = stderr(&output) + &stdout(&output);
        assert_eq!(code(&output), 0, "{kind:?} {args:?}: {said}");
    }
    let took = watch.elapsed();
    // one that waited for the writer would wait for ten seconds
    assert!(took.as_secs() < 90, "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_wait_for_no_night() {
    use sqlx::Connection as _;
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = town(kind, &as_is).await;
        assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 0);
        let store = town.database.open().await;
        let lease = held(&store, "run 2022-12-06").await;
        // and it is in the middle of its publication
        let mut sqlite = None;
        if kind == Kind::Sqlite {
            let url = &town.database.url;
            let mut writer = sqlx::SqliteConnection::connect(url).await.unwrap();
            let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut writer);
            begun.await.unwrap();
            sqlite = Some(writer);
        }
        read_all(&town, kind).await;
        let in_place = run(&town, &["report", "--month", "2022-12"]).await;
        assert_eq!(code(&in_place), 11, "{}", stderr(&in_place));
        assert!(
            stderr(&in_place).contains("--out DIR"),
            "{}",
            stderr(&in_place)
        );
        if let Some(writer) = sqlite {
            writer.close().await.unwrap();
        }
        store.release_lease(lease).await.unwrap();
        assert_eq!(
            code(&run(&town, &["report", "--month", "2022-12"]).await),
            0
        );
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_waits_for_no_reader_and_a_reader_sees_one_state() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = town(kind, &as_is).await;
        assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 0);
        let store = town.database.open().await;
        let still = store.snapshot().await.unwrap();
        let before = still.dump().await.unwrap();
        town.morning_after(day(SECOND));
        let night = run(&town, &["run", "--date", SECOND]).await;
        assert_eq!(code(&night), 0, "{kind:?}: {}", stderr(&night));
        assert_eq!(still.standing_runs().await.unwrap().len(), 1);
        assert!(still.dump().await.unwrap() == before, "{kind:?}");
        let written = still.tell_attempt("k", doisoat::store::Delivered::Sent, "", "");
        assert!(written.await.is_err(), "a snapshot takes no writes");
        drop(still);
        assert_eq!(store.standing_runs().await.unwrap().len(), 2);
        store.close().await;
    }
}

/// A report in place holds the lease for as long as it writes its files; a night waits for it, and
/// for nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_waits_for_who_writes_a_report() {
    let town = town(Kind::Sqlite, &as_is).await;
    let store = town.database.open().await;
    let lease = held(&store, "report").await;
    let (night, ()) = tokio::join!(run(&town, &["run", "--date", FIRST]), async {
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        store.release_lease(lease).await.unwrap();
    });
    assert_eq!(code(&night), 0, "{}", stderr(&night));
    let lease = held(&store, "pull 2022-12-05").await;
    assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 11);
    store.release_lease(lease).await.unwrap();
    store.close().await;
}
