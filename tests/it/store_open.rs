//! The database itself, of both kinds: opening, migrating, damage, and the lease.

use std::fs;

use doisoat::normalise::merge;
use doisoat::store::{Holder, Lease, OpenMode, Store, StoreError};

use crate::database::{Database, Kind, each_database};
use crate::rows::{day, sepay, txn};
use crate::store::delivery;

pub(crate) fn holder(name: &str) -> Holder {
    Holder {
        name: name.to_owned(),
        pid: std::process::id(),
        host: "một-cửa".to_owned(),
        now_wall: format!("2022-12-06T01:30:00+07:00 {name}"),
    }
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
async fn eventually(store: &Store, name: &str) -> Lease {
    for _ in 0..100 {
        match store.acquire_lease(&holder(name)).await {
            Ok(lease) => return lease,
            Err(StoreError::Held { .. } | StoreError::HeldByGone { .. }) => {
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
        let wanted = [
            "0001 core",
            "0002 statement",
            "0003 trace",
            "0004 audit",
            "0005 outbox",
            "0006 periods",
            "0007 halves",
            "0008 whole",
            "0009 seals",
            "0010 kept",
            "0011 staged",
            "0012 spellings",
            "0013 origin",
            "0014 audit_run",
            "0015 contribution_key",
        ];
        assert_eq!(applied, wanted);
        assert_eq!(raw.migrate().await.unwrap(), Vec::<String>::new());
        let store = open(OpenMode::Ready).await.unwrap();
        store.check().await.unwrap();
        store.tidy().await.unwrap();
        // a program from the future was here
        database
            .execute(
                "INSERT INTO _sqlx_migrations \
                 (version, description, success, checksum, execution_time) \
                 SELECT 9999, 'future', success, checksum, 0 FROM _sqlx_migrations \
                 WHERE version = 1",
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
            matches!(pending, StoreError::MigrationsPending(15)),
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
async fn a_holder_whose_session_was_ended_notices() {
    let database = Database::empty(Kind::Postgres);
    let store = database.create().await;
    let mut lease = store
        .acquire_lease(&holder("run 2022-12-05"))
        .await
        .unwrap();
    database
        .execute(
            "SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l \
             JOIN pg_database AS d ON d.oid = l.database \
             WHERE l.locktype = 'advisory' AND d.datname = current_database()",
        )
        .await;
    let lost = store
        .heartbeat(&mut lease, "2022-12-06T01:32:00+07:00")
        .await;
    assert!(matches!(lost, Err(StoreError::SessionLost(_))), "{lost:?}");
    eventually(&store, "run 2022-12-06").await;
}

/// A power cut: the process is gone and the server has not noticed. 2^22 is the highest process id
/// that Linux gives.
#[tokio::test]
async fn a_session_whose_process_is_gone_is_named_with_what_ends_it() {
    let database = Database::empty(Kind::Postgres);
    let store = database.create().await;
    let gone = Holder {
        pid: 4_194_305,
        ..holder("run 2022-12-05")
    };
    let lease = store.acquire_lease(&gone).await.unwrap();
    let other = database.open().await;
    let watch = doisoat::clock::Stopwatch::start();
    let refused = other.acquire_lease(&holder("run 2022-12-06")).await;
    let refused = refused.unwrap_err();
    assert!(watch.elapsed() < std::time::Duration::from_secs(2));
    let said = refused.to_string();
    let StoreError::HeldByGone {
        holder: name,
        pid,
        host,
        since,
        command,
    } = refused
    else {
        panic!("{said}")
    };
    assert_eq!(
        (&*name, pid, &*host),
        ("run 2022-12-05", 4_194_305, "một-cửa")
    );
    assert!(since.starts_with("2022-12-06T01:30:00"), "{since}");
    assert!(said.contains(&command), "{said}");
    // another machine cannot know it
    let elsewhere = Holder {
        host: "khác".to_owned(),
        ..holder("run 2022-12-06")
    };
    let refused = other.acquire_lease(&elsewhere).await.unwrap_err();
    assert!(matches!(refused, StoreError::Held { .. }), "{refused}");
    // the command does what it says
    let ended = std::process::Command::new("sh")
        .args(["-c", &command])
        .output()
        .unwrap();
    assert!(ended.status.success(), "{command}: {ended:?}");
    let taken = eventually(&other, "run 2022-12-06").await;
    other.release_lease(taken).await.unwrap();
    drop(lease);
}
