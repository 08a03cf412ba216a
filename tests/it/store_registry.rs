//! What the registry told, by night, and the orders to ask about, on both databases.

use doisoat::domain::{SourceName, Vnd};
use doisoat::normalise::merge;
use doisoat::store::{ProbeOutcome, ProbeRules};

use crate::database::each_database;
use crate::rows::{agency, code, day, night_of, order, receipt, registry_file, txn};
use crate::store::delivery;

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
        assert_eq!(known, std::slice::from_ref(&file));
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

/// Fee amounts as of some nights, after files `(sha256, day, amount)` of one dossier, each read by
/// a night of its own.
async fn amounts(
    store: &doisoat::store::Store,
    told: &[(&str, u32, i64)],
    nights: &[u32],
) -> String {
    for (read, (sha256, of, amount)) in (20..).zip(told) {
        let (mut file, mut rows) = registry_file(sha256, "2022-12-05", &["H48.18.22-221205-0001"]);
        (file.day, file.night) = (night_of(*of), night_of(read));
        rows.fees[0].amount = Vnd::new(*amount);
        rows.agencies = vec![agency("H48.18.22", &format!("{amount}"))];
        assert!(store.save_registry(&file, &rows).await.unwrap());
    }
    let mut said = Vec::new();
    for night in nights {
        let new = store.new_rows(night_of(*night)).await.unwrap();
        let amounts: Vec<String> = new
            .fees
            .iter()
            .map(|fee| fee.amount.get().to_string())
            .collect();
        let names = store.agencies(night_of(*night)).await.unwrap();
        let names: Vec<&str> = names.iter().map(|agency| &*agency.name).collect();
        said.push(format!("{}/{}", amounts.join("+"), names.join("+")));
    }
    said.join(" ")
}

#[tokio::test]
async fn files_in_any_order_tell_the_same() {
    let told = [("f5", 6, 1), ("f7", 8, 2), ("f9", 10, 3)];
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for order in orders {
        each_database(async |store, _database| {
            let read: Vec<_> = order.iter().map(|i| told[*i]).collect();
            let said = amounts(&store, &read, &[4, 5, 6, 7, 8, 9, 10, 11]).await;
            // the dossier counts from the day of its receipt, the agency from its first day
            let expected = "/1 1/1 1/1 1/1 2/2 2/2 3/3 3/3";
            assert_eq!(said, expected, "{order:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn an_older_file_does_not_overrule_a_newer_one() {
    each_database(async |store, _database| {
        // the 9th said again what the 6th did; what the 7th said comes last
        let told = [("f6", 6, 1), ("f9", 9, 1), ("f7", 7, 2)];
        let said = amounts(&store, &told, &[6, 9, 10]).await;
        assert_eq!(said, "1/1 1/1 1/1");
    })
    .await;
}

#[tokio::test]
async fn a_contradiction_lasts_as_long_as_its_version() {
    each_database(async |store, _database| {
        let dossier = "H48.18.22-221205-0001";
        let (first, rows) = registry_file("f1", "2022-12-05", &[dossier]);
        store.save_registry(&first, &rows).await.unwrap();
        // the same row again, and beside it another that contradicts it
        let (second, mut rows) = registry_file("f2", "2022-12-07", &[dossier]);
        rows.conflicts.push(doisoat::domain::Conflict {
            key: rows.fees[0].key(),
            kept: Vnd::new(50_000),
            largest: Vnd::new(60_000),
            versions: vec!["amount_vnd=50000".into(), "amount_vnd=60000".into()],
            business_date: night_of(7),
        });
        store.save_registry(&second, &rows).await.unwrap();
        let (third, mut rows) = registry_file("f3", "2022-12-09", &[dossier]);
        rows.fees[0].amount = Vnd::new(70_000);
        store.save_registry(&third, &rows).await.unwrap();
        let conflicts = async |night: u32| {
            let names = doisoat::matching::Names::default();
            let window = doisoat::store::Window::default();
            let pool = store.pool(night_of(night), &names, &window).await.unwrap();
            (pool.fees.len(), pool.conflicts.len())
        };
        assert_eq!(conflicts(5).await, (1, 0));
        assert_eq!(conflicts(6).await, (1, 0));
        assert_eq!(conflicts(7).await, (1, 1));
        assert_eq!(conflicts(8).await, (1, 1));
        assert_eq!(conflicts(9).await, (1, 0));
    })
    .await;
}

#[tokio::test]
async fn an_order_told_late_is_asked_about_the_next_night() {
    each_database(async |store, _database| {
        let vnpay = SourceName::new("vnpay");
        let dossier = "H48.18.22-221201-0001";
        let made = ["2022-12-01", "2022-12-01", "2022-08-01", "2022-06-01"];
        let (file, mut rows) = registry_file("f1", "2022-12-05", &[dossier]);
        let numbered = (1..).zip(made);
        let orders = numbered.map(|(n, on)| order(&format!("O{n}"), dossier, 50_000, on));
        rows.orders = orders.collect();
        store.save_registry(&file, &rows).await.unwrap();
        let due = async |night: u32, start: Option<&str>| {
            let rules = ProbeRules {
                start: start.map(day),
                ..ProbeRules::default()
            };
            let due = store
                .orders_to_probe("vnpay", &vnpay, night_of(night), rules)
                .await
                .unwrap();
            let ids = due.iter().map(|d| d.order.order_id.to_string());
            ids.collect::<Vec<_>>().join(" ")
        };
        // four days old: past "nightly", and not on the weekly grid
        assert_eq!(due(5, None).await, "O1 O2");
        assert_eq!(due(5, Some("2022-07-01")).await, "O1 O2 O3");
        // a night later, too, as long as nobody asked
        assert_eq!(due(6, None).await, "O1 O2");
        let asked = |order_id: &str, answered| ProbeOutcome {
            order_id: order_id.into(),
            answered,
        };
        let outcomes = [asked("O1", true), asked("O2", false)];
        store
            .save_probes(&vnpay, night_of(5), &outcomes)
            .await
            .unwrap();
        assert_eq!(due(5, None).await, "O1 O2", "a rerun asks the same");
        assert_eq!(due(6, None).await, "O2");
        assert_eq!(due(11, None).await, "O1 O2", "and then by the calendar");
        // nobody asked another source of the same provider
        let other = SourceName::new("vnpay-2");
        let rules = ProbeRules::default();
        let both = store
            .orders_to_probe("vnpay", &other, night_of(6), rules)
            .await;
        assert_eq!(both.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn orders_are_asked_about_until_they_are_settled() {
    each_database(async |store, _database| {
        let vnpay = SourceName::new("vnpay");
        let dossier = "H48.18.22-221205-0001";
        let (file, mut rows) = registry_file("f1", "2022-12-05", &[dossier]);
        let orders = ["2022-12-05", "2022-12-05", "2022-12-04", "2022-12-07"];
        let numbered = (1..).zip(orders);
        let orders = numbered.map(|(n, on)| order(&format!("O{n}"), dossier, 50_000, on));
        rows.orders = orders.collect();
        store.save_registry(&file, &rows).await.unwrap();
        let due = async |night: u32| {
            let (night, rules) = (night_of(night), ProbeRules::default());
            let due = store
                .orders_to_probe("vnpay", &vnpay, night, rules)
                .await
                .unwrap();
            due.iter()
                .map(|d| d.order.order_id.to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        // the fourth does not exist yet
        assert_eq!(due(5).await, "O1 O2 O3");
        let paid = doisoat::domain::Txn {
            source: vnpay.clone(),
            order_ref: Some("O1".into()),
            ..txn("O1", 50_000, "2022-12-05")
        };
        let answers = delivery(vec![paid], &[]);
        store
            .save_transactions(&vnpay, night_of(5), &answers, merge)
            .await
            .unwrap();
        let outcome = |order_id: &str, answered| ProbeOutcome {
            order_id: order_id.into(),
            answered,
        };
        let outcomes = [
            outcome("O1", true),
            outcome("O2", false),
            outcome("O3", true),
        ];
        store
            .save_probes(&vnpay, night_of(5), &outcomes)
            .await
            .unwrap();
        let dump = store.dump().await.unwrap();
        store
            .save_probes(&vnpay, night_of(5), &outcomes)
            .await
            .unwrap();
        assert_eq!(store.dump().await.unwrap(), dump);
        assert_eq!(due(5).await, "O1 O2 O3", "a rerun asks the same orders");
        assert_eq!(due(7).await, "O1 O2 O3 O4");
        // O1 settled on the 5th: until the 12th; O2 was not answered: until it is; nor was O4 asked
        assert_eq!(due(12).await, "O1 O2 O4");
        let of_fourth = [outcome("O4", true)];
        let saved = store.save_probes(&vnpay, night_of(7), &of_fourth).await;
        saved.unwrap();
        assert_eq!(due(12).await, "O1 O2");
        assert_eq!(due(13).await, "O2");
        assert_eq!(due(14).await, "O2 O3", "weekly after the third day");
        let of_second = [outcome("O2", true)];
        let saved = store.save_probes(&vnpay, night_of(14), &of_second).await;
        saved.unwrap();
        assert_eq!(due(16).await, "");
        assert_eq!(due(17).await, "O4");
    })
    .await;
}
