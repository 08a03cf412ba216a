//! A byte of any column of any row with business state: whoever changes it is found out.

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use sqlx::{Connection, Row, SqliteConnection};

use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::Town;
use crate::verify::two_nights;

/// Tables without business state: what is asked of providers, who holds the lease, what waits to be
/// sent, what `prune` took away.
const WITHOUT_STATE: [&str; 6] = [
    "lease",
    "raw",
    "reading",
    "outbox",
    "pruned",
    "_sqlx_migrations",
];

async fn open(town: &Town) -> SqliteConnection {
    SqliteConnection::connect(&town.database.url).await.unwrap()
}

/// Every column that holds state, as (table, column).
async fn columns(town: &Town) -> Vec<(String, String)> {
    let mut db = open(town).await;
    let sql = "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p \
               WHERE m.type = 'table' ORDER BY 1, 2";
    let rows = sqlx::query(sql).fetch_all(&mut db).await.unwrap();
    let all = rows.iter().map(|row| (row.get(0), row.get(1)));
    all.filter(|(table, column): &(String, String)| {
        !WITHOUT_STATE.contains(&&**table) && !column.ends_with("_wall")
    })
    .collect()
}

/// Changes one byte of one value, chosen by the seed; tells the row, or nothing where the column
/// is empty in every row.
async fn flip(town: &Town, table: &str, column: &str, rng: &mut ChaCha8Rng) -> Option<i64> {
    let mut db = open(town).await;
    sqlx::query("PRAGMA ignore_check_constraints = 1")
        .execute(&mut db)
        .await
        .unwrap();
    let sql = format!(
        "SELECT rowid, CAST({column} AS TEXT), typeof({column}) FROM {table} \
         WHERE length(CAST({column} AS TEXT)) > 0 ORDER BY rowid"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .fetch_all(&mut db)
        .await
        .unwrap();
    let row = rows.choose(rng)?;
    let (id, text, kind): (i64, String, String) = (row.get(0), row.get(1), row.get(2));
    let mut bytes = text.into_bytes();
    let at = rng.random_range(0..bytes.len());
    // the lowest bit: a digit stays a digit, a letter a printable one
    bytes[at] ^= 1;
    let changed = String::from_utf8_lossy(&bytes).into_owned();
    let cast = if kind == "integer" {
        "CAST(?1 AS INTEGER)"
    } else {
        "?1"
    };
    // whoever alters a file is not held by its rules
    sqlx::query("PRAGMA foreign_keys = OFF")
        .execute(&mut db)
        .await
        .unwrap();
    let sql = format!("UPDATE OR REPLACE {table} SET {column} = {cast} WHERE rowid = ?2");
    let update = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(changed).bind(id);
    assert_eq!(update.execute(&mut db).await.unwrap().rows_affected(), 1);
    db.close().await.unwrap();
    Some(id)
}

/// What `verify` says, and whether it names the table.
async fn names(town: &Town, table: &str) -> Result<(), String> {
    let output = run(town, &["verify", "--all", "--json"]).await;
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    if code(&output) != 1 {
        return Err(format!("exit {}: {out}", code(&output)));
    }
    // the list of what a run kept is told by its short name
    let word = table.strip_prefix("run_").unwrap_or(table);
    let document: Value = serde_json::from_str(&out).unwrap();
    let named = document["runs"].as_array().is_some_and(|runs| {
        let all = runs
            .iter()
            .flat_map(|run| run["violations"].as_array().unwrap());
        all.filter_map(|v| v["about"].as_str())
            .any(|about| about.starts_with(word) || table == "run")
    });
    let in_message = document["error"]["message"]
        .as_str()
        .is_some_and(|m| m.contains(word));
    if named || in_message {
        Ok(())
    } else {
        Err(out)
    }
}

/// Flips a byte in each of the columns, one after the other, the database whole before each.
async fn each(town: &Town, columns: &[(String, String)], seed: u64) -> Vec<String> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let whole = std::fs::read(town.dir().join("test.db")).unwrap();
    let mut unseen = Vec::new();
    for (table, column) in columns {
        let Some(row) = flip(town, table, column, &mut rng).await else {
            continue;
        };
        if let Err(said) = names(town, table).await {
            let said: String = said.chars().take(300).collect();
            unseen.push(format!(
                "{table}.{column} of row {row}, seed {seed}: {said}"
            ));
        }
        std::fs::write(town.dir().join("test.db"), &whole).unwrap();
        for left in ["test.db-wal", "test.db-shm"] {
            let _gone = std::fs::remove_file(town.dir().join(left));
        }
    }
    unseen
}

/// The database in one file, as a backup has it.
async fn settled() -> Town {
    let town = two_nights(Kind::Sqlite).await;
    let mut db = open(&town).await;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut db)
        .await
        .unwrap();
    db.close().await.unwrap();
    town
}

/// Eight columns; `DOISOAT_FLIPS=all` takes every one, which is the campaign.
#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_is_found_and_its_table_named() {
    let town = settled().await;
    let all = columns(&town).await;
    assert!(all.len() > 150, "{} columns", all.len());
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let some = match std::env::var("DOISOAT_FLIPS").as_deref() {
        Ok("all") => all.len(),
        _ => 8,
    };
    let chosen: Vec<(String, String)> = all.choose_multiple(&mut rng, some).cloned().collect();
    let unseen = each(&town, &chosen, 6).await;
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
}
