//! A night is repeated while the clock of the machine stands still or goes back: what came then is
//! no forgery, and a forged answer is one still.

use std::sync::Arc;

use doisoat::clock::FixedClock;
use doisoat::job::Desk;
use doisoat::job::nightly::{self, Mode};

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::office::{Office, csv};
use crate::town::{FIRST, Town, as_is, day, night};
use crate::verify::two_nights;
use crate::verify_evidence::{BOTH, SECOND, edited, holds, said, sql};

const HOUR_MS: i64 = 3_600_000;

/// When the last pull was, milliseconds since 1970 in UTC.
async fn last_pull(town: &Town) -> i64 {
    let of = "SELECT CAST(MAX(pulled_ms_wall) AS TEXT) FROM reading";
    town.database.texts(of).await[0].parse().unwrap()
}

async fn answers(town: &Town) -> usize {
    let of = "SELECT night FROM reading";
    town.database.texts(of).await.len()
}

/// A desk whose clock stands at this instant.
/// A desk by a clock that is not that of the town.
pub(crate) async fn desk_at(town: &Town, ms: i64) -> Desk {
    let mut desk = town.desk(&as_is).await;
    desk.clock = Arc::new(FixedClock::new(ms));
    desk
}

/// The second night is repeated so much before the pull of the published one, and gateways answer
/// as a day later; nothing is published, as where the run was killed.
async fn repeated(kind: Kind, back_ms: i64) -> Town {
    let town = two_nights(kind).await;
    let (last, before) = (last_pull(&town).await, answers(&town).await);
    let desk = desk_at(&town, last - back_ms).await;
    town.set_now(day("2022-12-08").start_ms());
    let second = nightly::run(&desk, day(SECOND), Mode::DryRun).await;
    assert!(!second.unwrap().published);
    desk.close().await;
    assert!(answers(&town).await > before, "{kind:?}: it asked again");
    assert_eq!(last_pull(&town).await, last, "no later than before");
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_that_nothing_published_came_after_the_night_whatever_the_clock_says() {
    for kind in BOTH {
        for back_ms in [0, HOUR_MS] {
            let town = repeated(kind, back_ms).await;
            let what = format!("{kind:?}, {back_ms} ms back");
            holds(&town, &what).await;
            let (code, text) = said(&town, &["verify", "--lang", "en"]).await;
            assert_eq!(code, 0, "{what}: {text}");
            let late = "rows that came after the publication (not sealed yet)";
            assert!(text.contains(late), "{what}: {text}");
            // the same once the night is run again in earnest, and then nothing waits
            let desk = desk_at(&town, last_pull(&town).await - back_ms).await;
            night(&desk, SECOND).await;
            desk.close().await;
            holds(&town, &what).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_answer_is_found_among_those_of_a_stopped_clock() {
    for kind in BOTH {
        let town = repeated(kind, 0).await;
        holds(&town, "as it came").await;
        let of = "SELECT source || ' ' || MAX(seq) FROM reading WHERE night = '2022-12-06' \
                  GROUP BY source ORDER BY source";
        let waiting = town.database.texts(of).await.remove(0);
        let (source, seq) = waiting.split_once(' ').unwrap();
        let is_it = format!("night = '2022-12-06' AND source = '{source}'");
        // one that nobody gave, before, at and after the pull of the night
        for at in [0, last_pull(&town).await, 9_999_999_999_999] {
            let made = format!(
                "INSERT INTO reading VALUES ('2022-12-06', 'other', 1, 1, {at}, '', 'x', NULL)"
            );
            edited(&town, sql(made), "reading 2022-12-06 other 1").await;
        }
        // the last waits, the first is sealed: each says something else, is another's, or is gone
        for seq in [seq, "1"] {
            let about = sql(format!("reading 2022-12-06 {source} {seq}"));
            let row = format!("{is_it} AND seq = {seq}");
            for edit in [
                format!("UPDATE reading SET what = what || 'x' WHERE {row}"),
                format!("UPDATE reading SET pulled_ms_wall = pulled_ms_wall + 1 WHERE {row}"),
                format!(
                    "UPDATE reading SET sha256 = (SELECT o.sha256 FROM reading AS o \
                     WHERE o.night = '2022-12-05' AND o.sha256 IS NOT NULL \
                     ORDER BY o.sha256 LIMIT 1) WHERE {row}"
                ),
                format!("DELETE FROM reading WHERE {row}"),
            ] {
                edited(&town, sql(edit), about).await;
            }
        }
        // nor does what waits excuse a row of the night before
        let items = "UPDATE row_state SET evidence = '[]' WHERE night = '2022-12-05'";
        edited(&town, items, "row_state ").await;
        holds(&town, "as it was").await;
    }
}

/// An earlier night that is published again under a clock that went back was published after the
/// night that stood, and sums to date of that night were others then.
#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_night_published_again_by_a_clock_that_went_back_verifies() {
    for kind in BOTH {
        let mut office = Office::bank(kind).await;
        let row = "05/12/2022;1;0;50.000;150.000;NOP PHI H48.18.22-221205-0001";
        office.put("t05.csv", csv(&[row]).as_bytes());
        office.night(FIRST).await;
        let first_pull = last_pull(&office.town).await;
        let row = "06/12/2022;2;0;8.000;158.000;NOP PHI H48.18.22-221206-0002";
        office.put("t06.csv", csv(&[row]).as_bytes());
        office.next(SECOND).await;
        for back_ms in [0, HOUR_MS] {
            office.desk.clock = Arc::new(FixedClock::new(first_pull - back_ms));
            // a fee line and its payment, of which the later night knows nothing
            let number = if back_ms == 0 { "0101" } else { "0102" };
            let dossier = format!("H48.18.22-221205-{number}");
            let late = format!("05/12/2022;{back_ms}9;0;20.000;178.000;NOP PHI {dossier}");
            let name = format!("t05_{back_ms}.csv");
            office.put(&name, csv(&[&late]).as_bytes());
            let head = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
                        declared_method,due_at,payer_name,status";
            let fee = format!("{dossier},F1,phi,20000,H48.18.22,P1,transfer,,B,unpaid");
            let name = format!("inbox/dossier_fees_2022-12-05_{back_ms}.csv");
            std::fs::write(office.town.dir().join(name), format!("{head}\n{fee}\n")).unwrap();
            let (again, _) = office.night(FIRST).await;
            assert!(again.published, "{kind:?}: a row came");
            let of = "SELECT CAST(version AS TEXT) FROM run WHERE business_date = '2022-12-05'";
            assert!(office.town.database.texts(of).await.len() > 1, "{kind:?}");
            for args in [&["verify"][..], &["verify", "--all"]] {
                let verified = run(&office.town, &[args, &["--lang", "en"]].concat()).await;
                let text = stdout(&verified);
                assert_eq!(code(&verified), 0, "{kind:?}, {back_ms} ms back: {text}");
            }
        }
    }
}

/// A past night is repeated and nothing is published, while the export of the next day lies there.
/// By a clock of the day before, that export is one written after midnight and tells of the 6th:
/// the night of the 7th then waits for another, and says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_past_night_repeated_beside_the_export_of_the_next_day_verifies() {
    for (back_ms, ends) in [(-24 * HOUR_MS, 0), (0, 3), (HOUR_MS, 3)] {
        for night in [FIRST, SECOND] {
            let town = two_nights(Kind::Sqlite).await;
            let last = last_pull(&town).await;
            town.morning_after(day("2022-12-07"));
            for _ in 0..2 {
                let desk = desk_at(&town, last - back_ms).await;
                let again = nightly::run(&desk, day(night), Mode::DryRun).await;
                assert!(!again.unwrap().published);
                desk.close().await;
                holds(&town, &format!("{night}, {back_ms} ms back")).await;
            }
            let next = run(&town, &["run", "--date", "2022-12-07"]).await;
            let why = String::from_utf8_lossy(&next.stderr).into_owned();
            assert_eq!(code(&next), ends, "{night}, {back_ms} ms back: {why}");
            holds(&town, &format!("{night}, {back_ms} ms back, and the next")).await;
        }
    }
}

/// A night of an older program was pulled under a clock that ran ahead: the chain begins with the
/// night after it, by a clock that is right again.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_from_before_the_chain_may_have_been_pulled_by_a_clock_that_ran_ahead() {
    for kind in BOTH {
        let town = Town::new(kind).await;
        for date in [FIRST, SECOND] {
            town.morning_after(day(date));
            let mut desk = town.desk(&as_is).await;
            if date == SECOND {
                desk = desk_at(&town, day("2022-12-20").start_ms()).await;
            }
            night(&desk, date).await;
            desk.close().await;
        }
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
        // as programs before schema 4 left it
        for text in [
            "DELETE FROM audit",
            "DELETE FROM run_kept WHERE what = 'seals'",
            "DELETE FROM origin",
            "DELETE FROM staged",
            "INSERT INTO staged VALUES ('', '', '', '')",
        ] {
            town.database.execute(text).await;
        }
        town.morning_after(day("2022-12-07"));
        let desk = town.desk(&as_is).await;
        let third = night(&desk, "2022-12-07").await;
        assert!(third.published, "{kind:?}");
        desk.close().await;
        holds(&town, "the clock is right again").await;
        // a run that the chain does not tell of is found, as ever
        let hidden = "UPDATE audit SET run_id = 'x' || run_id";
        edited(&town, hidden, "2022-12-07").await;
    }
}
