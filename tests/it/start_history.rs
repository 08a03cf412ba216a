//! The first night of an office with history: `[start] date` leaves what is older out of the work,
//! and keeps it in the books.

use doisoat::classify::Severity;
use doisoat::domain::Day;
use doisoat::store::ExceptionFilter;
use serde_json::Value;

use crate::database::Kind;
use crate::office::{BANK, Office, csv};
use crate::town::{FIRST, day};

/// Days of files that lie there when the first night begins.
const HISTORY: u32 = 4;

/// The first night over five days of files, each with a payment that its dossier names and one that
/// nobody can tell of: the document, and the days of what is to be settled.
async fn first_night(kind: Kind, toml: &str) -> (Value, Vec<Day>) {
    let office = Office::new(kind, &format!("{BANK}{toml}")).await;
    for back in 0..=HISTORY {
        let of = day(FIRST).minus(back);
        let (date, compact) = (of.to_string(), of.to_string()[2..].replace('-', ""));
        office.fees(&date);
        let told = format!(
            "{} 09:01:00;FT{compact}1;;50000;;H48.18.22-{compact}-0001",
            of.vi()
        );
        let unknown = format!("{} 09:02:00;FT{compact}2;;77000;;chuyen tien", of.vi());
        let text = csv(&[told.as_str(), unknown.as_str()]);
        office.put(&format!("sao_ke_{date}.csv"), text.as_bytes());
    }
    let (night, _) = office.night(FIRST).await;
    let work = ExceptionFilter {
        severity: Some(Severity::Warn),
        ..ExceptionFilter::default()
    };
    let open = office.desk.store.exceptions(&work).await.unwrap();
    let mut days: Vec<Day> = open.iter().map(|record| record.business_date).collect();
    days.sort();
    let document = serde_json::from_str(&night.run.run_json).unwrap();
    (document, days)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_the_start_is_no_work_of_the_first_night() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (all, without) = first_night(kind, "").await;
        let start = format!("[start]\ndate = \"{FIRST}\"\n");
        let (since, with) = first_night(kind, &start).await;
        let earlier = |days: &[Day]| days.iter().filter(|of| **of < day(FIRST)).count();
        let history = usize::try_from(HISTORY).unwrap();
        // of each day at least the payment of which nobody can tell
        assert!(earlier(&without) >= history, "{kind:?}: {without:?}");
        assert_eq!(earlier(&with), 0, "{kind:?}: {with:?}");
        // the night's own day is work as ever
        let own = |days: &[Day]| days.iter().filter(|of| **of == day(FIRST)).count();
        assert!(own(&with) > 0);
        assert_eq!(own(&with), own(&without), "{kind:?}");
        let closing = |run: &Value| {
            let of = &run["work"]["closing"];
            (
                of["count"].as_u64().unwrap(),
                of["sum_vnd"].as_i64().unwrap(),
            )
        };
        let (before, after) = (closing(&all), closing(&since));
        assert!(
            after.0 < before.0 && after.1 <= before.1 - 4 * 77_000,
            "{before:?} {after:?}"
        );
        // nothing is lost: every row of history is read and counted with the sources
        let rows = |run: &Value| run["tie_out"].clone();
        assert_eq!(rows(&since), rows(&all), "{kind:?}");
    }
}
