//! Root writes nothing into the folder of another user. Where the tests do not run as root there is
//! nobody to refuse, and that is what is looked at.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;

use crate::cli::{doisoat, stderr};

/// The user `nobody`.
const OTHER: u32 = 65_534;

/// Every file and folder below with its owner; links are not followed.
fn owners(dir: &Path) -> Vec<(String, u32)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let meta = std::fs::symlink_metadata(&path).unwrap();
        found.push((path.display().to_string(), meta.uid()));
        if meta.is_dir() {
            found.extend(owners(&path));
        }
    }
    found.sort();
    found
}

fn is_root(dir: &Path) -> bool {
    std::fs::metadata(dir).unwrap().uid() == 0
}

#[test]
fn root_leaves_nothing_in_the_folder_of_another_user() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path();
    let root = is_root(home);
    if root {
        chown(home, Some(OTHER), Some(OTHER)).unwrap();
    }
    let init = doisoat(home)
        .args(["init", "--lang", "en"])
        .output()
        .unwrap();
    assert_eq!(init.status.code(), Some(0), "{}", stderr(&init));
    let before = owners(home);
    assert!(before.len() > 5, "{before:?}");
    let inside = home.join("backup");
    let commands: [&[&str]; 14] = [
        &["run"],
        &["run", "--date", "2022-12-05"],
        &["run", "--dry-run"],
        &["backfill", "--from", "2022-12-05", "--to", "2022-12-06"],
        &["pull", "--date", "2022-12-05"],
        &["schedule"],
        &["report", "--month", "2022-12"],
        &["period", "close", "2022-12", "--reason", "it's sent"],
        &["period", "reopen", "2022-12", "--reason", "r"],
        &["exceptions", "assign", "abcd1234", "an"],
        &["exceptions", "import", "work.xlsx"],
        &["prune"],
        &["migrate"],
        &["backup", inside.to_str().unwrap()],
    ];
    for args in commands {
        if !root && args[0] == "schedule" {
            continue;
        }
        let output = doisoat(home)
            .args(args)
            .args(["--lang", "en"])
            .output()
            .unwrap();
        let said = stderr(&output);
        assert_eq!(
            said.contains("run it as that user: `sudo -u "),
            root,
            "{args:?}: {said}"
        );
        if root {
            assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
            assert!(said.contains(args[0]), "{args:?}: {said}");
            assert_eq!(owners(home), before, "{args:?}");
        }
        if args.contains(&"close") && root {
            assert!(said.contains(r"--reason 'it'\''s sent'"), "{said}");
        }
    }
    for args in [
        &["status"][..],
        &["period", "list"],
        &["exceptions", "list"],
    ] {
        let said = stderr(&doisoat(home).args(args).output().unwrap());
        assert!(!said.contains("sudo"), "{args:?}: {said}");
    }
    if root {
        as_the_other(home);
    }
}

/// What root looked at stays the other user's, and so does what that user then makes.
fn as_the_other(home: &Path) {
    let strangers: Vec<(String, u32)> = owners(home);
    let strangers: Vec<_> = strangers.iter().filter(|(_, uid)| *uid != OTHER).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    let elsewhere = tempfile::tempdir().unwrap();
    let to = elsewhere.path().join("copy");
    let saved = doisoat(home).arg("backup").arg(&to).output().unwrap();
    assert_eq!(saved.status.code(), Some(0), "{}", stderr(&saved));
    let program = elsewhere.path().join("doisoat");
    std::fs::copy(doisoat(home).get_program(), &program).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(elsewhere.path(), open).unwrap();
    let mut other = std::process::Command::new(program);
    other
        .current_dir(home)
        .env_remove("DOISOAT_CONFIG")
        .uid(OTHER)
        .gid(OTHER);
    let ran = other
        .args(["run", "--date", "2022-12-05"])
        .output()
        .unwrap();
    let said = stderr(&ran);
    assert!(matches!(ran.status.code(), Some(0 | 3)), "{said}");
    let night = home.join("reports").join("2022-12-05");
    assert_eq!(std::fs::metadata(&night).unwrap().uid(), OTHER, "{said}");
}
