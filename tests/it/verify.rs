//! A night that is not proved is not published; a past run is proved again, and whoever changed the
//! database or a published file is found out.

use doisoat::domain::Ruling;
use doisoat::job::by_hand::Choice;
use doisoat::job::nightly::{self, Mode};
use doisoat::job::{Exit, JobError};
use doisoat::prove::Violation;
use doisoat::prove::violation::{Findings, text};
use doisoat::settle::{Inputs, Prior, Rules, Settlement};
use doisoat::store::Reading;

use crate::by_hand::{ask, open_of};
use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::periods::late_of;
use crate::town::{FIRST, Town, as_is, day, night};

/// A checker that agrees with nothing.
pub(crate) fn never(_: &Inputs, _: &Rules, _: &Prior, settled: &Settlement) -> Vec<Violation> {
    let mut findings = Findings::default();
    let what = text("phải khác", "must be otherwise");
    let rows = settled.rows.len();
    findings.add(doisoat::prove::Invariant::Once, "row 1", what, 1, rows);
    findings.0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_not_proved_publishes_nothing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        night(&desk, FIRST).await;
        let second = "2022-12-06";
        town.morning_after(day(second));
        let reports = town.reports();
        for mode in [Mode::Publish, Mode::DryRun] {
            let ended = nightly::run_proved_by(&desk, day(second), mode, never).await;
            let error = ended.unwrap_err();
            assert_eq!(error.exit(), Exit::Failed);
            assert!(matches!(error, JobError::Unproved { .. }), "{error}");
            let (message, fix) = error.message_and_fix();
            assert!(message.contains("row 1: phải khác: phải là 1"), "{message}");
            assert!(fix.contains("nothing was published"), "{fix}");
        }
        assert!(desk.store.published(day(second)).await.unwrap().is_none());
        let mut left = town.reports();
        let failed: Vec<String> = left
            .keys()
            .filter(|f| f.starts_with("failed/"))
            .cloned()
            .collect();
        assert_eq!(failed.len(), 2, "{failed:?}");
        assert!(
            failed[0].starts_with("failed/2022-12-06-") && failed[0].ends_with("-1/diagnosis.txt")
        );
        let diagnosis = String::from_utf8(left[&failed[0]].clone()).unwrap();
        assert!(
            diagnosis.contains("KHÔNG CÔNG BỐ GÌ")
                && diagnosis.contains("row 1: must be otherwise")
        );
        left.retain(|file, _| !file.starts_with("failed/"));
        assert_eq!(left, reports, "{kind:?}: the last good report stands");
        // with the checker of the house the same night is published
        assert!(night(&desk, second).await.published);
    }
}

/// Two published nights, and the program's configuration beside them.
pub(crate) async fn two_nights(kind: Kind) -> Town {
    let town = Town::new(kind).await;
    let desk = town.desk(&as_is).await;
    for date in [FIRST, "2022-12-06"] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    desk.close().await;
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    town
}

async fn verified(town: &Town, args: &[&str]) -> (i32, String) {
    let args = [&["verify", "--lang", "en"], args].concat();
    let output = run(town, &args).await;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    (code(&output), stdout(&output) + &error)
}

#[tokio::test(flavor = "multi_thread")]
async fn past_runs_are_proved_again() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = two_nights(kind).await;
        let before = town.dump().await;
        let (code, text) = verified(&town, &["--all"]).await;
        assert_eq!(code, 0, "{text}");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        for (line, date) in lines.iter().zip([FIRST, "2022-12-06"]) {
            assert!(line.starts_with(date), "{line}");
            assert!(
                line.ends_with(
                    ": holds (the record, inputs, settled again, proved, sealed rows, tables, \
                     published files, evidence in the archive, chain of runs)"
                ),
                "{line}"
            );
        }
        let (code, text) = verified(&town, &["--date", FIRST]).await;
        assert_eq!((code, text.lines().count()), (0, 1), "{text}");
        let (code, text) = verified(&town, &["--date", "2022-11-30"]).await;
        assert_eq!(code, 2, "{text}");
        assert_eq!(
            verified(&town, &["--run", "2022-12-05-ffffffffffff-1"])
                .await
                .0,
            2
        );
        assert_eq!(town.dump().await, before, "{kind:?}: nothing changed");
    }
}

/// What somebody did to the database, how it is undone, and what must be said of which thing.
type Edit = (&'static str, &'static str, &'static str, &'static str);

/// Every kind of row; each is told for itself, so that one look finds them all.
const EDITS: [Edit; 6] = [
    (
        "UPDATE match_leg SET amount_vnd = amount_vnd + 1 WHERE seq = 0 AND role = 'settles'",
        "UPDATE match_leg SET amount_vnd = amount_vnd - 1 WHERE seq = 0 AND role = 'settles'",
        "group ",
        "the database holds what was decided",
    ),
    (
        "UPDATE row_state SET class = 'x' || class WHERE class = 'missing_payment'",
        "UPDATE row_state SET class = substr(class, 2) WHERE class = 'xmissing_payment'",
        "fee ",
        "the exception id follows from class and row",
    ),
    (
        "UPDATE kpi SET numerator = numerator + 1 WHERE scope = ''",
        "UPDATE kpi SET numerator = numerator - 1 WHERE scope = ''",
        "share ",
        "a share is the sum of its stored items",
    ),
    (
        "UPDATE kpi SET verdict = 'x' || verdict WHERE verdict IS NOT NULL",
        "UPDATE kpi SET verdict = substr(verdict, 2) WHERE verdict IS NOT NULL",
        "share ",
        "the database holds what was decided",
    ),
    (
        "UPDATE contribution SET numerator = numerator + 1 WHERE firm = 1 AND live = 1",
        "UPDATE contribution SET numerator = numerator - 1 WHERE firm = 1 AND live = 1",
        "TX_CASHLESS ",
        "an item agrees with its outcomes",
    ),
    (
        "UPDATE run SET exit_codes = '[4]'",
        "UPDATE run SET exit_codes = '[0]'",
        "/exit_codes",
        "run.json agrees with the run's record",
    ),
];

/// Sums of earlier nights, and the digest of what was published: what is settled again is another.
const OF_THE_NIGHT: [Edit; 2] = [
    (
        "UPDATE firm_half SET numerator = numerator + 1",
        "UPDATE firm_half SET numerator = numerator - 1",
        "",
        "settled again it is what was published",
    ),
    (
        "UPDATE run SET output_digest = 'x' || output_digest",
        "UPDATE run SET output_digest = substr(output_digest, 2)",
        "",
        "settled again it is what was published",
    ),
];

/// Makes the edits, looks, and undoes them.
async fn edited(town: &Town, edits: &[Edit]) {
    let before = town.dump().await;
    for (edit, ..) in edits {
        let so_far = town.dump().await;
        town.database.execute(edit).await;
        assert_ne!(town.dump().await, so_far, "{edit} changed something");
    }
    let (code, text) = verified(town, &["--json"]).await;
    assert_eq!(code, 1, "{text}");
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let violations = document["runs"][0]["violations"].as_array().unwrap();
    for (edit, _, about, wanted) in edits {
        let told = |v: &serde_json::Value| {
            v["en"] == *wanted && v["about"].as_str().unwrap().contains(about)
        };
        assert!(violations.iter().any(told), "{edit}: {text}");
    }
    for (_, undo, ..) in edits {
        town.database.execute(undo).await;
    }
    assert!(town.dump().await == before, "{edits:?} were not undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_changed_the_database_is_found_out() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = two_nights(kind).await;
        edited(&town, &EDITS).await;
        edited(&town, &OF_THE_NIGHT[..1]).await;
        if kind == Kind::Sqlite {
            edited(&town, &OF_THE_NIGHT[1..]).await;
            assert_eq!(verified(&town, &["--all"]).await.0, 0);
        }
    }
}

/// Each entry of the book is sealed with the one before: a changed byte is found, and where.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_changed_the_book_of_decisions_is_found_out() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = two_nights(kind).await;
        let desk = town.desk(&as_is).await;
        let open = open_of(&desk.store, "unidentified").await;
        for exception in open.iter().take(3) {
            let choice = Choice::Rule(Ruling::WriteOff);
            ask(&desk.store, exception.id.as_str(), choice, false)
                .await
                .unwrap();
        }
        desk.close().await;
        let (code, text) = verified(&town, &[]).await;
        assert_eq!(code, 0, "{text}");
        assert!(text.contains(", book of decisions)"), "{text}");
        town.database
            .execute("UPDATE decision SET reason = 'phonee' WHERE seq = 2 AND reason = 'phoned'")
            .await;
        let (code, text) = verified(&town, &[]).await;
        assert_eq!(code, 1, "{kind:?}: {text}");
        assert!(
            text.contains("decision 2: the book of decisions is as it was sealed"),
            "{text}"
        );
        town.database
            .execute("UPDATE decision SET reason = 'phoned' WHERE seq = 2")
            .await;
        assert_eq!(verified(&town, &[]).await.0, 0);
        town.database
            .execute("DELETE FROM decision WHERE seq = 1")
            .await;
        let (code, text) = verified(&town, &[]).await;
        assert_eq!(code, 1, "{text}");
        assert!(text.contains("decision 1: "), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_changed_a_published_file_is_found_out() {
    let town = two_nights(Kind::Sqlite).await;
    for name in ["index.html", "run.json", "links.csv", "share.csv"] {
        let file = town.folder(FIRST).join(name);
        let bytes = std::fs::read(&file).unwrap();
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        std::fs::write(&file, &changed).unwrap();
        let (code, text) = verified(&town, &["--date", FIRST]).await;
        assert_eq!(code, 1, "{text}");
        assert!(
            text.contains(&format!(
                "{FIRST}/{name}: a published file is there unchanged"
            )),
            "{text}"
        );
        assert_eq!(verified(&town, &["--date", "2022-12-06"]).await.0, 0);
        std::fs::write(&file, &bytes).unwrap();
    }
    std::fs::write(town.folder(FIRST).join("other.csv"), "x").unwrap();
    assert_eq!(verified(&town, &["--date", FIRST]).await.0, 1);
    std::fs::remove_file(town.folder(FIRST).join("other.csv")).unwrap();
    std::fs::remove_dir_all(town.folder(FIRST)).unwrap();
    let (code, text) = verified(&town, &["--date", FIRST]).await;
    assert_eq!(code, 1, "{text}");
    let cure = "makes it again: expected doisoat run --date 2022-12-05";
    assert!(text.contains(cure), "{text}");
    // as after a restore: no night has a folder
    std::fs::remove_dir_all(town.folder("2022-12-06")).unwrap();
    let (code, text) = verified(&town, &["--date", FIRST]).await;
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("not checked: report folder (not there)"),
        "{text}"
    );
}

/// The command that `verify` names makes the folder again where the period is closed, too; it says
/// that nothing else was done.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_a_closed_period_is_made_again() {
    let town = two_nights(Kind::Sqlite).await;
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    let close = [
        "period",
        "close",
        "2022-12-05/2022-12-06",
        "--reason",
        "r",
        "--by",
        "KT",
    ];
    let closed = run(&town, &close).await;
    assert_eq!(
        code(&closed),
        0,
        "{}",
        String::from_utf8_lossy(&closed.stderr)
    );
    let (before, dump) = (town.reports(), town.dump().await);
    std::fs::remove_dir_all(town.folder(FIRST)).unwrap();
    assert_eq!(verified(&town, &["--date", FIRST]).await.0, 1);
    let cured = run(&town, &["run", "--date", FIRST]).await;
    assert_eq!(code(&cured), 2, "{}", stdout(&cured));
    assert!(String::from_utf8_lossy(&cured.stderr).contains("KT"));
    assert_eq!(verified(&town, &["--date", FIRST]).await.0, 0);
    assert!(town.reports() == before && town.dump().await == dump);
}

/// Rows that arrive after a run make it not reproducible: that is said, and the rest is checked. A
/// row that counts as new again although nothing came is none of them.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_arrived_since_are_said_and_the_rest_is_checked() {
    let town = two_nights(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let feed = desk.config.sources.iter();
    let mut feed = feed.filter(|source| source.registration.kind == "sepay");
    let feed = feed.next().unwrap().name.clone();
    // the same id with another amount: the row is looked at again
    let known = desk.store.seen_first(&feed, day(FIRST)).await.unwrap();
    let third = day("2022-12-07");
    late_of(&desk, &feed, third, &[(&known[0], 1_234, FIRST)]).await;
    let reopened = "SELECT id FROM txn WHERE decided_night = '9999-12-31'";
    assert_eq!(town.database.texts(reopened).await, [&*known[0]]);
    let (code, text) = verified(&town, &["--date", FIRST]).await;
    assert_eq!(code, 1, "no answer tells it: {text}");
    assert!(
        text.contains(&format!("txn {feed} {} decided_night", known[0])),
        "{text}"
    );
    let reading = Reading {
        night: third,
        source: feed,
        part: 0,
        pulled_at_ms: third.plus(1).start_ms(),
        asked: "".into(),
        what: "later".into(),
        sha256: None,
    };
    desk.store.save_readings(&[reading]).await.unwrap();
    desk.close().await;
    let (code, text) = verified(&town, &["--date", FIRST]).await;
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("not reproducible from today's rows")
            && text.contains("rows that came after the publication (not sealed yet)"),
        "{text}"
    );
    town.database
        .execute("UPDATE kpi SET denominator = denominator + 1")
        .await;
    let (code, text) = verified(&town, &["--date", FIRST]).await;
    assert_eq!(code, 1, "{text}");
}
