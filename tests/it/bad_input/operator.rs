//! What an operator can get wrong: the configuration, a secret, the database, the report folder.
//! Nothing is read before it is right, and then the night is what it would have been.

use doisoat::store::{Holder, OpenMode, Store};

use super::*;
use crate::cli::{json, stderr};
use crate::night_cli::program;

/// Line and column of the first place that holds `word`.
fn place(town: &Town, word: &str) -> String {
    let text = std::fs::read_to_string(town.dir().join("doisoat.toml")).unwrap();
    let (at, line) = text
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains(word))
        .unwrap();
    format!("doisoat.toml:{}:{}", at + 1, line.find(word).unwrap() + 1)
}

async fn output(mut command: std::process::Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

/// Nothing was asked of anybody, stored or published.
async fn nothing_happened(town: &Town, before: &str) {
    assert!(town.sandbox.counters().requests.is_empty());
    assert!(town.reports().is_empty());
    crate::town::same_dump(&town.dump().await, before, "state");
}

/// With the mistake mended, the night is the reference night.
async fn mended(town: &Town) {
    configure(town, &as_is);
    let (_, files) = night(town, &[], 0).await;
    assert!(files == *reference().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_does_not_exist_ends_before_anything_is_read() {
    let town = morning().await;
    let before = town.dump().await;
    configure(&town, &|toml| {
        toml.replace(
            "name = \"casso-main\"\n",
            "name = \"casso-main\"\nlokback = \"2d\"\n",
        )
    });
    let at = place(&town, "lokback");
    let (ended, _) = night(&town, &[], 2).await;
    assert_eq!(
        stderr(&ended),
        format!("doisoat: {at}: unknown key \"source.lokback\"\n  did you mean \"lookback\"?\n")
    );
    let (ended, _) = night(&town, &["--json"], 2).await;
    assert_eq!(
        json(&ended)["error"],
        serde_json::json!({
            "code": "usage",
            "message": format!("{at}: unknown key \"source.lokback\""),
            "fix": "did you mean \"lookback\"?",
        })
    );
    nothing_happened(&town, &before).await;
    mended(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_secret_ends_before_anything_is_read() {
    let town = morning().await;
    let before = town.dump().await;
    configure(&town, &as_is);
    let at = place(&town, "{ env = \"DOISOAT_SANDBOX_CASSO_TOKEN\" }");
    let without = |args: &[&str]| {
        let mut command = program(&town);
        command.args(args).env_remove("DOISOAT_SANDBOX_CASSO_TOKEN");
        command
    };
    let what = format!(
        "{at}: the environment variable DOISOAT_SANDBOX_CASSO_TOKEN of source.token is not set"
    );
    let fix = "set DOISOAT_SANDBOX_CASSO_TOKEN where doisoat is started (for systemd: \
               EnvironmentFile=), or keep the secret in a file";
    let ended = output(without(&["run", "--date", FIRST])).await;
    assert_eq!(code(&ended), 2);
    assert_eq!(stderr(&ended), format!("doisoat: {what}\n  {fix}\n"));
    let ended = output(without(&["run", "--date", FIRST, "--json"])).await;
    assert_eq!(
        json(&ended),
        serde_json::json!({"schema_version": 1, "error": {
            "code": "usage", "message": what, "fix": fix,
        }})
    );
    let ended = output(without(&["check", "--offline"])).await;
    assert_eq!(code(&ended), 2);
    let said = format!("FAIL  source casso-main: {what} -> {fix}\n");
    assert!(
        crate::cli::stdout(&ended).contains(&said),
        "{}",
        crate::cli::stdout(&ended)
    );
    nothing_happened(&town, &before).await;
    mended(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_folder_that_takes_nothing_is_exit_1_and_the_next_night_is_whole() {
    let town = morning().await;
    configure(&town, &as_is);
    let reports = town.dir().join("reports");
    std::fs::write(&reports, "not a folder").unwrap();
    let (ended, _) = night(&town, &["--json"], 1).await;
    assert_eq!(
        json(&ended)["error"],
        serde_json::json!({
            "code": "failed",
            "message": "cannot read reports: Not a directory (os error 20)",
            "fix": "make room and give the user of doisoat the right to read and write there, \
                    then run again",
        })
    );
    std::fs::remove_file(&reports).unwrap();
    mended(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_says_what_it_needs() {
    let town = morning().await;
    configure(&town, &as_is);
    let document = async |args: &[&str], ends_with: i32| {
        let ended = run(&town, args).await;
        assert_eq!(code(&ended), ends_with, "{}", stderr(&ended));
        assert_eq!(json(&ended)["schema_version"], 1);
        json(&ended)["error"].clone()
    };
    let night = ["run", "--date", FIRST, "--json"];

    let store = Store::open(&town.database.url, OpenMode::Ready)
        .await
        .unwrap();
    let holder = Holder {
        name: "run 2022-12-04".into(),
        pid: std::process::id(),
        host: "other".into(),
        now_wall: "2022-12-06T01:30:00+07:00".into(),
    };
    let lease = store.acquire_lease(&holder).await.unwrap();
    let said = document(&night, 11).await;
    store.release_lease(lease).await.unwrap();
    store.close().await;
    assert_eq!(
        said,
        serde_json::json!({
            "code": "locked",
            "message": format!("another run holds the lease: run 2022-12-04, process {} on other, since 2022-12-06T01:30:00+07:00", std::process::id()),
            "fix": "wait until it has ended, then start again",
        })
    );

    town.database.execute("UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT max(version) FROM _sqlx_migrations)").await;
    assert_eq!(
        document(&night, 10).await,
        serde_json::json!({
            "code": "database",
            "message": "the database is at version 9999, newer than this program",
            "fix": "install the newer program",
        })
    );
    town.database
        .execute("DELETE FROM _sqlx_migrations WHERE version = 9999")
        .await;
    assert_eq!(
        document(&night, 10).await,
        serde_json::json!({
            "code": "database",
            "message": "1 migration(s) are pending",
            "fix": "run `doisoat migrate`",
        })
    );
    std::fs::write(
        town.dir().join("empty.toml"),
        "[database]\nurl = \"sqlite://nothing.db\"\n",
    )
    .unwrap();
    let said = document(&["--config", "empty.toml", "run", "--json"], 10).await;
    assert_eq!(said["fix"], "run `doisoat init`");
    assert!(town.reports().is_empty() && town.sandbox.counters().requests.is_empty());
}
