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

/// Tables that nothing seals: what is not sealed yet, who holds the lease, what waits to be
/// sent, what `prune` took away.
const WITHOUT_STATE: [&str; 5] = ["staged", "lease", "outbox", "pruned", "_sqlx_migrations"];

/// Tables whose columns of wall-clock text are sealed too.
const SEALED_WALL: [&str; 5] = ["audit", "closing", "decision", "raw", "reading"];

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
        let sealed = SEALED_WALL.contains(&&**table) || !column.ends_with("_wall");
        !WITHOUT_STATE.contains(&&**table) && sealed
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

/// Two rows trade what stands in every column but the key.
fn trade(table: &str, columns: &[(String, i64, String)], one: &str) -> Option<String> {
    let named = |columns: &[String]| columns.join(", ");
    let free: Vec<String> = columns
        .iter()
        .filter(|(name, pk, _)| *pk == 0 && !name.ends_with("_wall"))
        .map(|(name, ..)| name.clone())
        .collect();
    if free.is_empty() {
        return None;
    }
    let other = format!(
        "(SELECT rowid FROM {table} AS o WHERE rowid <> {one} AND ({}) <> \
                 (SELECT {} FROM {table} AS m WHERE m.rowid = {one}) ORDER BY rowid LIMIT 1)",
        named(&free),
        named(&free)
    );
    let sets: Vec<String> = free
        .iter()
        .map(|name| format!("{name} = s.{name}"))
        .collect();
    Some(format!(
        "WITH pair AS (SELECT {one} AS a, {other} AS b), \
                 s AS (SELECT CASE t.rowid WHEN p.a THEN p.b ELSE p.a END AS at, t.* \
                 FROM {table} AS t, pair AS p WHERE p.b IS NOT NULL AND t.rowid IN (p.a, p.b)) \
                 UPDATE {table} SET {} FROM s WHERE {table}.rowid = s.at",
        named(&sets)
    ))
}

/// Makes one change to a table; tells whether there was anything to change.
async fn tampered(town: &Town, table: &str, how: &str, rng: &mut ChaCha8Rng) -> bool {
    let mut db = open(town).await;
    for rule in [
        "PRAGMA ignore_check_constraints = 1",
        "PRAGMA foreign_keys = OFF",
    ] {
        sqlx::query(rule).execute(&mut db).await.unwrap();
    }
    let sql = format!("SELECT name, pk, type FROM pragma_table_info('{table}')");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql));
    let columns: Vec<(String, i64, String)> = rows
        .fetch_all(&mut db)
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    let named = |columns: &[String]| columns.join(", ");
    let all: Vec<String> = columns.iter().map(|(name, ..)| name.clone()).collect();
    let key = columns.iter().filter(|(_, pk, _)| *pk > 0);
    let (key, _, kind) = key.max_by_key(|(_, pk, _)| *pk).unwrap();
    let skip = rng.random_range(0..5);
    let one = format!("(SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {skip})");
    let sql = match how {
        "take" => format!("DELETE FROM {table} WHERE rowid = {one}"),
        "add" => {
            // a key that is not there: the last column of it made longer
            let longer = match kind.as_str() {
                "TEXT" => format!("{key} || '0'"),
                _ => format!("{key} + 90000"),
            };
            let values: Vec<String> = all
                .iter()
                .map(|name| {
                    let is_key = name == key;
                    if is_key { longer.clone() } else { name.clone() }
                })
                .collect();
            let (into, values) = (named(&all), named(&values));
            format!("INSERT INTO {table} ({into}) SELECT {values} FROM {table} WHERE rowid = {one}")
        }
        _ => match trade(table, &columns, &one) {
            Some(sql) => sql,
            None => return false,
        },
    };
    let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut db).await;
    let changed = done.unwrap().rows_affected();
    db.close().await.unwrap();
    changed > 0
}

/// What is done to rows.
const WAYS: [&str; 3] = ["take", "add", "trade"];

/// Rows that are taken away, added, or trade their values, in five of the tables;
/// `DOISOAT_FLIPS=all` does each to every one.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_taken_away_added_or_traded_is_found_and_its_table_named() {
    let town = settled().await;
    let mut tables: Vec<String> = columns(&town).await.into_iter().map(|(t, _)| t).collect();
    tables.dedup();
    let all = tables.iter().flat_map(|t| WAYS.map(|how| (t, how)));
    let all: Vec<(&String, &str)> = all.collect();
    let mut rng = ChaCha8Rng::seed_from_u64(16);
    let some = match std::env::var("DOISOAT_FLIPS").as_deref() {
        Ok("all") => all.len(),
        _ => 5,
    };
    let whole = std::fs::read(town.dir().join("test.db")).unwrap();
    let mut unseen = Vec::new();
    for (table, how) in all.choose_multiple(&mut rng.clone(), some) {
        if !tampered(&town, table, how, &mut rng).await {
            continue;
        }
        if let Err(said) = names(&town, table).await {
            let said: String = said.chars().take(300).collect();
            unseen.push(format!("{how} a row of {table}: {said}"));
        }
        std::fs::write(town.dir().join("test.db"), &whole).unwrap();
        for left in ["test.db-wal", "test.db-shm"] {
            let _gone = std::fs::remove_file(town.dir().join(left));
        }
    }
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
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
