//! The report of a period beside the period before, out of the store: as it stands, as it was known
//! on a day, and as it was closed.

use doisoat::domain::Period;
use doisoat::job::Desk;
use doisoat::job::as_known::Known;
use doisoat::job::report_again::{self, Asked, Span};
use serde_json::Value;

use crate::database::Kind;
use crate::periods::{both, close, late_of, two};
use crate::town::{FIRST, day, files, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";

async fn run_json(desk: &Desk, asked: &Asked) -> Value {
    let root = &desk.config.report_dir;
    let folder = report_again::write(desk, asked, root).await.unwrap();
    serde_json::from_slice(&files(&folder)["run.json"]).unwrap()
}

async fn published(desk: &Desk, date: &str) -> Value {
    let run = desk.store.published(day(date)).await.unwrap().unwrap();
    serde_json::from_str(&run.run_json).unwrap()
}

fn of(from: &str, to: &str) -> Asked {
    Asked::of(Span::Days(Period::range(day(from), day(to))))
}

/// The share of the night itself.
fn share_of(run: &Value, date: &str) -> [Value; 2] {
    let shares = run["share"].as_array().unwrap();
    let share = shares.iter().find(|share| {
        share["definition"] == "TX_CASHLESS" && share["scope"] == "" && share["period"] == date
    });
    ["numerator", "denominator"].map(|part| share.unwrap()[part].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_is_told_beside_the_one_before() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, desk) = Box::pin(two(kind)).await;
        let told = Box::pin(run_json(&desk, &of(SECOND, SECOND))).await;
        let before = &told["previous_period"];
        let first = published(&desk, FIRST).await;
        assert_eq!(before["label"], format!("{FIRST}/{FIRST}"));
        assert_eq!(before["last_night"], FIRST);
        assert_eq!(before["whole"], true, "{before}");
        assert_eq!(before["transactions"], first["totals"]["transactions"]);
        assert_eq!(before["exceptions"], first["work"]["closing"]);
        assert_eq!(before["overdue"], first["work"]["overdue"]);
        let share = &before["share"];
        assert_eq!(
            [share["numerator"].clone(), share["denominator"].clone()],
            share_of(&first, FIRST)
        );
        // nothing before the first night
        let none = Box::pin(run_json(&desk, &of(FIRST, SECOND))).await;
        let before = &none["previous_period"];
        assert_eq!(before["label"], "2022-12-03/2022-12-04");
        assert_eq!(
            (&before["last_night"], &before["share"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(before["whole"], false);
        // a row of both nights comes with the third
        let source = desk.config.sources.iter();
        let mut source = source.filter(|source| source.registration.kind == "sepay");
        let source = source.next().unwrap().name.clone();
        let rows = [("late-1", 35_000, FIRST), ("late-2", 21_000, SECOND)];
        late_of(&desk, &source, day(THIRD), &rows).await;
        town.morning_after(day(THIRD));
        Box::pin(night(&desk, THIRD)).await;
        let then = Asked {
            known: Known::On(day(SECOND)),
            ..of(SECOND, SECOND)
        };
        let as_of = Box::pin(run_json(&desk, &then)).await;
        let then = Asked {
            known: Known::On(day(SECOND)),
            ..of(FIRST, FIRST)
        };
        let own = Box::pin(run_json(&desk, &then)).await;
        let before = &as_of["previous_period"];
        let share = &before["share"];
        let label = format!("{FIRST}/{FIRST}");
        assert_eq!(
            [share["numerator"].clone(), share["denominator"].clone()],
            share_of(&own, &label),
            "as known then"
        );
        let known_then = &told["previous_period"]["transactions"];
        assert_eq!(&before["transactions"], known_then);
        let now = Box::pin(run_json(&desk, &of(SECOND, SECOND))).await;
        let own = Box::pin(run_json(&desk, &of(FIRST, FIRST))).await;
        let share = &now["previous_period"]["share"];
        assert_eq!(
            [share["numerator"].clone(), share["denominator"].clone()],
            share_of(&own, &label),
            "as its own report tells it"
        );
        Box::pin(beside_a_closed_one(&desk)).await;
        Box::pin(desk.close()).await;
    }
}

/// Two nights closed: the next period is told against what was closed.
async fn beside_a_closed_one(desk: &Desk) {
    let folder = Box::pin(close(desk, &both())).await.unwrap();
    let closed: Value = serde_json::from_slice(&files(&folder)["run.json"]).unwrap();
    let next = Box::pin(run_json(desk, &of(THIRD, "2022-12-08"))).await;
    let before = &next["previous_period"];
    assert_eq!(before["transactions"], closed["totals"]["transactions"]);
    let label = both().label.to_string();
    let share = &before["share"];
    assert_eq!(
        [share["numerator"].clone(), share["denominator"].clone()],
        share_of(&closed, &label)
    );
    // told again in another format, the closed one keeps what it was told beside
    let again = Asked {
        formats: Some(vec![doisoat::config::Format::Pdf]),
        ..Asked::of(Span::Days(both()))
    };
    let again = Box::pin(run_json(desk, &again)).await;
    assert_eq!(again["previous_period"], closed["previous_period"]);
}
