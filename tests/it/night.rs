//! The night as a whole, on both databases: the same inputs change nothing, and a kill at any step
//! is made good by the next start.

use std::time::Duration;

use doisoat::domain::SourceName;
use doisoat::job::nightly::{self, Mode};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Exit, JobError, pull};
use doisoat::kpi::Period;

use crate::database::Kind;
use crate::town::{FIRST, Town, as_is, codes, day, files, night, same_dump};

#[tokio::test(flavor = "multi_thread")]
async fn a_night_twice_changes_nothing_and_both_databases_agree() {
    let mut results = Vec::new();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        for date in [FIRST, "2022-12-06"] {
            town.morning_after(day(date));
            let first = night(&desk, date).await;
            assert_eq!(
                (codes(&first), first.published),
                (vec![0], true),
                "{kind:?} {date}"
            );
            let (dump, reports) = (town.dump().await, town.reports());
            let again = night(&desk, date).await;
            assert!(!again.published);
            assert_eq!(
                (&again.run.id, codes(&again)),
                (&first.run.id, vec![0]),
                "{kind:?} {date}"
            );
            same_dump(&town.dump().await, &dump, "the same state");
            assert_eq!(town.reports(), reports, "{kind:?}: the same files");
        }
        // An earlier night again, after a later one: its deadlines have passed since, and that
        // alone changes nothing.
        let (dump, reports) = (town.dump().await, town.reports());
        let again = night(&desk, FIRST).await;
        assert_eq!(
            (again.published, again.run.version, codes(&again)),
            (false, 1, vec![0]),
            "{kind:?}"
        );
        assert_eq!(
            (town.dump().await, town.reports()),
            (dump, reports),
            "{kind:?}"
        );
        results.push((town.dump().await, town.reports()));
    }
    let postgres = results.pop().unwrap();
    assert_eq!(results.pop().unwrap(), postgres, "SQLite and PostgreSQL");
}

#[tokio::test(flavor = "multi_thread")]
async fn pulling_ten_times_in_overlaps_changes_nothing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        town.morning_after(day("2022-12-06"));
        pull::alone(&desk, day(FIRST), None).await.unwrap();
        pull::alone(&desk, day("2022-12-06"), None).await.unwrap();
        let once = town.dump().await;
        let sepay = SourceName::new("sepay-main");
        for n in 0..10 {
            let date = if n % 3 == 0 { "2022-12-06" } else { FIRST };
            let only = (n % 4 == 1).then_some(&sepay);
            pull::alone(&desk, day(date), only).await.unwrap();
            same_dump(&town.dump().await, &once, "pulled once more");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_has_not_closed_is_refused() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(FIRST));
    assert_eq!(desk.last_closed_day(), day(FIRST));
    let error = nightly::run(&desk, day("2022-12-06"), Mode::Publish)
        .await
        .unwrap_err();
    assert!(matches!(error, JobError::Usage { .. }), "{error}");
    let (message, fix) = error.message_and_fix();
    assert_eq!(message, "2022-12-06 has not closed yet");
    assert_eq!(fix, "the last closed business day is 2022-12-05");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_publishes_nothing() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(FIRST));
    let dry = nightly::run(&desk, day(FIRST), Mode::DryRun).await.unwrap();
    assert!(!dry.published && town.reports().is_empty());
    assert!(desk.store.last_run().await.unwrap().is_none());
    let real = night(&desk, FIRST).await;
    assert_eq!(
        dry.run.run_json, real.run.run_json,
        "what it said is what is published"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_around_the_commit_is_made_good_by_the_next_start() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        let run = night(&desk, FIRST).await.run;
        let (dump, reports) = (town.dump().await, town.reports());
        let hidden = town.dir().join(format!("reports/.{FIRST}.{}.tmp", run.id));
        let check = async |what: &str| {
            let again = night(&desk, FIRST).await;
            assert!(!again.published, "{kind:?}, {what}");
            assert_eq!(town.reports(), reports, "{kind:?}, {what}");
            same_dump(&town.dump().await, &dump, what);
        };
        // Between the commit and the rename: the folder is there under its hidden name.
        std::fs::rename(town.folder(FIRST), &hidden).unwrap();
        check("committed, not revealed").await;
        // The folder was lost altogether.
        std::fs::remove_dir_all(town.folder(FIRST)).unwrap();
        check("committed, no folder").await;
        // Between staging and the commit of another run: its folder is a leftover.
        let other = town
            .dir()
            .join(format!("reports/.{FIRST}.{FIRST}-0123456789ab-2.tmp"));
        std::fs::create_dir(&other).unwrap();
        std::fs::write(other.join("run.json"), "{}").unwrap();
        check("staged, not committed").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn being_asked_to_stop_leaves_a_state_that_resumes() {
    let town = Town::new(Kind::Sqlite).await;
    let reference = Town::new(Kind::Sqlite).await;
    reference.morning_after(day(FIRST));
    night(&reference.desk(&as_is).await, FIRST).await;
    town.morning_after(day(FIRST));
    let desk = town.desk(&as_is).await;
    let (stop, running) = (desk.stop.clone(), desk.clone());
    let task = tokio::spawn(async move { nightly::run(&running, day(FIRST), Mode::Publish).await });
    tokio::time::sleep(Duration::from_millis(40)).await;
    stop.ask(Exit::Terminated);
    let error = task.await.unwrap().unwrap_err();
    assert_eq!(error.exit(), Exit::Terminated, "{error}");
    assert!(town.reports().is_empty());
    night(&town.desk(&as_is).await, FIRST).await;
    assert_eq!(town.reports(), reference.reports());
    same_dump(
        &town.dump().await,
        &reference.dump().await,
        "stopped and resumed",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_come_again_from_the_store() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    for date in [FIRST, "2022-12-06"] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    let out = town.dir().join("again");
    let span = Span::Night(day("2022-12-06"));
    let folder = report_again::write(&desk, &Asked::of(span), &out)
        .await
        .unwrap();
    assert_eq!(
        files(&folder),
        files(&town.folder("2022-12-06")),
        "as published"
    );
    let span = Span::Days(Period::month("2022-12").unwrap());
    let folder = report_again::write(&desk, &Asked::of(span), &out)
        .await
        .unwrap();
    assert!(folder.ends_with("2022-12") && folder.join("index.html").is_file());
    // a later night brings a dossier of the 6th: the night stays as published, the month knows it
    let inbox = town.dir().join("inbox/dossier_fees_2022-12-07.csv");
    town.morning_after(day("2022-12-07"));
    let later = std::fs::read_to_string(&inbox).unwrap();
    let sixth = std::fs::read_to_string(town.dir().join("inbox/dossier_fees_2022-12-06.csv"));
    let sixth = sixth.unwrap();
    let line = sixth
        .lines()
        .find(|line| line.contains("-221206-"))
        .unwrap();
    let (code, rest) = line.split_once(',').unwrap();
    let told = format!("{}9999,{rest}", &code[..code.len() - 4]);
    std::fs::write(&inbox, format!("{later}{told}\n")).unwrap();
    night(&desk, "2022-12-07").await;
    let published = files(&town.folder("2022-12-06"));
    let out = town.dir().join("later");
    for lost in [false, true] {
        let span = Span::Night(day("2022-12-06"));
        let folder = report_again::write(&desk, &Asked::of(span), &out)
            .await
            .unwrap();
        assert_eq!(files(&folder), published, "as published");
        if lost {
            std::fs::remove_dir_all(town.folder("2022-12-06")).unwrap();
            night(&desk, "2022-12-07").await;
            assert_eq!(files(&town.folder("2022-12-06")), published, "found again");
        }
    }
    let span = Span::Days(Period::range(day(FIRST), day("2022-12-06")));
    let folder = report_again::write(&desk, &Asked::of(span), &out)
        .await
        .unwrap();
    assert!(folder.join("index.html").is_file());
    let span = Span::Night(day("2022-12-08"));
    let error = report_again::write(&desk, &Asked::of(span), &out)
        .await
        .unwrap_err();
    assert_eq!(error.exit(), Exit::Usage);
}
