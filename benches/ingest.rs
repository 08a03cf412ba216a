//! Rows a second of the store against a bare loop that only inserts.
//!
//! `cargo bench --bench ingest [-- ROWS [POSTGRES_URL]]` stores so many transactions (200,000),
//! 5,000 a time as a night does, once through the store and once through sqlx alone: the same table
//! with its indexes, as many transactions, on SQLite `VALUES` of 500 rows with bound values, on
//! PostgreSQL `UNNEST`. The store besides reads what is there under the same ids and compares it.
//! Three rounds of each, one after the other, each into an empty database; on PostgreSQL the URL's
//! own is emptied.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends where it cannot go on"
)]

use std::time::Duration;

use doisoat::clock::Stopwatch;
use doisoat::domain::{Day, Instrument, Moment, SourceName, Txn, TxnKind, TxnStatus, Vnd};
use doisoat::normalise;
use doisoat::store::{Delivery, Store};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

const CHUNK: usize = 5_000;
const DAY: &str = "2022-12-05";
const COLUMNS: &str = "source, id, order_ref, memo, amount_vnd, fee_vnd, net_vnd, paid_at, \
    paid_at_ms, paid_on, business_date, status, kind, payer, account, bank_ref, instrument, \
    seen_night, decided_night";

fn txn(i: usize, of: usize) -> Txn {
    let day = Day::parse(DAY).unwrap();
    let mixed = i * 7_919 % of;
    let amount = Vnd::new(i64::try_from((10 + i % 991) * 1_000).unwrap());
    let clock = format!("{:02}:{:02}:{:02}", i / 3_600 % 24, i / 60 % 60, i % 60);
    Txn {
        status_word: None,
        source: SourceName::new("bank"),
        id: format!("FT22339{mixed:08}").as_str().into(),
        order_ref: None,
        memo: format!("nop le phi H48.18.{:02}-221205-{:04}", i % 80, i / 80)
            .as_str()
            .into(),
        amount,
        fee: Vnd::ZERO,
        net: amount,
        paid_at: Moment::parse(&format!("{DAY}T{clock}")).unwrap(),
        paid_on: day,
        business_date: day,
        status: TxnStatus::Success,
        kind: TxnKind::Payment,
        payer: "NGUYEN VAN A".into(),
        account: Some("0123456789".into()),
        bank_ref: None,
        instrument: Instrument::Transfer,
        spot: doisoat::domain::Aside::default(),
    }
}

async fn by_store(store: &Store, txns: &[Txn]) -> Duration {
    let (source, day) = (SourceName::new("bank"), Day::parse(DAY).unwrap());
    let watch = Stopwatch::start();
    for chunk in txns.chunks(CHUNK) {
        let delivery = Delivery {
            txns: chunk.to_vec(),
            ..Delivery::default()
        };
        let saved = store.save_transactions(&source, day, &delivery, normalise::merge);
        assert_eq!(
            usize::try_from(saved.await.unwrap().new).unwrap(),
            chunk.len()
        );
    }
    watch.elapsed()
}

async fn bare_sqlite(path: &str, txns: &[Txn]) -> Duration {
    let mut connection = SqliteConnection::connect(path).await.unwrap();
    for pragma in [
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ] {
        sqlx::query(AssertSqlSafe(format!("PRAGMA {pragma}")))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let watch = Stopwatch::start();
    for chunk in txns.chunks(CHUNK) {
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
        for rows in chunk.chunks(500) {
            let marks = vec!["(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"; rows.len()].join(",");
            let text = format!("INSERT INTO txn ({COLUMNS}) VALUES {marks} ON CONFLICT DO NOTHING");
            let mut query = sqlx::query(AssertSqlSafe(text));
            for t in rows {
                query = query
                    .bind(t.source.as_str())
                    .bind(&*t.id)
                    .bind(t.order_ref.as_deref())
                    .bind(&*t.memo)
                    .bind(t.amount.get())
                    .bind(t.fee.get())
                    .bind(t.net.get())
                    .bind(t.paid_at.text().into_owned())
                    .bind(t.paid_at.ms())
                    .bind(t.paid_on.to_string())
                    .bind(t.business_date.to_string())
                    .bind(t.status.id())
                    .bind(t.kind.id())
                    .bind(&*t.payer)
                    .bind(t.account.as_deref())
                    .bind(t.bank_ref.as_deref())
                    .bind(t.instrument.id())
                    .bind(DAY)
                    .bind("9999-12-31");
            }
            query.execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    watch.elapsed()
}

async fn bare_postgres(url: &str, txns: &[Txn]) -> Duration {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let kinds = [
        "text", "text", "text", "text", "bigint", "bigint", "bigint", "text", "bigint",
    ];
    let arrays: Vec<String> = (1..=19)
        .map(|n| format!("${n}::{}[]", kinds.get(n - 1).unwrap_or(&"text")))
        .collect();
    let text = format!(
        "INSERT INTO txn ({COLUMNS}) SELECT * FROM UNNEST({}) ON CONFLICT DO NOTHING",
        arrays.join(", ")
    );
    let watch = Stopwatch::start();
    for chunk in txns.chunks(CHUNK) {
        let mut tx = connection.begin().await.unwrap();
        for rows in chunk.chunks(1_000) {
            let texts = |of: &dyn Fn(&Txn) -> String| rows.iter().map(of).collect::<Vec<_>>();
            let some =
                |of: &dyn Fn(&Txn) -> Option<String>| rows.iter().map(of).collect::<Vec<_>>();
            let numbers = |of: &dyn Fn(&Txn) -> i64| rows.iter().map(of).collect::<Vec<_>>();
            sqlx::query(AssertSqlSafe(text.clone()))
                .bind(texts(&|t| t.source.to_string()))
                .bind(texts(&|t| t.id.to_string()))
                .bind(some(&|t| t.order_ref.as_deref().map(Into::into)))
                .bind(texts(&|t| t.memo.to_string()))
                .bind(numbers(&|t| t.amount.get()))
                .bind(numbers(&|t| t.fee.get()))
                .bind(numbers(&|t| t.net.get()))
                .bind(texts(&|t| t.paid_at.text().into_owned()))
                .bind(numbers(&|t| t.paid_at.ms()))
                .bind(texts(&|t| t.paid_on.to_string()))
                .bind(texts(&|t| t.business_date.to_string()))
                .bind(texts(&|t| t.status.id().into()))
                .bind(texts(&|t| t.kind.id().into()))
                .bind(texts(&|t| t.payer.to_string()))
                .bind(some(&|t| t.account.as_deref().map(Into::into)))
                .bind(some(&|t| t.bank_ref.as_deref().map(Into::into)))
                .bind(texts(&|t| t.instrument.id().into()))
                .bind(texts(&|_| DAY.into()))
                .bind(texts(&|_| "9999-12-31".into()))
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }
    watch.elapsed()
}

async fn emptied(url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query("TRUNCATE txn")
        .execute(&mut connection)
        .await
        .unwrap();
}

fn print(database: &str, store: Duration, bare: Duration) {
    let ratio = store.as_millis() * 100 / bare.as_millis().max(1);
    println!(
        "{database}: store {} ms, bare {} ms, ratio {}.{:02}",
        store.as_millis(),
        bare.as_millis(),
        ratio / 100,
        ratio % 100
    );
}

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let rows = args.first().map_or(200_000, |rows| rows.parse().unwrap());
    let txns: Vec<Txn> = (0..rows).map(|i| txn(i, rows)).collect();
    for _ in 0..3 {
        let dir = tempfile::tempdir().unwrap();
        let url = |name: &str| format!("sqlite://{}", dir.path().join(name).display());
        let store = Store::create(&url("store.db")).await.unwrap();
        let by_store = by_store(&store, &txns).await;
        store.close().await;
        Store::create(&url("bare.db")).await.unwrap().close().await;
        print(
            "SQLite",
            by_store,
            bare_sqlite(&url("bare.db"), &txns).await,
        );
    }
    let Some(url) = args.get(1) else { return };
    for _ in 0..3 {
        let store = Store::create(url).await.unwrap();
        emptied(url).await;
        let stored = by_store(&store, &txns).await;
        store.close().await;
        emptied(url).await;
        print("PostgreSQL", stored, bare_postgres(url, &txns).await);
    }
    emptied(url).await;
}
