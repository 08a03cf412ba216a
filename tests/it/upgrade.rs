//! A database of every schema so far is brought up to date, and its nights stand.

use crate::cli::{stderr, stdout};
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, day, same_dump};
use crate::verify::two_nights;

/// What each migration after the first added; taken away again, the newest first.
const ADDED: [(i64, &[&str]); 7] = [
    (8, &["DROP TABLE statement_check"]),
    (
        7,
        &[
            "DROP TABLE firm_half",
            "DROP INDEX export_file_day",
            "DROP INDEX reject_row_id",
            "DROP INDEX probe_unanswered",
        ],
    ),
    (6, &["DROP TABLE closing"]),
    (5, &["DROP TABLE outbox"]),
    (
        4,
        &[
            "DROP TABLE audit",
            "DROP TABLE pruned",
            "DROP INDEX export_file_night",
            "DROP INDEX account_statement_night",
            "DROP INDEX probe_night",
            "DROP INDEX conflict_version_date",
            "DROP INDEX feed_day_day",
            "DROP INDEX dossier_night",
            "DROP INDEX agency_version_night",
        ],
    ),
    (3, &["DROP TABLE reading", "DROP TABLE run_kept"]),
    (2, &["DROP TABLE account_statement"]),
];

/// The tables that stay in a database of `schema`, as the dump tells them.
fn kept(dump: &str, schema: i64) -> String {
    let gone: Vec<&str> = ADDED
        .iter()
        .filter(|(version, _)| *version > schema)
        .flat_map(|(_, edits)| edits.iter())
        .filter_map(|edit| edit.strip_prefix("DROP TABLE "))
        .collect();
    let stays = |line: &&str| {
        !gone
            .iter()
            .any(|table| line.split(' ').next() == Some(table))
    };
    let lines: Vec<&str> = dump.lines().filter(stays).collect();
    lines.join("\n")
}

async fn upgraded(kind: Kind, schema: i64) {
    let town: Town = two_nights(kind).await;
    let whole = town.dump().await;
    let before = kept(&whole, schema);
    for (version, edits) in ADDED.iter().filter(|(version, _)| *version > schema) {
        for edit in *edits {
            town.database.execute(edit).await;
        }
        let forget = match version {
            8 => "DELETE FROM _sqlx_migrations WHERE version = 8",
            7 => "DELETE FROM _sqlx_migrations WHERE version = 7",
            6 => "DELETE FROM _sqlx_migrations WHERE version = 6",
            5 => "DELETE FROM _sqlx_migrations WHERE version = 5",
            4 => "DELETE FROM _sqlx_migrations WHERE version = 4",
            3 => "DELETE FROM _sqlx_migrations WHERE version = 3",
            _ => "DELETE FROM _sqlx_migrations WHERE version = 2",
        };
        town.database.execute(forget).await;
    }
    let what = format!("{kind:?} schema {schema}");
    let pending = run(&town, &["run", "--date", FIRST]).await;
    assert_eq!(code(&pending), 10, "{what}: {}", stderr(&pending));
    let done = run(&town, &["migrate"]).await;
    let applied = stdout(&done);
    let wanted = usize::try_from(8 - schema).unwrap();
    assert_eq!(
        (code(&done), applied.lines().count()),
        (0, wanted),
        "{what}: {applied}"
    );
    let after = town.dump().await;
    same_dump(&before, &kept(&after, schema), &what);
    // what follows from the other tables is made again
    let halves = |dump: &str| -> Vec<String> {
        let halves = dump.lines().filter(|line| line.starts_with("firm_half "));
        halves.map(str::to_owned).collect()
    };
    assert_eq!(halves(&whole), halves(&after), "{what}");
    assert!(!halves(&after).is_empty(), "{what}");
    if kind == Kind::Sqlite {
        let names = std::fs::read_dir(town.dir()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let copies: Vec<String> = names.filter(|n| n.starts_with("test.db.")).collect();
        let copies = copies
            .iter()
            .filter(|n| !n.ends_with("wal") && !n.ends_with("shm"));
        assert!(copies.count() >= 1, "{what}: SQLite copies itself first");
    }
    let verified = run(&town, &["verify", "--all", "--lang", "en"]).await;
    assert_eq!(code(&verified), 0, "{what}: {}", stdout(&verified));
    town.morning_after(day("2022-12-07"));
    let next = run(&town, &["run", "--date", "2022-12-07"]).await;
    assert_eq!(code(&next), 0, "{what}: {}", stderr(&next));
    let verified = run(&town, &["verify", "--lang", "en"]).await;
    let text = stdout(&verified);
    assert!(
        code(&verified) == 0 && text.contains("sealed rows"),
        "{what}: {text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_every_schema_is_brought_up_to_date() {
    for schema in 1..=7 {
        upgraded(Kind::Sqlite, schema).await;
    }
    upgraded(Kind::Postgres, 1).await;
}
