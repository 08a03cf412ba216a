//! A database of every schema so far is brought up to date, and its nights stand.

use std::collections::BTreeMap;
use std::path::Path;

use doisoat::store::archive::Archive;
use doisoat::store::chain_seal;
use serde_json::Value;

use crate::cli::{stderr, stdout};
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, day, files, same_dump};
use crate::verify::two_nights;

/// What each migration after the first added; taken away again, the newest first.
const ADDED: [(i64, &[&str]); 14] = [
    // the order of a key: the rows are the same
    (15, &[]),
    (14, &["DROP INDEX audit_run"]),
    (13, &["DROP TABLE origin"]),
    (12, &["DROP TABLE txn_spelling"]),
    (11, &["DROP TABLE staged"]),
    (
        10,
        &["DROP INDEX row_state_kept", "DROP INDEX contribution_kept"],
    ),
    (
        9,
        &[
            "DROP INDEX feed_day_night",
            "DROP INDEX fee_version_said",
            "DROP INDEX order_version_said",
            "DROP INDEX receipt_version_said",
            "ALTER TABLE feed_day DROP COLUMN night",
        ],
    ),
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
            "DELETE FROM run_kept WHERE what = 'seals'",
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
    let mut lines: Vec<String> = Vec::new();
    for line in dump.lines().filter(stays) {
        // the column that says which night told a day is made from the day, and lists of seals
        // tell less or nothing
        let told = line
            .starts_with("feed_day ")
            .then(|| line.rfind(",\"night\":"));
        match told.flatten() {
            Some(at) => lines.push(line[..at].to_owned()),
            None if line.starts_with("run_kept ") && line.contains("\"what\":\"seals\"") => {}
            None => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

/// A statement that is made up by a test.
fn sql(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// Seals as the programs before schema 9 wrote them: lists of the first form, no list of answers,
/// and a chain that tells neither these nor what was removed by rule.
pub(crate) async fn older_seals(town: &Town) {
    let archive = Archive::open(&town.dir().join("archive")).unwrap();
    let store = town.database.open().await;
    let chain = store.audits().await.unwrap();
    store.close().await;
    let mut before = String::new();
    for entry in chain {
        let mut says: Value = serde_json::from_str(&entry.says).unwrap();
        let list = archive
            .get(says["kept"]["seals"].as_str().unwrap())
            .unwrap();
        let list = String::from_utf8(list).unwrap();
        let is_old = |line: &&str| {
            let table = line.split(' ').next().unwrap();
            !table.ends_with('+') && !["form", "decision"].contains(&table)
        };
        let old: Vec<&str> = list.lines().filter(is_old).chain([""]).collect();
        let old = old.join("\n");
        assert!(old.len() > 1000 && old.len() < list.len());
        let sha256 = archive.put(old.as_bytes()).unwrap().sha256;
        says["kept"]["seals"] = sha256.as_str().into();
        for name in ["evidence", "origin", "pruned"] {
            says.as_object_mut().unwrap().remove(name).unwrap();
        }
        let (run, seq, says) = (entry.run_id.as_str(), entry.seq, says.to_string());
        let seal = chain_seal(&before, seq, run, &says);
        let says = says.replace('\'', "''");
        for edit in [
            format!(
                "UPDATE run_kept SET sha256 = '{sha256}' \
                 WHERE what = 'seals' AND run_id = '{run}'"
            ),
            format!(
                "UPDATE audit SET says_wall = '{says}', seal_wall = '{seal}' WHERE seq = {seq}"
            ),
        ] {
            town.database.execute(sql(edit)).await;
        }
        before = seal.into();
    }
}

/// Two nights as the programs before schema 9 left them.
async fn older_town(kind: Kind) -> Town {
    let town = two_nights(kind).await;
    older_seals(&town).await;
    town
}

/// The files of a folder as they were, and nothing else in it.
fn put_back(folder: &Path, kept: &BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            std::fs::remove_dir_all(&path).unwrap();
        } else {
            std::fs::remove_file(&path).unwrap();
        }
    }
    for (name, bytes) in kept {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

async fn upgraded(town: &Town, schema: i64) {
    let kind = town.database.kind;
    let whole = town.dump().await;
    let before = kept(&whole, schema);
    for (version, edits) in ADDED.iter().filter(|(version, _)| *version > schema) {
        for edit in *edits {
            town.database.execute(edit).await;
        }
        let forget = format!("DELETE FROM _sqlx_migrations WHERE version = {version}");
        town.database.execute(sql(forget)).await;
    }
    let what = format!("{kind:?} schema {schema}");
    let pending = run(town, &["run", "--date", FIRST]).await;
    assert_eq!(code(&pending), 10, "{what}: {}", stderr(&pending));
    let done = run(town, &["migrate"]).await;
    let applied = stdout(&done);
    let wanted = usize::try_from(15 - schema).unwrap();
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
    let verified = run(town, &["verify", "--all", "--lang", "en"]).await;
    let said = format!("{}{}", stdout(&verified), stderr(&verified));
    assert_eq!(code(&verified), 0, "{what}: {said}");
    let no_origin = "where rows stood in files and answers (an older program sealed none)";
    assert!(said.contains(no_origin), "{what}: {said}");
    town.morning_after(day("2022-12-07"));
    let next = run(town, &["run", "--date", "2022-12-07"]).await;
    assert_eq!(code(&next), 0, "{what}: {}", stderr(&next));
    // what the transactions of before spell was made by the first night
    let spelled = |dump: &str| -> Vec<String> {
        let lines = dump
            .lines()
            .filter(|line| line.starts_with("txn_spelling "));
        lines.map(str::to_owned).collect()
    };
    let (was, now) = (spelled(&whole), spelled(&town.dump().await));
    assert!(
        !was.is_empty() && was.iter().all(|line| now.contains(line)),
        "{what}: {now:?}"
    );
    assert!(
        !now.iter().any(|line| line.contains("\"spelling\":\"\"")),
        "{what}"
    );
    let verified = run(town, &["verify", "--lang", "en"]).await;
    let text = stdout(&verified);
    assert!(
        code(&verified) == 0 && text.contains("sealed rows") && !text.contains(no_origin),
        "{what}: {text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_every_schema_is_brought_up_to_date() {
    let town = older_town(Kind::Sqlite).await;
    let kept = files(town.dir());
    for schema in 1..=13 {
        put_back(town.dir(), &kept);
        upgraded(&town, schema).await;
    }
    for schema in [1, 9] {
        upgraded(&older_town(Kind::Postgres).await, schema).await;
    }
}
