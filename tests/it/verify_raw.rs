//! Where archived bytes came from: an entry that no pull stored is found, and what a pull stored
//! before it was killed is none of these.

use doisoat::domain::SourceName;

use crate::cli::stderr;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{Town, as_is, day};
use crate::upgrade::older_seals;
use crate::verify::two_nights;
use crate::verify_evidence::{BOTH, edited, holds};

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

/// Two published nights, and a pull that was killed when it had said where its bytes came from, and
/// not yet who had asked for them.
async fn killed(kind: Kind) -> Town {
    let town = two_nights(kind).await;
    let desk = town.desk(&as_is).await;
    let bytes = desk.archive.put(b"an answer that nobody read").unwrap();
    let kept = [(bytes, "page 1".into())];
    let (bank, now) = (SourceName::new("sepay-main"), "2022-12-08T01:30:00+07:00");
    desk.store.save_raws(&bank, &kept, now).await.unwrap();
    desk.close().await;
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_pull_left_is_as_it_was_pulled() {
    for kind in BOTH {
        let town = killed(kind).await;
        let waits = "SELECT row_key FROM staged WHERE table_name = 'raw'";
        assert_eq!(town.database.texts(waits).await.len(), 1, "{kind:?}");
        for published in [false, true] {
            if published {
                town.morning_after(day(NEW));
                let next = run(&town, &["run", "--date", NEW]).await;
                assert_eq!(code(&next), 0, "{kind:?}: {}", stderr(&next));
            }
            holds(&town, "it waits").await;
            for edit in [
                "UPDATE raw SET bytes = bytes + 1 WHERE what = 'page 1'",
                "UPDATE raw SET at_wall = 'x' WHERE what = 'page 1'",
                "DELETE FROM raw WHERE what = 'page 1'",
                "DELETE FROM staged WHERE table_name = 'raw'",
            ] {
                let about = if edit.contains("FROM staged") {
                    "raw "
                } else {
                    "page 1"
                };
                edited(&town, edit, about).await;
            }
            edited(&town, ADDED, "raw ").await;
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
