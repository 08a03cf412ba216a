//! Nights that were never run: whatever the sources of tonight brought, no share over those days is
//! proven, and page, `run.json`, mail and the page of the period say so until they are caught up.

use doisoat::domain::{Lang, Period};
use doisoat::job::metrics;
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::notify::{About, Summary};
use serde_json::{Value, json};

use crate::database::Kind;
use crate::office::{Office, csv};
use crate::town::{FIRST, codes, day, document, files, headline};

const LAST: &str = "2022-12-09";
const DAYS: &str = "06/12/2022 – 08/12/2022";

/// A statement of the days from `from` to `date` that pays the dossiers of the last one, after a
/// balance of so many thousands.
fn statement(office: &Office, (from, date): (&str, &str), thousands: u32) {
    let compact = date[2..].replace('-', "");
    let vi = |of: &str| day(of).vi();
    let memo = |n: u32| format!("NOP PHI H48.18.22-{compact}-000{n}");
    let mut rows = Vec::new();
    let mut balance = thousands;
    if from != date {
        // other money, so that the statement tells of its first day
        balance -= 5;
        rows.push(format!(
            "{};FT{compact}0;5.000;0;{balance}.000;PHI DICH VU",
            vi(from)
        ));
    }
    for (n, paid) in [(1, 50), (2, 8), (3, 20)] {
        balance += paid;
        let row = format!(
            "{};FT{compact}{n};0;{paid}.000;{balance}.000;{}",
            vi(date),
            memo(n)
        );
        rows.push(row);
    }
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    office.put(&format!("saoke_{date}.csv"), csv(&rows).as_bytes());
}

fn text(files: &std::collections::BTreeMap<String, Vec<u8>>, name: &str) -> String {
    let bytes = files[name].clone();
    String::from_utf8(bytes).unwrap().replace('\u{a0}', " ")
}

async fn month(office: &Office) -> (Value, String) {
    let period = Period::range(day(FIRST), day(LAST));
    let asked = Asked::of(Span::Days(period));
    let root = office.town.dir().join("again");
    let folder = report_again::write(&office.desk, &asked, &root)
        .await
        .unwrap();
    let files = files(&folder);
    let run = serde_json::from_slice(&files["run.json"]).unwrap();
    (run, text(&files, "index.html"))
}

fn mail(run: &Value, lang: Lang) -> String {
    let about = About {
        lang,
        classes: Vec::new(),
        alerts: Vec::new(),
    };
    let summary = Summary::read(run, &about);
    format!("{}\n{}", summary.subject, summary.text(&[]))
}

#[tokio::test(flavor = "multi_thread")]
async fn nights_that_never_ran_leave_the_year_open_until_they_are_caught_up() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::bank(kind).await;
        statement(&office, (FIRST, FIRST), 100);
        let (first, _) = office.night(FIRST).await;
        assert_eq!(
            (codes(&first), &headline(&document(&first))["verdict"]),
            (vec![0], &json!("met"))
        );
        // every source of the night is complete, its look-back too
        statement(&office, ("2022-12-06", LAST), 178);
        let (night, bank) = office.next(LAST).await;
        assert_eq!(bank["state"], "complete", "{kind:?}");
        let run = document(&night);
        assert_eq!(codes(&night), [3], "{kind:?}");
        let share = headline(&run);
        assert_eq!(share["verdict"], "undecided", "{kind:?}: {share}");
        assert_eq!(share["deciding"], json!([]), "{kind:?}");
        let days = json!([{"from": "2022-12-06", "to": "2022-12-08"}]);
        assert_eq!(
            run["nights_lacking"],
            json!({"count": 3, "days": days}),
            "{kind:?}"
        );
        let page = text(&office.town.reports(), &format!("{LAST}/index.html"));
        let why = format!("Chưa kết luận vì 3 ngày chưa có đêm nào được công bố ({DAYS}).");
        assert!(page.contains(&why), "{kind:?}");
        let banner = format!("3 ngày trước đêm này chưa có đêm nào được công bố: {DAYS}.");
        assert!(page.contains(&banner), "{kind:?}");
        assert!(page.contains("doisoat backfill --from 2022-12-06 --to 2022-12-08"));
        assert!(!page.contains("chắc chắn nằm từ"), "{kind:?}");
        let said = mail(&run, Lang::Vi);
        assert!(
            said.contains("CHƯA ĐỦ CĂN CỨ") && said.contains(DAYS),
            "{said}"
        );
        let said = mail(&run, Lang::En);
        assert!(said.contains("3 days have no published night"), "{said}");
        let known = metrics::Known {
            now_ms: 0,
            exit: doisoat::job::Exit::Incomplete,
            took: std::time::Duration::ZERO,
            stages: &[],
            last: Some(&night.run),
            waiting: None,
        };
        assert!(metrics::document(&known).contains("\ndoisoat_nights_lacking 3\n"));
        // the night of the day alone is what it is
        let own = run["share"].as_array().unwrap().iter();
        let own = own.filter(|share| share["period"] == LAST && share["scope"] == "");
        let own: Vec<&Value> = own.filter(|share| !share["target"].is_null()).collect();
        assert!(own.iter().all(|share| share["verdict"] == "met"), "{own:?}");
        // the page of the days says the same
        let (run, page) = month(&office).await;
        let all = run["share"].as_array().unwrap().iter();
        let label = format!("{FIRST}/{LAST}");
        let over = all.filter(|share| share["period"] == *label && share["scope"] == "");
        let over: Vec<&Value> = over.filter(|share| !share["target"].is_null()).collect();
        assert!(!over.is_empty() && over.iter().all(|share| share["verdict"] == "undecided"));
        assert!(
            page.contains(&why) && !page.contains("chắc chắn nằm từ"),
            "{kind:?}"
        );
        // caught up, and the night once more: all of it is proven
        for date in ["2022-12-06", "2022-12-07", "2022-12-08"] {
            office.fees(date);
            let (night, _) = office.night(date).await;
            assert_eq!(codes(&night), [0], "{kind:?} {date}");
        }
        let (again, _) = office.night(LAST).await;
        let run = document(&again);
        assert_eq!((codes(&again), again.run.version), (vec![0], 2), "{kind:?}");
        assert!(run["nights_lacking"].is_null(), "{kind:?}");
        let (run, page) = month(&office).await;
        assert!(run["nights_lacking"].is_null() && !page.contains("chưa có đêm nào"));
    }
}
