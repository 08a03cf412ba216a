//! A database that a program of schema 12 wrote, kept as it was: `migrate` brings it up to date,
//! its nights and its closing stand, and the next night is published on it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use sqlx::{Connection as _, SqliteConnection};

use crate::cli::{stderr, stdout};
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is, day};

const THIRD: &str = "2022-12-07";

fn kept(name: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/older");
    let file = std::fs::File::open(root.join(name)).unwrap();
    zstd::decode_all(file).unwrap()
}

/// A town whose database and archive are those of the older program.
async fn older() -> Town {
    let town = Town::new(Kind::Sqlite).await;
    for name in ["test.db", "test.db-wal", "test.db-shm"] {
        let _there = std::fs::remove_file(town.dir().join(name));
    }
    let url = format!("{}?mode=rwc", town.database.url);
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let text = String::from_utf8(kept("schema12.sql.zst")).unwrap();
    let written = sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut connection);
    written.await.unwrap();
    connection.close().await.unwrap();
    let mut tar = Command::new("tar");
    tar.args(["-xf", "-"])
        .current_dir(town.dir())
        .stdin(Stdio::piped());
    let mut tar = tar.spawn().unwrap();
    tar.stdin
        .take()
        .unwrap()
        .write_all(&kept("schema12.tar.zst"))
        .unwrap();
    assert!(tar.wait().unwrap().success());
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    town
}

/// What the older program wrote of rows and decisions, by table.
async fn rows(town: &Town) -> Vec<(&'static str, Vec<String>)> {
    let mut all = Vec::new();
    for (name, sql) in [
        (
            "txn",
            "SELECT source || id || amount_vnd || status || seen_night FROM txn ORDER BY 1",
        ),
        (
            "row_state",
            "SELECT side || source || id || dossier || night || until || class FROM row_state ORDER BY 1",
        ),
        (
            "run",
            "SELECT run_id || state || output_digest || run_json FROM run ORDER BY 1",
        ),
        (
            "closing",
            "SELECT period || action || says_wall FROM closing ORDER BY 1",
        ),
        ("audit", "SELECT says_wall FROM audit ORDER BY 1"),
    ] {
        all.push((name, town.database.texts(sql).await));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_an_older_program_is_brought_up_to_date_and_goes_on() {
    let town = older().await;
    let before = rows(&town).await;
    assert!(
        before.iter().all(|(_, rows)| !rows.is_empty()),
        "{before:?}"
    );
    let refused = run(&town, &["run", "--date", THIRD]).await;
    assert_eq!(code(&refused), 10, "{}", stderr(&refused));
    assert!(
        rows(&town).await == before,
        "a refused night changes nothing"
    );
    let migrated = run(&town, &["migrate"]).await;
    assert_eq!(code(&migrated), 0, "{}", stderr(&migrated));
    assert!(
        stdout(&migrated).starts_with("  ^  0013 "),
        "{}",
        stdout(&migrated)
    );
    assert!(rows(&town).await == before, "what was decided stands");
    let copy = std::fs::read_dir(town.dir()).unwrap();
    let copy = copy.filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    assert!(
        copy.into_iter()
            .any(|name| name.starts_with("test.db.before-"))
    );
    let verify = ["verify", "--all", "--lang", "en"];
    let verified = run(&town, &verify).await;
    let said = stdout(&verified);
    assert_eq!(code(&verified), 0, "{said}");
    let holds = said
        .lines()
        .filter(|line| line.contains(": holds (") && line.contains("sealed rows"));
    assert_eq!(holds.count(), 2, "{said}");
    let closed = run(&town, &["period", "list", "--lang", "en"]).await;
    assert!(stdout(&closed).starts_with("2022-12-05/2022-12-06: closed by ke-toan"));
    let closed = ["report", "--from", FIRST, "--to", "2022-12-06"];
    let closed = run(&town, &closed).await;
    assert_eq!(code(&closed), 0, "{}", stderr(&closed));
    town.morning_after(day(THIRD));
    let night = run(&town, &["run", "--date", THIRD]).await;
    assert_eq!(code(&night), 0, "{}", stderr(&night));
    let verified = run(&town, &verify).await;
    let said = stdout(&verified);
    assert_eq!(code(&verified), 0, "{said}");
    let holds = said.lines().filter(|line| line.contains(": holds ("));
    assert_eq!(holds.count(), 3, "{said}");
}
