//! What sources told, kept once, on both databases.

use doisoat::domain::{Completeness, Reject, RejectCode, Side, TxnStatus, Vnd};
use doisoat::normalise::merge;
use doisoat::store::{Delivery, FeedDay, Saved};

use crate::database::{Database, each_database};
use crate::rows::{day, sepay, txn};

/// A pull of complete days.
pub(crate) fn delivery(txns: Vec<doisoat::domain::Txn>, days: &[&str]) -> Delivery {
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
            spot: doisoat::domain::Aside::default(),
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
