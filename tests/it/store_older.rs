//! A night published again after later ones, in the store: what these decided stands, what they did
//! not know comes to the next night, and cut anywhere it is nothing or all.

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::Poll;

use doisoat::domain::Period;
use doisoat::store::archive::Archive;
use doisoat::store::{Lease, Publication, Store, StoreError};
use serde_json::Value;

use crate::database::{Database, Kind, each_database};
use crate::nights::{A, B, keys_of, paid, pool_of, pull, run_after};
use crate::rows::{night_of, receipt, registry_file};
use crate::settler::settle;
use crate::store_open::holder;

/// A store with its archive.
pub(crate) struct Office<'d> {
    pub(crate) store: Store,
    archive: Archive,
    database: &'d Database,
    lease: Lease,
}

impl<'d> Office<'d> {
    pub(crate) async fn new(store: Store, database: &'d Database) -> Self {
        let archive = Archive::open(&database.dir.path().join("archive")).unwrap();
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        Self {
            store,
            archive,
            database,
            lease,
        }
    }

    /// Publishes a night with what it keeps. Tells the keys that it read.
    pub(crate) async fn publish(&self, of: u32) -> Result<String, StoreError> {
        let night = night_of(of);
        let pool = pool_of(&self.store, night).await;
        let periods = [Period::year_to(night)];
        let prior = self.store.prior(night, &periods, &pool).await?;
        let settlement = settle(&pool, &prior);
        let kept = serde_json::to_vec(&settlement).unwrap();
        let kept = self.archive.put(&kept)?.sha256;
        let publication = Publication {
            run: &run_after(&self.store, night, "d").await,
            pool: &pool,
            settlement: &settlement,
            kept: &[("settlement".into(), kept.into())],
            archive: Some(&self.archive),
            outbox: &[],
            now_wall: "2022-12-06T01:31:00+07:00",
        };
        self.store.publish(&self.lease, &publication).await?;
        Ok(keys_of(&pool))
    }

    pub(crate) async fn night(&self, of: u32) -> String {
        self.publish(of).await.unwrap()
    }

    pub(crate) async fn dump(&self) -> String {
        self.store.dump().await.unwrap()
    }

    /// The contents that hold as of a night, by table and key; what ended is not there.
    async fn as_of(&self, of: u32) -> BTreeMap<String, String> {
        as_of(&self.dump().await, &night_of(of).to_string())
    }
}

/// The contents that hold as of a night, by table and key; what ended is not there.
pub(crate) fn as_of(dump: &str, night: &str) -> BTreeMap<String, String> {
    let keys = [
        ("row_state", &["side", "source", "id", "dossier"][..]),
        ("match_group", &["group_id"]),
        ("contribution", &["definition", "item", "scope"]),
    ];
    let mut held = BTreeMap::new();
    for line in dump.lines() {
        let (table, row) = line.split_once(' ').unwrap();
        let Some((_, key)) = keys.iter().find(|(name, _)| *name == table) else {
            continue;
        };
        let row: Value = serde_json::from_str(row).unwrap();
        let word = |name: &str| row[name].as_str().unwrap().to_owned();
        let holds = *word("night") <= *night && *night < *word("until");
        if holds && row["live"] != 0 {
            let key: Vec<String> = key.iter().map(|name| word(name)).collect();
            held.insert(format!("{table} {}", key.join(" ")), word("content"));
        }
    }
    held
}

/// Dossiers A and B are due, A is paid; the nights of the 5th to the 7th are published, and then a
/// payment of B that was made on the 5th comes.
pub(crate) async fn with_a_late_payment(office: &Office<'_>) {
    let (file, rows) = registry_file("f1", "2022-12-05", &[A, B]);
    office.store.save_registry(&file, &rows).await.unwrap();
    let on = "2022-12-05";
    pull(&office.store, night_of(5), vec![paid("1", A, 50_000, on)]).await;
    for of in 5..=7 {
        office.night(of).await;
    }
    pull(
        &office.store,
        night_of(7),
        vec![paid("late", B, 50_000, on)],
    )
    .await;
}

/// What the late row alone adds to what a night held.
fn is_about_late(key: &str) -> bool {
    key == "row_state txn sepay-main late "
}

async fn holds_as_before(office: &Office<'_>, of: u32, before: &BTreeMap<String, String>) {
    let mut now = office.as_of(of).await;
    now.retain(|key, _| before.contains_key(key) || !is_about_late(key));
    assert_eq!(now, *before, "as of the {of}th");
    let kind = office.database.kind;
    assert!(!before.is_empty(), "{kind:?}");
}

#[tokio::test]
async fn later_nights_hold_what_they_decided_and_the_next_one_knows_all() {
    each_database(async |store, database| {
        let office = Office::new(store, database).await;
        with_a_late_payment(&office).await;
        let before = [office.as_of(6).await, office.as_of(7).await];
        let then = office.as_of(5).await;
        assert_eq!(office.night(5).await, "1 late 0001 0002");
        assert_ne!(office.as_of(5).await, then, "the 5th knows of the payment");
        holds_as_before(&office, 6, &before[0]).await;
        holds_as_before(&office, 7, &before[1]).await;
        // once more: the same
        let dump = office.dump().await;
        office.night(5).await;
        let states = |dump: &str| as_of(dump, "2022-12-06");
        assert_eq!(states(&office.dump().await), states(&dump));
        // the next night reads it as new, with what it names
        assert_eq!(office.night(8).await, "late 0002");
        let eighth = office.as_of(8).await;
        assert_eq!(eighth, office.as_of(5).await, "as if all had come together");
        holds_as_before(&office, 7, &before[1]).await;
        // the 7th knows of it when it is run again, the 6th still does not; the 8th is untouched
        office.night(7).await;
        assert_eq!(office.as_of(7).await, eighth);
        holds_as_before(&office, 6, &before[0]).await;
        office.night(6).await;
        for of in 6..=8 {
            assert_eq!(office.as_of(of).await, eighth, "as of the {of}th");
        }
    })
    .await;
}

#[tokio::test]
async fn a_payment_that_a_later_night_knows_already_is_found_to_be_the_second() {
    each_database(async |store, database| {
        let office = Office::new(store, database).await;
        with_a_late_payment(&office).await;
        // B is paid again on the 8th: nobody but the 5th knows of the late payment
        let second = vec![paid("second", B, 50_000, "2022-12-08")];
        office.night(5).await;
        let before = office.as_of(6).await;
        pull(&office.store, night_of(8), second).await;
        assert_eq!(office.night(8).await, "late second 0002");
        let class = async |id: &str| {
            let dump = office.dump().await;
            let rows = dump.lines().filter_map(|l| l.strip_prefix("row_state "));
            let mut rows = rows.map(|row| serde_json::from_str::<Value>(row).unwrap());
            let now = rows.find(|r| r["id"] == id && r["until"] == "9999-12-31");
            now.unwrap()["class"].as_str().unwrap().to_owned()
        };
        assert_eq!(class("late").await, "ok");
        assert_eq!(class("second").await, "unidentified");
        holds_as_before(&office, 6, &before).await;
    })
    .await;
}

/// What a later night decided is not overwritten where it cannot be read: that is told, with the
/// night and the file. What the rule of retention removed is no damage.
#[tokio::test]
async fn a_later_night_that_cannot_be_read_stops_the_earlier_one() {
    each_database(async |store, database| {
        let office = Office::new(store, database).await;
        with_a_late_payment(&office).await;
        let kept = "SELECT sha256 FROM run_kept WHERE what = 'settlement' \
                    AND run_id LIKE '2022-12-06%'";
        let sha256 = database.texts(kept).await.remove(0);
        let shelf = database.dir.path().join("archive").join(&sha256[..2]);
        let file = shelf.join(&sha256[2..4]).join(format!("{sha256}.zst"));
        let bytes = std::fs::read(&file).unwrap();
        let before = office.dump().await;
        for damage in [None, Some(&bytes[..bytes.len() / 2])] {
            std::fs::remove_file(&file).unwrap();
            if let Some(part) = damage {
                std::fs::write(&file, part).unwrap();
            }
            let error = office.publish(5).await.unwrap_err();
            let StoreError::LaterLost {
                night,
                sha256: named,
                ..
            } = &error
            else {
                panic!("{error}");
            };
            assert_eq!((night.as_str(), named), ("2022-12-06", &sha256));
            assert_eq!(office.dump().await, before, "nothing was published");
            std::fs::write(&file, &bytes).unwrap();
        }
        // a rule that nobody applied is no excuse
        let rule = format!("INSERT INTO pruned VALUES ('{sha256}', '2022-12-05')");
        database.execute(Box::leak(rule.into_boxed_str())).await;
        std::fs::remove_file(&file).unwrap();
        assert!(office.publish(5).await.is_err());
        database.execute("DELETE FROM pruned").await;
        std::fs::write(&file, &bytes).unwrap();
        let last = office.store.runs().await.unwrap().pop().unwrap().id;
        let objects = [sha256.as_str().into()];
        let rule = (night_of(7), &last);
        office
            .store
            .prune(&office.archive, &objects, rule)
            .await
            .unwrap();
        assert!(!file.exists());
        office.night(5).await;
    })
    .await;
}

/// What no later night looked at is known to all of them.
#[tokio::test]
async fn what_no_later_night_looked_at_runs_on() {
    each_database(async |store, database| {
        let office = Office::new(store, database).await;
        with_a_late_payment(&office).await;
        let alone = "H48.18.22-221205-0004";
        let (file, rows) = registry_file("f2", "2022-12-05", &[alone]);
        office.store.save_registry(&file, &rows).await.unwrap();
        let on = "2022-12-05";
        let more = vec![paid("c", alone, 50_000, on)];
        pull(&office.store, night_of(5), more).await;
        office.night(5).await;
        let key = "row_state txn sepay-main c ";
        for of in 5..=7 {
            assert!(office.as_of(of).await.contains_key(key), "as of the {of}th");
        }
        let groups = |held: BTreeMap<String, String>| {
            held.keys()
                .filter(|key| key.starts_with("match_group"))
                .count()
        };
        let [fifth, sixth] = [office.as_of(5).await, office.as_of(6).await];
        assert_eq!((groups(fifth), groups(sixth)), (3, 2), "1 and c, not late");
    })
    .await;
}

/// A line that was in order is settled no more on the night that is published again; a later night
/// that read it for another reason stands.
#[tokio::test]
async fn a_settled_row_that_a_later_night_read_again_stands() {
    each_database(async |store, database| {
        let office = Office::new(store, database).await;
        let (file, mut rows) = registry_file("f1", "2022-12-05", &[A, B]);
        let cash = receipt("R1", A, 50_000, "2022-12-05");
        rows.receipts = vec![cash.clone()];
        office.store.save_registry(&file, &rows).await.unwrap();
        for of in 5..=7 {
            // the window brings the receipt's dossier back
            assert!(office.night(of).await.contains("0001"), "{of}");
        }
        let before = [office.as_of(6).await, office.as_of(7).await];
        let (mut file, mut rows) = registry_file("f2", "2022-12-05", &[]);
        file.kind = "cash_receipts".into();
        rows.receipts = vec![doisoat::domain::Receipt {
            dossier_code: crate::rows::code(B),
            ..cash
        }];
        office.store.save_registry(&file, &rows).await.unwrap();
        let then = office.as_of(5).await;
        office.night(5).await;
        assert_ne!(office.as_of(5).await, then);
        for (of, before) in (6..).zip(&before) {
            assert_eq!(office.as_of(of).await, *before, "as of the {of}th");
        }
        office.night(8).await;
        assert_eq!(office.as_of(8).await, office.as_of(5).await);
    })
    .await;
}

/// Cuts the publication of an older night after one poll, after two, and so on.
#[tokio::test]
async fn an_older_night_cut_anywhere_leaves_nothing_or_all() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let twin = Database::empty(kind);
        let uncut = Office::new(twin.create().await, &twin).await;
        with_a_late_payment(&uncut).await;
        uncut.night(5).await;
        let whole = uncut.dump().await;
        let database = Database::empty(kind);
        let office = Office::new(database.create().await, &database).await;
        with_a_late_payment(&office).await;
        let before = office.dump().await;
        assert_ne!(before, whole);
        let mut cuts = 0;
        for polls in 0.. {
            let mut publication = pin!(office.publish(5));
            let mut left = polls;
            let done = std::future::poll_fn(|context| {
                if left == 0 {
                    return Poll::Ready(false);
                }
                left -= 1;
                publication.as_mut().poll(context).map(|done| done.is_ok())
            })
            .await;
            let found = office.dump().await;
            if done || found != before {
                assert!(found == whole, "{kind:?}, after {polls} polls");
                break;
            }
            cuts += 1;
        }
        assert!(cuts > 2, "{kind:?}: only {cuts} cuts");
        uncut.store.close().await;
        office.store.close().await;
    }
}
