//! Where archived bytes came from: an entry that no pull stored is found, and what a pull stored
//! before it was killed is none of these.

use doisoat::job::nightly::{self, Mode};

use crate::cli::stderr;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is, day};
use crate::upgrade::older_seals;
use crate::verify::two_nights;
use crate::verify_evidence::{BOTH, SECOND, edited, holds, sql};

const NEW: &str = "2022-12-07";
/// One entry more, beside one that is there.
const ADDED: &str = "INSERT INTO raw SELECT sha256, source, what || 'x', bytes, at_wall FROM raw \
                     WHERE what = (SELECT MIN(what) FROM raw)";

#[tokio::test(flavor = "multi_thread")]
async fn evidence_that_no_pull_stored_is_found() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        edited(&town, ADDED, "raw ").await;
        // bytes of which the archive holds nothing, from a source that nobody knows
        let other = "INSERT INTO raw VALUES ('00', 'other', 'x', 0, '2022-12-05T01:30:00+07:00')";
        edited(&town, other, "raw 00 other x").await;
        holds(&town, "as it was").await;
    }
}

/// Two published nights, and a third whose pull was killed before it said what it had asked.
async fn killed(kind: Kind) -> Town {
    let town = two_nights(kind).await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(NEW));
    let third = nightly::run(&desk, day(NEW), Mode::DryRun).await;
    assert!(!third.unwrap().published);
    desk.close().await;
    for text in [
        format!("DELETE FROM reading WHERE night = '{NEW}'"),
        "DELETE FROM staged WHERE table_name = 'reading'".to_owned(),
    ] {
        town.database.execute(sql(text)).await;
    }
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_pull_left_is_as_it_was_pulled_until_it_is_sealed() {
    for kind in BOTH {
        let town = killed(kind).await;
        let waits = "SELECT row_key FROM staged WHERE table_name = 'raw'";
        assert!(town.database.texts(waits).await.len() > 1, "{kind:?}");
        holds(&town, "it waits").await;
        let is_it = "what LIKE '%2022-12-07%'";
        let edits = [
            format!("UPDATE raw SET bytes = bytes + 1 WHERE {is_it}"),
            format!("UPDATE raw SET at_wall = 'x' WHERE {is_it}"),
            format!("DELETE FROM raw WHERE {is_it}"),
        ];
        for edit in &edits {
            edited(&town, sql(edit.clone()), "raw ").await;
        }
        edited(&town, ADDED, "raw ").await;
        let again = run(&town, &["run", "--date", NEW]).await;
        assert_eq!(code(&again), 0, "{kind:?}: {}", stderr(&again));
        holds(&town, "it is sealed, or waits still").await;
        for edit in &edits {
            edited(&town, sql(edit.clone()), "raw ").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_older_programs_left_is_no_forgery() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        older_seals(&town).await;
        // a pull that was killed: nobody tells of it
        town.database.execute(ADDED).await;
        town.database.execute("DELETE FROM staged").await;
        holds(&town, "as an older program left it").await;
        town.morning_after(day(NEW));
        let next = run(&town, &["run", "--date", NEW]).await;
        assert_eq!(code(&next), 0, "{kind:?}: {}", stderr(&next));
        holds(&town, "with a night that seals its own").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_night_repeated_for_nothing_beside_the_export_of_the_next_day_verifies() {
    for kind in BOTH {
        for night in [FIRST, SECOND] {
            let town = two_nights(kind).await;
            let desk = town.desk(&as_is).await;
            town.morning_after(day(NEW));
            let again = nightly::run(&desk, day(night), Mode::DryRun).await;
            assert!(!again.unwrap().published);
            desk.close().await;
            holds(&town, &format!("{kind:?} {night}")).await;
        }
    }
}
