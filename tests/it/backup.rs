//! A backup taken while a night runs restores to a state that verifies; what is pruned is pruned
//! by rule, and nothing that the retention or an open item needs.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, program, run};
use crate::town::{FIRST, Town, as_is, day, night};
use crate::verify::two_nights;

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &place);
        } else {
            std::fs::copy(&path, place).unwrap();
        }
    }
}

/// Runs the program with the configuration of the restored folder.
async fn restored(town: &Town, folder: &Path, args: &[&str]) -> (i32, String) {
    let mut command = program(town);
    command.current_dir(folder).args(args);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    (code(&output), stdout(&output) + &error)
}

/// Puts a backup and the archive into a new folder.
fn restore(town: &Town, backup: &Path, name: &str) -> PathBuf {
    let folder = town.dir().join(name);
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(backup.join("doisoat.db"), folder.join("test.db")).unwrap();
    copy_folder(&town.dir().join("archive"), &folder.join("archive"));
    let there = format!("sqlite://{}", folder.join("test.db").display());
    let toml = town.toml(&as_is).replace(&town.database.url, &there);
    std::fs::write(folder.join("doisoat.toml"), toml).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_during_a_night_restores_and_verifies() {
    let town = two_nights(Kind::Sqlite).await;
    town.morning_after(day("2022-12-07"));
    let desk = town.desk(&as_is).await;
    let running = desk.clone();
    let task = tokio::spawn(async move { night(&running, "2022-12-07").await });
    let mut taken = 0;
    while !task.is_finished() || taken == 0 {
        taken += 1;
        let args = ["backup", &format!("backup-{taken}"), "--json"];
        let done = run(&town, &args).await;
        assert_eq!(code(&done), 0, "{}", String::from_utf8_lossy(&done.stderr));
        let document: Value = serde_json::from_slice(&done.stdout).unwrap();
        assert!(
            document["runs"].as_u64().unwrap() >= 2 && document["archived"].as_u64().unwrap() > 50
        );
    }
    task.await.unwrap();
    desk.close().await;
    for nth in [1, taken] {
        let backup = town.dir().join(format!("backup-{nth}"));
        let sums = std::process::Command::new("sha256sum")
            .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
            .current_dir(&backup)
            .status();
        assert!(sums.unwrap().success());
        let folder = restore(&town, &backup, &format!("restored-{nth}"));
        let (code, text) = restored(&town, &folder, &["verify", "--all", "--lang", "en"]).await;
        assert_eq!(code, 0, "{text}");
        assert!(
            text.lines().count() >= 2 && text.contains("sealed rows"),
            "{text}"
        );
        let (code, text) = restored(&town, &folder, &["replay", FIRST]).await;
        assert_eq!(code, 0, "{text}");
    }
    // a folder that is there is left alone; what is missing is named
    assert_eq!(code(&run(&town, &["backup", "backup-1"]).await), 2);
    let list = std::fs::read_to_string(town.dir().join("backup-1/ARCHIVE")).unwrap();
    let place = list.lines().next().unwrap().rsplit(' ').next().unwrap();
    std::fs::remove_file(town.dir().join("archive").join(place)).unwrap();
    let done = run(&town, &["backup", "again", "--lang", "en"]).await;
    assert_eq!(code(&done), 1);
    let sha256 = &place.rsplit('/').next().unwrap()[..64];
    assert!(stdout(&done).contains(&format!("MISSING in the archive: {sha256}")));
}

/// Nights while backups are taken; each backup is restored and verified.
async fn rounds(wanted: usize) {
    let town = two_nights(Kind::Sqlite).await;
    let mut taken = Vec::new();
    let mut date = day("2022-12-07");
    while taken.len() < wanted {
        town.morning_after(date);
        let desk = town.desk(&as_is).await;
        let running = desk.clone();
        let name = date.to_string();
        let task = tokio::spawn(async move { night(&running, &name).await });
        while !task.is_finished() && taken.len() < wanted {
            let name = format!("backup-{}", taken.len());
            let done = run(&town, &["backup", &name]).await;
            assert_eq!(code(&done), 0, "{}", String::from_utf8_lossy(&done.stderr));
            taken.push(name);
        }
        task.await.unwrap();
        desk.close().await;
        date = date.plus(1);
    }
    for name in taken {
        let backup = town.dir().join(&name);
        let folder = restore(&town, &backup, &format!("restored-{name}"));
        let (code, text) = restored(&town, &folder, &["verify", "--all", "--lang", "en"]).await;
        assert_eq!(code, 0, "{name}: {text}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// Three; `DOISOAT_BACKUPS=50` makes it the campaign.
#[tokio::test(flavor = "multi_thread")]
async fn backups_during_nights_restore_and_verify() {
    let asked = std::env::var("DOISOAT_BACKUPS").ok();
    rounds(asked.map_or(3, |n| n.parse().unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_told_to_use_its_own_copy() {
    let town = two_nights(Kind::Postgres).await;
    let done = run(&town, &["backup", "b"]).await;
    assert_eq!(code(&done), 2);
    let text = String::from_utf8_lossy(&done.stderr);
    assert!(text.contains("pg_dump --format=custom"), "{text}");
    assert!(!town.dir().join("b").exists());
}

/// The last night is moved ten years on by hand, so that the first falls out of the retention.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_the_retention_is_pruned_unless_it_is_open() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = two_nights(kind).await;
        let done = run(&town, &["prune", "--dry-run", "--json"]).await;
        let document: Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!(
            (&document["files"], &document["before"]),
            (&0.into(), &"2012-12-06".into())
        );
        // as if the first night had been long ago
        let edits = [
            "UPDATE reading SET night = '2002-12-05' WHERE night = '2022-12-05'",
            "UPDATE raw SET at_wall = '2002-12-06T01:30:00+07:00'",
        ];
        for edit in edits {
            town.database.execute(edit).await;
        }
        let reads = "SELECT DISTINCT sha256 FROM reading \
            WHERE sha256 IS NOT NULL AND night = '2002-12-05' AND sha256 NOT IN (\
            SELECT sha256 FROM reading WHERE sha256 IS NOT NULL AND night = '2022-12-06')";
        let raws = town.database.texts(reads).await;
        assert!(raws.len() > 5);
        let args = ["prune", "--dry-run", "--json"];
        let dry: Value = serde_json::from_slice(&run(&town, &args).await.stdout).unwrap();
        assert_eq!(dry["files"], raws.len(), "{kind:?}: {dry}");
        let place = |sha: &str| {
            let archive = town.dir().join("archive");
            archive
                .join(&sha[..2])
                .join(&sha[2..4])
                .join(format!("{sha}.zst"))
        };
        assert!(
            raws.iter().all(|sha| place(sha).is_file()),
            "a dry run removes nothing"
        );
        // an open item from that time holds them
        town.database
            .execute(
                "UPDATE row_state SET business_date = '2002-12-01' WHERE class = 'unidentified'",
            )
            .await;
        let held: Value = serde_json::from_slice(&run(&town, &args).await.stdout).unwrap();
        assert_eq!(
            (&held["files"], &held["held_by_open"]),
            (&0.into(), &"2002-12-01".into())
        );
        town.database
            .execute("UPDATE row_state SET business_date = '2022-12-05' WHERE business_date = '2002-12-01'")
            .await;
        let done = run(&town, &["prune", "--lang", "en"]).await;
        assert_eq!(code(&done), 0);
        assert!(stdout(&done).starts_with(&format!("Removed {} raw files", raws.len())));
        assert!(raws.iter().all(|sha| !place(sha).exists()));
        town.database
            .execute("UPDATE reading SET night = '2022-12-05' WHERE night = '2002-12-05'")
            .await;
        let replayed = run(&town, &["replay", FIRST, "--lang", "en"]).await;
        let text = stdout(&replayed);
        assert_eq!(code(&replayed), 0, "{kind:?}: {text}");
        assert!(
            text.contains("raw files were pruned by rule; first: "),
            "{text}"
        );
        assert!(text.contains("same     settled again: "), "{text}");
        assert_eq!(code(&run(&town, &["prune"]).await), 0, "again");
    }
}
