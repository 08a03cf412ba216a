//! A backup is restored as docs/OPERATIONS.md says, wherever database and archive lay: the restored
//! folder is about itself, and the installation at work is not looked at.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::backup::copy_folder;
use crate::cli::{stderr, stdout};
use crate::database::Kind;
use crate::night_cli::{code, program, run};
use crate::town::{FIRST, Town, as_is};
use crate::verify::two_nights;

/// Runs the program with the configuration of the restored folder.
async fn there(town: &Town, folder: &Path, args: &[&str]) -> (i32, String) {
    let mut command = program(town);
    command.env("DOISOAT_CONFIG", folder.join("doisoat.toml"));
    command.args(args).args(["--lang", "en"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    (code(&output), stdout(&output) + &stderr(&output))
}

/// `cp -r` of backup and archive into a new folder, and nothing else.
fn restore(town: &Town, backup: &str, to: &str) -> PathBuf {
    let folder = town.dir().join(to);
    copy_folder(&town.dir().join(backup), &folder);
    copy_folder(&town.dir().join("kho"), &folder.join("archive"));
    folder
}

/// Two nights whose database and archive are named by `url` and `archive`, and not the usual ones.
async fn office(url: impl Fn(&Path) -> String, archive: impl Fn(&Path) -> String) -> Town {
    let town = two_nights(Kind::Sqlite).await;
    let dir = town.dir().canonicalize().unwrap();
    std::fs::create_dir(dir.join("csdl")).unwrap();
    std::fs::rename(dir.join("test.db"), dir.join("csdl/thu-phi.db")).unwrap();
    std::fs::rename(dir.join("archive"), dir.join("kho")).unwrap();
    let text = town.toml(&as_is).replace(&town.database.url, &url(&dir));
    let text = format!(
        "[archive]\ndir = \"{}\"\n[report]\ndir = \"{}/reports\"\n{text}",
        archive(&dir),
        dir.display()
    );
    std::fs::write(dir.join("doisoat.toml"), text).unwrap();
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_folder_is_about_itself_wherever_its_parts_lay() {
    let absolute = office(
        |dir| format!("sqlite://{}/csdl/thu-phi.db", dir.display()),
        |dir| format!("{}/kho", dir.display()),
    );
    let relative = office(
        |_| "sqlite://csdl/thu-phi.db".to_owned(),
        |_| "kho".to_owned(),
    );
    for town in [Box::pin(absolute).await, Box::pin(relative).await] {
        let done = run(&town, &["backup", "b1"]).await;
        assert_eq!(code(&done), 0, "{}", stderr(&done));
        let sums = std::process::Command::new("sha256sum")
            .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
            .current_dir(town.dir().join("b1"))
            .status();
        assert!(sums.unwrap().success());
        let folder = restore(&town, "b1", "restored");
        // what is at work is out of reach while the backup is proved
        std::fs::rename(town.dir().join("csdl"), town.dir().join("away")).unwrap();
        for args in [
            &["migrate"][..],
            &["verify", "--all"],
            &["replay", FIRST],
            &["status"],
        ] {
            let (code, said) = there(&town, &folder, args).await;
            assert_eq!(code, 0, "{args:?}: {said}");
            assert!(!said.contains("not in the folder"), "{args:?}: {said}");
            assert!(
                args[0] != "verify" || said.contains("sealed rows"),
                "{said}"
            );
        }
        std::fs::rename(town.dir().join("away"), town.dir().join("csdl")).unwrap();
        // a copy that was destroyed is not good because the live one is
        for lost in ["doisoat.db", "archive"] {
            let folder = restore(&town, "b1", &format!("without-{lost}"));
            let path = folder.join(lost);
            if path.is_dir() {
                std::fs::remove_dir_all(path).unwrap();
            } else {
                std::fs::write(path, "garbage").unwrap();
            }
            let (code, said) = there(&town, &folder, &["verify", "--all"]).await;
            assert!(code > 0, "without {lost}: {said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_and_migrate_say_what_they_read_where_it_lies_elsewhere() {
    let town = office(
        |_| "sqlite://csdl/thu-phi.db".to_owned(),
        |_| "kho".to_owned(),
    )
    .await;
    let live = town.dir().canonicalize().unwrap();
    let document = run(&town, &["verify", "--json"]).await;
    let document: Value = serde_json::from_slice(&document.stdout).unwrap();
    assert!(
        document["database"]
            .as_str()
            .unwrap()
            .ends_with("csdl/thu-phi.db")
    );
    assert!(document["archive"].as_str().unwrap().ends_with("kho"));
    // a folder that was copied by hand, whose configuration names the installation at work
    let text = std::fs::read_to_string(town.dir().join("doisoat.toml")).unwrap();
    let (db, kho) = (
        format!("sqlite://{}/csdl/thu-phi.db", live.display()),
        format!("{}/kho", live.display()),
    );
    let text = text
        .replace("sqlite://csdl/thu-phi.db", &db)
        .replace("dir = \"kho\"", &format!("dir = \"{kho}\""));
    let folder = town.dir().join("by-hand");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("doisoat.toml"), text).unwrap();
    for args in [&["verify"][..], &["migrate"]] {
        let (code, said) = there(&town, &folder, args).await;
        assert_eq!(code, 0, "{said}");
        let wanted = format!("! Read were {db} and the archive {kho}, not in the folder of ");
        assert!(said.contains(&wanted), "{args:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_saved_and_what_cannot_be_is_told() {
    let town = two_nights(Kind::Sqlite).await;
    let named = |text: String| {
        let text = text.replacen(
            "rate_limit = ",
            "ca_file = \"tls/ca.pem\"\nrate_limit = ",
            1,
        );
        let ping = "[notify.ping]\nurl = \"https://ping.example.vn/x\"\nca_file = \"ping.pem\"\n";
        format!("{text}\n{ping}")
    };
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&named)).unwrap();
    std::fs::create_dir(town.dir().join("tls")).unwrap();
    std::fs::write(town.dir().join("tls/ca.pem"), "a certificate").unwrap();
    let done = run(&town, &["backup", "b1", "--lang", "en"]).await;
    assert_eq!(code(&done), 1, "{}", stderr(&done));
    assert!(
        stdout(&done).contains("MISSING beside doisoat.toml: ping.pem"),
        "{}",
        stdout(&done)
    );
    let saved = std::fs::read_to_string(town.dir().join("b1/tls/ca.pem")).unwrap();
    assert_eq!(saved, "a certificate");
    std::fs::write(town.dir().join("ping.pem"), "another").unwrap();
    assert_eq!(code(&run(&town, &["backup", "b2"]).await), 0);
    let sums = std::fs::read_to_string(town.dir().join("b2/SHA256SUMS")).unwrap();
    assert!(
        sums.contains("  tls/ca.pem\n") && sums.contains("  ping.pem\n"),
        "{sums}"
    );
    // a place where nothing can be made
    std::fs::write(town.dir().join("file"), "").unwrap();
    let done = run(&town, &["backup", "file/b3", "--lang", "en"]).await;
    let said = stderr(&done);
    assert_eq!(code(&done), 2, "{said}");
    assert!(
        said.contains("file/b3 cannot be made") && said.contains("install -d -o USER"),
        "{said}"
    );
    assert!(!said.contains(".tmp"), "{said}");
    // who is to notice a night that does not run was not asked, and the line says so
    let checked = run(&town, &["check", "--offline", "--lang", "en"]).await;
    let line = "notify ping: ping.example.vn: not asked; doisoat check --send-test asks";
    assert!(stdout(&checked).contains(line), "{}", stdout(&checked));
}
