//! Nights that a schedule leaves out: a day that the sources told in full later lacks nothing, one
//! that nobody asked about stays open, and days to come are no nights that were left out.

use std::path::PathBuf;

use doisoat::domain::Period;
use doisoat::job::nightly::Night;
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::verify::Which;
use doisoat::job::{as_known, replay, verify};
use doisoat::sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::database::Kind;
use crate::office::{Office, csv};
use crate::town::{Edit, FIRST, Town, codes, day, document, headline, night};

const KINDS: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];
const FRIDAY: &str = "2022-12-09";
const MONDAY: &str = "2022-12-12";
const TUESDAY: &str = "2022-12-13";

/// A target that the bounds of every night reach, so that only what is not known keeps it open.
fn easy(mut text: String) -> String {
    let (old, new) = ("share = \"50%\"", "share = \"5%\"");
    text = text.replace(old, new);
    text
}

/// Friday's night is published, and the exports of the weekend lie there.
async fn friday(kind: Kind) -> Town {
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault: None,
        first_day: day(FRIDAY).date(),
        days: 5,
    };
    let town = Town::around(kind, Sandbox::start(options).await.unwrap()).await;
    assert_eq!(codes(&next(&town, FRIDAY, &easy).await), [0], "{kind:?}");
    for date in ["2022-12-10", "2022-12-11"] {
        let inbox = town.dir().join("inbox");
        let written = town
            .sandbox
            .district()
            .write_registry(&inbox, day(date).date());
        written.unwrap();
    }
    town
}

/// A night on its own morning.
async fn next(town: &Town, date: &str, edit: Edit<'_>) -> Night {
    town.morning_after(day(date));
    let desk = town.desk(edit).await;
    let done = night(&desk, date).await;
    desk.close().await;
    done
}

/// `run.json` and the page of a report on days.
async fn report(town: &Town, asked: &Asked) -> (Value, String) {
    let desk = town.desk(&easy).await;
    let folder = report_again::write(&desk, asked, &town.dir().join("again")).await;
    let folder: PathBuf = folder.unwrap();
    desk.close().await;
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let run = serde_json::from_str(&text("run.json")).unwrap();
    (run, text("index.html").replace('\u{a0}', " "))
}

/// The verdicts of a period's shares that have a target, for the whole unit.
fn verdicts(run: &Value, label: &str) -> Vec<Value> {
    let all = run["share"].as_array().unwrap().iter();
    let over = all.filter(|share| share["period"] == label && share["scope"] == "");
    let over = over.filter(|share| !share["target"].is_null());
    over.map(|share| share["verdict"].clone()).collect()
}

fn lacking(run: &Value) -> &Value {
    &run["nights_lacking"]["days"]
}

async fn holds(town: &Town, run: &Night) {
    let desk = town.desk(&easy).await;
    let verified = verify::verify(&desk, &Which::All).await.unwrap();
    assert!(verified.holds(), "{}", verified.lines(desk.config.lang));
    let again = replay::replay(&desk, &run.run).await.unwrap();
    assert!(again.is_equal(), "{}", again.lines(desk.config.lang));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weekend_without_nights_is_told_by_the_look_back_of_monday() {
    let all = friday(Kind::Sqlite).await;
    for date in ["2022-12-10", "2022-12-11"] {
        next(&all, date, &easy).await;
    }
    let every_night = next(&all, MONDAY, &easy).await;
    let wanted = headline(&document(&every_night)).clone();
    assert_eq!(wanted["verdict"], "met");
    for kind in KINDS {
        let town = friday(kind).await;
        let monday = next(&town, MONDAY, &easy).await;
        let run = document(&monday);
        assert_eq!(codes(&monday), [0], "{kind:?}: {}", run["nights_lacking"]);
        assert_eq!(lacking(&run), &Value::Null, "{kind:?}");
        // no row of the weekend is lost by it
        assert_eq!(headline(&run), &wanted, "{kind:?}");
        // nor by the report of a month in progress, or of the days
        let month = Period::month("2022-12").unwrap();
        for over in [month, Period::range(day(FRIDAY), day(MONDAY))] {
            let label = over.label.to_string();
            let (run, page) = report(&town, &Asked::of(Span::Days(over))).await;
            assert_eq!(lacking(&run), &Value::Null, "{kind:?} {label}");
            let found = verdicts(&run, &label);
            assert!(
                !found.is_empty() && found.iter().all(|one| one == "met"),
                "{label}"
            );
            assert!(!page.contains("chưa có đêm nào được công bố"), "{label}");
        }
        holds(&town, &monday).await;
        // a working day without a night: its export is one that nobody read on its night
        let later = next(&town, "2022-12-14", &easy).await;
        let run = document(&later);
        let only = json!([{"from": TUESDAY, "to": TUESDAY}]);
        assert_eq!((codes(&later), lacking(&run)), (vec![3], &only), "{kind:?}");
        holds(&town, &later).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_a_look_back_does_not_reach_stays_open() {
    let short = |required: &'static str| {
        move |text: String| {
            let kind = "kind = \"sepay\"\n";
            easy(text).replace(kind, &format!("{kind}lookback = \"1d\"\n{required}"))
        }
    };
    for kind in KINDS {
        let town = friday(kind).await;
        let monday = next(&town, MONDAY, &short("")).await;
        let run = document(&monday);
        let saturday = json!([{"from": "2022-12-10", "to": "2022-12-10"}]);
        assert_eq!(
            (codes(&monday), lacking(&run)),
            (vec![3], &saturday),
            "{kind:?}"
        );
        assert_eq!(headline(&run)["verdict"], "undecided", "{kind:?}");
        let month = Period::month("2022-12").unwrap();
        let (run, _) = report(&town, &Asked::of(Span::Days(month))).await;
        assert_eq!(lacking(&run), &saturday, "{kind:?}");
        assert_eq!(verdicts(&run, "2022-12")[0], "undecided", "{kind:?}");
        // nobody waits for an optional source
        let town = friday(kind).await;
        let monday = next(&town, MONDAY, &short("required = false\n")).await;
        let run = document(&monday);
        assert_eq!((codes(&monday), lacking(&run)), (vec![0], &Value::Null));
        assert_eq!(headline(&run)["verdict"], "met", "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_down_on_monday_leaves_the_weekend_open_until_it_answers() {
    for kind in KINDS {
        for provider in ["sepay", "vnpay"] {
            let about = format!("{kind:?} {provider}");
            let town = friday(kind).await;
            let base = town.sandbox.base_url(provider);
            let down = format!("http://127.0.0.1:1/{provider}");
            let monday = next(&town, MONDAY, &|text| easy(text).replace(&base, &down)).await;
            let run = document(&monday);
            assert_eq!(codes(&monday), [3], "{about}");
            // of a gateway a day without orders lacks nothing
            let last = if provider == "vnpay" {
                "2022-12-10"
            } else {
                "2022-12-11"
            };
            let weekend = json!([{"from": "2022-12-10", "to": last}]);
            assert_eq!(lacking(&run), &weekend, "{about}");
            let tuesday = next(&town, TUESDAY, &easy).await;
            let run = document(&tuesday);
            assert_eq!(
                (codes(&tuesday), lacking(&run)),
                (vec![0], &Value::Null),
                "{about}"
            );
            holds(&town, &tuesday).await;
            // what was known on Monday is known as it was
            let month = Period::month("2022-12").unwrap();
            let asked = Asked {
                known: as_known::Known::On(day(MONDAY)),
                ..Asked::of(Span::Days(month))
            };
            let (run, _) = report(&town, &asked).await;
            assert_eq!(lacking(&run), &weekend, "{about}");
            assert_eq!(verdicts(&run, "2022-12")[0], "undecided", "{about}");
        }
    }
}

/// A statement of one day that pays its three dossiers.
fn statement(office: &Office, date: &str, thousands: u32) {
    let compact = date[2..].replace('-', "");
    let mut balance = thousands;
    let rows = [(1, 50), (2, 8), (3, 20)].map(|(n, paid)| {
        balance += paid;
        let vi = day(date).vi();
        format!("{vi};FT{compact}{n};0;{paid}.000;{balance}.000;NOP PHI H48.18.22-{compact}-000{n}")
    });
    let rows = rows.each_ref().map(String::as_str);
    office.put(&format!("saoke_{date}.csv"), csv(&rows).as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_in_progress_is_decided_to_date_and_names_what_was_left_out() {
    let asked = || Asked::of(Span::Days(Period::month("2022-12").unwrap()));
    for kind in KINDS {
        let office = Office::bank(kind).await;
        let month = async || {
            let root = office.town.dir().join("again");
            let folder = report_again::write(&office.desk, &asked(), &root).await;
            let folder = folder.unwrap();
            let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
            let run: Value = serde_json::from_str(&text("run.json")).unwrap();
            let verdict = verdicts(&run, "2022-12")[0].clone();
            (
                verdict,
                lacking(&run).clone(),
                text("index.html").replace('\u{a0}', " "),
            )
        };
        statement(&office, FIRST, 100);
        office.night(FIRST).await;
        // the rest of the month is to come
        let (verdict, days, page) = month().await;
        assert_eq!((verdict, days), (json!("met"), Value::Null), "{kind:?}");
        assert!(page.contains("06/12/2022 – 31/12/2022"), "{kind:?}");
        assert!(
            page.contains("tháng 12/2022 (tính đến hết ngày 05/12/2022) là "),
            "{kind:?}"
        );
        // of Thursday the 29th and 30th a night was due once a later one is published
        let last = "2022-12-28";
        for (n, date) in day("2022-12-06").until(day("2022-12-29")).enumerate() {
            let date = date.to_string();
            statement(&office, &date, 178 + 78 * u32::try_from(n).unwrap());
            office.next(&date).await;
        }
        let (verdict, days, _) = month().await;
        assert_eq!(
            (verdict, days),
            (json!("met"), Value::Null),
            "{kind:?} {last}"
        );
        statement(&office, "2023-01-03", 9_000);
        office.next("2023-01-03").await;
        let (verdict, days, _) = month().await;
        let due = json!([{"from": "2022-12-29", "to": "2022-12-30"}]);
        assert_eq!((verdict, days), (json!("undecided"), due), "{kind:?}");
    }
}
