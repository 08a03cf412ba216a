//! Procedures and fields are told by their names, and nothing else changes: no class, no share, no
//! version of a night.

use doisoat::sandbox::CATALOGUE;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is, day, night};

const FILE: &str = "catalogue.csv";

fn named(mut text: String) -> String {
    let at = text.find("[[source]]").unwrap();
    text.insert_str(at, &format!("[catalogue]\nfile = \"{FILE}\"\n\n"));
    text
}

async fn town(names: &str) -> Town {
    let town = Town::new(Kind::Sqlite).await;
    std::fs::write(town.dir().join(FILE), names).unwrap();
    let file = town.dir().join("doisoat.toml");
    std::fs::write(file, town.toml(&named)).unwrap();
    town.morning_after(day(FIRST));
    town
}

fn page(town: &Town) -> String {
    std::fs::read_to_string(town.folder(FIRST).join("index.html")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_names_and_nothing_is_decided_by_them() {
    let (plain, told) = (town("kind,code,name\n").await, town(CATALOGUE).await);
    let without = night(&plain.desk(&as_is).await, FIRST).await;
    let with = night(&told.desk(&named).await, FIRST).await;
    assert_eq!(without.run.id, with.run.id);
    assert_eq!(without.run.output_digest, with.run.output_digest);
    for name in ["run.json", "exceptions.csv", "links.csv", "share.csv"] {
        let read = |town: &Town| std::fs::read(town.folder(FIRST).join(name)).unwrap();
        assert_eq!(read(&plain), read(&told), "{name}");
    }
    let (bare, page) = (page(&plain), page(&told));
    // a row of the breakdown, the filter, and the fee of an exception
    let row = "<th scope=\"row\">Đăng ký kết hôn <span class=\"mono small soft\">1.000894</span>";
    let option = "<option value=\"HT\">Hộ tịch</option>";
    for told in [row, option] {
        assert!(page.contains(told) && !bare.contains(told), "{told}");
    }
    let lines = CATALOGUE
        .lines()
        .filter_map(|line| line.strip_prefix("procedure,"));
    let fees = lines.filter(|line| {
        let (code, name) = line.split_once(',').unwrap();
        let told = format!("{} ({code})", name.trim_matches('"'));
        assert!(!bare.contains(&told), "{told}");
        page.contains(&told)
    });
    assert!(fees.count() > 2);
    assert!(bare.contains("<option value=\"HT\">HT</option>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_makes_no_other_night_and_a_past_one_keeps_its_own() {
    let town = town(CATALOGUE).await;
    let published = night(&town.desk(&named).await, FIRST).await;
    assert!(published.published);
    let before = page(&town);
    let renamed = CATALOGUE.replace("Đăng ký kết hôn", "Kết hôn");
    assert_ne!(renamed, CATALOGUE);
    std::fs::write(town.dir().join(FILE), renamed).unwrap();
    // an hour later
    town.set_now(town.desk(&named).await.clock.now_ms() + 3_600_000);
    let again = night(&town.desk(&named).await, FIRST).await;
    assert!(!again.published);
    assert_eq!(again.run.id, published.run.id);
    assert_eq!(page(&town), before);
    // made again, it says what it said
    let replayed = run(&town, &["replay", FIRST, "--lang", "en"]).await;
    assert_eq!(code(&replayed), 0, "{}", stdout(&replayed));
    let out = town.dir().join("again");
    let args = ["report", "--date", FIRST, "--out", out.to_str().unwrap()];
    let report = run(&town, &args).await;
    assert_eq!(
        code(&report),
        0,
        "{}",
        String::from_utf8_lossy(&report.stderr)
    );
    let told = std::fs::read_to_string(out.join(FIRST).join("index.html")).unwrap();
    assert!(told.contains(">Đăng ký kết hôn <") && !told.contains(">Kết hôn <"));
    // and the file that said it is in the archive with the run
    let verified = run(&town, &["verify"]).await;
    assert_eq!(code(&verified), 0, "{}", stdout(&verified));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_the_line_that_cannot_be_read() {
    let town = town("kind,code,name\nfield,HT,Hộ tịch\nlinh vuc,XD,Xây dựng\n").await;
    let checked = run(&town, &["check", "--offline"]).await;
    let said = stdout(&checked);
    assert_eq!(code(&checked), 2, "{said}");
    assert!(said.contains("catalogue.csv:3, kind"), "{said}");
    // the night runs with the names that it has
    let night = night(&town.desk(&named).await, FIRST).await;
    assert!(night.published);
    assert!(page(&town).contains("<option value=\"HT\">Hộ tịch</option>"));
    let file = town.dir().join(FILE);
    std::fs::write(&file, "kind,code,name\nfield,HT,Hộ tịch\n").unwrap();
    let checked = run(&town, &["check", "--offline"]).await;
    let said = stdout(&checked);
    assert!(
        said.contains("catalogue") && said.contains("1 names"),
        "{said}"
    );
    std::fs::write(file, "code,name\nHT,Hộ tịch\n").unwrap();
    let refused = run(&town, &["check", "--offline"]).await;
    let said = stdout(&refused) + &String::from_utf8_lossy(&refused.stderr);
    assert_eq!(code(&refused), 2, "{said}");
    assert!(said.contains("kind"), "{said}");
}
