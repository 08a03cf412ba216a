//! What the registry told, by night, and the orders to ask about, on both databases.

use doisoat::domain::{SourceName, Vnd};
use doisoat::normalise::merge;
use doisoat::store::{ProbeOutcome, ProbeRules};

use crate::database::each_database;
use crate::rows::{code, day, night_of, order, receipt, registry_file, txn};
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
            let rules = ProbeRules::default();
            let night = night_of(night);
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
        // O1 settled on the 5th: until the 12th; O2 was not answered: until it is
        assert_eq!(due(12).await, "O1 O2");
        assert_eq!(due(13).await, "O2");
        assert_eq!(due(14).await, "O2 O3", "weekly after the third day");
        store
            .save_probes(&vnpay, night_of(14), &[outcome("O2", true)])
            .await
            .unwrap();
        assert_eq!(due(16).await, "");
        assert_eq!(due(17).await, "O4");
    })
    .await;
}
