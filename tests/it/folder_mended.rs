//! A published folder is what the database says: whoever changes a page and the sums beside it is
//! found out, and what a disk lost comes back with the next night.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::cli::{stderr, stdout};
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is, codes, day, document, files, night, source};
use crate::verify::two_nights;

const SECOND: &str = "2022-12-06";

/// Changes a file, and its line in the sums.
fn forge(folder: &Path, name: &str, forged: &[u8]) {
    fs::write(folder.join(name), forged).unwrap();
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let line = |line: &str| match line.split_once("  ") {
        Some((_, file)) if file == name => {
            format!("{}  {file}\n", hex::encode(Sha256::digest(forged)))
        }
        _ => format!("{line}\n"),
    };
    let sums: String = sums.lines().map(line).collect();
    fs::write(folder.join("SHA256SUMS"), sums).unwrap();
}

async fn verified(town: &Town, args: &[&str]) -> (i32, String) {
    let args = [&["verify", "--lang", "en"], args].concat();
    let output = run(town, &args).await;
    (code(&output), stdout(&output) + &stderr(&output))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_sum_was_forged_with_it_is_found_and_put_back() {
    let town = two_nights(Kind::Sqlite).await;
    let folder = town.folder(FIRST);
    let published = files(&folder);
    forge(&folder, "index.html", b"<title>forged</title>");
    for args in [&["--all"][..], &["--date", FIRST], &[]] {
        let (code, text) = verified(&town, args).await;
        let names = format!("{FIRST}/index.html: a published file is there unchanged");
        assert!(code == 1 && text.contains(&names), "{args:?}: {text}");
    }
    // a file that was taken away with its line, and one that came with a line
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let without: Vec<&str> = sums.lines().filter(|l| !l.ends_with("links.csv")).collect();
    fs::write(folder.join("SHA256SUMS"), without.join("\n") + "\n").unwrap();
    fs::remove_file(folder.join("links.csv")).unwrap();
    let other = format!("{}  other.csv\n", hex::encode(Sha256::digest(b"x")));
    fs::write(folder.join("other.csv"), "x").unwrap();
    fs::write(
        folder.join("SHA256SUMS"),
        without.join("\n") + "\n" + &other,
    )
    .unwrap();
    let (code_of, text) = verified(&town, &["--date", FIRST]).await;
    let finds = [
        "links.csv: a published file",
        "other.csv: no other file",
        "SHA256SUMS lists",
    ];
    assert!(
        code_of == 1 && finds.iter().all(|f| text.contains(f)),
        "{text}"
    );
    // asked for, it is put back, and the forged one kept
    let done = run(&town, &["run", "--date", FIRST]).await;
    assert_eq!(code(&done), 0, "{}", stderr(&done));
    assert!(
        stderr(&done).contains("set aside as .damaged"),
        "{}",
        stderr(&done)
    );
    // deadlines that have passed since make no new version
    assert_eq!(files(&folder), published);
    assert!(!town.folder(&format!("{FIRST}.v1")).exists());
    let aside = files(&town.dir().join("reports").join(format!("{FIRST}.damaged")));
    assert_eq!(aside["index.html"], b"<title>forged</title>");
    let (code_of, text) = verified(&town, &["--all"]).await;
    assert_eq!(code_of, 0, "{text}");
    // and nothing is to be done any more
    let again = run(&town, &["run", "--date", FIRST]).await;
    assert_eq!((code(&again), stderr(&again)), (0, String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_a_disk_lost_come_back_with_the_next_night() {
    let town = two_nights(Kind::Sqlite).await;
    let published = [files(&town.folder(FIRST)), files(&town.folder(SECOND))];
    let timings = fs::read(town.folder(FIRST).join("timings.json")).unwrap();
    fs::remove_file(town.folder(FIRST).join("index.html")).unwrap();
    fs::write(town.folder(FIRST).join("run.json"), "").unwrap();
    fs::write(town.folder(SECOND).join("SHA256SUMS"), "").unwrap();
    town.morning_after(day("2022-12-07"));
    let next = run(&town, &["run", "--date", "2022-12-07"]).await;
    assert_eq!(code(&next), 0, "{}", stderr(&next));
    let now = [files(&town.folder(FIRST)), files(&town.folder(SECOND))];
    assert_eq!(now, published);
    let kept = fs::read(town.folder(FIRST).join("timings.json")).unwrap();
    assert_eq!(kept, timings);
    let (code_of, text) = verified(&town, &["--all"]).await;
    assert_eq!(code_of, 0, "{text}");
}

/// A link in the place of the night's folder is found before anything is committed: exit 1 says
/// that nothing was published, and nothing was.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_the_place_of_the_folder_is_found_before_the_night_is_published() {
    let town = two_nights(Kind::Sqlite).await;
    town.morning_after(day("2022-12-07"));
    let place = town.folder("2022-12-07");
    std::os::unix::fs::symlink(town.dir(), &place).unwrap();
    let stopped = run(&town, &["run", "--date", "2022-12-07"]).await;
    assert_eq!(code(&stopped), 1, "{}", stderr(&stopped));
    let store = town.database.open().await;
    assert!(store.published(day("2022-12-07")).await.unwrap().is_none());
    store.close().await;
    fs::remove_file(&place).unwrap();
    let next = run(&town, &["run", "--date", "2022-12-07"]).await;
    assert_eq!(code(&next), 0, "{}", stderr(&next));
    assert!(place.join("index.html").is_file());
}

/// A gateway that cannot be reached any more takes nothing from a night that it answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_run_again_keeps_what_gateways_answered() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        town.morning_after(day(FIRST));
        let desk = town.desk(&as_is).await;
        let first = night(&desk, FIRST).await;
        let run = document(&first);
        let asked = |run: &serde_json::Value| source(run, "vnpay")["rows"].as_u64().unwrap();
        assert!(asked(&run) > 0 && source(&run, "vnpay")["state"] == "complete");
        desk.close().await;
        let closed = |text: String| {
            let at = text.find("name = \"vnpay\"").unwrap();
            let (head, tail) = text.split_at(at);
            let start = tail.find("base_url = \"").unwrap();
            let end = start + tail[start..].find('\n').unwrap();
            let (before, after) = (&tail[..start], &tail[end..]);
            format!("{head}{before}base_url = \"http://127.0.0.1:9\"{after}")
        };
        let desk = town.desk(&closed).await;
        let again = night(&desk, FIRST).await;
        assert!(!again.published, "{:?}", codes(&again));
        assert_eq!(
            (&again.run.id, codes(&again)),
            (&first.run.id, codes(&first))
        );
        // of the next night it answered nothing
        town.morning_after(day(SECOND));
        let next = night(&desk, SECOND).await;
        let run = document(&next);
        assert_ne!(source(&run, "vnpay")["state"], "complete");
        assert!(codes(&next).contains(&3));
        desk.close().await;
    }
}
