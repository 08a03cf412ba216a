//! Closed figures that are not those of their run, and evidence that was erased: `verify` names
//! them, and nothing is told from what is left.

use doisoat::domain::Period;
use doisoat::job::period::{self, Word};
use doisoat::store::archive::Archive;
use doisoat::store::chain_seal;
use serde_json::Value;

use crate::periods::late_of;
use crate::town::{FIRST, Town, as_is, day};
use crate::verify::two_nights;
use crate::verify_evidence::{BOTH, SECOND, archived, edited, holds, named, said};

/// Closes both nights.
async fn closed(town: &Town) {
    let desk = town.desk(&as_is).await;
    let lease = desk.lease("period close").await.unwrap();
    let word = Word {
        by: "ke-toan".into(),
        reason: "gửi Sở Tài chính".into(),
    };
    let both = Period::range(day(FIRST), day(SECOND));
    Box::pin(period::close(&desk, &lease, &both, &word))
        .await
        .unwrap();
    desk.store.release_lease(lease).await.unwrap();
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_figures_are_those_of_their_run_and_others_are_said() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        closed(&town).await;
        holds(&town, "closed").await;
        // other figures, with a book that is sealed as it should be
        let book = "SELECT says_wall FROM closing";
        let was = town.database.texts(book).await.remove(0);
        let mut says: Value = serde_json::from_str(&was).unwrap();
        let archive = Archive::open(&town.dir().join("archive")).unwrap();
        let files = says["files"].as_array_mut().unwrap();
        let file = files.iter_mut().find(|file| file[0] == "run.json").unwrap();
        let bytes = archive.get(file[1].as_str().unwrap()).unwrap();
        let mut document: Value = serde_json::from_slice(&bytes).unwrap();
        for share in document["share"].as_array_mut().unwrap() {
            share["numerator"] = 0.into();
        }
        let bytes = document.to_string();
        file[1] = archive.put(bytes.as_bytes()).unwrap().sha256.into();
        let says = says.to_string();
        let label = format!("{FIRST}/{SECOND}");
        let seal = chain_seal("", 1, &label, &says);
        let says = says.replace('\'', "''");
        let edit = format!("UPDATE closing SET says_wall = '{says}', seal_wall = '{seal}'");
        edited(&town, &edit, &format!("closing 1 {label} TX_CASHLESS")).await;
        holds(&town, "the book is back").await;
        // rows that came late are no fault, and what they change is said
        let desk = town.desk(&as_is).await;
        let feed = desk
            .config
            .sources
            .iter()
            .find(|s| s.registration.kind == "sepay");
        let rows = [("late-1", 35_000, FIRST)];
        late_of(&desk, &feed.unwrap().name.clone(), day("2022-12-07"), &rows).await;
        town.morning_after(day("2022-12-07"));
        crate::town::night(&desk, "2022-12-07").await;
        desk.close().await;
        let (code, text) = said(&town, &["verify", "--all", "--lang", "en"]).await;
        assert_eq!(code, 0, "{text}");
        let note = format!("{label}: closed by ke-toan with ");
        assert!(text.contains(&note) && text.contains(", now "), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_is_not_told_from_what_is_left() {
    for kind in BOTH {
        let town = two_nights(kind).await;
        // a night without answers, and one whose answers somebody took away
        town.database
            .execute("CREATE TABLE kept AS SELECT * FROM reading")
            .await;
        town.database
            .execute("DELETE FROM reading WHERE night = '2022-12-05'")
            .await;
        let (code, text) = said(&town, &["replay", FIRST, "--lang", "en"]).await;
        assert_eq!(code, 1, "{text}");
        assert!(text.contains("were sealed with this night"), "{text}");
        for undo in [
            "DELETE FROM reading",
            "INSERT INTO reading SELECT * FROM kept",
            "DROP TABLE kept",
        ] {
            town.database.execute(undo).await;
        }
        let of = "SELECT sha256 FROM run_kept WHERE what = 'pool' AND run_id LIKE '2022-12-05%'";
        let pool = town.database.texts(of).await.remove(0);
        let bytes = std::fs::read(archived(&town, &pool)).unwrap();
        std::fs::remove_file(archived(&town, &pool)).unwrap();
        let about = format!("archive {FIRST} document pool {pool}");
        named(&town, &["--date", FIRST], "the inputs", &about).await;
        let report = ["report", "--from", FIRST, "--to", SECOND, "--as-of", FIRST];
        for args in [&["diff", FIRST, SECOND][..], &report] {
            let (code, text) = said(&town, &[args, &["--lang", "en"]].concat()).await;
            assert_eq!(code, 1, "{kind:?} {args:?}: {text}");
            let wanted = format!("what it kept is not in the archive any more: pool {pool}");
            assert!(text.contains(&wanted), "{args:?}: {text}");
        }
        std::fs::write(archived(&town, &pool), bytes).unwrap();
        holds(&town, "the inputs are back").await;
    }
}
