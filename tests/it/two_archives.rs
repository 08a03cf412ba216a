//! An archive belongs to a database: two machines that share the one and not the other are refused
//! before anything is published, and a moved or restored archive is no other one.

use crate::cli::{stderr, stdout};
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, day, night};

const SECOND: &str = "2022-12-06";

fn in_archive(name: &'static str) -> impl Fn(String) -> String {
    move |text: String| format!("lang = \"en\"\n[archive]\ndir = \"{name}\"\n{text}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_archive_is_refused_and_a_moved_one_is_not() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        town.morning_after(day(FIRST));
        let configure = |name| {
            let edit = in_archive(name);
            std::fs::write(town.dir().join("doisoat.toml"), town.toml(&edit)).unwrap();
        };
        let here = town.desk(&in_archive("here")).await;
        let there = town.desk(&in_archive("there")).await;
        night(&here, FIRST).await;
        town.morning_after(day(SECOND));
        configure("there");
        let dump = town.dump().await;
        for args in [
            &["run", "--date", SECOND][..],
            &["run", "--date", FIRST],
            &["pull", "--date", SECOND],
            &["verify"],
            &["verify", "--all"],
            &["prune"],
        ] {
            let refused = run(&town, args).await;
            let said = stderr(&refused);
            assert_eq!(code(&refused), 2, "{kind:?} {args:?}: {said}");
            assert!(
                said.contains("holds nothing of what run 2022-12-05-"),
                "{args:?}: {said}"
            );
            assert!(
                said.contains("doisoat init --new-archive"),
                "{args:?}: {said}"
            );
        }
        let checked = run(&town, &["check", "--offline"]).await;
        let told = stdout(&checked);
        assert!(
            told.contains("FAIL  database: the archive "),
            "{kind:?}: {told}"
        );
        assert!(code(&checked) > 0, "{told}");
        crate::town::same_dump(&town.dump().await, &dump, "nothing was stored");
        assert!(!town.folder(SECOND).exists());
        // moved: the same bytes in another place
        std::fs::rename(town.dir().join("here"), town.dir().join("moved")).unwrap();
        configure("moved");
        assert_eq!(code(&run(&town, &["verify", "--all"]).await), 0, "{kind:?}");
        // lost for good: whoever says so goes on, and verify misses what is lost
        configure("there");
        let said = run(&town, &["init", "--new-archive"]).await;
        assert_eq!(code(&said), 0, "{}", stderr(&said));
        night(&there, SECOND).await;
        let lost = run(&town, &["verify", "--all"]).await;
        assert_eq!(code(&lost), 1, "{kind:?}: {}", stdout(&lost));
        // from now on that is the archive, and the one of before is another
        configure("moved");
        assert_eq!(code(&run(&town, &["verify"]).await), 2, "{kind:?}");
    }
}
