//! `verify` looks at the folders of closed periods, misses the newest closing, and knows the shares
//! of runs that were replaced.

use doisoat::domain::Period;
use doisoat::job::Desk;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::periods::{close, late_of, two};
use crate::town::{FIRST, Town, as_is, day, files, night};

const SECOND: &str = "2022-12-06";

fn both() -> Period {
    Period::range(day(FIRST), day(SECOND))
}

async fn says(town: &Town, args: &[&str], wanted: i32, about: &[&str]) {
    let args: Vec<&str> = ["verify"].into_iter().chain(args.iter().copied()).collect();
    let said = run(town, &args).await;
    assert_eq!(code(&said), wanted, "{args:?}: {}", stdout(&said));
    for about in about {
        assert!(stdout(&said).contains(about), "{about}: {}", stdout(&said));
    }
}

/// Two nights and their closed period, with a configuration for the program.
async fn closed(kind: Kind) -> (Town, Desk, std::path::PathBuf) {
    let (town, desk) = two(kind).await;
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    let folder = close(&desk, &both()).await.unwrap();
    (town, desk, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_closed_period_are_looked_at_and_come_back() {
    let (town, _desk, folder) = closed(Kind::Sqlite).await;
    let closed = files(&folder);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let (share, page, sums) = (read("share.csv"), read("index.html"), read("SHA256SUMS"));
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let other = share.replacen('1', "2", 1);
    let forged = page.replacen("<title>", "<title>FORGED ", 1);
    let digest = |text: &str| {
        use sha2::Digest;
        hex::encode(sha2::Sha256::digest(text.as_bytes()))
    };
    let with_sum = sums.replace(&digest(&page), &digest(&forged));
    assert_ne!(with_sum, sums);
    let report = ["report", "--from", FIRST, "--to", SECOND];
    let cure = format!("doisoat report --from {FIRST} --to {SECOND}");
    let damage: [(&str, &dyn Fn()); 4] = [
        ("share.csv", &|| write("share.csv", &other)),
        ("index.html", &|| {
            write("index.html", &forged);
            write("SHA256SUMS", &with_sum);
        }),
        ("doisoat.xlsx", &|| {
            std::fs::remove_file(folder.join("doisoat.xlsx")).unwrap();
        }),
        ("links.csv", &|| write("links.csv", "")),
    ];
    for (name, damage) in damage {
        damage();
        says(&town, &[], 1, &[name, &cure]).await;
        assert_eq!(code(&run(&town, &report).await), 0, "{name}");
        assert!(files(&folder) == closed, "{name}");
    }
    says(&town, &["--all"], 0, &[]).await;
    write("added.csv", "1");
    says(&town, &[], 1, &["added.csv"]).await;
    // after a restore no folder is there
    std::fs::remove_dir_all(&folder).unwrap();
    says(&town, &["--all"], 0, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_closing_is_missed_at_once() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, ..) = closed(kind).await;
        says(&town, &["--all"], 0, &[]).await;
        town.database.execute("DELETE FROM closing").await;
        says(&town, &["--all"], 1, &["closing 1"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shares_of_a_replaced_run_are_missed() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, desk) = two(kind).await;
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
        let first = desk.store.published(day(FIRST)).await.unwrap().unwrap();
        let sources = desk.config.sources.iter();
        let mut sepay = sources.filter(|source| source.registration.kind == "sepay");
        let name = sepay.next().unwrap().name.clone();
        late_of(&desk, &name, day(FIRST), &[("late", 35_000, FIRST)]).await;
        assert_eq!(night(&desk, FIRST).await.run.version, 2);
        let id = first.id.as_str();
        let every: [&[&str]; 2] = [&["--all"], &["--run", id]];
        let of_first =
            "run_id IN (SELECT run_id FROM run WHERE version = 1 AND business_date = '2022-12-05')";
        let one = "AND definition = 'TX_CASHLESS' AND scope = '' AND period = '2022'";
        town.database
            .execute("CREATE TABLE kept AS SELECT * FROM kpi")
            .await;
        let share = "kpi TX_CASHLESS  2022";
        let edits = [
            (
                format!("UPDATE kpi SET numerator = numerator + 1 WHERE {of_first} {one}"),
                share,
            ),
            (format!("DELETE FROM kpi WHERE {of_first} {one}"), share),
            // the first of them are told
            (
                format!("DELETE FROM kpi WHERE {of_first}"),
                "kpi AMOUNT_CASHLESS  2022",
            ),
        ];
        for (edit, about) in edits {
            town.database.execute(edit.leak()).await;
            for args in every {
                says(&town, args, 1, &[about]).await;
            }
            town.database.execute("DELETE FROM kpi").await;
            town.database
                .execute("INSERT INTO kpi SELECT * FROM kept")
                .await;
        }
        for args in every {
            says(&town, args, 0, &[]).await;
        }
    }
}
