//! The audit is not fooled in silence: whoever takes a list of seals, an answer, a run or the whole
//! database away, or writes what only nights write, is found out, and what he did is named.

use std::path::PathBuf;

use serde_json::Value;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is};
use crate::verify::two_nights;

pub(crate) const SECOND: &str = "2022-12-06";
pub(crate) const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

/// The exit code, and what each finding is about; of an error its message.
async fn found(town: &Town, args: &[&str]) -> (i32, Vec<String>) {
    let args = [&["verify", "--json", "--lang", "en"], args].concat();
    let output = run(town, &args).await;
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let runs = document["runs"].as_array().into_iter().flatten();
    let all = runs.chain([&document]);
    let all = all.flat_map(|one| one["violations"].as_array().into_iter().flatten());
    let mut abouts: Vec<String> = all
        .map(|v| v["about"].as_str().unwrap().to_owned())
        .collect();
    abouts.extend(document["error"]["message"].as_str().map(str::to_owned));
    abouts.sort();
    abouts.dedup();
    (code(&output), abouts)
}

/// Demands exit 1, and that what was done is named.
pub(crate) async fn named(town: &Town, args: &[&str], what: &str, about: &str) {
    let (code, abouts) = found(town, args).await;
    assert_eq!(code, 1, "{what}: {abouts:?}");
    let told = abouts.iter().any(|told| told.contains(about));
    assert!(told, "{what}: {about} is not in {abouts:?}");
}

pub(crate) async fn holds(town: &Town, what: &str) {
    assert_eq!(found(town, &["--all"]).await, (0, Vec::new()), "{what}");
}

pub(crate) async fn said(town: &Town, args: &[&str]) -> (i32, String) {
    let output = run(town, args).await;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    (code(&output), stdout(&output) + &error)
}

pub(crate) fn archived(town: &Town, sha256: &str) -> PathBuf {
    let shelf = town.dir().join("archive").join(&sha256[..2]);
    shelf.join(&sha256[2..4]).join(format!("{sha256}.zst"))
}

/// A statement that is made up by a test.
pub(crate) fn sql(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// Makes an edit, looks, and puts the table back as it was.
pub(crate) async fn edited(town: &Town, edit: &str, about: &str) {
    seen_by(town, &["--all"], (edit, about)).await;
}

/// [`edited`], looked at in this way.
async fn seen_by(town: &Town, args: &[&str], (edit, about): (&str, &str)) {
    let words: Vec<&str> = edit.split(' ').collect();
    let table = if words[0] == "UPDATE" {
        words[1]
    } else {
        words[2]
    };
    let do_it = async |text: String| town.database.execute(sql(text)).await;
    do_it(format!("CREATE TABLE kept AS SELECT * FROM {table}")).await;
    do_it(edit.to_owned()).await;
    named(town, args, edit, about).await;
    do_it(format!("DELETE FROM {table}")).await;
    do_it(format!("INSERT INTO {table} SELECT * FROM kept")).await;
    do_it("DROP TABLE kept".to_owned()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_seals_that_is_gone_or_damaged_is_named_with_its_night() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        let of = "SELECT sha256 FROM run_kept WHERE what = 'seals' AND run_id LIKE '2022-12-05%'";
        let seals = town.database.texts(of).await.remove(0);
        let entry = "SELECT says_wall FROM audit WHERE run_id LIKE '2022-12-05%'";
        let says: Value = serde_json::from_str(&town.database.texts(entry).await[0]).unwrap();
        let [evidence, origin] =
            ["evidence", "origin"].map(|list| says[list][1].as_str().unwrap().to_owned());
        let lists = [("seals", seals), ("evidence", evidence), ("origin", origin)];
        for (what, sha256) in lists {
            let file = archived(&town, &sha256);
            let bytes = std::fs::read(&file).unwrap();
            let about = format!("{what} {FIRST} {sha256}");
            std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
            named(&town, &["--all"], "half of it", &about).await;
            std::fs::remove_file(&file).unwrap();
            named(&town, &["--date", FIRST], "gone", &about).await;
            // a rule that nobody applied is no excuse
            let rule = format!("INSERT INTO pruned VALUES ('{sha256}', '2022-12-06')");
            edited(&town, &rule, &about).await;
            edited(&town, &rule, "pruned").await;
            std::fs::write(&file, &bytes).unwrap();
        }
        holds(&town, "the lists are back").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_keeps_what_seals_and_stands_in_the_chain() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        let edits = [
            ("reading", "night = '2002-12-05'", "night = '2022-12-05'"),
            (
                "raw",
                "at_wall = '2002' || substr(at_wall, 5)",
                "substr(at_wall, 1, 4) = '2022'",
            ),
        ];
        for (table, to, of) in edits {
            town.database
                .execute(sql(format!("UPDATE {table} SET {to} WHERE {of}")))
                .await;
        }
        // as if the first night had been long ago
        assert_eq!(code(&run(&town, &["prune"]).await), 0);
        let removed = town.database.texts("SELECT sha256 FROM pruned").await;
        assert!(removed.len() > 5, "{}", removed.len());
        for undo in [
            "UPDATE reading SET night = '2022-12-05' WHERE night = '2002-12-05'",
            "UPDATE raw SET at_wall = '2022' || substr(at_wall, 5)",
        ] {
            town.database.execute(undo).await;
        }
        let (code, text) = said(&town, &["verify", "--all", "--lang", "en"]).await;
        assert_eq!(code, 0, "{kind:?}: {text}");
        assert!(
            text.contains("not checked: evidence that was pruned by rule"),
            "{text}"
        );
        edited(&town, "UPDATE pruned SET before = '2022-12-06'", "pruned").await;
        edited(&town, "DELETE FROM pruned", &removed[0]).await;
        let desk = town.desk(&as_is).await;
        let needed = desk.store.evidence().await.unwrap();
        let of = "SELECT sha256 FROM run_kept WHERE what = 'seals'";
        for sha256 in town.database.texts(of).await {
            assert_eq!(&*needed[&*sha256], "9999-12-31", "kept as long as its rows");
        }
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_hidden_by_its_state_is_verified_and_named() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        town.database
            .execute("UPDATE run SET state = 'superseded' WHERE business_date = '2022-12-05'")
            .await;
        named(&town, &["--all"], "hidden", "run 2022-12-05").await;
        named(&town, &[], "of another night", " state").await;
        let changed = "UPDATE kpi SET enough_data = 1 - enough_data \
                       WHERE run_id LIKE '2022-12-05%'";
        edited(&town, changed, "kpi ").await;
        town.database
            .execute("UPDATE run SET state = 'published' WHERE business_date = '2022-12-05'")
            .await;
        holds(&town, "it stands again").await;
    }
}

/// What only nights and pulls write, and how the row is named.
const WRITTEN: [(&str, &str); 22] = [
    (
        "UPDATE fee_version SET night = 'x' || night",
        "fee_version ",
    ),
    (
        "UPDATE fee_version SET said_last = '2022-12-04'",
        "fee_version ",
    ),
    (
        "UPDATE order_version SET said_last = '2022-12-04'",
        "order_version ",
    ),
    (
        "UPDATE receipt_version SET night = 'x' || night",
        "receipt_version ",
    ),
    ("UPDATE dossier SET night = '2022-12-04'", "dossier "),
    (
        "UPDATE txn SET payer = payer || 'x', decided_night = '9999-12-31' \
         WHERE business_date = '2022-12-05'",
        "txn ",
    ),
    (
        "UPDATE fee_version SET decided_night = '9999-12-31' WHERE decided_night = '2022-12-05'",
        "fee_version ",
    ),
    (
        "UPDATE row_state SET until = '2022-12-06' WHERE until = '9999-12-31' \
         AND night = '2022-12-05'",
        "row_state ",
    ),
    (
        "UPDATE contribution SET until = '9999-12-31' WHERE night = '2022-12-05'",
        "contribution ",
    ),
    (
        "UPDATE feed_day SET state = 'late' WHERE day < '2022-12-05'",
        "feed_day ",
    ),
    ("UPDATE feed_day SET night = '2022-12-07'", "feed_day "),
    ("UPDATE feed_day SET night = '2000-01-01'", "feed_day "),
    (
        "INSERT INTO feed_day (source, day, state, night) \
         VALUES ('other', '2022-12-05', 'complete', '2022-12-05')",
        "feed_day other 2022-12-05",
    ),
    ("UPDATE probe SET answered = 1 - answered", "probe "),
    (
        "UPDATE export_file SET night = '2022-12-07'",
        "export_file ",
    ),
    (
        "UPDATE reading SET what = what || 'x' WHERE night = '2022-12-05'",
        "reading 2022-12-05 ",
    ),
    ("DELETE FROM reading WHERE seq = 1", "reading 2022-12-0"),
    (
        "INSERT INTO reading VALUES ('2022-12-05', 'other', 1, 1, 0, '', 'x', NULL)",
        "reading 2022-12-05 other 1",
    ),
    ("UPDATE raw SET bytes = bytes + 1", "raw "),
    (
        "UPDATE origin SET line = line + 1 WHERE side = 'fee'",
        "origin fee ",
    ),
    ("DELETE FROM origin WHERE side = 'txn'", "origin txn "),
    (
        "INSERT INTO origin SELECT side, source, id || 'x', dossier, told_by, sha256, name, line \
         FROM origin WHERE side = 'receipt'",
        "origin receipt ",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_only_nights_write_is_sealed() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        holds(&town, "as published").await;
        // the same program reads both databases: of one a sample is enough
        let step = if kind == Kind::Sqlite { 1 } else { 4 };
        for (edit, about) in WRITTEN.into_iter().step_by(step) {
            edited(&town, edit, about).await;
        }
        holds(&town, "as it was").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_database_is_no_new_one() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        match kind {
            Kind::Sqlite => {
                for name in ["test.db", "test.db-wal", "test.db-shm"] {
                    let _gone = std::fs::remove_file(town.dir().join(name));
                }
            }
            Kind::Postgres => {
                town.database.execute("DROP SCHEMA public CASCADE").await;
                town.database.execute("CREATE SCHEMA public").await;
            }
        }
        let here = town.dir().display().to_string();
        for args in [
            &["run", "--date", SECOND][..],
            &["status"],
            &["verify"],
            &["migrate"],
            &["init", &here],
        ] {
            let (code, text) = said(&town, &[args, &["--lang", "en"]].concat()).await;
            assert_eq!(code, 10, "{kind:?} {args:?}: {text}");
            let wanted = [
                "holds 2 nights (2022-12-05 to 2022-12-06)",
                "restore the database",
            ];
            assert!(
                wanted.iter().all(|part| text.contains(part)),
                "{args:?}: {text}"
            );
        }
        assert!(kind == Kind::Postgres || !town.dir().join("test.db").exists());
        let (code, text) = said(&town, &["init", &here, "--new-database"]).await;
        assert_eq!(code, 0, "{text}");
        // it begins again, but it is not the database of these nights
        named(&town, &["--all"], "another database", "reports/2022-12-05").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_verify_is_not_verified() {
    for kind in BOTH {
        let town = Town::new(kind).await;
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
        for args in [&["--all"][..], &[]] {
            let (code, abouts) = found(&town, args).await;
            assert_eq!(code, 2, "{abouts:?}");
            assert_eq!(abouts, ["no night has been published yet"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_night_is_not_all_that_plain_verify_looks_at() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        for (edit, about) in [
            (
                "UPDATE kpi SET enough_data = 1 - enough_data WHERE run_id LIKE '2022-12-05%'",
                "kpi ",
            ),
            (
                "UPDATE row_state SET evidence = '[]' WHERE night = '2022-12-05'",
                "row_state ",
            ),
            (
                "UPDATE reading SET pulled_ms_wall = 9999999999999 \
                 WHERE night = '2022-12-05' AND seq = 1",
                "reading 2022-12-05 ",
            ),
        ] {
            seen_by(&town, &[], (edit, about)).await;
        }
        let of = "SELECT sha256 FROM reading WHERE night = '2022-12-05' AND sha256 IS NOT NULL";
        let answer = archived(&town, &town.database.texts(of).await[0]);
        let bytes = std::fs::read(&answer).unwrap();
        std::fs::remove_file(&answer).unwrap();
        named(&town, &[], "an answer is gone", "archive 2022-12-05 ").await;
        std::fs::write(&answer, bytes).unwrap();
        let file = town.folder(FIRST).join("share.csv");
        let bytes = std::fs::read(&file).unwrap();
        std::fs::write(&file, [&bytes[..], b"x"].concat()).unwrap();
        named(&town, &[], "a file is longer", "2022-12-05/share.csv").await;
        std::fs::write(&file, bytes).unwrap();
        holds(&town, "as it was").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_no_pull_stored_excuses_nothing() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        let again = "UPDATE fee_version SET decided_night = '9999-12-31' \
                     WHERE decided_night = '2022-12-05'";
        let late = 9_999_999_999_999_i64;
        // a sealed answer that somebody dates later, and one that nobody gave
        let dated = format!(
            "UPDATE reading SET pulled_ms_wall = {late} WHERE night = '2022-12-06' AND seq = 1"
        );
        let made = format!(
            "INSERT INTO reading VALUES ('2022-12-07', 'other', 1, 1, {late}, '', 'x', NULL)"
        );
        for forged in [dated, made] {
            for text in ["CREATE TABLE answers AS SELECT * FROM reading", &forged] {
                town.database.execute(sql(text.to_owned())).await;
            }
            edited(&town, again, "fee_version ").await;
            for text in [
                "DELETE FROM reading",
                "INSERT INTO reading SELECT * FROM answers",
                "DROP TABLE answers",
            ] {
                town.database.execute(text).await;
            }
        }
        holds(&town, "as it was").await;
    }
}
