//! A period that a night after its end tells, because rows of its days came with that night: its
//! first screen, its sections and `run.json` tell one figure, of its own days and sources.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::classify::Severity;
use doisoat::domain::{Completeness, Lang, Period};
use doisoat::job::Desk;
use doisoat::job::as_known::Known;
use doisoat::job::nightly::{self, Mode};
use doisoat::job::period::{self, Word};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::report::facts::SourceNight;
use doisoat::report::model::{NightSources, sources_of};
use doisoat::store::{ExceptionFilter, ExceptionRecord};
use doisoat::text;
use serde_json::Value;

use crate::database::Kind;
use crate::period_sums::{tiles_of, workbook_is_of};
use crate::periods::late_of;
use crate::report::example;
use crate::report::schema::against_schema;
use crate::town::{FIRST, Town, as_is, day, document, files, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const LATE: [&str; 2] = ["late-1", "late-2"];

fn both() -> Period {
    Period::range(day(FIRST), day(SECOND))
}

/// Two nights, and a third that brings a row of each of their days; tells the second's document.
async fn three(town: &Town, desk: &Desk, registry: bool) -> Value {
    town.morning_after(day(FIRST));
    night(desk, FIRST).await;
    town.morning_after(day(SECOND));
    let second = document(&night(desk, SECOND).await);
    let mut sources = desk.config.sources.iter();
    let source = sources.find(|source| source.registration.kind == "sepay");
    let rows = [(LATE[0], 35_000, FIRST), (LATE[1], 21_000, SECOND)];
    late_of(desk, &source.unwrap().name.clone(), day(THIRD), &rows).await;
    if registry {
        town.morning_after(day(THIRD));
    } else {
        town.set_now(day(THIRD).plus(1).start_ms() + 5_400_000);
    }
    night(desk, THIRD).await;
    second
}

async fn told(desk: &Desk, known: Known) -> BTreeMap<String, Vec<u8>> {
    let asked = Asked {
        known,
        ..Asked::of(Span::Days(both()))
    };
    let made = report_again::write(desk, &asked, &desk.config.report_dir);
    files(&Box::pin(made).await.unwrap())
}

fn run_of(files: &BTreeMap<String, Vec<u8>>) -> Value {
    let run: Value = serde_json::from_slice(&files["run.json"]).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    run
}

/// What the third night left open, by whether it is of the period.
async fn open(desk: &Desk) -> (Vec<ExceptionRecord>, Vec<ExceptionRecord>) {
    let filter = ExceptionFilter {
        as_of: Some(day(THIRD)),
        ..ExceptionFilter::default()
    };
    let all = desk.store.exceptions(&filter).await.unwrap();
    all.into_iter()
        .filter(|one| one.severity != Severity::Info)
        .partition(|one| one.business_date <= day(SECOND))
}

/// The ids of `exceptions.csv`.
fn listed(files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let table = files["exceptions.csv"].as_slice();
    let table = table.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let mut rows = csv::Reader::from_reader(table);
    let rows = rows.deserialize().map(Result::unwrap);
    rows.map(|mut row: BTreeMap<String, String>| row.remove("exception_id").unwrap())
        .collect()
}

/// One figure: the work of the days of the period, as the third night knows it.
#[tokio::test(flavor = "multi_thread")]
async fn a_later_night_tells_the_period_and_nothing_of_its_own() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        let second = three(&town, &desk, true).await;
        let (mine, others) = open(&desk).await;
        assert!(others.len() > 10, "the third night has work of its own");
        for known in [Known::Standing, Known::Now] {
            let files = told(&desk, known).await;
            let run = run_of(&files);
            assert_eq!(run["business_date"], THIRD);
            let work = &run["work"];
            assert_eq!(work["closing"]["count"], mine.len(), "{kind:?} {known:?}");
            let later = &work["later"];
            assert_eq!(later["at_end"], second["work"]["closing"]);
            let n = |value: &Value| value.as_i64().unwrap();
            let since = n(&later["opened"]) - n(&later["settled"]);
            assert_eq!(
                n(&later["at_end"]["count"]) + since,
                n(&work["closing"]["count"])
            );
            assert!(n(&later["opened"]) >= 2, "the two rows that came late");
            assert_eq!(work["rest"], 0);
            // every figure of the first screen is one of the document, and so is the list
            let page = page_of(&files);
            let whose = "theo số liệu biết đến đêm 07/12/2022";
            tiles_of(&run, page, whose);
            let heading = format!(
                "Ngoại lệ, {whose}: {} ",
                text::number(Lang::Vi, n(&work["closing"]["count"]))
            );
            assert!(page.contains(&heading), "{heading}");
            // beside what was known then, the intro of that part says so too
            if known == Known::Standing {
                assert!(!page.contains("đến hết đêm 07/12/2022"));
            }
            let ids = listed(&files);
            for one in &mine {
                assert!(ids.contains(one.id.as_str()), "{:?}", one.key);
            }
            for one in &others {
                let id = one.id.as_str();
                assert!(!ids.contains(id) && !page.contains(id), "{:?}", one.key);
                assert!(!run.to_string().contains(id), "{:?}", one.key);
            }
            let labels = run["share"].as_array().unwrap().iter();
            assert!(labels.clone().count() > 3);
            for share in labels {
                assert_eq!(share["period"], both().label.to_string());
            }
            workbook_is_of(&run, &files["doisoat.xlsx"]);
        }
    }
}

/// A source that lacked on the night that tells the period lacks nothing of the period.
#[tokio::test(flavor = "multi_thread")]
async fn what_lacks_on_a_later_night_is_nothing_of_the_period() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let second = three(&town, &desk, false).await;
    let third = desk.store.published(day(THIRD)).await.unwrap().unwrap();
    let third: Value = serde_json::from_str(&third.run_json).unwrap();
    let lacks = |run: &Value| {
        let sources = run["sources"].as_array().unwrap().clone();
        sources.iter().any(|source| source["state"] != "complete")
    };
    assert!(lacks(&third) && !lacks(&second));
    let files = closed(&desk).await;
    let run = run_of(&files);
    let verdict = |run: &Value| {
        let shares = run["share"].as_array().unwrap().iter();
        let mut of_unit =
            shares.filter(|share| share["definition"] == "TX_CASHLESS" && share["scope"] == "");
        of_unit.next().unwrap()["verdict"].clone()
    };
    assert_eq!(verdict(&third), "undecided");
    let page = page_of(&files);
    for said in ["chưa đủ dữ liệu", "Đêm 07/12/2022:", "banner amber"] {
        assert!(!page.contains(said), "{said}");
    }
    assert!(page.contains("Đã chốt số liệu lúc"));
    assert!(!lacks(&run));
}

fn word(reason: &str) -> Word {
    Word {
        by: "ke-toan".into(),
        reason: reason.into(),
    }
}

/// The folder of the period, closed now.
async fn closed(desk: &Desk) -> BTreeMap<String, Vec<u8>> {
    let lease = desk.lease("period close").await.unwrap();
    let (period, word) = (both(), word("gửi Sở Tài chính"));
    let made = period::close(desk, &lease, &period, &word);
    let folder = Box::pin(made).await.unwrap();
    desk.store.release_lease(lease).await.unwrap();
    files(&folder)
}

fn page_of(files: &BTreeMap<String, Vec<u8>>) -> &str {
    std::str::from_utf8(&files["index.html"]).unwrap()
}

/// Opened again, a period is not called closed: its folder and each report say who opened it, and
/// closed once more it does not speak of the closing before.
#[tokio::test(flavor = "multi_thread")]
async fn a_period_that_was_opened_again_says_so() {
    const CLOSED: &str = "Đã chốt số liệu lúc";
    const LATE_FOR: &str = "Báo cáo đã chốt giữ nguyên";
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    for date in [FIRST, SECOND] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    assert!(page_of(&closed(&desk).await).contains(CLOSED));
    let mut sources = desk.config.sources.iter();
    let source = sources.find(|source| source.registration.kind == "sepay");
    let rows = [(LATE[0], 35_000, FIRST)];
    late_of(&desk, &source.unwrap().name.clone(), day(THIRD), &rows).await;
    town.morning_after(day(THIRD));
    night(&desk, THIRD).await;
    // while it is closed, what is known now says that the closed report does not hold it
    let now = told(&desk, Known::Now).await;
    assert!(page_of(&now).contains(LATE_FOR));

    let lease = desk.lease("period reopen").await.unwrap();
    let (period, word) = (both(), word("thiếu một sao kê"));
    let opened = period::reopen(&desk, &lease, &period, &word);
    Box::pin(opened).await.unwrap();
    desk.store.release_lease(lease).await.unwrap();
    let folder = files(&desk.config.report_dir.join("2022-12-05_2022-12-06"));
    let again = nightly::run(&desk, day(FIRST), Mode::Publish);
    assert_eq!(Box::pin(again).await.unwrap().run.version, 2);
    let open = told(&desk, Known::Standing).await;
    for (name, files) in [("folder", &folder), ("report", &open)] {
        let page = page_of(files);
        assert!(page.contains("Kỳ này đã được mở lại lúc"), "{name}");
        assert!(
            page.contains("Lý do: thiếu một sao kê. Số liệu dưới đây chưa chốt."),
            "{name}"
        );
        assert!(!page.contains(CLOSED) && !page.contains(LATE_FOR), "{name}");
        assert!(workbook_says(files, "thiếu một sao kê"), "{name}");
    }
    let closed = closed(&desk).await;
    let page = page_of(&closed);
    assert!(page.contains(CLOSED) && page.contains("gửi Sở Tài chính"));
    assert!(!page.contains("mở lại lúc") && !page.contains(LATE_FOR));
    assert!(
        listed(&closed).len() == listed(&open).len(),
        "the row is in both"
    );
}

fn workbook_says(files: &BTreeMap<String, Vec<u8>>, said: &str) -> bool {
    let book = std::io::Cursor::new(files["doisoat.xlsx"].as_slice());
    let mut book = zip::ZipArchive::new(book).unwrap();
    let strings = book.by_name("xl/sharedStrings.xml").unwrap();
    std::io::read_to_string(strings).unwrap().contains(said)
}

fn sources(at: &str, state: Completeness, missing: &[&str]) -> NightSources {
    let mut source: SourceNight = example::undecided().facts.sources.swap_remove(0);
    source.facts.state = state;
    source.facts.missing_days = missing.iter().map(|text| day(text)).collect();
    source.facts.trouble = (state != Completeness::Complete).then(|| "time out".into());
    NightSources {
        day: day(at),
        sources: vec![source],
        files: Vec::new(),
    }
}

/// Complete by a later night that has all days of the period, and by no other.
#[test]
fn days_of_the_period_that_came_later_are_there() {
    use Completeness::{Complete, Missing, Partial};
    let of = |nights: &[NightSources]| sources_of(&both(), nights).swap_remove(0).facts;
    let last = || sources(SECOND, Partial, &[FIRST]);
    assert_eq!(of(&[last()]).state, Partial);
    let whole = of(&[last(), sources(THIRD, Complete, &[])]);
    assert_eq!(whole.state, Complete);
    assert!(whole.missing_days.is_empty() && whole.trouble.is_none());
    // a night that lacks its own day alone, in part or as a whole, has those of the period
    for state in [Partial, Missing] {
        let other = sources(THIRD, state, &[THIRD]);
        assert_eq!(of(&[last(), other]).state, Complete);
    }
    for still in [
        sources(THIRD, Partial, &[SECOND, THIRD]),
        sources(THIRD, Partial, &[]),
        sources(THIRD, Missing, &[]),
    ] {
        let facts = of(&[last(), still]);
        assert_eq!(facts.state, Partial);
        assert_eq!(facts.missing_days, [day(FIRST)]);
    }
    let fine = sources(SECOND, Complete, &[]);
    let gone = of(&[fine, sources(THIRD, Missing, &[])]);
    assert_eq!(gone.state, Complete);
}
