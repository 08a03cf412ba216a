//! The work list in the store, on both databases: what is open, since when, and what became of it.

use doisoat::classify::Severity;
use doisoat::domain::Vnd;
use doisoat::store::{ExceptionFilter, Store};

use crate::database::each_database;
use crate::nights::{A, night, paid, pull};
use crate::rows::{code, night_of, registry_file, txn};
use crate::store_open::holder;

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
        assert_eq!(detail.groups.len(), 1);
        let then = store
            .exception(unpaid.id.as_str(), Some(night_of(6)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((then.record.closed, then.groups.len()), (None, 0));
        for none in ["", "zzzz", "00000000", "%", "abc"] {
            assert_eq!(store.exception(none, None).await.unwrap(), None, "{none}");
        }
    })
    .await;
}

#[tokio::test]
async fn exceptions_are_filtered() {
    each_database(async |store, _database| {
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        let (file, rows) = registry_file("f1", "2022-12-05", &[A]);
        store.save_registry(&file, &rows).await.unwrap();
        pull(
            &store,
            night_of(5),
            vec![
                paid("1", A, 50_000, "2022-12-05"),
                txn("2", 1_000, "2022-12-05"),
            ],
        )
        .await;
        night(&store, &lease, 5).await;
        let only = |class: &str| ExceptionFilter {
            classes: vec![class.into()],
            ..ExceptionFilter::default()
        };
        assert_eq!(store.exceptions(&only("unpaid")).await.unwrap().len(), 0);
        assert_eq!(
            store.exceptions(&only("unidentified")).await.unwrap().len(),
            1
        );
        check_filters(&store).await;
    })
    .await;
}

async fn check_filters(store: &Store) {
    let all = ExceptionFilter::default();
    for (count, filter) in [
        (
            1,
            ExceptionFilter {
                source: Some("sepay-main".into()),
                ..all.clone()
            },
        ),
        (
            0,
            ExceptionFilter {
                source: Some("momo".into()),
                ..all.clone()
            },
        ),
        (
            1,
            ExceptionFilter {
                amount_min: Some(Vnd::new(1_000)),
                ..all.clone()
            },
        ),
        (
            0,
            ExceptionFilter {
                amount_min: Some(Vnd::new(1_001)),
                ..all.clone()
            },
        ),
        (
            1,
            ExceptionFilter {
                severity: Some(Severity::Action),
                ..all.clone()
            },
        ),
        (
            0,
            ExceptionFilter {
                dossier_code: Some(code(A)),
                ..all.clone()
            },
        ),
        (
            0,
            ExceptionFilter {
                as_of: Some(night_of(4)),
                ..all.clone()
            },
        ),
    ] {
        let found = store.exceptions(&filter).await.unwrap();
        assert_eq!(found.len(), count, "{filter:?}");
    }
}
