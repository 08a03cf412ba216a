//! S12: whatever the caller's umask, what the program writes is its user's alone, and a planted
//! link is not followed.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::town;
use crate::cli::{doisoat, stderr};
use crate::night_cli::program;
use crate::town::{FIRST, as_is};

/// Every file and folder below, with its mode.
fn modes(dir: &Path) -> Vec<(PathBuf, u32)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let meta = std::fs::symlink_metadata(&path).unwrap();
        if meta.is_dir() {
            found.extend(modes(&path));
        }
        found.push((path, meta.mode() & 0o7777));
    }
    found
}

/// The program under a umask that lets everybody read and write.
fn open_handed(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 000; exec \"$0\" \"$@\""]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.current_dir(command.get_current_dir().unwrap());
    shell
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_written_is_for_one_user() {
    let town = town(None, &as_is).await;
    let before: Vec<PathBuf> = modes(town.dir())
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    std::fs::create_dir(town.dir().join("textfile")).unwrap();
    let metrics = "\n[metrics]\ntextfile = \"textfile/doisoat.prom\"\n";
    let file = town.dir().join("doisoat.toml");
    std::fs::write(&file, town.toml(&|text| text + metrics)).unwrap();
    let sample = format!("{}/fixtures/sample", env!("CARGO_MANIFEST_DIR"));
    let (fees, bank) = (
        format!("{sample}/dossier_fees.csv"),
        format!("{sample}/transactions_bank.csv"),
    );
    for args in [
        &["run", "--date", FIRST][..],
        &["report", "--month", "2022-12"],
        &["backup", "copy"],
        &["init", "new"],
        &[
            "match",
            "--fees",
            &fees,
            "--transactions",
            &bank,
            "--out",
            "out",
            "--no-proof",
        ],
    ] {
        let mut command = program(&town);
        command.args(args);
        let mut command = open_handed(&command);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    }
    let written = modes(town.dir());
    let mut seen = 0;
    for (path, mode) in written {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let made_by_the_test = before.contains(&path) || name == "textfile";
        if made_by_the_test || name.starts_with("test.db") {
            continue;
        }
        seen += 1;
        let wanted = match (path.is_dir(), &*name) {
            (true, _) => 0o700,
            // its reader is another user; it holds figures only
            (false, "doisoat.prom") => 0o644,
            (false, _) => 0o600,
        };
        assert_eq!(mode, wanted, "{} has {mode:o}", path.display());
    }
    assert!(seen > 60, "{seen} files and folders were written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_link_is_not_followed() {
    let town = town(None, &as_is).await;
    let victim = town.dir().join("victim");
    std::fs::write(&victim, "untouched").unwrap();
    std::fs::create_dir(town.dir().join("reports")).unwrap();
    std::os::unix::fs::symlink(&victim, town.dir().join("reports").join(FIRST)).unwrap();
    let output = {
        let mut command = program(&town);
        command.args(["run", "--date", FIRST]);
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    };
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "untouched");
    let report = town.dir().join("reports").join(FIRST);
    if output.status.success() {
        assert!(std::fs::symlink_metadata(&report).unwrap().is_dir());
    } else {
        let said = stderr(&output);
        assert!(said.contains(FIRST), "{said}");
    }
}

#[test]
fn a_secret_that_others_may_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("token");
    std::fs::write(&secret, "CANARY").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    let toml = "[[source]]\nname = \"s\"\nkind = \"casso\"\nbase_url = \"https://oauth.casso.vn\"\n\
                token = { file = \"token\" }\n";
    std::fs::write(dir.path().join("doisoat.toml"), toml).unwrap();
    let output = doisoat(dir.path())
        .args(["check", "--offline"])
        .output()
        .unwrap();
    let text = crate::cli::stdout(&output);
    assert!(
        text.contains("FAIL  source s: ") && text.contains("chmod 600 token"),
        "{text}"
    );
    assert!(!text.contains("CANARY"));
}
