//! Where a row stood in what told it is sealed, from the pull that stored it on.

use doisoat::job::JobError;
use doisoat::job::nightly::{self, Mode};

use crate::cli::stderr;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::office::{Office, csv};
use crate::town::{FIRST, day};
use crate::upgrade::older_seals;
use crate::verify::two_nights;
use crate::verify_evidence::{BOTH, edited, holds, said, sql};

const NEW: &str = "2022-12-07";
const NEVER_SEALED: &str = "where rows stood in files and answers (an older program sealed none)";

/// An office whose first night is published, and of which a file came since that a pull has read.
async fn pulled_since(kind: Kind) -> Office {
    let office = Office::bank(kind).await;
    let row = "05/12/2022;1;0;50.000;150.000;NOP PHI H48.18.22-221205-0001";
    office.put("t05.csv", csv(&[row]).as_bytes());
    office.night(FIRST).await;
    let row = "05/12/2022;2;0;8.000;158.000;NOP PHI H48.18.22-221205-0002";
    office.put("late.csv", csv(&[row]).as_bytes());
    let seen = nightly::run(&office.desk, day(FIRST), Mode::DryRun).await;
    assert!(!seen.unwrap().published);
    let of = "SELECT row_key FROM staged WHERE table_name = 'origin'";
    assert_eq!(office.town.database.texts(of).await.len(), 1, "{kind:?}");
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_row_stood_is_as_it_was_pulled_until_it_is_sealed() {
    for kind in BOTH {
        let office = pulled_since(kind).await;
        let town = &office.town;
        holds(town, "it waits").await;
        let edits = [
            "UPDATE origin SET line = line + 1 WHERE name = 'late.csv'",
            "DELETE FROM origin WHERE name = 'late.csv'",
        ];
        for edit in edits {
            edited(town, edit, "origin txn bank ").await;
            let keep = "CREATE TABLE kept AS SELECT * FROM origin";
            for text in [keep, edit] {
                town.database.execute(text).await;
            }
            let error = nightly::run(&office.desk, day(FIRST), Mode::Publish).await;
            let Err(JobError::Altered { message, .. }) = error else {
                panic!("{kind:?}: {edit} is published");
            };
            assert!(message.contains("origin txn bank "), "{message}");
            for text in [
                "DELETE FROM origin",
                "INSERT INTO origin SELECT * FROM kept",
                "DROP TABLE kept",
            ] {
                town.database.execute(text).await;
            }
        }
        let (again, _) = office.night(FIRST).await;
        assert!(again.published);
        holds(town, "it is sealed").await;
        let of = "SELECT row_key FROM staged WHERE table_name = 'origin'";
        assert!(town.database.texts(of).await.is_empty(), "{kind:?}");
        for edit in edits {
            edited(town, edit, "origin txn bank ").await;
        }
        // the list of the first run names the first row alone, and no newer one repeats it
        edited(
            town,
            "UPDATE origin SET sha256 = 'x' || sha256 WHERE name = 't05.csv'",
            "origin txn bank ",
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_older_programs_did_not_seal_is_said_and_the_next_night_seals_its_own() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        older_seals(&town).await;
        holds(&town, "as an older program left it").await;
        let (_, text) = said(&town, &["verify", "--all", "--lang", "en"]).await;
        assert_eq!(text.matches(NEVER_SEALED).count(), 2, "{kind:?}: {text}");
        town.morning_after(day(NEW));
        let next = run(&town, &["run", "--date", NEW]).await;
        assert_eq!(code(&next), 0, "{kind:?}: {}", stderr(&next));
        holds(&town, "with a night that seals them").await;
        let (_, text) = said(&town, &["verify", "--lang", "en"]).await;
        assert!(!text.contains(NEVER_SEALED), "{kind:?}: {text}");
        let of = format!("name = 'dossier_fees_{NEW}.csv'");
        let told = format!("SELECT id FROM origin WHERE {of}");
        assert!(!town.database.texts(sql(told)).await.is_empty(), "{kind:?}");
        let edit = format!("UPDATE origin SET line = line + 1 WHERE {of}");
        edited(&town, sql(edit), "origin fee ").await;
    }
}
