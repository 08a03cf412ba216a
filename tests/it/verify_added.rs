//! A row that somebody adds, though no pull stored it and no list names it, is found and named,
//! whatever it says of itself.

use sqlx::{Connection, SqliteConnection};

use crate::database::Kind;
use crate::verify::two_nights;
use crate::verify_evidence::{BOTH, edited, holds, named, sql};

/// The last row of a table once more, these columns otherwise.
fn once_more(columns: &[String], table: &str, change: &[(&str, &str)]) -> String {
    let values: Vec<&str> = columns
        .iter()
        .map(|column| {
            let mut changed = change.iter().filter(|(name, _)| name == column);
            changed.next().map_or(column.as_str(), |(_, value)| value)
        })
        .collect();
    let order = &columns[0];
    let (into, values) = (columns.join(", "), values.join(", "));
    format!(
        "INSERT INTO {table} ({into}) SELECT {values} FROM {table} ORDER BY {order} DESC LIMIT 1"
    )
}

/// Table, what differs from a row that is there, and how the row is named.
type Added = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

const ADDED: [Added; 11] = [
    // what the next night would decide with
    (
        "agency_version",
        &[("code", "code || '9'")],
        "agency_version ",
    ),
    (
        "agency_version",
        &[("night", "'2022-12-09'")],
        "agency_version ",
    ),
    (
        "dossier",
        &[("dossier_code", "dossier_code || '9'")],
        "dossier ",
    ),
    (
        "fee_version",
        &[
            ("fee_id", "fee_id || '9'"),
            ("decided_night", "'9999-12-31'"),
        ],
        "fee_version ",
    ),
    (
        "fee_version",
        &[("night", "'2022-12-09'"), ("decided_night", "'9999-12-31'")],
        "fee_version ",
    ),
    (
        "order_version",
        &[
            ("order_id", "order_id || '9'"),
            ("decided_night", "'9999-12-31'"),
        ],
        "order_version ",
    ),
    (
        "receipt_version",
        &[
            ("receipt_id", "receipt_id || '9'"),
            ("decided_night", "'9999-12-31'"),
        ],
        "receipt_version ",
    ),
    // what a pull may say without an answer
    (
        "export_file",
        &[("name", "name || '9'"), ("lines", "0")],
        "export_file ",
    ),
    (
        "feed_day",
        &[
            ("day", "'2022-11-20'"),
            ("state", "'late'"),
            ("night", "'2022-12-09'"),
        ],
        "feed_day ",
    ),
    (
        "probe",
        &[("order_id", "order_id || '9'"), ("answered", "0")],
        "probe ",
    ),
    // an answer to a night that no run read
    (
        "reading",
        &[("night", "'2022-12-09'")],
        "reading 2022-12-09 ",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_no_pull_stored_is_found_whatever_it_says() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        holds(&town, "as published").await;
        let step = if kind == Kind::Sqlite { 1 } else { 3 };
        for (table, change, about) in ADDED.into_iter().step_by(step) {
            let of = match kind {
                Kind::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
                Kind::Postgres => format!(
                    "SELECT column_name::text FROM information_schema.columns \
                     WHERE table_name = '{table}'"
                ),
            };
            let columns = town.database.texts(sql(of)).await;
            edited(&town, sql(once_more(&columns, table, change)), about).await;
        }
        // what would excuse all of them
        let marks = [
            ("INSERT INTO staged VALUES ('', '', '', '')", "staged mark"),
            (
                "INSERT INTO txn_spelling VALUES ('', '', '')",
                "txn_spelling mark",
            ),
        ];
        for (edit, about) in marks {
            edited(&town, edit, about).await;
        }
        holds(&town, "as it was").await;
    }
}

/// Whoever alters a file is not held by its rules: what belongs to a run that is not there.
#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_no_run_is_found() {
    let town = two_nights(Kind::Sqlite).await;
    for (table, change) in [("kpi", "run_id"), ("run_kept", "run_id")] {
        let mut db = SqliteConnection::connect(&town.database.url).await.unwrap();
        let of = format!("SELECT name FROM pragma_table_info('{table}')");
        let columns = town.database.texts(sql(of)).await;
        let added = once_more(&columns, table, &[(change, "'2022-12-01-x-1'")]);
        let added = format!("PRAGMA foreign_keys = OFF; {added}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(added))
            .execute(&mut db)
            .await
            .unwrap();
        named(&town, &["--all"], "of no run", &format!("{table} ")).await;
        let gone = format!("DELETE FROM {table} WHERE run_id = '2022-12-01-x-1'");
        town.database.execute(sql(gone)).await;
        db.close().await.unwrap();
    }
    holds(&town, "as it was").await;
}
